//! What all workers of a site share.

use std::sync::Arc;

use actix_web::web;

use crate::accounts::{AfterSignIn, RecentAccounts};
use crate::admin::{Figures, ParsedFiles};
use crate::catalogue::Catalogue;
use crate::cli::CliError;
use crate::comparisons::ComparisonFrames;
use crate::config::Settings;
use crate::db::freshness::Freshness;
use crate::db::{Database, DatabaseUrl, Db, versions};
use crate::verdicts::TallyFrames;
use crate::votes::{App, CastPendingVote, LiveTallies, VoteHistories, VoteQueue};
use crate::web::cache::PageCache;
use crate::web::limits::RateLimits;
use crate::web::live::Streams;
use crate::web::network::NetworkKey;
use crate::web::security_event::SecurityLog;
use crate::web::session::DatabaseSessions;

/// The largest form, in bytes.
const FORM_LIMIT: usize = 64 * 1024;

/// What handlers and extractors ask for. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Shared {
    pub app: web::Data<App>,
    pub sessions: DatabaseSessions,
    pub streams: web::Data<Streams>,
    recent: web::Data<RecentAccounts>,
    after_sign_in: web::Data<dyn AfterSignIn>,
    frames: web::Data<TallyFrames>,
    comparisons: web::Data<ComparisonFrames>,
    figures: web::Data<Figures>,
    parsed_files: web::Data<ParsedFiles>,
    security_log: web::Data<SecurityLog>,
}

impl Shared {
    /// Opens what the site runs on.
    pub(super) fn open(
        conn: &mut Db,
        url: &DatabaseUrl,
        settings: Settings,
        cache_megabytes: u32,
    ) -> Result<Self, CliError> {
        settings.site.load(conn).map_err(CliError::at(url))?;
        let database = Database::open(url).map_err(CliError::at(url))?;
        let stored = versions::all(conn).map_err(CliError::at(url))?;
        let freshness = Arc::new(Freshness::new(stored));
        let tallies = LiveTallies::load(conn, Arc::clone(&freshness)).map_err(CliError::at(url))?;
        let tallies = Arc::new(tallies);
        let limits = Arc::new(RateLimits::new(settings.rate_limits));
        let networks = NetworkKey::of_site(&settings.secret);
        let queue = VoteQueue::open(url, settings.voters, networks, Arc::clone(&tallies))
            .map_err(CliError::at(url))?;
        let catalogue = Catalogue::new(database.clone(), Arc::clone(&freshness));
        let cache =
            Arc::new(PageCache::new(cache_megabytes, Arc::clone(&freshness), Arc::clone(&settings.site)));
        let cast_pending = CastPendingVote { queue: queue.clone(), limits: Arc::clone(&limits) };
        Ok(Self {
            sessions: DatabaseSessions::new(database.clone(), Arc::clone(&freshness)),
            streams: web::Data::new(Streams::default()),
            recent: web::Data::new(RecentAccounts::new(database.clone(), Arc::clone(&freshness))),
            after_sign_in: web::Data::from(Arc::new(cast_pending) as Arc<dyn AfterSignIn>),
            frames: web::Data::new(TallyFrames::default()),
            comparisons: web::Data::new(ComparisonFrames::default()),
            figures: web::Data::new(Figures::default()),
            parsed_files: web::Data::new(ParsedFiles::default()),
            security_log: web::Data::new(SecurityLog::new(&settings.secret)),
            app: web::Data::new(App {
                settings,
                histories: VoteHistories::new(database.clone()),
                database,
                catalogue,
                tallies,
                queue,
                cache,
                limits,
                freshness,
            }),
        })
    }

    /// Hands all of it to an app.
    pub(super) fn register(&self, app: &mut web::ServiceConfig) {
        // Rooms below that of the app ask for a part of it.
        fn shared<T>(part: &Arc<T>) -> web::Data<T> {
            web::Data::from(Arc::clone(part))
        }
        app.app_data(self.app.clone())
            .app_data(web::Data::new(self.app.settings.clone()))
            .app_data(web::Data::new(self.app.database.clone()))
            .app_data(web::Data::new(self.app.catalogue.clone()))
            .app_data(self.recent.clone())
            .app_data(shared(&self.app.cache))
            .app_data(self.comparisons.clone())
            .app_data(self.figures.clone())
            .app_data(self.parsed_files.clone())
            .app_data(self.security_log.clone())
            .app_data(shared(&self.app.freshness))
            .app_data(self.streams.clone())
            .app_data(self.frames.clone())
            .app_data(shared(&self.app.tallies))
            .app_data(shared(&self.app.limits))
            .app_data(self.after_sign_in.clone())
            .app_data(web::FormConfig::default().limit(FORM_LIMIT))
            .app_data(web::PayloadConfig::default().limit(FORM_LIMIT));
    }
}
