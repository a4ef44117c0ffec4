//! Errors as pages of the site, or as JSON for programs; 401 leads to the sign-in page.

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{StatusCode, header},
    middleware::Next,
    web,
};
use askama::Template;

use crate::{
    accounts::Visit,
    config::Settings,
    error::{AppError, NotFound, Suggestion, default_message},
    guard,
    page::{self, Shell, is_unsafe, wants_json},
    view,
};

/// Gives every error without a page of its own its page.
///
/// # Errors
/// When a layer below failed before the request was routed (the database, say): with a plain answer.
pub(crate) async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let https = request.app_data::<web::Data<Settings>>().is_some_and(|settings| settings.https());
    let response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(cause) => return Err(plain(&cause, https)),
    };
    let status = response.status();
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
    let told = response.error().and_then(|cause| cause.as_error::<AppError>());
    let mut answer = answer_for(&request, status, told).await;
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    // Cookies set by the layers below still count.
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Ok(ServiceResponse::new(request, answer))
}

async fn answer_for(request: &HttpRequest, status: StatusCode, told: Option<&AppError>) -> HttpResponse {
    let message = told.map_or_else(|| default_message(status).to_owned(), AppError::message);
    if wants_json(request) {
        return HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(serde_json::json!({ "error": { "status": status.as_u16(), "message": message } }));
    }
    if status == StatusCode::UNAUTHORIZED {
        return page::see_other(&sign_in_path(request));
    }
    let suggestions = match told {
        Some(AppError::NotFound(NotFound { suggestions, .. })) => suggestions.clone(),
        _ => Vec::new(),
    };
    match Visit::from_request(request, &mut Payload::None).await {
        Ok(visit) => {
            let mut shell = visit.quiet_shell(title(status), message.clone(), request.path());
            shell.listed = false;
            let page = ErrorPage { shell, status: status.as_u16(), message, suggestions };
            page::show_with(request, &page, status).unwrap_or_else(|_| text(status, &page.message))
        }
        Err(_) => text(status, &message),
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    status: u16,
    message: String,
    suggestions: Vec<Suggestion>,
}

view!(ErrorPage);

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "That was not understood",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Not possible here",
        408 => "Too slow",
        409 => "Somebody was faster",
        413 => "Too large",
        422 => "Not acceptable",
        429 => "Too fast",
        503 => "Busy for a moment",
        500..=599 => "Our mistake",
        _ => "Not accepted",
    }
}

fn sign_in_path(request: &HttpRequest) -> String {
    if is_unsafe(request.method()) {
        return "/login".to_owned();
    }
    let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
    format!("/login?{}", serde_urlencoded::to_string([("next", here)]).unwrap_or_default())
}

fn text(status: StatusCode, message: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body(message.to_owned())
}

/// The answer when the request is gone with the error: it passes none of the layers above.
fn plain(cause: &actix_web::Error, https: bool) -> actix_web::Error {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    tracing::error!(%cause, "a request failed before it was routed");
    let mut answer = text(status, default_message(status));
    answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
    guard::secure(answer.headers_mut(), https);
    InternalError::from_response(default_message(status), answer).into()
}
