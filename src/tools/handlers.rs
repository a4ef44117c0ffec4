//! The pages of tools and categories.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    category_views::{CategoriesPage, CategoryPage},
    listing::Filters,
    load::{self, Found},
    suggestions::suggestions,
    views::{IndexPage, ToolPage},
};
use crate::{
    accounts::Visit,
    catalogue::no_such_tool,
    db::{Db, freshness::Votes},
    voting::{App, own_forms},
    web::{
        cache::Drawn,
        error::AppError,
        page::{self, compute},
        paging::{field, wanted},
    },
};

pub(super) async fn index(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let filters = Filters::parse(request.query_string());
    let draw = async || {
        let (directory, standings) = (app.catalogue.snapshot().await?, Arc::clone(&app.standings));
        let load = move |conn: &mut Db| Ok(load::listing(conn, directory, &standings, filters)?);
        let listing = app.database.run(load).await?;
        Ok(Drawn::page(&IndexPage::new(&visit.by_anybody(), listing), Votes::All)?.beside_data())
    };
    app.cache.show(&request, &visit, draw).await
}

pub(super) async fn suggest(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let filters = Filters::parse(request.query_string());
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
    let own = own_forms(&request, &visit, &app);
    let draw = async || {
        let directory = app.catalogue.snapshot().await?;
        match load::tool(&directory, &slug) {
            Found::Here(tool) => {
                let detail = app.catalogue.detail(&directory, tool.id).await?;
                let sheet = load::sheet(directory, &app.standings, tool, detail);
                let shown = Votes::Of(sheet.shown());
                Drawn::page(&ToolPage::new(&visit.by_anybody(), sheet), shown)
            }
            Found::At(path) => Ok(Drawn::Other(page::moved(&path))),
            Found::Nowhere => Err(no_such_tool(directory, slug.clone()).await),
        }
    };
    app.cache.show_with(&request, &visit, draw, own).await
}

pub(super) async fn categories(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let draw = async || {
        let (directory, standings) = (app.catalogue.snapshot().await?, Arc::clone(&app.standings));
        let rankings = compute(move || Ok(load::rankings(&directory, &standings))).await?;
        Drawn::page(&CategoriesPage::new(&visit.by_anybody(), &rankings), Votes::All)
    };
    app.cache.show(&request, &visit, draw).await
}

pub(super) async fn category(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let wanted = wanted(&field(request.query_string(), "page"));
    let draw = async || {
        let (directory, standings) = (app.catalogue.snapshot().await?, Arc::clone(&app.standings));
        match load::category(&directory, &slug) {
            Found::Here(category) => {
                let ranked = compute(move || Ok(load::ranked(&directory, &standings, category))).await?;
                Drawn::page(&CategoryPage::new(&visit.by_anybody(), &ranked, wanted), Votes::All)
            }
            Found::At(path) => Ok(Drawn::Other(page::moved(&path))),
            Found::Nowhere => Err(load::no_such_category(&directory, &slug)),
        }
    };
    app.cache.show(&request, &visit, draw).await
}
