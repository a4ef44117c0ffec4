//! What a search field suggests while somebody types: the first tools that the search finds, as JSON.

use std::sync::Arc;

use diesel::QueryResult;
use serde::Serialize;

use super::asked_pair::asked_pair;
use super::listing::ToolFilters;
use crate::catalogue::{Directory, Tool, near_tools, search, told_apart};
use crate::db::Db;
use crate::text::{plain, without_backticks};

/// The most tools that are suggested.
const MOST: usize = 8;

/// The most names that are offered where none is found.
const MOST_NEAR: usize = 5;

/// The answer for a query: the best match first, and nothing for a query without words.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Suggestions {
    query: String,
    /// The comparison that the query asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<SuggestedPair>,
    tools: Vec<Suggested>,
    /// Whether nothing was found, and the tools are those of the nearest names.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    near: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct SuggestedPair {
    path: String,
    name: String,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Suggested {
    slug: String,
    name: String,
    category: String,
    tagline: String,
}

pub(super) fn suggestions(
    conn: &mut Db,
    directory: &Directory,
    mut filters: ToolFilters,
) -> QueryResult<Suggestions> {
    // One that there is not, hides nothing.
    filters.category = filters.category.filter(|slug| directory.category(slug).is_some());
    let let_through = |tool: &&Arc<Tool>| filters.let_through(tool);
    let places = search::find(conn, directory, &filters.q)?;
    let found = places.into_iter().filter_map(|place| directory.tools().get(place)).filter(let_through);
    let mut found: Vec<&Arc<Tool>> = found.take(MOST).collect();
    let pair = asked_pair(directory, &filters.q);
    if let Some(pair) = &pair {
        let both = pair.tools.iter().filter_map(|tool| directory.tool_by_id(tool.id)).filter(let_through);
        let both: Vec<&Arc<Tool>> = both.filter(|tool| !found.contains(tool)).collect();
        found.splice(0..0, both);
        found.truncate(MOST);
    }
    let near = found.is_empty();
    if near {
        found = near_tools(directory, &filters.q, MOST_NEAR).into_iter().filter(let_through).collect();
    }
    let near = near && !found.is_empty();
    let tools = told_apart(found)
        .iter()
        .map(|tool| Suggested {
            slug: tool.slug.to_string(),
            name: plain(&tool.name),
            category: plain(&tool.category.name),
            tagline: without_backticks(&plain(&tool.tagline)),
        })
        .collect();
    let comparison = pair.map(|pair| SuggestedPair { path: pair.path(), name: plain(&pair.title()) });
    Ok(Suggestions { query: filters.q, comparison, tools, near })
}
