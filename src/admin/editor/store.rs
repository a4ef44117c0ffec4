//! Storing a record with its entry in the log.

use chrono::Utc;
use diesel::prelude::*;

use super::log_text::LoggedEdit;
use crate::accounts::CurrentUser;
use crate::admin::queue::act::accept_with_tool;
use crate::catalogue::edit::{self, Edit, EditError, Edited};
use crate::catalogue::file::State;
use crate::catalogue::history::By;
use crate::catalogue::{Act, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::submissions;
use crate::submissions::submission::SubmissionStatus;

/// A record to be stored.
pub(super) struct RecordChange {
    pub id: Option<i64>,
    pub state: State,
    /// The token of what the editor has seen; none stores it whatever came in between.
    pub seen: Option<String>,
    pub reason: String,
    /// What somebody sent in that this answers.
    pub submission: Option<i64>,
}

/// Stores a record, with its entry in the log, and closes the submission that it answers.
pub(super) fn save(conn: &mut Db, user: &CurrentUser, change: &RecordChange) -> Result<Edited, EditError> {
    let kind = change.state.record.kind();
    let before = match change.id {
        Some(id) => Some(edit::stored(conn, kind, id)?.ok_or(EditError::Gone)?.status),
        None => None,
    };
    let act = act(before, change.state.status);
    let by = By { account_id: Some(user.id), reason: &change.reason, at: Utc::now().naive_utc() };
    let seen = change.seen.as_deref().filter(|_| change.id.is_some());
    let edited = edit::store(conn, Edit { id: change.id, seen, state: &change.state, act, by })?;
    if edited.revision_id.is_some() {
        let logged = LoggedEdit { user, act, edited: &edited, reason: &change.reason, withdrawn: None };
        match kind {
            RecordKind::Tool => logged.write_fields(conn)?,
            _ => logged.write_status(conn)?,
        }
    }
    if let Some(submission) = change.submission {
        settle(conn, user, submission, &edited)?;
    }
    Ok(edited)
}

/// Gives a record another status, as it stands now.
pub(super) fn change_status(
    conn: &mut Db,
    user: &CurrentUser,
    (kind, id): (RecordKind, i64),
    status: Status,
    reason: String,
) -> Result<Edited, EditError> {
    let state = edit::stored(conn, kind, id)?.ok_or(EditError::Gone)?.with_status(status);
    save(conn, user, &RecordChange { id: Some(id), state, seen: None, reason, submission: None })
}

/// What an editor does who brings a record from one status to another.
pub(super) fn act(before: Option<Status>, after: Status) -> Act {
    match (before, after) {
        (Some(before), after) if before == after => Act::Edited,
        (None, Status::Draft) => Act::Created,
        (Some(Status::Archived), _) => Act::Restored,
        (_, Status::Published) => Act::Published,
        (_, Status::Archived) => Act::Archived,
        (_, Status::Draft) => Act::Edited,
    }
}

/// Closes a submission as accepted, if it is open and asks for this tool or for a new one.
fn settle(conn: &mut Db, user: &CurrentUser, submission: i64, edited: &Edited) -> QueryResult<()> {
    let meant = submissions::tool_id.eq(edited.id).or(submissions::tool_id.is_null());
    let open =
        submissions::table.find(submission).filter(submissions::status.eq(SubmissionStatus::Open.to_i16()));
    let asks: Option<i64> =
        open.filter(meant.assume_not_null()).select(submissions::id).first(conn).optional()?;
    if asks.is_some() {
        accept_with_tool(conn, user, submission, edited.id)?;
    }
    Ok(())
}
