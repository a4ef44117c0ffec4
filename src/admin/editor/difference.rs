//! What differs between two states of a record, field by field, for people.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::form_json::{form_fields, join, rows_at, text};
use crate::admin::form::words;
use crate::catalogue::RecordKind;
use crate::catalogue::file::schema::{self, FieldType, Rows, Schema};
use crate::text::{around_difference, count, isolated};

/// The names of reviewers by their slugs, which stand in reviews.
pub(in crate::admin) type Names = HashMap<String, String>;

/// A field whose text differs; an empty one is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::admin) struct Difference {
    /// What is taken from one state or the other as a whole: a field, a list of rows, a review.
    pub unit: String,
    /// The field in words: `Pricing: entry`, `Plan Pro: price`.
    pub label: String,
    pub old: String,
    pub new: String,
}

impl Difference {
    /// Both texts as one, word by word, each piece with which of the two has it.
    pub(in crate::admin) fn pieces(&self) -> Vec<(ChangeTag, String)> {
        let diff = TextDiff::configure().timeout(PATIENCE).diff_words(&*self.old, &*self.new);
        let mut pieces: Vec<(ChangeTag, String)> = Vec::new();
        for change in diff.iter_all_changes() {
            match pieces.last_mut() {
                Some((tag, text)) if *tag == change.tag() => text.push_str(change.value()),
                _ => pieces.push((change.tag(), change.value().to_owned())),
            }
        }
        pieces
    }
}

/// How long words may be compared; beyond, the rest counts as other words.
const PATIENCE: Duration = Duration::from_millis(100);

/// The differences between two records of one kind, in the order of the fields.
pub(in crate::admin) fn differences(
    kind: RecordKind,
    old: &Value,
    new: &Value,
    names: &Names,
) -> Vec<Difference> {
    let mut comparison = Comparison { names, found: Vec::new() };
    comparison.compare(FieldType::Object(schema::of(kind)), &Place::default(), old, new);
    comparison.found
}

/// What is taken from one of two states as a whole, and in which they differ.
pub(in crate::admin) struct Unit {
    /// `tagline`, `facts`, `reviews[builder]`.
    pub name: String,
    /// The same in words.
    pub label: String,
    /// One field of it, or several.
    pub fields: Vec<Difference>,
}

/// The differences between two records of one kind by what can be taken from either.
pub(in crate::admin) fn units(kind: RecordKind, old: &Value, new: &Value, names: &Names) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for difference in differences(kind, old, new, names) {
        match units.iter_mut().find(|unit| unit.name == difference.unit) {
            Some(unit) => unit.fields.push(difference),
            None => units.push(Unit {
                name: difference.unit.clone(),
                label: unit_label(&difference, names),
                fields: vec![difference],
            }),
        }
    }
    units
}

fn unit_label(difference: &Difference, names: &Names) -> String {
    match difference.unit.split_once('[') {
        Some((_, key)) => {
            let slug = key.trim_end_matches(']');
            format!("Review by {}", names.get(slug).map_or(slug, String::as_str))
        }
        None if difference.unit == "pricing.plans" => "Plans".to_owned(),
        None if difference.unit == "facts" => "Facts".to_owned(),
        None => difference.label.clone(),
    }
}

/// A field on the way down: its path, the unit that it belongs to, if that is another, and its words.
#[derive(Clone, Default)]
struct Place {
    path: String,
    unit: Option<String>,
    label: String,
}

impl Place {
    fn key(&self, key: &str) -> Self {
        let inner = words(if self.path == "pricing" && key == "entry" { "pricing.entry" } else { key });
        let label = match self.label.as_str() {
            "" => inner,
            outer => format!("{outer}: {}", inner.to_lowercase()),
        };
        Self { path: join(&self.path, key), unit: self.unit.clone(), label }
    }
}

struct Comparison<'a> {
    names: &'a Names,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    fn compare(&mut self, field: FieldType, place: &Place, old: &Value, new: &Value) {
        match field {
            FieldType::Object(schema) => {
                for (key, field) in form_fields(schema) {
                    self.compare(field, &place.key(key), &old[key], &new[key]);
                }
            }
            FieldType::Rows(rows, schema) => {
                let (old, new) = (keyed(schema, old), keyed(schema, new));
                self.compare_rows((rows, schema), place, &old, &new);
            }
            _ => self.note(place, text(old), text(new)),
        }
    }

    fn note(&mut self, place: &Place, old: String, new: String) {
        if old != new {
            let unit = place.unit.clone().unwrap_or_else(|| place.path.clone());
            self.found.push(Difference { unit, label: place.label.clone(), old, new });
        }
    }

    /// Where each row stands for itself, it is a unit and their order says nothing.
    fn compare_rows(
        &mut self,
        (rows, schema): (Rows, Schema),
        list: &Place,
        old: &[KeyedRow<'_>],
        new: &[KeyedRow<'_>],
    ) {
        let is_alone = rows == Rows::Unordered;
        let added = new.iter().filter(|(key, _)| find(old, key).is_none());
        for (key, _) in old.iter().chain(added) {
            let path = format!("{}[{key}]", list.path);
            let unit = Some(if is_alone { path.clone() } else { list.path.clone() });
            let row = Place { path, unit, label: self.row_words(&list.path, key) };
            let value = |rows| find(rows, key).unwrap_or(&Value::Null);
            self.compare(FieldType::Object(schema), &row, value(old), value(new));
        }
        let common = |rows: &[KeyedRow<'_>], others| {
            let both = rows.iter().filter(|(key, _)| find(others, key).is_some());
            both.map(|(key, _)| key.as_str()).collect::<Vec<_>>().join(", ")
        };
        if !is_alone {
            let label = format!("Order of {}", last_key(&list.path));
            self.note(&Place { label, ..list.clone() }, common(old, new), common(new, old));
        }
    }

    fn row_words(&self, list: &str, key: &str) -> String {
        match last_key(list) {
            "plans" => format!("Plan {}", isolated(key)),
            "facts" => format!("Fact {}", isolated(key)),
            "reviews" => format!("Review by {}", isolated(self.names.get(key).map_or(key, String::as_str))),
            other => format!("{} {key}", words(other)),
        }
    }
}

fn last_key(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// A row of a list with its first key, which tells it apart; of several of one name the second has a number.
type KeyedRow<'a> = (String, &'a Value);

fn keyed(schema: Schema, rows: &Value) -> Vec<KeyedRow<'_>> {
    let first = schema.first().map_or("", |(key, _)| *key);
    let mut counts: HashMap<String, usize> = HashMap::new();
    let key = |row: &Value| {
        let name = text(&row[first]);
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name} ({count})") }
    };
    let rows: Vec<&Value> = rows.as_array().into_iter().flatten().collect();
    rows.iter().copied().map(key).zip(rows.iter().copied()).collect()
}

fn find<'a>(rows: &[KeyedRow<'a>], key: &str) -> Option<&'a Value> {
    rows.iter().find(|(other, _)| other == key).map(|(_, row)| *row)
}

/// Puts one unit of `theirs` into `mine`.
pub(in crate::admin) fn take(kind: RecordKind, mine: &mut Value, theirs: &Value, unit: &str) {
    let (list, key) = match unit.split_once('[') {
        Some((list, rest)) => (list, rest.strip_suffix(']')),
        None => (unit, None),
    };
    let pointer = format!("/{}", list.replace('.', "/"));
    let wanted = theirs.pointer(&pointer).cloned().unwrap_or_default();
    let Some(key) = key else {
        let (parent, last) = pointer.rsplit_once('/').unwrap_or_default();
        if let Some(object) = mine.pointer_mut(parent).and_then(Value::as_object_mut) {
            object.insert(last.to_owned(), wanted);
        }
        return;
    };
    let Some(schema) = rows_at(kind, list) else { return };
    let row = find(&keyed(schema, &wanted), key).cloned();
    let at = mine
        .pointer(&pointer)
        .and_then(|rows| keyed(schema, rows).iter().position(|(other, _)| other == key));
    let Some(rows) = mine.pointer_mut(&pointer).and_then(Value::as_array_mut) else { return };
    match (at, row) {
        (Some(at), Some(row)) => rows[at] = row,
        (Some(at), None) => drop(rows.remove(at)),
        (None, Some(row)) => rows.push(row),
        (None, None) => {}
    }
}

/// The differences as two texts, before and after, a line for each field; long ones are cut around what differs.
pub(super) fn before_and_after(differences: &[Difference]) -> (String, String) {
    const LINES: usize = 30;
    const CHARS: usize = 200;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for Difference { label, old, new, .. } in differences.iter().take(LINES) {
        let (old, new) = around_difference(&old.replace('\n', " ↵ "), &new.replace('\n', " ↵ "), CHARS);
        let line = |text: String| (!text.is_empty()).then(|| format!("{label}: {text}"));
        before.extend(line(old));
        after.extend(line(new));
    }
    if let more @ 1.. = differences.len().saturating_sub(LINES) {
        after.push(format!("… and {}", count(more as u64, "more field", "more fields")));
    }
    (before.join("\n"), after.join("\n"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn tool() -> Value {
        json!({
            "name": "Amber", "pricing": {"entry": "Free", "plans": [
                {"name": "Pro", "price": "20"}, {"name": "Pro", "price": "30"}, {"name": "Team", "price": "40"}]},
            "facts": [{"label": "Licence", "value": "MIT"}, {"label": "Runs on", "value": "Linux"}],
            "reviews": [{"reviewer": "builder", "verdict": "ship", "score": 80}, {"reviewer": "skeptic", "verdict": "skip"}],
        })
    }

    fn between(old: &Value, new: &Value) -> Vec<(String, String, String)> {
        let names = Names::from([("builder".to_owned(), "The Builder".to_owned())]);
        differences(RecordKind::Tool, old, new, &names)
            .into_iter()
            .map(|found| (found.label, found.old, found.new))
            .collect()
    }

    fn line(label: &str, old: &str, new: &str) -> (String, String, String) {
        (label.to_owned(), old.to_owned(), new.to_owned())
    }

    #[test]
    fn each_field_is_named_in_words() {
        let mut new = tool();
        new["name"] = json!("Amber 2");
        new["pricing"]["entry"] = json!("$5");
        new["pricing"]["plans"][1]["price"] = json!("35");
        new["reviews"][0] = json!({"reviewer": "builder", "verdict": "skip"});
        let expected = [
            line("Name", "Amber", "Amber 2"),
            line("Pricing: starting price", "Free", "$5"),
            line("Plan Pro (2): price", "30", "35"),
            line("Review by The Builder: verdict", "ship", "skip"),
            line("Review by The Builder: score", "80", ""),
        ];
        assert_eq!(between(&tool(), &new), expected);
        assert_eq!(between(&new, &new), []);
    }

    #[test]
    fn rows_come_go_and_change_places() {
        let mut new = tool();
        new["facts"] = json!([{"label": "Runs on", "value": "Linux"}, {"label": "Licence", "value": "MIT"}]);
        new["reviews"] = json!([{"reviewer": "skeptic", "verdict": "skip"}]);
        let expected = [
            line("Order of facts", "Licence, Runs on", "Runs on, Licence"),
            line("Review by The Builder: reviewer", "builder", ""),
            line("Review by The Builder: verdict", "ship", ""),
            line("Review by The Builder: score", "80", ""),
        ];
        assert_eq!(between(&tool(), &new), expected);
    }

    fn pieces(old: &str, new: &str) -> Vec<(ChangeTag, String)> {
        let (old, new) = (old.to_owned(), new.to_owned());
        Difference { unit: String::new(), label: String::new(), old, new }.pieces()
    }

    #[test]
    fn words_that_changed_are_marked() {
        use ChangeTag::{Delete, Equal, Insert};
        let expected = [(Equal, "It breaks "), (Delete, "often."), (Insert, "seldom.")];
        let expected = expected.map(|(tag, text)| (tag, text.to_owned()));
        assert_eq!(pieces("It breaks often.", "It breaks seldom."), expected);
        assert_eq!(pieces("", "New"), [(Insert, "New".to_owned())]);
        assert_eq!(pieces("", ""), []);
    }

    #[test]
    fn long_texts_are_cut_for_the_log() {
        let long = Difference {
            unit: "take".into(),
            label: "Take".into(),
            old: "é".repeat(201),
            new: String::new(),
        };
        assert_eq!(before_and_after(&[long]), (format!("Take: {}…", "é".repeat(200)), String::new()));
    }

    /// Two tools that differ in this and that.
    fn versions() -> impl Strategy<Value = (Value, Value)> {
        let facts = prop::collection::btree_map("[a-d]", "[a-z]{0,3}", 0..4).prop_map(|facts| {
            facts.into_iter().map(|(label, value)| json!({"label": label, "value": value})).collect::<Value>()
        });
        let reviews = prop::collection::btree_map("[a-d]", 0..100, 0..4).prop_map(|reviews| {
            let row = |(reviewer, score)| json!({"reviewer": reviewer, "score": score});
            reviews.into_iter().map(row).collect::<Value>()
        });
        let tool = (("[a-c]?", "[a-c]?"), facts, reviews)
            .prop_map(|((name, entry), facts, reviews)| json!({"name": name, "pricing": {"entry": entry}, "facts": facts, "reviews": reviews}));
        (tool.clone(), tool)
    }

    proptest! {
        #[test]
        fn whoever_takes_all_that_differs_has_the_other((mine, theirs) in versions()) {
            let kind = RecordKind::Tool;
            let mut merged = mine.clone();
            for difference in differences(kind, &mine, &theirs, &Names::new()) {
                take(kind, &mut merged, &theirs, &difference.unit);
            }
            prop_assert_eq!(differences(kind, &merged, &theirs, &Names::new()), []);
        }

        #[test]
        fn no_unit_stops_it((mine, theirs) in versions(), unit in r"[a-z.\[\]~/]{0,12}") {
            let mut merged = mine;
            take(RecordKind::Tool, &mut merged, &theirs, &unit);
        }

        #[test]
        fn the_pieces_are_both_texts(old in ".{0,40}", new in ".{0,40}") {
            let without = |tag| pieces(&old, &new).into_iter().filter(|piece| piece.0 != tag).map(|piece| piece.1).collect::<String>();
            prop_assert_eq!((without(ChangeTag::Insert), without(ChangeTag::Delete)), (old.clone(), new.clone()));
        }
    }
}
