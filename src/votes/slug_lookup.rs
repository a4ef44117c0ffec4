//! Which tools are published: votes under an address that one had are for the tool as it is called now.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use super::store::IDS_AT_ONCE;
use crate::catalogue::{RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{redirects, tools};
use crate::text::shown_name;

/// A published tool under its present address.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct TargetTool {
    pub id: i64,
    pub slug: String,
    pub name: String,
}

impl TargetTool {
    fn shown(self) -> Self {
        Self { name: shown_name(&self.name), ..self }
    }
}

/// Those of these tools that are not published, or not there any more.
pub(super) fn not_published(conn: &mut Db, mut ids: Vec<i64>) -> QueryResult<Vec<i64>> {
    let mut published = HashSet::new();
    for some in ids.chunks(IDS_AT_ONCE) {
        let rows: Vec<(i64, Status)> =
            tools::table.filter(tools::id.eq_any(some)).select((tools::id, tools::status)).load(conn)?;
        published
            .extend(rows.into_iter().filter(|(_, status)| *status == Status::Published).map(|(id, _)| id));
    }
    ids.retain(|id| !published.contains(id));
    Ok(ids)
}

/// The published tools behind these slugs, by the slug that was asked for: one that a tool has, or else had once.
pub(super) fn published_tools<'a>(
    conn: &mut Db,
    slugs: impl Iterator<Item = &'a str>,
) -> QueryResult<HashMap<String, TargetTool>> {
    let mut wanted: BTreeSet<&str> = slugs.collect();
    // Asked for slugs and status together, SQLite takes the index of the status, where nearly all tools are alike.
    let rows: Vec<(Status, TargetTool)> = tools::table
        .filter(tools::slug.eq_any(&wanted))
        .select((tools::status, (tools::id, tools::slug, tools::name)))
        .load(conn)?;
    let published = rows.into_iter().filter(|(status, _)| *status == Status::Published);
    let mut found: HashMap<_, _> = published.map(|(_, tool)| (tool.slug.clone(), tool.shown())).collect();
    wanted.retain(|slug| !found.contains_key(*slug));
    if !wanted.is_empty() {
        let rows: Vec<(String, TargetTool)> = redirects::table
            .inner_join(tools::table.on(tools::id.eq(redirects::record_id)))
            .filter(redirects::kind.eq(RecordKind::Tool.to_i16()))
            .filter(redirects::slug.eq_any(wanted))
            .filter(tools::status.eq(Status::Published.to_i16()))
            // Of several the newest stays.
            .order(redirects::id)
            .select((redirects::slug, (tools::id, tools::slug, tools::name)))
            .load(conn)?;
        found.extend(rows.into_iter().map(|(slug, tool)| (slug, tool.shown())));
    }
    Ok(found)
}
