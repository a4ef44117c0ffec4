//! Signing up, in and out.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::store::{self, Account, CreateError, NewAccount};
use super::views::{AccountForm, EntryPage, SignInError};
use super::{AfterSignIn, Caller, CurrentUser, Role, SignUpForm, Visit, just_made, password};
use crate::db::Database;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::limits::{Login, RateLimits};
use crate::web::page::{self, FieldErrors, Form, local_path, wants_json};
use crate::web::paging::field;
use crate::web::security_event::{self, SecurityEvent};
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
    let (handle, email, password) = match form.parse(&visit.site_name(), Role::Member) {
        Ok(parsed) => parsed,
        Err(errors) => return show_sign_up(&request, &visit, &after, form, errors),
    };
    let password_hash = password.hash(Caller::stranger(address)).await?;
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
    let created = match created {
        Err(taken @ (CreateError::HandleTaken | CreateError::EmailTaken)) => {
            let caller = Caller::stranger(address);
            match just_made(&database, &form, &visit.site_name(), Role::Member, caller).await? {
                Some(account) => Ok((account.id, account.password_hash)),
                None => Err(taken),
            }
        }
        created => created.map(|id| (id, password_hash)),
    };
    match created {
        Ok((id, password_hash)) => {
            visit.session.flash(format!("Welcome, {user_handle}. Your account is ready."))?;
            let user = CurrentUser { id, handle: user_handle, role: Role::Member, new_answers: 0 };
            enter(&request, &visit, &after, &user, &password_hash).await?;
            Ok(page::see_other(&destination(&form.next)))
        }
        Err(CreateError::Database(cause)) => Err(cause.into()),
        Err(taken) => {
            let errors = FieldErrors::one(taken.field(), taken.to_string());
            show_sign_up(&request, &visit, &after, form, errors)
        }
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
    let Form(form) = form;
    let error = match check(&request, &database, &limits, &form).await {
        Ok(Ok(account)) => {
            let role = Role::from_i16(account.role);
            let user = CurrentUser { id: account.id, handle: account.handle, role, new_answers: 0 };
            enter(&request, &visit, &after, &user, &account.password_hash).await?;
            return Ok(page::see_other(&destination(&form.next)));
        }
        Ok(Err(error)) => error,
        Err(refused @ AppError::TooManyRequests { retry_after }) if !wants_json(&request) => {
            SignInError::TooFast { told: refused.message(), retry_after }
        }
        Err(cause) => return Err(cause),
    };
    show_sign_in(&request, &visit, &after, form.email, &form.next, Some(error))
}

/// The account whose name and password somebody gave, or why they are not let in.
async fn check(
    request: &HttpRequest,
    database: &Database,
    limits: &RateLimits,
    form: &SignIn,
) -> Result<Result<Account, SignInError>, AppError> {
    let address = client_address(request);
    limits.sign_in_from(address)?;
    let typed = form.email.clone();
    let found = database
        .run(move |conn| {
            let account = store::find_by_login(conn, &typed)?;
            let why = match account.as_ref().filter(|account| account.suspended_at.is_some()) {
                Some(account) => Some(store::why_suspended(conn, account)?),
                None => None,
            };
            Ok((account, why))
        })
        .await?;
    let (account, why_suspended) = found;
    let id = account.as_ref().map(|account| account.id);
    let login = id.map_or_else(|| Login::unknown(&form.email), Login::Account);
    limits.sign_in(&login, address)?;
    let is_known = limits.is_known(&login, address);
    let caller = if is_known { Caller::known(address) } else { Caller::stranger(address) };
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let right = password::verify(form.password.clone(), hash, caller).await?;
    limits.signed_in(login, address, right);
    let error = match (account, why_suspended) {
        // Only whoever knows the password is told of the suspension.
        (Some(_), Some(why)) if right => SignInError::Suspended(why),
        (Some(account), _) if right => return Ok(Ok(account)),
        _ => SignInError::NoMatch,
    };
    security_event::record(request, SecurityEvent::SignInRefused, id);
    Ok(Err(error))
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
    request: &HttpRequest,
    visit: &Visit,
    after: &After,
    user: &CurrentUser,
    password_hash: &str,
) -> Result<(), AppError> {
    visit.session.sign_in(user.id, password_hash)?;
    after.welcome(user, &visit.session, client_address(request)).await;
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
    let wrong = ["handle", "email", "password"].into_iter().find(|name| errors.about(name).is_some());
    let mut page = entry_page(visit, after, AccountForm::SignUp, &form.next);
    page.shell.wrong = wrong;
    page::show_private(request, &EntryPage { form, errors, ..page }, status)
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
    let mut page = entry_page(visit, after, AccountForm::SignIn, next);
    page.shell.wrong = matches!(error, Some(SignInError::NoMatch)).then_some("login");
    let page = EntryPage { login, error, ..page };
    let mut answer = page::show_private(request, &page, status)?;
    if let Some(SignInError::TooFast { retry_after, .. }) = page.error {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    }
    Ok(answer)
}

/// The page with both forms, empty, this one first.
fn entry_page(visit: &Visit, after: &After, first: AccountForm, next: &str) -> EntryPage {
    let (description, path) = match first {
        AccountForm::SignIn => ("Sign in to vote Ship or Skip.", "/login"),
        AccountForm::SignUp => ("Create an account to vote Ship or Skip.", "/signup"),
    };
    let mut shell = visit.shell(first.title(), description, path);
    shell.listed = false;
    EntryPage {
        shell,
        first,
        next: local_path(next).unwrap_or_default(),
        form: SignUpForm::default(),
        errors: FieldErrors::default(),
        login: String::new(),
        error: None,
        waiting: after.waiting(&visit.session),
    }
}
