//! Showing the public part of the log.

use actix_web::{HttpRequest, HttpResponse, web};

use super::store::{self, LogQuery};
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
    let query = LogQuery::parse(request.query_string());
    let render = async || {
        let log = app.database.run(move |conn| Ok(store::public_log(conn, query)?)).await?;
        Rendered::page(&LogPage::new(&visit, log), Votes::Of(Vec::new()))
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn feed(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let query = LogQuery::parse(request.query_string());
    let render = async || {
        let log = app.database.run(move |conn| Ok(store::public_log(conn, query)?)).await?;
        Ok(Rendered::feed(feed_text(&app.settings, &log)?, Votes::Of(Vec::new())))
    };
    app.cache.show(&request, Audience::Visitor, render).await
}
