//! The pages of tools and categories.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web,
};

use super::{
    listing::Filters,
    load::{self, Found},
    suggestions::suggestions,
    views::{CategoriesPage, CategoryPage, IndexPage, ToolPage},
};
use crate::{accounts::Visit, catalogue::Catalogue, db::Database, error::AppError, page};

pub(super) async fn index(
    request: HttpRequest,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let filters = Filters::parse(request.query_string());
    let listing = database.run(move |conn| Ok(load::listing(conn, &catalogue, filters)?)).await?;
    let mut answer = page::show(&request, &IndexPage::new(&visit, listing))?;
    // The same address answers programs with JSON.
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding, Cookie"));
    Ok(answer)
}

pub(super) async fn suggest(
    request: HttpRequest,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let filters = Filters::parse(request.query_string());
    let found = database.run(move |conn| Ok(suggestions(conn, &catalogue, filters)?)).await?;
    page::show_data(&request, &found, "public, max-age=30")
}

pub(super) async fn show(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let viewer = visit.account_id();
    match database.run(move |conn| load::tool(conn, &catalogue, &slug, viewer)).await? {
        Found::Here(sheet) => page::show(&request, &ToolPage::new(&visit, *sheet)),
        Found::At(path) => Ok(page::moved(&path)),
    }
}

pub(super) async fn categories(
    request: HttpRequest,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    let rankings = database.run(move |conn| Ok(load::rankings(conn, &catalogue)?)).await?;
    page::show(&request, &CategoriesPage::new(&visit, &rankings))
}

pub(super) async fn category(
    request: HttpRequest,
    slug: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
) -> Result<HttpResponse, AppError> {
    match database.run(move |conn| load::ranking(conn, &catalogue, &slug)).await? {
        Found::Here(ranked) => page::show(&request, &CategoryPage::new(&visit, &ranked)),
        Found::At(path) => Ok(page::moved(&path)),
    }
}
