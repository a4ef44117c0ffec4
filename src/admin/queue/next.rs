//! The item that follows: whoever asks for it has it, so that no two moderators work on the same.

use chrono::{NaiveDateTime, Utc};
use diesel::QueryResult;
use diesel::prelude::*;

use super::log_entry::write;
use crate::accounts::CurrentUser;
use crate::db::Db;
use crate::db::schema::submissions;
use crate::moderation::verb::Verb;
use crate::submissions::queue;
use crate::submissions::submission::{Submission, SubmissionStatus};

/// Takes the open item that follows this one, or the oldest, unless it is of this moderator themselves or somebody else
/// works on it. After the last comes the first again; `None` where there is no other.
pub(super) fn assign(
    conn: &mut Db,
    user: &CurrentUser,
    after: Option<i64>,
) -> QueryResult<Option<Submission>> {
    let others = || {
        submissions::table
            .select(submissions::id)
            .filter(submissions::status.eq(SubmissionStatus::Open.to_i16()))
            .filter(submissions::account_id.ne(user.id))
            .filter(submissions::taken_by.is_null().or(submissions::taken_by.eq(user.id)))
            .filter(submissions::id.ne(after.unwrap_or_default()))
            .order((submissions::made_at.asc(), submissions::id.asc()))
    };
    let place: Option<(NaiveDateTime, i64)> = submissions::table
        .find(after.unwrap_or_default())
        .select((submissions::made_at, submissions::id))
        .first(conn)
        .optional()?;
    let mut id: Option<i64> = None;
    if let Some((made_at, last)) = place {
        let at_once = submissions::made_at.eq(made_at).and(submissions::id.gt(last));
        id = others().filter(submissions::made_at.gt(made_at).or(at_once)).first(conn).optional()?;
    }
    if id.is_none() {
        id = others().first(conn).optional()?;
    }
    let Some(item) = id.map(|id| queue::find(conn, id)).transpose()?.flatten() else { return Ok(None) };
    if !item.is_taken_by(user.id) {
        take(conn, user, &item)?;
    }
    Ok(Some(item))
}

/// Notes that this moderator works on an item that nobody has taken.
pub(super) fn take(conn: &mut Db, user: &CurrentUser, item: &Submission) -> QueryResult<()> {
    queue::assign(conn, item.id, Some((user.id, Utc::now().naive_utc())))?;
    write(conn, user, item, Verb::Assigned, "", ["", &format!("@{}", user.handle)])
}

/// Lets an item be that somebody would rather not decide on, so that others may.
pub(super) fn leave(conn: &mut Db, user: &CurrentUser, id: i64) -> QueryResult<()> {
    let item = queue::find(conn, id)?;
    let mine = item.filter(|item| item.status == SubmissionStatus::Open && item.is_taken_by(user.id));
    if let Some(item) = mine {
        queue::assign(conn, id, None)?;
        write(conn, user, &item, Verb::Unassigned, "", [&format!("@{}", user.handle), ""])?;
    }
    Ok(())
}
