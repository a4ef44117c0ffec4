//! Votes and streams under an address that a tool had: they are for the tool as it is called now.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::{
    catalogue::{RecordKind, Status},
    db::{
        Db,
        schema::{redirects, tools},
    },
};

/// A published tool under its present address. Frames of streams go by all of it: after a new name, new readers get
/// new frames.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Queryable)]
pub struct WatchedTool {
    pub id: i64,
    pub slug: String,
    pub name: String,
}

/// The published ones of these tools, in the order asked for: one for each slug that a tool has or had.
///
/// # Errors
/// When the database fails.
pub fn published(conn: &mut Db, slugs: &[String]) -> QueryResult<Vec<WatchedTool>> {
    let found = published_tools(conn, slugs.iter().map(String::as_str))?;
    Ok(slugs.iter().filter_map(|slug| found.get(slug)).cloned().collect())
}

/// The published tools behind these slugs, by the slug that was asked for: one that a tool has, or else had once.
pub(super) fn published_tools<'a>(
    conn: &mut Db,
    slugs: impl Iterator<Item = &'a str>,
) -> QueryResult<HashMap<String, WatchedTool>> {
    let mut wanted: Vec<&str> = slugs.collect();
    wanted.sort_unstable();
    wanted.dedup();
    let rows: Vec<WatchedTool> = tools::table
        .filter(tools::slug.eq_any(&wanted))
        .filter(tools::status.eq(Status::Published.to_i16()))
        .select((tools::id, tools::slug, tools::name))
        .load(conn)?;
    let mut found: HashMap<String, WatchedTool> =
        rows.into_iter().map(|tool| (tool.slug.clone(), tool)).collect();
    wanted.retain(|slug| !found.contains_key(*slug));
    if !wanted.is_empty() {
        let rows: Vec<(String, WatchedTool)> = redirects::table
            .inner_join(tools::table.on(tools::id.eq(redirects::record_id)))
            .filter(redirects::kind.eq(RecordKind::Tool.to_i16()))
            .filter(redirects::slug.eq_any(wanted))
            .filter(tools::status.eq(Status::Published.to_i16()))
            // Of several the newest stays.
            .order(redirects::id)
            .select((redirects::slug, (tools::id, tools::slug, tools::name)))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}
