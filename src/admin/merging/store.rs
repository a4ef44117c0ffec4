//! What a merge would do, and the merge itself.

use chrono::Utc;
use diesel::QueryResult;

use crate::accounts::CurrentUser;
use crate::catalogue::edit::{self, EditError};
use crate::catalogue::file::State;
use crate::catalogue::history::By;
use crate::catalogue::merge::{self, may_merge};
use crate::catalogue::{Act, RecordKind, Status, addresses, redirects, status_rules};
use crate::db::Db;
use crate::moderation::log::{self, Entry};
use crate::slug::Slug;
use crate::web::error::AppError;
use crate::{integrity, submissions};

/// The tool that goes into another.
pub(super) struct MergeSource {
    pub id: i64,
    pub state: State,
    /// Where a tool is named that stays, what will happen, or a sentence on why it cannot.
    pub plan: Option<Result<MergePlan, String>>,
}

/// The tool that stays, and what will happen.
pub(super) struct MergePlan {
    pub id: i64,
    pub state: State,
    pub votes: integrity::merge::MergedVotes,
    pub records: merge::MergeCounts,
    /// Whether readers learn of it.
    pub is_public: bool,
}

/// The tool with this id, and what happens if it goes into the one of the slug `into`.
pub(super) fn look(conn: &mut Db, id: i64, into: &str) -> Result<MergeSource, AppError> {
    let state = edit::stored(conn, RecordKind::Tool, id)?.ok_or_else(AppError::not_found)?;
    let plan = if into.is_empty() { None } else { Some(plan(conn, (id, state.status()), into)?) };
    Ok(MergeSource { id, state, plan })
}

fn plan(conn: &mut Db, source: (i64, Status), slug: &str) -> Result<Result<MergePlan, String>, AppError> {
    // What is no slug is not asked for: PostgreSQL fails on some texts.
    let mut id = match slug.parse::<Slug>() {
        Ok(_) => addresses::id_by_slug(conn, RecordKind::Tool, slug)?,
        Err(_) => return Ok(Err(format!("No tool has the URL slug “{slug}”."))),
    };
    if id.is_none() {
        id = redirects::redirected(conn, RecordKind::Tool, slug)?;
    }
    let Some(id) = id else { return Ok(Err(format!("No tool has the URL slug “{slug}”."))) };
    let state = edit::stored(conn, RecordKind::Tool, id)?.ok_or_else(AppError::not_found)?;
    if let Err(refusal) = may_merge(source, (id, state.status())) {
        return Ok(Err(refusal.to_string()));
    }
    let votes = integrity::merge::count(conn, source.0, id)?;
    let records = merge::count(conn, source.0, id)?;
    let is_public = is_public(conn, source.0, state.status())?;
    Ok(Ok(MergePlan { id, state, votes, records, is_public }))
}

/// Whether readers learn of a merge: they saw the one, and see the other.
fn is_public(conn: &mut Db, source: i64, target: Status) -> QueryResult<bool> {
    Ok(target == Status::Published && status_rules::was_published(conn, RecordKind::Tool, source)?)
}

/// Merges votes, records and what waits in the queue, and writes it into the log.
pub(super) fn merge(
    conn: &mut Db,
    user: &CurrentUser,
    source: i64,
    target: i64,
    reason: &str,
) -> Result<crate::votes::ChangedTallies, EditError> {
    // Votes are locked before records, as a voter does.
    let votes = integrity::merge::merge(conn, source, target)?;
    let by = By { account_id: Some(user.id), reason, at: Utc::now().naive_utc() };
    merge::merge(conn, source, target, by)?;
    submissions::store::move_open(conn, source, target)?;
    let mut named = |id| edit::stored(conn, RecordKind::Tool, id)?.ok_or(EditError::Gone);
    let (from, into) = (named(source)?, named(target)?);
    let (name, other) = (from.record.name(), into.record.name());
    let slug = |state: &State| state.record.slug().map(ToString::to_string).unwrap_or_default();
    let label = format!("{name} ({}) into {other} ({})", slug(&from), slug(&into));
    let is_public = is_public(conn, source, into.status())?;
    let href = into.record.href();
    let entry = Entry {
        public_label: is_public.then_some(label.as_str()),
        href: is_public.then_some(href.as_str()),
        reason,
        old_value: &from.record.href(),
        new_value: &href,
        ..Entry::new(Act::Merged.into(), RecordKind::Tool.into(), Some(source), &label)
    };
    log::write(conn, user, &entry)?;
    Ok(votes)
}
