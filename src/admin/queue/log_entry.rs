//! The entry of the log for what is done with a submission.

use diesel::QueryResult;

use crate::accounts::CurrentUser;
use crate::db::Db;
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;
use crate::submissions::submission::Submission;

/// Writes an act into the log, with what it was before and is then. Nothing about it is for readers: it would tell who
/// sent what.
pub(super) fn write(
    conn: &mut Db,
    user: &CurrentUser,
    item: &Submission,
    act: Verb,
    reason: &str,
    [old_value, new_value]: [&str; 2],
) -> QueryResult<()> {
    let label = format!("{}: {}", item.content.kind().label(), item.title());
    let entry = Entry::new(act, Object::Submission, Some(item.id), &label);
    log::write(conn, user, &Entry { reason, old_value, new_value, ..entry })
}
