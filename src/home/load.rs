//! Everything the first page shows, loaded at once.

use std::sync::Arc;

use chrono::NaiveDate;

use super::front::{self, Featured, Front};
use crate::catalogue::changes::{self, ChangeKind, ChangeQuery};
use crate::catalogue::{Directory, tell_apart, told_apart};
use crate::db::Db;
use crate::verdicts::pair::ToolPair;
use crate::verdicts::views::RatedTool;
use crate::votes::LiveTallies;
use crate::web::error::AppError;

/// The first page of this day.
pub(super) fn front(
    conn: &mut Db,
    directory: Arc<Directory>,
    live_tallies: &LiveTallies,
    today: NaiveDate,
) -> Result<Front, AppError> {
    let verdicts = ChangeQuery { kind: Some(ChangeKind::Verdict), ..ChangeQuery::default() };
    let changed = changes::newest(conn, verdicts, front::MOST)?;

    let (comparisons, tallies) = (directory.comparisons(), live_tallies.all_tallies());
    let featured = front::of_the_day(comparisons, today);
    let pair = |comparison| ToolPair::of_comparison(&directory, comparison);
    let others = comparisons.iter().filter(|comparison| Some(*comparison) != featured);
    let newest = others.filter_map(|comparison| Some((pair(comparison)?, comparison.published_on)));
    let pairs = comparisons.iter().filter_map(pair).map(|pair| pair.rated(&tallies));
    let tools = directory.tools();
    let rated = tools.iter().map(|tool| RatedTool::new(tool, &tallies));
    let in_feature = |id: i64| featured.is_some_and(|pair| [pair.first, pair.second].contains(&id));
    let votable = rated.clone().filter(|rated| !in_feature(rated.tool.id));

    let mut newest: Vec<_> = newest.take(front::MOST).collect();
    tell_apart(newest.iter_mut().flat_map(|(pair, _)| &mut pair.tools));
    let mut closest = front::closest(pairs);
    tell_apart(closest.iter_mut().flat_map(|contest| &mut contest.rated.pair.tools));
    let [mut apart, mut wanting] = [front::furthest_apart(rated), front::wanting_votes(votable)];
    for list in [&mut apart, &mut wanting] {
        tell_apart(list.iter_mut().map(|rated| &mut rated.tool));
    }

    Ok(Front {
        newest,
        closest,
        apart,
        new_tools: told_apart(front::newest(tools)),
        wanting,
        featured: featured.and_then(|comparison| {
            Some(Featured { rated: pair(comparison)?.rated(&tallies), comparison: comparison.clone() })
        }),
        changed,
        directory,
    })
}
