//! The rows of those tables that say more or less than a record of a catalogue file, without their ids: what is
//! compared, inserted and updated.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::schema::{comparisons, reviews, tools};

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

/// Does the same in the table of whichever kind has slugs, under the name that is given for it; comparisons have none.
macro_rules! with_slugs {
    ($kind:expr, $table:ident => $named:expr, $unnamed:expr) => {
        match $kind {
            $crate::catalogue::RecordKind::Category => {
                use crate::db::schema::categories as $table;
                $named
            }
            $crate::catalogue::RecordKind::Reviewer => {
                use crate::db::schema::reviewers as $table;
                $named
            }
            $crate::catalogue::RecordKind::Tool => {
                use crate::db::schema::tools as $table;
                $named
            }
            $crate::catalogue::RecordKind::Comparison => $unnamed,
        }
    };
}
pub(super) use with_slugs;
