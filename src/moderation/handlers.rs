//! Showing the public part of the log.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    store::{self, Asked},
    views::{LogPage, feed_text},
};
use crate::{
    accounts::Visit,
    db::freshness::Votes,
    voting::App,
    web::{
        cache::{Anybody, Drawn},
        error::AppError,
    },
};

pub(super) async fn index(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let draw = async || {
        let found = app.database.run(move |conn| Ok(store::found(conn, asked)?)).await?;
        Drawn::page(&LogPage::new(&visit.by_anybody(), found), Votes::Of(Vec::new()))
    };
    app.cache.show(&request, &visit, draw).await
}

pub(super) async fn feed(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let draw = async || {
        let found = app.database.run(move |conn| Ok(store::found(conn, asked)?)).await?;
        Ok(Drawn::feed(feed_text(&app.settings, found)?, Votes::Of(Vec::new())))
    };
    app.cache.show(&request, &Anybody, draw).await
}
