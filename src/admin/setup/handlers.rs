//! The form that makes the first admin.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::link::{self, Refused};
use crate::accounts::store::{CreateError, NewAccount};
use crate::accounts::{Email, Handle, Password, Role, Visit};
use crate::admin::form::FieldErrors;
use crate::db::Database;
use crate::view;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::limits::RateLimits;
use crate::web::page::{self, Form, Shell};
use crate::web::session::TypedSession;

#[derive(Default, Deserialize)]
pub(super) struct NewAdmin {
    #[serde(default)]
    handle: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

#[derive(Template)]
#[template(path = "admin/setup.html")]
struct SetupPage {
    shell: Shell,
    token: String,
    handle: String,
    email: String,
    errors: FieldErrors,
}

view!(SetupPage);

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
    show(&request, &visit, token.into_inner(), NewAdmin::default(), FieldErrors::default())
}

pub(super) async fn create(
    request: HttpRequest,
    token: web::Path<String>,
    visit: Visit,
    session: TypedSession,
    database: web::Data<Database>,
    limits: web::Data<RateLimits>,
    form: Form<NewAdmin>,
) -> Result<HttpResponse, AppError> {
    limits.sign_up(client_address(&request))?;
    let (Form(typed), token) = (form, token.into_inner());
    let asked = token.clone();
    if !database.run(move |conn| Ok(link::is_open(conn, &asked)?)).await? {
        return Err(AppError::not_found());
    }
    let (handle, email, password) = match parse(&typed) {
        Ok(parsed) => parsed,
        Err(errors) => return show(&request, &visit, token, typed, errors),
    };
    let password_hash = password.hash().await?;
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
            match link::use_up(conn, &asked, &new) {
                Ok(admin) => Ok(Ok(admin)),
                Err(Refused::Closed) => Err(AppError::not_found()),
                Err(Refused::Account(CreateError::Database(cause))) => Err(cause.into()),
                Err(Refused::Account(taken)) => Ok(Err(taken)),
            }
        })
        .await?;
    match made {
        Ok(admin) => {
            session.sign_in(admin.id, &password_hash)?;
            session.flash(format!("Welcome, {}. You are the first admin.", admin.handle))?;
            Ok(page::see_other("/admin"))
        }
        Err(taken) => show(&request, &visit, token, typed, about(&taken)),
    }
}

fn parse(typed: &NewAdmin) -> Result<(Handle, Email, Password), FieldErrors> {
    let handle = typed.handle.parse::<Handle>();
    let email = typed.email.parse::<Email>();
    let password = typed.password.parse::<Password>();
    match (handle, email, password) {
        (Ok(handle), Ok(email), Ok(password)) => Ok((handle, email, password)),
        (handle, email, password) => {
            let mut errors = FieldErrors::default();
            for (name, text) in [("handle", handle.err()), ("email", email.err())] {
                if let Some(text) = text {
                    errors.add(name, text);
                }
            }
            if let Err(bad) = password {
                errors.add("password", bad.to_string());
            }
            Err(errors)
        }
    }
}

fn about(taken: &CreateError) -> FieldErrors {
    let mut errors = FieldErrors::default();
    match taken {
        CreateError::HandleTaken => errors.add("handle", "This username is taken. Choose another."),
        _ => errors.add("email", "There is already an account with this email."),
    }
    errors
}

fn show(
    request: &HttpRequest,
    visit: &Visit,
    token: String,
    typed: NewAdmin,
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
