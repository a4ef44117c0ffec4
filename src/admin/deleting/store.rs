//! What goes with a record, and deleting it.

use chrono::Utc;

use crate::accounts::CurrentUser;
use crate::catalogue::delete::{self, Belongings};
use crate::catalogue::edit::{self, EditError};
use crate::catalogue::file::State;
use crate::catalogue::history::By;
use crate::catalogue::{Act, RecordKind, Status, public_record_name, record_name, status_rules};
use crate::db::Db;
use crate::moderation::log::{self, Entry};
use crate::votes;
use crate::web::error::AppError;

/// A record that shall go, and what goes with it.
pub(super) struct Doomed {
    pub id: i64,
    pub state: State,
    pub name: String,
    /// Whether readers ever saw it, and so shall see that it is gone.
    pub was_published: bool,
    pub belongings: Belongings,
    pub votes: i64,
}

impl Doomed {
    /// Why it cannot go, if it cannot.
    pub(super) fn refusal(&self) -> Option<&'static str> {
        delete::against(self.state.record.kind(), self.state.status(), &self.belongings)
    }
}

/// The record with this id and what belongs to it.
pub(super) fn look(conn: &mut Db, kind: RecordKind, id: i64) -> Result<Doomed, AppError> {
    let state = edit::stored(conn, kind, id)?.ok_or_else(AppError::not_found)?;
    let belongings = delete::belongings(conn, kind, id)?;
    let votes = if kind == RecordKind::Tool { votes::delete::count(conn, id)? } else { 0 };
    let name = record_name(conn, &state.record)?;
    let was_published = status_rules::was_published(conn, kind, id)?;
    Ok(Doomed { id, state, name, was_published, belongings, votes })
}

/// Deletes it and writes it into the log; readers see that it is gone if they ever saw it.
pub(super) fn delete(
    conn: &mut Db,
    user: &CurrentUser,
    kind: RecordKind,
    id: i64,
    reason: &str,
) -> Result<(), EditError> {
    // Only what is archived goes, and with it its votes: what readers see is not touched.
    let state = edit::stored(conn, kind, id)?.ok_or(EditError::Gone)?;
    if kind == RecordKind::Tool && state.status() == Status::Archived {
        votes::delete::forget(conn, id)?;
    }
    let was_published = status_rules::was_published(conn, kind, id)?;
    let (name, public_name) = (record_name(conn, &state.record)?, public_record_name(conn, &state.record)?);
    let by = By { account_id: Some(user.id), reason, at: Utc::now().naive_utc() };
    let (state, closed) = delete::delete(conn, kind, id, by)?;
    let entry = Entry {
        public_label: was_published.then_some(&public_name),
        reason,
        old_value: &state.record.href(),
        ..Entry::new(Act::Deleted.into(), kind.into(), Some(closed), &name)
    };
    log::write(conn, user, &entry).map_err(EditError::from)
}
