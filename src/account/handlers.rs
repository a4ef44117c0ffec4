//! Showing one's account and changing one's password.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::submissions::SentList;
use super::views::{AccountPage, PER_PAGE, PasswordErrors, href};
use crate::accounts::{self, Caller, CurrentUser, Visit, new_password};
use crate::catalogue::tell_apart;
use crate::db::sql::counted;
use crate::votes::App;
use crate::votes::store::{self, OwnVote};
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::page::{self, Form};
use crate::web::paging::{Page, field, wanted};
use crate::web::security_event::{self, SecurityEvent};
use crate::web::session::TypedSession;

/// What the password form sends.
#[derive(Deserialize)]
pub(super) struct ChangePassword {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
}

pub(super) async fn show(
    request: HttpRequest,
    user: CurrentUser,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    show_with(&request, user, &visit, &app, PasswordErrors::default()).await
}

pub(super) async fn change_password(
    request: HttpRequest,
    user: CurrentUser,
    visit: Visit,
    session: TypedSession,
    app: web::Data<App>,
    form: Form<ChangePassword>,
) -> Result<HttpResponse, AppError> {
    let Form(form) = form;
    app.limits.confirm(user.id)?;
    let (id, caller) = (user.id, Caller::known(client_address(&request)));
    let account =
        app.database.run(move |conn| accounts::store::find(conn, id)?.ok_or(AppError::SignInFirst)).await?;
    let old = account.password_hash;
    let right = accounts::verify_password(form.current, Some(old.clone()), caller).await?;
    let new = new_password(&form.password, &account.handle, &account.email, visit.site_name());
    let password = match (right, new) {
        (true, Ok(password)) => password,
        (right, password) => {
            if !right {
                security_event::record(&request, SecurityEvent::SignInRefused, Some(id));
            }
            let complaints = PasswordErrors {
                current: (!right).then(|| "Incorrect current password.".to_owned()),
                password: password.err().map(str::to_owned),
            };
            return show_with(&request, user, &visit, &app, complaints).await;
        }
    };
    let new = password.hash(caller).await?;
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

async fn show_with(
    request: &HttpRequest,
    user: CurrentUser,
    visit: &Visit,
    app: &App,
    complaints: PasswordErrors,
) -> Result<HttpResponse, AppError> {
    let status = if complaints.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let id = user.id;
    let wanted = wanted(&field(request.query_string(), "page"));
    let directory = app.catalogue.snapshot().await?;
    let (account, page, votes, sent) = app
        .database
        .run(move |conn| {
            let account = accounts::store::find(conn, id)?.ok_or(AppError::SignInFirst)?;
            let page = Page::nearest(wanted, counted(store::count_of(conn, id)?), PER_PAGE);
            let votes = store::votes_of(conn, id, page.range())?;
            Ok((account, page, votes, SentList::newest(conn, id)?))
        })
        .await?;
    let tallies = app.tallies.tallies(&votes.iter().map(|vote| vote.tool_id).collect::<Vec<_>>());
    let with_tool = |vote: OwnVote| {
        let tally = tallies.get(&vote.tool_id).copied().unwrap_or_default();
        Some((Arc::clone(directory.tool_by_id(vote.tool_id)?), vote, tally))
    };
    // Only of tools that are still published.
    let mut votes: Vec<_> = votes.into_iter().filter_map(with_tool).collect();
    tell_apart(votes.iter_mut().map(|(tool, _, _)| tool));
    let title = page.title("Your account");
    let mut shell = visit.shell(title, "Your votes, your submissions and your password.", &href(page.number));
    shell.listed = false;
    shell.wrong = complaints.listed().next().map(|(name, _)| name);
    page::show_private(request, &AccountPage { shell, account, page, votes, sent, complaints }, status)
}
