//! A comparison, and the stream that moves its figures.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    find::{Found, find, no_such_pair},
    load::load,
    stream::PairFrames,
    views::ComparisonPage,
};
use crate::{
    accounts::Visit,
    db::freshness::Votes,
    voting::{App, own_forms},
    web::{cache::Drawn, error::AppError, page},
};

pub(super) async fn show(
    request: HttpRequest,
    text: web::Path<String>,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let own = own_forms(&request, &visit, &app);
    let draw = async || {
        let directory = app.catalogue.snapshot().await?;
        match find(&directory, &text) {
            Found::Here(pair) => {
                let details = [
                    app.catalogue.detail(&directory, pair.first.id).await?,
                    app.catalogue.detail(&directory, pair.second.id).await?,
                ];
                let loaded = load(directory, &app.standings, pair, details);
                Drawn::page(&ComparisonPage::new(&visit.by_anybody(), &loaded), Votes::Of(loaded.shown()))
            }
            Found::Elsewhere(path) => Ok(Drawn::Other(page::moved(&path))),
            Found::Nowhere => Err(no_such_pair(directory, text.clone()).await),
        }
    };
    app.cache.show_with(&request, &visit, draw, own).await
}

pub(super) async fn live(
    request: HttpRequest,
    text: web::Path<String>,
    app: web::Data<App>,
    frames: web::Data<PairFrames>,
) -> Result<HttpResponse, AppError> {
    let directory = app.catalogue.snapshot().await?;
    let pair = match find(&directory, &text) {
        Found::Here(pair) => pair,
        Found::Elsewhere(path) => return Ok(page::moved(&format!("{path}/live"))),
        Found::Nowhere => return Err(no_such_pair(directory, text.into_inner()).await),
    };
    let ids = [pair.first.id, pair.second.id];
    // Watch first and look after, so that no vote falls in between.
    let answer = frames.answer(&request, &app.hub, pair, directory.version)?;
    app.standings.show(ids);
    Ok(answer)
}
