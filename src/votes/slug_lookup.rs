//! Votes under an address that a tool had: they are for the tool as it is called now.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

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
