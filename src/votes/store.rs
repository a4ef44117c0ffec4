//! Votes in the database, as their voters see them.

use std::collections::HashMap;
use std::ops::Range;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

use crate::catalogue::Status;
use crate::db::schema::{tools, votes};
use crate::db::{Db, sql};
use crate::stats::Choice;

/// How many ids one query names at most; SQLite takes 32,766 variables, PostgreSQL 65,535.
pub const IDS_AT_ONCE: usize = 1000;

/// A vote of somebody's, for themselves to see.
#[derive(Debug, Clone)]
pub struct OwnVote {
    pub tool_id: i64,
    pub choice: Choice,
    pub cast_at: NaiveDateTime,
    /// Whether moderators have excluded it, so that it does not count.
    pub is_excluded: bool,
}

/// The votes of an account on these tools.
pub fn own_votes(conn: &mut Db, account_id: i64, tool_ids: &[i64]) -> QueryResult<HashMap<i64, OwnVote>> {
    let rows: Vec<OwnRow> = votes::table
        .filter(votes::account_id.eq(account_id))
        .filter(votes::tool_id.eq_any(tool_ids))
        .select((votes::tool_id, votes::choice, votes::cast_at, votes::exclusion_id))
        .load(conn)?;
    rows.into_iter().map(|row| own_vote(row).map(|vote| (vote.tool_id, vote))).collect()
}

/// How many votes an account has on published tools.
pub fn count_of(conn: &mut Db, account_id: i64) -> QueryResult<i64> {
    votes::table
        .inner_join(tools::table)
        .filter(votes::account_id.eq(account_id))
        .filter(tools::status.eq(Status::Published.to_i16()))
        .count()
        .get_result(conn)
}

/// The votes of an account on published tools that stand in `range`, newest first.
pub fn votes_of(conn: &mut Db, account_id: i64, range: Range<usize>) -> QueryResult<Vec<OwnVote>> {
    let (limit, offset) = sql::limit_and_offset(&range);
    let rows: Vec<OwnRow> = votes::table
        .inner_join(tools::table)
        .filter(votes::account_id.eq(account_id))
        .filter(tools::status.eq(Status::Published.to_i16()))
        .order((votes::cast_at.desc(), votes::id.desc()))
        .limit(limit)
        .offset(offset)
        .select((votes::tool_id, votes::choice, votes::cast_at, votes::exclusion_id))
        .load(conn)?;
    rows.into_iter().map(own_vote).collect()
}

/// Tool, choice, time, and the exclusion of a vote.
type OwnRow = (i64, i16, NaiveDateTime, Option<i64>);

fn own_vote((tool_id, choice, cast_at, exclusion_id): OwnRow) -> QueryResult<OwnVote> {
    Ok(OwnVote { tool_id, choice: stored_choice(choice)?, cast_at, is_excluded: exclusion_id.is_some() })
}

/// The choice behind a stored number.
///
/// # Errors
/// When there is none: it must not be counted as anything.
pub fn stored_choice(number: i16) -> QueryResult<Choice> {
    Choice::from_i16(number)
        .ok_or_else(|| DieselError::DeserializationError(format!("votes.choice is {number}").into()))
}
