//! Showing one's account.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::load::{self, Loaded};
use super::problems::Problems;
use super::views::{AccountPage, VoteRow, href};
use crate::accounts::{CurrentUser, Visit};
use crate::catalogue::tell_apart;
use crate::votes::App;
use crate::votes::excluded;
use crate::votes::store::OwnVote;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::{field, wanted};
use crate::web::session;

pub(super) async fn show(
    request: HttpRequest,
    user: CurrentUser,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    show_with(&request, user, &visit, &app, Problems::default()).await
}

pub(super) async fn show_with(
    request: &HttpRequest,
    user: CurrentUser,
    visit: &Visit,
    app: &App,
    problems: Problems,
) -> Result<HttpResponse, AppError> {
    let is_right = problems.errors.is_empty();
    let status = if is_right { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (id, is_shown) = (user.id, !visit.only_looks());
    let wanted = wanted(&field(request.query_string(), "page"));
    let directory = app.catalogue.snapshot().await?;
    let (loaded, seen) = app
        .database
        .run(move |conn| {
            let loaded = load::account(conn, id, wanted)?;
            let seen = if is_shown { load::note_shown(conn, &loaded)? } else { None };
            Ok((loaded, seen))
        })
        .await?;
    if let Some(versions) = seen {
        app.freshness.notice(versions);
    }
    let Loaded { account, page, votes, excluded, sent, sessions, reviewer } = loaded;
    let tallies = app.tallies.tallies(&votes.iter().map(|vote| vote.tool_id).collect::<Vec<_>>());
    let with_tool = |vote: OwnVote| {
        let tally = tallies.get(&vote.tool_id).copied().unwrap_or_default();
        let why = excluded.iter().find(|excluded| excluded.tool_id == vote.tool_id).cloned();
        Some(VoteRow { tool: Arc::clone(directory.tool_by_id(vote.tool_id)?), vote, tally, why })
    };
    // Only of tools that are still published.
    let mut votes: Vec<_> = votes.into_iter().filter_map(with_tool).collect();
    tell_apart(votes.iter_mut().map(|row| &mut row.tool));
    let title = page.title("Your account");
    let description = "Your votes, submissions, sessions, email and password.";
    let mut shell = visit.shell(title, description, &href(page.number));
    shell.listed = false;
    shell.wrong = problems.listed().next().map(|(name, _)| name);
    if is_shown {
        shell.new_answers = shell.new_answers.saturating_sub(sent.unseen().len());
    }
    let news = excluded::news(excluded, account.told_exclusion_id, &directory);
    let this = session::id_of(request, &app.settings);
    let page = AccountPage { shell, account, page, votes, news, sent, sessions, this, reviewer, problems };
    page::show_private(request, &page, status)
}
