//! What only one page needs of a tool or a reviewer, fetched when that page is made.

use std::cmp::Reverse;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::changes::{self, Change};
use super::file::record::{Fact, Plan};
use super::terms::{Basis, Status};
use crate::db::Db;
use crate::db::schema::{facts, price_plans, reviews, tools};
use crate::stats::Choice;

/// Up to how many changes of a tool are held for its pages.
const MOST_CHANGES: i64 = 60;

/// The long texts of a tool, its plans, its facts and its reviews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolDetail {
    /// Catalogue text, possibly empty.
    pub description: String,
    /// The price in words, possibly empty.
    pub price_text: String,
    /// In their maker's order.
    pub plans: Vec<Plan>,
    /// In the order of the file.
    pub facts: Vec<Fact>,
    /// In the order of the panel.
    pub reviews: Vec<Review>,
    /// What changed since it was published, newest first; of many the newest.
    pub changes: Vec<Change>,
}

impl ToolDetail {
    /// How much memory it takes, in bytes, about.
    pub(super) fn size(&self) -> usize {
        let plans = self.plans.iter().map(|plan| plan.name.len() + plan.note.len() + 160);
        let facts = self.facts.iter().map(|fact| {
            fact.label.len() + fact.value.len() + fact.source.as_ref().map_or(0, String::len) + 120
        });
        let reviews = self.reviews.iter().map(|review| review.take.len() + 80);
        let changes = self.changes.iter().map(|Change { difference, .. }| {
            difference.subject.len() + difference.old.len() + difference.new.len() + 120
        });
        let lists: usize = plans.chain(facts).chain(reviews).chain(changes).sum();
        self.description.len() + self.price_text.len() + lists + 200
    }
}

/// One reviewer's verdict on one tool.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reviews, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Review {
    /// On what.
    pub tool_id: i64,
    /// Who says it.
    pub reviewer_id: i64,
    /// Ship or skip.
    pub verdict: Choice,
    /// 0 to 100.
    pub score: Option<i16>,
    /// The reasons, as catalogue text.
    pub take: String,
    /// When it was written.
    pub reviewed_on: Option<NaiveDate>,
    /// What it rests on.
    pub basis: Option<Basis>,
}

/// The detail of a tool of any status.
pub fn tool_detail(conn: &mut Db, tool_id: i64) -> QueryResult<ToolDetail> {
    let (description, price_text) =
        tools::table.find(tool_id).select((tools::description, tools::price_text)).first(conn)?;
    let plans = price_plans::table
        .filter(price_plans::tool_id.eq(tool_id))
        .order(price_plans::id)
        .select(Plan::as_select())
        .load(conn)?
        .into_iter()
        .map(Plan::shown)
        .collect();
    let facts = facts::table
        .filter(facts::tool_id.eq(tool_id))
        .order(facts::id)
        .select(Fact::as_select())
        .load(conn)?
        .into_iter()
        .map(Fact::shown)
        .collect();
    let reviews = reviews::table
        .filter(reviews::tool_id.eq(tool_id))
        .order(reviews::reviewer_id)
        .select(Review::as_select())
        .load(conn)?;
    let changes = changes_of(conn, tool_id)?;
    Ok(ToolDetail { description, price_text, plans, facts, reviews, changes })
}

/// What readers were told of changes of a tool, newest first; those of long ago are left out.
pub fn changes_of(conn: &mut Db, tool_id: i64) -> QueryResult<Vec<Change>> {
    changes::of_tools(conn, &[tool_id], MOST_CHANGES)
}

/// What a reviewer says about published tools: newest first, undated last.
pub fn reviews_by(conn: &mut Db, reviewer_id: i64) -> QueryResult<Vec<Review>> {
    let mut reviews = reviews::table
        .inner_join(tools::table)
        .filter(reviews::reviewer_id.eq(reviewer_id))
        .filter(tools::status.eq(Status::Published))
        .order(reviews::id.desc())
        .select(Review::as_select())
        .load(conn)?;
    // The databases disagree on where NULL sorts; the sort here is stable, so the later of one day stays first.
    reviews.sort_by_key(|review| Reverse(review.reviewed_on));
    Ok(reviews)
}
