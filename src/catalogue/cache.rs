//! What of the catalogue is held in memory: the newest directory, and the long texts of the tools asked for most.

use std::sync::{Arc, PoisonError, RwLock};

use diesel::{OptionalExtension, QueryResult};
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use tokio::sync::Mutex;

use super::detail::{ToolDetail, tool_detail};
use super::directory::Directory;
use crate::db::freshness::Freshness;
use crate::db::versions::{self, Of};
use crate::db::{Database, Db};
use crate::web::error::AppError;

/// How many bytes of details are held at most, about.
const MOST_DETAILS: u64 = 16 * 1024 * 1024;

/// The catalogue as pages read it. Cloning is cheap, and all clones share what is held.
#[derive(Clone)]
pub struct Catalogue {
    shared: Arc<Shared>,
}

struct Shared {
    database: Database,
    freshness: Arc<Freshness>,
    /// At first an empty one, of version 0; what is stored begins with version 1.
    newest: RwLock<Arc<Directory>>,
    /// Held by whoever loads; the others wait for it, since after a change many ask at once.
    loading: Mutex<()>,
    /// The details of tools, by id and the version of the directory beside which they were loaded: they are as new at
    /// least. Those of older versions are asked for no more, and are the first to go.
    details: Cache<(i64, i64), Arc<ToolDetail>>,
}

impl Catalogue {
    /// The catalogue of this database; nothing is loaded yet.
    pub fn new(database: Database, freshness: Arc<Freshness>) -> Self {
        let details = Cache::builder()
            .max_capacity(MOST_DETAILS)
            .eviction_policy(EvictionPolicy::lru())
            .weigher(|_, detail: &Arc<ToolDetail>| u32::try_from(detail.size()).unwrap_or(u32::MAX))
            .build();
        let (newest, loading) = (RwLock::default(), Mutex::default());
        Self { shared: Arc::new(Shared { database, freshness, newest, loading, details }) }
    }

    /// The directory, as new at least as is known when this is called: whoever asks after a change was answered gets
    /// it with that change.
    pub async fn snapshot(&self) -> Result<Arc<Directory>, AppError> {
        let known = self.shared.freshness.now().catalogue;
        if let Some(newest) = self.newest_since(known) {
            return Ok(newest);
        }
        let _turn = self.shared.loading.lock().await;
        if let Some(newest) = self.newest_since(known) {
            return Ok(newest);
        }
        let loaded = self.shared.database.run(|conn| Ok(Directory::load(conn)?)).await?;
        Ok(self.hold(loaded))
    }

    /// The directory of the version that is stored now, for whoever reads on one view of the database. What a write
    /// transaction has changed is seen by nobody else yet, so none may call it.
    pub fn current(&self, conn: &mut Db) -> QueryResult<Arc<Directory>> {
        let stored = versions::stored(conn, Of::Catalogue)?;
        match self.newest_since(stored) {
            Some(newest) if newest.version == stored => Ok(newest),
            _ => Ok(self.hold(Directory::load(conn)?)),
        }
    }

    /// The detail of a tool, as new as this directory at least; one load serves all who ask at once.
    pub async fn detail(&self, directory: &Directory, tool_id: i64) -> Result<Arc<ToolDetail>, AppError> {
        let load = self.shared.database.run(move |conn| {
            let detail = tool_detail(conn, tool_id).optional()?;
            detail.map(Arc::new).ok_or_else(AppError::not_found)
        });
        let held = self.shared.details.try_get_with((tool_id, directory.version), load).await;
        held.map_err(|cause: Arc<AppError>| cause.shared())
    }

    fn newest_since(&self, version: i64) -> Option<Arc<Directory>> {
        let newest = self.shared.newest.read().unwrap_or_else(PoisonError::into_inner);
        (newest.version >= version).then(|| Arc::clone(&newest))
    }

    /// Holds a directory, unless a newer one is held.
    fn hold(&self, loaded: Directory) -> Arc<Directory> {
        let loaded = Arc::new(loaded);
        let mut newest = self.shared.newest.write().unwrap_or_else(PoisonError::into_inner);
        if newest.version < loaded.version {
            *newest = Arc::clone(&loaded);
        }
        loaded
    }
}
