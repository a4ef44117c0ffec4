//! Bringing a former state of a record back, and withdrawing a change, each with its entry in the log.

use chrono::Utc;

use crate::accounts::CurrentUser;
use crate::admin::editor::log_text::LogText;
use crate::catalogue::edit::{self, Edit, EditError, Edited};
use crate::catalogue::file::{Problem, Record, State};
use crate::catalogue::history::{self, By};
use crate::catalogue::withdraw::{self, WithdrawError};
use crate::catalogue::{Act, RecordKind, Status, addresses};
use crate::db::Db;
use crate::moderation::log;

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
    let revision = history::numbered(conn, wanted.record, wanted.number)?.ok_or(EditError::Gone)?;
    let now = edit::stored(conn, kind, id)?.ok_or(EditError::Gone)?;
    let state = if wanted.keeps_status { revision.state.with_status(now.status) } else { revision.state };
    check(&now, &state, &wanted.reason)?;
    let state = addresses::up_to_date(conn, state)?;
    let by = By { account_id: Some(user.id), reason: &wanted.reason, at: Utc::now().naive_utc() };
    let seen = Some(wanted.seen.as_str()).filter(|seen| !seen.is_empty());
    let edited = edit::store(conn, Edit { id: Some(id), seen, state: &state, act: Act::Restored, by })?;
    if edited.revision_id.is_some() {
        let text = LogText::with_fields(conn, Act::Restored, &edited, &wanted.reason)?;
        log::write(conn, user, &text.entry())?;
    }
    Ok(edited)
}

/// What holds for every form of the desk holds here too.
fn check(now: &State, state: &State, reason: &str) -> Result<(), EditError> {
    let fault = match &state.record {
        _ if state.status == Status::Archived && now.status != Status::Archived && reason.is_empty() => {
            Some(("reason", "Enter a reason. This archives it, and readers see the reason."))
        }
        Record::Tool(tool) if state.status == Status::Published && tool.tagline.trim().is_empty() => {
            Some(("tagline", "A tagline is required, and this revision has none."))
        }
        _ => None,
    };
    match fault {
        Some((path, message)) => {
            Err(EditError::Problems(vec![Problem { path: path.to_owned(), message: message.to_owned() }]))
        }
        None => Ok(()),
    }
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
    let text = LogText::with_fields(conn, Act::Withdrawn, &withdrawn.edited, reason)?;
    log::withdraw(conn, user, &text.entry(), withdrawn.revision_id)?;
    Ok(withdrawn.edited)
}
