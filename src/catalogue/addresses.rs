//! Where records are: by their slugs, or by a pair of them.

use diesel::prelude::*;

use super::rows::with_slugs;
use super::terms::RecordKind;
use crate::db::Db;
use crate::db::schema::{comparisons, tools};

/// The id of the record that has this slug, of whatever status. Comparisons have none.
pub fn id_by_slug(conn: &mut Db, kind: RecordKind, slug: &str) -> QueryResult<Option<i64>> {
    with_slugs!(kind, table => {
        table::table.filter(table::slug.eq(slug)).select(table::id).first(conn).optional()
    }, Ok(None))
}

/// The id of the comparison of two tools, in either order.
pub fn id_by_pair(conn: &mut Db, pair: [&str; 2]) -> QueryResult<Option<i64>> {
    let ids: Vec<i64> = tools::table.filter(tools::slug.eq_any(pair)).select(tools::id).load(conn)?;
    comparisons::table
        .filter(comparisons::first_tool_id.eq_any(&ids))
        .filter(comparisons::second_tool_id.eq_any(&ids))
        .select(comparisons::id)
        .first(conn)
        .optional()
}
