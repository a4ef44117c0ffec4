//! How a route says which methods it takes, and what it answers with.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, Resource, Route, guard, web};

use super::see_other;

/// A resource that answers other methods than `allowed` with 405 and says which it takes.
pub fn resource(path: &str, allowed: &'static str) -> Resource {
    web::resource(path.to_owned()).default_service(web::to(move || async move {
        HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allowed)).finish()
    }))
}

/// A route for reading: GET and HEAD.
pub fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// A route for reading what can only be sent to: whoever loads such a page again comes to the one that has the form.
pub fn leads_to(path: &'static str) -> Route {
    get().to(move || async move { see_other(path) })
}

/// A route for a form.
pub fn post() -> Route {
    web::route().guard(guard::Post())
}

/// Whether the answer should be JSON rather than a page.
pub fn wants_json(request: &HttpRequest) -> bool {
    let path = request.path();
    if path.starts_with("/api/") || path.ends_with("/tally") || path.ends_with("/live") {
        return true;
    }
    accepts_json(request.headers())
}

/// [`wants_json`] for the guard of a route.
pub fn asks_for_json(asked: &guard::GuardContext<'_>) -> bool {
    accepts_json(asked.head().headers())
}

fn accepts_json(headers: &header::HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json") && !accept.contains("text/html"))
}

/// Whether the request can change something.
pub fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}
