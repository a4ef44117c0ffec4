//! Showing what changed.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    load::{self, Asked},
    views::{ChangesPage, feed_text},
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
        let directory = app.catalogue.snapshot().await?;
        let found = app.database.run(move |conn| load::found(conn, directory, asked)).await?;
        Rendered::page(&ChangesPage::new(&visit, &found), Votes::Of(Vec::new()))
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn feed(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let render = async || {
        let directory = app.catalogue.snapshot().await?;
        let found = app.database.run(move |conn| load::found(conn, directory, asked)).await?;
        Ok(Rendered::feed(feed_text(&app.settings, &found)?, Votes::Of(Vec::new())))
    };
    app.cache.show(&request, Audience::Visitor, render).await
}
