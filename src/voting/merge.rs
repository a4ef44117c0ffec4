//! The votes on two entries for one tool become the votes on one: of each account its newest. An older vote of somebody
//! who voted on both stays stored, on the entry that is left.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    left_out::{self, LeftOut},
    standings::Standings,
    store::{IDS_AT_ONCE, Standing, locked_standings, write_standing},
};
use crate::{
    db::Db,
    each,
    schema::votes,
    stats::{Choice, Tally},
    versions::{self, Of},
};

/// How many rows one statement inserts.
const BATCH: usize = 500;

/// What merging the votes of two tools comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Votes on the entry that is left.
    pub on_source: i64,
    /// Votes on the entry that stays.
    pub on_target: i64,
    /// Accounts that voted on both.
    pub on_both: i64,
}

/// Where the two tools stand after the merge. To be told once it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Merged([(i64, Standing, LeftOut); 2]);

impl Merged {
    /// Tells pages in memory and open streams.
    pub fn tell(&self, standings: &Standings) {
        for (tool_id, standing, left_out) in &self.0 {
            standings.leave_out(*tool_id, standing.revision, left_out.clone());
            standings.publish(*tool_id, standing);
        }
    }
}

/// Counts what a merge would move.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Db, source: i64, target: i64) -> QueryResult<Count> {
    let on = |tool: i64| votes::table.filter(votes::tool_id.eq(tool)).count();
    let (mine, theirs) = diesel::alias!(votes as mine, votes as theirs);
    let on_both = mine
        .inner_join(theirs.on(theirs.field(votes::account_id).eq(mine.field(votes::account_id))))
        .filter(mine.field(votes::tool_id).eq(source))
        .filter(theirs.field(votes::tool_id).eq(target))
        .count()
        .get_result(conn)?;
    Ok(Count { on_source: on(source).get_result(conn)?, on_target: on(target).get_result(conn)?, on_both })
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = votes, treat_none_as_default_value = false)]
struct Row {
    account_id: i64,
    tool_id: i64,
    choice: i16,
    cast_at: NaiveDateTime,
    exclusion_id: Option<i64>,
    network: Option<i64>,
}

/// Moves the votes on `source` to `target` and counts both anew, in the write transaction of the caller.
///
/// # Errors
/// When the database fails.
pub fn merge(conn: &mut Db, source: i64, target: i64) -> QueryResult<Merged> {
    // Whoever votes on one of the two meanwhile waits.
    locked_standings(conn, &BTreeSet::from([source, target]))?;

    // Where the vote on the source is the newer of two, they change places.
    let (mine, theirs) = diesel::alias!(votes as mine, votes as theirs);
    let cast_at = (mine.field(votes::cast_at), theirs.field(votes::cast_at));
    let id = (mine.field(votes::id), theirs.field(votes::id));
    let older: Vec<i64> = mine
        .inner_join(theirs.on(theirs.field(votes::account_id).eq(mine.field(votes::account_id))))
        .filter(mine.field(votes::tool_id).eq(source))
        .filter(theirs.field(votes::tool_id).eq(target))
        .filter(cast_at.0.gt(cast_at.1).or(cast_at.0.eq(cast_at.1).and(id.0.gt(id.1))))
        .select(theirs.field(votes::id))
        .load(conn)?;
    let mut discarded: Vec<Row> = Vec::with_capacity(older.len());
    for ids in older.chunks(IDS_AT_ONCE) {
        let rows = votes::table.filter(votes::id.eq_any(ids.to_vec()));
        discarded.extend(rows.clone().select(Row::as_select()).load(conn)?);
        diesel::delete(rows).execute(conn)?;
    }

    let voted =
        theirs.filter(theirs.field(votes::tool_id).eq(target)).select(theirs.field(votes::account_id));
    let moved: Vec<i64> = votes::table
        .filter(votes::tool_id.eq(source))
        .filter(votes::account_id.ne_all(voted))
        .select(votes::id)
        .load(conn)?;
    for ids in moved.chunks(IDS_AT_ONCE) {
        diesel::update(votes::table.filter(votes::id.eq_any(ids)))
            .set(votes::tool_id.eq(target))
            .execute(conn)?;
    }
    for row in &mut discarded {
        row.tool_id = source;
    }
    for rows in discarded.chunks(BATCH) {
        each!(conn, c => diesel::insert_into(votes::table).values(rows).execute(c))?;
    }

    let revision = versions::raise(conn, Of::Votes)?;
    let mut counted = |tool_id: i64| {
        let standing = Standing { tally: tally(conn, tool_id)?, revision };
        write_standing(conn, tool_id, standing)?;
        let left_out = left_out::of_tools(conn, &[tool_id])?.remove(&tool_id).unwrap_or_default();
        Ok::<_, diesel::result::Error>((tool_id, standing, left_out))
    };
    Ok(Merged([counted(source)?, counted(target)?]))
}

/// The votes on a tool that count.
fn tally(conn: &mut Db, tool_id: i64) -> QueryResult<Tally> {
    let mut count = |choice: Choice| {
        votes::table
            .filter(votes::tool_id.eq(tool_id))
            .filter(votes::exclusion_id.is_null())
            .filter(votes::choice.eq(choice.to_i16()))
            .count()
            .get_result::<i64>(conn)
            .map(i64::unsigned_abs)
    };
    Ok(Tally { ships: count(Choice::Ship)?, skips: count(Choice::Skip)? })
}
