//! Votes in the database, as their voters see them, and how a stored kind of exclusion is read.

use std::collections::HashMap;
use std::ops::Range;

use chrono::NaiveDateTime;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromStaticSqlRow};
use diesel::prelude::*;
use diesel::sql_types::SmallInt;

use super::exclusion_kind::ExclusionKind;
use crate::catalogue::Status;
use crate::db::schema::{tools, votes};
use crate::db::{Db, sql};
use crate::stats::Choice;

/// How many ids one query names at most; SQLite takes 32,766 variables, PostgreSQL 65,535.
pub const IDS_AT_ONCE: usize = 1000;

/// A vote of somebody's, for themselves to see.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = votes)]
pub struct OwnVote {
    pub tool_id: i64,
    pub choice: Choice,
    pub cast_at: NaiveDateTime,
    /// Whether moderators have excluded it, so that it does not count.
    #[diesel(select_expression = votes::exclusion_id.is_not_null())]
    pub is_excluded: bool,
}

/// The votes of an account on these tools.
pub fn own_votes(conn: &mut Db, account_id: i64, tool_ids: &[i64]) -> QueryResult<HashMap<i64, OwnVote>> {
    let votes: Vec<OwnVote> = votes::table
        .filter(votes::account_id.eq(account_id))
        .filter(votes::tool_id.eq_any(tool_ids))
        .select(OwnVote::as_select())
        .load(conn)?;
    Ok(votes.into_iter().map(|vote| (vote.tool_id, vote)).collect())
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
    votes::table
        .inner_join(tools::table)
        .filter(votes::account_id.eq(account_id))
        .filter(tools::status.eq(Status::Published.to_i16()))
        .order((votes::cast_at.desc(), votes::id.desc()))
        .limit(limit)
        .offset(offset)
        .select(OwnVote::as_select())
        .load(conn)
}

/// An unknown number is another reason.
impl<DB: Backend> Queryable<SmallInt, DB> for ExclusionKind
where
    i16: FromStaticSqlRow<SmallInt, DB>,
{
    type Row = i16;

    fn build(number: i16) -> deserialize::Result<Self> {
        Ok(Self::from_i16(number).unwrap_or(Self::Other))
    }
}
