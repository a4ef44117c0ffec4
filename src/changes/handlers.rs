//! Showing what changed.

use actix_web::{HttpRequest, HttpResponse, web};

use super::load::{self, ChangeFilters};
use super::views::{ChangesPage, feed_text};
use crate::accounts::Visit;
use crate::db::freshness::Votes;
use crate::votes::App;
use crate::web::cache::Rendered;
use crate::web::error::AppError;
use crate::web::page::Audience;

pub(super) async fn index(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let filters = ChangeFilters::parse(request.query_string());
    let render = async || {
        let directory = app.catalogue.snapshot().await?;
        let log = app.database.run(move |conn| load::change_log(conn, directory, filters)).await?;
        Rendered::page(&ChangesPage::new(&visit, log), Votes::Of(Vec::new()))
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn feed(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let filters = ChangeFilters::parse(request.query_string());
    let render = async || {
        let directory = app.catalogue.snapshot().await?;
        let log = app.database.run(move |conn| load::change_log(conn, directory, filters)).await?;
        Ok(Rendered::feed(feed_text(&app.settings, &log)?, Votes::Of(Vec::new())))
    };
    app.cache.show(&request, Audience::Visitor, render).await
}
