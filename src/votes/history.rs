//! When the votes that count today were cast: day by day, for the figures over time.
//!
//! A vote is kept once, with the time of its last change. So a changed vote stands on the day it was changed, a removed or
//! excluded one on none, also not in the past; the notes below the figures say so.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use moka::future::Cache;

use super::LiveTallies;
use crate::db::{Database, Db};
use crate::stats::Tally;
use crate::web::error::AppError;

/// Up to how many votes a history is as new as the tally. With more, one vote moves no figure, and to count all again
/// for each would cost; then it is made again only when it is as old as this.
pub const EXACT_UP_TO: u64 = 5_000;
pub const KEPT: Duration = Duration::from_secs(300);

/// How many histories are held at most.
const MOST_HELD: u64 = 2_000;

const SECONDS_OF_A_DAY: i64 = 86_400;

/// The counted votes on a tool, by the day (UTC) of their last change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoteHistory {
    /// Days with votes, oldest first.
    pub days: Vec<(NaiveDate, Tally)>,
}

impl VoteHistory {
    /// All of its votes from this day on.
    pub fn since(&self, first: NaiveDate) -> Tally {
        sum(self.days.iter().filter(|(day, _)| *day >= first))
    }

    /// All of its votes.
    pub fn total(&self) -> Tally {
        sum(&self.days)
    }

    /// The first day with a vote.
    pub fn first_day(&self) -> Option<NaiveDate> {
        Some(self.days.first()?.0)
    }
}

fn sum<'a>(days: impl IntoIterator<Item = &'a (NaiveDate, Tally)>) -> Tally {
    days.into_iter().fold(Tally::default(), |sum, (_, tally)| Tally {
        ships: sum.ships.saturating_add(tally.ships),
        skips: sum.skips.saturating_add(tally.skips),
    })
}

/// The histories asked for lately.
pub struct VoteHistories {
    database: Database,
    /// By the id of the tool, how many votes on it are excluded, and the revision of its tally, 0 where one vote more does not
    /// matter.
    held: Cache<(i64, u64, i64), Arc<VoteHistory>>,
}

impl VoteHistories {
    /// Histories of this database; nothing is loaded yet.
    pub fn new(database: Database) -> Self {
        Self { database, held: Cache::builder().max_capacity(MOST_HELD).time_to_live(KEPT).build() }
    }

    /// The history of a tool; one load serves all who ask at once, and none is needed where nobody has voted.
    pub async fn of(&self, tallies: &LiveTallies, tool_id: i64) -> Result<Arc<VoteHistory>, AppError> {
        let newest = tallies.versioned(tool_id);
        if newest.tally.votes() == 0 {
            return Ok(Arc::default());
        }
        let revision = if newest.tally.votes() <= EXACT_UP_TO { newest.revision } else { 0 };
        let load = self.database.run(move |conn| Ok(Arc::new(conn.read(|conn| load(conn, tool_id))?)));
        let excluded = tallies.excluded(tool_id).total();
        let held = self.held.try_get_with((tool_id, excluded, revision), load).await;
        held.map_err(|cause: Arc<AppError>| cause.shared())
    }
}

/// Counts the votes on a tool by the day.
pub fn load(conn: &mut Db, tool_id: i64) -> QueryResult<VoteHistory> {
    let day = match conn {
        Db::Sqlite(_) => "CAST(strftime('%s', votes.cast_at) AS INTEGER) / 86400",
        Db::Pg(_) => "CAST(floor(extract(epoch FROM votes.cast_at) / 86400) AS BIGINT)",
    };
    let days: Vec<(i64, i64, i64)> = sql::<(BigInt, BigInt, BigInt)>(&format!(
        "SELECT {day}, CAST(sum(votes.choice) AS BIGINT), count(*) FROM votes \
         WHERE votes.tool_id = {tool_id} AND votes.exclusion_id IS NULL GROUP BY 1 ORDER BY 1"
    ))
    .load(conn)?;
    let counted = |(day, ships, votes): (i64, i64, i64)| {
        let at = DateTime::from_timestamp(day.saturating_mul(SECONDS_OF_A_DAY), 0)?;
        Some((at.date_naive(), Tally { ships: ships.unsigned_abs(), skips: (votes - ships).unsigned_abs() }))
    };
    Ok(VoteHistory { days: days.into_iter().filter_map(counted).collect() })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
impl VoteHistory {
    /// Ships and skips of days of November 2026.
    pub(crate) fn sample(days: &[(u32, u64, u64)]) -> Self {
        let day = |(day, ships, skips): &(u32, u64, u64)| {
            (NaiveDate::from_ymd_opt(2026, 11, *day).unwrap(), Tally { ships: *ships, skips: *skips })
        };
        Self { days: days.iter().map(day).collect() }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn votes_are_added_up_from_a_day_on() {
        let history = VoteHistory::sample(&[(1, 3, 1), (5, 2, 2), (9, 0, 1)]);
        let from = NaiveDate::from_ymd_opt(2026, 11, 5).unwrap();
        assert_eq!(history.since(from), Tally { ships: 2, skips: 3 });
        assert_eq!(history.total(), Tally { ships: 5, skips: 4 });
    }
}
