//! The votes on two entries for one tool become the votes on one: of each account the one that counts, or of two alike
//! the newest. The other vote of somebody who voted on both stays stored, on the entry that is left.

use chrono::NaiveDateTime;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::selection::Selection;
use crate::db::schema::votes;
use crate::db::versions::{self, Of};
use crate::db::{Db, sql};
use crate::each;
use crate::stats::{Choice, Tally};
use crate::votes::ChangedTallies;
use crate::votes::store::IDS_AT_ONCE;
use crate::votes::tally_store::{VersionedTally, write_tally};

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
pub fn merge(conn: &mut Db, source: i64, target: i64) -> QueryResult<ChangedTallies> {
    versions::take_turn(conn, Of::Votes)?;
    let pairs = pairs(conn, source, target)?;
    // The two votes of those whose vote on the source stays change places.
    let swapped = pairs.into_iter().filter(VotesOfOne::source_stays).map(|pair| pair.on_target);
    let swapped: Vec<Vote> = swapped.map(|vote| Vote { tool_id: source, ..vote }).collect();
    for rows in swapped.chunks(IDS_AT_ONCE) {
        let ids = rows.iter().map(|vote| vote.id);
        diesel::delete(votes::table.filter(votes::id.eq_any(ids))).execute(conn)?;
    }
    // Whoever still has a vote on the target keeps that one there.
    let kept = diesel::alias!(votes as kept);
    let kept_on_target = kept
        .filter(kept.field(votes::tool_id).eq(target))
        .filter(kept.field(votes::account_id).eq(votes::account_id));
    diesel::update(votes::table.filter(votes::tool_id.eq(source)).filter(not(exists(kept_on_target))))
        .set(votes::tool_id.eq(target))
        .execute(conn)?;
    for rows in swapped.chunks(sql::INSERT_BATCH) {
        each!(conn, c => diesel::insert_into(votes::table).values(rows.to_vec()).execute(c))?;
    }

    let revision = versions::raise(conn, Of::Votes)?;
    let mut changed = Vec::new();
    for tool_id in [source, target] {
        let versioned = VersionedTally { tally: counted(conn, tool_id)?, revision };
        write_tally(conn, tool_id, versioned)?;
        changed.push((tool_id, versioned));
    }
    ChangedTallies::load(conn, changed)
}

/// A vote of somebody who voted on both.
#[derive(Debug, Clone, Copy, Queryable, Insertable)]
#[diesel(table_name = votes, treat_none_as_default_value = false)]
struct Vote {
    #[diesel(skip_insertion)]
    id: i64,
    account_id: i64,
    tool_id: i64,
    choice: Choice,
    cast_at: NaiveDateTime,
    exclusion_id: Option<i64>,
    network: Option<i64>,
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
        .select((ours.fields(votes::all_columns), theirs.fields(votes::all_columns)))
        .load(conn)
}

/// The votes on a tool that count.
fn counted(conn: &mut Db, tool_id: i64) -> QueryResult<Tally> {
    Ok(Selection::of_tool(tool_id).counted(conn)?.remove(&tool_id).unwrap_or_default())
}
