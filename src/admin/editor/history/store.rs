//! Bringing a former state of a record back, and withdrawing a change, each with its entry in the log.

use chrono::Utc;

use crate::accounts::CurrentUser;
use crate::admin::editor::log_text::LoggedEdit;
use crate::catalogue::edit::{self, Edit, EditError, Edited};
use crate::catalogue::file::{Record, State};
use crate::catalogue::history::{self, By};
use crate::catalogue::withdraw::{self, WithdrawError};
use crate::catalogue::{Act, RecordKind, Status, redirects};
use crate::db::Db;

/// What shall come back.
pub(super) struct Restoration {
    pub record: (RecordKind, i64),
    /// The number of the revision.
    pub number: i64,
    /// Whether the record keeps the status that it has now.
    pub keeps_status: bool,
    /// The token of what the moderator has seen; empty to bring it back whatever came in between.
    pub seen: String,
    pub reason: String,
}

pub(super) fn restore(conn: &mut Db, user: &CurrentUser, wanted: &Restoration) -> Result<Edited, EditError> {
    let (kind, id) = wanted.record;
    let former = history::numbered(conn, wanted.record, wanted.number)?.ok_or(EditError::Gone)?;
    let now = edit::stored(conn, kind, id)?.ok_or(EditError::Gone)?;
    let state = if wanted.keeps_status { former.with_status(now.status()) } else { former };
    check(&now, &state, &wanted.reason)?;
    let state = redirects::up_to_date(conn, state)?;
    let by = By { account_id: Some(user.id), reason: &wanted.reason, at: Utc::now().naive_utc() };
    let seen = Some(wanted.seen.as_str()).filter(|seen| !seen.is_empty());
    let edited = edit::store(conn, Edit { id: Some(id), seen, state: &state, act: Act::Restored, by })?;
    if edited.revision_id.is_some() {
        let (act, reason) = (Act::Restored, wanted.reason.as_str());
        LoggedEdit { user, act, edited: &edited, reason, withdrawn: None }.write_fields(conn)?;
    }
    Ok(edited)
}

/// What holds for every form of the admin area holds here too.
fn check(now: &State, state: &State, reason: &str) -> Result<(), EditError> {
    let (path, message) = match &state.record {
        _ if state.status() == Status::Archived && now.status() != Status::Archived && reason.is_empty() => {
            ("reason", "Enter a reason. This archives it, and readers see the reason.")
        }
        Record::Tool(tool) if state.status() == Status::Published && tool.tagline.trim().is_empty() => {
            ("tagline", "A tagline is required, and this revision has none.")
        }
        _ => return Ok(()),
    };
    Err(EditError::at(path, message))
}

pub(super) fn withdraw(
    conn: &mut Db,
    user: &CurrentUser,
    record: (RecordKind, i64),
    number: i64,
    reason: &str,
) -> Result<Edited, WithdrawError> {
    let by = By { account_id: Some(user.id), reason, at: Utc::now().naive_utc() };
    let withdrawn = withdraw::withdraw(conn, record, number, by)?;
    let (edited, revision_id) = (withdrawn.edited, Some(withdrawn.revision_id));
    let logged = LoggedEdit { user, act: Act::Withdrawn, edited: &edited, reason, withdrawn: revision_id };
    logged.write_fields(conn)?;
    Ok(edited)
}
