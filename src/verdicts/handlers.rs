//! Reading a tally, watching tallies move.

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::card::MOST_WATCHED;
use super::live::TallyFrames;
use crate::catalogue::{Directory, Tool, no_such_tool};
use crate::votes::{App, TallyObject};
use crate::web::error::AppError;
use crate::web::live::Streams;

pub(super) async fn tally(tool: web::Path<String>, app: web::Data<App>) -> Result<HttpResponse, AppError> {
    let tool = find(&app.catalogue.snapshot().await?, &tool).await?;
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
    let directory = app.catalogue.snapshot().await?;
    // Two addresses may lead to one tool.
    let mut seen = HashSet::new();
    let mut watched = Vec::with_capacity(slugs.len());
    for slug in &slugs {
        let tool = find(&directory, slug).await?;
        if seen.insert(tool.id) {
            watched.push(match as_parts {
                true => frames.parts(&tool, &app.tallies),
                false => frames.events(&tool, &app.tallies),
            });
        }
    }
    streams.answer(&request, watched)
}

/// The published tool that has this slug, or had it.
async fn find(directory: &Arc<Directory>, slug: &str) -> Result<Arc<Tool>, AppError> {
    match directory.tool_now_or_once(slug) {
        Some(tool) => Ok(Arc::clone(tool)),
        None => Err(no_such_tool(Arc::clone(directory), slug.to_owned()).await),
    }
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
