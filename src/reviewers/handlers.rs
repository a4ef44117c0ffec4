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
        cache::{Drawn, PageCache},
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
    let draw = async || {
        let members = database.run(move |conn| load::panel(conn, &catalogue)).await?;
        let description = "Every reviewer with point of view and record, and whether they are human or AI.";
        let shell = visit.by_anybody().shell("Reviewers", description, "/reviewers");
        Drawn::page(&PanelPage::new(shell, &members), Votes::All)
    };
    cache.show(&request, &visit, draw).await
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
    let draw = async || match database.run(move |conn| load::profile(conn, &catalogue, &slug)).await? {
        Found::Here(profile) => {
            Drawn::page(&ReviewerPage::new(&visit.by_anybody(), &profile, &asked), Votes::All)
        }
        Found::At(path) => Ok(Drawn::Other(page::moved(&path))),
    };
    cache.show(&request, &visit, draw).await
}
