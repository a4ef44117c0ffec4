//! What the handlers of pages share, as one argument: `app: web::Data<App>`.

use std::sync::Arc;

use super::{LiveTallies, VoteQueue};
use crate::catalogue::Catalogue;
use crate::config::Settings;
use crate::db::Database;
use crate::db::freshness::Freshness;
use crate::web::cache::PageCache;
use crate::web::limits::RateLimits;

/// What a page is made from, and where it is kept.
pub struct App {
    /// What the site was told when it was started.
    pub settings: Settings,
    /// For what is in no memory.
    pub database: Database,
    /// Tools, categories, reviewers and comparisons.
    pub catalogue: Catalogue,
    /// The votes as they stand.
    pub tallies: Arc<LiveTallies>,
    /// Where votes are cast.
    pub queue: VoteQueue,
    /// Pages that are made.
    pub cache: Arc<PageCache>,
    /// How much anybody may do.
    pub limits: Arc<RateLimits>,
    /// What is told of changes.
    pub freshness: Arc<Freshness>,
}
