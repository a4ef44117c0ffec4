//! The votes on two entries for one tool become the votes on one: of each account the one that counts, or of two alike
//! the newest. The other vote of somebody who voted on both stays stored, on the entry that is left.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::selection::Selection;
use crate::catalogue::merge::Merge;
use crate::db::schema::{merged_votes, votes};
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

/// Moves the votes on the source of a merge to its target and counts both anew, in the write transaction of the caller.
/// Whose votes were moved is kept.
pub fn merge(conn: &mut Db, merge: &Merge) -> QueryResult<ChangedTallies> {
    versions::take_turn(conn, Of::Votes)?;
    let (source, target) = (merge.source, merge.target);
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
    let moving = votes::table.filter(votes::tool_id.eq(source)).filter(not(exists(kept_on_target)));
    let accounts: Vec<i64> = moving.select(votes::account_id).load(conn)?;
    for accounts in accounts.chunks(sql::INSERT_BATCH) {
        let row =
            |account: &i64| (merged_votes::merge_id.eq(merge.id), merged_votes::account_id.eq(*account));
        let rows: Vec<_> = accounts.iter().map(row).collect();
        each!(conn, c => diesel::insert_into(merged_votes::table).values(rows).execute(c))?;
    }
    diesel::update(moving).set(votes::tool_id.eq(target)).execute(conn)?;
    insert(conn, &swapped)?;
    count_anew(conn, [source, target])
}

/// The votes that undoing a merge brings back to its source, and those that stay with its target because they were cast
/// or changed since.
pub fn count_back(conn: &mut Db, merge: &Merge) -> QueryResult<(u64, u64)> {
    let (mut back, mut stay) = (0, 0);
    for (on_target, _) in moved(conn, merge)? {
        match on_target {
            Some(vote) if is_as_it_was(&vote, merge) => back += 1,
            Some(_) => stay += 1,
            None => {}
        }
    }
    Ok((back, stay))
}

/// Moves the votes that a merge moved back to its source, in the write transaction of the caller. What somebody has cast
/// on the target since stays there, and takes the place of what they said before.
pub fn undo(conn: &mut Db, merge: &Merge) -> QueryResult<ChangedTallies> {
    versions::take_turn(conn, Of::Votes)?;
    let (mut back, mut out_of_the_way, mut returned) = (Vec::new(), Vec::new(), Vec::new());
    for (on_target, on_source) in moved(conn, merge)? {
        out_of_the_way.extend(on_source.map(|vote| vote.id));
        if let Some(vote) = on_target.filter(|vote| is_as_it_was(vote, merge)) {
            back.push(vote.id);
            returned.extend(on_source.map(|vote| Vote { tool_id: merge.target, ..vote }));
        }
    }
    for ids in out_of_the_way.chunks(IDS_AT_ONCE) {
        diesel::delete(votes::table.filter(votes::id.eq_any(ids))).execute(conn)?;
    }
    for ids in back.chunks(IDS_AT_ONCE) {
        diesel::update(votes::table.filter(votes::id.eq_any(ids)))
            .set(votes::tool_id.eq(merge.source))
            .execute(conn)?;
    }
    insert(conn, &returned)?;
    diesel::delete(merged_votes::table.filter(merged_votes::merge_id.eq(merge.id))).execute(conn)?;
    count_anew(conn, [merge.source, merge.target])
}

/// Of everybody whose vote a merge moved, what they have on its target and on its source now.
fn moved(conn: &mut Db, merge: &Merge) -> QueryResult<Vec<(Option<Vote>, Option<Vote>)>> {
    let mut on_tool = |tool: i64| -> QueryResult<HashMap<i64, Vote>> {
        let of_tool = votes::table
            .inner_join(merged_votes::table.on(merged_votes::account_id.eq(votes::account_id)))
            .filter(merged_votes::merge_id.eq(merge.id))
            .filter(votes::tool_id.eq(tool));
        let found: Vec<Vote> = of_tool.select(votes::all_columns).load(conn)?;
        Ok(found.into_iter().map(|vote| (vote.account_id, vote)).collect())
    };
    let (on_target, on_source) = (on_tool(merge.target)?, on_tool(merge.source)?);
    let accounts: BTreeSet<i64> = on_target.keys().chain(on_source.keys()).copied().collect();
    let both = |account| (on_target.get(account).copied(), on_source.get(account).copied());
    Ok(accounts.iter().map(both).collect())
}

fn is_as_it_was(vote: &Vote, merge: &Merge) -> bool {
    vote.cast_at <= merge.made_at
}

fn insert(conn: &mut Db, rows: &[Vote]) -> QueryResult<()> {
    for rows in rows.chunks(sql::INSERT_BATCH) {
        each!(conn, c => diesel::insert_into(votes::table).values(rows.to_vec()).execute(c))?;
    }
    Ok(())
}

fn count_anew(conn: &mut Db, tools: [i64; 2]) -> QueryResult<ChangedTallies> {
    let revision = versions::raise(conn, Of::Votes)?;
    let mut changed = Vec::new();
    for tool_id in tools {
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
