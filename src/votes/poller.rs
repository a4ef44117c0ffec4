//! Polls the database for what other processes write into the database (an import, another node's votes), so that
//! pages in memory and open streams hear of it. Each look renews the lease of what is in memory.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::dsl::sql;
use diesel::result::Error as DieselError;
use diesel::sql_types::BigInt;

use super::live_tallies::{ChangedTallies, LiveTallies};
use super::slug_lookup;
use super::tally_store;
use crate::db::versions::{self, Of, Versions};
use crate::db::{ConnectError, DatabaseUrl, Db};
use crate::site::LiveSite;

/// How often the database is looked at, unless somebody asks for it.
const EVERY: Duration = Duration::from_millis(50);

/// How long to wait before a new try after a failure, whoever asks.
const PATIENCE: Duration = Duration::from_secs(1);

/// Polls the database for as long as this is kept.
pub struct PollerHandle {
    stopped: Arc<AtomicBool>,
    thread: Thread,
}

impl PollerHandle {
    /// Starts to poll, from what is known already.
    pub fn start(
        url: &DatabaseUrl,
        live: &Arc<LiveTallies>,
        site: &Arc<LiveSite>,
    ) -> Result<Self, ConnectError> {
        let conn = url.connect()?;
        let seen = Versions { votes: live.newest_revision(), ..live.freshness().now() };
        let poller = Poller {
            url: url.clone(),
            conn: Some(conn),
            data_version: None,
            seen,
            live: Arc::clone(live),
            site: Arc::clone(site),
        };
        let stopped = Arc::new(AtomicBool::new(false));
        let of_thread = Arc::clone(&stopped);
        let work = move || poller.run(&of_thread);
        let thread = thread::Builder::new().name("poller".into()).spawn(work)?.thread().clone();
        live.freshness().lease().set_looker(thread.clone());
        Ok(Self { stopped, thread })
    }
}

impl Drop for PollerHandle {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

struct Poller {
    url: DatabaseUrl,
    conn: Option<Db>,
    /// What SQLite says changes with every commit of another connection.
    data_version: Option<i64>,
    /// Up to which versions changes were seen.
    seen: Versions,
    live: Arc<LiveTallies>,
    site: Arc<LiveSite>,
}

impl Poller {
    fn run(mut self, stopped: &AtomicBool) {
        while !stopped.load(Ordering::Acquire) {
            let began = Instant::now();
            // One look that breaks the code must not be the last: without looks nothing in memory counts.
            let done = catch_unwind(AssertUnwindSafe(|| self.poll()));
            let succeeded = matches!(done, Ok(Ok(())));
            self.live.freshness().lease().note(began, succeeded);
            if succeeded {
                thread::park_timeout(EVERY);
                continue;
            }
            match done {
                Ok(Err(cause)) => tracing::warn!(%cause, "changes by others cannot be polled"),
                _ => tracing::error!("polling panicked"),
            }
            self.conn = None;
            self.data_version = None;
            thread::sleep(PATIENCE);
        }
    }

    fn poll(&mut self) -> Result<(), ConnectError> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(self.url.connect()?),
        };
        let data_version = match conn {
            Db::Sqlite(c) => Some(sql::<BigInt>("PRAGMA data_version").get_result::<i64>(c)?),
            Db::Pg(_) => None,
        };
        if data_version.is_some() && self.data_version == data_version {
            return Ok(());
        }
        let stored = versions::all(conn)?;
        if stored.votes > self.seen.votes {
            let changed = tally_store::changed_since(conn, self.seen.votes)?;
            ChangedTallies::load(conn, changed)?.tell(&self.live);
        }
        if stored.catalogue > self.seen.catalogue {
            self.site.load(conn)?;
            // A tool may have been deleted, and its tally with it. One that is told of meanwhile is newer than this.
            let (version, stored) = conn.read(|conn| {
                Ok::<_, DieselError>((versions::stored(conn, Of::Votes)?, tally_store::all_versioned(conn)?))
            })?;
            self.live.forget_missing(&stored, version);
        }
        self.live.freshness().notice(stored);
        if stored.catalogue > self.seen.catalogue {
            // Only now: whoever begins to watch one of them after this knows of the newer catalogue.
            let gone = slug_lookup::not_published(conn, self.live.watched())?;
            self.live.stop_watching(&gone);
        }
        self.seen = stored;
        self.data_version = data_version;
        Ok(())
    }
}
