//! A database of its own for each test: a SQLite file, or a database on the PostgreSQL server that
//! `SHIPTALLY_TEST_POSTGRES` names (`postgres://user@host:port`).

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use shiptally::db::{DatabaseUrl, Db};

/// A database that is gone when this is dropped.
pub(crate) struct TestDatabase {
    pub(crate) url: DatabaseUrl,
    _guard: Guard,
}

impl TestDatabase {
    /// A new connection to it.
    pub(crate) fn connect(&self) -> Db {
        self.url.connect().unwrap()
    }
}

enum Guard {
    Folder { _folder: tempfile::TempDir },
    Server { server: DatabaseUrl, name: String },
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Self::Server { server, name } = self
            && let Ok(mut conn) = server.connect()
        {
            let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// A fresh database with every migration applied.
pub(crate) fn fresh_database() -> TestDatabase {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let database = match std::env::var("SHIPTALLY_TEST_POSTGRES") {
        Ok(base) => {
            let base = base.trim_end_matches('/');
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("shiptally_test_{}_{number}", std::process::id());
            let server: DatabaseUrl = format!("{base}/postgres").parse().unwrap();
            server.connect().unwrap().batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
            let url = format!("{base}/{name}").parse().unwrap();
            TestDatabase { url, _guard: Guard::Server { server, name } }
        }
        Err(_) => {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}", folder.path().join("test.db").display()).parse().unwrap();
            TestDatabase { url, _guard: Guard::Folder { _folder: folder } }
        }
    };
    database.connect().migrate().unwrap();
    database
}
