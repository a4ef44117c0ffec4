//! Takes a catalogue file apart and gathers everything that is wrong with it.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::check::{self, Repeats, expected};
use super::json;
use super::problem::{Path, Problem, ProblemList, Problems, quoted};
use super::record::File;
use super::schema::{self, FORMAT, FieldType};

/// The file that `text` holds. Whether the categories, reviewers and tools that it refers to exist is not asked
/// here: the database may have them.
///
/// # Errors
/// The first problems of the file, record by record, and how many there are.
pub fn parse(text: &str) -> Result<File, ProblemList> {
    // Some editors begin a file with this mark, which JSON does not know.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let problems = Problems::default();
    let (mut file, mut repeats) = (File::default(), HashMap::<&str, Repeats>::new());
    let mut take = |key: &str, index: usize, mut value: Value| {
        let Some((key, FieldType::Rows(_, schema))) = schema::FILE.iter().find(|(known, _)| *known == key)
        else {
            return;
        };
        let list = Path::Key(&Path::Top, key);
        let path = list.index(index);
        check::object(&problems, &path, schema, &mut value);
        repeats.entry(key).or_default().note(&problems, &list, index, schema, &value);
        // A file with a problem is not taken, so no more of it is kept.
        if problems.total() == 0 {
            keep(&problems, &path, &mut file, key, value);
        }
    };
    let mut rest = json::read(&problems, text, &mut take).map_err(|cause| not_json(&cause))?;
    if let Some(entries) = rest.as_object_mut() {
        check_format(&problems, entries.remove("format").as_ref());
    }
    check::object(&problems, &Path::Top, schema::FILE, &mut rest);
    problems.none_or(file)
}

/// Puts a record that was checked into its list.
fn keep(problems: &Problems, path: &Path<'_>, file: &mut File, key: &str, value: Value) {
    fn push<T: DeserializeOwned>(list: &mut Vec<T>, value: Value) -> serde_json::Result<()> {
        list.push(serde_json::from_value(value)?);
        Ok(())
    }
    let kept = match key {
        "categories" => push(&mut file.categories, value),
        "reviewers" => push(&mut file.reviewers, value),
        "tools" => push(&mut file.tools, value),
        _ => push(&mut file.comparisons, value),
    };
    if let Err(cause) = kept {
        problems.add(path, cause.to_string());
    }
}

fn not_json(cause: &serde_json::Error) -> ProblemList {
    let place = format!("line {}, column {}", cause.line(), cause.column());
    let message = cause.to_string();
    let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    Problem { path: place, message: format!("not JSON: {what}") }.into()
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
