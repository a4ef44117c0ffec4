//! What records were: every change keeps the state before and after it, with who, when and why.
//!
//! A record that never changed has no revisions; the first change keeps what was found, and then what it became.

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::changes;
use super::file::record::State;
use super::terms::{Act, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{accounts, revisions};
use crate::db::sql;
use crate::each;
use crate::web::ui::Day;

/// Who changes something, why and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// The account in the admin area; none for the command line.
    pub account_id: Option<i64>,
    /// Their words, possibly none.
    pub reason: &'a str,
    /// UTC.
    pub at: NaiveDateTime,
}

impl<'a> By<'a> {
    /// A change by the command line.
    pub fn nobody(reason: &'a str, at: NaiveDateTime) -> Self {
        Self { account_id: None, reason, at }
    }
}

/// Keeps what a record has become and, if nothing of it was kept yet, what it was; in the transaction of the change.
/// Returns the id of the newest revision. What readers should know of it is noted as [`changes`].
pub fn keep(
    conn: &mut Db,
    record: (RecordKind, i64),
    act: Act,
    before: Option<&State>,
    after: &State,
    by: By<'_>,
) -> QueryResult<i64> {
    let last: Option<i64> = revisions_of(record).select(max(revisions::number)).first(conn)?;
    let mut number = last.unwrap_or(0);
    if let (0, Some(before)) = (number, before) {
        number = 1;
        insert(conn, record, number, Act::Found, before, By::nobody("", by.at))?;
    }
    let revision_id = insert(conn, record, number + 1, act, after, by)?;
    if let Some(before) = before {
        changes::note(conn, record.1, revision_id, before, after, by.at)?;
    }
    Ok(revision_id)
}

/// Keeps a record that is about to be deleted for the last time. Its revisions go on under a number that no record has,
/// which is returned: it says by itself that the record is gone.
pub(super) fn close(conn: &mut Db, record: (RecordKind, i64), state: &State, by: By<'_>) -> QueryResult<i64> {
    let last = keep(conn, record, Act::Deleted, Some(state), state, by)?;
    diesel::update(revisions_of(record)).set(revisions::record_id.eq(-last)).execute(conn)?;
    Ok(-last)
}

/// What made a record what it was, without the state itself: a line of a list.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = revisions)]
pub struct Headline {
    /// The revision's own id.
    pub id: i64,
    /// 1 for the oldest of the record.
    pub number: i64,
    /// What made it so.
    pub act: Act,
    /// The handle of whoever did it, if it was in the admin area and the account is still there.
    #[diesel(select_expression = accounts::handle.nullable())]
    pub handle: Option<String>,
    /// Why.
    pub reason: String,
    /// UTC.
    pub made_at: NaiveDateTime,
}

impl Headline {
    /// How the admin area names what was done.
    pub fn act_words(&self) -> &'static str {
        match self.act {
            Act::Found => "initial version",
            Act::Withdrawn => "undone",
            other => other.as_str(),
        }
    }

    /// When it was done.
    pub fn day(&self) -> Day {
        Day(self.made_at.date())
    }
}

/// A part of the revisions of a record, newest first, without their states.
pub fn headlines(
    conn: &mut Db,
    record: (RecordKind, i64),
    range: std::ops::Range<usize>,
) -> QueryResult<Vec<Headline>> {
    let (limit, offset) = sql::limit_and_offset(&range);
    revisions_of(record)
        .left_join(accounts::table)
        .order(revisions::number.desc())
        .limit(limit)
        .offset(offset)
        .select(Headline::as_select())
        .load(conn)
}

/// The id of the newest revision of all; 0 where there is none.
pub fn newest(conn: &mut Db) -> QueryResult<i64> {
    // Ids begin with 1. That it is asked for keeps both databases to the end of the index.
    let all = revisions::table.filter(revisions::id.gt(0)).order(revisions::id.desc());
    let newest = all.select(revisions::id).first(conn).optional()?;
    Ok(newest.unwrap_or_default())
}

/// Those of these records that became something after the revision `seen`.
pub fn changed_since(conn: &mut Db, kind: RecordKind, ids: &[i64], seen: i64) -> QueryResult<Vec<i64>> {
    revisions::table
        .filter(revisions::kind.eq(kind))
        .filter(revisions::record_id.eq_any(ids))
        .filter(revisions::id.gt(seen))
        .select(revisions::record_id)
        .distinct()
        .load(conn)
}

/// How many revisions a record has.
pub fn count(conn: &mut Db, record: (RecordKind, i64)) -> QueryResult<i64> {
    revisions_of(record).count().get_result(conn)
}

/// What a record was from its revision of this number on.
pub fn numbered(conn: &mut Db, record: (RecordKind, i64), number: i64) -> QueryResult<Option<State>> {
    let texts = revisions_of(record).filter(revisions::number.eq(number)).select(revisions::state);
    texts.first::<String>(conn).optional()?.map(|text| read(record.0, &text)).transpose()
}

/// Whether readers saw a record, as far as its history goes; what was withdrawn at once does not count.
pub(super) fn was_published(conn: &mut Db, record: (RecordKind, i64)) -> QueryResult<bool> {
    let is_published = revisions::state.like(with_status(Status::Published));
    let states: Vec<(Act, bool)> =
        revisions_of(record).order(revisions::number).select((revisions::act, is_published)).load(conn)?;
    let mut next = states.iter().skip(1).map(|(act, _)| *act);
    Ok(states.iter().any(|(_, is_published)| {
        let next = next.next();
        *is_published && next != Some(Act::Withdrawn)
    }))
}

/// The status that a record had before it was archived, or was last; none where its history has no other.
pub(super) fn status_before_archiving(
    conn: &mut Db,
    record: (RecordKind, i64),
) -> QueryResult<Option<Status>> {
    let others = revisions_of(record).filter(revisions::state.not_like(with_status(Status::Archived)));
    let newest = others.order(revisions::number.desc()).select(revisions::state);
    let text = newest.first::<String>(conn).optional()?;
    Ok(text.map(|text| read(record.0, &text)).transpose()?.map(|state| state.status()))
}

/// What a kept state of this status has in it; within a text the quotes would stand behind strokes.
fn with_status(status: Status) -> String {
    format!("%\"status\":\"{status}\"%")
}

/// The newest state of a record that an editor has seen who holds this token, if it was kept. Editors seldom look for
/// long, so only the newest are asked.
pub fn seen(conn: &mut Db, record: (RecordKind, i64), token: &str) -> QueryResult<Option<State>> {
    let newest = revisions_of(record).order(revisions::number.desc()).limit(20).select(revisions::state);
    let texts: Vec<String> = newest.load(conn)?;
    for text in texts {
        let state = read(record.0, &text)?;
        if state.token() == token {
            return Ok(Some(state));
        }
    }
    Ok(None)
}

#[diesel::dsl::auto_type]
fn revisions_of(record: (RecordKind, i64)) -> _ {
    let kind: RecordKind = record.0;
    let id: i64 = record.1;
    revisions::table.filter(revisions::kind.eq(kind)).filter(revisions::record_id.eq(id))
}

fn read(kind: RecordKind, text: &str) -> QueryResult<State> {
    let unreadable = |cause: String| DieselError::DeserializationError(cause.into());
    let value = serde_json::from_str(text).map_err(|cause| unreadable(cause.to_string()))?;
    State::from_json(kind, value).map_err(|problems| {
        unreadable(problems.first().map_or_else(|| "revisions.state".to_owned(), ToString::to_string))
    })
}

fn insert(
    conn: &mut Db,
    (kind, id): (RecordKind, i64),
    number: i64,
    act: Act,
    state: &State,
    by: By<'_>,
) -> QueryResult<i64> {
    let row = (
        revisions::kind.eq(kind),
        revisions::record_id.eq(id),
        revisions::number.eq(number),
        revisions::act.eq(act),
        revisions::state.eq(state.to_json().to_string()),
        revisions::account_id.eq(by.account_id),
        revisions::reason.eq(by.reason),
        revisions::made_at.eq(by.at),
    );
    each!(conn, c => diesel::insert_into(revisions::table).values(row).returning(revisions::id).get_result(c))
}
