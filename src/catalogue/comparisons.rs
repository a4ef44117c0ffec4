//! The comparisons of a tool in the database, as renaming, merging and deleting it change them.

use diesel::prelude::*;

use super::directory::Comparison;
use crate::db::Db;
use crate::db::schema::{comparisons, tools};

/// The comparisons of a tool, of whatever status, with their ids.
pub(super) fn of_tool(conn: &mut Db, tool_id: i64) -> QueryResult<Vec<(i64, Comparison)>> {
    comparisons::table
        .filter(comparisons::first_tool_id.eq(tool_id).or(comparisons::second_tool_id.eq(tool_id)))
        .order(comparisons::id)
        .select((comparisons::id, Comparison::as_select()))
        .load(conn)
}

/// Stores a comparison with the tool first whose slug sorts first.
pub(super) fn store_in_order(conn: &mut Db, id: i64, mut comparison: Comparison) -> QueryResult<()> {
    let mut slug = |tool_id| tools::table.find(tool_id).select(tools::slug).first::<String>(conn);
    if slug(comparison.second)? < slug(comparison.first)? {
        comparison = Comparison {
            first: comparison.second,
            second: comparison.first,
            pick_first_if: comparison.pick_second_if,
            pick_second_if: comparison.pick_first_if,
            ..comparison
        };
    }
    diesel::update(comparisons::table.find(id)).set(comparison).execute(conn)?;
    Ok(())
}
