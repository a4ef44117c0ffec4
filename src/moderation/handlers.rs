//! Showing the public part of the log.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    store::{self, Asked},
    views::{LogPage, feed_text},
};
use crate::{
    accounts::Visit,
    db::freshness::Votes,
    votes::App,
    web::{cache::Rendered, error::AppError, page::Audience},
};

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
