//! How a page is sent: its headers, its ETag, and what may keep it.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding, ETag, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;
use serde::Serialize;

use crate::web::compressed::CompressedBody;
use crate::web::error::AppError;

/// For whom a page is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Any visitor: all see the same.
    Visitor,
    /// The account with this id.
    Account(i64),
    /// Somebody who is shown a line that nobody else sees: rendered for this request alone.
    Once,
}

/// Sends a page that is private to whoever asked, or part of a sign-in.
pub fn show_private(
    request: &HttpRequest,
    page: &impl Template,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    Ok(send_unstored(request, ContentKind::Page.head(status), &CompressedBody::new(page.render()?)))
}

/// Sends a page that is there: cacheable for visitors, `no-store` for whoever is signed in.
pub fn send(
    request: &HttpRequest,
    body: &CompressedBody,
    kind: ContentKind,
    audience: Audience,
) -> HttpResponse {
    let mut head = kind.head(StatusCode::OK);
    match audience {
        Audience::Visitor => {
            head.insert_header((header::CACHE_CONTROL, "public, max-age=0, must-revalidate"));
            send_tagged(request, head, body)
        }
        Audience::Account(_) | Audience::Once => send_unstored(request, head, body),
    }
}

/// Sends JSON under an address that is a page to browsers; `cache` is its Cache-Control.
pub fn show_data(
    request: &HttpRequest,
    data: &impl Serialize,
    cache: &'static str,
) -> Result<HttpResponse, AppError> {
    let json = serde_json::to_vec(data).map_err(|cause| AppError::internal(&cause))?;
    let mut head = HttpResponse::Ok();
    head.content_type("application/json")
        .insert_header((header::VARY, "Accept, Accept-Encoding"))
        .insert_header((header::CACHE_CONTROL, cache));
    Ok(send_tagged(request, head, &CompressedBody::new(json)))
}

/// As what a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// A page.
    Page,
    /// A page at an address that answers programs with JSON.
    PageBesideJson,
    /// An Atom feed, the same for everybody.
    Feed,
}

impl ContentKind {
    /// The beginning of an answer: its type, and the headers of a request that it depends on.
    fn head(self, status: StatusCode) -> HttpResponseBuilder {
        let (content_type, vary) = match self {
            Self::Page => ("text/html; charset=utf-8", "Accept-Encoding, Cookie"),
            Self::PageBesideJson => ("text/html; charset=utf-8", "Accept, Accept-Encoding, Cookie"),
            Self::Feed => ("application/atom+xml; charset=utf-8", "Accept-Encoding"),
        };
        let mut head = HttpResponse::build(status);
        head.content_type(content_type).insert_header((header::VARY, vary));
        head
    }
}

fn send_unstored(
    request: &HttpRequest,
    mut head: HttpResponseBuilder,
    body: &CompressedBody,
) -> HttpResponse {
    head.insert_header((header::CACHE_CONTROL, "no-store"));
    send_whole(request, head, body)
}

/// Sends `body` with its ETag, or 304 to whoever has it already.
pub fn send_tagged(
    request: &HttpRequest,
    mut head: HttpResponseBuilder,
    body: &CompressedBody,
) -> HttpResponse {
    head.insert_header(ETag(body.tag().clone()));
    if has(request, body.tag()) {
        return head.status(StatusCode::NOT_MODIFIED).finish();
    }
    send_whole(request, head, body)
}

fn send_whole(request: &HttpRequest, mut head: HttpResponseBuilder, body: &CompressedBody) -> HttpResponse {
    let (bytes, encoding) = body.best_for(request);
    if encoding != ContentEncoding::Identity {
        head.insert_header(encoding);
    }
    head.body(bytes)
}

/// 303 to a path on this site: the answer to a form.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// 308 to the one right address of a page, with the query that came. Browsers ask again each time: what has moved may
/// come back.
pub fn permanent_redirect(request: &HttpRequest, path: &str) -> HttpResponse {
    let query = request.query_string();
    let separator = if query.is_empty() { "" } else { "?" };
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, format!("{path}{separator}{query}")))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .finish()
}

/// Whether whoever asks says that they have what this tag stands for.
fn has(request: &HttpRequest, tag: &EntityTag) -> bool {
    request.headers().contains_key(header::IF_NONE_MATCH)
        && match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
            Err(_) => false,
        }
}
