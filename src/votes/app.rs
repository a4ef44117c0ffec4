//! What the handlers of pages share, as one argument: `app: web::Data<App>`.

use std::sync::Arc;

use super::{LiveTallies, VoteHistories, VoteQueue};
use crate::catalogue::{Catalogue, Directory};
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
    /// The same by the day.
    pub histories: VoteHistories,
    /// Where votes are cast.
    pub queue: VoteQueue,
    /// Pages that are made.
    pub cache: Arc<PageCache>,
    /// How much anybody may do.
    pub limits: Arc<RateLimits>,
    /// What is told of changes.
    pub freshness: Arc<Freshness>,
}

impl App {
    /// Whether no newer catalogue than this is known. Whoever watches tools asks after they have begun to: tools that went
    /// before that are in a newer one, and whoever watches a tool that goes later is told.
    pub fn is_newest(&self, directory: &Directory) -> bool {
        self.freshness.now().catalogue <= directory.version
    }
}
