//! What the pages on people need.

use chrono::{NaiveDateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::accounts::Role;
use crate::accounts::people::{self, PeopleFilters, Person};
use crate::accounts::reviewer::{self, LinkedReviewer};
use crate::accounts::store::{self, Account};
use crate::db::Db;
use crate::db::schema::{log_entries, submissions, tools, votes};
use crate::db::sql::{counted, limit_and_offset};
use crate::moderation::log::{Logged, Object};
use crate::stats::Choice;
use crate::text::shown_name;
use crate::web::error::AppError;
use crate::web::paging::Page;

/// How many accounts or votes stand on a page.
const PER_PAGE: usize = 50;

/// How many acts are listed.
const MOST_ACTS: i64 = 50;

/// One page of the list.
pub(super) struct People {
    pub wanted: PeopleFilters,
    pub page: Page,
    pub shown: Vec<Person>,
}

pub(super) fn people(conn: &mut Db, wanted: PeopleFilters, number: usize) -> QueryResult<People> {
    let now = Utc::now().naive_utc();
    let page = Page::nearest(number, people::count(conn, &wanted, now)?, PER_PAGE);
    let shown = people::list(conn, &wanted, &page.range(), now)?;
    Ok(People { wanted, page, shown })
}

/// All about one account.
pub(super) struct AccountSheet {
    pub account: Account,
    /// Why it is suspended.
    pub why: String,
    pub page: Page,
    pub votes: Vec<VoteOn>,
    /// How many votes of it are left out.
    pub excluded: usize,
    /// How many submissions: open, accepted, declined, declined as spam.
    pub sent: [i64; 4],
    pub acts: Vec<Logged>,
    /// The reviewer that it writes for, and those that it could.
    pub reviewer: Option<LinkedReviewer>,
    pub free_reviewers: Vec<LinkedReviewer>,
}

impl AccountSheet {
    pub(super) fn role(&self) -> Role {
        Role::from_i16(self.account.role)
    }
}

/// A vote of the account.
#[derive(Queryable)]
pub(super) struct VoteOn {
    pub tool_id: i64,
    pub tool: String,
    pub choice: Choice,
    pub cast_at: NaiveDateTime,
    pub exclusion_id: Option<i64>,
}

pub(super) fn sheet(conn: &mut Db, id: i64, number: usize) -> Result<AccountSheet, AppError> {
    let account = store::find(conn, id)?.ok_or_else(AppError::not_found)?;
    let why = store::why_suspended(conn, &account)?;
    let total: i64 = votes::table.filter(votes::account_id.eq(id)).count().get_result(conn)?;
    let excluded: i64 = votes::table
        .filter(votes::account_id.eq(id))
        .filter(votes::exclusion_id.is_not_null())
        .count()
        .get_result(conn)?;
    let excluded = counted(excluded);
    let page = Page::nearest(number, counted(total), PER_PAGE);
    let votes = votes_on(conn, id, page)?;
    let mut sent = [0; 4];
    let rows: Vec<(i16, i64)> = submissions::table
        .filter(submissions::account_id.eq(id))
        .group_by(submissions::status)
        .select((submissions::status, count_star()))
        .load(conn)?;
    for (status, n) in rows {
        if let Some(slot) = usize::try_from(status).ok().and_then(|status| sent.get_mut(status)) {
            *slot = n;
        }
    }
    let acts = log_entries::table
        .filter(log_entries::object.eq(Object::Account.to_i16()))
        .filter(log_entries::object_id.eq(id))
        .order(log_entries::id.desc())
        .limit(MOST_ACTS)
        .select(Logged::as_select())
        .load(conn)?;
    let reviewer = reviewer::linked_to(conn, id)?;
    let free_reviewers = reviewer::free_for(conn, id)?;
    Ok(AccountSheet { account, why, page, votes, excluded, sent, acts, reviewer, free_reviewers })
}

fn votes_on(conn: &mut Db, id: i64, page: Page) -> QueryResult<Vec<VoteOn>> {
    let (limit, offset) = limit_and_offset(&page.range());
    let votes: Vec<VoteOn> = votes::table
        .inner_join(tools::table)
        .filter(votes::account_id.eq(id))
        .order((votes::cast_at.desc(), votes::id.desc()))
        .limit(limit)
        .offset(offset)
        .select((tools::id, tools::name, votes::choice, votes::cast_at, votes::exclusion_id))
        .load(conn)?;
    let shown = |vote: VoteOn| VoteOn { tool: shown_name(&vote.tool), ..vote };
    Ok(votes.into_iter().map(shown).collect())
}
