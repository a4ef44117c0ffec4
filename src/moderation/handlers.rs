//! Showing the public part of the log.

use actix_web::{HttpRequest, HttpResponse, web};

use super::store::{self, Asked};
use super::views::{LogPage, feed_text};
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
    let asked = Asked::parse(request.query_string());
    let render = async || {
        let found = app.database.run(move |conn| Ok(store::found(conn, asked)?)).await?;
        Rendered::page(&LogPage::new(&visit, found), Votes::Of(Vec::new()))
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn feed(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let render = async || {
        let found = app.database.run(move |conn| Ok(store::found(conn, asked)?)).await?;
        Ok(Rendered::feed(feed_text(&app.settings, found)?, Votes::Of(Vec::new())))
    };
    app.cache.show(&request, Audience::Visitor, render).await
}
