//! One connection type for both databases, and how a connection is opened.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};
use std::{fmt, io};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection};

/// How long a locked SQLite file is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to whichever database is configured.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// PostgreSQL, where several nodes meet.
    Pg(PgConnection),
    /// SQLite, the embedded default.
    Sqlite(SqliteConnection),
}

/// Writes a query once and compiles it for both databases, for what the enum alone cannot do
/// (`on_conflict`, `returning` on insert).
#[macro_export]
macro_rules! each {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Db::Pg($c) => $body,
            $crate::db::Db::Sqlite($c) => $body,
        }
    };
}

/// Where the database is: `sqlite://PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file, with its folder made when missing.
    Sqlite(PathBuf),
    /// A libpq connection address.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            check_signs(text)?;
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text
            .strip_prefix("sqlite://")
            .or_else(|| text.strip_prefix("sqlite:"))
            .ok_or("expected sqlite://PATH or postgres://…")?;
        match path {
            "" => Err("the path of the SQLite file is missing".into()),
            ":memory:" => Err("an in-memory database cannot be shared; name a file".into()),
            _ => Ok(Self::Sqlite(path.into())),
        }
    }
}

/// Refuses an address that libpq would read otherwise than it is meant, and then say so with the password in the sentence.
fn check_signs(address: &str) -> Result<(), String> {
    let is_hex = |at: usize| address.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    if address.match_indices('%').any(|(at, _)| !is_hex(at + 1) || !is_hex(at + 2)) {
        return Err("a % stands before two hexadecimal digits; by itself it is written %25".into());
    }
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    if rest[end..].contains('@') || rest[..end].matches('@').count() > 1 {
        return Err("in the password, / is written %2F, ? %3F, # %23 and @ %40".into());
    }
    Ok(())
}

/// Passwords stay out of logs: only the kind and the file or host are shown.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => match url::Url::parse(url) {
                Ok(url) => write!(f, "postgres://{}{}", url.host_str().unwrap_or(""), url.path()),
                Err(_) => f.write_str("postgres://…"),
            },
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How long PostgreSQL waits for locks and works on one statement.
pub(super) const POSTGRES_PATIENCE: &str = "SET lock_timeout = '5s'; SET statement_timeout = '30s';";

impl DatabaseUrl {
    /// Opens one connection of its own, set up as every connection is.
    pub fn connect(&self) -> Result<Db, ConnectError> {
        match self {
            Self::Sqlite(path) => {
                if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder)?;
                }
                match create_private(path) {
                    Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => return Err(cause.into()),
                    _ => {}
                }
                let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
                set_up(&mut conn)?;
                Ok(Db::Sqlite(conn))
            }
            Self::Postgres(url) => {
                let mut conn = PgConnection::establish(&with_patience(url))?;
                conn.batch_execute("SET TIME ZONE 'UTC'; SET client_min_messages = warning;")?;
                conn.batch_execute(POSTGRES_PATIENCE)?;
                Ok(Db::Pg(conn))
            }
        }
    }
}

/// Sets a connection to SQLite up. What is deleted is overwritten, so that what shall be forgotten is not left in the file.
/// A new file is put into WAL mode by whoever comes first; the others are refused meanwhile without being made to wait, so they try again for as long as they would have waited.
fn set_up(conn: &mut SqliteConnection) -> QueryResult<()> {
    let settings = format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; \
         PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
         PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456; \
         PRAGMA cache_size = -16000;",
        PATIENCE.as_millis()
    );
    let begun = Instant::now();
    loop {
        match conn.batch_execute(&settings) {
            Err(cause) if cause.to_string().contains("locked") && begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

/// Makes a new file that its owner alone may read; the files that SQLite puts beside one take after it.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The address with limits on how long a silent network is waited for, where it sets none itself.
fn with_patience(url: &str) -> String {
    let limits = [
        ("connect_timeout", "3"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "5"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "8000"),
    ];
    limits.iter().filter(|(name, _)| !url.contains(name)).fold(url.to_owned(), |url, (name, value)| {
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}{name}={value}")
    })
}

/// Why a connection could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The database did not accept the connection; libpq says so in several lines.
    #[error("{}", one_line(.0))]
    Connection(#[from] ConnectionError),
    /// The folder of the file could not be made.
    #[error("{0}")]
    Folder(#[from] io::Error),
    /// The connection could not be set up.
    #[error("{0}")]
    Setup(#[from] diesel::result::Error),
}

fn one_line(cause: &ConnectionError) -> String {
    cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
