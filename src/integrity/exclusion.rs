//! Excluding votes: they stay stored, leave the tally in the same transaction, and it can be undone.
//!
//! A vote with an exclusion does not count. It has one exclusion at a time, the first that it got. All functions here
//! run inside a write transaction of the caller, take the turn of votes before they read any, and leave it to the caller
//! to tell open pages after the commit, by [`ExclusionResult::tell`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::vote_set::{CountedVote, VoteSet, counted_of_account};
use crate::db::Db;
use crate::db::schema::{accounts, exclusions, votes};
use crate::db::versions::{self, Of};
use crate::each;
use crate::votes::store::IDS_AT_ONCE;
use crate::votes::tally_store::{TallyChange, move_tallies};
use crate::votes::vote::{Delta, delta};
use crate::votes::{ChangedTallies, ExclusionKind, LiveTallies};

/// An exclusion to be.
#[derive(Debug, Clone)]
pub struct NewExclusion<'a> {
    pub kind: ExclusionKind,
    pub reason: &'a str,
    /// The account, where it is about all votes of one.
    pub subject: Option<i64>,
    /// The account whose doing it is.
    pub by: i64,
    pub at: NaiveDateTime,
}

/// What was done to votes.
#[derive(Debug, Clone, Default)]
pub struct ExclusionResult {
    pub exclusion_id: i64,
    /// How many votes left the tallies or came back into them.
    pub votes: usize,
    /// How many votes of an exclusion that was undone stay left out, since their accounts are suspended by now.
    pub passed_on: usize,
    /// The tools whose votes it was about.
    pub changes: Vec<TallyChange>,
    /// Their tallies from now on, with what is left out of them.
    changed: ChangedTallies,
}

impl ExclusionResult {
    /// The tools whose votes it was about.
    pub fn tools(&self) -> BTreeSet<i64> {
        self.changes.iter().map(|change| change.tool_id).collect()
    }

    /// Tells pages in memory and open streams; to be called after the commit and before answering.
    pub fn tell(&self, tallies: &LiveTallies) {
        self.changed.tell(tallies);
    }
}

/// Moves the tallies and says what was done, with what is left out of them after it. Tallies get a new revision also
/// where only the reason of an exclusion changed, since pages show that too.
fn done(
    conn: &mut Db,
    exclusion_id: i64,
    votes: usize,
    moves: &BTreeMap<i64, Delta>,
) -> QueryResult<ExclusionResult> {
    let mut result = ExclusionResult { exclusion_id, votes, ..ExclusionResult::default() };
    if !moves.is_empty() {
        let revision = versions::raise(conn, Of::Votes)?;
        result.changes = move_tallies(conn, moves, revision)?;
        let after = result.changes.iter().map(|change| (change.tool_id, change.after)).collect();
        result.changed = ChangedTallies::load(conn, after)?;
    }
    Ok(result)
}

/// Why an exclusion cannot be undone.
#[derive(Debug, thiserror::Error)]
pub enum NotUndone {
    #[error("This exclusion does not exist.")]
    Unknown,
    #[error("This exclusion has already been undone.")]
    Already,
    #[error("These are the votes of a suspended account. They count again when the suspension is lifted.")]
    OfSuspension,
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

/// An exclusion as it is stored.
#[derive(Debug, Clone, Queryable)]
pub struct Exclusion {
    pub id: i64,
    pub kind: ExclusionKind,
    pub reason: String,
    pub subject_id: Option<i64>,
    pub made_by: Option<i64>,
    pub made_at: NaiveDateTime,
    pub undone_by: Option<i64>,
    pub undone_at: Option<NaiveDateTime>,
}

/// Sets votes aside. One that is set aside already keeps its exclusion. `None`, with nothing changed, if no counted vote
/// is among them.
pub fn exclude(
    conn: &mut Db,
    which: &VoteSet,
    new: &NewExclusion<'_>,
) -> QueryResult<Option<ExclusionResult>> {
    versions::take_turn(conn, Of::Votes)?;
    let counted = which.counted(conn)?;
    exclude_counted(conn, &counted, new)
}

/// Sets all votes of an account aside; otherwise as [`exclude`].
pub fn exclude_all_of(
    conn: &mut Db,
    account_id: i64,
    new: &NewExclusion<'_>,
) -> QueryResult<Option<ExclusionResult>> {
    versions::take_turn(conn, Of::Votes)?;
    let counted = counted_of_account(conn, account_id)?;
    exclude_counted(conn, &counted, new)
}

fn exclude_counted(
    conn: &mut Db,
    counted: &[CountedVote],
    new: &NewExclusion<'_>,
) -> QueryResult<Option<ExclusionResult>> {
    if counted.is_empty() { Ok(None) } else { exclude_votes(conn, counted, new).map(Some) }
}

/// Brings the votes of an exclusion back, but for those of accounts that are suspended by now: these pass to the
/// exclusion of the suspension.
pub fn undo(
    conn: &mut Db,
    exclusion_id: i64,
    by: i64,
    at: NaiveDateTime,
) -> Result<ExclusionResult, NotUndone> {
    versions::take_turn(conn, Of::Votes)?;
    match find(conn, exclusion_id)? {
        None => Err(NotUndone::Unknown),
        Some(Exclusion { undone_at: Some(_), .. }) => Err(NotUndone::Already),
        Some(Exclusion { kind: ExclusionKind::Suspended, .. }) => Err(NotUndone::OfSuspension),
        Some(_) => Ok(bring_back(conn, exclusion_id, by, at)?),
    }
}

/// The exclusion with this id.
pub fn find(conn: &mut Db, id: i64) -> QueryResult<Option<Exclusion>> {
    exclusions::table.find(id).first(conn).optional()
}

/// Whether a vote of this account is among those of an exclusion; the caller has taken the turn of votes.
pub fn holds_vote_of(conn: &mut Db, exclusion_id: i64, account_id: i64) -> QueryResult<bool> {
    let own = votes::account_id.eq(account_id).and(votes::exclusion_id.eq(exclusion_id));
    diesel::select(diesel::dsl::exists(votes::table.filter(own))).get_result(conn)
}

/// Undoes an exclusion whatever it is of; see [`undo`]. The caller has taken the turn of votes. One that is undone
/// already has nothing to bring back.
pub(super) fn bring_back(
    conn: &mut Db,
    exclusion_id: i64,
    by: i64,
    at: NaiveDateTime,
) -> QueryResult<ExclusionResult> {
    let undone = exclusions::table.find(exclusion_id).filter(exclusions::undone_at.is_null());
    let marked = diesel::update(undone)
        .set((exclusions::undone_by.eq(by), exclusions::undone_at.eq(at)))
        .execute(conn)?;
    if marked == 0 {
        return Ok(ExclusionResult::default());
    }
    let rows: Vec<(CountedVote, Option<i64>)> = votes::table
        .inner_join(accounts::table)
        .filter(votes::exclusion_id.eq(exclusion_id))
        .select(((votes::id, votes::tool_id, votes::choice), accounts::suspension_id))
        .load(conn)?;
    let mut passing: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut moves = BTreeMap::new();
    let all = rows.len();
    for ((id, tool_id, choice), suspension) in rows {
        // A tool whose votes all stay out gets a new revision too.
        let delta_of_tool: &mut Delta = moves.entry(tool_id).or_default();
        match suspension {
            Some(suspension) => passing.entry(suspension).or_default().push(id),
            None => *delta_of_tool += delta(None, Some(choice)),
        }
    }
    let passed_on = passing.values().map(Vec::len).sum();
    for (suspension, ids) in passing {
        mark(conn, &ids, suspension)?;
    }
    diesel::update(votes::table.filter(votes::exclusion_id.eq(exclusion_id)))
        .set(votes::exclusion_id.eq(None::<i64>))
        .execute(conn)?;
    Ok(ExclusionResult { passed_on, ..done(conn, exclusion_id, all - passed_on, &moves)? })
}

/// Stores an exclusion, gives it these counted votes, and takes them out of the tallies; the caller has taken the turn of
/// votes before it read them.
pub(super) fn exclude_votes(
    conn: &mut Db,
    counted: &[CountedVote],
    new: &NewExclusion<'_>,
) -> QueryResult<ExclusionResult> {
    let row = (
        exclusions::kind.eq(new.kind.to_i16()),
        exclusions::reason.eq(new.reason),
        exclusions::subject_id.eq(new.subject),
        exclusions::made_by.eq(new.by),
        exclusions::made_at.eq(new.at),
    );
    let exclusion_id = each!(conn, c => diesel::insert_into(exclusions::table)
        .values(row)
        .returning(exclusions::id)
        .get_result(c))?;
    let mut moves = BTreeMap::<i64, Delta>::new();
    for (_, tool_id, choice) in counted {
        *moves.entry(*tool_id).or_default() += delta(Some(*choice), None);
    }
    let ids: Vec<i64> = counted.iter().map(|(id, _, _)| *id).collect();
    mark(conn, &ids, exclusion_id)?;
    done(conn, exclusion_id, ids.len(), &moves)
}

fn mark(conn: &mut Db, ids: &[i64], exclusion_id: i64) -> QueryResult<()> {
    for ids in ids.chunks(IDS_AT_ONCE) {
        diesel::update(votes::table.filter(votes::id.eq_any(ids)))
            .set(votes::exclusion_id.eq(exclusion_id))
            .execute(conn)?;
    }
    Ok(())
}
