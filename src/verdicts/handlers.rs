//! Reading a tally, watching tallies move.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse, http::header, web};

use super::{card::MOST_WATCHED, live::TallyFrames};
use crate::{
    catalogue::{Catalogue, Directory, no_such_tool},
    db::Database,
    votes::{LiveTallies, TallyObject, WatchedTool},
    web::{error::AppError, live::Streams},
};

pub(super) async fn tally(
    tool: web::Path<String>,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    tallies: web::Data<LiveTallies>,
) -> Result<HttpResponse, AppError> {
    let directory = database.run(move |conn| Ok(catalogue.current(conn)?)).await?;
    let tool = find(&directory, &tool)?;
    let tally = tallies.tally(tool.id);
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(TallyObject::new(&tool.slug, tally)))
}

pub(super) async fn live(
    request: HttpRequest,
    database: web::Data<Database>,
    catalogue: web::Data<Catalogue>,
    tallies: web::Data<LiveTallies>,
    frames: web::Data<TallyFrames>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse, AppError> {
    let (slugs, as_parts) = parse_live(request.query_string())?;
    let directory = database.run(move |conn| Ok(catalogue.current(conn)?)).await?;
    let mut tools = slugs.iter().map(|slug| find(&directory, slug)).collect::<Result<Vec<_>, _>>()?;
    // Two addresses may lead to one tool.
    let mut seen = HashSet::new();
    tools.retain(|tool| seen.insert(tool.id));
    let watched = tools.iter().map(|tool| match as_parts {
        true => frames.parts(tool, &tallies),
        false => frames.events(tool, &tallies),
    });
    streams.answer(&request, watched.collect())
}

/// The published tool that has this slug, or had it.
fn find(directory: &Directory, slug: &str) -> Result<WatchedTool, AppError> {
    let tool = directory.tool(slug).or_else(|| directory.tool_moved(slug));
    let tool = tool.ok_or_else(|| no_such_tool(directory, slug))?;
    Ok(WatchedTool { id: tool.id, slug: tool.slug.to_string(), name: tool.name.clone() })
}

/// The tools that an address names, each once, and whether it asks for parts of pages rather than data.
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
