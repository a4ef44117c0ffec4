//! The week in figures: how much happened on each of the last seven days, in UTC.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::{accounts, changes, log_entries, votes};

/// How many days a week has.
const DAYS: i64 = 7;

/// A number for each day, oldest first.
pub(super) type Daily = Vec<(NaiveDate, u64)>;

/// What happened, day by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Week {
    pub votes: Daily,
    pub sign_ups: Daily,
    /// Changes that readers see.
    pub changes: Daily,
    pub acts: Daily,
}

/// Counts the rows of a table whose time falls on each day.
macro_rules! daily {
    ($conn:expr, $today:expr, $table:expr, $time:expr) => {{
        let mut days = Daily::new();
        for back in (0..DAYS).rev() {
            let day = $today - TimeDelta::days(back);
            let (from, to) =
                (day.and_time(NaiveTime::MIN), (day + TimeDelta::days(1)).and_time(NaiveTime::MIN));
            let n: i64 = $table.filter($time.ge(from)).filter($time.lt(to)).count().get_result($conn)?;
            days.push((day, u64::try_from(n).unwrap_or_default()));
        }
        days
    }};
}

/// The week that ends today.
pub(super) fn week(conn: &mut Db, today: NaiveDate) -> QueryResult<Week> {
    Ok(Week {
        votes: daily!(conn, today, votes::table, votes::cast_at),
        sign_ups: daily!(conn, today, accounts::table, accounts::created_at),
        changes: daily!(conn, today, changes::table, changes::made_at),
        acts: daily!(conn, today, log_entries::table, log_entries::made_at),
    })
}
