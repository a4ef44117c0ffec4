//! Casting a vote.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::App;
use super::objects::{CastObject, TallyObject};
use super::pending::PendingVote;
use crate::accounts::{Visit, sign_in_path};
use crate::catalogue::no_such_tool;
use crate::slug::Slug;
use crate::stats::Choice;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::page::{self, Form, local_path, wants_json};
use crate::web::session::TypedSession;

/// What the vote form sends.
#[derive(Deserialize)]
pub(super) struct Vote {
    #[serde(default)]
    choice: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn cast(
    request: HttpRequest,
    tool: web::Path<String>,
    visit: Visit,
    session: TypedSession,
    app: web::Data<App>,
    form: Form<Vote>,
) -> Result<HttpResponse, AppError> {
    let choice = parse_choice(&form.0.choice)?;
    let asked = tool.into_inner();
    let Ok(tool) = slug(&asked) else { return Err(unknown_tool(&app, asked).await) };
    let next = local_path(&form.0.next);
    let Some(user) = visit.user else {
        if wants_json(&request) {
            return Err(AppError::SignInFirst);
        }
        app.limits.pending_vote(client_address(&request))?;
        if !keep_for_later(&app, &session, &tool, choice).await? {
            return Err(unknown_tool(&app, asked).await);
        }
        let next = next.unwrap_or_else(|| format!("/tools/{tool}"));
        return Ok(page::see_other(&sign_in_path(&next)));
    };
    app.limits.vote(user.id, client_address(&request))?;
    let cast = match app.queue.cast_for(&user, tool, choice, client_address(&request)).await {
        Err(AppError::NotFound(_)) => return Err(unknown_tool(&app, asked).await),
        other => other?,
    };
    if wants_json(&request) {
        let tally = TallyObject::new(&cast.tool_slug, cast.tally.tally);
        return Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(CastObject { tally, your_vote: cast.vote }));
    }
    session.flash(cast.receipt())?;
    Ok(page::see_other(&next.unwrap_or_else(|| format!("/tools/{}", cast.tool_slug))))
}

/// What is no slug names no tool, and the database is not asked: PostgreSQL fails on some texts,
/// and with them whatever is written in the same group.
fn slug(text: &str) -> Result<String, AppError> {
    text.parse::<Slug>().map(String::from).map_err(|_| AppError::not_found())
}

fn parse_choice(text: &str) -> Result<Option<Choice>, AppError> {
    match text {
        "retract" => Ok(None),
        other => Choice::from_word(other)
            .map(Some)
            .ok_or_else(|| AppError::Unprocessable("A vote must be ship, skip or retract.".into())),
    }
}

/// The error where a slug names no tool, with what may have been meant.
async fn unknown_tool(app: &App, slug: String) -> AppError {
    match app.catalogue.snapshot().await {
        Ok(directory) => no_such_tool(directory, slug).await,
        Err(cause) => cause,
    }
}

/// Keeps the choice of somebody who has yet to sign in; there is nothing to remove yet. Says whether there is such a
/// tool.
async fn keep_for_later(
    app: &App,
    session: &TypedSession,
    slug: &str,
    choice: Option<Choice>,
) -> Result<bool, AppError> {
    let directory = app.catalogue.snapshot().await?;
    let Some(tool) = directory.tool_now_or_once(slug) else { return Ok(false) };
    if let Some(choice) = choice {
        PendingVote { tool: tool.slug.to_string(), name: tool.name.clone(), choice }.keep(session)?;
    }
    Ok(true)
}
