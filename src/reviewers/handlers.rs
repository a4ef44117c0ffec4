//! Showing the panel and one reviewer.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    load::{self, Found},
    views::{Asked, PanelPage, ReviewerPage},
};
use crate::{
    accounts::Visit,
    catalogue::Catalogue,
    db::{Database, freshness::Votes},
    web::{
        cache::{PageCache, Rendered},
        error::AppError,
        page,
    },
};

pub(super) async fn panel(
    request: HttpRequest,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let members = database.run(move |conn| load::panel(conn, &catalogue)).await?;
        let description = "Who reviews here: each reviewer’s point of view, record, and whether human or AI.";
        let shell = visit.shell("Reviewers", description, "/reviewers");
        Rendered::page(&PanelPage::new(shell, &members), Votes::All)
    };
    cache.show(&request, visit.audience(), render).await
}

pub(super) async fn reviewer(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let slug = slug.into_inner();
    let asked = Asked::parse(request.query_string());
    let render = async || match database.run(move |conn| load::profile(conn, &catalogue, &slug)).await? {
        Found::Here(profile) => Rendered::page(&ReviewerPage::new(&visit, &profile, &asked), Votes::All),
        Found::At(path) => Ok(Rendered::Other(page::moved(&path))),
    };
    cache.show(&request, visit.audience(), render).await
}
