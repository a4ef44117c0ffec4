//! Changing one's password.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::confirm::{WRONG_PASSWORD, confirmed};
use super::handlers::show_with;
use super::problems::Problems;
use crate::accounts::{self, Caller, CurrentUser, Visit, new_password};
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::page::{self, FieldErrors, Form};
use crate::web::security_event::{self, SecurityEvent};
use crate::web::session::TypedSession;

/// What the password form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ChangePassword {
    current: String,
    password: String,
}

pub(super) async fn change(
    request: HttpRequest,
    user: CurrentUser,
    visit: Visit,
    session: TypedSession,
    app: web::Data<App>,
    form: Form<ChangePassword>,
) -> Result<HttpResponse, AppError> {
    let Form(form) = form;
    let (id, caller) = (user.id, Caller::known(client_address(&request)));
    let (account, is_right) = confirmed(&request, &user, &app, form.current).await?;
    let new = new_password(&form.password, &account.handle, &account.email, &visit.site_name());
    let password = match (is_right, new) {
        (true, Ok(password)) => password,
        (_, password) => {
            let mut errors = FieldErrors::default();
            if !is_right {
                errors.add("current", WRONG_PASSWORD);
            }
            if let Err(fault) = password {
                errors.add("password", fault);
            }
            let problems = Problems { what: "password", errors, ..Problems::default() };
            return show_with(&request, user, &visit, &app, problems).await;
        }
    };
    let (old, new) = (account.password_hash, password.hash(caller).await?);
    let stored = new.clone();
    let changed =
        app.database.run(move |conn| Ok(accounts::store::change_password(conn, id, &old, &stored)?)).await?;
    // Somebody was faster with another new password, and this session has ended with the others.
    app.freshness.notice(changed.ok_or(AppError::SignInFirst)?);
    // Every session of the account is gone, this one too: it goes on under a new key.
    session.sign_in(id, &new)?;
    security_event::record(&request, SecurityEvent::PasswordChanged, Some(id));
    session.flash("Password changed. You are signed out everywhere else.")?;
    Ok(page::see_other("/account"))
}
