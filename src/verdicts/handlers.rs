//! Reading a tally, watching tallies move.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::card::MOST_WATCHED;
use super::live::TallyFrames;
use crate::catalogue::{Tool, no_tool};
use crate::votes::{App, TallyObject};
use crate::web::error::AppError;
use crate::web::live::Streams;

pub(super) async fn tally(tool: web::Path<String>, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let directory = app.catalogue.snapshot().await?;
    let Some(tool) = directory.tool_now_or_once(&tool) else {
        return Err(no_tool(Vec::new()));
    };
    let tally = app.tallies.tally(tool.id);
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(TallyObject::new(&tool.slug, tally)))
}

pub(super) async fn live(
    request: HttpRequest,
    app: web::Data<App>,
    frames: web::Data<TallyFrames>,
    streams: web::Data<Streams>,
) -> Result<HttpResponse, AppError> {
    let (slugs, as_parts) = parse_live(request.query_string())?;
    loop {
        let directory = app.catalogue.snapshot().await?;
        let tools: Vec<Arc<Tool>> = slugs.iter().filter_map(|slug| directory.tool_as_asked(slug)).collect();
        if tools.is_empty() {
            return Err(no_tool(Vec::new()));
        }
        let watched = tools.iter().map(|tool| match as_parts {
            true => frames.parts(tool, &app.tallies),
            false => frames.events(tool, &app.tallies),
        });
        let watched = watched.collect();
        if app.is_newest(&directory) {
            return streams.answer(&request, watched);
        }
    }
}

/// The tools that an address names, each once, and whether it asks for parts of pages rather than data.
fn parse_live(query: &str) -> Result<(Vec<String>, bool), AppError> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| AppError::BadRequest("The address could not be read.".into()))?;
    let mut slugs: Vec<String> = Vec::new();
    for (_, slug) in pairs.iter().filter(|(key, _)| key == "tool") {
        // No longer than it takes to see that they are too many.
        if slugs.len() <= MOST_WATCHED && !slugs.contains(slug) {
            slugs.push(slug.clone());
        }
    }
    if !(1..=MOST_WATCHED).contains(&slugs.len()) {
        return Err(AppError::BadRequest(format!("Name 1 to {MOST_WATCHED} tools: /live?tool=A&tool=B.")));
    }
    let as_parts = pairs.iter().any(|(key, value)| key == "parts" && value == "tally");
    Ok((slugs, as_parts))
}
