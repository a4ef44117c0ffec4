//! Writes the whole catalogue as a file.

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use serde::Serialize;

use super::record::File;
use super::schema::FORMAT;
use super::stored;
use crate::db::Db;

/// The whole catalogue as the text of a catalogue file: every record of every status in the order of first import,
/// every key present, two spaces per level, a line break at the end. The same catalogue gives the same bytes.
pub fn export(conn: &mut Db) -> QueryResult<String> {
    #[derive(Serialize)]
    struct Document {
        format: &'static str,
        #[serde(flatten)]
        file: File,
    }
    let document = Document { format: FORMAT, file: conn.read(stored::everything)? };
    let mut text = serde_json::to_string_pretty(&document)
        .map_err(|cause| DieselError::DeserializationError(Box::new(cause)))?;
    text.push('\n');
    Ok(text)
}
