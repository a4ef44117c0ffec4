//! The form that makes the first admin.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::link::{self, Link, Refused};
use crate::accounts::store::{CreateError, NewAccount};
use crate::accounts::{Caller, Role, SignUpForm, Visit, just_made};
use crate::db::Database;
use crate::web::error::{AppError, NotFound, Suggestion};
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
    match database.run(move |conn| Ok(link::find(conn, &asked)?)).await? {
        Link::Open => {}
        other => return Err(closed(other)),
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
    match database.run(move |conn| Ok(link::find(conn, &asked)?)).await? {
        Link::Open => {}
        other => return sent_again(&request, &visit, other, &session, &database, &typed).await,
    }
    let (handle, email, password) = match typed.parse(&visit.site_name(), Role::Admin) {
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
            session.flash(welcome(&admin.handle))?;
            Ok(page::see_other("/admin"))
        }
        Err(Refused::Account(CreateError::Database(cause))) => Err(cause.into()),
        Err(Refused::Closed(link)) => sent_again(&request, &visit, link, &session, &database, &typed).await,
        Err(Refused::Account(taken)) => {
            let errors = FieldErrors::one(taken.field(), taken.to_string());
            show(&request, &visit, token, typed, errors)
        }
    }
}

/// Answers a form whose link no longer works: like the first time, if it is the one that has used the link up.
async fn sent_again(
    request: &HttpRequest,
    visit: &Visit,
    link: Link,
    session: &TypedSession,
    database: &Database,
    typed: &SignUpForm,
) -> Result<HttpResponse, AppError> {
    let caller = Caller::stranger(client_address(request));
    let made = match link {
        Link::Used => just_made(database, typed, &visit.site_name(), Role::Admin, caller).await?,
        _ => None,
    };
    let Some(admin) = made else { return Err(closed(link)) };
    session.sign_in(admin.id, &admin.password_hash)?;
    session.flash(welcome(&admin.handle))?;
    Ok(page::see_other("/admin"))
}

fn welcome(handle: &str) -> String {
    format!("Welcome, {handle}. You are the first admin.")
}

/// What whoever has a link reads that does not work; to a stranger there is nothing.
fn closed(link: Link) -> AppError {
    let (message, suggestions) = match link {
        Link::Open | Link::Unknown => return AppError::not_found(),
        Link::Used => (
            "This setup link has been used: the site has an admin.",
            vec![Suggestion { href: "/login".into(), label: "Sign in".into() }],
        ),
        Link::Expired => (
            "This setup link has expired. Start the site again: it prints a new one while there is no admin.",
            vec![],
        ),
    };
    AppError::NotFound(NotFound { message: message.into(), suggestions })
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
