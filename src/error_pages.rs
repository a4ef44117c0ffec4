//! Errors as pages of the site, or as JSON for programs; 401 leads to the sign-in page.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode, Uri};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use askama::Template;

use crate::accounts::{Visit, sign_in_path};
use crate::config::Settings;
use crate::web::error::{AppError, NotFound, StatusWords, Suggestion};
use crate::web::guard;
use crate::web::page::{self, Shell, is_unsafe, local_path, wants_json};

/// Gives every error without a page of its own its page.
/// When a layer below failed before the request was routed (the database, say), it fails with an answer of its own.
pub(crate) async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let asked = FailedRequest::of(request.request());
    let response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(cause) => return Err(asked.unavailable(&cause)),
    };
    let status = response.status();
    if let Some(AppError::Moved(path)) = response.response().error().and_then(|cause| cause.as_error()) {
        let answer = page::permanent_redirect(response.request(), path);
        return Ok(ServiceResponse::new(response.into_parts().0, answer));
    }
    if !(status.is_client_error() || status.is_server_error()) {
        return Ok(response);
    }
    // Errors of actix's own, about a query say, bring a line of plain text.
    let bare =
        !response.headers().contains_key(header::CONTENT_TYPE) || response.response().error().is_some();
    if !bare {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    if let Some(path) = tidy(&request, status) {
        let answer = page::permanent_redirect(&request, &path);
        return Ok(ServiceResponse::new(request, answer));
    }
    let told = response.error().and_then(|cause| cause.as_error::<AppError>());
    let mut answer = answer_for(&request, &asked, status, told).await;
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    if status == StatusCode::REQUEST_TIMEOUT {
        // What is left of the request would be taken for the next.
        answer.head_mut().set_connection_type(ConnectionType::Close);
    }
    // Cookies set by the layers below still count.
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Ok(ServiceResponse::new(request, answer))
}

/// The address that is meant where nothing is, but something would be without a slash at the end or capitals. The admin area
/// is not found in this way.
fn tidy(request: &HttpRequest, status: StatusCode) -> Option<String> {
    let path = request.path().trim_end_matches('/').to_lowercase();
    let is_meant = status == StatusCode::NOT_FOUND
        && !is_unsafe(request.method())
        && request.match_pattern().is_none()
        && path != request.path()
        && !path.starts_with("/admin")
        && request.resource_map().has_resource(&path);
    is_meant.then(|| local_path(&path))?
}

async fn answer_for(
    request: &HttpRequest,
    asked: &FailedRequest,
    status: StatusCode,
    told: Option<&AppError>,
) -> HttpResponse {
    let words = StatusWords::of(status);
    let message = told.map_or_else(|| words.message.to_owned(), AppError::message);
    if asked.as_json {
        return json(status, &message);
    }
    if status == StatusCode::UNAUTHORIZED {
        return page::see_other(&way_back(request));
    }
    let suggestions = match told {
        Some(AppError::NotFound(NotFound { suggestions, .. })) => suggestions.clone(),
        _ => Vec::new(),
    };
    let visit = match status {
        // The database would be asked who is signed in, and may be what is not available.
        StatusCode::SERVICE_UNAVAILABLE => None,
        _ => Visit::from_request(request, &mut Payload::None).await.ok(),
    };
    let shell = match visit {
        Some(visit) => Some(visit.quiet_shell(words.title, &*message, request.path())),
        // Without knowing who is signed in: a page that says no more than what happened is still one.
        None => asked.shell(words.title, &message),
    };
    let Some(shell) = shell else { return text(status, message) };
    let page = ErrorPage::new(shell, asked, status, message, suggestions);
    page::show_private(request, &page, status).unwrap_or_else(|_| text(status, page.message))
}

/// What an answer needs of a request, which may be gone with the error. It is made for every request, so it copies no
/// text.
struct FailedRequest {
    settings: Option<web::Data<Settings>>,
    as_json: bool,
    uri: Uri,
    host: Option<HeaderValue>,
    referer: Option<HeaderValue>,
}

impl FailedRequest {
    fn of(request: &HttpRequest) -> Self {
        let header = |name| request.headers().get(name).cloned();
        Self {
            settings: request.app_data::<web::Data<Settings>>().cloned(),
            as_json: wants_json(request),
            uri: request.uri().clone(),
            host: header(header::HOST),
            referer: header(header::REFERER),
        }
    }

    fn here(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }

    /// The page on this site that the reader came from, unless it is this one.
    fn page_before(&self) -> Option<String> {
        let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
        let (referer, host) = (text(self.referer.as_ref()?)?, self.host.as_ref().and_then(text));
        let before = guard::page_before(&referer, &self.settings.as_ref()?.base_url, host.as_deref())?;
        (before != self.here()).then_some(before)
    }

    /// The frame of a page that needs neither session nor database.
    fn shell(&self, title: &str, message: &str) -> Option<Shell> {
        let settings = self.settings.as_ref()?;
        Some(Shell::anonymous(settings, title, message, self.uri.path(), self.here()))
    }

    /// The answer when the request is gone with the error: it passes none of the layers above.
    fn unavailable(&self, cause: &actix_web::Error) -> actix_web::Error {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        tracing::error!(%cause, "a request failed before it was routed");
        let message = StatusWords::of(status).message;
        let mut answer = if self.as_json {
            json(status, message)
        } else {
            self.page(status, message).unwrap_or_else(|| text(status, message.to_owned()))
        };
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        let https = self.settings.as_ref().is_some_and(|settings| settings.https());
        guard::secure(answer.headers_mut(), https);
        InternalError::from_response(message, answer).into()
    }

    fn page(&self, status: StatusCode, message: &str) -> Option<HttpResponse> {
        let shell = self.shell(StatusWords::of(status).title, message)?;
        let page = ErrorPage::new(shell, self, status, message.to_owned(), Vec::new());
        let html = page.render().ok()?;
        Some(unstored(status).content_type("text/html; charset=utf-8").body(html))
    }
}

fn json(status: StatusCode, message: &str) -> HttpResponse {
    unstored(status).json(serde_json::json!({ "error": { "status": status.as_u16(), "message": message } }))
}

fn text(status: StatusCode, message: String) -> HttpResponse {
    unstored(status).content_type("text/plain; charset=utf-8").body(message)
}

fn unstored(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    answer
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    status: u16,
    message: String,
    /// What to do next.
    advice: &'static str,
    /// The page that the reader came from.
    back: Option<String>,
    suggestions: Vec<Suggestion>,
}

impl ErrorPage {
    fn new(
        mut shell: Shell,
        asked: &FailedRequest,
        status: StatusCode,
        message: String,
        suggestions: Vec<Suggestion>,
    ) -> Self {
        shell.listed = false;
        let (advice, back) = (StatusWords::of(status).advice, asked.page_before());
        Self { shell, status: status.as_u16(), message, advice, back, suggestions }
    }
}

/// The way to sign in and back.
fn way_back(request: &HttpRequest) -> String {
    let here = match request.path() {
        // Passwords are never kept: back to the form.
        "/account/password" => "/account",
        _ if is_unsafe(request.method()) => "",
        _ => request.uri().path_and_query().map_or("/", |path| path.as_str()),
    };
    sign_in_path(here)
}
