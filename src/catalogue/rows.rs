//! The rows of the catalogue's tables without their ids: what is compared, inserted and updated.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::detail::{Fact, Plan};
use crate::db::schema::{categories, comparisons, facts, price_plans, reviewers, reviews, tools};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = categories)]
pub(super) struct CategoryRow {
    pub slug: String,
    pub name: String,
    pub description: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reviewers, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct ReviewerRow {
    pub slug: String,
    pub name: String,
    pub role: String,
    pub motto: String,
    pub bio: String,
    pub likes: String,
    pub tired_of: String,
    pub kind: i16,
    pub model: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tools, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct ToolRow {
    pub slug: String,
    pub name: String,
    pub category_id: i64,
    pub tagline: String,
    pub description: String,
    pub website: Option<String>,
    pub status: i16,
    pub price_entry: String,
    pub price_text: String,
    pub price_source: Option<String>,
    pub price_checked_on: Option<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = price_plans, treat_none_as_default_value = false)]
pub(super) struct PlanRow {
    pub tool_id: i64,
    #[diesel(embed)]
    pub plan: Plan,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = facts, treat_none_as_default_value = false)]
pub(super) struct FactRow {
    pub tool_id: i64,
    #[diesel(embed)]
    pub fact: Fact,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reviews, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct ReviewRow {
    pub tool_id: i64,
    pub reviewer_id: i64,
    pub verdict: i16,
    pub score: Option<i16>,
    pub take: String,
    pub reviewed_on: Option<NaiveDate>,
    pub basis: Option<i16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = comparisons, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct ComparisonRow {
    pub first_tool_id: i64,
    pub second_tool_id: i64,
    pub summary: String,
    pub pick_first_if: String,
    pub pick_second_if: String,
    pub status: i16,
    pub published_on: Option<NaiveDate>,
}

/// The value that a stored number stands for; an error, as of a column of the wrong type, when it stands for none.
pub(super) fn term<T>(value: Option<T>, column: &str) -> QueryResult<T> {
    value.ok_or_else(|| {
        DieselError::DeserializationError(format!("{column} holds a number without a meaning").into())
    })
}

/// The texts of a JSON array that a column holds.
pub(super) fn texts(column: &str) -> QueryResult<Vec<String>> {
    serde_json::from_str(column).map_err(|cause| DieselError::DeserializationError(Box::new(cause)))
}

/// The slug that a column holds.
pub(super) fn slug(column: String) -> QueryResult<crate::slug::Slug> {
    column.try_into().map_err(|cause| DieselError::DeserializationError(Box::new(cause)))
}
