//! Former addresses: which record each leads to, and that whoever comes by one is redirected.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::addresses::id_by_slug;
use super::file;
use super::file::record::{Record, State};
use super::terms::{RecordKind, Status};
use crate::db::Db;
use crate::db::schema::redirects;
use crate::each;
use crate::slug::Slug;
use crate::web::error::AppError;

/// The record that was found for the last part of an address, with the path that it has now. [`AppError::Moved`] where
/// that is another than the one that was asked for.
pub fn at_its_address<T>(last_part: &str, found: Option<(T, String)>) -> Result<Option<T>, AppError> {
    match found {
        Some((_, path)) if path.rsplit('/').next() != Some(last_part) => Err(AppError::Moved(path)),
        found => Ok(found.map(|(record, _)| record)),
    }
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
        && file::state(conn, kind, id)?.is_some_and(|state| state.status() != Status::Archived)
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
