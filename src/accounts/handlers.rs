//! Signing up, in and out.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::store::{self, CreateError, NewAccount};
use super::views::{SignInError, SignInPage, SignUpPage, next_query};
use super::{AfterSignIn, CurrentUser, Role, SignUpForm, Visit, password};
use crate::db::Database;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::limits::RateLimits;
use crate::web::page::{self, FieldErrors, Form, local_path, wants_json};
use crate::web::paging::field;
use crate::web::session::TypedSession;

/// What the sign-in form sends; `email` may be a handle.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SignIn {
    email: String,
    password: String,
    next: String,
}

/// What another feature does once somebody has signed in.
type After = web::Data<dyn AfterSignIn>;

pub(super) async fn sign_up_page(
    request: HttpRequest,
    visit: Visit,
    after: After,
) -> Result<HttpResponse, AppError> {
    let next = next(&request);
    if visit.user.is_some() {
        return Ok(page::see_other(&destination(&next)));
    }
    let form = SignUpForm { next, ..SignUpForm::default() };
    show_sign_up(&request, &visit, &after, form, FieldErrors::default())
}

pub(super) async fn sign_up(
    request: HttpRequest,
    visit: Visit,
    after: After,
    database: web::Data<Database>,
    limits: web::Data<RateLimits>,
    form: Form<SignUpForm>,
) -> Result<HttpResponse, AppError> {
    let address = client_address(&request);
    limits.sign_up(address)?;
    let Form(form) = form;
    let (handle, email, password) = match form.parse() {
        Ok(parsed) => parsed,
        Err(errors) => return show_sign_up(&request, &visit, &after, form, errors),
    };
    let password_hash = password.hash().await?;
    let stored_hash = password_hash.clone();
    let user_handle = handle.to_string();
    let created = database
        .run(move |conn| {
            let new = NewAccount {
                handle: &handle,
                email: &email,
                password_hash: &stored_hash,
                role: Role::Member,
                verified: false,
            };
            Ok(store::create(conn, &new))
        })
        .await?;
    match created {
        Ok(id) => {
            visit.session.flash(format!("Welcome, {user_handle}. Your account is ready."))?;
            let user = CurrentUser { id, handle: user_handle, role: Role::Member };
            enter(&visit, &after, &user, &password_hash, address).await?;
            Ok(page::see_other(&destination(&form.next)))
        }
        Err(CreateError::HandleTaken) => {
            let errors = FieldErrors::one("handle", "This username is taken. Choose another.");
            show_sign_up(&request, &visit, &after, form, errors)
        }
        Err(CreateError::EmailTaken) => {
            let told = "There is already an account with this email. Sign in instead.";
            show_sign_up(&request, &visit, &after, form, FieldErrors::one("email", told))
        }
        Err(CreateError::Database(cause)) => Err(cause.into()),
    }
}

pub(super) async fn sign_in_page(
    request: HttpRequest,
    visit: Visit,
    after: After,
) -> Result<HttpResponse, AppError> {
    let next = next(&request);
    if visit.user.is_some() {
        return Ok(page::see_other(&destination(&next)));
    }
    show_sign_in(&request, &visit, &after, String::new(), &next, None)
}

pub(super) async fn sign_in(
    request: HttpRequest,
    visit: Visit,
    after: After,
    database: web::Data<Database>,
    limits: web::Data<RateLimits>,
    form: Form<SignIn>,
) -> Result<HttpResponse, AppError> {
    let address = client_address(&request);
    let Form(form) = form;
    match limits.sign_in(form.email.trim(), address) {
        Err(refused @ AppError::TooManyRequests { retry_after }) if !wants_json(&request) => {
            let error = SignInError::TooFast { told: refused.message(), retry_after };
            return show_sign_in(&request, &visit, &after, form.email, &form.next, Some(error));
        }
        other => other?,
    }
    let login = form.email.clone();
    let found = database
        .run(move |conn| {
            let account = store::find_by_login(conn, &login)?;
            let why = match account.as_ref().filter(|account| account.suspended_at.is_some()) {
                Some(account) => Some(store::why_suspended(conn, account)?),
                None => None,
            };
            Ok((account, why))
        })
        .await?;
    let (account, why_suspended) = found;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let right = password::verify(form.password, hash).await?;
    match (account, why_suspended) {
        // Only whoever knows the password is told of the suspension.
        (Some(_), Some(why)) if right => {
            let error = SignInError::Suspended(why);
            show_sign_in(&request, &visit, &after, form.email, &form.next, Some(error))
        }
        (Some(account), _) if right => {
            let user =
                CurrentUser { id: account.id, handle: account.handle, role: Role::from_i16(account.role) };
            enter(&visit, &after, &user, &account.password_hash, address).await?;
            Ok(page::see_other(&destination(&form.next)))
        }
        _ => show_sign_in(&request, &visit, &after, form.email, &form.next, Some(SignInError::NoMatch)),
    }
}

pub(super) async fn sign_out(session: TypedSession) -> HttpResponse {
    session.sign_out();
    page::see_other("/")
}

/// Where an address says to go afterwards.
fn next(request: &HttpRequest) -> String {
    field(request.query_string(), "next")
}

fn destination(next: &str) -> String {
    local_path(next).unwrap_or_else(|| "/account".to_owned())
}

/// Signs somebody in whose password has this hash.
async fn enter(
    visit: &Visit,
    after: &After,
    user: &CurrentUser,
    password_hash: &str,
    address: IpAddr,
) -> Result<(), AppError> {
    visit.session.sign_in(user.id, password_hash)?;
    after.welcome(user, &visit.session, address).await;
    Ok(())
}

fn show_sign_up(
    request: &HttpRequest,
    visit: &Visit,
    after: &After,
    form: SignUpForm,
    errors: FieldErrors,
) -> Result<HttpResponse, AppError> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut shell = visit.shell("Create an account", "Create an account to vote Ship or Skip.", "/signup");
    shell.listed = false;
    shell.wrong = ["handle", "email", "password"].into_iter().find(|name| errors.about(name).is_some());
    let next = local_path(&form.next).unwrap_or_default();
    let (next_query, waiting) = (next_query(&next), after.waiting(&visit.session));
    let page = SignUpPage { shell, form, next, next_query, errors, waiting };
    page::show_private(request, &page, status)
}

fn show_sign_in(
    request: &HttpRequest,
    visit: &Visit,
    after: &After,
    login: String,
    next: &str,
    error: Option<SignInError>,
) -> Result<HttpResponse, AppError> {
    let status = match error {
        None => StatusCode::OK,
        Some(SignInError::NoMatch) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(SignInError::Suspended(_)) => StatusCode::FORBIDDEN,
        Some(SignInError::TooFast { .. }) => StatusCode::TOO_MANY_REQUESTS,
    };
    let mut shell = visit.shell("Sign in", "Sign in to vote Ship or Skip.", "/login");
    shell.listed = false;
    shell.wrong = matches!(error, Some(SignInError::NoMatch)).then_some("email");
    let next = local_path(next).unwrap_or_default();
    let (next_query, waiting) = (next_query(&next), after.waiting(&visit.session));
    let page = SignInPage { shell, login, next, next_query, error, waiting };
    let mut answer = page::show_private(request, &page, status)?;
    if let Some(SignInError::TooFast { retry_after, .. }) = page.error {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    }
    Ok(answer)
}
