//! What is said of the site, as every page needs it.

use std::collections::HashMap;

use diesel::QueryResult;

use crate::db::{Db, site_settings};

/// The name of the setting that says, where it is there, that accounts and votes are samples.
pub const SAMPLES: &str = "sample_votes";

/// What is said of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteProfile {
    /// Whether the accounts and votes were made by a program, to try the site with.
    pub samples: bool,
}

impl SiteProfile {
    /// What is stored.
    pub(super) fn load(conn: &mut Db) -> QueryResult<Self> {
        let values: HashMap<String, String> = site_settings::all(conn)?.into_iter().collect();
        Ok(Self { samples: values.contains_key(SAMPLES) })
    }
}
