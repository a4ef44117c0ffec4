//! What browsers ask of a site beside its pages: how to search it from their bar, and by which name and icon it stands on a
//! home screen.
//!
//! The icons `static/icon-SIZE.png` were made once of `static/favicon.svg`: Chromium took a screenshot of a page that holds
//! nothing but it, as large as the icon, on a transparent ground (`omitBackground` in Playwright). That of 180 has square
//! corners, since the phones that take it cut their own.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::json;

use crate::site::Accent;
use crate::votes::App;
use crate::web::assets;
use crate::web::compressed::CompressedBody;
use crate::web::error::AppError;
use crate::web::page;

/// The colours of the icon's ground, and of a page in light.
const THEME_COLOR: &str = "#0a6b66";
const PAPER: &str = "#fafbfb";

/// How long others may keep these files: a name of the site changes seldom.
const KEPT: &str = "public, max-age=3600";

/// The most characters of a short name, by OpenSearch 1.1.
const SHORT_NAME_MAX: usize = 16;

#[derive(Template)]
#[template(path = "home/opensearch.xml")]
struct OpenSearch {
    short_name: String,
    name: String,
    icon: String,
    /// Where to search, with the place of the words in it.
    search: String,
}

pub(super) async fn opensearch(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let settings = &app.settings;
    let file = OpenSearch {
        short_name: settings.site_name().chars().take(SHORT_NAME_MAX).collect(),
        name: settings.site_name(),
        icon: settings.absolute(&assets::href("favicon.svg")),
        search: format!("{}?q={{searchTerms}}", settings.absolute("/tools")),
    };
    Ok(send(&request, "application/opensearchdescription+xml; charset=utf-8", file.render()?))
}

pub(super) async fn manifest(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let png = |size: u16| json!({"src": assets::href(&format!("icon-{size}.png")), "sizes": format!("{size}x{size}"), "type": "image/png"});
    let name = app.settings.site_name();
    let manifest = json!({
        "name": name,
        "short_name": name,
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "theme_color": THEME_COLOR,
        "background_color": PAPER,
        "icons": [
            png(192),
            png(512),
            {"src": assets::href("favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
    });
    Ok(send(&request, "application/manifest+json", manifest.to_string()))
}

/// The style sheet of the site's accent. It stands under an address that names its colours, so that a page always finds
/// those that it was made with.
pub(super) async fn accent(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, AppError> {
    let accent = Accent::named(&name).ok_or_else(AppError::not_found)?;
    let mut head = HttpResponse::Ok();
    head.content_type("text/css; charset=utf-8")
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    Ok(page::send_tagged(&request, head, &CompressedBody::new(accent.style())))
}

fn send(request: &HttpRequest, content_type: &'static str, text: String) -> HttpResponse {
    let mut head = HttpResponse::Ok();
    head.content_type(content_type)
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::CACHE_CONTROL, KEPT));
    page::send_tagged(request, head, &CompressedBody::new(text))
}
