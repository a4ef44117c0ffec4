//! Showing the panel and one reviewer.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::{
    load,
    views::{PanelPage, ReviewerPage},
};
use crate::{
    accounts::Visit,
    cache::{Drawn, PageCache},
    catalogue::Catalogue,
    db::Database,
    error::AppError,
    freshness::Votes,
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
        let description = "Who reviews here: each reviewer’s point of view, record, and whether human or AI.";
        let shell = visit.shell("Reviewers", description, "/reviewers");
        Drawn::page(&PanelPage::new(shell, &members), Votes::All)
    };
    cache.show(&request, visit.reader(), draw).await
}

/// How the verdicts are filtered.
#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    category: String,
}

pub(super) async fn reviewer(
    request: HttpRequest,
    slug: web::Path<String>,
    filter: web::Query<Filter>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let slug = slug.into_inner();
    let category = filter.into_inner().category;
    let draw = async || {
        let profile = database.run(move |conn| load::profile(conn, &catalogue, &slug)).await?;
        let reviewer = &profile.reviewer;
        let description =
            format!("{}: point of view, record and every verdict, with its reasons.", reviewer.name);
        let shell = visit.shell(&reviewer.name, description, &format!("/reviewers/{}", reviewer.slug));
        Drawn::page(&ReviewerPage::new(shell, &profile, category.trim()), Votes::All)
    };
    cache.show(&request, visit.reader(), draw).await
}
