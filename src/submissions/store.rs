//! Items in the database: how they are sent, and how they are read with the names of all they are about.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::spam;
use super::submission::{
    AccountName, Content, NewSubmission, Submission, SubmissionKind, SubmissionStatus, ToolLink,
};
use crate::db::Db;
use crate::db::schema::{accounts, reviewers, submissions, tools};
use crate::db::sql::limit_and_offset;
use crate::db::versions::{self, Of, Versions};
use crate::each;
use crate::text::shown_name;
use crate::votes::store::IDS_AT_ONCE;
use crate::web::error::AppError;

/// What came of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It waits in the queue.
    Queued,
    /// The same of the same account waits there already, and nothing was added.
    AlreadyOpen,
    /// Too much of the account's was declined as spam; from then on it may send again.
    Waits(NaiveDateTime),
}

/// Puts an item into the queue, unless the same of the same account is open already.
///
/// # Errors
/// As [`waits_until`].
pub fn send(
    conn: &mut Db,
    account_id: i64,
    new: &NewSubmission,
    now: NaiveDateTime,
) -> Result<Delivery, AppError> {
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
        if let Some(until) = waits_until(conn, account_id, now)? {
            return Ok(Delivery::Waits(until));
        }
        if is_open(conn, account_id, new)? {
            return Ok(Delivery::AlreadyOpen);
        }
        let row = (
            submissions::kind.eq(new.content.kind().to_i16()),
            submissions::account_id.eq(account_id),
            submissions::tool_id.eq(new.tool_id),
            submissions::reviewer_id.eq(new.reviewer_id),
            submissions::name.eq(&new.name),
            submissions::content.eq(new.content.to_json()),
            submissions::status.eq(SubmissionStatus::Open.to_i16()),
            submissions::answer.eq(""),
            submissions::made_at.eq(now),
        );
        each!(conn, c => diesel::insert_into(submissions::table).values(row).execute(c))?;
        Ok(Delivery::Queued)
    })
}

/// Until when an account has to wait before it sends more, if it does.
///
/// # Errors
/// [`AppError::Forbidden`] for a suspended account, [`AppError::SignInFirst`] for one that is gone.
pub fn waits_until(
    conn: &mut Db,
    account_id: i64,
    now: NaiveDateTime,
) -> Result<Option<NaiveDateTime>, AppError> {
    let suspended_at: Option<Option<NaiveDateTime>> =
        accounts::table.find(account_id).select(accounts::suspended_at).first(conn).optional()?;
    if suspended_at.ok_or(AppError::SignInFirst)?.is_some() {
        let words = "This account is suspended, so it cannot send submissions.";
        return Err(AppError::Forbidden(words.to_owned()));
    }
    let declined: Vec<Option<NaiveDateTime>> = submissions::table
        .filter(submissions::account_id.eq(account_id))
        .filter(submissions::status.eq(SubmissionStatus::Spam.to_i16()))
        .filter(submissions::decided_at.gt(now - TimeDelta::days(spam::COUNTS_FOR_DAYS)))
        .select(submissions::decided_at)
        .load(conn)?;
    Ok(spam::waits_until(declined.into_iter().flatten().collect(), now))
}

/// What is open about a tool, by ids.
pub fn open_about(conn: &mut Db, tool: i64) -> QueryResult<Vec<i64>> {
    submissions::table
        .filter(submissions::tool_id.eq(tool))
        .filter(submissions::status.eq(SubmissionStatus::Open.to_i16()))
        .select(submissions::id)
        .load(conn)
}

/// Lets those of these that are open and about one tool be about another, in the write transaction of the caller.
pub fn move_open(conn: &mut Db, ids: &[i64], from: i64, to: i64) -> QueryResult<()> {
    for ids in ids.chunks(IDS_AT_ONCE) {
        let open = submissions::table
            .filter(submissions::id.eq_any(ids))
            .filter(submissions::tool_id.eq(from))
            .filter(submissions::status.eq(SubmissionStatus::Open.to_i16()));
        diesel::update(open).set(submissions::tool_id.eq(to)).execute(conn)?;
    }
    Ok(())
}

/// Whether the same of the same account waits in the queue.
pub fn is_open(conn: &mut Db, account_id: i64, new: &NewSubmission) -> QueryResult<bool> {
    let same: Vec<(Option<i64>, Option<i64>)> = submissions::table
        .filter(submissions::account_id.eq(account_id))
        .filter(submissions::status.eq(SubmissionStatus::Open.to_i16()))
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
        .select(SubmissionRow::as_select())
        .load(conn)?;
    with_names(conn, rows)
}

/// Notes that an account has seen the answers to these items of its own, or to all. Returns the versions after it, which
/// the caller takes notice of.
pub fn see_answers(conn: &mut Db, account_id: i64, ids: Option<&[i64]>) -> QueryResult<Versions> {
    conn.write(|conn| {
        versions::take_turn(conn, Of::Accounts)?;
        let new = submissions::table
            .filter(submissions::account_id.eq(account_id))
            .filter(submissions::decided_at.is_not_null())
            .filter(submissions::answer_seen_at.is_null());
        let now = submissions::answer_seen_at.eq(Utc::now().naive_utc());
        let seen = match ids {
            Some(ids) => diesel::update(new.filter(submissions::id.eq_any(ids))).set(now).execute(conn)?,
            None => diesel::update(new).set(now).execute(conn)?,
        };
        if seen > 0 {
            versions::raise(conn, Of::Accounts)?;
        }
        versions::all(conn)
    })
}

/// How many items of an account are open, accepted, declined, and declined as spam.
pub fn count_by_status(conn: &mut Db, account_id: i64) -> QueryResult<[i64; 4]> {
    let counts: HashMap<i16, i64> = submissions::table
        .filter(submissions::account_id.eq(account_id))
        .group_by(submissions::status)
        .select((submissions::status, diesel::dsl::count_star()))
        .load(conn)?
        .into_iter()
        .collect();
    let mut sent = [0; 4];
    for (count, status) in sent.iter_mut().zip(SubmissionStatus::ALL) {
        *count = counts.get(&status.to_i16()).copied().unwrap_or_default();
    }
    Ok(sent)
}

/// A row of the table.
#[derive(Queryable, Selectable)]
#[diesel(table_name = submissions)]
pub struct SubmissionRow {
    id: i64,
    kind: SubmissionKind,
    account_id: i64,
    tool_id: Option<i64>,
    reviewer_id: Option<i64>,
    name: String,
    content: String,
    status: SubmissionStatus,
    taken_by: Option<i64>,
    taken_at: Option<NaiveDateTime>,
    decided_by: Option<i64>,
    decided_at: Option<NaiveDateTime>,
    answer: String,
    outcome_tool_id: Option<i64>,
    made_at: NaiveDateTime,
    answer_seen_at: Option<NaiveDateTime>,
}

/// The items of these rows, in their order.
pub fn with_names(conn: &mut Db, rows: Vec<SubmissionRow>) -> QueryResult<Vec<Submission>> {
    let ids = |of: fn(&SubmissionRow) -> [Option<i64>; 3]| -> Vec<i64> {
        rows.iter().flat_map(of).flatten().collect()
    };
    let people = people(conn, ids(|row| [Some(row.account_id), row.taken_by, row.decided_by]))?;
    let tools = tool_links(conn, ids(|row| [row.tool_id, row.outcome_tool_id, None]))?;
    let reviewers = reviewers(conn, ids(|row| [row.reviewer_id, None, None]))?;
    let person = |id: i64| people.get(&id).cloned();
    rows.into_iter()
        .map(|row| {
            let broken = |what: &str| {
                let message = format!("submissions.{what} of {} makes no sense", row.id);
                diesel::result::Error::DeserializationError(message.into())
            };
            Ok(Submission {
                id: row.id,
                status: row.status,
                sender: person(row.account_id).ok_or_else(|| broken("account_id"))?,
                tool: row.tool_id.and_then(|id| tools.get(&id).cloned()),
                reviewer: row.reviewer_id.and_then(|id| reviewers.get(&id).cloned()),
                content: Content::from_json(row.kind, &row.content).ok_or_else(|| broken("content"))?,
                name: row.name,
                is_new: row.decided_at.is_some() && row.answer_seen_at.is_none(),
                taken: row.taken_by.and_then(person).zip(row.taken_at),
                decided: row.decided_at.map(|at| (row.decided_by.and_then(person), at)),
                answer: row.answer,
                outcome: row.outcome_tool_id.and_then(|id| tools.get(&id).cloned()),
                made_at: row.made_at,
            })
        })
        .collect()
}

fn people(conn: &mut Db, ids: Vec<i64>) -> QueryResult<HashMap<i64, AccountName>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found =
        accounts::table.filter(accounts::id.eq_any(ids)).select(AccountName::as_select()).load(conn)?;
    Ok(found.into_iter().map(|person| (person.id, person)).collect())
}

fn tool_links(conn: &mut Db, ids: Vec<i64>) -> QueryResult<HashMap<i64, ToolLink>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = tools::table.filter(tools::id.eq_any(ids)).select(ToolLink::as_select()).load(conn)?;
    let shown = |tool: ToolLink| ToolLink { name: shown_name(&tool.name), ..tool };
    Ok(found.into_iter().map(|tool| (tool.id, shown(tool))).collect())
}

/// Slugs and names.
fn reviewers(conn: &mut Db, ids: Vec<i64>) -> QueryResult<HashMap<i64, (String, String)>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let names = (reviewers::id, (reviewers::slug, reviewers::name));
    let found: Vec<(i64, (String, String))> =
        reviewers::table.filter(reviewers::id.eq_any(ids)).select(names).load(conn)?;
    Ok(found.into_iter().map(|(id, (slug, name))| (id, (slug, shown_name(&name)))).collect())
}
