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
    voting::{Hub, OwnVotes, Standings},
    web::{
        cache::{PageCache, Rendered},
        error::AppError,
        page,
    },
};

pub(super) async fn show(
    request: HttpRequest,
    text: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    standings: web::Data<Standings>,
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
    hub: web::Data<Hub>,
    standings: web::Data<Standings>,
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
    let ids = pair.ids();
    // Watch first and look after, so that no vote falls in between.
    let answer = frames.answer(&request, &hub, pair, version)?;
    standings.show(ids);
    Ok(answer)
}
