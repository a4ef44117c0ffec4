//! The pool of connections, and how requests reach the database.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::connection::{ConnectError, DatabaseUrl, Db};
use crate::web::error::AppError;

/// How many connections requests share.
const CONNECTIONS: u32 = 8;

/// How long a request waits for one of them.
const PATIENCE: Duration = Duration::from_secs(5);

/// A pooled connection.
pub type PooledDb = diesel::r2d2::PooledConnection<Manager>;

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
    /// A turn for each connection, in the order of asking: the pool by itself lets some wait for long.
    turns: Arc<Semaphore>,
    url: DatabaseUrl,
}

impl Database {
    /// Opens the pool; the first connection is made at once, so that a wrong address stops the start.
    pub fn open(url: &DatabaseUrl) -> Result<Self, ConnectError> {
        drop(url.connect()?);
        let pool = diesel::r2d2::Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(1))
            .connection_timeout(PATIENCE)
            .test_on_check_out(matches!(url, DatabaseUrl::Postgres(_)))
            .build_unchecked(Manager(url.clone()));
        Ok(Self { pool, turns: Arc::new(Semaphore::new(CONNECTIONS as usize)), url: url.clone() })
    }

    /// Where this database is.
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

    /// Runs `work` with a connection on the blocking pool, where no thread waits for one.
    ///
    /// # Errors
    /// Whatever `work` returns, or [`AppError::Unavailable`] when no connection is free.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let database = self.clone();
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|cause| AppError::unavailable(&cause))?;
        actix_web::web::block(move || {
            // Given back with the connection, even when nobody waits for the answer any more.
            let _turn = turn;
            work(&mut *database.get()?)
        })
        .await
        .map_err(|cause| AppError::unavailable(&cause))?
    }
}
