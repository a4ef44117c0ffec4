//! Assembles the site: opens what it runs on, lists its features, starts and stops it in order.

mod shared;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use chrono::{NaiveDateTime, Utc};
use diesel::QueryResult;

use self::shared::Shared;
use crate::catalogue::search;
use crate::cli::CliError;
use crate::config::{ServeOptions, Settings, Switch};
use crate::db::freshness::Freshness;
use crate::db::{DatabaseUrl, Db, sql};
use crate::votes::{self, PollerHandle, VoteQueue};
use crate::web::live::Streams;
use crate::web::{assets, cache, guard, idempotency, saved_forms, session};
use crate::{
    account, accounts, admin, changes, comparisons, error_pages, home, integrity, moderation, reviewers,
    submissions, tools, verdicts,
};

/// How many connections may wait to be taken.
const BACKLOG: i32 = 8192;

/// How long requests under way may take when the site stops, in seconds.
const SHUTDOWN_SECONDS: u64 = 10;

/// How often expired sessions are cleared away, and signals looked for.
const MAINTENANCE: Duration = Duration::from_secs(600);

/// A site that listens but has yet to be run.
pub struct Site {
    /// The address it listens on.
    pub address: SocketAddr,
    /// Its settings, as they ended up.
    pub settings: Settings,
    server: Server,
    shared: Shared,
    poller: PollerHandle,
}

impl Site {
    /// Migrates the database, binds the address and assembles the app.
    pub fn open(url: &DatabaseUrl, options: &ServeOptions) -> Result<Self, CliError> {
        let listener = listen(options.bind).map_err(|cause| match cause.kind() {
            io::ErrorKind::AddrInUse => CliError::Failed(format!(
                "{}: another program listens there; choose another address, like --bind 127.0.0.1:0 for any free port",
                options.bind
            )),
            _ => CliError::at(options.bind)(cause),
        })?;
        let address = listener.local_addr().map_err(CliError::at("address"))?;
        // Before anything is connected to: a missing setting is told first.
        let settings =
            Settings::resolve(options, url, address).map_err(|line| CliError::BadInput(vec![line]))?;
        warn_about(&settings, options);
        let mut conn = prepared(url)?;
        let shared = Shared::open(&mut conn, url, settings.clone(), options.page_cache_mb)?;
        drop(conn);
        let poller = PollerHandle::start(url, &shared.app.tallies, &shared.app.settings.site)
            .map_err(CliError::at(url))?;
        assets::warm();
        let server = serve(shared.clone(), listener)?;
        Ok(Self { address, settings, server, shared, poller })
    }

    /// Serves until the process is asked to stop, then ends the streams and lets requests finish;
    /// whoever is promised a vote has been answered by then. To be called on the site's runtime;
    /// from the call on, being asked to stop is heeded.
    pub fn run(self) -> impl Future<Output = io::Result<()>> {
        let asked = asked_to_stop();
        async move {
            let (asked, stopper) = (asked?, self.stopper());
            actix_web::rt::spawn(async move {
                asked.await;
                tracing::info!("stopping");
                stopper.stop().await;
            });
            actix_web::rt::spawn(run_maintenance(self.shared.app.into_inner()));
            let done = self.server.await;
            drop(self.poller);
            done
        }
    }

    /// What the site knows of changes in the database, for tests.
    pub fn freshness(&self) -> Arc<Freshness> {
        Arc::clone(&self.shared.app.freshness)
    }

    /// Where votes are handed in.
    pub fn vote_queue(&self) -> VoteQueue {
        self.shared.app.queue.clone()
    }

    /// What stops the site from outside, for tests.
    pub fn stopper(&self) -> Stopper {
        Stopper { handle: self.server.handle(), streams: self.shared.streams.get_ref().clone() }
    }
}

fn warn_about(settings: &Settings, options: &ServeOptions) {
    if options.bind.ip().is_unspecified() && options.base_url.is_none() {
        tracing::warn!("SHIPTALLY_BASE_URL is not set: forms work only from this machine");
    }
    if settings.rate_limits == Switch::Off {
        tracing::warn!("rate limits are off: for load tests only");
    }
}

/// A connection to the database, whose tables and search index are as this program expects them.
fn prepared(url: &DatabaseUrl) -> Result<Db, CliError> {
    let mut conn = url.connect().map_err(CliError::at(url))?;
    for name in conn.migrate().map_err(CliError::at(url))? {
        tracing::info!(name, "applied migration");
    }
    if search::renew(&mut conn).map_err(CliError::at(url))? {
        tracing::info!("made the search index anew");
    }
    Ok(conn)
}

fn serve(shared: Shared, listener: TcpListener) -> Result<Server, CliError> {
    let server = HttpServer::new(move || {
        let shared = shared.clone();
        App::new()
            .configure(|app| shared.register(app))
            .configure(features)
            // Inside the session, so that the page knows who is signed in.
            .wrap(from_fn(error_pages::render))
            .wrap(session::middleware(&shared.app.settings, &shared.sessions))
            .wrap(from_fn(cache::renew_lease))
            .wrap(from_fn(guard::same_site_only))
            // And around it, for what is refused or fails before there is a session.
            .wrap(from_fn(error_pages::render))
            .wrap(from_fn(cache::serve_cached))
            .wrap(from_fn(guard::secure_headers))
            .wrap(from_fn(guard::access_log))
    });
    let server = server.disable_signals().shutdown_timeout(SHUTDOWN_SECONDS).max_connections(25_000);
    Ok(server.listen(listener).map_err(CliError::at("listen"))?.run())
}

/// Listens with a backlog that bears a burst of new connections.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
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

/// What is done again and again: what the log says of it, and the work itself, which says of how many things it was.
type Task = (&'static str, fn(&mut Db, NaiveDateTime) -> QueryResult<usize>);

const TASKS: [Task; 6] = [
    ("removed expired sessions", session::remove_expired),
    ("forgot forms that were sent", idempotency::remove_old),
    ("removed forms that nobody came back for", saved_forms::remove_old),
    ("forgot from where old votes came", integrity::forget_networks),
    ("removed old uploads", admin::remove_old_uploads),
    ("looked for votes that seem bought", |conn, now| integrity::patterns::scan(conn, now).map(sql::counted)),
];

/// Clears away what is over and looks for votes that seem bought, for as long as the site runs.
async fn run_maintenance(app: Arc<votes::App>) {
    loop {
        tokio::time::sleep(MAINTENANCE).await;
        for (done, work) in TASKS {
            // What fails is in the log, and the next turn tries again.
            if let Ok(count) = app.database.run(move |conn| Ok(work(conn, Utc::now().naive_utc())?)).await {
                tracing::debug!(count, "{done}");
            }
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
