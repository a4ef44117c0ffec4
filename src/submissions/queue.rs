//! What moderators do with the items: look through them, take one, give it back, decide.
//!
//! Whatever two of them do at once, each act is one statement that says what it rests on, so that exactly one of the
//! two changes something and the other is told.

use std::ops::Range;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::store::{Row, with_names};
use super::submission::{Kind, Status, Submission};
use crate::db::Db;
use crate::db::schema::{accounts, submissions, tools};
use crate::db::sql::{ESCAPE, containing, limit_and_offset, lower};

/// Whose items are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Those that this moderator has taken.
    Is(i64),
    /// Those that somebody else has taken.
    IsNot(i64),
    /// Those that nobody has taken.
    Nobody,
}

/// Which items are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub status: Status,
    pub kind: Option<Kind>,
    pub holder: Option<Holder>,
    /// A part of a name, of a text or of the sender's handle; empty for all.
    pub words: String,
}

/// The query for what is wanted, with its tables; what is selected and in which order comes after.
macro_rules! wanted {
    ($wanted:expr) => {{
        let wanted: &Wanted = $wanted;
        let mut query = submissions::table
            .inner_join(accounts::table.on(accounts::id.eq(submissions::account_id)))
            .left_join(tools::table.on(tools::id.nullable().eq(submissions::tool_id)))
            .filter(submissions::status.eq(wanted.status.to_i16()))
            .into_boxed();
        if let Some(kind) = wanted.kind {
            query = query.filter(submissions::kind.eq(kind.to_i16()));
        }
        query = match wanted.holder {
            Some(Holder::Is(id)) => query.filter(submissions::taken_by.eq(id)),
            Some(Holder::IsNot(id)) => query.filter(submissions::taken_by.ne(id)),
            Some(Holder::Nobody) => query.filter(submissions::taken_by.is_null()),
            None => query,
        };
        if !wanted.words.is_empty() {
            let pattern = containing(&wanted.words.to_lowercase());
            query = query.filter(
                lower(submissions::name)
                    .like(pattern.clone())
                    .escape(ESCAPE)
                    .or(lower(submissions::content).like(pattern.clone()).escape(ESCAPE))
                    .or(lower(accounts::handle).like(pattern.clone()).escape(ESCAPE))
                    .or(lower(tools::name.assume_not_null()).like(pattern).escape(ESCAPE)),
            );
        }
        query
    }};
}

/// How many items are wanted.
pub fn count(conn: &mut Db, wanted: &Wanted) -> QueryResult<i64> {
    wanted!(wanted).count().get_result(conn)
}

/// The items that are wanted: what is open oldest first, what was decided newest first.
pub fn list(conn: &mut Db, wanted: &Wanted, range: Range<usize>) -> QueryResult<Vec<Submission>> {
    let query = wanted!(wanted).select(Row::as_select());
    let query = match wanted.status {
        Status::Open => query.order((submissions::made_at.asc(), submissions::id.asc())),
        _ => query.order((submissions::made_at.desc(), submissions::id.desc())),
    };
    let (limit, offset) = limit_and_offset(&range);
    let rows = query.offset(offset).limit(limit).load(conn)?;
    with_names(conn, rows)
}

/// One item.
pub fn find(conn: &mut Db, id: i64) -> QueryResult<Option<Submission>> {
    let row = submissions::table.find(id).select(Row::as_select()).first(conn).optional()?;
    Ok(with_names(conn, row.into_iter().collect())?.pop())
}

/// The open items about a tool, oldest first, at most ten.
pub fn open_about(conn: &mut Db, tool_id: i64) -> QueryResult<Vec<Submission>> {
    let rows = submissions::table
        .filter(submissions::tool_id.eq(tool_id))
        .filter(submissions::status.eq(Status::Open.to_i16()))
        .order((submissions::made_at, submissions::id))
        .limit(10)
        .select(Row::as_select())
        .load(conn)?;
    with_names(conn, rows)
}

/// After how many hours an item that somebody has taken may be taken over without asking.
pub const KEPT_HOURS: i64 = 24;

/// Whether somebody has had an item for so long that anybody may take it over.
pub fn is_left_lying(since: NaiveDateTime, now: NaiveDateTime) -> bool {
    now - since >= TimeDelta::hours(KEPT_HOURS)
}

/// Takes an open item that nobody has taken; false if somebody has, or it was decided on.
pub fn take(conn: &mut Db, id: i64, moderator: i64, now: NaiveDateTime) -> QueryResult<bool> {
    let free = submissions::table.find(id).filter(is_open()).filter(submissions::taken_by.is_null());
    let taken = (submissions::taken_by.eq(moderator), submissions::taken_at.eq(now));
    Ok(diesel::update(free).set(taken).execute(conn)? == 1)
}

/// Takes an open item over from whoever has it; false if they no longer do, or it was decided on.
pub fn take_over(conn: &mut Db, id: i64, from: i64, moderator: i64, now: NaiveDateTime) -> QueryResult<bool> {
    let held = submissions::table.find(id).filter(is_open()).filter(submissions::taken_by.eq(from));
    let taken = (submissions::taken_by.eq(moderator), submissions::taken_at.eq(now));
    Ok(diesel::update(held).set(taken).execute(conn)? == 1)
}

/// Gives an open item back; false if this moderator does not have it.
pub fn release(conn: &mut Db, id: i64, moderator: i64) -> QueryResult<bool> {
    let held = submissions::table.find(id).filter(is_open()).filter(submissions::taken_by.eq(moderator));
    let free = (submissions::taken_by.eq(None::<i64>), submissions::taken_at.eq(None::<NaiveDateTime>));
    Ok(diesel::update(held).set(free).execute(conn)? == 1)
}

/// A decision on an item.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    pub status: Status,
    /// What the sender reads.
    pub answer: &'a str,
    /// The entry that came of it.
    pub outcome: Option<i64>,
}

/// Decides on an open item that this moderator has taken; false if they do not have it, or it was decided on.
pub fn decide(
    conn: &mut Db,
    id: i64,
    moderator: i64,
    decision: Decision<'_>,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    let held = submissions::table.find(id).filter(is_open()).filter(submissions::taken_by.eq(moderator));
    Ok(diesel::update(held).set(decided(moderator, decision, now)).execute(conn)? == 1)
}

/// Decides on an open item whoever has taken it, because the work it asked for is done; false if it was decided on.
pub fn settle(
    conn: &mut Db,
    id: i64,
    moderator: i64,
    decision: Decision<'_>,
    now: NaiveDateTime,
) -> QueryResult<bool> {
    let open = submissions::table.find(id).filter(is_open());
    Ok(diesel::update(open).set(decided(moderator, decision, now)).execute(conn)? == 1)
}

fn is_open() -> diesel::dsl::Eq<submissions::status, i16> {
    submissions::status.eq(Status::Open.to_i16())
}

type Decided<'a> = (
    diesel::dsl::Eq<submissions::status, i16>,
    diesel::dsl::Eq<submissions::answer, &'a str>,
    diesel::dsl::Eq<submissions::outcome_tool_id, Option<i64>>,
    diesel::dsl::Eq<submissions::decided_by, i64>,
    diesel::dsl::Eq<submissions::decided_at, NaiveDateTime>,
);

fn decided(moderator: i64, decision: Decision<'_>, now: NaiveDateTime) -> Decided<'_> {
    (
        submissions::status.eq(decision.status.to_i16()),
        submissions::answer.eq(decision.answer),
        submissions::outcome_tool_id.eq(decision.outcome),
        submissions::decided_by.eq(moderator),
        submissions::decided_at.eq(now),
    )
}
