//! Showing what changed.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    load::{self, Asked},
    views::{ChangesPage, feed_text},
};
use crate::{
    accounts::Visit,
    catalogue::Catalogue,
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
    catalogue: web::Data<Catalogue>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let render = async || {
        let found = database.run(move |conn| load::found(conn, &catalogue, asked)).await?;
        Rendered::page(&ChangesPage::new(&visit, &found), Votes::Of(Vec::new()))
    };
    cache.show(&request, visit.audience(), render).await
}

pub(super) async fn feed(
    request: HttpRequest,
    settings: web::Data<Settings>,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(request.query_string());
    let render = async || {
        let found = database.run(move |conn| load::found(conn, &catalogue, asked)).await?;
        Ok(Rendered::feed(feed_text(&settings, &found)?, Votes::Of(Vec::new())))
    };
    cache.show(&request, Audience::Visitor, render).await
}
