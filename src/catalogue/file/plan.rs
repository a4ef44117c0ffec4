//! What an import would do, without doing it: the stored records merged with those of a file, by the rules of
//! [`super`]. It reads once and writes nothing, so it holds nobody up.

use std::collections::HashMap;
use std::ops::Range;

use super::outcome::{ImportError, RecordCounts, Summary};
use super::record::{ComparisonRecord, File, Record, State, ToolRecord};
use super::references;
use super::stored::{self, States};
use crate::catalogue::terms::RecordKind;
use crate::db::Db;
use crate::db::versions::{self, Of};
use crate::slug::Slug;

/// What an import would make of the catalogue.
#[derive(Clone, Debug, Default)]
pub struct ImportPlan {
    /// The version of the catalogue that this is made from.
    pub version: i64,
    /// How many records would be new or change.
    pub total: usize,
    /// Those of them that were asked for, in the order of the file.
    pub changes: Vec<Planned>,
    /// What the import would answer.
    pub summary: Summary,
}

/// A record that would be new or change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What it is; none of a new one.
    pub before: Option<State>,
    /// What it would be.
    pub after: State,
}

/// Plans an import, on the unchanging view of the data that the caller has. Of the records that would be new or change
/// those that stand at `shown` are kept: the plan of a large file must not be as large.
pub fn plan(conn: &mut Db, file: &File, shown: Range<usize>) -> Result<ImportPlan, ImportError> {
    references::check(conn, file)?;
    let stored = stored::named_in(conn, file)?;
    let version = versions::stored(conn, Of::Catalogue)?;
    Ok(ImportPlan { version, ..merge(&stored, file, &shown) })
}

/// A record's name among those of its kind: its slug, or the slugs of a pair.
type Key<'a> = (RecordKind, &'a str, &'a str);

fn key(record: &Record) -> Key<'_> {
    match record {
        Record::Comparison(pair) => (RecordKind::Comparison, &pair.tools[0], &pair.tools[1]),
        other => (other.kind(), other.slug().map_or("", Slug::as_str), ""),
    }
}

/// What becomes of the stored records under a file.
fn merge(stored: &States, file: &File, shown: &Range<usize>) -> ImportPlan {
    let known: HashMap<Key<'_>, &State> = stored.values().map(|state| (key(&state.record), state)).collect();
    let (mut total, mut changes) = (0, Vec::new());
    let mut summary = Summary::default();
    let mut note = |record: Record, count: &mut RecordCounts| {
        let before = known.get(&key(&record)).copied();
        let after = State::from(record);
        match before {
            None => count.new += 1,
            Some(before) if *before == after => {
                count.unchanged += 1;
                return;
            }
            Some(_) => count.changed += 1,
        }
        if shown.contains(&total) {
            changes.push(Planned { before: before.cloned(), after });
        }
        total += 1;
    };
    for record in &file.categories {
        note(Record::Category(record.clone()), &mut summary.categories);
    }
    for record in &file.reviewers {
        note(Record::Reviewer(record.clone()), &mut summary.reviewers);
    }
    for record in &file.tools {
        let before = known.get(&(RecordKind::Tool, record.slug.as_str(), ""));
        let before = before.and_then(|state| match &state.record {
            Record::Tool(tool) => Some(&**tool),
            _ => None,
        });
        let after = merge_tool(before, record, &mut summary.reviews);
        // Reviews are counted by themselves: a tool of which nothing else differs is unchanged.
        let differs = before.is_some_and(|before| {
            ToolRecord { reviews: Vec::new(), ..before.clone() }
                != ToolRecord { reviews: Vec::new(), ..after.clone() }
        });
        let mut count = RecordCounts::default();
        note(Record::Tool(Box::new(after)), &mut count);
        if count.changed > 0 && !differs {
            count = RecordCounts { unchanged: 1, ..RecordCounts::default() };
        }
        summary.tools.new += count.new;
        summary.tools.changed += count.changed;
        summary.tools.unchanged += count.unchanged;
    }
    for record in &file.comparisons {
        let record: ComparisonRecord = record.clone().sorted();
        note(Record::Comparison(record), &mut summary.comparisons);
    }
    ImportPlan { version: 0, total, changes, summary }
}

/// A tool under a record of a file: what the record does not say of prices and facts stays, and so do reviews by whom
/// it does not name.
fn merge_tool(before: Option<&ToolRecord>, record: &ToolRecord, reviews: &mut RecordCounts) -> ToolRecord {
    let mut after = record.clone();
    let stored_pricing = before.and_then(|tool| tool.pricing.clone()).unwrap_or_default();
    after.pricing.get_or_insert(stored_pricing);
    after.facts.get_or_insert_with(|| before.and_then(|tool| tool.facts.clone()).unwrap_or_default());
    after.reviews = before.map(|tool| tool.reviews.clone()).unwrap_or_default();
    for review in &record.reviews {
        match after.reviews.iter_mut().find(|other| other.reviewer == review.reviewer) {
            Some(other) if other == review => reviews.unchanged += 1,
            Some(other) => {
                other.clone_from(review);
                reviews.changed += 1;
            }
            None => {
                after.reviews.push(review.clone());
                reviews.new += 1;
            }
        }
    }
    after
}
