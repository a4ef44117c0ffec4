//! Removing an archived record for good, with all that belongs to it. Its revisions stay.

use diesel::prelude::*;

use super::comparisons;
use super::edit::EditError;
use super::file::{self, State};
use super::history::{self, By};
use super::rows::with_slugs;
use super::search;
use super::terms::{RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{self, changes, facts, price_plans, redirects, reviews, submissions, tools};
use crate::db::versions::{self, Of};

/// What belongs to a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Belongings {
    /// Tools in a category; they keep it.
    pub tools: i64,
    /// Reviews of a tool go with it; those by a reviewer keep them.
    pub reviews: i64,
    /// Comparisons of a tool.
    pub comparisons: i64,
    /// What readers see of changes of a tool.
    pub changes: i64,
    /// Former addresses.
    pub addresses: i64,
    /// What readers sent about it stays, and no longer says about what.
    pub submissions: i64,
}

/// Counts what belongs to a record.
pub fn belongings(conn: &mut Db, kind: RecordKind, id: i64) -> QueryResult<Belongings> {
    let addresses = redirects::table
        .filter(redirects::kind.eq(kind))
        .filter(redirects::record_id.eq(id))
        .count()
        .get_result(conn)?;
    let mut found = Belongings { addresses, ..Belongings::default() };
    match kind {
        RecordKind::Category => {
            found.tools = tools::table.filter(tools::category_id.eq(id)).count().get_result(conn)?;
        }
        RecordKind::Reviewer => {
            found.reviews = reviews::table.filter(reviews::reviewer_id.eq(id)).count().get_result(conn)?;
            let about = submissions::table.filter(submissions::reviewer_id.eq(id));
            found.submissions = about.count().get_result(conn)?;
        }
        RecordKind::Tool => {
            found.reviews = reviews::table.filter(reviews::tool_id.eq(id)).count().get_result(conn)?;
            found.comparisons = comparisons::of_tool(conn, id)?.len().try_into().unwrap_or(i64::MAX);
            found.changes = changes::table.filter(changes::tool_id.eq(id)).count().get_result(conn)?;
            let about = submissions::table.filter(submissions::tool_id.eq(id));
            found.submissions = about.count().get_result(conn)?;
        }
        RecordKind::Comparison => {}
    }
    Ok(found)
}

/// Why a record cannot be removed, if it cannot.
pub fn against(kind: RecordKind, status: Status, belongings: &Belongings) -> Option<&'static str> {
    match kind {
        _ if status != Status::Archived => Some("Only what is archived can be deleted."),
        RecordKind::Category if belongings.tools > 0 => Some("Tools are in this category: move them first."),
        RecordKind::Reviewer if belongings.reviews > 0 => {
            Some("There are reviews by this reviewer, which would be lost.")
        }
        _ => None,
    }
}

/// Removes an archived record in the write transaction of the caller; the votes on a tool are gone already. Returns what
/// it was, and the number under which its history goes on.
///
/// # Errors
/// [`EditError`]; the caller must roll back.
pub fn delete(conn: &mut Db, kind: RecordKind, id: i64, by: By<'_>) -> Result<(State, i64), EditError> {
    versions::take_turn(conn, Of::Catalogue)?;
    let state = file::state(conn, kind, id)?.ok_or(EditError::Gone)?;
    let belongings = belongings(conn, kind, id)?;
    if let Some(refusal) = against(kind, state.status(), &belongings) {
        return Err(EditError::at("", refusal));
    }
    let closed = history::close(conn, (kind, id), &state, by)?;
    if kind == RecordKind::Tool {
        delete_what_a_tool_has(conn, id, by)?;
    }
    // Changes and signals of a tool go with it, submissions lose it: so the database says.
    with_slugs!(kind, table => {
        diesel::delete(table::table.find(id)).execute(conn)?;
    }, {
        diesel::delete(schema::comparisons::table.find(id)).execute(conn)?;
    });
    let addresses = redirects::table.filter(redirects::kind.eq(kind));
    diesel::delete(addresses.filter(redirects::record_id.eq(id))).execute(conn)?;
    versions::raise(conn, Of::Catalogue)?;
    Ok((state, closed))
}

fn delete_what_a_tool_has(conn: &mut Db, id: i64, by: By<'_>) -> Result<(), EditError> {
    for (pair, _) in comparisons::of_tool(conn, id)? {
        let state = file::state(conn, RecordKind::Comparison, pair)?.ok_or(EditError::Gone)?;
        history::close(conn, (RecordKind::Comparison, pair), &state, by)?;
        diesel::delete(schema::comparisons::table.find(pair)).execute(conn)?;
    }
    diesel::delete(reviews::table.filter(reviews::tool_id.eq(id))).execute(conn)?;
    diesel::delete(facts::table.filter(facts::tool_id.eq(id))).execute(conn)?;
    diesel::delete(price_plans::table.filter(price_plans::tool_id.eq(id))).execute(conn)?;
    search::forget(conn, id)?;
    Ok(())
}
