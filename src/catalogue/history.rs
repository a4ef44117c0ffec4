//! What records were: every change keeps the state before and after it, with who, when and why.
//!
//! A record that never changed has no revisions; the first change keeps what was found, and then what it became.

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::changes;
use super::column::term;
use super::file::record::State;
use super::terms::{Act, RecordKind};
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

/// A state that a record had, and what made it so.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Its own id.
    pub id: i64,
    /// Of which record: kind and id.
    pub record: (RecordKind, i64),
    /// 1 for the oldest of the record.
    pub number: i64,
    /// What made it so.
    pub act: Act,
    /// The record as it was from then on.
    pub state: State,
    /// The handle of whoever did it, if it was in the admin area and the account is still there.
    pub handle: Option<String>,
    /// Why.
    pub reason: String,
    /// UTC.
    pub made_at: NaiveDateTime,
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
    let (kind, id) = record;
    let last: Option<i64> = revisions::table
        .filter(revisions::kind.eq(kind.to_i16()))
        .filter(revisions::record_id.eq(id))
        .select(max(revisions::number))
        .first(conn)?;
    let mut number = last.unwrap_or(0);
    if let (0, Some(before)) = (number, before) {
        number = 1;
        insert(conn, record, number, Act::Found, before, By::nobody("", by.at))?;
    }
    let revision_id = insert(conn, record, number + 1, act, after, by)?;
    if let Some(before) = before {
        changes::note(conn, id, revision_id, before, after, by.at)?;
    }
    Ok(revision_id)
}

/// Keeps a record that is about to be deleted for the last time. Its revisions go on under a number that no record has,
/// which is returned: it says by itself that the record is gone.
pub(super) fn close(
    conn: &mut Db,
    (kind, id): (RecordKind, i64),
    state: &State,
    by: By<'_>,
) -> QueryResult<i64> {
    let last = keep(conn, (kind, id), Act::Deleted, Some(state), state, by)?;
    diesel::update(
        revisions::table.filter(revisions::kind.eq(kind.to_i16())).filter(revisions::record_id.eq(id)),
    )
    .set(revisions::record_id.eq(-last))
    .execute(conn)?;
    Ok(-last)
}

/// The revisions of a record, newest first.
pub fn of_record(conn: &mut Db, (kind, id): (RecordKind, i64)) -> QueryResult<Vec<Revision>> {
    revisions::table
        .left_join(accounts::table)
        .filter(revisions::kind.eq(kind.to_i16()))
        .filter(revisions::record_id.eq(id))
        .order(revisions::number.desc())
        .select((RevisionRow::as_select(), accounts::handle.nullable()))
        .load::<(RevisionRow, Option<String>)>(conn)?
        .into_iter()
        .map(revision)
        .collect()
}

/// What made a record what it was, without the state itself: a line of a list.
#[derive(Clone, Debug)]
pub struct Headline {
    /// The revision's own id.
    pub id: i64,
    /// 1 for the oldest of the record.
    pub number: i64,
    /// What made it so.
    pub act: Act,
    /// The handle of whoever did it, if it was in the admin area and the account is still there.
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
    (kind, id): (RecordKind, i64),
    range: std::ops::Range<usize>,
) -> QueryResult<Vec<Headline>> {
    type HeadlineColumns = (i64, i64, i16, Option<String>, String, NaiveDateTime);
    let (limit, offset) = sql::limit_and_offset(&range);
    let lines: Vec<HeadlineColumns> = revisions::table
        .left_join(accounts::table)
        .filter(revisions::kind.eq(kind.to_i16()))
        .filter(revisions::record_id.eq(id))
        .order(revisions::number.desc())
        .limit(limit)
        .offset(offset)
        .select((
            revisions::id,
            revisions::number,
            revisions::act,
            accounts::handle.nullable(),
            revisions::reason,
            revisions::made_at,
        ))
        .load(conn)?;
    lines
        .into_iter()
        .map(|(id, number, act, handle, reason, made_at)| {
            Ok(Headline {
                id,
                number,
                act: term(Act::from_i16(act), "revisions.act")?,
                handle,
                reason,
                made_at,
            })
        })
        .collect()
}

/// How many revisions a record has.
pub fn count(conn: &mut Db, (kind, id): (RecordKind, i64)) -> QueryResult<i64> {
    revisions::table
        .filter(revisions::kind.eq(kind.to_i16()))
        .filter(revisions::record_id.eq(id))
        .count()
        .get_result(conn)
}

/// The revision of a record that has this number.
pub fn numbered(conn: &mut Db, (kind, id): (RecordKind, i64), number: i64) -> QueryResult<Option<Revision>> {
    revisions::table
        .left_join(accounts::table)
        .filter(revisions::kind.eq(kind.to_i16()))
        .filter(revisions::record_id.eq(id))
        .filter(revisions::number.eq(number))
        .select((RevisionRow::as_select(), accounts::handle.nullable()))
        .first::<(RevisionRow, Option<String>)>(conn)
        .optional()?
        .map(revision)
        .transpose()
}

/// The newest state of a record that an editor has seen who holds this token, if it was kept. Editors seldom look for
/// long, so only the newest are asked.
pub fn seen(conn: &mut Db, (kind, id): (RecordKind, i64), token: &str) -> QueryResult<Option<State>> {
    let texts: Vec<String> = revisions::table
        .filter(revisions::kind.eq(kind.to_i16()))
        .filter(revisions::record_id.eq(id))
        .order(revisions::number.desc())
        .limit(20)
        .select(revisions::state)
        .load(conn)?;
    for text in texts {
        let state = read(kind, &text)?;
        if state.token() == token {
            return Ok(Some(state));
        }
    }
    Ok(None)
}

/// One revision.
pub fn find(conn: &mut Db, revision_id: i64) -> QueryResult<Option<Revision>> {
    revisions::table
        .left_join(accounts::table)
        .filter(revisions::id.eq(revision_id))
        .select((RevisionRow::as_select(), accounts::handle.nullable()))
        .first::<(RevisionRow, Option<String>)>(conn)
        .optional()?
        .map(revision)
        .transpose()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = revisions)]
struct RevisionRow {
    id: i64,
    kind: i16,
    record_id: i64,
    number: i64,
    act: i16,
    state: String,
    reason: String,
    made_at: NaiveDateTime,
}

fn revision((row, handle): (RevisionRow, Option<String>)) -> QueryResult<Revision> {
    let kind = term(RecordKind::from_i16(row.kind), "revisions.kind")?;
    Ok(Revision {
        id: row.id,
        record: (kind, row.record_id),
        number: row.number,
        act: term(Act::from_i16(row.act), "revisions.act")?,
        state: read(kind, &row.state)?,
        handle,
        reason: row.reason,
        made_at: row.made_at,
    })
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
        revisions::kind.eq(kind.to_i16()),
        revisions::record_id.eq(id),
        revisions::number.eq(number),
        revisions::act.eq(act.to_i16()),
        revisions::state.eq(state.to_json().to_string()),
        revisions::account_id.eq(by.account_id),
        revisions::reason.eq(by.reason),
        revisions::made_at.eq(by.at),
    );
    each!(conn, c => diesel::insert_into(revisions::table).values(row).returning(revisions::id).get_result(c))
}
