//! Writes the whole catalogue as a file.

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use serde::Serialize;

use super::record::{CategoryRecord, ComparisonRecord, File, ReviewerRecord, ToolRecord};
use super::{FORMAT, stored};
use crate::db::Db;

/// The whole catalogue as the text of a catalogue file: every record of every status in the order of first import,
/// every key present, two spaces per level, a line break at the end. The same catalogue gives the same bytes.
///
/// # Errors
/// When the database cannot be read, or holds what no catalogue file can say.
pub fn export(conn: &mut Db) -> QueryResult<String> {
    #[derive(Serialize)]
    struct Document<'a> {
        format: &'a str,
        categories: &'a [CategoryRecord],
        reviewers: &'a [ReviewerRecord],
        tools: &'a [ToolRecord],
        comparisons: &'a [ComparisonRecord],
    }
    let File { categories, reviewers, tools, comparisons } = conn.read(stored::everything)?;
    let document = Document {
        format: FORMAT,
        categories: &categories,
        reviewers: &reviewers,
        tools: &tools,
        comparisons: &comparisons,
    };
    let mut text = serde_json::to_string_pretty(&document)
        .map_err(|cause| DieselError::DeserializationError(Box::new(cause)))?;
    text.push('\n');
    Ok(text)
}
