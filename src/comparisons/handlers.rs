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
    cache::{Drawn, PageCache},
    catalogue::Catalogue,
    db::Database,
    error::AppError,
    freshness::Votes,
    page,
    voting::{Hub, show_newest},
};

pub(super) async fn show(
    request: HttpRequest,
    text: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let account_id = visit.account_id();
    let draw =
        async || match database.run(move |conn| load::load(conn, &catalogue, &text, account_id)).await? {
            Outcome::Moved(path) => Ok(Drawn::Other(page::moved(&path))),
            Outcome::Page(loaded) => {
                Drawn::page(&ComparisonPage::new(&visit, &loaded), Votes::Of(loaded.shown()))
            }
        };
    cache.show(&request, visit.reader(), draw).await
}

pub(super) async fn live(
    request: HttpRequest,
    text: web::Path<String>,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    hub: web::Data<Hub>,
    frames: web::Data<PairFrames>,
) -> Result<HttpResponse, AppError> {
    let (pair, version) = database
        .run(move |conn| {
            let directory = catalogue.current(conn)?;
            match find(&directory, &text) {
                Found::Here(pair) => Ok((pair, directory.version)),
                Found::Elsewhere(_) => Err(AppError::not_found()),
                Found::Nowhere(offer) => Err(AppError::NotFound(offer)),
            }
        })
        .await?;
    let ids = vec![pair.first.id, pair.second.id];
    // Watch first and load after, so that no vote falls in between.
    let answer = frames.answer(&request, &hub, pair, version)?;
    show_newest(&database, &hub, ids).await?;
    Ok(answer)
}
