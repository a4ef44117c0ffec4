//! A selection of votes by what they have in common: a tool, an hour, new accounts, a network, a group of accounts.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Duration, NaiveDateTime};
use diesel::dsl::{count_star, max, min, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::vote_set::{MOST, VoteSet};
use crate::db::schema::{accounts, votes};
use crate::db::{Db, sql};
use crate::stats::rules::NEW_FOR_HOURS;
use crate::stats::{Choice, Tally};
use crate::votes::recount::sums;

/// Votes that have all of this in common; what is not stated does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    pub tool: Option<i64>,
    /// On any of these tools.
    pub tools: Option<Vec<i64>>,
    /// Cast within this hour; see [`hour_of`].
    pub hour: Option<i64>,
    pub since: Option<NaiveDateTime>,
    /// By accounts that were new when they voted.
    pub new: bool,
    /// From this network, as its hash.
    pub network: Option<i64>,
    /// By any of these accounts.
    pub accounts: Option<Vec<i64>>,
    /// With this exclusion.
    pub exclusion: Option<i64>,
}

/// A vote, and who cast it.
#[derive(Debug, Clone, Queryable)]
pub struct Ballot {
    pub id: i64,
    pub account_id: i64,
    pub handle: String,
    pub tool_id: i64,
    pub choice: Choice,
    pub cast_at: NaiveDateTime,
    /// When the account was made.
    pub account_since: NaiveDateTime,
    pub network: Option<i64>,
    pub exclusion_id: Option<i64>,
}

/// The number of an hour: whole hours since 1970.
pub fn hour_of(at: NaiveDateTime) -> i64 {
    at.and_utc().timestamp().div_euclid(3600)
}

/// When an hour begins.
pub fn start_of(hour: i64) -> NaiveDateTime {
    let seconds = hour.saturating_mul(3600);
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().naive_utc()
}

/// SQL that says whether the account behind a vote was new when it was cast.
pub(super) fn is_new(conn: &Db) -> String {
    match conn {
        Db::Sqlite(_) => {
            format!("julianday(votes.cast_at) - julianday(accounts.created_at) < {NEW_FOR_HOURS} / 24.0")
        }
        Db::Pg(_) => format!("votes.cast_at - accounts.created_at < interval '{NEW_FOR_HOURS} hours'"),
    }
}

/// SQL for [`hour_of`] a vote.
pub(super) fn hour_sql(conn: &Db) -> &'static str {
    match conn {
        Db::Sqlite(_) => "CAST(strftime('%s', votes.cast_at) AS INTEGER) / 3600",
        Db::Pg(_) => "CAST(floor(extract(epoch FROM votes.cast_at) / 3600) AS BIGINT)",
    }
}

/// A moment as both databases read it in SQL.
pub(super) fn moment_sql(at: NaiveDateTime) -> String {
    format!("'{}'", at.format("%Y-%m-%d %H:%M:%S"))
}

/// Narrows a query over votes and accounts down to a selection.
macro_rules! among {
    ($conn:expr, $query:expr, $of:expr) => {{
        let mut query = $query.into_boxed();
        if let Some(tool) = $of.tool {
            query = query.filter(votes::tool_id.eq(tool));
        }
        if let Some(tools) = &$of.tools {
            query = query.filter(votes::tool_id.eq_any(tools.clone()));
        }
        if let Some(hour) = $of.hour {
            let start = start_of(hour);
            query =
                query.filter(votes::cast_at.ge(start)).filter(votes::cast_at.lt(start + Duration::hours(1)));
        }
        if let Some(since) = $of.since {
            query = query.filter(votes::cast_at.ge(since));
        }
        if $of.new {
            query = query.filter(sql::<Bool>(&is_new($conn)));
        }
        if let Some(network) = $of.network {
            query = query.filter(votes::network.eq(network));
        }
        if let Some(accounts) = &$of.accounts {
            query = query.filter(votes::account_id.eq_any(accounts.clone()));
        }
        if let Some(exclusion) = $of.exclusion {
            query = query.filter(votes::exclusion_id.eq(exclusion));
        }
        query
    }};
}

impl Selection {
    /// All votes on a tool.
    pub fn of_tool(tool: i64) -> Self {
        Self { tool: Some(tool), ..Self::default() }
    }

    /// How many votes are in it, counted or not.
    pub fn count(&self, conn: &mut Db) -> QueryResult<usize> {
        let all = votes::table.inner_join(accounts::table).select(count_star());
        let n: i64 = among!(conn, all, self).get_result(conn)?;
        Ok(usize::try_from(n).unwrap_or_default())
    }

    /// The votes of it that count, by tool.
    pub fn counted(&self, conn: &mut Db) -> QueryResult<BTreeMap<i64, Tally>> {
        let all = votes::table
            .inner_join(accounts::table)
            .group_by((votes::tool_id, votes::choice))
            .select((votes::tool_id, votes::choice, count_star()));
        Ok(sums(among!(conn, all, self).filter(votes::exclusion_id.is_null()).load(conn)?))
    }

    /// The votes of it that count, as they are named in forms: by account and tool. At most [`MOST`] and one, so that who
    /// asks can tell that there are more.
    pub fn counted_set(&self, conn: &mut Db) -> QueryResult<VoteSet> {
        let all = votes::table.inner_join(accounts::table).select((votes::tool_id, votes::account_id));
        let rows: Vec<(i64, i64)> = among!(conn, all, self)
            .filter(votes::exclusion_id.is_null())
            .limit(sql::signed(MOST + 1))
            .load(conn)?;
        Ok(rows.into_iter().collect())
    }

    /// The accounts whose votes of it count, at most so many, those that voted last first.
    pub fn counted_accounts(&self, conn: &mut Db, most: usize) -> QueryResult<Vec<i64>> {
        let all =
            votes::table.inner_join(accounts::table).group_by(votes::account_id).select(votes::account_id);
        among!(conn, all, self)
            .filter(votes::exclusion_id.is_null())
            .order((max(votes::cast_at).desc(), votes::account_id))
            .limit(sql::signed(most))
            .load(conn)
    }

    /// Those of its votes that stand in `range`, newest first.
    pub fn list(&self, conn: &mut Db, range: &Range<usize>) -> QueryResult<Vec<Ballot>> {
        let (limit, offset) = sql::limit_and_offset(range);
        let all = votes::table.inner_join(accounts::table).select((
            votes::id,
            accounts::id,
            accounts::handle,
            votes::tool_id,
            votes::choice,
            votes::cast_at,
            accounts::created_at,
            votes::network,
            votes::exclusion_id,
        ));
        among!(conn, all, self)
            .order((votes::cast_at.desc(), votes::id.desc()))
            .limit(limit)
            .offset(offset)
            .load(conn)
    }
}

/// How many votes a tool got in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Hour {
    /// See [`hour_of`].
    pub hour: i64,
    pub votes: i64,
    /// How many of them are left out.
    pub excluded: i64,
}

/// The votes on a tool since a moment, hour by hour; hours without votes are missing.
pub fn hours(conn: &mut Db, tool_id: i64, since: NaiveDateTime) -> QueryResult<Vec<Hour>> {
    let (hour, since) = (hour_sql(conn), moment_sql(since));
    sql::<(BigInt, BigInt, BigInt)>(&format!(
        "SELECT {hour}, count(*), count(votes.exclusion_id) FROM votes \
         WHERE votes.tool_id = {tool_id} AND votes.cast_at >= {since} GROUP BY 1 ORDER BY 1"
    ))
    .load(conn)
}

/// The networks from which most votes on a tool came since a moment, with how many, and an account that voted from it.
pub fn networks(conn: &mut Db, tool_id: i64, since: NaiveDateTime, most: i64) -> QueryResult<Vec<Network>> {
    votes::table
        .filter(votes::tool_id.eq(tool_id))
        .filter(votes::cast_at.ge(since))
        .filter(votes::network.is_not_null())
        .group_by(votes::network)
        .order(count_star().desc())
        .limit(most)
        .select((votes::network.assume_not_null(), count_star(), min(votes::account_id).assume_not_null()))
        .load(conn)
}

/// A network from which a tool got votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Network {
    /// What is kept of it, for as long as it is kept.
    pub hash: i64,
    pub votes: i64,
    /// Somebody who voted from it; addresses name it so, and forget it with their vote.
    pub account: i64,
}

/// From which network the vote of an account on a tool came, while that is known.
pub fn network_of(conn: &mut Db, tool_id: i64, account_id: i64) -> QueryResult<Option<i64>> {
    let vote = votes::table.filter(votes::tool_id.eq(tool_id)).filter(votes::account_id.eq(account_id));
    Ok(vote.select(votes::network).first::<Option<i64>>(conn).optional()?.flatten())
}
