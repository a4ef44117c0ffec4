//! What was typed into the form of a record, as the JSON of a catalogue file and back.
//!
//! A form has the fields of the record's [`schema`], all but its status, which is decided by a button. The name of a field
//! is the path of its value within the record, so that a problem lands beside the field it is about:
//! `pricing.plans[1].price`. Whatever else was sent is left out.
//!
//! Rows in which nothing was typed are dropped and the others move up. A form that is shown again with its errors must
//! therefore be [`tidy`] first: then its rows have the numbers that the errors name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value};

use crate::admin::form::FormData;
use crate::catalogue::RecordKind;
use crate::catalogue::file::schema::{self, FieldType, Presence, Rows, Schema};

/// The fields of a record or row that a form has.
pub(super) fn form_fields(schema: Schema) -> impl Iterator<Item = (&'static str, FieldType)> {
    schema.iter().copied().filter(|(key, _)| *key != "status")
}

/// What a row of a list such as `pricing.plans` consists of, if there is such a list.
pub(super) fn rows_at(kind: RecordKind, list: &str) -> Option<Schema> {
    let record = FieldType::Object(schema::of(kind));
    let field = list.split('.').try_fold(record, |field, key| match field {
        FieldType::Object(schema) => {
            form_fields(schema).find(|(other, _)| *other == key).map(|(_, field)| field)
        }
        _ => None,
    });
    match field? {
        FieldType::Rows(_, schema) => Some(schema),
        _ => None,
    }
}

/// The JSON of what was typed. A field that was not sent is absent, so that it can be missed; lists and objects are
/// always there.
pub(super) fn to_json(kind: RecordKind, data: &FormData) -> Value {
    let mut sent: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in &data.0 {
        // Of a name that was sent twice the first counts, as everywhere.
        sent.entry(name).or_insert(value);
    }
    object(schema::of(kind), "", &sent).into()
}

fn value_at(field: FieldType, path: &str, sent: &BTreeMap<&str, &str>) -> Option<Value> {
    // Browsers send line breaks as two characters.
    let text = |path: &str| sent.get(path).map(|value| value.replace("\r\n", "\n"));
    match field {
        FieldType::Text | FieldType::Tagline => text(path).map(Value::from),
        FieldType::Score => text(path).map(|text| number(text.trim())),
        FieldType::Texts => text(path).map(|text| {
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Value::from).collect()
        }),
        FieldType::Pair => {
            let line = |at| text(&format!("{path}[{at}]")).unwrap_or_default().trim().to_owned();
            Some(vec![line(0), line(1)].into())
        }
        FieldType::Object(schema) => Some(object(schema, path, sent).into()),
        FieldType::Rows(rows, schema) => Some(filled_rows(rows, schema, path, sent)),
        _ => text(path).map(|text| text.trim().into()),
    }
}

fn object(schema: Schema, path: &str, sent: &BTreeMap<&str, &str>) -> Map<String, Value> {
    form_fields(schema)
        .filter_map(|(key, field)| Some((key.to_owned(), value_at(field, &join(path, key), sent)?)))
        .collect()
}

/// The rows in which something was typed.
fn filled_rows(rows: Rows, schema: Schema, path: &str, sent: &BTreeMap<&str, &str>) -> Value {
    // A form begins with a row for each reviewer: one that has nothing else was not filled in.
    let given = if rows == Rows::Unordered { 1 } else { 0 };
    // Days and the basis of a review stand there already.
    let is_given =
        |field: FieldType| matches!(field, FieldType::Date | FieldType::Word(Presence::Optional, _));
    let is_filled = |row: &Map<String, Value>| {
        let typed = schema.iter().skip(given).filter(|(_, field)| !is_given(*field));
        let mut values = typed.filter_map(|(key, _)| row.get(*key));
        values.any(|value| !value.is_null() && value.as_str() != Some(""))
    };
    numbers(path, sent.keys().copied())
        .into_iter()
        .map(|number| object(schema, &format!("{path}[{number}]"), sent))
        .filter(is_filled)
        .map(Value::from)
        .collect()
}

/// The numbers of the rows that names speak of: `facts[2].label` of row 2 of `facts`.
fn numbers<'a>(path: &str, names: impl Iterator<Item = &'a str>) -> BTreeSet<usize> {
    names
        .filter_map(|name| {
            let (digits, _) = name.strip_prefix(path)?.strip_prefix('[')?.split_once("].")?;
            let number: usize = digits.parse().ok()?;
            // Of `[02]` nobody would find the fields again.
            (number.to_string() == digits).then_some(number)
        })
        .collect()
}

fn number(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map_or_else(|| text.into(), Value::Number)
}

/// What has to be typed for this JSON.
pub(super) fn to_form(kind: RecordKind, value: &Value) -> FormData {
    let mut data = FormData::default();
    fill(schema::of(kind), "", value, &mut data);
    data
}

fn fill(schema: Schema, path: &str, value: &Value, data: &mut FormData) {
    for (key, field) in form_fields(schema) {
        fill_field(field, &join(path, key), value.get(key).unwrap_or(&Value::Null), data);
    }
}

fn fill_field(field: FieldType, path: &str, value: &Value, data: &mut FormData) {
    let mut put = |path: &str, text: String| data.0.push((path.to_owned(), text));
    match field {
        FieldType::Pair => {
            for at in 0..2 {
                put(&format!("{path}[{at}]"), text(value.get(at).unwrap_or(&Value::Null)));
            }
        }
        FieldType::Object(schema) => fill(schema, path, value, data),
        FieldType::Rows(_, schema) => {
            for (number, row) in value.as_array().into_iter().flatten().enumerate() {
                fill(schema, &format!("{path}[{number}]"), row, data);
            }
        }
        _ => put(path, text(value)),
    }
}

/// A value as it is typed, of a list one text on each line.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(texts) => texts.iter().map(text).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// The path of a field within what has the path `path`.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The same without rows in which nothing was typed, the others numbered from 0, as [`to_json`] numbers them. Whatever
/// does not belong to the record stays as it is.
pub(super) fn tidy(kind: RecordKind, data: &FormData) -> FormData {
    let belongs = |name: &str| {
        let key = name.split(['.', '[']).next().unwrap_or_default();
        form_fields(schema::of(kind)).any(|(known, _)| known == key)
    };
    let mut tidied = to_form(kind, &to_json(kind, data));
    tidied.0.extend(data.0.iter().filter(|(name, _)| !belongs(name)).cloned());
    tidied
}

/// The numbers of the rows that a form shows of a list, such as `pricing.plans`.
pub(super) fn row_numbers(data: &FormData, list: &str) -> Vec<usize> {
    numbers(list, data.0.iter().map(|(name, _)| name.as_str())).into_iter().collect()
}

/// Adds an empty row to the end of a list and returns the name of its first field; nothing where there is no such list.
pub(super) fn add_row(kind: RecordKind, data: &mut FormData, list: &str) -> Option<String> {
    let schema = rows_at(kind, list)?;
    let number = row_numbers(data, list).last().map_or(0, |last| last.saturating_add(1));
    let path = format!("{list}[{number}]");
    fill(schema, &path, &Value::Null, data);
    schema.first().map(|(key, _)| join(&path, key))
}

/// Removes a row, such as `facts[2]`.
fn remove_row(kind: RecordKind, data: &mut FormData, row: &str) {
    let Some((list, _)) = row.split_once('[').filter(|_| row.ends_with(']')) else { return };
    if rows_at(kind, list).is_some() {
        data.0.retain(|(name, _)| !name.strip_prefix(row).is_some_and(|rest| rest.starts_with('.')));
    }
}

/// Does what a button of name `rows` says, `add:pricing.plans` or `remove:facts[2]`, and returns the name of the field
/// to go on with, if there is one.
pub(super) fn change_rows(kind: RecordKind, data: &mut FormData, command: &str) -> Option<String> {
    match command.split_once(':')? {
        ("add", list) => add_row(kind, data, list),
        ("remove", row) => {
            remove_row(kind, data, row);
            None
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
