//! Votes and tallies in the database. A vote and the tally it moves change in one transaction.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
};

use chrono::NaiveDateTime;
use diesel::{prelude::*, result::Error as DieselError};

pub use super::cast::{Cast, cast_all};
use super::vote::Delta;
use crate::{
    db::{
        Db,
        schema::{tallies, tools, votes},
        sql,
    },
    stats::{Choice, Tally},
    web::live::Versioned,
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

/// The tools that have a tally.
///
/// # Errors
/// When the database fails.
pub fn tools_with_tally(conn: &mut Db) -> QueryResult<HashSet<i64>> {
    Ok(tallies::table.select(tallies::tool_id).load::<i64>(conn)?.into_iter().collect())
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
    rows.into_iter().map(|row| own_vote(row).map(|vote| (vote.tool_id, vote))).collect()
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
    rows.into_iter().map(own_vote).collect()
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

fn own_vote((tool_id, choice, cast_at, exclusion_id): OwnRow) -> QueryResult<OwnVote> {
    Ok(OwnVote { tool_id, choice: stored_choice(choice)?, cast_at, set_aside: exclusion_id.is_some() })
}

/// The choice behind a stored number.
///
/// # Errors
/// When there is none: it must not be counted as anything.
pub fn stored_choice(number: i16) -> QueryResult<Choice> {
    Choice::from_i16(number)
        .ok_or_else(|| DieselError::DeserializationError(format!("votes.choice is {number}").into()))
}

/// How the tally of a tool moved.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub tool_id: i64,
    pub before: Tally,
    pub after: Standing,
}

/// Moves tallies by what their votes changed and gives them this revision; in a write transaction that has taken the
/// turn of votes.
///
/// # Errors
/// When a tally would fall below zero, since it does not equal its votes then; or the database fails.
pub(super) fn move_tallies(
    conn: &mut Db,
    moves: &BTreeMap<i64, Delta>,
    revision: i64,
) -> QueryResult<Vec<Step>> {
    let ids: Vec<i64> = moves.keys().copied().collect();
    let standings = standings(conn, &ids)?;
    let mut steps = Vec::with_capacity(moves.len());
    for (tool_id, delta) in moves {
        let before = standings.get(tool_id).ok_or(DieselError::NotFound)?.tally;
        let after =
            Standing { tally: moved_by(before, *delta).ok_or_else(|| below_zero(*tool_id))?, revision };
        write_standing(conn, *tool_id, after)?;
        steps.push(Step { tool_id: *tool_id, before, after });
    }
    Ok(steps)
}

/// A tally after its votes changed by so much; none where it cannot have had those votes.
fn moved_by(tally: Tally, moved: Delta) -> Option<Tally> {
    Some(Tally {
        ships: tally.ships.checked_add_signed(moved.ships)?,
        skips: tally.skips.checked_add_signed(moved.skips)?,
    })
}

fn below_zero(tool_id: i64) -> DieselError {
    DieselError::SerializationError(
        format!("the tally of tool {tool_id} would fall below zero: run `shiptally verify`").into(),
    )
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
