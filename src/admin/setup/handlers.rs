//! The form that makes the first admin.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::link::{self, Refused};
use crate::accounts::store::{CreateError, NewAccount};
use crate::accounts::{Caller, Role, SignUpForm, Visit};
use crate::db::Database;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::limits::RateLimits;
use crate::web::page::{self, FieldErrors, Form, Shell};
use crate::web::security_event::{self, SecurityEvent};
use crate::web::session::TypedSession;

#[derive(Template)]
#[template(path = "admin/setup.html")]
struct SetupPage {
    shell: Shell,
    token: String,
    handle: String,
    email: String,
    errors: FieldErrors,
}

pub(super) async fn form(
    request: HttpRequest,
    token: web::Path<String>,
    visit: Visit,
    database: web::Data<Database>,
) -> Result<HttpResponse, AppError> {
    let asked = token.clone();
    if !database.run(move |conn| Ok(link::is_open(conn, &asked)?)).await? {
        return Err(AppError::not_found());
    }
    show(&request, &visit, token.into_inner(), SignUpForm::default(), FieldErrors::default())
}

pub(super) async fn create(
    request: HttpRequest,
    token: web::Path<String>,
    visit: Visit,
    session: TypedSession,
    database: web::Data<Database>,
    limits: web::Data<RateLimits>,
    form: Form<SignUpForm>,
) -> Result<HttpResponse, AppError> {
    let address = client_address(&request);
    limits.sign_up(address)?;
    let (Form(typed), token) = (form, token.into_inner());
    let asked = token.clone();
    if !database.run(move |conn| Ok(link::is_open(conn, &asked)?)).await? {
        return Err(AppError::not_found());
    }
    let (handle, email, password) = match typed.parse(visit.site_name(), Role::Admin) {
        Ok(parsed) => parsed,
        Err(errors) => return show(&request, &visit, token, typed, errors),
    };
    let password_hash = password.hash(Caller::stranger(address)).await?;
    let (asked, stored_hash) = (token.clone(), password_hash.clone());
    let made = database
        .run(move |conn| {
            let new = NewAccount {
                handle: &handle,
                email: &email,
                password_hash: &stored_hash,
                role: Role::Admin,
                verified: true,
            };
            Ok(link::use_up(conn, &asked, &new))
        })
        .await?;
    match made {
        Ok(admin) => {
            session.sign_in(admin.id, &password_hash)?;
            security_event::record(&request, SecurityEvent::RoleChanged, Some(admin.id));
            session.flash(format!("Welcome, {}. You are the first admin.", admin.handle))?;
            Ok(page::see_other("/admin"))
        }
        Err(Refused::Account(CreateError::Database(cause))) => Err(cause.into()),
        Err(Refused::Account(taken)) => {
            let errors = FieldErrors::one(taken.field(), taken.to_string());
            show(&request, &visit, token, typed, errors)
        }
        Err(Refused::Closed) => Err(AppError::not_found()),
    }
}

fn show(
    request: &HttpRequest,
    visit: &Visit,
    token: String,
    typed: SignUpForm,
    errors: FieldErrors,
) -> Result<HttpResponse, AppError> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut shell = visit.shell("Create the first admin", "Set up this site.", "/setup");
    // The address is a secret; nothing on the page repeats it but the form.
    shell.here = "/".to_owned();
    shell.listed = false;
    let page = SetupPage { shell, token, handle: typed.handle, email: typed.email, errors };
    page::show_private(request, &page, status)
}
