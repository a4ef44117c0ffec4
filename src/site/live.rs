//! What is said of the site, in memory: replaced when it changes, here or by another process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use diesel::QueryResult;
use diesel::result::Error as DieselError;

use super::profile::SiteProfile;
use crate::db::Db;
use crate::db::versions::{self, Of};

/// The newest profile of the site.
#[derive(Debug, Default)]
pub struct LiveSite {
    held: RwLock<Held>,
    /// How often the profile has changed, so that a page can be told from one that is older.
    generation: AtomicU64,
}

#[derive(Debug, Default)]
struct Held {
    /// The version of the catalogue that it was read with: whoever changes the profile raises that.
    version: i64,
    profile: Arc<SiteProfile>,
}

impl LiveSite {
    /// The profile.
    pub fn profile(&self) -> Arc<SiteProfile> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner).profile)
    }

    /// How often the profile has changed. Taken before a page is made, it says how new that is at least.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Takes up what is stored, unless something newer is known.
    pub fn load(&self, conn: &mut Db) -> QueryResult<()> {
        let (version, profile) = conn.read(|conn| {
            Ok::<_, DieselError>((versions::stored(conn, Of::Catalogue)?, SiteProfile::load(conn)?))
        })?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if version >= held.version {
            held.version = version;
            if *held.profile != profile {
                held.profile = Arc::new(profile);
                self.generation.fetch_add(1, Ordering::AcqRel);
            }
        }
        Ok(())
    }
}
