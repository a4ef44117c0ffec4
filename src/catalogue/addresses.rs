//! Where records are: by their slugs, by a pair of them, and by addresses that they had before.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::file;
use super::file::record::{Record, State};
use super::rows::with_slugs;
use super::terms::{RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{comparisons, redirects, tools};
use crate::each;
use crate::slug::Slug;

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

/// Where an address leads that a record had last: the record's id. Whatever record that is not archived has the address
/// itself goes before it: one that came back to it, or that went into another and was brought back.
pub fn redirected(conn: &mut Db, kind: RecordKind, slug: &str) -> QueryResult<Option<i64>> {
    redirects::table
        .filter(redirects::kind.eq(kind))
        .filter(redirects::slug.eq(slug))
        .order(redirects::id.desc())
        .select(redirects::record_id)
        .first(conn)
        .optional()
}

/// Lets an address lead to a record for good; where it led before is kept beneath.
pub fn redirect(
    conn: &mut Db,
    kind: RecordKind,
    slug: &str,
    record_id: i64,
    now: NaiveDateTime,
) -> QueryResult<()> {
    let row = (
        redirects::kind.eq(kind),
        redirects::slug.eq(slug),
        redirects::record_id.eq(record_id),
        redirects::made_at.eq(now),
    );
    each!(conn, c => diesel::insert_into(redirects::table).values(row).execute(c))?;
    Ok(())
}

/// A state of a record with what it refers to under the addresses that these have now: a revision knows them by those
/// that they had then.
pub fn up_to_date(conn: &mut Db, mut state: State) -> QueryResult<State> {
    match &mut state.record {
        Record::Category(_) | Record::Reviewer(_) => {}
        Record::Tool(tool) => {
            follow(conn, RecordKind::Category, &mut tool.category)?;
            for review in &mut tool.reviews {
                follow(conn, RecordKind::Reviewer, &mut review.reviewer)?;
            }
        }
        Record::Comparison(comparison) => {
            for slug in &mut comparison.tools {
                follow(conn, RecordKind::Tool, slug)?;
            }
            *comparison = comparison.clone().sorted();
        }
    }
    Ok(state)
}

/// Replaces a former address by the one that it leads to; also that of a record which went into another.
fn follow(conn: &mut Db, kind: RecordKind, slug: &mut Slug) -> QueryResult<()> {
    if let Some(id) = id_by_slug(conn, kind, slug)?
        && file::state(conn, kind, id)?.is_some_and(|state| state.status != Status::Archived)
    {
        return Ok(());
    }
    if let Some(id) = redirected(conn, kind, slug)?
        && let Some(state) = file::state(conn, kind, id)?
        && let Some(now) = state.record.slug()
    {
        slug.clone_from(now);
    }
    Ok(())
}

/// Lets an address lead to where it led before then, or nowhere.
pub(super) fn forget_redirect_since(
    conn: &mut Db,
    kind: RecordKind,
    slug: &str,
    since: NaiveDateTime,
) -> QueryResult<()> {
    let of_slug = redirects::table.filter(redirects::kind.eq(kind)).filter(redirects::slug.eq(slug));
    diesel::delete(of_slug.filter(redirects::made_at.ge(since))).execute(conn)?;
    Ok(())
}
