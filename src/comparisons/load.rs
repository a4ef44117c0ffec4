//! Everything one comparison shows, loaded in one go.

use std::{collections::HashMap, sync::Arc};

use super::find::{Found, Pair, find};
use crate::{
    catalogue::{
        Catalogue, Comparison, Directory, ToolDetail,
        changes::{self, Change},
        tool_detail,
    },
    db::Db,
    error::AppError,
    stats::Tally,
    voting::store::{self, OwnVote},
};

/// How many related comparisons are shown.
const RELATED: usize = 6;

/// Up to how many changes are shown.
const MOST_CHANGES: i64 = 8;

/// What a comparison shows.
pub(super) struct Loaded {
    pub directory: Arc<Directory>,
    pub pair: Pair,
    pub first: Side,
    pub second: Side,
    pub record: Option<Comparison>,
    pub related: Vec<(Pair, Tally, Tally)>,
    /// What changed of the two, newest first.
    pub changes: Vec<Change>,
}

impl Loaded {
    /// The tools whose votes it shows.
    pub(super) fn shown(&self) -> Vec<i64> {
        let pairs = std::iter::once(&self.pair).chain(self.related.iter().map(|(pair, _, _)| pair));
        pairs.flat_map(|pair| [pair.first.id, pair.second.id]).collect()
    }
}

/// One of its two tools.
pub(super) struct Side {
    pub detail: ToolDetail,
    pub tally: Tally,
    pub mine: Option<OwnVote>,
}

/// Where a request for a comparison leads.
pub(super) enum Outcome {
    Page(Box<Loaded>),
    Moved(String),
}

/// Loads the comparison that `text` names, with the votes of `account_id`.
pub(super) fn load(
    conn: &mut Db,
    catalogue: &Catalogue,
    text: &str,
    account_id: Option<i64>,
) -> Result<Outcome, AppError> {
    let directory = catalogue.current(conn)?;
    let pair = match find(&directory, text) {
        Found::Here(pair) => pair,
        Found::Elsewhere(path) => return Ok(Outcome::Moved(path)),
        Found::Nowhere(offer) => return Err(AppError::NotFound(offer)),
    };
    let ids = [pair.first.id, pair.second.id];
    let pairs = related(&directory, &pair);
    let shown: Vec<i64> =
        ids.into_iter().chain(pairs.iter().flat_map(|pair| [pair.first.id, pair.second.id])).collect();
    let standings = store::standings(conn, &shown)?;
    let tally = |id: i64| standings.get(&id).map(|standing| standing.tally).unwrap_or_default();
    let mut mine = match account_id {
        Some(account_id) => store::own_votes(conn, account_id, &ids)?,
        None => HashMap::new(),
    };
    let mut side = |id: i64| -> Result<Side, AppError> {
        Ok(Side { detail: tool_detail(conn, id)?, tally: tally(id), mine: mine.remove(&id) })
    };
    let (first, second) = (side(pair.first.id)?, side(pair.second.id)?);
    let changes = changes::of_tools(conn, &ids, MOST_CHANGES)?;
    let record = directory.comparison(pair.first.id, pair.second.id).cloned();
    let related = pairs
        .into_iter()
        .map(|pair| {
            let tallies = (tally(pair.first.id), tally(pair.second.id));
            (pair, tallies.0, tallies.1)
        })
        .collect();
    Ok(Outcome::Page(Box::new(Loaded { directory, pair, first, second, record, related, changes })))
}

/// Other pairs with one of the two in its category: published comparisons first, then any.
fn related(directory: &Directory, pair: &Pair) -> Vec<Pair> {
    let ours = [pair.first.id, pair.second.id];
    let published = directory
        .comparisons()
        .iter()
        .filter(|other| ours.contains(&other.first) != ours.contains(&other.second))
        .filter_map(|other| Pair::of(directory.tool_by_id(other.first)?, directory.tool_by_id(other.second)?))
        .filter(|other| other.first.category_id == other.second.category_id);
    let any = [&pair.first, &pair.second].into_iter().flat_map(|tool| {
        directory
            .tools()
            .iter()
            .filter(move |other| other.category_id == tool.category_id && !ours.contains(&other.id))
            .filter_map(move |other| Pair::of(tool, other))
            .take(RELATED / 2)
    });
    let mut pairs: Vec<Pair> = Vec::new();
    for other in published.chain(any) {
        if pairs.len() < RELATED && !pairs.iter().any(|known| known.path() == other.path()) {
            pairs.push(other);
        }
    }
    pairs
}
