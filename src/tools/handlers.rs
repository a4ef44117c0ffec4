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
    voting::{Standings, own_forms},
    web::{
        cache::{Drawn, PageCache},
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
    standings: web::Data<Standings>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let filters = Filters::parse(request.query_string());
    let draw = async || {
        let load = move |conn: &mut Db| {
            let directory = catalogue.current(conn)?;
            Ok(load::listing(conn, directory, &standings, filters)?)
        };
        let listing = database.run(load).await?;
        Ok(Drawn::page(&IndexPage::new(&visit.by_anybody(), listing), Votes::All)?.beside_data())
    };
    cache.show(&request, &visit, draw).await
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
    standings: web::Data<Standings>,
    cache: web::Data<PageCache>,
) -> Result<HttpResponse, AppError> {
    let asked = slug.clone();
    let own = own_forms(&request, &visit, &database, &catalogue);
    let draw =
        async || match database.run(move |conn| load::tool(conn, &catalogue, &standings, &slug)).await? {
            Found::Here(sheet) => {
                let shown = Votes::Of(sheet.shown());
                Drawn::page(&ToolPage::new(&visit.by_anybody(), *sheet), shown)
            }
            Found::At(path) => Ok(Drawn::Other(page::moved(&path))),
            Found::Nowhere(directory) => Err(nowhere(move || no_such_tool(&directory, &asked)).await),
        };
    cache.show_with(&request, &visit, draw, own).await
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
    let draw = async || {
        let rankings = database.run(move |conn| Ok(load::rankings(conn, &catalogue)?)).await?;
        Drawn::page(&CategoriesPage::new(&visit.by_anybody(), &rankings), Votes::All)
    };
    cache.show(&request, &visit, draw).await
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
    let draw = async || match database.run(move |conn| load::ranking(conn, &catalogue, &slug)).await? {
        Found::Here(ranked) => {
            Drawn::page(&CategoryPage::new(&visit.by_anybody(), &ranked, wanted), Votes::All)
        }
        Found::At(path) => Ok(Drawn::Other(page::moved(&path))),
        Found::Nowhere(directory) => Err(nowhere(move || load::no_such_category(&directory, &asked)).await),
    };
    cache.show(&request, &visit, draw).await
}
