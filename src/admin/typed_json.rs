//! What was typed into the form of a record, as the JSON of a catalogue file and back.
//!
//! A [`Shape`] says which fields a record has. The name of a field is the path of its value within the record, so that
//! a problem lands beside the field it is about: `pricing.plans[1].price`. Whatever else was sent is left out.
//!
//! Rows in which nothing was typed are dropped and the others move up. A form that is shown again with its complaints
//! must therefore be [`tidy`] first: then its rows have the numbers that the complaints name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value};

use super::form::Typed;
use crate::catalogue::RecordKind;

/// What the value behind a field is, and how it is typed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Text of one line, without space around it.
    Line,
    /// Text of any number of lines, as it was typed.
    Text,
    /// A number; whatever is none stays text, so that it can be complained about. Nothing is null.
    Number,
    /// A list of texts, one on each line of a field.
    Lines,
    /// A list of exactly two lines, in fields of their own: `tools[0]`, `tools[1]`.
    Pair,
    /// Fields within a field.
    Object(Keys),
    /// Any number of rows. The first of their keys tells one row from another.
    Rows(Keys),
    /// Rows that the form begins with: one in which only the first key has a value was not filled in.
    Begun(Keys),
}

/// The fields of an object, in the order of the file.
pub(super) type Keys = &'static [(&'static str, Shape)];

const CATEGORY: Keys = &[("slug", Shape::Line), ("name", Shape::Line), ("description", Shape::Text)];

const REVIEWER: Keys = &[
    ("slug", Shape::Line),
    ("name", Shape::Line),
    ("role", Shape::Line),
    ("motto", Shape::Line),
    ("bio", Shape::Text),
    ("likes", Shape::Lines),
    ("tired_of", Shape::Lines),
    ("kind", Shape::Line),
    ("model", Shape::Line),
];

const TOOL: Keys = &[
    ("slug", Shape::Line),
    ("name", Shape::Line),
    ("category", Shape::Line),
    ("tagline", Shape::Text),
    ("description", Shape::Text),
    ("website", Shape::Line),
    ("pricing", Shape::Object(PRICING)),
    ("facts", Shape::Rows(FACT)),
    ("reviews", Shape::Begun(REVIEW)),
];

const PRICING: Keys = &[
    ("entry", Shape::Line),
    ("text", Shape::Text),
    ("source", Shape::Line),
    ("checked_on", Shape::Line),
    ("plans", Shape::Rows(PLAN)),
];

const PLAN: Keys = &[
    ("name", Shape::Line),
    ("price", Shape::Line),
    ("currency", Shape::Line),
    ("per", Shape::Line),
    ("note", Shape::Text),
];

const FACT: Keys =
    &[("label", Shape::Line), ("value", Shape::Text), ("source", Shape::Line), ("checked_on", Shape::Line)];

const REVIEW: Keys = &[
    ("reviewer", Shape::Line),
    ("verdict", Shape::Line),
    ("score", Shape::Number),
    ("take", Shape::Text),
    ("reviewed_on", Shape::Line),
    ("basis", Shape::Line),
];

const COMPARISON: Keys = &[
    ("tools", Shape::Pair),
    ("summary", Shape::Text),
    ("pick_first_if", Shape::Text),
    ("pick_second_if", Shape::Text),
    ("published_on", Shape::Line),
];

impl Shape {
    /// The fields of a record of this kind: all of a catalogue file but `status`, which is decided by a button.
    pub(super) fn of(kind: RecordKind) -> Self {
        Self::Object(match kind {
            RecordKind::Category => CATEGORY,
            RecordKind::Reviewer => REVIEWER,
            RecordKind::Tool => TOOL,
            RecordKind::Comparison => COMPARISON,
        })
    }

    /// The keys of the rows of a list: `pricing.plans`.
    pub(super) fn rows_at(self, list: &str) -> Option<Keys> {
        match self.at(list)? {
            Self::Rows(keys) | Self::Begun(keys) => Some(keys),
            _ => None,
        }
    }

    /// What the value at this path within it is.
    fn at(self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self, |shape, key| match shape {
            Self::Object(keys) => keys.iter().find(|(other, _)| *other == key).map(|(_, shape)| *shape),
            _ => None,
        })
    }
}

/// The JSON of what was typed. A field that was not sent is absent, so that it can be missed; lists and objects are
/// always there.
pub(super) fn to_json(shape: Shape, typed: &Typed) -> Value {
    let mut sent: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in &typed.0 {
        // Of a name that was sent twice the first counts, as everywhere.
        sent.entry(name).or_insert(value);
    }
    value_at(shape, "", &sent).unwrap_or_default()
}

fn value_at(shape: Shape, path: &str, sent: &BTreeMap<&str, &str>) -> Option<Value> {
    // Browsers send line breaks as two characters.
    let text = |path: &str| sent.get(path).map(|value| value.replace("\r\n", "\n"));
    match shape {
        Shape::Line => text(path).map(|text| text.trim().into()),
        Shape::Text => text(path).map(Value::from),
        Shape::Number => text(path).map(|text| number(text.trim())),
        Shape::Lines => text(path).map(|text| {
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Value::from).collect()
        }),
        Shape::Pair => {
            let line = |at| text(&format!("{path}[{at}]")).unwrap_or_default().trim().to_owned();
            Some(vec![line(0), line(1)].into())
        }
        Shape::Object(keys) => Some(object(keys, path, sent).into()),
        Shape::Rows(keys) => Some(rows(keys, keys, path, sent)),
        Shape::Begun(keys) => Some(rows(keys, keys.get(1..).unwrap_or_default(), path, sent)),
    }
}

fn object(keys: Keys, path: &str, sent: &BTreeMap<&str, &str>) -> Map<String, Value> {
    keys.iter()
        .filter_map(|(key, shape)| Some(((*key).to_owned(), value_at(*shape, &join(path, key), sent)?)))
        .collect()
}

/// The rows in which something was typed into one of `telling`.
fn rows(keys: Keys, telling: Keys, path: &str, sent: &BTreeMap<&str, &str>) -> Value {
    let is_typed = |row: &Map<String, Value>| {
        let typed = |value: &Value| !value.is_null() && value.as_str() != Some("");
        telling.iter().filter_map(|(key, _)| row.get(*key)).any(typed)
    };
    numbers(path, sent.keys().copied())
        .into_iter()
        .map(|number| object(keys, &format!("{path}[{number}]"), sent))
        .filter(is_typed)
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
pub(super) fn to_typed(shape: Shape, value: &Value) -> Typed {
    let mut typed = Typed::default();
    type_at(shape, "", value, &mut typed);
    typed
}

fn type_at(shape: Shape, path: &str, value: &Value, typed: &mut Typed) {
    let mut put = |path: &str, text: String| typed.0.push((path.to_owned(), text));
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    match shape {
        Shape::Line | Shape::Text | Shape::Number => put(path, text(value)),
        Shape::Lines => {
            let lines: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
            put(path, lines.join("\n"));
        }
        Shape::Pair => {
            for at in 0..2 {
                put(&format!("{path}[{at}]"), value.get(at).map(text).unwrap_or_default());
            }
        }
        Shape::Object(keys) => type_keys(keys, path, value, typed),
        Shape::Rows(keys) | Shape::Begun(keys) => {
            for (number, row) in value.as_array().into_iter().flatten().enumerate() {
                type_keys(keys, &format!("{path}[{number}]"), row, typed);
            }
        }
    }
}

fn type_keys(keys: Keys, path: &str, value: &Value, typed: &mut Typed) {
    for (key, shape) in keys {
        type_at(*shape, &join(path, key), value.get(key).unwrap_or(&Value::Null), typed);
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The same without rows in which nothing was typed, the others numbered from 0, as [`to_json`] numbers them. Whatever
/// does not belong to the record stays as it is.
pub(super) fn tidy(shape: Shape, typed: &Typed) -> Typed {
    let mut tidied = to_typed(shape, &to_json(shape, typed));
    tidied.0.extend(typed.0.iter().filter(|(name, _)| !belongs(shape, name)).cloned());
    tidied
}

/// Whether a name is that of a field of the record.
fn belongs(shape: Shape, name: &str) -> bool {
    let key = name.split(['.', '[']).next().unwrap_or_default();
    shape.at(key).is_some()
}

/// The numbers of the rows that a form shows of a list, such as `pricing.plans`.
pub(super) fn row_numbers(typed: &Typed, list: &str) -> Vec<usize> {
    numbers(list, typed.0.iter().map(|(name, _)| name.as_str())).into_iter().collect()
}

/// Adds an empty row to the end of a list and returns the name of its first field; nothing where there is no such list.
pub(super) fn add_row(shape: Shape, typed: &mut Typed, list: &str) -> Option<String> {
    let keys = shape.rows_at(list)?;
    let number = row_numbers(typed, list).last().map_or(0, |last| last.saturating_add(1));
    let path = format!("{list}[{number}]");
    type_keys(keys, &path, &Value::Null, typed);
    keys.first().map(|(key, _)| join(&path, key))
}

/// Removes a row, such as `facts[2]`.
pub(super) fn remove_row(shape: Shape, typed: &mut Typed, row: &str) {
    let Some((list, _)) = row.split_once('[').filter(|_| row.ends_with(']')) else { return };
    if shape.rows_at(list).is_some() {
        typed.0.retain(|(name, _)| !name.strip_prefix(row).is_some_and(|rest| rest.starts_with('.')));
    }
}

/// Does what a button of name `rows` says, `add:pricing.plans` or `remove:facts[2]`, and returns the name of the field
/// to go on with, if there is one.
pub(super) fn change_rows(shape: Shape, typed: &mut Typed, command: &str) -> Option<String> {
    match command.split_once(':')? {
        ("add", list) => add_row(shape, typed, list),
        ("remove", row) => {
            remove_row(shape, typed, row);
            None
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::catalogue::{STARTER, file, file::State};

    const ALL: [RecordKind; 4] =
        [RecordKind::Category, RecordKind::Reviewer, RecordKind::Tool, RecordKind::Comparison];

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn tool(pairs: &[(&str, &str)]) -> Value {
        to_json(Shape::of(RecordKind::Tool), &typed(pairs))
    }

    /// What a record becomes when its form is sent as it is.
    fn sent_again(state: &State) -> Result<State, Vec<file::Problem>> {
        let shape = Shape::of(state.record.kind());
        let mut value = to_json(shape, &to_typed(shape, &state.to_json()));
        value["status"] = state.status.as_str().into();
        State::from_json(state.record.kind(), value)
    }

    #[test]
    fn every_record_of_the_starter_catalogue_survives_its_form() {
        let file: Value = serde_json::from_str(STARTER).unwrap_or_default();
        let mut seen = 0;
        for kind in ALL {
            let list = match kind {
                RecordKind::Category => "categories",
                RecordKind::Reviewer => "reviewers",
                RecordKind::Tool => "tools",
                RecordKind::Comparison => "comparisons",
            };
            for record in file[list].as_array().into_iter().flatten() {
                let state = State::from_json(kind, record.clone());
                assert_eq!(state.clone().and_then(|state| sent_again(&state)), state);
                seen += 1;
            }
        }
        assert!(seen > 50, "{seen}");
    }

    #[test]
    fn rows_in_which_nothing_was_typed_are_dropped() {
        let value = tool(&[
            ("facts[0].label", ""),
            ("facts[0].value", " "),
            ("facts[3].label", "Licence"),
            ("facts[1].source", ""),
            ("pricing.plans[7].note", "by the seat"),
            ("pricing.plans[07].note", "never mind"),
            ("reviews[0].reviewer", "builder"),
            ("reviews[0].score", " "),
            ("reviews[1].reviewer", "skeptic"),
            ("reviews[1].take", "No."),
        ]);
        let facts = json!([{"value": " ", "label": ""}, {"label": "Licence"}]);
        assert_eq!(value["facts"], facts, "a space in a text is a text");
        assert_eq!(value["pricing"], json!({"plans": [{"note": "by the seat"}]}));
        assert_eq!(value["reviews"], json!([{"reviewer": "skeptic", "take": "No."}]));
    }

    #[test]
    fn numbers_are_numbers_and_what_is_none_stays_text() {
        for (text, value) in [
            ("84", json!(84)),
            (" 7 ", json!(7)),
            ("", Value::Null),
            ("8.5", json!(8.5)),
            ("much", json!("much")),
            ("NaN", json!("NaN")),
            ("1e999", json!("1e999")),
        ] {
            let got = tool(&[("reviews[0].score", text), ("reviews[0].take", "x")]);
            assert_eq!(got["reviews"][0]["score"], value, "{text}");
        }
        assert_eq!(tool(&[("name", "84")])["name"], json!("84"));
    }

    #[test]
    fn lines_are_trimmed_and_texts_are_not() {
        let value = tool(&[("name", " A "), ("description", " a\r\n\r\nb ")]);
        assert_eq!((&value["name"], &value["description"]), (&json!("A"), &json!(" a\n\nb ")));
        let reviewer = typed(&[("likes", "Plain files\r\n\r\n  Speed "), ("kind", "human")]);
        let value = to_json(Shape::of(RecordKind::Reviewer), &reviewer);
        assert_eq!(value, json!({"likes": ["Plain files", "Speed"], "kind": "human"}));
    }

    #[test]
    fn a_pair_always_has_both() {
        let value = to_json(Shape::of(RecordKind::Comparison), &typed(&[("tools[1]", "amber")]));
        assert_eq!(value, json!({"tools": ["", "amber"]}));
    }

    #[test]
    fn rows_come_and_go() {
        let shape = Shape::of(RecordKind::Tool);
        let mut form = typed(&[("facts[0].label", "a"), ("facts[2].label", "c"), ("reason", "why")]);
        let first = change_rows(shape, &mut form, "add:facts");
        assert_eq!(first.as_deref(), Some("facts[3].label"));
        assert_eq!(row_numbers(&form, "facts"), [0, 2, 3]);
        assert_eq!(change_rows(shape, &mut form, "remove:facts[0]"), None);
        assert_eq!(row_numbers(&form, "facts"), [2, 3]);
        let tidied = tidy(shape, &form);
        assert_eq!(tidied.get("facts[0].label"), "c");
        assert_eq!((row_numbers(&tidied, "facts"), tidied.get("reason").as_str()), (vec![0], "why"));
        for nonsense in ["add:name", "add:nothing", "remove:name", "remove:facts", "remove:[", "x", "add:"] {
            let before = form.clone();
            assert_eq!(change_rows(shape, &mut form, nonsense), None);
            assert_eq!(form, before, "{nonsense}");
        }
    }

    /// Names as a form of the desk has them, and such as it has not.
    fn name() -> impl Strategy<Value = String> {
        let part = "(slug|name|facts|reviews|pricing|plans|label|score|take|tools|likes|x)";
        let index = r"(\[[0-9]{0,3}\]|\[|\]|\.|\[99999999999999999999\])?";
        let pattern = format!(r"{part}{index}\.?{part}?{index}\.?{part}?");
        let odd = prop::string::string_regex(&pattern)
            .map_or_else(|_| Just(String::new()).boxed(), Strategy::boxed);
        prop_oneof![odd, any::<String>()]
    }

    /// One line without space around it.
    fn line() -> impl Strategy<Value = String> {
        r"[^\p{Cc}\s]([^\p{Cc}]{0,12}[^\p{Cc}\s])?"
    }

    fn tool_record() -> impl Strategy<Value = Value> {
        let text = r"[^\p{Cc}]{0,6}[\n\t]{0,2}[^\p{Cc}]{0,6}";
        let date = "20[0-9]{2}-0[1-9]-1[0-9]";
        let website = prop_oneof![Just(String::new()), Just("https://example.org/a?b=c#d".to_owned())];
        let plans = prop::collection::vec((line(), "([0-9]{1,3}(\\.[0-9]{1,4})?)?", line(), text), 0..4);
        let facts = prop::collection::btree_map(line(), (text, date), 0..4);
        let score = prop::option::of(0..=100_i16);
        let reviews = prop::collection::btree_map("[a-z]{3}", (score, text, any::<bool>(), date), 0..4);
        (line(), text, text, website, plans, facts, reviews).prop_map(
            |(name, tagline, description, website, plans, facts, reviews)| {
                let plans = plans.into_iter().map(
                    |(name, price, per, note)| json!({"name": name, "price": price, "currency": "EUR", "per": per, "note": note}),
                );
                let facts = facts.into_iter().map(
                    |(label, (value, day))| json!({"label": label, "value": value, "checked_on": day}),
                );
                let reviews = reviews.into_iter().map(|(reviewer, (score, take, ships, day))| {
                    let (verdict, basis) = if ships { ("ship", "hands-on") } else { ("skip", "") };
                    json!({"reviewer": reviewer, "verdict": verdict, "score": score, "take": take, "reviewed_on": day, "basis": basis})
                });
                json!({
                    "slug": "a", "name": name, "category": "c", "tagline": tagline, "description": description,
                    "website": website, "status": "draft", "facts": facts.collect::<Vec<_>>(),
                    "pricing": {"entry": name, "text": tagline, "plans": plans.collect::<Vec<_>>()},
                    "reviews": reviews.collect::<Vec<_>>(),
                })
            },
        )
    }

    proptest! {
        #[test]
        fn a_tool_survives_its_form(record in tool_record()) {
            let state = State::from_json(RecordKind::Tool, record);
            prop_assert!(state.is_ok(), "{:?}", state);
            prop_assert_eq!(state.clone().and_then(|state| sent_again(&state)), state);
        }

        #[test]
        fn nothing_that_is_sent_stops_it(pairs in prop::collection::vec((name(), any::<String>()), 0..30), command in name()) {
            for kind in ALL {
                let (shape, mut form) = (Shape::of(kind), Typed(pairs.clone()));
                let value = to_json(shape, &form);
                let tidied = tidy(shape, &form);
                prop_assert_eq!(to_json(shape, &tidied).to_string().len() >= value.to_string().len(), true);
                prop_assert_eq!(&tidy(shape, &tidied), &tidied, "to tidy up twice changes nothing more");
                let _ = State::from_json(kind, value);
                let _ = change_rows(shape, &mut form, &format!("add:{command}"));
                let _ = change_rows(shape, &mut form, &format!("remove:{command}"));
                let _ = change_rows(shape, &mut form, &command);
            }
        }
    }
}
