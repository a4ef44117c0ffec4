//! Everything the first page shows, loaded at once.

use std::sync::Arc;

use chrono::NaiveDate;

use super::front::{self, Featured, Front};
use crate::catalogue::Directory;
use crate::catalogue::changes::{self, ChangeKind, ChangeQuery};
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

    Ok(Front {
        newest: newest.take(front::MOST).collect(),
        closest: front::closest(pairs),
        apart: front::furthest_apart(rated),
        new_tools: front::newest(tools),
        wanting: front::wanting_votes(votable),
        featured: featured.and_then(|comparison| {
            Some(Featured { rated: pair(comparison)?.rated(&tallies), comparison: comparison.clone() })
        }),
        changed,
        directory,
    })
}
