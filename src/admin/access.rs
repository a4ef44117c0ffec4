//! Who may come into the admin area: visitors and members find nothing there, and whoever comes back after half a day
//! shows the password again.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::{self, Moderator, Visit};
use crate::db::Database;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::limits::RateLimits;
use crate::web::page::{self, Form, Shell, get, is_unsafe, local_path, post, resource};
use crate::web::session::TypedSession;

/// After how many seconds the password is asked for again.
const OPEN_FOR: i64 = 12 * 60 * 60;

/// How much longer a form that was opened in time may still be sent, so that nothing that was typed is lost.
const GRACE: i64 = 12 * 60 * 60;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/door", "GET, HEAD, POST").route(get().to(ask)).route(post().to(open)));
}

/// Lets nobody pass but a `T`, whatever they ask for and however; to others it answers as the extractor does, so that
/// nobody finds out what is there: `.wrap(from_fn(access::only::<Admin>))`.
pub(super) async fn only<T: FromRequest>(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match request.extract::<T>().await {
        Ok(_) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(refused) => Ok(request.error_response(refused)),
    }
}

/// What startup has registered for all handlers.
pub(super) fn shared<T: 'static>(request: &HttpRequest) -> Result<web::Data<T>, AppError> {
    let found = request.app_data::<web::Data<T>>().cloned();
    found.ok_or_else(|| AppError::internal(&"the site is not registered"))
}

/// Whether the password was given lately enough for this request.
pub(super) fn is_open(request: &HttpRequest, session: &TypedSession) -> bool {
    let limit = if is_unsafe(request.method()) { OPEN_FOR + GRACE } else { OPEN_FOR };
    session.confirmed_ago().is_some_and(|seconds| seconds <= limit)
}

/// The address where the password is asked for, and that leads back to where somebody wanted to go.
pub(super) fn path_back_to(request: &HttpRequest) -> String {
    let here = request.uri().path_and_query().map_or("/admin", |path| path.as_str());
    let next = if is_unsafe(request.method()) { "/admin" } else { here };
    format!("/admin/door?{}", serde_urlencoded::to_string([("next", next)]).unwrap_or_default())
}

/// Checks the password of whoever is in the admin area, for what is asked for it again. A wrong one counts as a failed
/// sign-in.
pub(super) async fn is_password(
    request: &HttpRequest,
    user: &accounts::CurrentUser,
    password: String,
) -> Result<bool, AppError> {
    shared::<RateLimits>(request)?.sign_in(&user.handle, client_address(request))?;
    let id = user.id;
    let account = shared::<Database>(request)?
        .run(move |conn| accounts::store::find(conn, id)?.ok_or(AppError::SignInFirst))
        .await?;
    accounts::verify_password(password, Some(account.password_hash)).await
}

#[derive(Deserialize)]
struct DoorQuery {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct DoorForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "admin/confirm_password.html")]
struct DoorPage {
    shell: Shell,
    next: String,
    handle: String,
    error: Option<&'static str>,
}

async fn ask(
    request: HttpRequest,
    moderator: Moderator,
    visit: Visit,
    query: web::Query<DoorQuery>,
) -> Result<HttpResponse, AppError> {
    show(&request, &moderator, &visit, &query.next, None)
}

async fn open(
    request: HttpRequest,
    moderator: Moderator,
    visit: Visit,
    session: TypedSession,
    form: Form<DoorForm>,
) -> Result<HttpResponse, AppError> {
    let Form(form) = form;
    if !is_password(&request, &moderator.0, form.password).await? {
        return show(&request, &moderator, &visit, &form.next, Some("Incorrect password."));
    }
    session.confirm()?;
    Ok(page::see_other(&destination(&form.next)))
}

fn show(
    request: &HttpRequest,
    moderator: &Moderator,
    visit: &Visit,
    next: &str,
    error: Option<&'static str>,
) -> Result<HttpResponse, AppError> {
    let status = if error.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut shell =
        visit.shell("Confirm your password · Moderation", "Moderation of this site.", "/admin/door");
    shell.listed = false;
    let page = DoorPage { shell, next: destination(next), handle: moderator.0.handle.clone(), error };
    page::show_private(request, &page, status)
}

fn destination(next: &str) -> String {
    local_path(next).filter(|path| path.starts_with("/admin")).unwrap_or_else(|| "/admin".to_owned())
}
