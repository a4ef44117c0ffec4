//! Items in the database: how they are sent, and how they are read with the names of all they are about.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::spam;
use super::submission::{Content, Kind, NewSubmission, Person, Status, Subject, Submission};
use crate::catalogue::Status as ToolStatus;
use crate::db::Db;
use crate::db::schema::{accounts, reviewers, submissions, tools};
use crate::db::sql::limit_and_offset;
use crate::each;

/// Why an account may not send anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account is gone.
    NoAccount,
    /// The account is suspended.
    Suspended,
    /// Too much that it sent was declined as spam; from then on it may send again.
    Waits(NaiveDateTime),
}

/// What came of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It waits in the queue.
    Now,
    /// The same of the same account waits there already, and nothing was added.
    Before,
}

/// Puts an item into the queue, unless the same of the same account is open already.
pub fn send(
    conn: &mut Db,
    account_id: i64,
    new: &NewSubmission,
    now: NaiveDateTime,
) -> QueryResult<Result<Sent, Refusal>> {
    conn.write(|conn| {
        // Two equal forms at once take turns here; on SQLite they have taken turns already.
        if let Db::Pg(conn) = conn {
            accounts::table
                .find(account_id)
                .select(accounts::id)
                .for_update()
                .first::<i64>(conn)
                .optional()?;
        }
        if let Err(refusal) = may_send(conn, account_id, now)? {
            return Ok(Err(refusal));
        }
        if is_open(conn, account_id, new)? {
            return Ok(Ok(Sent::Before));
        }
        let row = (
            submissions::kind.eq(new.content.kind().to_i16()),
            submissions::account_id.eq(account_id),
            submissions::tool_id.eq(new.tool_id),
            submissions::reviewer_id.eq(new.reviewer_id),
            submissions::name.eq(&new.name),
            submissions::content.eq(new.content.to_json()),
            submissions::status.eq(Status::Open.to_i16()),
            submissions::answer.eq(""),
            submissions::made_at.eq(now),
        );
        each!(conn, c => diesel::insert_into(submissions::table).values(row).execute(c))?;
        Ok(Ok(Sent::Now))
    })
}

/// Whether an account may send anything now.
pub fn may_send(conn: &mut Db, account_id: i64, now: NaiveDateTime) -> QueryResult<Result<(), Refusal>> {
    let suspended: Option<Option<NaiveDateTime>> =
        accounts::table.find(account_id).select(accounts::suspended_at).first(conn).optional()?;
    match suspended {
        None => return Ok(Err(Refusal::NoAccount)),
        Some(Some(_)) => return Ok(Err(Refusal::Suspended)),
        Some(None) => {}
    }
    let declined: Vec<Option<NaiveDateTime>> = submissions::table
        .filter(submissions::account_id.eq(account_id))
        .filter(submissions::status.eq(Status::Spam.to_i16()))
        .filter(submissions::decided_at.gt(now - TimeDelta::days(spam::COUNTS_FOR_DAYS)))
        .select(submissions::decided_at)
        .load(conn)?;
    let until = spam::waits_until(declined.into_iter().flatten().collect(), now);
    Ok(until.map_or(Ok(()), |until| Err(Refusal::Waits(until))))
}

/// Lets what is open about one tool be about another, in the write transaction of the caller.
pub fn move_open(conn: &mut Db, from: i64, to: i64) -> QueryResult<usize> {
    let open = submissions::table
        .filter(submissions::tool_id.eq(from))
        .filter(submissions::status.eq(Status::Open.to_i16()));
    diesel::update(open).set(submissions::tool_id.eq(to)).execute(conn)
}

/// Whether the same of the same account waits in the queue.
pub fn is_open(conn: &mut Db, account_id: i64, new: &NewSubmission) -> QueryResult<bool> {
    let same: Vec<(Option<i64>, Option<i64>)> = submissions::table
        .filter(submissions::account_id.eq(account_id))
        .filter(submissions::status.eq(Status::Open.to_i16()))
        .filter(submissions::kind.eq(new.content.kind().to_i16()))
        .filter(submissions::name.eq(&new.name))
        .filter(submissions::content.eq(new.content.to_json()))
        .select((submissions::tool_id, submissions::reviewer_id))
        .load(conn)?;
    Ok(same.contains(&(new.tool_id, new.reviewer_id)))
}

/// How many items an account has sent.
pub fn count_of(conn: &mut Db, account_id: i64) -> QueryResult<i64> {
    submissions::table.filter(submissions::account_id.eq(account_id)).count().get_result(conn)
}

/// What an account has sent, newest first.
pub fn sent_by(conn: &mut Db, account_id: i64, range: Range<usize>) -> QueryResult<Vec<Submission>> {
    let (limit, offset) = limit_and_offset(&range);
    let rows = submissions::table
        .filter(submissions::account_id.eq(account_id))
        .order((submissions::made_at.desc(), submissions::id.desc()))
        .offset(offset)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    with_names(conn, rows)
}

/// What became of all that an account has sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub open: i64,
    pub accepted: i64,
    pub declined: i64,
    pub spam: i64,
}

/// What became of all that an account has sent.
pub fn record_of(conn: &mut Db, account_id: i64) -> QueryResult<Record> {
    let counts: Vec<(i16, i64)> = submissions::table
        .filter(submissions::account_id.eq(account_id))
        .group_by(submissions::status)
        .select((submissions::status, diesel::dsl::count_star()))
        .load(conn)?;
    let of = |status: Status| {
        counts.iter().find(|(number, _)| *number == status.to_i16()).map_or(0, |(_, count)| *count)
    };
    Ok(Record {
        open: of(Status::Open),
        accepted: of(Status::Accepted),
        declined: of(Status::Declined),
        spam: of(Status::Spam),
    })
}

/// A row of the table.
#[derive(Queryable, Selectable)]
#[diesel(table_name = submissions)]
pub(super) struct Row {
    id: i64,
    kind: i16,
    account_id: i64,
    tool_id: Option<i64>,
    reviewer_id: Option<i64>,
    name: String,
    content: String,
    status: i16,
    taken_by: Option<i64>,
    taken_at: Option<NaiveDateTime>,
    decided_by: Option<i64>,
    decided_at: Option<NaiveDateTime>,
    answer: String,
    outcome_tool_id: Option<i64>,
    made_at: NaiveDateTime,
}

/// The items of these rows, in their order.
pub(super) fn with_names(conn: &mut Db, rows: Vec<Row>) -> QueryResult<Vec<Submission>> {
    let people = people(conn, &rows)?;
    let tools = subjects(conn, &rows)?;
    let reviewers = reviewers_of(conn, &rows)?;
    let person = |id: i64| people.get(&id).map(|handle| Person { id, handle: handle.clone() });
    rows.into_iter()
        .map(|row| {
            let broken = |what: &str| {
                diesel::result::Error::DeserializationError(
                    format!("submissions.{what} of {} makes no sense", row.id).into(),
                )
            };
            let kind = Kind::from_i16(row.kind).ok_or_else(|| broken("kind"))?;
            let taken = row.taken_by.and_then(person).zip(row.taken_at);
            let decided = row.decided_at.map(|at| (row.decided_by.and_then(person), at));
            Ok(Submission {
                id: row.id,
                status: Status::from_i16(row.status).ok_or_else(|| broken("status"))?,
                sender: person(row.account_id).ok_or_else(|| broken("account_id"))?,
                tool: row.tool_id.and_then(|id| tools.get(&id).cloned()),
                reviewer: row.reviewer_id.and_then(|id| reviewers.get(&id).cloned()),
                content: Content::from_json(kind, &row.content).ok_or_else(|| broken("content"))?,
                name: row.name,
                taken,
                decided,
                answer: row.answer,
                outcome: row.outcome_tool_id.and_then(|id| tools.get(&id).cloned()),
                made_at: row.made_at,
            })
        })
        .collect()
}

fn people(conn: &mut Db, rows: &[Row]) -> QueryResult<HashMap<i64, String>> {
    let ids: Vec<i64> =
        rows.iter().flat_map(|row| [Some(row.account_id), row.taken_by, row.decided_by]).flatten().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(i64, String)> = accounts::table
        .filter(accounts::id.eq_any(ids))
        .select((accounts::id, accounts::handle))
        .load(conn)?;
    Ok(found.into_iter().collect())
}

fn subjects(conn: &mut Db, rows: &[Row]) -> QueryResult<HashMap<i64, Subject>> {
    let ids: Vec<i64> = rows.iter().flat_map(|row| [row.tool_id, row.outcome_tool_id]).flatten().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(i64, String, String, i16)> = tools::table
        .filter(tools::id.eq_any(ids))
        .select((tools::id, tools::slug, tools::name, tools::status))
        .load(conn)?;
    let published = ToolStatus::Published.to_i16();
    Ok(found
        .into_iter()
        .map(|(id, slug, name, status)| (id, Subject { id, slug, name, is_published: status == published }))
        .collect())
}

fn reviewers_of(conn: &mut Db, rows: &[Row]) -> QueryResult<HashMap<i64, (String, String)>> {
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.reviewer_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(i64, String, String)> = reviewers::table
        .filter(reviewers::id.eq_any(ids))
        .select((reviewers::id, reviewers::slug, reviewers::name))
        .load(conn)?;
    Ok(found.into_iter().map(|(id, slug, name)| (id, (slug, name))).collect())
}
