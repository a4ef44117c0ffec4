//! Everything one comparison shows.

use std::sync::Arc;

use super::find::Pair;
use crate::catalogue::changes::Change;
use crate::catalogue::{Comparison, Directory, ToolDetail};
use crate::stats::Tally;
use crate::votes::LiveTallies;
use crate::votes::excluded::ExcludedVotes;

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

/// The tools whose votes are shown with a pair and these beside it.
fn shown(pair: &Pair, related: &[Pair]) -> Vec<i64> {
    std::iter::once(pair).chain(related).flat_map(Pair::ids).collect()
}

/// All that a comparison shows.
pub(super) fn load(
    directory: Arc<Directory>,
    live_tallies: &LiveTallies,
    pair: Pair,
    details: [Arc<ToolDetail>; 2],
) -> Loaded {
    let related = related(&directory, &pair);
    let tallies = live_tallies.tallies(&shown(&pair, &related));
    let tally = |id: i64| tallies.get(&id).copied().unwrap_or_default();
    let [first, second] = details;
    let side = |id: i64, detail| Side { detail, tally: tally(id), excluded: live_tallies.excluded(id) };
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
    let mut pairs: Vec<Pair> = Vec::with_capacity(RELATED);
    for other in published.chain(any) {
        if pairs.len() == RELATED {
            break;
        }
        if !pairs.iter().any(|known| known.path() == other.path()) {
            pairs.push(other);
        }
    }
    pairs
}
