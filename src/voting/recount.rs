//! The proof that tallies equal their votes, and what mends them where they do not.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::store::{IDS_AT_ONCE, Standing, all_tallies, locked_standings, write_standing};
use crate::{
    db::Db,
    schema::{accounts, tools, votes},
    stats::{Choice, Tally},
    versions::{self, Of},
};

/// A tally that does not equal its votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub tool_id: i64,
    pub tool_slug: String,
    pub stored: Tally,
    pub counted: Tally,
}

/// Recounts every tally from the votes that count and returns those that differ, by slug.
///
/// # Errors
/// When the database fails.
pub fn recount(conn: &mut Db) -> QueryResult<Vec<Mismatch>> {
    conn.read(|conn| {
        let mut counted: BTreeMap<i64, Tally> = BTreeMap::new();
        let rows: Vec<(i64, i16, i64)> = votes::table
            .filter(votes::exclusion_id.is_null())
            .group_by((votes::tool_id, votes::choice))
            .select((votes::tool_id, votes::choice, diesel::dsl::count_star()))
            .load(conn)?;
        for (tool_id, choice, n) in rows {
            let tally = counted.entry(tool_id).or_default();
            match Choice::from_i16(choice) {
                Some(Choice::Ship) => tally.ships += n.unsigned_abs(),
                Some(Choice::Skip) => tally.skips += n.unsigned_abs(),
                None => {}
            }
        }
        let stored = all_tallies(conn)?;
        let slugs: Vec<(i64, String)> =
            tools::table.order(tools::slug).select((tools::id, tools::slug)).load(conn)?;
        Ok(slugs
            .into_iter()
            .map(|(tool_id, tool_slug)| Mismatch {
                tool_id,
                tool_slug,
                stored: stored.get(&tool_id).copied().unwrap_or_default(),
                counted: counted.get(&tool_id).copied().unwrap_or_default(),
            })
            .filter(|found| found.stored != found.counted)
            .collect())
    })
}

/// Suspended accounts that have a vote which counts, by handle: there must be none.
///
/// # Errors
/// When the database fails.
pub fn suspended_but_counted(conn: &mut Db) -> QueryResult<Vec<String>> {
    accounts::table
        .inner_join(votes::table)
        .filter(accounts::suspended_at.is_not_null())
        .filter(votes::exclusion_id.is_null())
        .select(accounts::handle)
        .distinct()
        .order(accounts::handle)
        .load(conn)
}

/// Sets every tally to what its votes say and returns what was mended.
///
/// # Errors
/// When the database fails; then nothing is changed.
pub fn repair(conn: &mut Db) -> QueryResult<Vec<Mismatch>> {
    let wrong = recount(conn)?;
    if wrong.is_empty() {
        return Ok(wrong);
    }
    conn.write(|conn| {
        let ids: BTreeSet<i64> = wrong.iter().map(|found| found.tool_id).collect();
        let in_order: Vec<i64> = ids.iter().copied().collect();
        for ids in in_order.chunks(IDS_AT_ONCE) {
            locked_standings(conn, &ids.iter().copied().collect())?;
        }
        let revision = versions::raise(conn, Of::Votes)?;
        for tool_id in ids {
            let count = |choice: Choice| {
                votes::table
                    .filter(votes::tool_id.eq(tool_id))
                    .filter(votes::choice.eq(choice.to_i16()))
                    .filter(votes::exclusion_id.is_null())
                    .count()
            };
            let ships: i64 = count(Choice::Ship).get_result(conn)?;
            let skips: i64 = count(Choice::Skip).get_result(conn)?;
            let tally = Tally { ships: ships.unsigned_abs(), skips: skips.unsigned_abs() };
            write_standing(conn, tool_id, Standing { tally, revision })?;
        }
        Ok(wrong)
    })
}
