//! Casting a vote.

use std::net::IpAddr;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;

use super::{
    VoteQueue,
    cast::Cast,
    objects::{CastObject, TallyObject},
    slug_lookup::published,
    vote::{Intent, VoteRefusal},
};
use crate::{
    accounts::{CurrentUser, Visit},
    catalogue::{Catalogue, no_such_tool},
    db::Database,
    slug::Slug,
    stats::Choice,
    web::{
        error::{AppError, NotFound},
        guard::client_address,
        limits::RateLimits,
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

#[expect(clippy::too_many_arguments, reason = "each is an extractor")]
pub(super) async fn cast(
    request: HttpRequest,
    tool: web::Path<String>,
    visit: Visit,
    session: TypedSession,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    queue: web::Data<VoteQueue>,
    limits: web::Data<RateLimits>,
    form: Form<Vote>,
) -> Result<HttpResponse, AppError> {
    let choice = parse_choice(&form.0.choice)?;
    let asked = tool.into_inner();
    let Ok(tool) = slug(&asked) else { return Err(unknown_tool(&database, &catalogue, vec![asked]).await) };
    let next = local_path(&form.0.next);
    let Some(user) = visit.user else {
        if wants_json(&request) {
            return Err(AppError::SignInFirst);
        }
        limits.pending_vote(client_address(&request))?;
        if !keep_for_later(&database, &session, &tool, choice).await? {
            return Err(unknown_tool(&database, &catalogue, vec![asked]).await);
        }
        let next = next.unwrap_or_else(|| format!("/tools/{tool}"));
        return Ok(page::see_other(&sign_in_path(&next)));
    };
    limits.vote(user.id, client_address(&request))?;
    let cast = match cast_for(&queue, &user, tool, choice, client_address(&request)).await {
        Err(AppError::NotFound(_)) => return Err(unknown_tool(&database, &catalogue, vec![asked]).await),
        other => other?,
    };
    if wants_json(&request) {
        return Ok(json(&CastObject {
            tally: TallyObject::new(&cast.tool_slug, cast.tally.tally),
            your_vote: cast.vote,
        }));
    }
    session.flash(receipt(&cast))?;
    Ok(page::see_other(&next.unwrap_or_else(|| format!("/tools/{}", cast.tool_slug))))
}

/// Casts a vote for somebody who is signed in.
pub(super) async fn cast_for(
    queue: &VoteQueue,
    user: &CurrentUser,
    tool: String,
    choice: Option<Choice>,
    address: IpAddr,
) -> Result<Cast, AppError> {
    let network = Some(queue.network_of(address));
    let intent = Intent { account_id: user.id, tool, choice, network };
    queue.cast(intent).await?.map_err(|refusal| match refusal {
        VoteRefusal::UnknownTool => AppError::NotFound(NotFound {
            message: "This tool no longer exists.".into(),
            ..NotFound::default()
        }),
        VoteRefusal::NoAccount => AppError::SignInFirst,
        VoteRefusal::Suspended | VoteRefusal::Unconfirmed | VoteRefusal::Excluded(_) => {
            AppError::Forbidden(refusal.to_string())
        }
    })
}

/// The line that tells somebody what became of their vote.
pub(super) fn receipt(cast: &Cast) -> String {
    match cast.vote {
        Some(choice) => format!("Your {} vote for {} is counted.", choice.label(), cast.tool_name),
        None => format!("Vote removed: {}.", cast.tool_name),
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
            .map_err(|_| AppError::Unprocessable("A vote must be ship, skip or retract.".into())),
    }
}

/// The error where one of these slugs names no tool, with what may have been meant.
async fn unknown_tool(database: &Database, catalogue: &web::Data<Catalogue>, slugs: Vec<String>) -> AppError {
    let catalogue = catalogue.clone();
    let told = database.run(move |conn| {
        let directory = catalogue.current(conn)?;
        let is_missing =
            |slug: &&String| directory.tool(slug).or_else(|| directory.tool_moved(slug)).is_none();
        let missing = slugs.iter().find(is_missing).map_or("", String::as_str);
        Ok(no_such_tool(&directory, missing))
    });
    told.await.unwrap_or_else(|failed| failed)
}

/// Keeps the choice of somebody who has yet to sign in; there is nothing to remove yet. Says whether there is such a
/// tool.
async fn keep_for_later(
    database: &Database,
    session: &TypedSession,
    tool: &str,
    choice: Option<Choice>,
) -> Result<bool, AppError> {
    let slugs = vec![tool.to_owned()];
    let found = database.run(move |conn| Ok(published(conn, &slugs)?)).await?;
    let Some(tool) = found.into_iter().next() else { return Ok(false) };
    if let Some(choice) = choice {
        let choice = choice.to_string();
        session.keep_pending_vote(&PendingVote { tool: tool.slug, name: tool.name, choice })?;
    }
    Ok(true)
}

fn sign_in_path(next: &str) -> String {
    format!("/login?{}", serde_urlencoded::to_string([("next", next)]).unwrap_or_default())
}

fn json(body: &impl serde::Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}
