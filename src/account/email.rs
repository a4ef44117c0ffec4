//! Changing one's email address. Nobody has confirmed the new one: while the site sends no mail, it counts at once.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::confirm::{WRONG_PASSWORD, confirmed};
use super::handlers::show_with;
use super::problems::Problems;
use crate::accounts::store::{self, CreateError};
use crate::accounts::{CurrentUser, Email, Visit};
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::page::{self, FieldErrors, Form};
use crate::web::security_event::{self, SecurityEvent};
use crate::web::session::{self, TypedSession};

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ChangeEmail {
    email: String,
    current: String,
}

pub(super) async fn change(
    request: HttpRequest,
    user: CurrentUser,
    visit: Visit,
    session: TypedSession,
    app: web::Data<App>,
    form: Form<ChangeEmail>,
) -> Result<HttpResponse, AppError> {
    let Form(form) = form;
    let id = user.id;
    let (account, is_right) = confirmed(&request, &user, &app, form.current).await?;
    let mut errors = FieldErrors::default();
    if !is_right {
        errors.add("email-current", WRONG_PASSWORD);
    }
    match form.email.parse::<Email>() {
        Err(fault) => errors.add("email", fault),
        Ok(email) if email.as_str() == account.email => errors.add("email", "This is your email already."),
        // Whether an address is taken is told only to whoever gave the password.
        Ok(email) if is_right => {
            let (old, this) = (account.password_hash, session::id_of(&request, &app.settings));
            let changed =
                app.database.run(move |conn| Ok(store::change_email(conn, id, &old, &email, &this))).await?;
            match changed {
                Ok(versions) => {
                    app.freshness.notice(versions.ok_or(AppError::SignInFirst)?);
                    security_event::record(&request, SecurityEvent::EmailChanged, Some(id));
                    session.flash("Email changed. You are signed out everywhere else.")?;
                    return Ok(page::see_other("/account"));
                }
                Err(CreateError::Database(cause)) => return Err(cause.into()),
                Err(taken) => errors.add("email", taken.to_string()),
            }
        }
        Ok(_) => {}
    }
    let problems = Problems { what: "email", errors, typed_email: form.email };
    show_with(&request, user, &visit, &app, problems).await
}
