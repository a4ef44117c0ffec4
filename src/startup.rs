//! Assembles the site: opens what it runs on, lists its features, starts and stops it in order.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    web,
};
use chrono::Utc;

use crate::{
    account,
    accounts::{self, AfterSignIn, RecentAccounts},
    admin,
    catalogue::{Catalogue, search},
    changes,
    comparisons::{self, PairFrames},
    config::{ServeOptions, Settings, Switch},
    db::{Database, DatabaseUrl, freshness::Freshness, versions},
    error_pages, home, integrity, moderation, reviewers, submissions, tools,
    verdicts::{self, TallyFrames},
    votes::{self, CastPendingVote, LiveTallies, NetworkKey, PollerHandle, VoteQueue},
    web::{
        assets,
        cache::{self, PageCache},
        guard,
        limits::RateLimits,
        live::Streams,
        session::{self, DatabaseSessions},
    },
};

/// The largest form, in bytes.
const FORM_LIMIT: usize = 64 * 1024;

/// How many connections may wait to be taken.
const BACKLOG: i32 = 8192;

/// How long requests under way may take when the site stops, in seconds.
const SHUTDOWN_SECONDS: u64 = 10;

/// How often expired sessions and idle limits are cleared away, and signals looked for.
const MAINTENANCE: Duration = Duration::from_secs(600);

/// A site that listens but has yet to be run.
pub struct Site {
    /// The address it listens on.
    pub address: SocketAddr,
    /// Its settings, as they ended up.
    pub settings: Settings,
    server: Server,
    streams: Streams,
    maintained: (Database, Arc<RateLimits>),
    poller: PollerHandle,
}

/// Why a site could not be opened; one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong or missing.
    #[error("{0}")]
    Setting(String),
    /// Something that it runs on is not there.
    #[error("{0}")]
    Ground(String),
}

impl Site {
    /// Migrates the database, binds the address and assembles the app.
    ///
    /// # Errors
    /// [`StartError`], before anything is served.
    pub fn open(url: &DatabaseUrl, options: &ServeOptions) -> Result<Self, StartError> {
        let ground =
            |what: &str, cause: &dyn std::fmt::Display| StartError::Ground(format!("{what}: {cause}"));
        let listener = listen(options.bind).map_err(|cause| match cause.kind() {
            io::ErrorKind::AddrInUse => StartError::Ground(format!(
                "{}: another program listens there; choose another address, like --bind 127.0.0.1:0 for any free port",
                options.bind
            )),
            _ => ground(&options.bind.to_string(), &cause),
        })?;
        let address = listener.local_addr().map_err(|cause| ground("address", &cause))?;

        // Before anything is connected to: a missing setting is told first.
        let settings = Settings::resolve(options, url, address).map_err(StartError::Setting)?;

        let mut conn = url.connect().map_err(|cause| ground(&url.to_string(), &cause))?;
        for name in conn.migrate().map_err(|cause| ground(&url.to_string(), &cause))? {
            tracing::info!(name, "applied migration");
        }
        if search::renew(&mut conn).map_err(|cause| ground(&url.to_string(), &cause))? {
            tracing::info!("made the search index anew");
        }
        if options.bind.ip().is_unspecified() && options.base_url.is_none() {
            tracing::warn!("SHIPTALLY_BASE_URL is not set: forms work only from this machine");
        }
        if settings.rate_limits == Switch::Off {
            tracing::warn!("rate limits are off: for load tests only");
        }

        let database = Database::open(url).map_err(|cause| ground(&url.to_string(), &cause))?;
        let streams = Streams::default();
        let stored = versions::all(&mut conn).map_err(|cause| ground(&url.to_string(), &cause))?;
        let freshness = Arc::new(Freshness::new(stored));
        let tallies = LiveTallies::load(&mut conn, Arc::clone(&freshness));
        let tallies = Arc::new(tallies.map_err(|cause| ground(&url.to_string(), &cause))?);
        drop(conn);
        let poller = PollerHandle::start(url, Arc::clone(&tallies))
            .map_err(|cause| ground(&url.to_string(), &cause))?;
        let limits = Arc::new(RateLimits::new(settings.rate_limits));
        let networks = NetworkKey::of_site(&settings.secret);
        let queue = VoteQueue::open(url, settings.voters, networks, Arc::clone(&tallies))
            .map_err(|cause| ground(&url.to_string(), &cause))?;
        assets::warm();
        let maintained = (database.clone(), Arc::clone(&limits));

        let catalogue = Catalogue::new(database.clone(), Arc::clone(&freshness));
        let cache = Arc::new(PageCache::new(options.page_cache_mb, Arc::clone(&freshness)));
        let shared = Shared {
            app: web::Data::new(votes::App {
                settings: settings.clone(),
                database: database.clone(),
                catalogue: catalogue.clone(),
                tallies: Arc::clone(&tallies),
                queue: queue.clone(),
                cache: Arc::clone(&cache),
                limits: Arc::clone(&limits),
                freshness: Arc::clone(&freshness),
            }),
            settings: web::Data::new(settings.clone()),
            sessions: DatabaseSessions::new(database.clone(), Arc::clone(&freshness)),
            recent: web::Data::new(RecentAccounts::new(Arc::clone(&freshness))),
            pairs: web::Data::new(PairFrames::default()),
            figures: web::Data::new(admin::Figures::default()),
            cache: web::Data::from(cache),
            freshness: web::Data::from(freshness),
            database: web::Data::new(database),
            catalogue: web::Data::new(catalogue),
            streams: web::Data::new(streams.clone()),
            frames: web::Data::new(TallyFrames::default()),
            tallies: web::Data::from(tallies),
            limits: web::Data::from(Arc::clone(&limits)),
            after_sign_in: web::Data::from(
                Arc::new(CastPendingVote { queue, limits }) as Arc<dyn AfterSignIn>
            ),
        };
        let server = HttpServer::new(move || {
            let shared = shared.clone();
            App::new()
                .configure(|app| shared.register(app))
                .configure(features)
                // Inside the session, so that the page knows who is signed in.
                .wrap(from_fn(error_pages::render))
                .wrap(session::middleware(&shared.settings, &shared.sessions))
                .wrap(from_fn(guard::same_site_only))
                // And around it, for what is refused or fails before there is a session.
                .wrap(from_fn(error_pages::render))
                .wrap(from_fn(cache::serve_cached))
                .wrap(from_fn(guard::secure_headers))
                .wrap(from_fn(guard::access_log))
        })
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .max_connections(25_000)
        .listen(listener)
        .map_err(|cause| ground("listen", &cause))?
        .run();
        Ok(Self { address, settings, server, streams, maintained, poller })
    }

    /// Serves until the process is asked to stop, then ends the streams and lets requests finish;
    /// whoever is promised a vote has been answered by then. To be called on the site's runtime;
    /// from the call on, being asked to stop is heeded.
    ///
    /// # Errors
    /// When the server fails.
    pub fn run(self) -> impl Future<Output = io::Result<()>> {
        let asked = asked_to_stop();
        async move {
            let (asked, stopper) = (asked?, self.stopper());
            actix_web::rt::spawn(async move {
                asked.await;
                tracing::info!("stopping");
                stopper.stop().await;
            });
            let (database, limits) = self.maintained;
            actix_web::rt::spawn(run_maintenance(database, limits));
            let done = self.server.await;
            drop(self.poller);
            done
        }
    }

    /// What stops the site from outside, for tests.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper { handle: self.server.handle(), streams: self.streams.clone() }
    }
}

/// Listens with a backlog that bears a burst of new connections.
fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None)?;
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Stops a site.
#[derive(Clone)]
pub struct Stopper {
    handle: ServerHandle,
    streams: Streams,
}

impl Stopper {
    /// Ends the streams first, so that stopping does not wait for them.
    pub async fn stop(self) {
        self.streams.close();
        self.handle.stop(true).await;
    }
}

#[derive(Clone)]
struct Shared {
    app: web::Data<votes::App>,
    settings: web::Data<Settings>,
    database: web::Data<Database>,
    sessions: DatabaseSessions,
    recent: web::Data<RecentAccounts>,
    cache: web::Data<PageCache>,
    pairs: web::Data<PairFrames>,
    figures: web::Data<admin::Figures>,
    freshness: web::Data<Freshness>,
    catalogue: web::Data<Catalogue>,
    streams: web::Data<Streams>,
    frames: web::Data<TallyFrames>,
    tallies: web::Data<LiveTallies>,
    limits: web::Data<RateLimits>,
    after_sign_in: web::Data<dyn AfterSignIn>,
}

impl Shared {
    fn register(&self, app: &mut web::ServiceConfig) {
        app.app_data(self.app.clone())
            .app_data(self.settings.clone())
            .app_data(self.database.clone())
            .app_data(self.catalogue.clone())
            .app_data(self.recent.clone())
            .app_data(self.cache.clone())
            .app_data(self.pairs.clone())
            .app_data(self.figures.clone())
            .app_data(self.freshness.clone())
            .app_data(self.streams.clone())
            .app_data(self.frames.clone())
            .app_data(self.tallies.clone())
            .app_data(self.limits.clone())
            .app_data(self.after_sign_in.clone())
            .app_data(web::FormConfig::default().limit(FORM_LIMIT))
            .app_data(web::PayloadConfig::default().limit(FORM_LIMIT));
    }
}

/// Every feature hands over its routes. They are tried in this order, so what is asked for most
/// comes first.
fn features(app: &mut web::ServiceConfig) {
    app.configure(comparisons::routes)
        .configure(tools::routes)
        .configure(votes::routes)
        .configure(verdicts::routes)
        .configure(assets::routes)
        .configure(home::routes)
        .configure(accounts::routes)
        .configure(reviewers::routes)
        .configure(account::routes)
        .configure(changes::routes)
        .configure(moderation::routes)
        .configure(submissions::routes)
        .configure(admin::routes);
}

/// Clears away what is over and looks for votes that seem bought, for as long as the site runs.
async fn run_maintenance(database: Database, limits: Arc<RateLimits>) {
    loop {
        tokio::time::sleep(MAINTENANCE).await;
        limits.tidy();
        let cleared = database.run(|conn| Ok(session::remove_expired(conn, Utc::now().naive_utc())?)).await;
        if let Ok(count) = cleared {
            tracing::debug!(count, "removed expired sessions");
        }
        let now = Utc::now().naive_utc();
        let forgotten = database.run(move |conn| Ok(integrity::forget_networks(conn, now)?)).await;
        if let Ok(count) = forgotten {
            tracing::debug!(count, "forgot from where old votes came");
        }
        let cleared = database.run(move |conn| Ok(admin::remove_old_uploads(conn, now)?)).await;
        if let Ok(count) = cleared {
            tracing::debug!(count, "removed old uploads");
        }
        // What fails is in the log, and the next turn tries again.
        let found = database.run(move |conn| Ok(integrity::patterns::scan(conn, now)?)).await;
        if let Ok(count) = found {
            tracing::debug!(count, "looked for votes that seem bought");
        }
    }
}

/// Completes when the process is asked to stop, and listens for that from the call on.
#[cfg(unix)]
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Completes when the process is asked to stop.
#[cfg(not(unix))]
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
