//! From which network a vote comes, as a keyed hash; it is kept for 30 days.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::votes;
use crate::db::sql::in_small_steps;
use crate::db::versions::{self, Of};

/// For how many days the hash is kept.
pub const KEPT_DAYS: i64 = 30;

/// Forgets from where the votes came that were cast more than [`KEPT_DAYS`] ago, and returns how many there were.
pub fn forget_old(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    let before = now - Duration::days(KEPT_DAYS);
    let old = votes::table.filter(votes::network.is_not_null()).filter(votes::cast_at.lt(before));
    in_small_steps(|most| {
        conn.write(|conn| {
            versions::take_turn(conn, Of::Votes)?;
            let ids: Vec<i64> = old.order(votes::cast_at).limit(most).select(votes::id).load(conn)?;
            diesel::update(votes::table.filter(votes::id.eq_any(ids)))
                .set(votes::network.eq(None::<i64>))
                .execute(conn)
        })
    })
}
