//! Tallies in the database. A tally changes in the transaction that changes its votes.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::store::IDS_AT_ONCE;
use super::vote::Delta;
use crate::db::Db;
use crate::db::schema::tallies;
use crate::each;
use crate::stats::Tally;
use crate::web::live::Versioned;

/// A tool's tally as it is stored, and how new it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VersionedTally {
    pub tally: Tally,
    /// The version of all votes at its last change; 0 before the first vote.
    pub revision: i64,
}

impl Versioned for VersionedTally {
    fn revision(&self) -> i64 {
        self.revision
    }
}

/// The tally of each of these tools; one that nobody voted on is at zero.
pub fn versioned(conn: &mut Db, tool_ids: &[i64]) -> QueryResult<HashMap<i64, VersionedTally>> {
    let mut all: HashMap<i64, VersionedTally> =
        tool_ids.iter().map(|id| (*id, VersionedTally::default())).collect();
    for ids in tool_ids.chunks(IDS_AT_ONCE) {
        let rows: Vec<TallyRow> = tallies::table.filter(tallies::tool_id.eq_any(ids)).load(conn)?;
        all.extend(rows.into_iter().map(TallyRow::versioned));
    }
    Ok(all)
}

/// The tallies that changed after `revision`, oldest change first.
pub fn changed_since(conn: &mut Db, revision: i64) -> QueryResult<Vec<(i64, VersionedTally)>> {
    let rows: Vec<TallyRow> =
        tallies::table.filter(tallies::revision.gt(revision)).order(tallies::revision).load(conn)?;
    Ok(rows.into_iter().map(TallyRow::versioned).collect())
}

/// The tally of every tool that has one.
pub fn all_versioned(conn: &mut Db) -> QueryResult<HashMap<i64, VersionedTally>> {
    let rows: Vec<TallyRow> = tallies::table.load(conn)?;
    Ok(rows.into_iter().map(TallyRow::versioned).collect())
}

/// The tools that have a tally.
pub fn tools_with_tally(conn: &mut Db) -> QueryResult<HashSet<i64>> {
    Ok(tallies::table.select(tallies::tool_id).load::<i64>(conn)?.into_iter().collect())
}

/// The tally of every tool that has one.
pub fn all_tallies(conn: &mut Db) -> QueryResult<HashMap<i64, Tally>> {
    Ok(all_versioned(conn)?.into_iter().map(|(id, tally)| (id, tally.tally)).collect())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = tallies)]
struct TallyRow {
    tool_id: i64,
    ships: i64,
    skips: i64,
    revision: i64,
}

impl TallyRow {
    fn versioned(self) -> (i64, VersionedTally) {
        let tally = Tally { ships: self.ships.unsigned_abs(), skips: self.skips.unsigned_abs() };
        (self.tool_id, VersionedTally { tally, revision: self.revision })
    }
}

/// How the tally of a tool moved.
#[derive(Debug, Clone, Copy)]
pub struct TallyChange {
    pub tool_id: i64,
    pub before: Tally,
    pub after: VersionedTally,
}

/// Moves tallies by what their votes changed and gives them this revision; in a write transaction that has taken the
/// turn of votes.
///
/// # Errors
/// When a tally would fall below zero, since it does not equal its votes then; or the database fails.
pub fn move_tallies(
    conn: &mut Db,
    moves: &BTreeMap<i64, Delta>,
    revision: i64,
) -> QueryResult<Vec<TallyChange>> {
    let ids: Vec<i64> = moves.keys().copied().collect();
    let tallies = versioned(conn, &ids)?;
    let mut changes = Vec::with_capacity(moves.len());
    for (tool_id, delta) in moves {
        let before = tallies.get(tool_id).ok_or(DieselError::NotFound)?.tally;
        let after =
            VersionedTally { tally: moved_by(before, *delta).ok_or_else(|| below_zero(*tool_id))?, revision };
        write_tally(conn, *tool_id, after)?;
        changes.push(TallyChange { tool_id: *tool_id, before, after });
    }
    Ok(changes)
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

pub fn write_tally(conn: &mut Db, tool_id: i64, tally: VersionedTally) -> QueryResult<()> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let row = TallyRow {
        tool_id,
        ships: count(tally.tally.ships),
        skips: count(tally.tally.skips),
        revision: tally.revision,
    };
    each!(conn, c => diesel::insert_into(tallies::table)
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
