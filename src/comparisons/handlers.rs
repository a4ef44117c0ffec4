//! A comparison, and the stream that moves its figures.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    find::{Found, find},
    load::{self, Outcome},
    stream::PairFrames,
    views::ComparisonPage,
};
use crate::{
    accounts::Visit,
    catalogue::Catalogue,
    db::{Database, freshness::Votes},
    verdicts::OwnVotes,
    votes::LiveTallies,
    web::{
        cache::{PageCache, Rendered},
        error::AppError,
        live::Streams,
        page,
    },
};

pub(super) async fn show(
    request: HttpRequest,
    text: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    standings: web::Data<LiveTallies>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let outcome = match load::remembered(&catalogue, &standings, &text) {
            Some(loaded) => Outcome::Page(loaded),
            None => database.run(move |conn| load::load(conn, &catalogue, &standings, &text)).await?,
        };
        match outcome {
            Outcome::Moved(path) => Ok(Rendered::Other(page::moved(&path))),
            Outcome::Page(loaded) => {
                let own = OwnVotes::of(&visit, &database, loaded.pair.ids().to_vec()).await?;
                Rendered::page(&ComparisonPage::new(&visit, &loaded, &own), Votes::Of(loaded.shown()))
            }
        }
    };
    cache.show(&request, visit.audience(), render).await
}

pub(super) async fn live(
    request: HttpRequest,
    text: web::Path<String>,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    tallies: web::Data<LiveTallies>,
    streams: web::Data<Streams>,
    frames: web::Data<PairFrames>,
) -> Result<HttpResponse, AppError> {
    let found = database
        .run(move |conn| {
            let directory = catalogue.current(conn)?;
            match find(&directory, &text) {
                Found::Here(pair) => Ok(Ok((pair, directory.version))),
                Found::Elsewhere(path) => Ok(Err(path)),
                Found::Nowhere(offer) => Err(AppError::NotFound(offer)),
            }
        })
        .await?;
    let (pair, version) = match found {
        Ok(here) => here,
        Err(path) => return Ok(page::moved(&format!("{path}/live"))),
    };
    frames.answer(&request, &streams, &tallies, pair, version)
}
