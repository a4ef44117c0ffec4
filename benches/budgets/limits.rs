//! What the figures are measured against: a constant body by the same server, one transaction per
//! vote over HTTP, and raw SQLite.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use anyhow::{Context, Result};
use chrono::Utc;
use diesel::prelude::*;
use diesel::upsert::excluded;
use shiptally::config::Voters;
use shiptally::db::schema::votes;
use shiptally::db::{DatabaseUrl, Db};
use shiptally::stats::Choice;
use shiptally::votes::cast;
use shiptally::votes::vote::Intent;
use tokio::sync::Semaphore;

/// How many votes share a transaction in [`raw_votes`].
const GROUP: usize = 64;

/// How many connections serve one transaction per vote.
const POOL: usize = 4;

/// Serves constant bodies: `/0` of the first length, `/1` of the second, and so on.
pub(crate) fn serve_constant(lengths: &[usize]) -> Result<()> {
    let bodies: Vec<Bytes> = lengths.iter().map(|length| Bytes::from(vec![b'x'; *length])).collect();
    serve(move |app| {
        for (number, body) in bodies.iter().cloned().enumerate() {
            app.route(
                &format!("/{number}"),
                web::get().to(move || {
                    let body = body.clone();
                    async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body) }
                }),
            );
        }
    })
}

/// Serves votes with a transaction each, on a pool of connections; the account is named in a header.
pub(crate) fn serve_single_votes(file: &Path) -> Result<()> {
    let url = DatabaseUrl::Sqlite(file.to_owned());
    let pool = (0..POOL).map(|_| url.connect()).collect::<Result<Vec<Db>, _>>()?;
    let pool = Arc::new((Semaphore::new(POOL), Mutex::new(pool)));
    serve(move |app| {
        app.app_data(web::Data::from(Arc::clone(&pool)))
            .route("/tools/{tool}/vote", web::post().to(single_vote));
    })
}

type Pool = (Semaphore, Mutex<Vec<Db>>);

async fn single_vote(
    request: HttpRequest,
    tool: web::Path<String>,
    pool: web::Data<Pool>,
    form: web::Form<Vec<(String, String)>>,
) -> HttpResponse {
    let account = request.headers().get("x-account").and_then(|id| id.to_str().ok()?.parse().ok());
    let choice =
        form.iter().find(|(name, _)| name == "choice").and_then(|(_, choice)| Choice::from_word(choice));
    let intent =
        Intent { account_id: account.unwrap_or_default(), tool: tool.into_inner(), choice, network: None };
    let Ok(_place) = pool.0.acquire().await else { return HttpResponse::ServiceUnavailable().finish() };
    let conns = Arc::clone(&pool);
    let cast = web::block(move || {
        let free = conns.1.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut conn = free?;
        let cast = cast::cast_all(&mut conn, &[intent], Voters::Anyone, Utc::now().naive_utc());
        conns.1.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        cast.ok()?.pop()?.ok()
    })
    .await;
    match cast {
        Ok(Some(cast)) => HttpResponse::Ok().json(cast.tally.revision),
        _ => HttpResponse::InternalServerError().finish(),
    }
}

#[expect(clippy::print_stdout, reason = "where it listens is its output")]
fn serve(routes: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static) -> Result<()> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || App::new().configure(|app| routes(app)))
            .backlog(8192)
            .listen(listener)?
            .run();
        println!("listening on http://{address}");
        Ok(server.await?)
    })
}

/// Votes per second without a server: upserts by diesel, 64 in each transaction.
pub(crate) struct RawVotes {
    conn: Db,
    turn: usize,
}

impl RawVotes {
    pub(crate) fn open(file: &Path) -> Result<Self> {
        Ok(Self { conn: DatabaseUrl::Sqlite(file.to_owned()).connect()?, turn: 0 })
    }

    /// Writes votes for so long; `pair` names the account and tool of the nth.
    pub(crate) fn run(&mut self, seconds: f64, pair: impl Fn(usize) -> (i64, i64, bool)) -> Result<f64> {
        let started = Instant::now();
        let mut written = 0;
        while started.elapsed() < Duration::from_secs_f64(seconds) {
            let turn = self.turn;
            let now = Utc::now().naive_utc();
            self.conn
                .write(|conn| {
                    let Db::Sqlite(conn) = conn else { return Err(diesel::result::Error::NotFound) };
                    for number in turn..turn + GROUP {
                        let (account, tool, ship) = pair(number);
                        diesel::insert_into(votes::table)
                            .values((
                                votes::account_id.eq(account),
                                votes::tool_id.eq(tool),
                                votes::choice.eq(i16::from(ship)),
                                votes::cast_at.eq(now),
                            ))
                            .on_conflict((votes::account_id, votes::tool_id))
                            .do_update()
                            .set((
                                votes::choice.eq(excluded(votes::choice)),
                                votes::cast_at.eq(excluded(votes::cast_at)),
                            ))
                            .execute(conn)?;
                    }
                    Ok(())
                })
                .context("raw votes")?;
            self.turn += GROUP;
            written += GROUP;
        }
        Ok(written as f64 / started.elapsed().as_secs_f64())
    }
}
