//! Which of two records each field of the one that stays is taken from.

use crate::admin::editor::difference::{Difference, Names, Unit, take, units};
use crate::admin::form::FormData;
use crate::catalogue::file::{Problem, State};

/// The names of the choices in the form begin with it.
const CHOICE: &str = "choice.";

/// The value of a choice for what the record that goes says.
const SOURCE: &str = "source";

/// Something in which the two differ.
pub(super) struct Choice {
    /// From the record that goes to the one that stays.
    pub unit: Unit,
    /// Whether what the record that goes says is kept.
    pub is_source: bool,
}

impl Choice {
    /// Its name in the form.
    pub(super) fn name(&self) -> String {
        format!("{CHOICE}{}", self.unit.name)
    }

    /// What the record that goes says, each text with the words for its field.
    pub(super) fn source(&self) -> Vec<(&str, &str)> {
        self.texts(|field| &field.old)
    }

    /// What the record that stays says.
    pub(super) fn target(&self) -> Vec<(&str, &str)> {
        self.texts(|field| &field.new)
    }

    fn texts(&self, of: fn(&Difference) -> &String) -> Vec<(&str, &str)> {
        let fields = self.unit.fields.iter().filter(|field| !of(field).is_empty());
        fields.map(|field| (self.within(&field.label), of(field).as_str())).collect()
    }

    /// The words for a field without those for what it is a part of.
    fn within<'a>(&self, label: &'a str) -> &'a str {
        label.strip_prefix(&self.unit.label).map_or(label, |rest| rest.trim_start_matches(": "))
    }
}

/// What can be chosen, with what was chosen; at first what only one of the two says.
pub(super) fn choices(source: &State, target: &State, typed: &FormData, names: &Names) -> Vec<Choice> {
    let kind = target.record.kind();
    let mut units = units(kind, &source.to_json(), &target.to_json(), names);
    // The address of the one that goes leads to the one that stays.
    units.retain(|unit| unit.name != "slug");
    let choice = |unit: Unit| {
        let name = format!("{CHOICE}{}", unit.name);
        let is_source = match typed.has(&name) {
            true => typed.get(&name) == SOURCE,
            false => unit.fields.iter().all(|field| field.new.is_empty()),
        };
        Choice { unit, is_source }
    };
    units.into_iter().map(choice).collect()
}

/// The record that stays, with what was chosen of the other.
///
/// # Errors
/// What is wrong with it, by the rules of a catalogue file.
pub(super) fn chosen(source: &State, target: &State, choices: &[Choice]) -> Result<State, Vec<Problem>> {
    let kind = target.record.kind();
    let (theirs, mut value) = (source.to_json(), target.to_json());
    for choice in choices.iter().filter(|choice| choice.is_source) {
        take(kind, &mut value, &theirs, &choice.unit.name);
    }
    State::from_json(kind, value)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::catalogue::RecordKind;

    fn tool(changes: &[(&str, Value)]) -> Result<State, Vec<Problem>> {
        let mut value =
            json!({"slug": "a", "name": "A", "category": "c", "tagline": "One", "pricing": {}, "facts": []});
        for (key, new) in changes {
            value[*key] = new.clone();
        }
        State::from_json(RecordKind::Tool, value)
    }

    #[test]
    fn what_only_the_one_that_goes_says_is_kept_and_all_else_is_chosen() -> Result<(), Vec<Problem>> {
        let review = json!([{"reviewer": "builder", "verdict": "ship"}]);
        let source = tool(&[("slug", json!("b")), ("tagline", json!("Two")), ("reviews", review)])?;
        let target = tool(&[("website", json!("https://a.example"))])?;
        let told = |typed: &[(&str, &str)]| {
            let pairs = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            choices(&source, &target, &FormData(pairs), &Names::new())
        };
        let first = told(&[]);
        let names: Vec<_> = first.iter().map(|one| (one.unit.name.as_str(), one.is_source)).collect();
        assert_eq!(names, [("tagline", false), ("website", false), ("reviews[builder]", true)]);
        let kept = chosen(&source, &target, &first)?.to_json();
        assert_eq!((&kept["slug"], &kept["tagline"]), (&json!("a"), &json!("One")));
        assert_eq!(
            (&kept["website"], &kept["reviews"][0]["verdict"]),
            (&json!("https://a.example"), &json!("ship"))
        );
        let other = told(&[
            ("choice.tagline", "source"),
            ("choice.website", "source"),
            ("choice.reviews[builder]", "target"),
        ]);
        let kept = chosen(&source, &target, &other)?.to_json();
        assert_eq!((&kept["tagline"], &kept["website"]), (&json!("Two"), &Value::Null));
        assert_eq!(kept["reviews"], json!([]));
        Ok(())
    }
}
