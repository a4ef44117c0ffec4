//! The proof that tallies equal their votes, and what mends them where they do not.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::store::stored_choice;
use super::tallies::{VersionedTally, all_tallies, write_tally};
use crate::db::Db;
use crate::db::schema::{tools, votes};
use crate::db::versions::{self, Of};
use crate::stats::{Choice, Tally};

/// A tally that does not equal its votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub tool_id: i64,
    pub tool_slug: String,
    pub stored: Tally,
    pub counted: Tally,
}

/// Recounts every tally from the votes that count and returns those that differ, by slug.
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
            match stored_choice(choice)? {
                Choice::Ship => tally.ships += n.unsigned_abs(),
                Choice::Skip => tally.skips += n.unsigned_abs(),
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

/// Sets every tally to what its votes say and returns what was mended.
///
/// # Errors
/// When the database fails; then nothing is changed.
pub fn repair(conn: &mut Db) -> QueryResult<Vec<Mismatch>> {
    conn.write(|conn| {
        versions::take_turn(conn, Of::Votes)?;
        let wrong = recount(conn)?;
        if !wrong.is_empty() {
            let revision = versions::raise(conn, Of::Votes)?;
            for found in &wrong {
                write_tally(conn, found.tool_id, VersionedTally { tally: found.counted, revision })?;
            }
        }
        Ok(wrong)
    })
}
