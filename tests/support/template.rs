//! Databases that begin with something.

use std::fs;
use std::sync::OnceLock;

use shiptally::db::{DatabaseUrl, Db};

use super::support::{self, TestDatabase};

/// What databases begin as: filled once in a process and then copied, since all migrations take longer than most tests.
pub(crate) struct Template {
    fill: fn(&mut Db),
    filled: OnceLock<Filled>,
}

/// Where a template is kept.
enum Filled {
    /// The bytes of a SQLite file.
    File(Vec<u8>),
    /// A database of the server, which stays there: a server of tests goes with them.
    Database { name: String },
}

impl Template {
    pub(crate) const fn new(fill: fn(&mut Db)) -> Self {
        Self { fill, filled: OnceLock::new() }
    }

    /// A database of its own that holds what the template holds.
    #[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
    pub(crate) fn copy(&self) -> TestDatabase {
        match (self.filled.get_or_init(|| self.make()), support::server()) {
            (Filled::Database { name }, Some(server)) => {
                TestDatabase::on_postgres(&server, &format!("TEMPLATE {name}"))
            }
            (Filled::File(bytes), _) => {
                let database = TestDatabase::on_sqlite();
                if let DatabaseUrl::Sqlite(path) = &database.url {
                    fs::write(path, bytes).expect("a temporary file can be written");
                }
                database
            }
            (Filled::Database { .. }, None) => unreachable!("the server stays"),
        }
    }

    #[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
    fn make(&self) -> Filled {
        let database = TestDatabase::fresh();
        let mut conn = database.url.connect().expect("a new database can be opened");
        (self.fill)(&mut conn);
        // The last connection to a SQLite file leaves everything in it.
        drop(conn);
        match &database.url {
            DatabaseUrl::Sqlite(path) => Filled::File(fs::read(path).expect("the file is there")),
            DatabaseUrl::Postgres(url) => {
                let name = url.rsplit('/').next().unwrap_or_default().to_owned();
                std::mem::forget(database);
                Filled::Database { name }
            }
        }
    }
}
