//! The pages of tools and categories.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::category_views::{CategoriesPage, CategoryPage};
use super::listing::ToolFilters;
use super::load;
use super::suggestions::suggestions;
use super::views::{IndexPage, ToolPage};
use crate::accounts::Visit;
use crate::catalogue::no_such_tool;
use crate::db::Db;
use crate::db::freshness::Votes;
use crate::verdicts::OwnVotes;
use crate::votes::App;
use crate::web::cache::Rendered;
use crate::web::error::AppError;
use crate::web::page::{self, compute};
use crate::web::paging::{field, wanted};

pub(super) async fn index(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let filters = ToolFilters::parse(request.query_string());
    let render = async || {
        let (directory, live_tallies) = (app.catalogue.snapshot().await?, Arc::clone(&app.tallies));
        let load = move |conn: &mut Db| Ok(load::listing(conn, directory, &live_tallies, filters)?);
        let listing = app.database.run(load).await?;
        let searched = !listing.filters.q.is_empty();
        let page = Rendered::page(&IndexPage::new(&visit, listing), Votes::All)?.beside_json();
        Ok(if searched { page.asked_once() } else { page })
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn suggest(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let filters = ToolFilters::parse(request.query_string());
    let directory = app.catalogue.snapshot().await?;
    let found = app.database.run(move |conn| Ok(suggestions(conn, &directory, filters)?)).await?;
    page::show_data(&request, &found, "public, max-age=30")
}

pub(super) async fn show(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let directory = app.catalogue.snapshot().await?;
        let Some(tool) = load::tool(&directory, &slug)? else {
            return Err(no_such_tool(directory, slug.clone()).await);
        };
        let detail = app.catalogue.detail(&directory, tool.id).await?;
        let own = OwnVotes::of(&visit, &app.database, vec![tool.id]).await?;
        let history = app.histories.of(&app.tallies, tool.id).await?;
        let sheet = load::sheet(directory, &app.tallies, &tool, detail, Some(history));
        let shown = Votes::Of(sheet.shown());
        Rendered::page(&ToolPage::new(&visit, sheet, &own), shown)
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn categories(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let (directory, live_tallies) = (app.catalogue.snapshot().await?, Arc::clone(&app.tallies));
        let rankings = compute(move || Ok(load::rankings(&directory, &live_tallies))).await?;
        Rendered::page(&CategoriesPage::new(&visit, rankings), Votes::All)
    };
    app.cache.show(&request, visit.audience(), render).await
}

pub(super) async fn category(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let wanted = wanted(&field(request.query_string(), "page"));
    let render = async || {
        let (directory, live_tallies) = (app.catalogue.snapshot().await?, Arc::clone(&app.tallies));
        let category =
            load::category(&directory, &slug)?.ok_or_else(|| load::no_such_category(&directory, &slug))?;
        let ranked = compute(move || Ok(load::ranked(&directory, &live_tallies, category))).await?;
        Rendered::page(&CategoryPage::new(&visit, &ranked, wanted), Votes::All)
    };
    app.cache.show(&request, visit.audience(), render).await
}
