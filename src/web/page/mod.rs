//! Answers: the frame around every page, how a page is sent (ETag, caching), how
//! forms come in, and how a route says which methods it takes.

mod shell;

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Resource, Route,
    body::BoxBody,
    dev::Payload,
    error::UrlencodedError,
    guard,
    http::{
        Method, StatusCode,
        header::{self, EntityTag, Header, HeaderName, HeaderValue, IfNoneMatch},
    },
    web,
};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::shell::draw;
pub use self::shell::{Me, SECTIONS, Shell, View};
use crate::web::{
    cache::Reader,
    encoded::{Encoded, accepted},
    error::AppError,
};

/// Sends a page with the given status; only 200 may be cached.
///
/// # Errors
/// When the template cannot be rendered.
pub fn show_with(
    request: &HttpRequest,
    page: &impl View,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    let body = Encoded::lazy(draw(page)?.text.into_bytes());
    Ok(send_with(request, &body, Kind::Page, status, status == StatusCode::OK && !page.shell().personal()))
}

/// As what a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page.
    Page,
    /// A page at an address that answers programs with JSON.
    PageBesideData,
    /// An Atom feed, the same for everybody.
    Feed,
}

impl Kind {
    fn content_type(self) -> &'static str {
        match self {
            Self::Page | Self::PageBesideData => "text/html; charset=utf-8",
            Self::Feed => "application/atom+xml; charset=utf-8",
        }
    }

    /// The headers of a request that the answer depends on.
    fn vary(self) -> &'static str {
        match self {
            Self::Page => "Accept-Encoding, Cookie",
            Self::PageBesideData => "Accept, Accept-Encoding, Cookie",
            Self::Feed => "Accept-Encoding",
        }
    }
}

/// Sends a page that is there: cacheable for visitors, `no-store` for whoever is signed in.
#[must_use]
pub fn send(request: &HttpRequest, body: &Encoded, kind: Kind, reader: Reader) -> HttpResponse {
    send_with(request, body, kind, StatusCode::OK, reader == Reader::Visitor)
}

fn send_with(
    request: &HttpRequest,
    body: &Encoded,
    kind: Kind,
    status: StatusCode,
    public: bool,
) -> HttpResponse {
    let mut answer = Answer::new(status);
    answer.insert_header(header::CONTENT_TYPE, HeaderValue::from_static(kind.content_type()));
    answer.insert_header(header::VARY, HeaderValue::from_static(kind.vary()));
    if public {
        let cache = HeaderValue::from_static("public, max-age=0, must-revalidate");
        answer.insert_header(header::CACHE_CONTROL, cache);
        answer.finish_with(body, request)
    } else {
        answer.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer.finish_whole(body, request)
    }
}

/// Sends a page that is private to whoever asked, or part of a sign-in.
///
/// # Errors
/// When the template cannot be rendered.
pub fn show_private(
    request: &HttpRequest,
    page: &impl View,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    Ok(send_with(request, &Encoded::lazy(draw(page)?.text.into_bytes()), Kind::Page, status, false))
}

/// Sends JSON under an address that is a page to browsers; `cache` is its Cache-Control.
///
/// # Errors
/// When the data cannot be written as JSON.
pub fn show_data(
    request: &HttpRequest,
    data: &impl Serialize,
    cache: &'static str,
) -> Result<HttpResponse, AppError> {
    let json = serde_json::to_vec(data).map_err(|cause| AppError::internal(&cause))?;
    let mut answer = Answer::new(StatusCode::OK);
    answer.insert_header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer.insert_header(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    answer.insert_header(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(answer.finish_with(&Encoded::lazy(json), request))
}

/// 303 to a path on this site: the answer to a form.
#[must_use]
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// 308 to the one right address of a page.
#[must_use]
pub fn moved(path: &str) -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .finish()
}

/// An answer whose headers are being written.
pub struct Answer(HttpResponse);

impl Answer {
    /// Begins an answer.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self(HttpResponse::new(status))
    }

    /// Sets a header.
    pub fn insert_header(&mut self, name: HeaderName, value: HeaderValue) -> &mut Self {
        self.0.headers_mut().insert(name, value);
        self
    }

    /// Sends `body` with its ETag, or 304 to whoever has it already.
    #[must_use]
    pub fn finish_with(mut self, body: &Encoded, request: &HttpRequest) -> HttpResponse {
        self.insert_header(header::ETAG, body.tag_value().clone());
        if has(request, body.tag()) {
            *self.0.status_mut() = StatusCode::NOT_MODIFIED;
            return self.0;
        }
        self.finish_whole(body, request)
    }

    /// Sends `body` whole.
    #[must_use]
    pub fn finish_whole(mut self, body: &Encoded, request: &HttpRequest) -> HttpResponse {
        let (bytes, encoding) = body.packed(accepted(request));
        if let Some(name) = encoding {
            self.insert_header(header::CONTENT_ENCODING, name);
        }
        self.0.set_body(BoxBody::new(bytes))
    }
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

/// A resource that answers other methods than `allowed` with 405 and says which it takes.
pub fn resource(path: &str, allowed: &'static str) -> Resource {
    web::resource(path.to_owned()).default_service(web::to(move || async move {
        HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allowed)).finish()
    }))
}

/// A route for reading: GET and HEAD.
#[must_use]
pub fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// A route for reading what can only be sent to: whoever loads such a page again comes to the one that has the form.
#[must_use]
pub fn leads_to(path: &'static str) -> Route {
    get().to(move || async move { see_other(path) })
}

/// A route for a form.
#[must_use]
pub fn post() -> Route {
    web::route().guard(guard::Post())
}

/// Whether the answer should be JSON rather than a page.
#[must_use]
pub fn wants_json(request: &HttpRequest) -> bool {
    let path = request.path();
    if path.starts_with("/api/") || path.ends_with("/tally") || path.ends_with("/live") {
        return true;
    }
    accepts_json(request.headers())
}

/// [`wants_json`] for the guard of a route.
#[must_use]
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
#[must_use]
pub fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// How long a form may take to arrive.
const FORM_TIMEOUT: Duration = Duration::from_secs(15);

/// A posted form, urlencoded, of limited size and within limited time.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = web::Form::<T>::from_request(request, payload);
        Box::pin(async move {
            match tokio::time::timeout(FORM_TIMEOUT, form).await {
                Ok(Ok(form)) => Ok(Self(form.into_inner())),
                Ok(Err(cause)) => Err(match cause.as_error::<UrlencodedError>() {
                    Some(UrlencodedError::Overflow { .. }) => {
                        AppError::TooLarge("This is too long to send.".into())
                    }
                    _ => AppError::BadRequest("The form could not be read.".into()),
                }),
                Err(_) => Err(AppError::BadRequest("The request took too long to arrive.".into())),
            }
        })
    }
}

/// A path on this site to go on to, as a form or address named it; anything else is no path.
///
/// # Errors
/// None: whatever is not a path on this site is ignored.
#[must_use]
pub fn local_path(text: &str) -> Option<String> {
    let plain = text.starts_with('/')
        && text.len() <= 2000
        && !text.starts_with("//")
        && !text.contains(['\\', '\t', '\r', '\n'])
        && !text.chars().any(char::is_control);
    if !plain {
        return None;
    }
    let base = url::Url::parse("http://site.invalid").ok()?;
    let joined = base.join(text).ok()?;
    let stays =
        joined.host_str() == base.host_str() && joined.scheme() == "http" && !joined.path().starts_with("//");
    stays.then(|| joined[url::Position::BeforePath..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_on_this_site_are_followed() {
        assert_eq!(local_path("/tools/a?x=1#card").as_deref(), Some("/tools/a?x=1#card"));
        assert_eq!(local_path("/../compare/a-vs-b").as_deref(), Some("/compare/a-vs-b"));
        for bad in [
            "",
            "tools",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x",
            "/..//evil.example",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
