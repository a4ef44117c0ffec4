//! The list of tools, and saving one with its entry in the log.

use std::{collections::HashMap, ops::Range};

use chrono::{NaiveDate, NaiveDateTime, Utc};
use diesel::{dsl::exists, prelude::*};

use super::listing::{Attention, Filters, Sort};
use crate::{
    accounts::CurrentUser,
    admin::{due, entry::Note, queue::act::accept_with_tool, settings::stale_days},
    catalogue::{
        Act, RecordKind, Status,
        edit::{self, Edit, EditError, Edited},
        file::State,
        history::By,
    },
    db::{
        Db,
        schema::{categories, facts, reviews, submissions, tools},
        sql::{ESCAPE, containing, limit_and_offset, lower},
    },
    moderation::log,
};

/// A tool of the list.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub id: i64,
    pub slug: String,
    pub name: String,
    pub status: i16,
    pub category: String,
    pub checked_on: Option<NaiveDate>,
    pub touched_at: NaiveDateTime,
    pub reviews: i64,
}

type Tools<'a> = tools::BoxedQuery<'a, <Db as Connection>::Backend>;

/// When a price or a fact that was not checked since is stale.
pub(super) fn stale_before(conn: &mut Db, today: NaiveDate) -> QueryResult<NaiveDate> {
    Ok(due::unchecked_before(today, stale_days(conn)?))
}

pub(super) fn count(conn: &mut Db, filters: &Filters, stale: NaiveDate) -> QueryResult<i64> {
    filtered(filters, stale).count().get_result(conn)
}

pub(super) fn list(
    conn: &mut Db,
    filters: &Filters,
    stale: NaiveDate,
    range: Range<usize>,
) -> QueryResult<Vec<Line>> {
    type Row = (i64, String, String, i16, i64, Option<NaiveDate>, NaiveDateTime);
    let (limit, offset) = limit_and_offset(&range);
    let query = filtered(filters, stale);
    let sorted = match filters.sort {
        Sort::Touched => query.order((tools::updated_at.desc(), tools::id.desc())),
        Sort::Name => query.order((lower(tools::name), tools::id)),
        Sort::Checked => query.order((
            tools::price_checked_on.is_null().desc(),
            tools::price_checked_on.asc(),
            tools::id.asc(),
        )),
    };
    let rows: Vec<Row> = sorted
        .limit(limit)
        .offset(offset)
        .select((
            tools::id,
            tools::slug,
            tools::name,
            tools::status,
            tools::category_id,
            tools::price_checked_on,
            tools::updated_at,
        ))
        .load(conn)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let reviews: HashMap<i64, i64> = reviews::table
        .filter(reviews::tool_id.eq_any(ids))
        .group_by(reviews::tool_id)
        .select((reviews::tool_id, diesel::dsl::count_star()))
        .load(conn)?
        .into_iter()
        .collect();
    let categories: HashMap<i64, String> =
        categories::table.select((categories::id, categories::name)).load(conn)?.into_iter().collect();
    Ok(rows
        .into_iter()
        .map(|(id, slug, name, status, category_id, checked_on, touched_at)| Line {
            id,
            slug,
            name,
            status,
            category: categories.get(&category_id).cloned().unwrap_or_default(),
            checked_on,
            touched_at,
            reviews: reviews.get(&id).copied().unwrap_or_default(),
        })
        .collect())
}

fn filtered<'a>(filters: &Filters, stale: NaiveDate) -> Tools<'a> {
    let mut query = tools::table.into_boxed();
    if !filters.q.is_empty() {
        // SQLite knows small letters of ASCII only, so a name as it stands is found too.
        let (small, exact) = (containing(&filters.q.to_lowercase()), containing(&filters.q));
        query = query.filter(
            lower(tools::name)
                .like(small.clone())
                .escape(ESCAPE)
                .or(tools::name.like(exact).escape(ESCAPE))
                .or(tools::slug.like(small).escape(ESCAPE)),
        );
    }
    if let Some(status) = filters.status {
        query = query.filter(tools::status.eq(status.to_i16()));
    }
    if !filters.category.is_empty() {
        let id = categories::table
            .filter(categories::slug.eq(filters.category.clone()))
            .select(categories::id)
            .single_value();
        query = query.filter(tools::category_id.nullable().eq(id));
    }
    match filters.attention {
        None => query,
        Some(Attention::FewReviews) => {
            let reviews = reviews::table.filter(reviews::tool_id.eq(tools::id)).count().single_value();
            query
                .filter(tools::status.eq(Status::Published.to_i16()))
                .filter(reviews.lt(Some(due::REVIEWS_WANTED)))
        }
        Some(Attention::Stale) => {
            let stated = tools::price_entry.ne("").or(tools::price_text.ne(""));
            let facts = facts::table
                .filter(facts::tool_id.eq(tools::id))
                .filter(facts::checked_on.lt(stale).or(facts::checked_on.is_null()));
            let is_stale = tools::price_checked_on
                .lt(stale)
                .or(tools::price_checked_on.is_null().and(stated))
                .or(exists(facts));
            query.filter(tools::status.eq(Status::Published.to_i16())).filter(is_stale)
        }
        Some(Attention::Draft) => query
            .filter(tools::status.eq(Status::Draft.to_i16()))
            .filter(tools::updated_at.lt(due::untouched_before(Utc::now().date_naive()))),
    }
}

/// A form that is right, to be stored.
pub(super) struct Change {
    pub id: Option<i64>,
    pub state: State,
    /// The token of what the editor has seen.
    pub seen: String,
    pub reason: String,
    /// What somebody sent in that this answers.
    pub submission: Option<i64>,
}

/// Stores a tool, with its entry in the log, and closes the submission that it answers.
pub(super) fn save(conn: &mut Db, user: &CurrentUser, change: &Change) -> Result<Edited, EditError> {
    let now = Utc::now().naive_utc();
    let before = match change.id {
        Some(id) => Some(edit::stored(conn, RecordKind::Tool, id)?.ok_or(EditError::Gone)?),
        None => None,
    };
    let act = act(before.as_ref().map(|state| state.status), change.state.status);
    let by = By { account_id: Some(user.id), reason: &change.reason, at: now };
    let seen = change.id.map(|_| change.seen.as_str());
    let edited = edit::store(conn, Edit { id: change.id, seen, state: &change.state, act, by })?;
    if edited.revision_id.is_some() {
        let note = Note::of(conn, act.as_str(), &edited, &change.reason)?;
        log::write(conn, user, &note.entry())?;
    }
    if let Some(submission) = change.submission {
        settle(conn, user, submission, &edited)?;
    }
    Ok(edited)
}

/// What an editor does who brings a tool from one status to another.
fn act(before: Option<Status>, after: Status) -> Act {
    match (before, after) {
        (Some(before), after) if before == after => Act::Edited,
        (None, Status::Draft) => Act::Created,
        (Some(Status::Archived), _) => Act::Restored,
        (_, Status::Published) => Act::Published,
        (_, Status::Archived) => Act::Archived,
        (_, Status::Draft) => Act::Edited,
    }
}

/// Closes a submission as accepted, if it is open and asks for this tool or for a new one.
fn settle(conn: &mut Db, user: &CurrentUser, submission: i64, edited: &Edited) -> QueryResult<()> {
    let meant = submissions::tool_id.eq(edited.id).or(submissions::tool_id.is_null());
    let open = submissions::table.find(submission).filter(submissions::status.eq(0));
    let asks: Option<i64> =
        open.filter(meant.assume_not_null()).select(submissions::id).first(conn).optional()?;
    if asks.is_some() {
        accept_with_tool(conn, user, submission, edited.id, "")?;
    }
    Ok(())
}
