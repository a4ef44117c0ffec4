//! A comparison, and the stream that moves its figures.

use actix_web::{HttpRequest, HttpResponse, web};

use super::find::{find, find_as_asked, find_group, find_group_as_asked, no_such_pair};
use super::load::load;
use super::several;
use super::stream::ComparisonFrames;
use super::views::ComparisonPage;
use crate::accounts::Visit;
use crate::db::freshness::Votes;
use crate::verdicts::OwnVotes;
use crate::votes::App;
use crate::web::cache::Rendered;
use crate::web::error::AppError;
use crate::web::live::Streams;

pub(super) async fn show(
    request: HttpRequest,
    text: web::Path<String>,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let directory = app.catalogue.snapshot().await?;
        let Some(pair) = find(&directory, &text)? else {
            if let Some(group) = find_group(&directory, &text)? {
                return several::render(&visit, &app, directory, group).await;
            }
            return Err(no_such_pair(directory, text.clone()).await);
        };
        let ids = pair.ids();
        let details = [
            app.catalogue.detail(&directory, ids[0]).await?,
            app.catalogue.detail(&directory, ids[1]).await?,
        ];
        let histories =
            [app.histories.of(&app.tallies, ids[0]).await?, app.histories.of(&app.tallies, ids[1]).await?];
        let own = OwnVotes::of(&visit, &app.database, ids.to_vec()).await?;
        let loaded = load(directory, &app.tallies, pair, details, Some(histories));
        let shown = Votes::Of(loaded.shown());
        Rendered::page(&ComparisonPage::new(&visit, loaded, &own), shown)
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn live(
    request: HttpRequest,
    text: web::Path<String>,
    app: web::Data<App>,
    frames: web::Data<ComparisonFrames>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse, AppError> {
    loop {
        let directory = app.catalogue.snapshot().await?;
        let watched = if let Some(pair) = find_as_asked(&directory, &text) {
            frames.watch(&app.tallies, pair, directory.version)
        } else if let Some(group) = find_group_as_asked(&directory, &text) {
            frames.watch_group(&app.tallies, group, directory.version)
        } else {
            // A program asks, which would not read what may have been meant.
            return Err(AppError::not_found());
        };
        if app.is_newest(&directory) {
            return streams.answer(&request, vec![watched]);
        }
    }
}
