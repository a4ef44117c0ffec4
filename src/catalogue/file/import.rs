//! Writes a catalogue file into the database; [`super`] says what happens to records that are there already.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::import_tools::{id_of, import_tools};
use super::outcome::{ImportError, RecordCounts, Summary};
use super::record::{CategoryRecord, ComparisonRecord, File, ReviewerRecord};
use super::references;
use super::stored;
use crate::catalogue::directory::Comparison;
use crate::catalogue::history::{self, By};
use crate::catalogue::search;
use crate::catalogue::status_rules;
use crate::catalogue::terms::Act;
use crate::db::Db;
use crate::db::schema::{categories, comparisons, reviewers, tools};
use crate::db::sql::INSERT_BATCH;
use crate::db::versions::{self, Of};
use crate::each;
use crate::slug::Slug;

/// Brings a table up to date with `rows` and counts what that does. `known` finds the id and the row that are stored for
/// a row, if any are. Gives the rows that changed, with their ids.
macro_rules! upsert {
    ($conn:expr, $table:ident, $rows:expr, $known:expr, $counts:expr) => {{
        let (mut fresh, mut changed) = (Vec::new(), Vec::new());
        for row in $rows {
            match $known(&row) {
                None => fresh.push(row),
                Some((_, old)) if *old == row => $counts.unchanged += 1,
                Some((id, _)) => {
                    diesel::update($table::table.find(*id)).set(row.clone()).execute($conn)?;
                    changed.push((*id, row));
                }
            }
        }
        $counts.new += fresh.len();
        $counts.changed += changed.len();
        for rows in fresh.chunks(INSERT_BATCH) {
            each!($conn, c => diesel::insert_into($table::table).values(rows.to_vec()).execute(c))?;
        }
        changed
    }};
}

/// Writes `file` into the database in one transaction, all of it or nothing, and says what that changed. The same
/// file a second time changes nothing. `now` is UTC. `progress` is told how many of how many records are done.
///
/// # Errors
/// [`ImportError::Problems`] when the file refers to what neither it nor the database has, otherwise
/// [`ImportError::Database`]. Nothing is changed then.
pub fn import(
    conn: &mut Db,
    file: &File,
    now: NaiveDateTime,
    mut progress: impl FnMut(usize, usize),
) -> Result<Summary, ImportError> {
    let total = file.categories.len() + file.reviewers.len() + file.tools.len() + file.comparisons.len();
    let mut done = 0;
    let mut advance = |records: usize| {
        done += records;
        progress(done, total);
    };
    conn.write(|conn| import_by(conn, file, By::nobody("", now), &mut advance))
}

/// The same in the write transaction of the caller, by somebody and for a reason. What changes is kept as it was and as
/// it became.
///
/// # Errors
/// As [`import`]; the caller must roll back.
pub fn import_by(
    conn: &mut Db,
    file: &File,
    by: By<'_>,
    advance: &mut dyn FnMut(usize),
) -> Result<Summary, ImportError> {
    versions::take_turn(conn, Of::Catalogue)?;
    references::check(conn, file)?;
    let before = stored::named_in(conn, file)?;
    let summary = write(conn, file, by.at, advance)?;
    if !before.is_empty() && summary.changed_anything() {
        let mut after = stored::named_in(conn, file)?;
        for ((kind, id), old) in before {
            if let Some(new) = after.remove(&(kind, id)).filter(|new| *new != old) {
                history::keep(conn, (kind, id), Act::Imported, Some(&old), &new, by)?;
            }
        }
    }
    Ok(summary)
}

/// Writes a file whose references are known to be there, and keeps no history: that is the caller's.
pub(in crate::catalogue) fn write(
    conn: &mut Db,
    file: &File,
    now: NaiveDateTime,
    mut advance: &mut dyn FnMut(usize),
) -> QueryResult<Summary> {
    let mut summary = Summary::default();
    let renamed = import_categories(conn, &file.categories, &mut summary.categories)?;
    advance(file.categories.len());
    import_reviewers(conn, &file.reviewers, &mut summary.reviewers)?;
    advance(file.reviewers.len());
    import_tools(conn, &file.tools, now, &mut summary, &mut advance)?;
    for category_id in renamed {
        search::index_category(conn, category_id)?;
    }
    import_comparisons(conn, &file.comparisons, &mut summary.comparisons)?;
    advance(file.comparisons.len());
    if !file.reviewers.is_empty() || !file.tools.is_empty() {
        status_rules::note_published(conn, now)?;
    }
    if summary.changed_anything() {
        versions::raise(conn, Of::Catalogue)?;
    }
    Ok(summary)
}

/// Returns the ids of the categories whose names changed: the search index holds the old ones.
fn import_categories(
    conn: &mut Db,
    records: &[CategoryRecord],
    counts: &mut RecordCounts,
) -> QueryResult<Vec<i64>> {
    let stored: HashMap<Slug, (i64, CategoryRecord)> = categories::table
        .select((categories::id, CategoryRecord::as_select()))
        .load::<(i64, CategoryRecord)>(conn)?
        .into_iter()
        .map(|(id, record)| (record.slug.clone(), (id, record)))
        .collect();
    let changed = upsert!(
        conn,
        categories,
        records.iter().cloned(),
        |record: &CategoryRecord| stored.get(&record.slug),
        counts
    );
    let name = |id: i64| stored.values().find(|(other, _)| *other == id).map(|(_, old)| old.name.as_str());
    Ok(changed.iter().filter(|(id, new)| name(*id) != Some(&new.name)).map(|(id, _)| *id).collect())
}

fn import_reviewers(conn: &mut Db, records: &[ReviewerRecord], counts: &mut RecordCounts) -> QueryResult<()> {
    let stored: HashMap<Slug, (i64, ReviewerRecord)> = reviewers::table
        .select((reviewers::id, ReviewerRecord::as_select()))
        .load::<(i64, ReviewerRecord)>(conn)?
        .into_iter()
        .map(|(id, record)| (record.slug.clone(), (id, record)))
        .collect();
    upsert!(
        conn,
        reviewers,
        records.iter().cloned(),
        |record: &ReviewerRecord| stored.get(&record.slug),
        counts
    );
    Ok(())
}

fn import_comparisons(
    conn: &mut Db,
    records: &[ComparisonRecord],
    counts: &mut RecordCounts,
) -> QueryResult<()> {
    if records.is_empty() {
        return Ok(());
    }
    let stored: HashMap<(i64, i64), (i64, Comparison)> = comparisons::table
        .select((comparisons::id, Comparison::as_select()))
        .load::<(i64, Comparison)>(conn)?
        .into_iter()
        .map(|(id, row)| ((row.first, row.second), (id, row)))
        .collect();
    let tool_ids: HashMap<String, i64> =
        tools::table.select((tools::slug, tools::id)).load::<(String, i64)>(conn)?.into_iter().collect();
    let row = |record: &ComparisonRecord| -> QueryResult<Comparison> {
        let record = record.clone().sorted();
        Ok(Comparison {
            first: id_of(&tool_ids, &record.tools[0])?,
            second: id_of(&tool_ids, &record.tools[1])?,
            summary: record.summary,
            pick_first_if: record.pick_first_if,
            pick_second_if: record.pick_second_if,
            status: record.status,
            published_on: record.published_on,
        })
    };
    let rows = records.iter().map(row).collect::<QueryResult<Vec<_>>>()?;
    let known = |row: &Comparison| stored.get(&(row.first, row.second));
    upsert!(conn, comparisons, rows, known, counts);
    Ok(())
}
