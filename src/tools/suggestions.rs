//! What a search field suggests while somebody types: the first tools that the search finds, as JSON.

use diesel::QueryResult;
use serde::Serialize;

use super::listing::ToolFilters;
use crate::catalogue::{Directory, search, told_apart};
use crate::db::Db;
use crate::text::{plain, without_backticks};

/// The most tools that are suggested.
const MOST: usize = 8;

/// The answer for a query: the best match first, and nothing for a query without words.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Suggestions {
    query: String,
    tools: Vec<Suggested>,
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
    filters: ToolFilters,
) -> QueryResult<Suggestions> {
    let category = filters.category.as_deref().and_then(|slug| directory.category(slug));
    let found = search::find(conn, directory, &filters.q)?
        .into_iter()
        .filter_map(|place| directory.tools().get(place))
        .filter(|tool| category.is_none_or(|category| tool.category_id == category.id))
        .take(MOST);
    let tools = told_apart(found)
        .iter()
        .map(|tool| Suggested {
            slug: tool.slug.to_string(),
            name: plain(&tool.name),
            category: plain(&tool.category.name),
            tagline: without_backticks(&plain(&tool.tagline)),
        })
        .collect();
    Ok(Suggestions { query: filters.q, tools })
}
