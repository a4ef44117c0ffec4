//! The commands of the program, as functions; `main` takes the arguments apart and turns an error into an exit code.

pub mod demo;
pub mod environment;
pub mod export;
pub mod import;
pub mod users;
pub mod verify;

use std::{fmt, fs, io};

use crate::catalogue::search;
use crate::db::{DatabaseUrl, Db};

/// Why a command did not do its work, or a site does not start.
#[derive(Debug, PartialEq, Eq)]
pub enum CliError {
    /// What was asked for or handed in is wrong, one line per problem: exit code 2.
    BadInput(Vec<String>),
    /// It was right but could not be done: exit code 1.
    Failed(String),
}

impl CliError {
    /// The exit code of the program.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::BadInput(_) => 2,
            Self::Failed(_) => 1,
        }
    }

    /// What `what` failed with.
    pub fn at<E: fmt::Display>(what: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |cause| Self::Failed(format!("{what}: {cause}"))
    }
}

/// The lines for stderr.
impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadInput(lines) => f.write_str(&lines.join("\n")),
            Self::Failed(line) => f.write_str(line),
        }
    }
}

/// What fails while a command works.
impl<E: std::error::Error> From<E> for CliError {
    fn from(cause: E) -> Self {
        Self::Failed(cause.to_string())
    }
}

/// A connection with every migration applied and a search index by the rules of today.
pub fn connect(database: &DatabaseUrl) -> Result<Db, CliError> {
    let mut conn = database.connect().map_err(CliError::at(database))?;
    conn.migrate().map_err(CliError::at(database))?;
    search::renew(&mut conn).map_err(CliError::at(database))?;
    Ok(conn)
}

/// The same to a database that is there already: a mistyped address shall not make one.
pub fn connect_existing(database: &DatabaseUrl) -> Result<Db, CliError> {
    let none = || CliError::BadInput(vec![format!("{database}: there is no Shiptally database")]);
    if let DatabaseUrl::Sqlite(path) = database {
        match fs::metadata(path) {
            Ok(file) if file.len() == 0 => return Err(none()),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Err(none()),
            _ => {}
        }
    }
    let mut conn = database.connect().map_err(CliError::at(database))?;
    if !conn.has_tables().map_err(CliError::at(database))? {
        return Err(none());
    }
    drop(conn);
    connect(database)
}
