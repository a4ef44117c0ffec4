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
    db::Database,
    error::AppError,
    page,
    voting::{Hub, show_newest},
};

pub(super) async fn show(
    request: HttpRequest,
    text: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let account_id = visit.account_id();
    let outcome = database.run(move |conn| load::load(conn, &catalogue, &text, account_id)).await?;
    match outcome {
        Outcome::Moved(path) => Ok(page::moved(&path)),
        Outcome::Page(loaded) => page::show(&request, &ComparisonPage::new(&visit, &loaded)),
    }
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
    let answer = frames.answer(request.method(), &hub, pair, version)?;
    show_newest(&database, &hub, ids).await?;
    Ok(answer)
}
