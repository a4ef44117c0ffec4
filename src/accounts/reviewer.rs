//! Which account writes for which reviewer.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::{accounts, review_drafts, reviewer_accounts, reviewers};
use crate::each;
use crate::text::shown_name;

/// The number that stands for a person among the kinds of reviewers, and that for what readers see.
const HUMAN: i16 = 0;
const PUBLISHED: i16 = 1;

/// A reviewer for whom somebody may write.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LinkedReviewer {
    pub id: i64,
    pub slug: String,
    /// As it is shown.
    pub name: String,
}

impl LinkedReviewer {
    fn shown(self) -> Self {
        Self { name: shown_name(&self.name), ..self }
    }
}

/// For which reviewer an account may write now: one that is published and a person, while the account is not suspended.
pub fn writes_for(conn: &mut Db, account_id: i64) -> QueryResult<Option<LinkedReviewer>> {
    reviewer_accounts::table
        .inner_join(reviewers::table)
        .inner_join(accounts::table)
        .filter(reviewer_accounts::account_id.eq(account_id))
        .filter(reviewers::kind.eq(HUMAN))
        .filter(reviewers::status.eq(PUBLISHED))
        .filter(accounts::suspended_at.is_null())
        .select((reviewers::id, reviewers::slug, reviewers::name))
        .first(conn)
        .optional()
        .map(|found: Option<LinkedReviewer>| found.map(LinkedReviewer::shown))
}

/// The reviewer that an account is linked to, whatever came of either since.
pub fn linked_to(conn: &mut Db, account_id: i64) -> QueryResult<Option<LinkedReviewer>> {
    reviewer_accounts::table
        .inner_join(reviewers::table)
        .filter(reviewer_accounts::account_id.eq(account_id))
        .select((reviewers::id, reviewers::slug, reviewers::name))
        .first(conn)
        .optional()
        .map(|found: Option<LinkedReviewer>| found.map(LinkedReviewer::shown))
}

/// The published reviewers who are people and for whom nobody else writes than this account, by name.
pub fn free_for(conn: &mut Db, account_id: i64) -> QueryResult<Vec<LinkedReviewer>> {
    let writer = reviewer_accounts::account_id.nullable();
    reviewers::table
        .left_join(reviewer_accounts::table)
        .filter(reviewers::kind.eq(HUMAN))
        .filter(reviewers::status.eq(PUBLISHED))
        .filter(writer.is_null().or(writer.eq(account_id)))
        .order((reviewers::name, reviewers::id))
        .select((reviewers::id, reviewers::slug, reviewers::name))
        .load(conn)
        .map(|found: Vec<LinkedReviewer>| found.into_iter().map(LinkedReviewer::shown).collect())
}

/// Links an account to a reviewer, or to none, in the write transaction of the caller. What it wrote for another and is
/// not published goes.
pub fn link(conn: &mut Db, account_id: i64, reviewer_id: Option<i64>, now: NaiveDateTime) -> QueryResult<()> {
    let of_account = reviewer_accounts::table.filter(reviewer_accounts::account_id.eq(account_id));
    diesel::delete(of_account).execute(conn)?;
    diesel::delete(review_drafts::table.filter(review_drafts::account_id.eq(account_id))).execute(conn)?;
    if let Some(reviewer_id) = reviewer_id {
        let row = (
            reviewer_accounts::reviewer_id.eq(reviewer_id),
            reviewer_accounts::account_id.eq(account_id),
            reviewer_accounts::linked_at.eq(now),
        );
        each!(conn, c => diesel::insert_into(reviewer_accounts::table).values(row).execute(c))?;
    }
    Ok(())
}
