//! The panel's verdicts in the database.

use diesel::prelude::*;

use crate::{
    catalogue::Status,
    db::Db,
    schema::{reviews, tools},
    stats::Choice,
};

/// One reviewer's word on one published tool.
pub(super) struct Word {
    pub reviewer_id: i64,
    pub tool_id: i64,
    pub verdict: Choice,
}

/// Every reviewer's word on every published tool, without the reasons.
///
/// # Errors
/// When the database cannot be read.
pub(super) fn words(conn: &mut Db) -> QueryResult<Vec<Word>> {
    let rows: Vec<(i64, i64, i16)> = reviews::table
        .inner_join(tools::table)
        .filter(tools::status.eq(Status::Published.to_i16()))
        .select((reviews::reviewer_id, reviews::tool_id, reviews::verdict))
        .load(conn)?;
    let word = |(reviewer_id, tool_id, verdict)| {
        Some(Word { reviewer_id, tool_id, verdict: Choice::from_i16(verdict)? })
    };
    Ok(rows.into_iter().filter_map(word).collect())
}
