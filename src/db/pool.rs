//! The pool of connections, and how requests reach the database.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use super::connection::{ConnectError, DatabaseUrl, Db};
use crate::web::error::AppError;
use crate::web::page::compute;

/// How many connections requests share.
const CONNECTIONS: u32 = 8;

/// How long a request waits for one of them, and for what it does there, before the database is asked whether it answers
/// at all. Work that takes longer goes on while it does.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the database has to answer that, and how long a request waits for one that was found silent: so nobody waits
/// for longer than ten seconds, also where one request waits for what another was to draw.
const PROBE: Duration = Duration::from_secs(2);

/// How long the pool tries to open a connection.
const OPENING: Duration = Duration::from_secs(4);

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
    /// Whether the database was found silent, and has not answered since.
    is_silent: Arc<AtomicBool>,
    url: DatabaseUrl,
}

impl Database {
    /// Opens the pool; the first connection is made at once, so that a wrong address stops the start.
    pub fn open(url: &DatabaseUrl) -> Result<Self, ConnectError> {
        drop(url.connect()?);
        let pool = diesel::r2d2::Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(1))
            .connection_timeout(OPENING)
            .test_on_check_out(matches!(url, DatabaseUrl::Postgres(_)))
            .build_unchecked(Manager(url.clone()));
        let turns = Arc::new(Semaphore::new(CONNECTIONS as usize));
        Ok(Self { pool, turns, is_silent: Arc::default(), url: url.clone() })
    }

    /// Where this database is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Borrows a connection on the current thread, which must be allowed to wait.
    /// [`AppError::Unavailable`] when none is free, or can be opened, within a few seconds.
    fn get(&self) -> Result<PooledDb, AppError> {
        let conn = self.pool.get().map_err(|cause| AppError::unavailable(&cause))?;
        self.is_silent.store(false, Ordering::Relaxed);
        Ok(conn)
    }

    /// Runs `work` with a connection on the blocking pool, where no thread waits for one.
    /// [`AppError::Unavailable`] when none is free, or the database does not answer; what was begun may then still be
    /// done.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Db) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let database = self.clone();
        let patience = if self.is_silent.load(Ordering::Relaxed) { PROBE } else { PATIENCE };
        let deadline = Instant::now() + patience;
        let turn = timeout_at(deadline, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|cause| AppError::unavailable(&cause))?;
        let mut working = pin!(compute(move || {
            // Given back with the connection, even when nobody waits for the answer any more.
            let _turn = turn;
            work(&mut *database.get()?)
        }));
        let mut next_look = deadline.max(Instant::now() + PROBE / 2);
        loop {
            match timeout_at(next_look, &mut working).await {
                Ok(done) => return done,
                Err(_) if self.answers().await => next_look = Instant::now() + PROBE,
                Err(_) => return Err(AppError::Unavailable),
            }
        }
    }

    /// Whether the database answers somebody who comes anew.
    async fn answers(&self) -> bool {
        if self.is_silent.load(Ordering::Relaxed) {
            return false;
        }
        let url = self.url.clone();
        // It is asked something as it is connected to. A refusal is an answer too: of a server that is full, or that is
        // gone, which ends what is under way by itself.
        let answers = timeout(PROBE, compute(move || Ok(url.connect().is_ok()))).await.is_ok();
        if !answers {
            tracing::error!("the database does not answer");
            self.is_silent.store(true, Ordering::Relaxed);
        }
        answers
    }
}
