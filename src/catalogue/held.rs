//! What of the catalogue is held in memory: the newest directory, and the details that pages asked for.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use diesel::QueryResult;
use moka::sync::Cache;

use super::{
    detail::{ToolDetail, tool_detail},
    directory::Directory,
};
use crate::db::{
    Db,
    versions::{self, Of},
};

/// How many bytes of details are held at most, about.
const MOST_DETAILS: u64 = 16 * 1024 * 1024;

/// Keeps the newest [`Directory`] that was asked for, and with it the details of tools that are asked for most.
/// Cloning is cheap, and all clones share it.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    held: RwLock<Option<Arc<Directory>>>,
    loading: Mutex<()>,
    /// Of each tool its detail, and the version of the directory that it was loaded beside: it is as new at least.
    details: Cache<i64, (i64, Arc<ToolDetail>)>,
}

impl Default for Shared {
    fn default() -> Self {
        let details = Cache::builder()
            .max_capacity(MOST_DETAILS)
            .weigher(|_, (_, detail): &(i64, Arc<ToolDetail>)| {
                u32::try_from(detail.size()).unwrap_or(u32::MAX)
            })
            .build();
        Self { held: RwLock::default(), loading: Mutex::default(), details }
    }
}

impl Catalogue {
    /// The directory as of the version that is stored now; loads it when the one at hand is of another.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn current(&self, conn: &mut Db) -> QueryResult<Arc<Directory>> {
        let stored = versions::stored(conn, Of::Catalogue)?;
        if let Some(held) = self.held_at(stored) {
            return Ok(held);
        }
        // One loads, the others wait for it: after a change many requests ask at once.
        let _turn = self.shared.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = self.held_at(stored) {
            return Ok(held);
        }
        let loaded = Arc::new(conn.read(super::load::directory)?);
        *self.shared.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// The directory at hand, without a look at the database, if it is of this version or a later one.
    #[must_use]
    pub fn held(&self, version: i64) -> Option<Arc<Directory>> {
        let held = self.shared.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|held| held.version >= version).cloned()
    }

    /// The detail of a tool, as new as this directory at least.
    ///
    /// # Errors
    /// `NotFound` without such a tool, or when the database cannot be read.
    pub fn detail(&self, conn: &mut Db, directory: &Directory, tool_id: i64) -> QueryResult<Arc<ToolDetail>> {
        if let Some(held) = self.held_detail(directory, tool_id) {
            return Ok(held);
        }
        let detail = Arc::new(tool_detail(conn, tool_id)?);
        self.shared.details.insert(tool_id, (directory.version, Arc::clone(&detail)));
        Ok(detail)
    }

    /// The same, if it is at hand.
    #[must_use]
    pub fn held_detail(&self, directory: &Directory, tool_id: i64) -> Option<Arc<ToolDetail>> {
        let (version, detail) = self.shared.details.get(&tool_id)?;
        (version == directory.version).then_some(detail)
    }

    fn held_at(&self, version: i64) -> Option<Arc<Directory>> {
        let held = self.shared.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|held| held.version == version).cloned()
    }
}
