//! The pages whose text whoever runs the site writes: about, privacy, imprint. One without a text is not there.

use actix_web::{HttpRequest, HttpResponse, Route, web};
use askama::Template;

use crate::accounts::Visit;
use crate::db::freshness::Votes;
use crate::site::SitePage;
use crate::votes::App;
use crate::web::cache::Rendered;
use crate::web::error::AppError;
use crate::web::page::{Shell, get};

#[derive(Template)]
#[template(path = "home/site_page.html")]
struct TextPage<'a> {
    shell: Shell,
    title: &'static str,
    text: &'a str,
}

/// The route of a page.
pub(super) fn route(page: SitePage) -> Route {
    get().to(move |request: HttpRequest, visit: Visit, app: web::Data<App>| show(page, request, visit, app))
}

async fn show(
    page: SitePage,
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let render = async || {
        let site = app.settings.site.profile();
        let (title, text) = (page.title(), site.text(page).ok_or_else(AppError::not_found)?);
        let shell = visit.shell(title, site.excerpt(page), page.path());
        Rendered::page(&TextPage { shell, title, text }, Votes::Of(Vec::new()))
    };
    app.cache.show(&request, visit.audience(), render).await
}
