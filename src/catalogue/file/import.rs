//! Writes a catalogue file into the database; [`super`] says what happens to records that are there already.

use std::collections::HashMap;
use std::fmt;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::Problem;
use super::import_tools::import_tools;
use super::record::{CategoryRecord, ComparisonRecord, File, ReviewerRecord};
use super::references;
use super::stored;
use crate::catalogue::history::{self, By};
use crate::catalogue::rows::{CategoryRow, ComparisonRow, ReviewerRow};
use crate::catalogue::search;
use crate::catalogue::terms::Act;
use crate::db::Db;
use crate::db::schema::{categories, comparisons, reviewers, tools};
use crate::db::versions::{self, Of};
use crate::each;
use crate::slug::Slug;

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
    if summary.changed_anything() {
        versions::raise(conn, Of::Catalogue)?;
    }
    Ok(summary)
}

/// What an import did, by kind of record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Categories.
    pub categories: Count,
    /// Members of the panel.
    pub reviewers: Count,
    /// Tools with their prices and facts.
    pub tools: Count,
    /// Reviews.
    pub reviews: Count,
    /// Comparisons.
    pub comparisons: Count,
}

/// What became of the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Records that were not there.
    pub new: usize,
    /// Records that were there and differed.
    pub changed: usize,
    /// Records that were there just so.
    pub unchanged: usize,
}

impl Summary {
    /// Whether the catalogue is another than before.
    #[must_use]
    pub fn changed_anything(&self) -> bool {
        self.kinds().iter().any(|(_, count)| count.new + count.changed > 0)
    }

    fn kinds(&self) -> [(&'static str, Count); 5] {
        [
            ("categories", self.categories),
            ("reviewers", self.reviewers),
            ("tools", self.tools),
            ("reviews", self.reviews),
            ("comparisons", self.comparisons),
        ]
    }
}

/// One line per kind: `tools: 40 new, 0 changed, 2 unchanged`.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (kind, count)) in self.kinds().into_iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            let Count { new, changed, unchanged } = count;
            write!(f, "{end}{kind}: {new} new, {changed} changed, {unchanged} unchanged")?;
        }
        Ok(())
    }
}

/// Why an import did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file refers to what does not exist.
    #[error("the file has {} problem(s), the first being: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Problems(Vec<Problem>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

/// Returns the ids of the categories whose names changed: the search index holds the old ones.
fn import_categories(conn: &mut Db, records: &[CategoryRecord], count: &mut Count) -> QueryResult<Vec<i64>> {
    let stored: HashMap<String, (i64, CategoryRow)> = categories::table
        .select((categories::id, CategoryRow::as_select()))
        .load::<(i64, CategoryRow)>(conn)?
        .into_iter()
        .map(|(id, row)| (row.slug.clone(), (id, row)))
        .collect();
    let (mut fresh, mut renamed) = (Vec::new(), Vec::new());
    for record in records {
        let row = CategoryRow {
            slug: record.slug.to_string(),
            name: record.name.clone(),
            description: record.description.clone(),
        };
        match stored.get(record.slug.as_str()) {
            None => fresh.push(row),
            Some((_, old)) if *old == row => count.unchanged += 1,
            Some((id, old)) => {
                diesel::update(categories::table.find(id)).set(&row).execute(conn)?;
                count.changed += 1;
                if old.name != row.name {
                    renamed.push(*id);
                }
            }
        }
    }
    count.new += fresh.len();
    for rows in fresh.chunks(BATCH) {
        each!(conn, c => diesel::insert_into(categories::table).values(rows).execute(c))?;
    }
    Ok(renamed)
}

fn import_reviewers(conn: &mut Db, records: &[ReviewerRecord], count: &mut Count) -> QueryResult<()> {
    let stored: HashMap<String, (i64, ReviewerRow)> = reviewers::table
        .select((reviewers::id, ReviewerRow::as_select()))
        .load::<(i64, ReviewerRow)>(conn)?
        .into_iter()
        .map(|(id, row)| (row.slug.clone(), (id, row)))
        .collect();
    let mut fresh = Vec::new();
    for record in records {
        let row = reviewer_row(record);
        match stored.get(record.slug.as_str()) {
            None => fresh.push(row),
            Some((_, old)) if *old == row => count.unchanged += 1,
            Some((id, _)) => {
                diesel::update(reviewers::table.find(id)).set(&row).execute(conn)?;
                count.changed += 1;
            }
        }
    }
    count.new += fresh.len();
    for rows in fresh.chunks(BATCH) {
        each!(conn, c => diesel::insert_into(reviewers::table).values(rows).execute(c))?;
    }
    Ok(())
}

fn reviewer_row(record: &ReviewerRecord) -> ReviewerRow {
    let list = |texts: &[String]| serde_json::Value::from(texts.to_vec()).to_string();
    ReviewerRow {
        slug: record.slug.to_string(),
        name: record.name.clone(),
        role: record.role.clone(),
        motto: record.motto.clone(),
        bio: record.bio.clone(),
        likes: list(&record.likes),
        tired_of: list(&record.tired_of),
        kind: record.kind.to_i16(),
        model: record.model.clone(),
    }
}

fn import_comparisons(conn: &mut Db, records: &[ComparisonRecord], count: &mut Count) -> QueryResult<()> {
    if records.is_empty() {
        return Ok(());
    }
    let stored: HashMap<(i64, i64), (i64, ComparisonRow)> = comparisons::table
        .select((comparisons::id, ComparisonRow::as_select()))
        .load::<(i64, ComparisonRow)>(conn)?
        .into_iter()
        .map(|(id, row)| ((row.first_tool_id, row.second_tool_id), (id, row)))
        .collect();
    let tool_ids: HashMap<String, i64> =
        tools::table.select((tools::slug, tools::id)).load::<(String, i64)>(conn)?.into_iter().collect();
    let mut fresh = Vec::new();
    for record in records {
        let record = record.clone().sorted();
        let [first, second] = &record.tools;
        let row = ComparisonRow {
            first_tool_id: id_of(&tool_ids, first)?,
            second_tool_id: id_of(&tool_ids, second)?,
            summary: record.summary,
            pick_first_if: record.pick_first_if,
            pick_second_if: record.pick_second_if,
            status: record.status.to_i16(),
            published_on: record.published_on,
        };
        match stored.get(&(row.first_tool_id, row.second_tool_id)) {
            None => fresh.push(row),
            Some((_, old)) if *old == row => count.unchanged += 1,
            Some((id, _)) => {
                diesel::update(comparisons::table.find(id)).set(&row).execute(conn)?;
                count.changed += 1;
            }
        }
    }
    count.new += fresh.len();
    for rows in fresh.chunks(BATCH) {
        each!(conn, c => diesel::insert_into(comparisons::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// How many rows one statement inserts. SQLite takes 32,766 values in one, PostgreSQL twice as many.
pub(super) const BATCH: usize = 500;

/// The id behind a slug that [`check_references`] has found.
pub(super) fn id_of(ids: &HashMap<String, i64>, slug: &Slug) -> QueryResult<i64> {
    ids.get(slug.as_str()).copied().ok_or(diesel::result::Error::NotFound)
}
