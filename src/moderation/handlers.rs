//! Showing the public part of the log.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    store::{self, Asked},
    views::{LogPage, feed_text},
};
use crate::{
    accounts::Visit,
    config::Settings,
    db::{Database, freshness::Votes},
    web::{
        cache::{PageCache, Rendered},
        error::AppError,
        page::Audience,
    },
};

pub(super) async fn index(
    request: HttpRequest,
    visit: Visit,
    database: web::Data<Database>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let render = async || {
        let found = database.run(move |conn| Ok(store::found(conn, asked)?)).await?;
        Rendered::page(&LogPage::new(&visit, found), Votes::Of(Vec::new()))
    };
    cache.show(&request, visit.audience(), render).await
}

pub(super) async fn feed(
    request: HttpRequest,
    settings: web::Data<Settings>,
    database: web::Data<Database>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let render = async || {
        let found = database.run(move |conn| Ok(store::found(conn, asked)?)).await?;
        Ok(Rendered::feed(feed_text(&settings, found)?, Votes::Of(Vec::new())))
    };
    cache.show(&request, Audience::Visitor, render).await
}
