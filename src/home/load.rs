//! Everything the first page shows, loaded at once.

use std::sync::Arc;

use chrono::NaiveDate;

use super::front::{self, Contest, Featured, Front};
use super::lately::lately;
use crate::catalogue::changes::{self, ChangeKind, ChangeQuery};
use crate::catalogue::{Comparison, Directory, tell_apart};
use crate::db::Db;
use crate::submissions::queue;
use crate::verdicts::pair::ToolPair;
use crate::verdicts::views::RatedTool;
use crate::votes::LiveTallies;
use crate::web::error::AppError;

/// How many accepted corrections are looked at, of which the newest days are shown.
const MOST_CORRECTIONS: i64 = 30;

/// The first page of this day.
pub(super) fn front(
    conn: &mut Db,
    directory: Arc<Directory>,
    live_tallies: &LiveTallies,
    today: NaiveDate,
) -> Result<Front, AppError> {
    let verdicts = ChangeQuery { kind: Some(ChangeKind::Verdict), ..ChangeQuery::default() };
    let changed = changes::newest(conn, verdicts, front::MOST)?;

    let corrections = queue::accepted_corrections(conn, MOST_CORRECTIONS)?;

    let (comparisons, tallies) = (directory.comparisons(), live_tallies.all_tallies());
    let pair = |comparison| ToolPair::of_comparison(&directory, comparison);
    let pairs = comparisons.iter().filter_map(pair).map(|pair| pair.rated(&tallies));
    let mut closest = front::closest(pairs);
    let featured = featured(&directory, &closest, today);
    let featured = featured.and_then(|(comparison, is_contest)| {
        let rated = pair(comparison)?.rated(&tallies);
        Some(Featured { rated, comparison: comparison.clone(), is_contest })
    });
    let others =
        comparisons.iter().filter(|one| featured.iter().all(|featured| featured.comparison != **one));
    let newest = others.filter_map(|comparison| Some((pair(comparison)?, comparison.published_on)));
    let rated = directory.tools().iter().map(|tool| RatedTool::new(tool, &tallies));
    let in_feature = |id: i64| featured.iter().any(|featured| featured.rated.pair.ids().contains(&id));
    let votable = rated.clone().filter(|rated| !in_feature(rated.tool.id));

    let mut newest: Vec<_> = newest.take(front::MOST).collect();
    tell_apart(newest.iter_mut().flat_map(|(pair, _)| &mut pair.tools));
    tell_apart(closest.iter_mut().flat_map(|contest| &mut contest.rated.pair.tools));
    let [mut apart, mut wanting] = [front::comparable(rated), front::wanting_votes(votable, today)];
    for list in [&mut apart, &mut wanting] {
        tell_apart(list.iter_mut().map(|rated| &mut rated.tool));
    }
    let lately = lately(&directory, &corrections);
    Ok(Front { newest, closest, apart, wanting, featured, lately, changed, directory })
}

/// The comparison of the day, and whether it is a close contest: of those where there are any.
fn featured<'a>(
    directory: &'a Directory,
    contests: &[Contest],
    today: NaiveDate,
) -> Option<(&'a Comparison, bool)> {
    if let Some(contest) = front::of_the_day(contests, today) {
        let [first, second] = contest.rated.pair.ids();
        return Some((directory.comparison(first, second)?, true));
    }
    Some((front::of_the_day(directory.comparisons(), today)?, false))
}
