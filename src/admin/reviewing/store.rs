//! Drafts of reviews in the database, and how one becomes part of a tool's record.

use chrono::{NaiveDateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;

use super::review;
use crate::accounts::CurrentUser;
use crate::accounts::reviewer::LinkedReviewer;
use crate::admin::editor::{RecordChange, save_answering};
use crate::admin::form::FieldErrors;
use crate::catalogue::edit::{self, EditError, Edited};
use crate::catalogue::{RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{accounts, review_drafts, reviewers, tools};
use crate::each;
use crate::text::shown_name;
use crate::web::error::AppError;

/// A review that is not published yet. Its id is another each time that it is sent.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = review_drafts)]
pub(super) struct Draft {
    pub id: i64,
    pub tool_id: i64,
    content: String,
    /// Why a moderator has returned it; empty while it waits for one.
    pub note: String,
    pub made_at: NaiveDateTime,
}

impl Draft {
    /// The review, as in a catalogue file.
    pub(super) fn review(&self) -> Value {
        serde_json::from_str(&self.content).unwrap_or_default()
    }
}

/// A draft with the names of all that it is about.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Waiting {
    pub draft: Draft,
    pub tool: String,
    pub reviewer: LinkedReviewer,
    /// The username of its writer.
    pub handle: String,
}

impl Waiting {
    /// With its names as they are shown.
    fn shown(self) -> Self {
        let reviewer = LinkedReviewer { name: shown_name(&self.reviewer.name), ..self.reviewer };
        Self { tool: shown_name(&self.tool), reviewer, ..self }
    }
}

/// How many drafts wait for a moderator.
pub(in crate::admin) fn count_waiting(conn: &mut Db) -> QueryResult<i64> {
    review_drafts::table
        .inner_join(accounts::table)
        .filter(review_drafts::note.eq(""))
        .filter(accounts::suspended_at.is_null())
        .count()
        .get_result(conn)
}

/// The most that one page shows.
const MOST_WAITING: i64 = 50;

/// Those that wait, oldest first.
pub(super) fn waiting(conn: &mut Db) -> QueryResult<Vec<Waiting>> {
    let rows: Vec<Waiting> = review_drafts::table
        .inner_join(tools::table)
        .inner_join(reviewers::table)
        .inner_join(accounts::table)
        .filter(review_drafts::note.eq(""))
        .filter(accounts::suspended_at.is_null())
        .order(review_drafts::id)
        .limit(MOST_WAITING)
        .select((
            Draft::as_select(),
            tools::name,
            (reviewers::id, reviewers::slug, reviewers::name),
            accounts::handle,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(Waiting::shown).collect())
}

/// The drafts of a reviewer, newest first.
pub(super) fn of_reviewer(conn: &mut Db, reviewer_id: i64) -> QueryResult<Vec<Draft>> {
    review_drafts::table
        .filter(review_drafts::reviewer_id.eq(reviewer_id))
        .order(review_drafts::id.desc())
        .select(Draft::as_select())
        .load(conn)
}

pub(super) fn of_tool(conn: &mut Db, reviewer_id: i64, tool_id: i64) -> QueryResult<Option<Draft>> {
    review_drafts::table
        .filter(review_drafts::reviewer_id.eq(reviewer_id))
        .filter(review_drafts::tool_id.eq(tool_id))
        .select(Draft::as_select())
        .first(conn)
        .optional()
}

/// Keeps a review as a draft, in place of the one that there was.
pub(super) fn save(
    conn: &mut Db,
    (account_id, reviewer_id, tool_id): (i64, i64, i64),
    review: &Value,
) -> QueryResult<()> {
    remove(conn, reviewer_id, tool_id)?;
    let row = (
        review_drafts::reviewer_id.eq(reviewer_id),
        review_drafts::tool_id.eq(tool_id),
        review_drafts::account_id.eq(account_id),
        review_drafts::content.eq(review.to_string()),
        review_drafts::note.eq(""),
        review_drafts::made_at.eq(Utc::now().naive_utc()),
    );
    each!(conn, c => diesel::insert_into(review_drafts::table).values(row).execute(c))?;
    Ok(())
}

pub(super) fn remove(conn: &mut Db, reviewer_id: i64, tool_id: i64) -> QueryResult<usize> {
    let draft = review_drafts::table
        .filter(review_drafts::reviewer_id.eq(reviewer_id))
        .filter(review_drafts::tool_id.eq(tool_id));
    diesel::delete(draft).execute(conn)
}

/// Returns a draft that waits to its writer; false if it does not wait any more.
pub(super) fn give_back(conn: &mut Db, id: i64, note: &str) -> QueryResult<bool> {
    let draft = review_drafts::table.find(id).filter(review_drafts::note.eq(""));
    Ok(diesel::update(draft).set(review_drafts::note.eq(note)).execute(conn)? > 0)
}

/// The draft of this id that waits, exactly as it was shown.
pub(super) fn find(conn: &mut Db, id: i64) -> QueryResult<Option<Waiting>> {
    review_drafts::table
        .inner_join(tools::table)
        .inner_join(reviewers::table)
        .inner_join(accounts::table)
        .filter(review_drafts::id.eq(id))
        .filter(review_drafts::note.eq(""))
        .filter(accounts::suspended_at.is_null())
        .select((
            Draft::as_select(),
            tools::name,
            (reviewers::id, reviewers::slug, reviewers::name),
            accounts::handle,
        ))
        .first(conn)
        .optional()
        .map(|found: Option<Waiting>| found.map(Waiting::shown))
}

/// Why a review was not published.
pub(super) enum NotPublished {
    Wrong(FieldErrors),
    Failed(AppError),
}

impl From<diesel::result::Error> for NotPublished {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<EditError> for NotPublished {
    fn from(cause: EditError) -> Self {
        Self::Failed(cause.into())
    }
}

/// Puts a review into the record of its tool, with history and log, and removes the draft of it, in the write transaction
/// of the caller.
pub(super) fn publish(
    conn: &mut Db,
    by: &CurrentUser,
    reviewer: &LinkedReviewer,
    tool_id: i64,
    new: &Value,
) -> Result<Edited, NotPublished> {
    let tool = edit::stored(conn, RecordKind::Tool, tool_id)?
        .filter(|tool| tool.status() != Status::Archived)
        .ok_or_else(|| NotPublished::Failed(AppError::not_found()))?;
    let state = review::with_review(&tool, &reviewer.slug, new).map_err(NotPublished::Wrong)?;
    let reason = format!("Written by {}.", reviewer.name);
    let change = RecordChange { id: Some(tool_id), state, seen: None, reason, submission: None };
    let saved = save_answering(conn, by, &change)?;
    remove(conn, reviewer.id, tool_id)?;
    Ok(saved.edited)
}
