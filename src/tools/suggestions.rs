//! What a search field suggests while somebody types: the first tools that the search finds, as JSON.

use diesel::QueryResult;
use serde::Serialize;

use super::{
    listing::{Filters, Sort},
    load::quickly_found,
};
use crate::{
    catalogue::{Catalogue, Directory, Matches, Tool},
    db::Db,
};

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

impl From<&Tool> for Suggested {
    fn from(tool: &Tool) -> Self {
        Self {
            slug: tool.slug.to_string(),
            name: tool.name.clone(),
            category: tool.category.name.clone(),
            tagline: tool.tagline.clone(),
        }
    }
}

pub(super) fn suggestions(
    conn: &mut Db,
    catalogue: &Catalogue,
    filters: Filters,
) -> QueryResult<Suggestions> {
    let directory = catalogue.current(conn)?;
    let found = directory.search(conn, &filters.q)?;
    Ok(suggested(&directory, filters, found))
}

/// The same without a query, if that takes little time.
pub(super) fn quick(directory: &Directory, filters: &Filters) -> Option<Suggestions> {
    let filters = Filters { sort: Sort::Relevance, ..filters.clone() };
    let found = quickly_found(directory, &filters)?;
    Some(suggested(directory, filters, found))
}

fn suggested(directory: &Directory, filters: Filters, mut found: Matches) -> Suggestions {
    let all = directory.tools();
    if let Some(category) = filters.category.as_deref().and_then(|slug| directory.category(slug)) {
        found.retain(|at| all.get(at).is_some_and(|tool| tool.category_id == category.id));
    }
    let best = found.best(0..MOST).into_iter().filter_map(|at| all.get(at));
    let tools = best.map(|tool| Suggested::from(&**tool)).collect();
    Suggestions { query: filters.q, tools }
}
