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
        cache::{Anybody, Drawn, PageCache},
        error::AppError,
    },
};

pub(super) async fn index(
    request: HttpRequest,
    visit: Visit,
    database: web::Data<Database>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let draw = async || {
        let found = database.run(move |conn| Ok(store::found(conn, asked)?)).await?;
        Drawn::page(&LogPage::new(&visit.by_anybody(), found), Votes::Of(Vec::new()))
    };
    cache.show(&request, &visit, draw).await
}

pub(super) async fn feed(
    request: HttpRequest,
    settings: web::Data<Settings>,
    database: web::Data<Database>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let draw = async || {
        let found = database.run(move |conn| Ok(store::found(conn, asked)?)).await?;
        Ok(Drawn::feed(feed_text(&settings, found)?, Votes::Of(Vec::new())))
    };
    cache.show(&request, &Anybody, draw).await
}
