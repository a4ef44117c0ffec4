//! The database: which one, how it is connected to, and how its transactions begin.
//!
//! SQLite and PostgreSQL stand behind one connection type, [`Db`], chosen at run time by
//! `DATABASE_URL`. Queries take a `&mut Db`, never the pool; a request borrows a connection and
//! runs its queries in one [`Database::run`], off the async workers.

pub mod freshness;
pub mod schema;
pub mod sql;
pub mod versions;

use std::{
    fmt, io,
    path::{Path, PathBuf},
    str::FromStr,
    time::{Duration, Instant},
};

use diesel::{
    Connection, ConnectionError, PgConnection, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    dsl::sql,
    migration::MigrationConnection,
    prelude::*,
    sql_query,
    sql_types::BigInt,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::web::error::AppError;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRESQL_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgresql");

/// Any number that no other program takes an advisory lock on: "shiptall" in ASCII.
const MIGRATION_LOCK: i64 = 0x7368_6970_7461_6c6c;

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

/// A pooled connection.
pub type PooledDb = diesel::r2d2::PooledConnection<Manager>;

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

impl DatabaseUrl {
    /// Opens one connection of its own, set up as every connection is.
    ///
    /// # Errors
    /// When the folder cannot be made, or the database cannot be reached or opened.
    pub fn connect(&self) -> Result<Db, ConnectError> {
        match self {
            Self::Sqlite(path) => {
                if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder)?;
                }
                create_private(path)?;
                let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
                set_up(&mut conn)?;
                Ok(Db::Sqlite(conn))
            }
            Self::Postgres(url) => {
                let mut conn = PgConnection::establish(&with_patience(url))?;
                conn.batch_execute(
                    "SET TIME ZONE 'UTC'; SET lock_timeout = '10s'; \
                     SET statement_timeout = '30s'; SET client_min_messages = warning;",
                )?;
                Ok(Db::Pg(conn))
            }
        }
    }
}

/// Sets a connection to SQLite up. What is deleted is overwritten, so that what shall be forgotten is not left in the file. A new file is put into WAL mode by whoever comes first; the others are refused
/// meanwhile without being made to wait, so they try again for as long as they would have waited.
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

/// Makes the file of a new database readable by its owner alone; the files that SQLite puts beside
/// it take after it.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => Err(cause),
        _ => Ok(()),
    }
}

/// The address with limits on how long a silent network is waited for, where it sets none itself.
fn with_patience(url: &str) -> String {
    let limits = [
        ("connect_timeout", "5"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "5"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "15000"),
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

/// Opens connections for the pool.
#[derive(Debug)]
pub struct Manager(DatabaseUrl);

impl diesel::r2d2::ManageConnection for Manager {
    type Connection = Db;
    type Error = ConnectError;

    fn connect(&self) -> Result<Db, ConnectError> {
        self.0.connect()
    }

    fn is_valid(&self, conn: &mut Db) -> Result<(), ConnectError> {
        Ok(conn.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, conn: &mut Db) -> bool {
        use diesel::r2d2::R2D2Connection;
        std::thread::panicking() || conn.is_broken()
    }
}

/// The pool of connections that requests share. Cloning is cheap.
#[derive(Clone)]
pub struct Database {
    pool: diesel::r2d2::Pool<Manager>,
    url: DatabaseUrl,
}

impl Database {
    /// Opens the pool; the first connection is made at once, so that a wrong address stops the start.
    ///
    /// # Errors
    /// When the first connection cannot be made.
    pub fn open(url: &DatabaseUrl) -> Result<Self, ConnectError> {
        drop(url.connect()?);
        let pool = diesel::r2d2::Pool::builder()
            .max_size(8)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(5))
            .test_on_check_out(matches!(url, DatabaseUrl::Postgres(_)))
            .build_unchecked(Manager(url.clone()));
        Ok(Self { pool, url: url.clone() })
    }

    /// Where this database is.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Borrows a connection on the current thread, which must be allowed to wait.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when none is free within five seconds.
    pub fn get(&self) -> Result<PooledDb, AppError> {
        self.pool.get().map_err(|cause| AppError::unavailable(&cause))
    }

    /// Runs `work` with a connection on the blocking pool.
    ///
    /// # Errors
    /// Whatever `work` returns, or [`AppError::Unavailable`] when no connection is free.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let database = self.clone();
        actix_web::web::block(move || work(&mut *database.get()?))
            .await
            .map_err(|cause| AppError::unavailable(&cause))?
    }
}

impl Db {
    /// Runs `work` as one write transaction: all of it or nothing. On SQLite the write lock is
    /// taken at once (`BEGIN IMMEDIATE`), so that it is never upgraded in the middle.
    ///
    /// # Errors
    /// Whatever `work` returns, after a rollback, or the error of begin or commit.
    pub fn write<T, E: From<diesel::result::Error>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_write()?;
        match work(self) {
            Ok(done) => {
                if let Err(cause) = self.end_write(true) {
                    let _ = self.end_write(false);
                    return Err(cause.into());
                }
                Ok(done)
            }
            Err(cause) => {
                self.end_write(false)?;
                Err(cause)
            }
        }
    }

    /// Runs `work` on one unchanging view of the data; within a transaction, on that of the transaction.
    ///
    /// # Errors
    /// Whatever `work` returns, or the error of begin or commit.
    pub fn read<T, E: From<diesel::result::Error>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if let Self::Pg(conn) = self {
            let status = AnsiTransactionManager::transaction_manager_status_mut(conn);
            if matches!(status.transaction_depth(), Ok(Some(_))) {
                // Whoever has begun already decides what is seen.
                return work(self);
            }
            AnsiTransactionManager::begin_transaction_sql(
                conn,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            )?;
            let done = work(self);
            self.end_write(done.is_ok())?;
            return done;
        }
        self.transaction(work)
    }

    fn begin_write(&mut self) -> QueryResult<()> {
        match self {
            Self::Pg(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN"),
            Self::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        }
    }

    fn end_write(&mut self, commit: bool) -> QueryResult<()> {
        each!(self, c => {
            if commit {
                AnsiTransactionManager::commit_transaction(c)
            } else {
                AnsiTransactionManager::rollback_transaction(c)
            }
        })
    }

    /// Applies pending migrations and returns their names, oldest first. Programs that start
    /// together take turns.
    ///
    /// # Errors
    /// When a migration fails.
    pub fn migrate(&mut self) -> Result<Vec<String>, MigrationError> {
        let fail = |cause: diesel::result::Error| MigrationError(Box::new(cause));
        match self {
            Self::Sqlite(conn) => {
                if !conn.has_pending_migration(SQLITE_MIGRATIONS).map_err(MigrationError)? {
                    return Ok(Vec::new());
                }
                // A migration may make a table anew, with the rows that others refer to:
                // https://www.sqlite.org/lang_altertable.html#otheralter. The setting holds outside of transactions only.
                conn.batch_execute("PRAGMA foreign_keys = OFF").map_err(fail)?;
                let done = migrate_sqlite(conn);
                conn.batch_execute("PRAGMA foreign_keys = ON").map_err(fail)?;
                done
            }
            Self::Pg(conn) => {
                sql_query(format!("SELECT pg_advisory_lock({MIGRATION_LOCK})"))
                    .execute(conn)
                    .map_err(fail)?;
                let done = run_pending(conn, POSTGRESQL_MIGRATIONS);
                sql_query(format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})"))
                    .execute(conn)
                    .map_err(fail)?;
                done
            }
        }
    }

    /// Takes every migration back, newest first, and returns how many there were.
    ///
    /// # Errors
    /// When a migration cannot be reverted.
    pub fn revert_all_migrations(&mut self) -> Result<usize, MigrationError> {
        match self {
            Self::Sqlite(c) => c.revert_all_migrations(SQLITE_MIGRATIONS),
            Self::Pg(c) => c.revert_all_migrations(POSTGRESQL_MIGRATIONS),
        }
        .map(|reverted| reverted.len())
        .map_err(MigrationError)
    }
}

/// Applies what is pending in one transaction, which must not leave a reference that leads nowhere.
fn migrate_sqlite(conn: &mut SqliteConnection) -> Result<Vec<String>, MigrationError> {
    let fail = |cause: diesel::result::Error| MigrationError(Box::new(cause));
    let dangling = |conn: &mut SqliteConnection| {
        sql::<BigInt>("SELECT count(*) FROM pragma_foreign_key_check").get_result::<i64>(conn).map_err(fail)
    };
    AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE").map_err(fail)?;
    let done = dangling(conn).and_then(|before| {
        let applied = run_pending(conn, SQLITE_MIGRATIONS)?;
        if dangling(conn)? > before {
            return Err(MigrationError("rows would refer to rows that do not exist".into()));
        }
        Ok(applied)
    });
    match done.is_ok() {
        true => AnsiTransactionManager::commit_transaction(conn),
        false => AnsiTransactionManager::rollback_transaction(conn),
    }
    .map_err(fail)?;
    done
}

fn run_pending<C, D>(conn: &mut C, all: EmbeddedMigrations) -> Result<Vec<String>, MigrationError>
where
    C: MigrationHarness<D> + MigrationConnection<Backend = D>,
    D: diesel::backend::Backend,
{
    let applied = conn.run_pending_migrations(all).map_err(MigrationError)?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// A migration that failed.
#[derive(Debug, thiserror::Error)]
#[error("migration failed: {0}")]
pub struct MigrationError(Box<dyn std::error::Error + Send + Sync>);
