//! Setting votes aside: they stay stored, leave the tally in the same transaction, and it can be undone.
//!
//! A vote with an exclusion does not count. It has one exclusion at a time, the first that it got. All functions here
//! run inside a write transaction of the caller, take the turn of votes before they read any, and leave it to the caller
//! to tell open pages after the commit, by [`Moved::tell`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    left_out::{self, LeftOut},
    standings::Standings,
    store::{IDS_AT_ONCE, Step, move_tallies, stored_choice},
    vote::{Delta, delta},
    vote_set::{Ballot, VoteSet, counted_of_account},
};
use crate::{
    db::{
        Db,
        schema::{accounts, exclusions, votes},
        versions::{self, Of},
    },
    each, words,
};

/// For which kind of reason votes are set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Burst,
    NewAccounts,
    SameVotes,
    OneNetwork,
    Suspended,
    Other,
}
words!(Kind {
    Burst = 0 "burst", NewAccounts = 1 "new-accounts", SameVotes = 2 "same-votes", OneNetwork = 3 "one-network",
    Suspended = 4 "suspended", Other = 5 "other"
});

impl Kind {
    /// Those that a moderator may choose; a suspended account's votes are set aside by suspending it.
    pub const CHOSEN: [Self; 5] =
        [Self::Burst, Self::NewAccounts, Self::SameVotes, Self::OneNetwork, Self::Other];

    /// The kind behind a stored number; an unknown one is another reason.
    #[must_use]
    pub fn stored(number: i16) -> Self {
        Self::from_i16(number).unwrap_or(Self::Other)
    }

    /// The kind that a form names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_word(text).filter(|kind| Self::CHOSEN.contains(kind))
    }

    /// Its name in a list.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Burst => "A burst",
            Self::NewAccounts => "Many new accounts",
            Self::SameVotes => "Accounts that vote the same",
            Self::OneNetwork => "One network",
            Self::Suspended => "A suspended account",
            Self::Other => "Another reason",
        }
    }

    /// What such a vote was: “it was …”.
    #[must_use]
    pub fn of_a_vote(self) -> &'static str {
        match self {
            Self::Burst => "part of a burst of votes",
            Self::NewAccounts => "one of many by new accounts",
            Self::SameVotes => "one of a group of accounts that vote the same",
            Self::OneNetwork => "one of many from one network",
            Self::Suspended => "cast by a suspended account",
            Self::Other => "left out for another reason, which is in the moderation log",
        }
    }
}

/// An exclusion to be.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    pub kind: Kind,
    pub reason: &'a str,
    /// The account, where it is about all votes of one.
    pub subject: Option<i64>,
    /// The account whose doing it is.
    pub by: i64,
    pub at: NaiveDateTime,
}

/// What was done to votes.
#[derive(Debug, Clone, Default)]
pub struct Moved {
    pub exclusion_id: i64,
    /// How many votes left the tallies or came back into them.
    pub votes: usize,
    /// How many votes of an exclusion that was undone stay left out, since their accounts are suspended by now.
    pub passed_on: usize,
    /// The tools whose votes it was about.
    pub steps: Vec<Step>,
    /// What is left out of their tallies from now on.
    pub left_out: HashMap<i64, LeftOut>,
}

impl Moved {
    /// The tools whose votes it was about.
    #[must_use]
    pub fn tools(&self) -> BTreeSet<i64> {
        self.steps.iter().map(|step| step.tool_id).collect()
    }

    /// Tells pages in memory and open streams; to be called after the commit and before answering.
    pub fn tell(&self, standings: &Standings) {
        for Step { tool_id, after, .. } in &self.steps {
            let left_out = self.left_out.get(tool_id).cloned().unwrap_or_default();
            standings.leave_out(*tool_id, after.revision, left_out);
            standings.publish(*tool_id, after);
        }
    }
}

/// Moves the tallies and says what was done, with what is left out of them after it. Tallies get a new revision also
/// where only the reason of an exclusion changed, since pages show that too.
fn done(conn: &mut Db, exclusion_id: i64, votes: usize, moves: &BTreeMap<i64, Delta>) -> QueryResult<Moved> {
    if moves.is_empty() {
        return Ok(Moved { exclusion_id, votes, ..Moved::default() });
    }
    let revision = versions::raise(conn, Of::Votes)?;
    let steps = move_tallies(conn, moves, revision)?;
    let tools: Vec<i64> = moves.keys().copied().collect();
    Ok(Moved { exclusion_id, votes, passed_on: 0, left_out: left_out::of_tools(conn, &tools)?, steps })
}

/// Why an exclusion cannot be undone.
#[derive(Debug, thiserror::Error)]
pub enum NotUndone {
    #[error("There is no such exclusion.")]
    Unknown,
    #[error("It is undone already.")]
    Already,
    #[error("These are the votes of a suspended account; they come back when the suspension is lifted.")]
    OfSuspension,
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

/// An exclusion as it is stored.
#[derive(Debug, Clone, Queryable)]
pub struct Exclusion {
    pub id: i64,
    pub kind: i16,
    pub reason: String,
    pub subject_id: Option<i64>,
    pub made_by: Option<i64>,
    pub made_at: NaiveDateTime,
    pub undone_by: Option<i64>,
    pub undone_at: Option<NaiveDateTime>,
}

/// Sets votes aside. One that is set aside already keeps its exclusion. `None`, with nothing changed, if no counted vote
/// is among them.
///
/// # Errors
/// When the database fails.
pub fn exclude(conn: &mut Db, which: &VoteSet, order: &Order<'_>) -> QueryResult<Option<Moved>> {
    versions::take_turn(conn, Of::Votes)?;
    let counted = which.counted(conn)?;
    exclude_counted(conn, &counted, order)
}

/// Sets all votes of an account aside; otherwise as [`exclude`].
///
/// # Errors
/// When the database fails.
pub fn exclude_all_of(conn: &mut Db, account_id: i64, order: &Order<'_>) -> QueryResult<Option<Moved>> {
    versions::take_turn(conn, Of::Votes)?;
    let counted = counted_of_account(conn, account_id)?;
    exclude_counted(conn, &counted, order)
}

fn exclude_counted(conn: &mut Db, counted: &[Ballot], order: &Order<'_>) -> QueryResult<Option<Moved>> {
    if counted.is_empty() {
        return Ok(None);
    }
    let exclusion_id = write(conn, order)?;
    set_aside(conn, counted, exclusion_id).map(Some)
}

/// Brings the votes of an exclusion back, but for those of accounts that are suspended by now: these pass to the
/// exclusion of the suspension.
///
/// # Errors
/// When it is unknown, undone already, or that of a suspension; or the database fails.
pub fn undo(conn: &mut Db, exclusion_id: i64, by: i64, at: NaiveDateTime) -> Result<Moved, NotUndone> {
    versions::take_turn(conn, Of::Votes)?;
    let exclusion = find(conn, exclusion_id)?.ok_or(NotUndone::Unknown)?;
    if exclusion.undone_at.is_none() && Kind::stored(exclusion.kind) == Kind::Suspended {
        return Err(NotUndone::OfSuspension);
    }
    bring_back(conn, exclusion_id, by, at)
}

/// The exclusion with this id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Db, id: i64) -> QueryResult<Option<Exclusion>> {
    exclusions::table.find(id).first(conn).optional()
}

/// The kinds of these exclusions.
///
/// # Errors
/// When the database fails.
pub fn kinds(conn: &mut Db, ids: &BTreeSet<i64>) -> QueryResult<HashMap<i64, Kind>> {
    let mut kinds = HashMap::new();
    let ids: Vec<i64> = ids.iter().copied().collect();
    for ids in ids.chunks(IDS_AT_ONCE) {
        let rows: Vec<(i64, i16)> = exclusions::table
            .filter(exclusions::id.eq_any(ids))
            .select((exclusions::id, exclusions::kind))
            .load(conn)?;
        kinds.extend(rows.into_iter().map(|(id, kind)| (id, Kind::stored(kind))));
    }
    Ok(kinds)
}

/// Undoes an exclusion whatever it is of; see [`undo`].
pub(super) fn bring_back(
    conn: &mut Db,
    exclusion_id: i64,
    by: i64,
    at: NaiveDateTime,
) -> Result<Moved, NotUndone> {
    versions::take_turn(conn, Of::Votes)?;
    let undone = exclusions::table.find(exclusion_id).filter(exclusions::undone_at.is_null());
    let marked = diesel::update(undone)
        .set((exclusions::undone_by.eq(by), exclusions::undone_at.eq(at)))
        .execute(conn)?;
    if marked == 0 {
        return Err(if find(conn, exclusion_id)?.is_some() {
            NotUndone::Already
        } else {
            NotUndone::Unknown
        });
    }
    let rows: Vec<(Ballot, Option<i64>)> = votes::table
        .inner_join(accounts::table)
        .filter(votes::exclusion_id.eq(exclusion_id))
        .select(((votes::id, votes::tool_id, votes::choice), accounts::suspension_id))
        .load(conn)?;
    let mut passing: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut moves = BTreeMap::new();
    let all = rows.len();
    for ((id, tool_id, choice), suspension) in rows {
        let back = match suspension {
            Some(suspension) => {
                passing.entry(suspension).or_default().push(id);
                Delta::default()
            }
            None => delta(None, Some(stored_choice(choice)?)),
        };
        add(&mut moves, tool_id, back);
    }
    let passed_on = passing.values().map(Vec::len).sum();
    for (suspension, ids) in passing {
        mark(conn, &ids, suspension)?;
    }
    diesel::update(votes::table.filter(votes::exclusion_id.eq(exclusion_id)))
        .set(votes::exclusion_id.eq(None::<i64>))
        .execute(conn)?;
    Ok(Moved { passed_on, ..done(conn, exclusion_id, all - passed_on, &moves)? })
}

/// Stores an exclusion and returns its id.
pub(super) fn write(conn: &mut Db, order: &Order<'_>) -> QueryResult<i64> {
    let row = (
        exclusions::kind.eq(order.kind.to_i16()),
        exclusions::reason.eq(order.reason),
        exclusions::subject_id.eq(order.subject),
        exclusions::made_by.eq(order.by),
        exclusions::made_at.eq(order.at),
    );
    each!(conn, c => diesel::insert_into(exclusions::table)
        .values(row)
        .returning(exclusions::id)
        .get_result(c))
}

/// Gives counted votes this exclusion and takes them out of the tallies; the caller has taken the turn of votes before
/// it read them.
pub(super) fn set_aside(conn: &mut Db, counted: &[Ballot], exclusion_id: i64) -> QueryResult<Moved> {
    let mut moves = BTreeMap::new();
    for (_, tool_id, choice) in counted {
        add(&mut moves, *tool_id, delta(Some(stored_choice(*choice)?), None));
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

fn add(moves: &mut BTreeMap<i64, Delta>, tool_id: i64, step: Delta) {
    let sum = moves.entry(tool_id).or_default();
    *sum = Delta { ships: sum.ships + step.ships, skips: sum.skips + step.skips };
}
