//! What each page needs, fetched with one connection.

use std::sync::Arc;

use diesel::QueryResult;

use super::asked_pair::asked_pair;
use super::listing::{PER_PAGE, ToolFilters, ToolSort, arrange, order_of};
use super::ranking::Ranking;
use crate::catalogue::near_names::near_categories;
use crate::catalogue::{
    Category, Directory, Tool, ToolDetail, at_its_address, near_tools, search, tell_apart, told_apart,
};
use crate::db::Db;
use crate::verdicts::pair::ToolPair;
use crate::verdicts::views::RatedTool;
use crate::votes::excluded::ExcludedVotes;
use crate::votes::{LiveTallies, Tallies, VoteHistory};
use crate::web::error::{AppError, NotFound, Suggestion};
use crate::web::paging::Page;

/// The most names that are offered in place of one that is not there.
const MOST_NEAR: usize = 5;

/// The most alternatives on a tool's page.
const MOST_ALTERNATIVES: usize = 5;

/// The most comparisons on a tool's page.
const MOST_COMPARISONS: usize = 6;

/// One page of the list of tools.
pub(super) struct Listing {
    pub directory: Arc<Directory>,
    pub filters: ToolFilters,
    pub page: Page,
    pub shown: Vec<RatedTool>,
    /// In which order.
    pub order: ToolSort,
    /// The comparison that the search asks for.
    pub comparison: Option<ToolPair>,
    /// What may have been meant, if nothing was found.
    pub near: Vec<Arc<Tool>>,
}

pub(super) fn listing(
    conn: &mut Db,
    directory: Arc<Directory>,
    live_tallies: &LiveTallies,
    mut filters: ToolFilters,
) -> QueryResult<Listing> {
    filters.category =
        filters.category.and_then(|slug| Some(directory.category_now_or_once(&slug)?.slug.to_string()));
    let all = directory.tools();
    let mut places: Vec<usize> = match filters.q.as_str() {
        "" => (0..all.len()).collect(),
        q => search::find(conn, &directory, q)?,
    };
    let comparison = asked_pair(&directory, &filters.q);
    if let Some(pair) = &comparison {
        let both = pair.tools.iter().filter_map(|tool| directory.position(tool.id));
        let both: Vec<usize> = both.filter(|place| !places.contains(place)).collect();
        places.splice(0..0, both);
    }
    if filters.sort != ToolSort::Relevance {
        // By name.
        places.sort_unstable();
    }
    let found =
        places.into_iter().filter_map(|place| all.get(place)).filter(|tool| filters.let_through(tool));
    let mut tools: Vec<RatedTool> = if filters.sort.counts_votes() {
        rated(found, live_tallies)
    } else {
        found.map(|tool| RatedTool::new(tool, &Tallies::new())).collect()
    };
    let order = order_of(&tools, filters.sort);
    arrange(&mut tools, order);
    let page = Page::nearest(filters.page, tools.len(), PER_PAGE);
    filters.page = page.number;
    let shown = rated(&told_apart(page.of(&tools).iter().map(|listed| &listed.tool)), live_tallies);
    let near =
        if page.total == 0 { told_apart(near_tools(&directory, &filters.q, MOST_NEAR)) } else { Vec::new() };
    Ok(Listing { directory, filters, page, shown, order, comparison, near })
}

/// All about one tool.
pub(super) struct Sheet {
    pub directory: Arc<Directory>,
    pub rated: RatedTool,
    pub detail: Arc<ToolDetail>,
    pub excluded: ExcludedVotes,
    /// When its votes were cast; none in a preview.
    pub history: Option<Arc<VoteHistory>>,
    /// The others of its category, by name.
    pub peers: Vec<Arc<Tool>>,
    /// The best of them.
    pub alternatives: Vec<RatedTool>,
    /// Its published comparisons, newest first, each with the other tool.
    pub compared: Vec<(ToolPair, RatedTool)>,
}

impl Sheet {
    /// The tools whose votes it shows, or might show once they change: all of its category.
    pub(super) fn shown(&self) -> Vec<i64> {
        let others = self.peers.iter().map(|tool| tool.id);
        let compared = self.compared.iter().map(|(_, other)| other.tool.id);
        std::iter::once(self.rated.tool.id).chain(others).chain(compared).collect()
    }
}

/// These tools with their votes.
fn rated<'a>(tools: impl IntoIterator<Item = &'a Arc<Tool>>, live_tallies: &LiveTallies) -> Vec<RatedTool> {
    let tools: Vec<&Arc<Tool>> = tools.into_iter().collect();
    let tallies = live_tallies.tallies(&tools.iter().map(|tool| tool.id).collect::<Vec<_>>());
    tools.into_iter().map(|tool| RatedTool::new(tool, &tallies)).collect()
}

/// The tool of an address.
pub(super) fn tool(directory: &Directory, slug: &str) -> Result<Option<Arc<Tool>>, AppError> {
    let found = directory.tool_now_or_once(&slug.to_ascii_lowercase());
    at_its_address(slug, found.map(|tool| (Arc::clone(tool), format!("/tools/{}", tool.slug))))
}

pub(super) fn sheet(
    directory: Arc<Directory>,
    live_tallies: &LiveTallies,
    tool: &Arc<Tool>,
    detail: Arc<ToolDetail>,
    history: Option<Arc<VoteHistory>>,
) -> Sheet {
    let peers: Vec<Arc<Tool>> = directory
        .tools()
        .iter()
        .filter(|other| other.category_id == tool.category_id && other.id != tool.id)
        .cloned()
        .collect();
    let tallies = live_tallies.all_tallies();
    let rated = |tool: &Arc<Tool>| RatedTool::new(tool, &tallies);
    let mut alternatives: Vec<RatedTool> = peers.iter().map(rated).collect();
    arrange(&mut alternatives, ToolSort::Community);
    alternatives.truncate(MOST_ALTERNATIVES);
    tell_apart(alternatives.iter_mut().map(|rated| &mut rated.tool));
    let comparisons = directory.comparisons().iter();
    let mut compared: Vec<(ToolPair, RatedTool)> = comparisons
        .filter(|comparison| [comparison.first, comparison.second].contains(&tool.id))
        .filter_map(|comparison| {
            let pair = ToolPair::of_comparison(&directory, comparison)?;
            let other = rated(pair.tools.iter().find(|other| other.id != tool.id)?);
            Some((pair, other))
        })
        .take(MOST_COMPARISONS)
        .collect();
    tell_apart(compared.iter_mut().map(|(_, other)| &mut other.tool));
    let (rated, excluded) = (rated(tool), live_tallies.excluded(tool.id));
    Sheet { directory, rated, detail, excluded, history, peers, alternatives, compared }
}

pub(super) struct RankedCategory {
    pub category: Category,
    pub ranking: Ranking,
}

/// Every category with its ranking, in the order of the catalogue.
pub(super) fn rankings(directory: &Directory, live_tallies: &LiveTallies) -> Vec<RankedCategory> {
    directory.categories().iter().map(|category| ranked(directory, live_tallies, category.clone())).collect()
}

/// The category of an address.
pub(super) fn category(directory: &Directory, slug: &str) -> Result<Option<Category>, AppError> {
    let found = directory.category_now_or_once(&slug.to_ascii_lowercase());
    at_its_address(slug, found.map(|category| (category.clone(), format!("/categories/{}", category.slug))))
}

pub(super) fn ranked(
    directory: &Directory,
    live_tallies: &LiveTallies,
    category: Category,
) -> RankedCategory {
    let tools = directory.tools().iter().filter(|tool| tool.category_id == category.id);
    let ranking = Ranking::new(rated(tools, live_tallies));
    RankedCategory { category, ranking }
}

/// Offers what may have been meant.
pub(super) fn no_such_category(directory: &Directory, slug: &str) -> AppError {
    let suggestions = near_categories(directory, slug, MOST_NEAR)
        .into_iter()
        .map(|near| Suggestion { href: format!("/categories/{}", near.slug), label: near.name.clone() })
        .collect();
    AppError::NotFound(NotFound { message: "There is no category at this address.".into(), suggestions })
}
