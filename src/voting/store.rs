//! Votes and tallies in the database. A vote and the tally it moves change in one transaction.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use chrono::NaiveDateTime;
use diesel::prelude::*;

pub use super::cast::{Cast, cast_all};
use super::{
    moved::{self, published_tools},
    stream::Watched,
    vote::Delta,
};
use crate::{
    db::Db,
    live::Versioned,
    schema::{tallies, tools, votes},
    sql,
    stats::{Choice, Tally},
};

/// The value of `tools.status` for what readers see.
pub(super) const PUBLISHED: i16 = 1;

/// How many ids one query names at most; SQLite takes 32,766 variables, PostgreSQL 65,535.
pub(super) const IDS_AT_ONCE: usize = 1000;

/// A tool's tally as it is stored, and how new it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    pub tally: Tally,
    /// The version of all votes at its last change; 0 before the first vote.
    pub revision: i64,
}

impl Versioned for Standing {
    fn revision(&self) -> i64 {
        self.revision
    }
}

/// A vote of somebody's, for themselves to see.
#[derive(Debug, Clone)]
pub struct OwnVote {
    pub tool_id: i64,
    pub choice: Choice,
    pub cast_at: NaiveDateTime,
    /// Whether moderators have set it aside, so that it does not count.
    pub set_aside: bool,
}

/// The published ones of these tools, in the order asked for: one for each slug that a tool has or had.
///
/// # Errors
/// When the database fails.
pub fn published(conn: &mut Db, slugs: &[String]) -> QueryResult<Vec<Watched>> {
    let found = published_tools(conn, slugs.iter().map(String::as_str))?;
    let watched =
        |tool: &moved::Tool| Watched { id: tool.id, slug: tool.slug.clone(), name: tool.name.clone() };
    Ok(slugs.iter().filter_map(|slug| found.get(slug)).map(watched).collect())
}

/// The standing of each of these tools; one that nobody voted on is at zero.
///
/// # Errors
/// When the database fails.
pub fn standings(conn: &mut Db, tool_ids: &[i64]) -> QueryResult<HashMap<i64, Standing>> {
    let mut all: HashMap<i64, Standing> = tool_ids.iter().map(|id| (*id, Standing::default())).collect();
    for ids in tool_ids.chunks(IDS_AT_ONCE) {
        let rows: Vec<Row> = tallies::table.filter(tallies::tool_id.eq_any(ids)).load(conn)?;
        all.extend(rows.into_iter().map(Row::standing));
    }
    Ok(all)
}

/// The standings that changed after `revision`, oldest change first.
///
/// # Errors
/// When the database fails.
pub fn changed_since(conn: &mut Db, revision: i64) -> QueryResult<Vec<(i64, Standing)>> {
    let rows: Vec<Row> =
        tallies::table.filter(tallies::revision.gt(revision)).order(tallies::revision).load(conn)?;
    Ok(rows.into_iter().map(Row::standing).collect())
}

/// The standing of every tool that has one.
///
/// # Errors
/// When the database fails.
pub fn all_standings(conn: &mut Db) -> QueryResult<HashMap<i64, Standing>> {
    let rows: Vec<Row> = tallies::table.load(conn)?;
    Ok(rows.into_iter().map(Row::standing).collect())
}

/// The tally of every tool that has one.
///
/// # Errors
/// When the database fails.
pub fn all_tallies(conn: &mut Db) -> QueryResult<HashMap<i64, Tally>> {
    Ok(all_standings(conn)?.into_iter().map(|(id, standing)| (id, standing.tally)).collect())
}

/// The votes of an account on these tools.
///
/// # Errors
/// When the database fails.
pub fn own_votes(conn: &mut Db, account_id: i64, tool_ids: &[i64]) -> QueryResult<HashMap<i64, OwnVote>> {
    let rows: Vec<OwnRow> = votes::table
        .filter(votes::account_id.eq(account_id))
        .filter(votes::tool_id.eq_any(tool_ids))
        .select((votes::tool_id, votes::choice, votes::cast_at, votes::exclusion_id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(own_vote).map(|vote| (vote.tool_id, vote)).collect())
}

/// How many votes an account has on published tools.
///
/// # Errors
/// When the database fails.
pub fn count_of(conn: &mut Db, account_id: i64) -> QueryResult<i64> {
    votes::table
        .inner_join(tools::table)
        .filter(votes::account_id.eq(account_id))
        .filter(tools::status.eq(PUBLISHED))
        .count()
        .get_result(conn)
}

/// The votes of an account on published tools that stand in `range`, newest first.
///
/// # Errors
/// When the database fails.
pub fn votes_of(conn: &mut Db, account_id: i64, range: Range<usize>) -> QueryResult<Vec<OwnVote>> {
    let (limit, offset) = sql::limit_and_offset(&range);
    let rows: Vec<OwnRow> = votes::table
        .inner_join(tools::table)
        .filter(votes::account_id.eq(account_id))
        .filter(tools::status.eq(PUBLISHED))
        .order((votes::cast_at.desc(), votes::id.desc()))
        .limit(limit)
        .offset(offset)
        .select((votes::tool_id, votes::choice, votes::cast_at, votes::exclusion_id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(own_vote).collect())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = tallies)]
struct Row {
    tool_id: i64,
    ships: i64,
    skips: i64,
    revision: i64,
}

impl Row {
    fn standing(self) -> (i64, Standing) {
        let tally = Tally { ships: self.ships.unsigned_abs(), skips: self.skips.unsigned_abs() };
        (self.tool_id, Standing { tally, revision: self.revision })
    }
}

/// Tool, choice, time, and the exclusion of a vote.
type OwnRow = (i64, i16, NaiveDateTime, Option<i64>);

fn own_vote((tool_id, choice, cast_at, exclusion_id): OwnRow) -> Option<OwnVote> {
    Some(OwnVote { tool_id, choice: Choice::from_i16(choice)?, cast_at, set_aside: exclusion_id.is_some() })
}

/// The standings of these tools, locked until the transaction ends. SQLite's write lock covers
/// them already; on PostgreSQL each gets a row to lock if it has none.
pub(super) fn locked_standings(conn: &mut Db, ids: &BTreeSet<i64>) -> QueryResult<HashMap<i64, Standing>> {
    let wanted = tallies::table.filter(tallies::tool_id.eq_any(ids)).order(tallies::tool_id);
    let rows: Vec<Row> = match conn {
        Db::Sqlite(c) => wanted.load(c)?,
        Db::Pg(c) => {
            let empty: Vec<Row> =
                ids.iter().map(|id| Row { tool_id: *id, ships: 0, skips: 0, revision: 0 }).collect();
            diesel::insert_into(tallies::table).values(&empty).on_conflict_do_nothing().execute(c)?;
            wanted.for_update().load(c)?
        }
    };
    Ok(rows.into_iter().map(Row::standing).collect())
}

/// The choice behind a stored number; the table holds no others.
pub(super) fn own_choice(number: i16) -> Choice {
    Choice::from_i16(number).unwrap_or(Choice::Skip)
}

/// A tally after its votes changed by so much.
pub(super) fn moved_by(tally: Tally, moved: Delta) -> Tally {
    Tally {
        ships: tally.ships.saturating_add_signed(moved.ships),
        skips: tally.skips.saturating_add_signed(moved.skips),
    }
}

pub(super) fn write_standing(conn: &mut Db, tool_id: i64, standing: Standing) -> QueryResult<()> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let row = Row {
        tool_id,
        ships: count(standing.tally.ships),
        skips: count(standing.tally.skips),
        revision: standing.revision,
    };
    crate::each!(conn, c => diesel::insert_into(tallies::table)
        .values(&row)
        .on_conflict(tallies::tool_id)
        .do_update()
        .set((
            tallies::ships.eq(row.ships),
            tallies::skips.eq(row.skips),
            tallies::revision.eq(row.revision),
        ))
        .execute(c))?;
    Ok(())
}
