//! The queue of items: one of them, those about a tool, and what moderators write about one.

use chrono::{NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::store::{SubmissionRow, with_names};
use super::submission::{Submission, SubmissionKind, SubmissionStatus};
use crate::db::Db;
use crate::db::schema::submissions;
use crate::db::versions::{self, Of};

/// One item.
pub fn find(conn: &mut Db, id: i64) -> QueryResult<Option<Submission>> {
    let row = submissions::table.find(id).select(SubmissionRow::as_select()).first(conn).optional()?;
    Ok(with_names(conn, row.into_iter().collect())?.pop())
}

/// The open items about a tool, oldest first, at most ten.
pub fn open_about(conn: &mut Db, tool_id: i64) -> QueryResult<Vec<Submission>> {
    let rows = submissions::table
        .filter(submissions::tool_id.eq(tool_id))
        .filter(submissions::status.eq(SubmissionStatus::Open.to_i16()))
        .order((submissions::made_at, submissions::id))
        .limit(10)
        .select(SubmissionRow::as_select())
        .load(conn)?;
    with_names(conn, rows)
}

/// Whether somebody has had an item for so long that anybody may take it over.
pub fn is_left_lying(since: NaiveDateTime, now: NaiveDateTime) -> bool {
    now - since >= TimeDelta::days(1)
}

/// Notes who has taken an item, and when, or that nobody has. Like [`decide`], in the transaction and the turn in which
/// the caller has read the item.
pub fn assign(conn: &mut Db, id: i64, holder: Option<(i64, NaiveDateTime)>) -> QueryResult<()> {
    let (taken_by, taken_at) = holder.unzip();
    let taken = (submissions::taken_by.eq(taken_by), submissions::taken_at.eq(taken_at));
    diesel::update(submissions::table.find(id)).set(taken).execute(conn)?;
    Ok(())
}

/// The tools of the corrections that were accepted of those sent last, each with when that was. Who sent them is for
/// moderators alone.
pub fn accepted_corrections(conn: &mut Db, most: i64) -> QueryResult<Vec<(i64, NaiveDateTime)>> {
    submissions::table
        .filter(submissions::status.eq(SubmissionStatus::Accepted.to_i16()))
        .filter(submissions::kind.eq(SubmissionKind::Correction.to_i16()))
        .filter(submissions::tool_id.is_not_null())
        .filter(submissions::decided_at.is_not_null())
        .order(submissions::made_at.desc())
        .limit(most)
        .select((submissions::tool_id.assume_not_null(), submissions::decided_at.assume_not_null()))
        .load(conn)
}

/// Decides on an item, with an answer that the sender reads and the tool that came of it.
pub fn decide(
    conn: &mut Db,
    id: i64,
    moderator: i64,
    status: SubmissionStatus,
    answer: &str,
    outcome: Option<i64>,
) -> QueryResult<()> {
    let decided = (
        submissions::status.eq(status.to_i16()),
        submissions::answer.eq(answer),
        submissions::outcome_tool_id.eq(outcome),
        submissions::decided_by.eq(moderator),
        submissions::decided_at.eq(Utc::now().naive_utc()),
        submissions::answer_seen_at.eq(None::<NaiveDateTime>),
    );
    diesel::update(submissions::table.find(id)).set(decided).execute(conn)?;
    // The head of the sender's pages says that there is an answer.
    versions::raise(conn, Of::Accounts)?;
    Ok(())
}
