//! Checks JSON against a [`Schema`] and notes everything that is wrong with it, so that all problems come at once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::problem::{Path, Problem, ProblemList, Problems, quoted};
use super::schema::{FieldType, Rows, Schema, Word};
use crate::slug::Slug;
use crate::text::{composed, fault, fault_within_a_line, join_and};

/// The most characters of a name, a tagline or a label.
const SHORT: usize = 300;

/// The most characters of any other text.
const LONG: usize = 10_000;

/// Checks an object. What is null or empty and may be is taken out, so that what is left can be read as a record.
pub(super) fn object(problems: &Problems, path: &Path<'_>, schema: Schema, value: &mut Value) {
    let Value::Object(entries) = value else { return problems.add(path, expected("an object", value)) };
    for key in entries.keys().filter(|key| !schema.iter().any(|(known, _)| known == key)) {
        problems.add(&path.key(key), "unknown key");
    }
    for (key, field) in schema {
        let path = path.key(key);
        match entries.get_mut(*key) {
            None if field.is_required() => problems.add(&path, "is required"),
            None => {}
            Some(value) if field.is_nullable() && (value.is_null() || value.as_str() == Some("")) => {
                entries.remove(*key);
            }
            Some(value) => check(problems, &path, *field, value),
        }
    }
    // Only reviewers have both.
    let is = |key: &str, word: &str| entries.get(key).and_then(Value::as_str) == Some(word);
    if schema.iter().any(|(key, _)| *key == "model") {
        let is_human = is("kind", "human") || !entries.contains_key("kind");
        match entries.get("model") {
            None if is("kind", "ai") => problems.add(&path.key("model"), "is required for kind ai"),
            Some(Value::String(_)) if is_human => problems.add(&path.key("model"), "is only for kind ai"),
            _ => {}
        }
    }
}

/// Reads what was checked, unless something is wrong with it.
pub(super) fn read<T: DeserializeOwned>(problems: Problems, value: Value) -> Result<T, ProblemList> {
    let value = problems.none_or(value)?;
    serde_json::from_value(value)
        .map_err(|cause| Problem { path: String::new(), message: cause.to_string() }.into())
}

fn check(problems: &Problems, path: &Path<'_>, field: FieldType, value: &mut Value) {
    match field {
        FieldType::Object(schema) => return object(problems, path, schema, value),
        FieldType::Rows(rows, schema) => return list(problems, path, rows, schema, value),
        FieldType::Pair => return pair(problems, path, value),
        FieldType::Texts => return texts(problems, path, value),
        FieldType::Score => return score(problems, path, value),
        _ => {}
    }
    let Value::String(text) = value else { return problems.add(path, expected("text", value)) };
    let fault = match field {
        FieldType::Slug => text.parse::<Slug>().err().map(|fault| fault.to_string()),
        FieldType::Word(_, Word { is_known, choices }) => {
            (!is_known(text)).then(|| format!("{} is not {choices}", quoted(text)))
        }
        FieldType::Link => (!is_link(text)).then(|| format!("{} is not an http(s) address", quoted(text))),
        FieldType::Date => (!is_date(text)).then(|| format!("{} is not a date (YYYY-MM-DD)", quoted(text))),
        FieldType::Price => {
            (!is_price(text)).then(|| format!("{} is not a price such as \"20.00\"", quoted(text)))
        }
        FieldType::Currency => {
            (!is_currency(text)).then(|| format!("{} is not three capital letters", quoted(text)))
        }
        _ => {
            if stands_within_a_line(field) {
                *text = composed(text);
            }
            check_text(problems, path, field, text);
            match field {
                FieldType::Name if text.trim().is_empty() => Some("is empty".to_owned()),
                FieldType::Name if text.contains(['\n', '\t']) => Some("is more than one line".to_owned()),
                _ => None,
            }
        }
    };
    if let Some(fault) = fault {
        problems.add(path, fault);
    }
    if matches!(field, FieldType::Link) {
        check_text(problems, path, field, text);
    }
}

fn list(problems: &Problems, path: &Path<'_>, rows: Rows, schema: Schema, value: &mut Value) {
    let Value::Array(values) = value else { return problems.add(path, expected("a list", value)) };
    for (index, value) in values.iter_mut().enumerate() {
        object(problems, &path.index(index), schema, value);
    }
    if rows != Rows::Alike {
        let mut repeats = Repeats::default();
        for (index, value) in values.iter().enumerate() {
            repeats.note(problems, path, index, schema, value);
        }
    }
}

/// What the objects of a list name in their first key, each with the place of the first that does: as a hash, since a
/// list may be long and its names are in memory already.
#[derive(Default)]
pub(super) struct Repeats(HashMap<u64, u32>);

impl Repeats {
    /// Notes an object of the list at `path` that names the same thing as one before it. One that cannot be read for
    /// another reason counts too.
    pub(super) fn note(
        &mut self,
        problems: &Problems,
        path: &Path<'_>,
        index: usize,
        schema: Schema,
        value: &Value,
    ) {
        let Some((key, field)) = schema.first() else { return };
        let Some(value) = value.get(key) else { return };
        let names = match field {
            FieldType::Pair => both(value),
            _ => value.as_str().map(|name| vec![name]),
        };
        let Some(names) = names.filter(|names| !names.contains(&"")) else { return };
        match self.0.entry(xxh3_64(names.join("\0").as_bytes())) {
            Entry::Vacant(entry) => drop(entry.insert(u32::try_from(index).unwrap_or(u32::MAX))),
            Entry::Occupied(entry) => {
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                let are = if names.len() == 1 { "is" } else { "are" };
                let message = format!("{} {are} already {path}[{}]", join_and(&names), entry.get());
                problems.add(&path.index(index).key(key), message);
            }
        }
    }
}

/// The two tools of a comparison, in one order whichever way round they stand.
fn both(tools: &Value) -> Option<Vec<&str>> {
    let mut tools: Vec<&str> = tools.as_array()?.iter().map_while(Value::as_str).collect();
    tools.sort_unstable();
    (tools.len() == 2).then_some(tools)
}

fn pair(problems: &Problems, path: &Path<'_>, value: &mut Value) {
    let Value::Array(values) = value else { return problems.add(path, expected("a list", value)) };
    for (index, value) in values.iter_mut().enumerate() {
        check(problems, &path.index(index), FieldType::Slug, value);
    }
    match values.as_slice() {
        [Value::String(first), Value::String(second)] if first == second && first.parse::<Slug>().is_ok() => {
            problems.add(path, format!("{} cannot be compared with itself", quoted(first)));
        }
        [_, _] => {}
        _ => problems.add(path, format!("expected two tools, found {}", values.len())),
    }
}

fn texts(problems: &Problems, path: &Path<'_>, value: &mut Value) {
    let Value::Array(values) = value else { return problems.add(path, expected("a list", value)) };
    for (index, value) in values.iter_mut().enumerate() {
        check(problems, &path.index(index), FieldType::Text, value);
    }
}

fn score(problems: &Problems, path: &Path<'_>, value: &mut Value) {
    let Value::Number(number) = value else { return problems.add(path, expected("a number", value)) };
    match whole(number) {
        Some(score @ 0..=100) => *value = score.into(),
        Some(_) => problems.add(path, format!("{number} is not between 0 and 100")),
        None => problems.add(path, format!("{number} is not a whole number between 0 and 100")),
    }
}

/// The whole number that this is, however it is written: `84`, `84.0` and `8.4e1` are the same. The nearest one that can
/// be counted where it is beyond that.
fn whole(number: &Number) -> Option<i64> {
    let rounded = || number.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64);
    number.as_i64().or_else(rounded)
}

fn is_link(text: &str) -> bool {
    // The parser forgives spaces and line breaks; what is stored must be an address as it stands.
    let is_clean = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let is_web = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    is_clean && url::Url::parse(text).is_ok_and(|url| is_web(&url))
}

fn is_date(text: &str) -> bool {
    // The parser forgives missing zeros and a sign.
    let is_shaped = text.len() == 10
        && text.bytes().enumerate().all(
            |(i, b)| {
                if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() }
            },
        );
    is_shaped && !text.starts_with("0000") && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_price(text: &str) -> bool {
    let is_number = |digits: &str, most: usize| {
        (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    text.is_empty()
        || match text.split_once('.') {
            Some((whole, part)) => is_number(whole, 12) && is_number(part, 4),
            None => is_number(text, 12),
        }
}

fn is_currency(text: &str) -> bool {
    text.is_empty() || (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn check_text(problems: &Problems, path: &Path<'_>, field: FieldType, text: &str) {
    let most = match field {
        FieldType::Name | FieldType::Tagline | FieldType::OptionalName => SHORT,
        _ => LONG,
    };
    let chars = text.chars().count();
    if chars > most {
        problems.add(path, format!("has {chars} characters, at most {most} are allowed"));
    }
    let fault = if stands_within_a_line(field) { fault_within_a_line(text) } else { fault(text) };
    if let Some(fault) = fault {
        problems.add(path, fault);
    }
}

/// Whether pages show the text among words of their own.
fn stands_within_a_line(field: FieldType) -> bool {
    matches!(field, FieldType::Name | FieldType::Tagline | FieldType::OptionalName | FieldType::Line)
}

/// The message for a value of the wrong type.
pub(super) fn expected(wanted: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("expected {wanted}, found {found}")
}
