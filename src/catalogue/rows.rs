//! The row of a tool, and what is done alike in the tables of all kinds.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::schema::tools;

/// A tool without its id: what is compared, inserted and updated. The status is a bare number, so that a check finds one
/// without a meaning.
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
