//! The comparisons of a tool in the database, as renaming, merging and deleting it change them.

use diesel::prelude::*;

use super::directory::Comparison;
use super::file::Record;
use super::names::two_apart;
use super::terms::Status;
use crate::db::Db;
use crate::db::schema::{comparisons, tools};
use crate::slug::Slug;
use crate::text::shown_name;

/// What moderators call a record: its name; of a comparison, those of its tools.
pub fn record_name(conn: &mut Db, record: &Record) -> QueryResult<String> {
    match record {
        Record::Comparison(comparison) => Ok(tool_names(conn, &comparison.tools)?.join(" vs ")),
        record => Ok(record.name()),
    }
}

/// The same for readers, to whom a tool that they do not see has no name but its slug.
pub fn public_record_name(conn: &mut Db, record: &Record) -> QueryResult<String> {
    match record {
        Record::Comparison(comparison) => Ok(names_of(conn, &comparison.tools, true)?.join(" vs ")),
        record => Ok(record.name()),
    }
}

/// The names of the two tools of a comparison; of a tool that is gone, its slug.
pub fn tool_names(conn: &mut Db, slugs: &[Slug; 2]) -> QueryResult<[String; 2]> {
    names_of(conn, slugs, false)
}

fn names_of(conn: &mut Db, slugs: &[Slug; 2], is_public: bool) -> QueryResult<[String; 2]> {
    let found: Vec<(String, String, Status)> = tools::table
        .filter(tools::slug.eq_any(slugs.each_ref().map(Slug::as_str)))
        .select((tools::slug, tools::name, tools::status))
        .load(conn)?;
    Ok(two_apart(slugs.each_ref().map(|slug| {
        let is_it = |(other, _, status): &&(String, String, Status)| {
            other == slug.as_str() && (!is_public || *status == Status::Published)
        };
        let name = found.iter().find(is_it).map_or_else(|| slug.to_string(), |(_, name, _)| shown_name(name));
        (name, slug.to_string())
    })))
}

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
