//! Everything one comparison shows.

use std::sync::Arc;

use crate::catalogue::changes::Change;
use crate::catalogue::{Comparison, Directory, ToolDetail, tell_apart};
use crate::verdicts::pair::{RatedPair, ToolPair};
use crate::verdicts::views::RatedTool;
use crate::votes::excluded::ExcludedVotes;
use crate::votes::{LiveTallies, VoteHistory};

/// How many related comparisons are shown.
const RELATED: usize = 6;

/// Up to how many changes are shown.
const MOST_CHANGES: usize = 8;

/// What a comparison shows.
pub(super) struct Loaded {
    pub directory: Arc<Directory>,
    pub rated: RatedPair,
    pub sides: [ComparedTool; 2],
    pub record: Option<Comparison>,
    pub related: Vec<RatedPair>,
    /// What changed of the two, newest first.
    pub changes: Vec<Change>,
    /// When the votes on the two were cast; none in a preview.
    pub histories: Option<[Arc<VoteHistory>; 2]>,
}

impl Loaded {
    /// The tools whose votes it shows.
    pub(super) fn shown(&self) -> Vec<i64> {
        std::iter::once(&self.rated).chain(&self.related).flat_map(|rated| rated.pair.ids()).collect()
    }
}

/// One of its two tools.
pub(super) struct ComparedTool {
    pub rated: RatedTool,
    pub detail: Arc<ToolDetail>,
    pub excluded: ExcludedVotes,
}

pub(super) fn load(
    directory: Arc<Directory>,
    live_tallies: &LiveTallies,
    pair: ToolPair,
    details: [Arc<ToolDetail>; 2],
    histories: Option<[Arc<VoteHistory>; 2]>,
) -> Loaded {
    let [first, second] = pair.ids();
    let record = directory.comparison(first, second).cloned();
    let related = related(&directory, &pair);
    let ids: Vec<i64> = related.iter().chain([&pair]).flat_map(ToolPair::ids).collect();
    let tallies = live_tallies.tallies(&ids);
    let mut related: Vec<RatedPair> = related.into_iter().map(|pair| pair.rated(&tallies)).collect();
    tell_apart(related.iter_mut().flat_map(|rated| &mut rated.pair.tools));
    let changes = newest_changes(details.each_ref());
    let rated = pair.rated(&tallies);
    let side = |rated: RatedTool, detail| ComparedTool {
        excluded: live_tallies.excluded(rated.tool.id),
        rated,
        detail,
    };
    let ([a, b], [of_a, of_b]) = (rated.sides(), details);
    Loaded { sides: [side(a, of_a), side(b, of_b)], directory, rated, record, related, changes, histories }
}

fn newest_changes(details: [&Arc<ToolDetail>; 2]) -> Vec<Change> {
    let mut changes: Vec<Change> = details.into_iter().flat_map(|detail| &detail.changes).cloned().collect();
    changes.sort_by_key(|change| std::cmp::Reverse((change.made_at, change.id)));
    changes.truncate(MOST_CHANGES);
    changes
}

/// Other pairs with one of the two in its category: published comparisons first, then any.
fn related(directory: &Directory, pair: &ToolPair) -> Vec<ToolPair> {
    let ours = pair.ids();
    let published = directory
        .comparisons()
        .iter()
        .filter(|other| ours.contains(&other.first) != ours.contains(&other.second))
        .filter_map(|other| ToolPair::of_comparison(directory, other))
        .filter(|other| other.tools[0].category_id == other.tools[1].category_id);
    let any = pair.tools.iter().flat_map(|tool| {
        directory
            .tools()
            .iter()
            .filter(move |other| other.category_id == tool.category_id && !ours.contains(&other.id))
            .filter_map(move |other| ToolPair::of(tool, other))
            .take(RELATED / 2)
    });
    let mut pairs: Vec<ToolPair> = published.take(RELATED).collect();
    for other in any {
        if pairs.len() < RELATED && !pairs.iter().any(|known| known.ids() == other.ids()) {
            pairs.push(other);
        }
    }
    pairs
}
