//! Casting a vote, reading a tally, watching tallies move.

use std::{net::IpAddr, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;

use super::{
    App, BallotBox,
    cards::MOST_WATCHED,
    store::Cast,
    stream::Watched,
    views::{CastObject, TallyObject},
    vote::{Intent, Refusal},
};
use crate::{
    accounts::{CurrentUser, Visit},
    catalogue::{Directory, Tool, no_such_tool},
    slug::Slug,
    stats::Choice,
    web::{
        error::{AppError, NotFound},
        guard::client_address,
        page::{self, Form, local_path, wants_json},
        session::{PendingVote, TypedSession},
    },
};

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
    let Ok(tool) = slug(&asked) else { return Err(unknown(&app, &[asked]).await) };
    let next = local_path(&form.0.next);
    let Some(user) = visit.user else {
        if wants_json(&request) {
            return Err(AppError::SignInFirst);
        }
        app.limits.pending_vote(client_address(&request))?;
        if !keep_for_later(&app, &session, &tool, choice).await? {
            return Err(unknown(&app, &[asked]).await);
        }
        let next = next.unwrap_or_else(|| format!("/tools/{tool}"));
        return Ok(page::see_other(&sign_in_path(&next)));
    };
    app.limits.vote(user.id, client_address(&request))?;
    let cast = match cast_for(&app.ballots, &user, tool, choice, client_address(&request)).await {
        Err(AppError::NotFound(_)) => return Err(unknown(&app, &[asked]).await),
        other => other?,
    };
    if wants_json(&request) {
        return Ok(json(&CastObject {
            tally: TallyObject::new(&cast.tool_slug, cast.standing.tally),
            your_vote: cast.vote,
        }));
    }
    session.flash(receipt(&cast))?;
    Ok(page::see_other(&next.unwrap_or_else(|| format!("/tools/{}", cast.tool_slug))))
}

pub(super) async fn tally(tool: web::Path<String>, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let directory = app.catalogue.snapshot().await?;
    let Some(tool) = published(&directory, &tool) else {
        return Err(unknown(&app, &[tool.into_inner()]).await);
    };
    let tally = app.standings.tallies(&[tool.id]).remove(&tool.id).unwrap_or_default();
    Ok(json(&TallyObject::new(&tool.slug, tally)))
}

pub(super) async fn live(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let (slugs, as_parts) = parse_live(request.query_string())?;
    let directory = app.catalogue.snapshot().await?;
    let watched = |tool: &Arc<Tool>| Watched::from(&**tool);
    let mut found: Vec<Watched> =
        slugs.iter().filter_map(|slug| published(&directory, slug)).map(watched).collect();
    if found.len() < slugs.len() {
        return Err(unknown(&app, &slugs).await);
    }
    // Two addresses may lead to one tool.
    let mut seen = std::collections::HashSet::new();
    found.retain(|tool| seen.insert(tool.id));
    // Watch first and look after, so that no vote falls in between.
    let hub = &app.hub;
    let frames = found.iter().map(|tool| if as_parts { hub.parts(tool) } else { hub.events(tool) }).collect();
    app.standings.show(found.iter().map(|tool| tool.id));
    hub.answer(&request, frames)
}

/// Casts a vote for somebody who is signed in.
pub(super) async fn cast_for(
    ballots: &BallotBox,
    user: &CurrentUser,
    tool: String,
    choice: Option<Choice>,
    address: IpAddr,
) -> Result<Cast, AppError> {
    let network = Some(ballots.network_of(address));
    let intent = Intent { account_id: user.id, tool, choice, network };
    ballots.cast(intent).await?.map_err(|refusal| match refusal {
        Refusal::UnknownTool => AppError::NotFound(NotFound {
            message: "There is no such tool any more.".into(),
            ..NotFound::default()
        }),
        Refusal::NoAccount => AppError::SignInFirst,
        Refusal::Suspended | Refusal::Unconfirmed | Refusal::Excluded(_) => {
            AppError::Forbidden(refusal.to_string())
        }
    })
}

/// The line that tells somebody what became of their vote.
pub(super) fn receipt(cast: &Cast) -> String {
    match cast.vote {
        Some(choice) => format!("Your vote for {} is counted: {choice}.", cast.tool_name),
        None => format!("Your vote for {} is taken back.", cast.tool_name),
    }
}

/// What is no slug names no tool, and the database is not asked: PostgreSQL fails on some texts,
/// and with them whatever is written in the same group.
fn slug(text: &str) -> Result<String, AppError> {
    text.parse::<Slug>().map(String::from).map_err(|_| AppError::not_found())
}

fn parse_choice(text: &str) -> Result<Option<Choice>, AppError> {
    match text {
        "retract" => Ok(None),
        other => other
            .parse()
            .map(Some)
            .map_err(|_| AppError::Unprocessable("A vote says ship, skip or retract.".into())),
    }
}

/// The error where one of these slugs names no tool, with what may have been meant.
async fn unknown(app: &App, slugs: &[String]) -> AppError {
    match app.catalogue.snapshot().await {
        Ok(directory) => {
            let missing = slugs.iter().find(|slug| published(&directory, slug).is_none());
            no_such_tool(directory, missing.cloned().unwrap_or_default()).await
        }
        Err(cause) => cause,
    }
}

/// The published tool of this slug, or that had it once.
fn published<'a>(directory: &'a Directory, slug: &str) -> Option<&'a Arc<Tool>> {
    directory.tool(slug).or_else(|| directory.tool_moved(slug))
}

/// Keeps the choice of somebody who has yet to sign in; there is nothing to take back yet. Says whether there is such a
/// tool.
async fn keep_for_later(
    app: &App,
    session: &TypedSession,
    tool: &str,
    choice: Option<Choice>,
) -> Result<bool, AppError> {
    let directory = app.catalogue.snapshot().await?;
    let Some(tool) = published(&directory, tool) else { return Ok(false) };
    if let Some(choice) = choice {
        let (tool, name, choice) = (tool.slug.to_string(), tool.name.clone(), choice.to_string());
        session.keep_pending_vote(&PendingVote { tool, name, choice })?;
    }
    Ok(true)
}

fn sign_in_path(next: &str) -> String {
    format!("/login?{}", serde_urlencoded::to_string([("next", next)]).unwrap_or_default())
}

fn parse_live(query: &str) -> Result<(Vec<String>, bool), AppError> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| AppError::BadRequest("The address could not be read.".into()))?;
    let mut slugs: Vec<String> = Vec::new();
    for (_, slug) in pairs.iter().filter(|(key, _)| key == "tool") {
        if !slugs.contains(slug) {
            slugs.push(slug.clone());
        }
    }
    if !(1..=MOST_WATCHED).contains(&slugs.len()) {
        return Err(AppError::BadRequest(format!("Name 1 to {MOST_WATCHED} tools: /live?tool=A&tool=B.")));
    }
    let as_parts = pairs.iter().any(|(key, value)| key == "parts" && value == "tally");
    Ok((slugs, as_parts))
}

fn json(body: &impl serde::Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}
