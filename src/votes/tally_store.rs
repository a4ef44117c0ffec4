//! Tallies in the database. A tally changes in the transaction that changes its votes.

use std::collections::{BTreeMap, HashMap};

use diesel::backend::Backend;
use diesel::deserialize::{self, FromStaticSqlRow};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::BigInt;

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

/// The columns of a tally as they are read: the tool, and what a [`VersionedTally`] is made of.
const COLUMNS: (tallies::tool_id, (tallies::ships, tallies::skips, tallies::revision)) =
    (tallies::tool_id, (tallies::ships, tallies::skips, tallies::revision));

impl<DB: Backend> Queryable<(BigInt, BigInt, BigInt), DB> for VersionedTally
where
    (i64, i64, i64): FromStaticSqlRow<(BigInt, BigInt, BigInt), DB>,
{
    type Row = (i64, i64, i64);

    fn build((ships, skips, revision): Self::Row) -> deserialize::Result<Self> {
        let tally = Tally { ships: ships.unsigned_abs(), skips: skips.unsigned_abs() };
        Ok(Self { tally, revision })
    }
}

/// The tally of each of these tools; one that nobody voted on is at zero.
pub fn versioned(conn: &mut Db, tool_ids: &[i64]) -> QueryResult<HashMap<i64, VersionedTally>> {
    let mut all: HashMap<i64, VersionedTally> =
        tool_ids.iter().map(|id| (*id, VersionedTally::default())).collect();
    for ids in tool_ids.chunks(IDS_AT_ONCE) {
        let of_these = tallies::table.filter(tallies::tool_id.eq_any(ids)).select(COLUMNS);
        all.extend(of_these.load::<(i64, VersionedTally)>(conn)?);
    }
    Ok(all)
}

/// The tallies that changed after `revision`, oldest change first.
pub fn changed_since(conn: &mut Db, revision: i64) -> QueryResult<Vec<(i64, VersionedTally)>> {
    let changed = tallies::table.filter(tallies::revision.gt(revision)).order(tallies::revision);
    changed.select(COLUMNS).load(conn)
}

/// The tally of every tool that has one.
pub fn all_versioned(conn: &mut Db) -> QueryResult<HashMap<i64, VersionedTally>> {
    Ok(tallies::table.select(COLUMNS).load::<(i64, VersionedTally)>(conn)?.into_iter().collect())
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
    let tool_ids: Vec<i64> = moves.keys().copied().collect();
    let tallies = versioned(conn, &tool_ids)?;
    let mut changes = Vec::with_capacity(moves.len());
    for (&tool_id, delta) in moves {
        let before = tallies.get(&tool_id).copied().unwrap_or_default().tally;
        let (Some(ships), Some(skips)) =
            (before.ships.checked_add_signed(delta.ships), before.skips.checked_add_signed(delta.skips))
        else {
            let words = format!("the tally of tool {tool_id} would fall below zero: run `shiptally verify`");
            return Err(DieselError::SerializationError(words.into()));
        };
        let after = VersionedTally { tally: Tally { ships, skips }, revision };
        write_tally(conn, tool_id, after)?;
        changes.push(TallyChange { tool_id, before, after });
    }
    Ok(changes)
}

pub fn write_tally(
    conn: &mut Db,
    tool_id: i64,
    VersionedTally { tally, revision }: VersionedTally,
) -> QueryResult<()> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let values = (
        tallies::ships.eq(count(tally.ships)),
        tallies::skips.eq(count(tally.skips)),
        tallies::revision.eq(revision),
    );
    each!(conn, c => diesel::insert_into(tallies::table)
        .values((tallies::tool_id.eq(tool_id), values))
        .on_conflict(tallies::tool_id)
        .do_update()
        .set(values)
        .execute(c))?;
    Ok(())
}
