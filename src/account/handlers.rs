//! Showing one's account and changing one's password.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::submissions;
use super::views::{AccountPage, Complaints, PER_PAGE, VoteLine, href};
use crate::accounts::{self, CurrentUser, Password, Visit};
use crate::catalogue::Directory;
use crate::db::sql::counted;
use crate::votes::store::{self, OwnVote};
use crate::votes::{App, LiveTallies};
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::page::{self, Form};
use crate::web::paging::{Page, field, wanted};
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
    show_with(&request, user, &visit, &app, Complaints::default()).await
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
    app.limits.sign_in(&user.handle, client_address(&request))?;
    let id = user.id;
    let account =
        app.database.run(move |conn| accounts::store::find(conn, id)?.ok_or(AppError::SignInFirst)).await?;
    let old = account.password_hash;
    let right = accounts::verify_password(form.current, Some(old.clone())).await?;
    let password = match (right, form.password.parse::<Password>()) {
        (true, Ok(password)) => password,
        (right, password) => {
            let complaints = Complaints {
                current: (!right).then(|| "Incorrect current password.".to_owned()),
                password: password.err().map(str::to_owned),
            };
            return show_with(&request, user, &visit, &app, complaints).await;
        }
    };
    let new = password.hash().await?;
    let stored = new.clone();
    let changed =
        app.database.run(move |conn| Ok(accounts::store::change_password(conn, id, &old, &stored)?)).await?;
    // Somebody was faster with another new password, and this session has ended with the others.
    app.freshness.notice(changed.ok_or(AppError::SignInFirst)?);
    // Every session of the account is gone, this one too: it goes on under a new key.
    session.sign_in(id, &new)?;
    session.flash("Password changed. You are signed out everywhere else.")?;
    Ok(page::see_other("/account"))
}

async fn show_with(
    request: &HttpRequest,
    user: CurrentUser,
    visit: &Visit,
    app: &App,
    complaints: Complaints,
) -> Result<HttpResponse, AppError> {
    let status = if complaints.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let id = user.id;
    let wanted = wanted(&field(request.query_string(), "page"));
    let (directory, live_tallies) = (app.catalogue.snapshot().await?, Arc::clone(&app.tallies));
    let (account, page, votes, sent) = app
        .database
        .run(move |conn| {
            let account = accounts::store::find(conn, id)?.ok_or(AppError::SignInFirst)?;
            let total = counted(store::count_of(conn, id)?);
            let page = Page::nearest(wanted, total, PER_PAGE);
            let votes = store::votes_of(conn, id, page.range())?;
            Ok((account, page, vote_lines(&directory, &live_tallies, &votes), submissions::newest(conn, id)?))
        })
        .await?;
    let title = page.title("Your account");
    let mut shell = visit.shell(title, "Your votes, your submissions and your password.", &href(page.number));
    shell.listed = false;
    shell.wrong = complaints.listed().next().map(|(name, _)| name);
    page::show_private(request, &AccountPage::new(shell, account, (page, votes), sent, complaints), status)
}

/// One page of one's votes on tools that are still published, newest first.
fn vote_lines(directory: &Directory, live_tallies: &LiveTallies, votes: &[OwnVote]) -> Vec<VoteLine> {
    let ids: Vec<i64> = votes.iter().map(|vote| vote.tool_id).collect();
    let tallies = live_tallies.tallies(&ids);
    votes
        .iter()
        .filter_map(|vote| {
            let tool = directory.tool_by_id(vote.tool_id)?;
            Some(VoteLine::new(tool, vote, tallies.get(&vote.tool_id).copied().unwrap_or_default()))
        })
        .collect()
}
