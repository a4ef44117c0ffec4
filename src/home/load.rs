//! Everything the first page shows, loaded at once.

use std::sync::Arc;

use chrono::NaiveDate;

use super::front::{self, Apart, Featured, Front, Pair};
use crate::catalogue::changes::{self, ChangeKind, ChangeQuery};
use crate::catalogue::{Comparison, Directory};
use crate::db::Db;
use crate::votes::LiveTallies;
use crate::web::error::AppError;

/// The first page of this day.
pub(super) fn front(
    conn: &mut Db,
    directory: Arc<Directory>,
    live_tallies: &LiveTallies,
    today: NaiveDate,
) -> Result<Front, AppError> {
    let tallies = live_tallies.all_tallies();
    let tally = |id: i64| tallies.get(&id).copied().unwrap_or_default();
    let both = |pair: &Pair| [tally(pair.first.id), tally(pair.second.id)];

    let verdicts = ChangeQuery { kind: Some(ChangeKind::Verdict), ..ChangeQuery::default() };
    let changed = changes::newest(conn, verdicts, front::MOST)?;

    let comparisons = directory.comparisons();
    let featured = front::of_the_day(comparisons, today);
    let newest = comparisons.iter().filter(|comparison| Some(*comparison) != featured);
    let pairs = comparisons.iter().filter_map(|comparison| pair(&directory, comparison));
    let tools = directory.tools();
    let known = tools.iter().map(|tool| Apart { tool: tool.clone(), tally: tally(tool.id) });
    let in_feature = |id: i64| featured.is_some_and(|pair| [pair.first, pair.second].contains(&id));
    let votable = tools.iter().filter(|tool| !in_feature(tool.id));

    Ok(Front {
        newest: newest.filter_map(|comparison| pair(&directory, comparison)).take(front::MOST).collect(),
        closest: front::closest(pairs.map(|pair| (pair.clone(), both(&pair)))),
        apart: front::furthest_apart(known),
        new_tools: front::newest(tools),
        wanting: front::wanting_votes(votable.map(|tool| (tool.clone(), tally(tool.id)))),
        featured: featured.and_then(|comparison| {
            let pair = pair(&directory, comparison)?;
            Some(Featured { tallies: both(&pair), pair, comparison: comparison.clone() })
        }),
        changed,
        tools: tools.len(),
        comparisons: comparisons.len(),
        directory,
    })
}

fn pair(directory: &Directory, comparison: &Comparison) -> Option<Pair> {
    Some(Pair {
        first: directory.tool_by_id(comparison.first)?.clone(),
        second: directory.tool_by_id(comparison.second)?.clone(),
        published_on: comparison.published_on,
    })
}
