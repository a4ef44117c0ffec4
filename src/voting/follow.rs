//! Follows what other processes write into the database (an import, another node's votes), so that
//! pages in memory and open streams hear of it.

use std::{
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    time::Duration,
};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};

use super::{store, stream::Hub};
use crate::{
    db::{ConnectError, DatabaseUrl, Db},
    freshness::Freshness,
    versions,
};

/// How often the database is looked at.
pub const EVERY: Duration = Duration::from_millis(50);

/// How long to wait before a new try after a failure.
const PATIENCE: Duration = Duration::from_secs(1);

/// Follows the database for as long as this is kept.
pub struct Follower {
    _until_dropped: mpsc::Sender<()>,
}

impl Follower {
    /// Starts to follow, from what `freshness` knows already.
    ///
    /// # Errors
    /// When no connection can be made or no thread started.
    pub fn start(url: &DatabaseUrl, freshness: Arc<Freshness>, hub: Arc<Hub>) -> Result<Self, ConnectError> {
        let (until_dropped, dropped) = mpsc::channel();
        let conn = url.connect()?;
        let votes = freshness.now().votes;
        let mut eyes = Eyes { url: url.clone(), conn: Some(conn), data_version: None, votes, freshness, hub };
        std::thread::Builder::new().name("follow".into()).spawn(move || {
            let mut pause = EVERY;
            while let Err(RecvTimeoutError::Timeout) = dropped.recv_timeout(pause) {
                pause = match eyes.look() {
                    Ok(()) => EVERY,
                    Err(cause) => {
                        tracing::warn!(%cause, "changes by others cannot be followed");
                        eyes.conn = None;
                        eyes.data_version = None;
                        PATIENCE
                    }
                };
            }
        })?;
        Ok(Self { _until_dropped: until_dropped })
    }
}

struct Eyes {
    url: DatabaseUrl,
    conn: Option<Db>,
    /// What SQLite says changes with every commit of another connection.
    data_version: Option<i64>,
    /// Up to which version of all votes changes were seen.
    votes: i64,
    freshness: Arc<Freshness>,
    hub: Arc<Hub>,
}

#[derive(QueryableByName)]
struct DataVersion {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

impl Eyes {
    fn look(&mut self) -> Result<(), ConnectError> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(self.url.connect()?),
        };
        let seen = match conn {
            Db::Sqlite(sqlite) => {
                let seen: DataVersion = sql_query("PRAGMA data_version").get_result(sqlite)?;
                Some(seen.data_version)
            }
            Db::Pg(_) => None,
        };
        if seen.is_some() && self.data_version == seen {
            return Ok(());
        }
        let stored = versions::all(conn)?;
        if stored.votes > self.votes {
            for (tool_id, standing) in store::changed_since(conn, self.votes)? {
                self.freshness.notice_tool(tool_id, standing.revision);
                self.hub.publish(tool_id, &standing);
            }
            self.votes = stored.votes;
        }
        self.freshness.notice(stored);
        self.data_version = seen;
        Ok(())
    }
}
