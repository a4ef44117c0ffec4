//! The proof that tallies equal their votes, and what mends them where they do not.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::tally_store::{VersionedTally, all_versioned, write_tally};
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
        let rows: Vec<(i64, Choice, i64)> = votes::table
            .filter(votes::exclusion_id.is_null())
            .group_by((votes::tool_id, votes::choice))
            .select((votes::tool_id, votes::choice, diesel::dsl::count_star()))
            .load(conn)?;
        let counted = sums(rows);
        let stored = all_versioned(conn)?;
        let slugs: Vec<(i64, String)> =
            tools::table.order(tools::slug).select((tools::id, tools::slug)).load(conn)?;
        Ok(slugs
            .into_iter()
            .map(|(tool_id, tool_slug)| Mismatch {
                tool_id,
                tool_slug,
                stored: stored.get(&tool_id).copied().unwrap_or_default().tally,
                counted: counted.get(&tool_id).copied().unwrap_or_default(),
            })
            .filter(|found| found.stored != found.counted)
            .collect())
    })
}

/// The tallies that so many votes make, of a tool and for a choice each.
pub fn sums(counts: Vec<(i64, Choice, i64)>) -> BTreeMap<i64, Tally> {
    let mut tallies = BTreeMap::<i64, Tally>::new();
    for (tool_id, choice, votes) in counts {
        let tally = tallies.entry(tool_id).or_default();
        match choice {
            Choice::Ship => tally.ships += votes.unsigned_abs(),
            Choice::Skip => tally.skips += votes.unsigned_abs(),
        }
    }
    tallies
}

/// Sets every tally to what its votes say and returns what was mended.
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
