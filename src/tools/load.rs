//! What each page needs, fetched with one connection.

use std::sync::Arc;

use diesel::QueryResult;

use super::{
    listing::{Filters, Listed, PER_PAGE, Sort, arrange},
    ranking::Ranking,
};
use crate::{
    catalogue::{
        Catalogue, Category, Comparison, Directory, Tool, ToolDetail, near::near_categories, near_tools,
        search,
    },
    db::Db,
    stats::Tally,
    votes::{ExcludedVotes, LiveTallies, tallies},
    web::{
        error::{AppError, NotFound, Suggestion},
        paging::Page,
    },
};

/// The most names that are offered in place of one that is not there.
const MOST_NEAR: usize = 5;

/// The most alternatives on a tool's page.
const MOST_ALTERNATIVES: usize = 5;

/// The most comparisons on a tool's page.
const MOST_COMPARISONS: usize = 6;

/// One page of the list of tools.
pub(super) struct Listing {
    pub directory: Arc<Directory>,
    pub filters: Filters,
    pub page: Page,
    pub shown: Vec<Listed>,
    /// What may have been meant, if nothing was found.
    pub near: Vec<Arc<Tool>>,
}

/// The list that these filters ask for.
pub(super) fn listing(
    conn: &mut Db,
    directory: Arc<Directory>,
    standings: &LiveTallies,
    mut filters: Filters,
) -> QueryResult<Listing> {
    filters.category = filters.category.and_then(|slug| {
        let category = directory.category(&slug).or_else(|| directory.category_moved(&slug))?;
        Some(category.slug.to_string())
    });
    let all = directory.tools();
    let mut places: Vec<usize> = match filters.q.as_str() {
        "" => (0..all.len()).collect(),
        q => search::find(conn, &directory, q)?,
    };
    if filters.sort != Sort::Relevance {
        // By name.
        places.sort_unstable();
    }
    let in_category = |tool: &Tool| filters.category.as_ref().is_none_or(|slug| *slug == *tool.category.slug);
    let mut tools: Vec<Listed> = places
        .into_iter()
        .filter_map(|place| all.get(place))
        .filter(|tool| in_category(tool))
        .map(|tool| Listed { tool: Arc::clone(tool), tally: Tally::default() })
        .collect();
    if filters.sort.counts_votes() {
        count(&mut tools, standings);
    }
    arrange(&mut tools, filters.sort);
    let page = Page::nearest(filters.page, tools.len(), PER_PAGE);
    filters.page = page.number;
    let mut shown: Vec<Listed> = tools.drain(page.range()).collect();
    count(&mut shown, standings);
    let near = if page.total == 0 {
        near_tools(&directory, &filters.q, MOST_NEAR).into_iter().cloned().collect()
    } else {
        Vec::new()
    };
    Ok(Listing { directory, filters, page, shown, near })
}

/// Looks up the votes on these tools.
fn count(tools: &mut [Listed], standings: &LiveTallies) {
    let ids: Vec<i64> = tools.iter().map(|listed| listed.tool.id).collect();
    let tallies = standings.tallies(&ids);
    for listed in tools {
        listed.tally = tallies.get(&listed.tool.id).copied().unwrap_or_default();
    }
}

/// What an address leads to.
pub(super) enum Found<T> {
    Here(Box<T>),
    /// It is there under another address.
    At(String),
    /// Nothing. To look for near names takes time, but no connection.
    Nowhere(Arc<Directory>),
}

/// All about one tool.
pub(super) struct Sheet {
    pub directory: Arc<Directory>,
    pub listed: Listed,
    pub detail: Arc<ToolDetail>,
    pub excluded: ExcludedVotes,
    /// The others of its category, by name.
    pub peers: Vec<Arc<Tool>>,
    /// The best of them.
    pub alternatives: Vec<Listed>,
    /// Its published comparisons, newest first, each with the other tool.
    pub compared: Vec<(Comparison, Listed)>,
}

impl Sheet {
    /// The tools whose votes it shows, or might show once they change: all of its category.
    pub(super) fn shown(&self) -> Vec<i64> {
        let others = self.peers.iter().map(|tool| tool.id);
        let compared = self.compared.iter().map(|(_, other)| other.tool.id);
        std::iter::once(self.listed.tool.id).chain(others).chain(compared).collect()
    }
}

pub(super) fn tool(
    conn: &mut Db,
    catalogue: &Catalogue,
    standings: &LiveTallies,
    slug: &str,
) -> Result<Found<Sheet>, AppError> {
    let directory = catalogue.current(conn)?;
    let Some(tool) = directory.tool(slug).cloned() else {
        let lower = slug.to_ascii_lowercase();
        return match directory.tool(&lower).or_else(|| directory.tool_moved(&lower)) {
            Some(tool) => Ok(Found::At(format!("/tools/{}", tool.slug))),
            None => Ok(Found::Nowhere(directory)),
        };
    };
    let detail = catalogue.detail(conn, &directory, tool.id)?;
    Ok(Found::Here(Box::new(sheet(directory, standings, tool, detail))))
}

/// All about a tool that is at hand.
pub(super) fn sheet(
    directory: Arc<Directory>,
    standings: &LiveTallies,
    tool: Arc<Tool>,
    detail: Arc<ToolDetail>,
) -> Sheet {
    let peers: Vec<Arc<Tool>> = directory
        .tools()
        .iter()
        .filter(|other| other.category_id == tool.category_id && other.id != tool.id)
        .cloned()
        .collect();
    let pairs: Vec<(Comparison, Arc<Tool>)> = directory
        .comparisons()
        .iter()
        .filter_map(|pair| Some((pair.clone(), directory.tool_by_id(other_of(pair, tool.id)?)?.clone())))
        .take(MOST_COMPARISONS)
        .collect();
    let shown = peers.iter().chain(pairs.iter().map(|(_, other)| other)).chain([&tool]);
    let ids: Vec<i64> = shown.map(|tool| tool.id).collect();
    let tallies = standings.tallies(&ids);
    let listed = |tool: Arc<Tool>| Listed { tally: tallies.get(&tool.id).copied().unwrap_or_default(), tool };
    let excluded = standings.excluded(tool.id);
    let mut alternatives: Vec<Listed> = peers.iter().cloned().map(listed).collect();
    arrange(&mut alternatives, Sort::Community);
    alternatives.truncate(MOST_ALTERNATIVES);
    let compared = pairs.into_iter().map(|(pair, other)| (pair, listed(other))).collect();
    let listed = listed(tool);
    Sheet { directory, listed, detail, excluded, peers, alternatives, compared }
}

/// The other tool of a comparison of this one.
fn other_of(pair: &Comparison, tool_id: i64) -> Option<i64> {
    match (pair.first, pair.second) {
        (first, other) if first == tool_id => Some(other),
        (other, second) if second == tool_id => Some(other),
        _ => None,
    }
}

/// A category and its ranking.
pub(super) struct RankedCategory {
    pub category: Category,
    pub ranking: Ranking,
}

/// Every category with its ranking, in the order of the catalogue.
pub(super) fn rankings(conn: &mut Db, catalogue: &Catalogue) -> QueryResult<Vec<RankedCategory>> {
    let directory = catalogue.current(conn)?;
    let tallies = tallies::all_tallies(conn)?;
    let tally = |tool: &Tool| tallies.get(&tool.id).copied().unwrap_or_default();
    let ranked = |category: &Category| RankedCategory {
        category: category.clone(),
        ranking: Ranking::new(
            tools_of(&directory, category).map(|tool| Listed { tally: tally(&tool), tool }).collect(),
        ),
    };
    Ok(directory.categories().iter().map(ranked).collect())
}

pub(super) fn ranking(
    conn: &mut Db,
    catalogue: &Catalogue,
    slug: &str,
) -> Result<Found<RankedCategory>, AppError> {
    let directory = catalogue.current(conn)?;
    let Some(category) = directory.category(slug).cloned() else {
        let lower = slug.to_ascii_lowercase();
        return match directory.category(&lower).or_else(|| directory.category_moved(&lower)) {
            Some(category) => Ok(Found::At(format!("/categories/{}", category.slug))),
            None => Ok(Found::Nowhere(directory)),
        };
    };
    Ok(Found::Here(Box::new(ranked(conn, &directory, category)?)))
}

/// A category with its ranking.
pub(super) fn ranked(
    conn: &mut Db,
    directory: &Directory,
    category: Category,
) -> Result<RankedCategory, AppError> {
    let tools: Vec<Arc<Tool>> = tools_of(directory, &category).collect();
    let ids: Vec<i64> = tools.iter().map(|tool| tool.id).collect();
    let standings = tallies::versioned(conn, &ids)?;
    let tools = tools
        .into_iter()
        .map(|tool| Listed { tally: standings.get(&tool.id).copied().unwrap_or_default().tally, tool })
        .collect();
    Ok(RankedCategory { category, ranking: Ranking::new(tools) })
}

/// The published tools of a category, by name.
fn tools_of(directory: &Directory, category: &Category) -> impl Iterator<Item = Arc<Tool>> {
    directory.tools().iter().filter(|tool| tool.category_id == category.id).cloned()
}

/// Offers what may have been meant.
pub(super) fn no_such_category(directory: &Directory, slug: &str) -> AppError {
    let suggestions = near_categories(directory, slug, MOST_NEAR)
        .into_iter()
        .map(|near| Suggestion { href: format!("/categories/{}", near.slug), label: near.name.clone() })
        .collect();
    AppError::NotFound(NotFound { message: "There is no category at this address.".into(), suggestions })
}
