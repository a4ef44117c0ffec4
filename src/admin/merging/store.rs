//! What a merge would do, the merge itself, and undoing it.

use chrono::Utc;
use diesel::QueryResult;

use crate::accounts::CurrentUser;
use crate::admin::choosing;
use crate::admin::editor::difference::Names;
use crate::admin::editor::log_text;
use crate::catalogue::edit::{self, EditError};
use crate::catalogue::file::State;
use crate::catalogue::history::By;
use crate::catalogue::merge::{self, Merge, Merging, UndoRefusal, may_merge};
use crate::catalogue::{Act, RecordKind, Status, status_rules};
use crate::db::Db;
use crate::db::versions::{self, Of};
use crate::moderation::log::{self, Entry};
use crate::moderation::verb::Verb;
use crate::votes::ChangedTallies;
use crate::web::error::AppError;
use crate::{integrity, submissions};

/// The record that goes into another.
pub(super) struct MergeSource {
    pub kind: RecordKind,
    pub id: i64,
    pub state: State,
    /// The merge by which it went into another already.
    pub merged: Option<i64>,
    /// Where a record is named that stays, what will happen, or a sentence on why it cannot.
    pub plan: Option<Result<MergePlan, String>>,
}

/// The record that stays, and what will happen.
pub(super) struct MergePlan {
    pub id: i64,
    pub state: State,
    pub votes: integrity::merge::MergedVotes,
    pub records: merge::MergeCounts,
    /// Whether readers learn of it.
    pub is_public: bool,
    /// The names of reviewers.
    pub names: Names,
}

/// The record with this id, and what happens if it goes into the one that `into` names.
pub(super) fn look(
    conn: &mut Db,
    (kind, id): (RecordKind, i64),
    into: &str,
) -> Result<MergeSource, AppError> {
    let state = edit::stored(conn, kind, id)?.ok_or_else(AppError::not_found)?;
    let plan = if into.is_empty() { None } else { Some(plan(conn, kind, (id, state.status()), into)?) };
    let merged = merge::newest_of(conn, (kind, id))?.map(|merge| merge.id);
    Ok(MergeSource { kind, id, state, merged, plan })
}

fn plan(
    conn: &mut Db,
    kind: RecordKind,
    source: (i64, Status),
    typed: &str,
) -> Result<Result<MergePlan, String>, AppError> {
    let id = match choosing::find(conn, kind, typed)? {
        Ok(found) => found.id,
        Err(text) => return Ok(Err(text)),
    };
    let state = edit::stored(conn, kind, id)?.ok_or_else(AppError::not_found)?;
    if let Err(refusal) = may_merge(source, (id, state.status())) {
        return Ok(Err(refusal.to_string()));
    }
    let votes = match kind {
        RecordKind::Tool => integrity::merge::count(conn, source.0, id)?,
        _ => integrity::merge::MergedVotes::default(),
    };
    let records = merge::count(conn, kind, source.0, id)?;
    let is_public = is_public(conn, (kind, source.0), state.status())?;
    let names = log_text::names(conn)?;
    Ok(Ok(MergePlan { id, state, votes, records, is_public, names }))
}

/// Whether readers learn of a merge: they saw the one, and see the other.
fn is_public(conn: &mut Db, (kind, source): (RecordKind, i64), target: Status) -> QueryResult<bool> {
    Ok(target == Status::Published && status_rules::was_published(conn, kind, source)?)
}

/// Which record goes into which, what the one that stays becomes, and why.
pub(super) struct Order {
    pub kind: RecordKind,
    pub source: i64,
    pub target: i64,
    /// The tokens of the two states that were looked at.
    pub seen: [String; 2],
    pub becomes: State,
    pub reason: String,
}

/// Merges votes, records and what waits in the queue, and writes it into the log.
pub(super) fn merge(
    conn: &mut Db,
    user: &CurrentUser,
    order: &Order,
) -> Result<(Merge, ChangedTallies), EditError> {
    let Order { kind, source, target, .. } = *order;
    versions::take_turn(conn, Of::Catalogue)?;
    // Before the time is taken: votes that were cast before it are stored.
    versions::take_turn(conn, Of::Votes)?;
    for (id, seen) in [source, target].into_iter().zip(&order.seen) {
        let now = edit::stored(conn, kind, id)?.ok_or(EditError::Gone)?;
        if now.token() != *seen {
            return Err(EditError::Conflict(Box::new(now)));
        }
    }
    let submissions = match kind {
        RecordKind::Tool => submissions::store::open_about(conn, source)?,
        _ => Vec::new(),
    };
    submissions::store::move_open(conn, &submissions, source, target)?;
    let by = By { account_id: Some(user.id), reason: &order.reason, at: Utc::now().naive_utc() };
    let becomes = Some(&order.becomes);
    let merge = merge::merge(conn, Merging { kind, source, target, becomes, submissions, by })?;
    let votes = match kind {
        RecordKind::Tool => integrity::merge::merge(conn, &merge)?,
        _ => ChangedTallies::default(),
    };
    note(conn, user, &merge, Act::Merged.into(), &order.reason)?;
    Ok((merge, votes))
}

/// A merge that was made, and whether and how it can be undone.
pub(super) struct MadeMerge {
    pub merge: Merge,
    /// What it was made of; none of what is deleted.
    pub source: Option<State>,
    pub target: Option<State>,
    pub refusal: Option<UndoRefusal>,
    /// How many votes go back to the source, and how many stay.
    pub votes: (u64, u64),
}

/// The merge with this id.
pub(super) fn made(conn: &mut Db, id: i64) -> Result<MadeMerge, AppError> {
    let merge = merge::find(conn, id)?.ok_or_else(AppError::not_found)?;
    let source = edit::stored(conn, merge.kind, merge.source)?;
    let target = edit::stored(conn, merge.kind, merge.target)?;
    let refusal = merge::may_undo(conn, &merge)?.err();
    let votes = match (merge.kind, refusal) {
        (RecordKind::Tool, None) => integrity::merge::count_back(conn, &merge)?,
        _ => (0, 0),
    };
    Ok(MadeMerge { merge, source, target, refusal, votes })
}

/// Brings both records and their votes back to what they were, and writes it into the log.
pub(super) fn undo(conn: &mut Db, user: &CurrentUser, id: i64) -> Result<ChangedTallies, EditError> {
    let by = By { account_id: Some(user.id), reason: "", at: Utc::now().naive_utc() };
    let merge = merge::undo(conn, id, by)?;
    submissions::store::move_open(conn, &merge.moved.submissions, merge.target, merge.source)?;
    let votes = match merge.kind {
        RecordKind::Tool => integrity::merge::undo(conn, &merge)?,
        _ => ChangedTallies::default(),
    };
    note(conn, user, &merge, Verb::UndidMerge, "")?;
    Ok(votes)
}

fn note(conn: &mut Db, user: &CurrentUser, merge: &Merge, verb: Verb, reason: &str) -> Result<(), EditError> {
    let mut named = |id| edit::stored(conn, merge.kind, id)?.ok_or(EditError::Gone);
    let (from, into) = (named(merge.source)?, named(merge.target)?);
    let (name, other) = (from.record.name(), into.record.name());
    let slug = |state: &State| state.record.slug().map(ToString::to_string).unwrap_or_default();
    let label = format!("{name} ({}) into {other} ({})", slug(&from), slug(&into));
    let is_public = is_public(conn, (merge.kind, merge.source), into.status())?;
    let href = into.record.href();
    let entry = Entry {
        public_label: is_public.then_some(label.as_str()),
        href: is_public.then_some(href.as_str()),
        reason,
        old_value: &from.record.href(),
        new_value: &href,
        ..Entry::new(verb, merge.kind.into(), Some(merge.source), &label)
    };
    Ok(log::write(conn, user, &entry)?)
}
