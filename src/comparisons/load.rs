//! Everything one comparison shows, loaded in one go.

use std::sync::Arc;

use super::find::{Found, Pair, find, pair_at};
use crate::{
    catalogue::{Catalogue, Comparison, Directory, ToolDetail, changes::Change},
    db::Db,
    stats::Tally,
    votes::{LiveTallies, excluded::ExcludedVotes},
    web::error::AppError,
};

/// How many related comparisons are shown.
const RELATED: usize = 6;

/// Up to how many changes are shown.
const MOST_CHANGES: usize = 8;

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
        pairs.flat_map(Pair::ids).collect()
    }
}

/// One of its two tools.
pub(super) struct Side {
    pub detail: Arc<ToolDetail>,
    pub tally: Tally,
    pub excluded: ExcludedVotes,
}

/// Where a request for a comparison leads.
pub(super) enum Outcome {
    Page(Box<Loaded>),
    Moved(String),
}

/// Loads the comparison that `text` names.
pub(super) fn load(
    conn: &mut Db,
    catalogue: &Catalogue,
    standings: &LiveTallies,
    text: &str,
) -> Result<Outcome, AppError> {
    let directory = catalogue.current(conn)?;
    let pair = match find(&directory, text) {
        Found::Here(pair) => pair,
        Found::Elsewhere(path) => return Ok(Outcome::Moved(path)),
        Found::Nowhere(offer) => return Err(AppError::NotFound(offer)),
    };
    let ids = pair.ids();
    let details = [catalogue.detail(conn, &directory, ids[0])?, catalogue.detail(conn, &directory, ids[1])?];
    let related = related(&directory, &pair);
    Ok(Outcome::Page(Box::new(assemble(directory, pair, related, details, standings))))
}

/// The comparison at this address, if all of it is in memory.
pub(super) fn remembered(catalogue: &Catalogue, standings: &LiveTallies, text: &str) -> Option<Box<Loaded>> {
    let directory = catalogue.held(standings.freshness().now().catalogue)?;
    let pair = pair_at(&directory, text)?;
    let details = [
        catalogue.held_detail(&directory, pair.first.id)?,
        catalogue.held_detail(&directory, pair.second.id)?,
    ];
    let related = related(&directory, &pair);
    Some(Box::new(assemble(directory, pair, related, details, standings)))
}

/// The tools whose votes are shown with a pair and these beside it.
fn shown(pair: &Pair, related: &[Pair]) -> Vec<i64> {
    std::iter::once(pair).chain(related).flat_map(Pair::ids).collect()
}

fn assemble(
    directory: Arc<Directory>,
    pair: Pair,
    related: Vec<Pair>,
    details: [Arc<ToolDetail>; 2],
    standings: &LiveTallies,
) -> Loaded {
    let tallies = standings.tallies(&shown(&pair, &related));
    let tally = |id: i64| tallies.get(&id).copied().unwrap_or_default();
    let [first, second] = details;
    let side = |id: i64, detail| Side { detail, tally: tally(id), excluded: standings.excluded(id) };
    let (first, second) = (side(pair.first.id, first), side(pair.second.id, second));
    let record = directory.comparison(pair.first.id, pair.second.id).cloned();
    let related = related
        .into_iter()
        .map(|pair| {
            let tallies = (tally(pair.first.id), tally(pair.second.id));
            (pair, tallies.0, tallies.1)
        })
        .collect();
    let changes = newest_changes([&first.detail, &second.detail]);
    Loaded { directory, pair, first, second, record, related, changes }
}

/// What changed of the two last.
fn newest_changes(details: [&ToolDetail; 2]) -> Vec<Change> {
    let mut changes: Vec<Change> = details.into_iter().flat_map(|detail| &detail.changes).cloned().collect();
    changes.sort_by_key(|change| std::cmp::Reverse((change.made_at, change.id)));
    changes.truncate(MOST_CHANGES);
    changes
}

/// Other pairs with one of the two in its category: published comparisons first, then any.
fn related(directory: &Directory, pair: &Pair) -> Vec<Pair> {
    let ours = pair.ids();
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
