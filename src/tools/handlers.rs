//! The pages of tools and categories.

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
    catalogue::{Catalogue, no_such_tool},
    db::{Database, Db, freshness::Votes},
    verdicts::OwnVotes,
    votes::LiveTallies,
    web::{
        cache::{PageCache, Rendered},
        error::AppError,
        page,
        paging::{field, wanted},
    },
};

pub(super) async fn index(
    request: HttpRequest,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    standings: web::Data<LiveTallies>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let filters = Filters::parse(request.query_string());
    let render = async || {
        let load = move |conn: &mut Db| {
            let directory = catalogue.current(conn)?;
            Ok(load::listing(conn, directory, &standings, filters)?)
        };
        let listing = database.run(load).await?;
        Ok(Rendered::page(&IndexPage::new(&visit, listing), Votes::All)?.beside_json())
    };
    cache.show(&request, visit.audience(), render).await
}

pub(super) async fn suggest(
    request: HttpRequest,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let filters = Filters::parse(request.query_string());
    let load = move |conn: &mut Db| {
        let directory = catalogue.current(conn)?;
        Ok(suggestions(conn, &directory, filters)?)
    };
    let found = database.run(load).await?;
    page::show_data(&request, &found, "public, max-age=30")
}

pub(super) async fn show(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    standings: web::Data<LiveTallies>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let asked = slug.clone();
    let render =
        async || match database.run(move |conn| load::tool(conn, &catalogue, &standings, &slug)).await? {
            Found::Here(sheet) => {
                let own = OwnVotes::of(&visit, &database, vec![sheet.listed.tool.id]).await?;
                let shown = Votes::Of(sheet.shown());
                Rendered::page(&ToolPage::new(&visit, *sheet, &own), shown)
            }
            Found::At(path) => Ok(Rendered::Other(page::moved(&path))),
            Found::Nowhere(directory) => Err(nowhere(move || no_such_tool(&directory, &asked)).await),
        };
    cache.show(&request, visit.audience(), render).await
}

/// Why there is nothing, found out on the blocking pool.
async fn nowhere(look: impl FnOnce() -> AppError + Send + 'static) -> AppError {
    web::block(look).await.unwrap_or_else(|cause| AppError::unavailable(&cause))
}

pub(super) async fn categories(
    request: HttpRequest,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let rankings = database.run(move |conn| Ok(load::rankings(conn, &catalogue)?)).await?;
        Rendered::page(&CategoriesPage::new(&visit, &rankings), Votes::All)
    };
    cache.show(&request, visit.audience(), render).await
}

pub(super) async fn category(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let wanted = wanted(&field(request.query_string(), "page"));
    let asked = slug.clone();
    let render = async || match database.run(move |conn| load::ranking(conn, &catalogue, &slug)).await? {
        Found::Here(ranked) => Rendered::page(&CategoryPage::new(&visit, &ranked, wanted), Votes::All),
        Found::At(path) => Ok(Rendered::Other(page::moved(&path))),
        Found::Nowhere(directory) => Err(nowhere(move || load::no_such_category(&directory, &asked)).await),
    };
    cache.show(&request, visit.audience(), render).await
}
