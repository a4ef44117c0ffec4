//! The tools of a category that goes into another.

use diesel::prelude::*;

use crate::catalogue::edit::{self, Edit, EditError};
use crate::catalogue::file::{Record, State};
use crate::catalogue::history::By;
use crate::catalogue::terms::{Act, RecordKind};
use crate::db::Db;
use crate::db::schema::tools;
use crate::slug::Slug;

/// How many tools, of whatever status, are in a category.
pub(super) fn count(conn: &mut Db, category: i64) -> QueryResult<i64> {
    tools::table.filter(tools::category_id.eq(category)).count().get_result(conn)
}

/// Puts the tools of the source into the target, and returns them.
pub(super) fn move_tools(
    conn: &mut Db,
    source: i64,
    target: &State,
    by: By<'_>,
) -> Result<Vec<i64>, EditError> {
    let of_source = tools::table.filter(tools::category_id.eq(source)).order(tools::id);
    let ids: Vec<i64> = of_source.select(tools::id).load(conn)?;
    for id in &ids {
        put_into(conn, *id, target, Act::Merged, by)?;
    }
    Ok(ids)
}

/// Puts those of the tools back into the source that are still in the target.
pub(super) fn bring_back(
    conn: &mut Db,
    (source, target): (&State, i64),
    ids: &[i64],
    by: By<'_>,
) -> Result<(), EditError> {
    let still: Vec<i64> =
        tools::table.filter(tools::category_id.eq(target)).order(tools::id).select(tools::id).load(conn)?;
    for id in still.into_iter().filter(|id| ids.contains(id)) {
        put_into(conn, id, source, Act::Withdrawn, by)?;
    }
    Ok(())
}

fn put_into(conn: &mut Db, id: i64, category: &State, act: Act, by: By<'_>) -> Result<(), EditError> {
    let mut state = edit::stored(conn, RecordKind::Tool, id)?.ok_or(EditError::Gone)?;
    if let (Record::Tool(tool), Some(slug)) = (&mut state.record, category.record.slug()) {
        Slug::clone_from(&mut tool.category, slug);
    }
    edit::store(conn, Edit { id: Some(id), seen: None, state: &state, act, by })?;
    Ok(())
}
