//! Storing a record with its entry in the log.

use chrono::Utc;

use super::log_text::LoggedEdit;
use crate::accounts::CurrentUser;
use crate::admin::queue::act::settle;
use crate::catalogue::edit::{self, Edit, EditError, Edited};
use crate::catalogue::file::State;
use crate::catalogue::history::By;
use crate::catalogue::{Act, RecordKind, Status, status_rules};
use crate::db::Db;

/// A record to be stored.
pub(in crate::admin) struct RecordChange {
    pub id: Option<i64>,
    pub state: State,
    /// The token of what the editor has seen; none stores it whatever came in between.
    pub seen: Option<String>,
    pub reason: String,
    /// What somebody sent in that this answers.
    pub submission: Option<i64>,
}

/// A record that was stored, and what is told of the submission that it answers.
pub(in crate::admin) struct Saved {
    pub edited: Edited,
    pub settled: Option<&'static str>,
}

/// Stores a record, with its entry in the log, and accepts the submission that it answers.
pub(in crate::admin) fn save_answering(
    conn: &mut Db,
    user: &CurrentUser,
    change: &RecordChange,
) -> Result<Saved, EditError> {
    let edited = save(conn, user, change)?;
    let settled = match change.submission {
        Some(submission) => settle(conn, user, submission, &edited)?,
        None => None,
    };
    Ok(Saved { edited, settled })
}

/// Stores a record, with its entry in the log.
pub(super) fn save(conn: &mut Db, user: &CurrentUser, change: &RecordChange) -> Result<Edited, EditError> {
    let kind = change.state.record.kind();
    let before = match change.id {
        Some(id) => Some(edit::stored(conn, kind, id)?.ok_or(EditError::Gone)?.status()),
        None => None,
    };
    let act = act(before, change.state.status());
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

/// Brings an archived record back to what it was before.
pub(super) fn restore(
    conn: &mut Db,
    user: &CurrentUser,
    (kind, id): (RecordKind, i64),
) -> Result<Edited, EditError> {
    let status = status_rules::before_archiving(conn, kind, id)?;
    change_status(conn, user, (kind, id), status, String::new())
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
