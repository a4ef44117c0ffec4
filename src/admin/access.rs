//! Who may come into the admin area: visitors and members find nothing there, and whoever comes back after half a day
//! shows the password again.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::Utc;
use serde::Deserialize;

use super::paths::SAVED;
use crate::accounts::{self, Caller, Moderator, Role, Visit, sign_in_path};
use crate::config::Settings;
use crate::db::{Database, Db};
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::idempotency::{self, Beginning, LARGE_FORM};
use crate::web::limits::RateLimits;
use crate::web::page::{self, Form, Shell, get, is_unsafe, local_path, post, resource};
use crate::web::paging::field;
use crate::web::saved_forms;
use crate::web::security_event::{self, SecurityEvent};
use crate::web::session::TypedSession;

/// After how many seconds the password is asked for again. What was typed by then is kept meanwhile.
const OPEN_FOR: i64 = 12 * 60 * 60;

/// Where the password is asked for.
const DOOR: &str = "/admin/door";

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
        Err(refused) => {
            note_refusal(request.request());
            Ok(request.error_response(refused))
        }
    }
}

/// Notes that somebody who is signed in was not let into the admin area, or a part of it. That strangers look for it
/// says nothing.
pub(super) fn note_refusal(request: &HttpRequest) {
    if security_event::is_signed_in(request) {
        security_event::record(request, SecurityEvent::AdminRefused, None);
    }
}

/// Lets moderators pass, and asks for their password where it is due before a form of theirs does anything. To everybody
/// else there is nothing here; but a form that was made for a moderator shows that their session is over: what was typed
/// is kept for them, and they are led to sign in.
pub(super) async fn enter(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let answer = match request.extract::<Moderator>().await {
        Ok(Moderator(user)) => {
            let is_open = is_open(&TypedSession::of(request.request()));
            if is_open || !is_unsafe(request.method()) || request.path() == DOOR {
                return Ok(next.call(request).await?.map_into_boxed_body());
            }
            password_first(&mut request, user.id).await
        }
        // Whatever else comes of it is no answer of a place where nothing is.
        Err(refused @ AppError::NotFound(_)) => {
            sign_in_first(&mut request).await.ok().flatten().ok_or(refused)
        }
        Err(refused) => Err(refused),
    };
    Ok(match answer {
        Ok(answer) => request.into_response(answer),
        Err(refused) => {
            note_refusal(request.request());
            request.error_response(refused)
        }
    })
}

/// Keeps a form whose sender's password is due, and asks for that.
async fn password_first(request: &mut ServiceRequest, id: i64) -> Result<HttpResponse, AppError> {
    let mut is_kept = false;
    if idempotency::is_form(request.request()) {
        let fields = idempotency::fields(request, LARGE_FORM).await?;
        let (path, now) = (request.path().to_owned(), Utc::now().naive_utc());
        let save = move |conn: &mut Db| Ok(saved_forms::save(conn, id, &path, &fields, now)?);
        is_kept = shared::<Database>(request.request())?.run(save).await?;
    }
    Ok(page::see_other(&door(if is_kept { SAVED } else { "/admin" })))
}

/// Keeps a form of a moderator whose session is over, and leads to the sign-in page; `None` for all other requests of
/// people who are not signed in, of which no more is read than the beginning, as where nothing is.
async fn sign_in_first(request: &mut ServiceRequest) -> Result<Option<HttpResponse>, AppError> {
    let Some(beginning) = form_of_visitor(request).await? else { return Ok(None) };
    let Some(key) = beginning.key.clone().filter(|key| key.account_id.is_some()) else { return Ok(None) };
    let (database, now) = (shared::<Database>(request.request())?, Utc::now().naive_utc());
    let find = move |conn: &mut Db| {
        let Some(id) = saved_forms::owner(conn, &key, now)? else { return Ok(None) };
        let account = accounts::store::find(conn, id)?;
        Ok(account.filter(|account| account.may_act_as(Role::Moderator)).map(|account| account.id))
    };
    let Some(id) = database.run(find).await? else { return Ok(None) };
    shared::<RateLimits>(request.request())?.pending_vote(client_address(request.request()))?;
    let (fields, path) = (beginning.rest(LARGE_FORM).await?, request.path().to_owned());
    let is_kept = database.run(move |conn| Ok(saved_forms::save(conn, id, &path, &fields, now)?)).await?;
    if !is_kept {
        return Ok(Some(page::see_other(&sign_in_path("/admin"))));
    }
    let (session, settings) = (TypedSession::of(request.request()), shared::<Settings>(request.request())?);
    session.comes_from(client_address(request.request()), &settings.secret)?;
    session.flash("You were signed out. Sign in to continue. We’ll keep what you typed.")?;
    Ok(Some(page::see_other(&sign_in_path(SAVED))))
}

/// The beginning of a form that somebody sends who is not signed in.
async fn form_of_visitor(request: &mut ServiceRequest) -> Result<Option<Beginning>, AppError> {
    if !idempotency::is_form(request.request()) || request.extract::<Visit>().await?.user.is_some() {
        return Ok(None);
    }
    let payload = request.take_payload();
    Beginning::read(request.request(), payload).await.map(Some)
}

/// Answers where nothing is. Of a form it reads as much as the admin area does, so that whoever sends one slowly does not
/// learn by the time of the answer what is there.
pub(super) async fn nothing_here(
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, AppError> {
    let mut request = ServiceRequest::from_parts(request, payload.into_inner());
    // Whatever comes of it.
    let _ = form_of_visitor(&mut request).await;
    Err(AppError::not_found())
}

/// What startup has registered for all handlers.
pub(super) fn shared<T: 'static>(request: &HttpRequest) -> Result<web::Data<T>, AppError> {
    let found = request.app_data::<web::Data<T>>().cloned();
    found.ok_or_else(|| AppError::internal(&"the site is not registered"))
}

/// Whether the password was given lately enough.
pub(super) fn is_open(session: &TypedSession) -> bool {
    session.confirmed_ago().is_some_and(|seconds| seconds <= OPEN_FOR)
}

/// The address where the password is asked for, and that leads back to where somebody wanted to go.
pub(super) fn path_back_to(request: &HttpRequest) -> String {
    door(request.uri().path_and_query().map_or("/admin", |path| path.as_str()))
}

fn door(next: &str) -> String {
    format!("{DOOR}?{}", serde_urlencoded::to_string([("next", next)]).unwrap_or_default())
}

/// Checks the password of whoever is in the admin area, for what is asked for it again. What strangers guess at sign-in
/// does not count here.
pub(super) async fn is_password(
    request: &HttpRequest,
    user: &accounts::CurrentUser,
    password: String,
) -> Result<bool, AppError> {
    let id = user.id;
    shared::<RateLimits>(request)?.confirm(id)?;
    let account = shared::<Database>(request)?
        .run(move |conn| accounts::store::find(conn, id)?.ok_or(AppError::SignInFirst))
        .await?;
    let caller = Caller::known(client_address(request));
    let is_right = accounts::verify_password(password, Some(account.password_hash), caller).await?;
    if !is_right {
        security_event::record(request, SecurityEvent::SignInRefused, Some(id));
    }
    Ok(is_right)
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

async fn ask(request: HttpRequest, moderator: Moderator, visit: Visit) -> Result<HttpResponse, AppError> {
    show(&request, &moderator, &visit, &field(request.query_string(), "next"), None)
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
    let mut shell = visit.shell("Confirm your password · Moderation", "Moderation of this site.", DOOR);
    shell.listed = false;
    let page = DoorPage { shell, next: destination(next), handle: moderator.0.handle.clone(), error };
    page::show_private(request, &page, status)
}

fn destination(next: &str) -> String {
    local_path(next).filter(|path| path.starts_with("/admin")).unwrap_or_else(|| "/admin".to_owned())
}
