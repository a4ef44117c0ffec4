//! Takes a catalogue file apart and gathers everything that is wrong with it.

use serde_json::Value;

use super::check::{self, expected};
use super::json;
use super::problem::{Path, Problem, Problems, quoted};
use super::record::File;
use super::schema::{self, FORMAT};

/// The file that `text` holds. Whether the categories, reviewers and tools that it refers to exist is not asked
/// here: the database may have them.
///
/// # Errors
/// Every problem of the file, in the order of the file's parts.
pub fn parse(text: &str) -> Result<File, Vec<Problem>> {
    // Some editors begin a file with this mark, which JSON does not know.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let problems = Problems::default();
    let mut value = json::read(&problems, text).map_err(|cause| vec![not_json(&cause)])?;
    if let Some(entries) = value.as_object_mut() {
        check_format(&problems, entries.remove("format").as_ref());
    }
    check::object(&problems, &Path::Top, schema::FILE, &mut value);
    check::read(problems, value)
}

fn not_json(cause: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", cause.line(), cause.column());
    let message = cause.to_string();
    let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    Problem { path: place, message: format!("not JSON: {what}") }
}

fn check_format(problems: &Problems, format: Option<&Value>) {
    let message = match format {
        None => format!("is required and must be \"{FORMAT}\""),
        Some(Value::String(format)) if format == FORMAT => return,
        Some(Value::String(format)) => format!("{} is not \"{FORMAT}\"", quoted(format)),
        Some(other) => expected("text", other),
    };
    problems.add(&Path::Top.key("format"), message);
}
