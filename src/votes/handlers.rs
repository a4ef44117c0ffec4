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
    slug: web::Path<String>,
    visit: Visit,
    session: TypedSession,
    app: web::Data<App>,
    form: Form<Vote>,
) -> Result<HttpResponse, AppError> {
    match cast_or_keep(&request, slug.as_str(), visit, &session, &app, &form.0).await {
        // With what may have been meant.
        Err(AppError::NotFound(_)) => {
            Err(no_such_tool(app.catalogue.snapshot().await?, slug.into_inner()).await)
        }
        answer => answer,
    }
}

async fn cast_or_keep(
    request: &HttpRequest,
    slug: &str,
    visit: Visit,
    session: &TypedSession,
    app: &App,
    form: &Vote,
) -> Result<HttpResponse, AppError> {
    let choice = parse_choice(&form.choice)?;
    // What is no slug names no tool, and the database is not asked: PostgreSQL fails on some texts, and with them
    // whatever is written in the same group.
    let tool: Slug = slug.parse().map_err(|_| AppError::not_found())?;
    let next = local_path(&form.next);
    let address = client_address(request);
    let Some(user) = visit.user else {
        if wants_json(request) {
            return Err(AppError::SignInFirst);
        }
        app.limits.pending_vote(address)?;
        session.comes_from(address, &app.settings.secret)?;
        keep_for_later(app, session, slug, choice).await?;
        return Ok(page::see_other(&sign_in_path(&next.unwrap_or_else(|| format!("/tools/{tool}")))));
    };
    app.limits.vote(user.id, address)?;
    let cast = app.queue.cast_for(&user, tool.into(), choice, address).await?;
    if wants_json(request) {
        let tally = TallyObject::new(&cast.tool.slug, cast.tally.tally);
        return Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(CastObject { tally, your_vote: cast.vote }));
    }
    session.flash(cast.receipt())?;
    Ok(page::see_other(&next.unwrap_or_else(|| format!("/tools/{}", cast.tool.slug))))
}

fn parse_choice(text: &str) -> Result<Option<Choice>, AppError> {
    match text {
        "retract" => Ok(None),
        other => Choice::from_word(other)
            .map(Some)
            .ok_or_else(|| AppError::Unprocessable("A vote must be ship, skip or retract.".into())),
    }
}

/// Keeps the choice of somebody who has yet to sign in; there is nothing to remove yet.
async fn keep_for_later(
    app: &App,
    session: &TypedSession,
    slug: &str,
    choice: Option<Choice>,
) -> Result<(), AppError> {
    let directory = app.catalogue.snapshot().await?;
    let tool = directory.tool_now_or_once(slug).ok_or_else(AppError::not_found)?;
    match choice {
        Some(choice) => {
            PendingVote { tool: tool.slug.to_string(), name: tool.name.clone(), choice }.keep(session)
        }
        None => Ok(()),
    }
}
