//! What the tests of several files share: a database of their own.

use std::env;

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use shiptally::db::DatabaseUrl;
use tempfile::TempDir;

/// Names the PostgreSQL server to test on, as an address that ends where the database's name begins.
const SERVER: &str = "SHIPTALLY_TEST_POSTGRES";

/// An empty database that nobody else uses, gone when this is dropped.
pub(crate) struct TestDatabase {
    /// Where it is.
    pub(crate) url: DatabaseUrl,
    _home: Home,
}

/// What has to be taken away afterwards.
enum Home {
    Folder { _folder: TempDir },
    Server { url: String, name: String },
}

impl TestDatabase {
    /// A new database: on PostgreSQL where `SHIPTALLY_TEST_POSTGRES` names a server, else SQLite.
    pub(crate) fn fresh() -> Self {
        Self::in_locale("")
    }

    /// The same, on PostgreSQL with such a clause for its language; SQLite has none.
    pub(crate) fn in_locale(clause: &str) -> Self {
        match server() {
            Some(server) => Self::on_postgres(&server, clause),
            None => Self::on_sqlite(),
        }
    }

    /// A new SQLite database, whatever the settings say.
    #[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
    pub(crate) fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = DatabaseUrl::Sqlite(folder.path().join("test.db"));
        Self { url, _home: Home::Folder { _folder: folder } }
    }

    /// A new database on that server, made with this clause.
    #[expect(clippy::expect_used, reason = "a test without its database cannot go on")]
    pub(crate) fn on_postgres(server: &str, clause: &str) -> Self {
        let url = format!("{}/", server.trim_end_matches('/'));
        let name = format!("shiptally_test_{:016x}", rand::random::<u64>());
        maintain(&url, &format!("CREATE DATABASE {name} {clause}")).expect("the test server makes databases");
        Self { url: DatabaseUrl::Postgres(format!("{url}{name}")), _home: Home::Server { url, name } }
    }
}

/// The address of the PostgreSQL server to test on.
pub(crate) fn server() -> Option<String> {
    env::var(SERVER).ok().filter(|server| !server.is_empty())
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Self::Server { url, name } = self {
            // Connections of the test may still be open; a server that is already gone is fine.
            let _ = maintain(url, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Runs a statement that belongs to no database of the tests.
fn maintain(url: &str, statement: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut conn = PgConnection::establish(&format!("{url}postgres"))?;
    sql_query(statement).execute(&mut conn)?;
    Ok(())
}
