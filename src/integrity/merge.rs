//! The votes on two entries for one tool become the votes on one: of each account the one that counts, or of two alike
//! the newest. The other vote of somebody who voted on both stays stored, on the entry that is left.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::selection::Selection;
use crate::db::Db;
use crate::db::schema::votes;
use crate::db::versions::{self, Of};
use crate::each;
use crate::stats::{Choice, Tally};
use crate::votes::store::IDS_AT_ONCE;
use crate::votes::tally_store::{VersionedTally, write_tally};
use crate::votes::{ExcludedVotes, LiveTallies, excluded};

/// How many rows one statement inserts.
const BATCH: usize = 500;

/// What merging the votes of two tools comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MergedVotes {
    /// The votes that count on the entry that is left.
    pub on_source: Tally,
    /// The votes that count on the entry that stays.
    pub on_target: Tally,
    /// Accounts that voted on both.
    pub on_both: u64,
    /// Of these, how many have a vote that is left out on one and a vote that counts on the other.
    pub excluded_on_one: u64,
    /// Votes on the entry that is left which count today and will not.
    pub dropped_of_source: Tally,
    /// Votes on the entry that stays which count today and will not.
    pub dropped_of_target: Tally,
}

impl MergedVotes {
    /// The votes that will count on the entry that stays.
    pub fn after(&self) -> Tally {
        let left = |of: fn(&Tally) -> u64| {
            (of(&self.on_source) + of(&self.on_target))
                .saturating_sub(of(&self.dropped_of_source) + of(&self.dropped_of_target))
        };
        Tally { ships: left(|tally| tally.ships), skips: left(|tally| tally.skips) }
    }
}

/// Where the two tools stand after the merge. To be told once it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct MergeResult([(i64, VersionedTally, ExcludedVotes); 2]);

impl MergeResult {
    /// Tells pages in memory and open streams.
    pub fn tell(&self, tallies: &LiveTallies) {
        for (tool_id, versioned, excluded) in &self.0 {
            tallies.publish_with_excluded(*tool_id, versioned, excluded.clone());
        }
    }
}

/// Counts what a merge would come to.
pub fn count(conn: &mut Db, source: i64, target: i64) -> QueryResult<MergedVotes> {
    let pairs = pairs(conn, source, target)?;
    let mut count = MergedVotes {
        on_source: counted(conn, source)?,
        on_target: counted(conn, target)?,
        on_both: pairs.len() as u64,
        ..MergedVotes::default()
    };
    for pair in pairs {
        count.excluded_on_one += u64::from(pair.on_source.counts() != pair.on_target.counts());
        let (dropped, tally) = match pair.source_stays() {
            true => (pair.on_target, &mut count.dropped_of_target),
            false => (pair.on_source, &mut count.dropped_of_source),
        };
        match dropped.choice {
            _ if !dropped.counts() => {}
            Choice::Ship => tally.ships += 1,
            Choice::Skip => tally.skips += 1,
        }
    }
    Ok(count)
}

/// Moves the votes on `source` to `target` and counts both anew, in the write transaction of the caller.
pub fn merge(conn: &mut Db, source: i64, target: i64) -> QueryResult<MergeResult> {
    versions::take_turn(conn, Of::Votes)?;
    let pairs = pairs(conn, source, target)?;
    let (stays, goes): (Vec<VotesOfOne>, Vec<VotesOfOne>) =
        pairs.into_iter().partition(VotesOfOne::source_stays);

    // The two votes of those whose vote on the source stays change places.
    let mut discarded: Vec<VoteRow> = Vec::with_capacity(stays.len());
    for pairs in stays.chunks(IDS_AT_ONCE) {
        let ids: Vec<i64> = pairs.iter().map(|pair| pair.on_target.id).collect();
        let rows = votes::table.filter(votes::id.eq_any(ids));
        discarded.extend(rows.clone().select(VoteRow::as_select()).load(conn)?);
        diesel::delete(rows).execute(conn)?;
    }
    let left: BTreeSet<i64> = goes.iter().map(|pair| pair.on_source.id).collect();
    let all: Vec<i64> = votes::table.filter(votes::tool_id.eq(source)).select(votes::id).load(conn)?;
    let moved: Vec<i64> = all.into_iter().filter(|id| !left.contains(id)).collect();
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
    let mut count_anew = |tool_id: i64| {
        let versioned = VersionedTally { tally: counted(conn, tool_id)?, revision };
        write_tally(conn, tool_id, versioned)?;
        let excluded = excluded::of_tools(conn, &[tool_id])?.remove(&tool_id).unwrap_or_default();
        Ok::<_, diesel::result::Error>((tool_id, versioned, excluded))
    };
    Ok(MergeResult([count_anew(source)?, count_anew(target)?]))
}

/// A vote of somebody who voted on both.
#[derive(Debug, Clone, Copy, Queryable)]
struct Vote {
    id: i64,
    choice: Choice,
    cast_at: NaiveDateTime,
    exclusion_id: Option<i64>,
}

impl Vote {
    fn counts(&self) -> bool {
        self.exclusion_id.is_none()
    }
}

/// The two votes of somebody who voted on both.
#[derive(Debug, Clone, Copy, Queryable)]
struct VotesOfOne {
    on_source: Vote,
    on_target: Vote,
}

impl VotesOfOne {
    /// Whether the vote on the source is the one that goes on: a vote that counts goes before one that is set aside,
    /// then the newer before the older.
    fn source_stays(&self) -> bool {
        let rank = |vote: &Vote| (vote.counts(), vote.cast_at, vote.id);
        rank(&self.on_source) > rank(&self.on_target)
    }
}

/// The votes of those who voted on both.
fn pairs(conn: &mut Db, source: i64, target: i64) -> QueryResult<Vec<VotesOfOne>> {
    let (ours, theirs) = diesel::alias!(votes as ours, votes as theirs);
    ours.inner_join(theirs.on(theirs.field(votes::account_id).eq(ours.field(votes::account_id))))
        .filter(ours.field(votes::tool_id).eq(source))
        .filter(theirs.field(votes::tool_id).eq(target))
        .select((
            ours.fields((votes::id, votes::choice, votes::cast_at, votes::exclusion_id)),
            theirs.fields((votes::id, votes::choice, votes::cast_at, votes::exclusion_id)),
        ))
        .load(conn)
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = votes, treat_none_as_default_value = false)]
struct VoteRow {
    account_id: i64,
    tool_id: i64,
    choice: i16,
    cast_at: NaiveDateTime,
    exclusion_id: Option<i64>,
    network: Option<i64>,
}

/// The votes on a tool that count.
fn counted(conn: &mut Db, tool_id: i64) -> QueryResult<Tally> {
    Ok(Selection::of_tool(tool_id).counted(conn)?.remove(&tool_id).unwrap_or_default())
}
