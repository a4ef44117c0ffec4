//! Two editors of one record: what each of them wants, field by field, and what comes of their choices.

use std::collections::HashSet;

use super::context::FormContext;
use super::difference::{self, Names, Unit, differences, take};
use super::form_json::{to_form, to_json};
use crate::admin::form::FormData;
use crate::catalogue::file::State;

/// The names of what a page of a conflict sends besides what was typed.
const CHOICE: &str = "choice.";

/// Something that both have and in which they differ.
pub(super) struct ConflictUnit {
    /// From theirs to mine.
    pub unit: Unit,
    /// Whether theirs is chosen to begin with, because it is they who changed it.
    pub theirs_first: bool,
}

impl ConflictUnit {
    /// The name of its choice in the form.
    pub(super) fn name(&self) -> String {
        format!("{CHOICE}{}", self.unit.name)
    }
}

/// What differs between what is stored and what was typed. `seen` is what the editor began with, if it is known.
pub(super) fn units(
    theirs: &State,
    data: &FormData,
    seen: Option<&State>,
    names: &Names,
) -> Vec<ConflictUnit> {
    let kind = theirs.record.kind();
    let mine = to_json(kind, data);
    // What I left as I found it, they changed.
    let touched: Option<HashSet<String>> = seen.map(|seen| {
        let mine = differences(kind, &seen.to_json(), &mine, names).into_iter();
        mine.map(|difference| difference.unit).collect()
    });
    let theirs_first = |unit: &Unit| touched.as_ref().is_some_and(|touched| !touched.contains(&unit.name));
    let units = difference::units(kind, &theirs.to_json(), &mine, names).into_iter();
    units.map(|unit| ConflictUnit { theirs_first: theirs_first(&unit), unit }).collect()
}

/// What was typed, with what was chosen of the other's version put in. Whoever chose has seen what is stored now;
/// otherwise nothing is put in, and the next attempt to save shows the newer version.
pub(super) fn settled(mut data: FormData, context: &FormContext) -> FormData {
    let by_choice = context.token() == data.get("token") && data.get("keep") == "choices";
    let is_choice = |(name, _): &mut (String, String)| name == "keep" || name.starts_with(CHOICE);
    let choices: Vec<_> = data.0.extract_if(.., is_choice).collect();
    let chosen = choices.iter().filter(|(_, value)| value == "theirs");
    let chosen: Vec<&str> = chosen.filter_map(|(name, _)| name.strip_prefix(CHOICE)).collect();
    match &context.stored {
        Some(stored) if by_choice && !chosen.is_empty() => {
            let kind = context.kind;
            let (mut mine, theirs) = (to_json(kind, &data), stored.to_json());
            for unit in chosen {
                take(kind, &mut mine, &theirs, unit);
            }
            let mut merged = to_form(kind, &mine);
            let is_beside = |name: &str| matches!(name, "token" | "reason" | "submission" | "do");
            merged.0.extend(data.0.into_iter().filter(|(name, _)| is_beside(name)));
            merged
        }
        _ => data,
    }
}

/// What another page of the same form carries along unseen.
pub(super) fn carried(data: &FormData) -> Vec<(String, String)> {
    let is_button = |name: &str| matches!(name, "do" | "rows" | "keep") || name.starts_with(CHOICE);
    data.0.iter().filter(|(name, _)| !is_button(name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::RecordKind;

    fn state(changes: &[(&str, serde_json::Value)]) -> Result<State, Vec<crate::catalogue::file::Problem>> {
        let mut value = json!({"slug": "a", "name": "A", "category": "c", "tagline": "One", "pricing": {}, "facts": [],
            "reviews": [{"reviewer": "builder", "verdict": "ship"}, {"reviewer": "skeptic", "verdict": "skip"}]});
        for (key, new) in changes {
            value[*key] = new.clone();
        }
        State::from_json(RecordKind::Tool, value)
    }

    fn typed(state: &State, changes: &[(&str, &str)]) -> FormData {
        let mut typed = to_form(RecordKind::Tool, &state.to_json());
        for (name, value) in changes {
            typed.set(name, *value);
        }
        typed
    }

    #[test]
    fn what_i_left_alone_is_theirs_to_begin_with() -> Result<(), Vec<crate::catalogue::file::Problem>> {
        let seen = state(&[])?;
        let theirs = state(&[("tagline", json!("Two")), ("name", json!("B"))])?;
        let mine = typed(&seen, &[("name", "C"), ("reviews[0].verdict", "skip"), ("reviews[0].take", "No.")]);
        let units = units(&theirs, &mine, Some(&seen), &Names::new());
        let told: Vec<_> = units
            .iter()
            .map(|one| (one.unit.label.as_str(), one.theirs_first, one.unit.fields.len()))
            .collect();
        assert_eq!(told, [("Name", false, 1), ("Tagline", true, 1), ("Review by builder", false, 2)]);
        assert_eq!((units[0].unit.fields[0].new.as_str(), units[0].unit.fields[0].old.as_str()), ("C", "B"));
        Ok(())
    }

    #[test]
    fn choices_are_put_in_unless_somebody_else_was_faster() -> Result<(), Vec<crate::catalogue::file::Problem>>
    {
        let theirs = state(&[("tagline", json!("Two"))])?;
        let context = |stored: &State| FormContext::new(RecordKind::Tool, Some(1), Some(stored.clone()));
        let token = theirs.token();
        let sent = [
            ("name", "C"),
            ("token", &token),
            ("keep", "choices"),
            ("choice.tagline", "theirs"),
            ("choice.name", "mine"),
            ("reason", "why"),
        ];
        let merged = settled(typed(&state(&[])?, &sent), &context(&theirs));
        assert_eq!((merged.get("name").as_str(), merged.get("tagline").as_str()), ("C", "Two"));
        assert_eq!(
            (merged.get("reason").as_str(), merged.has("keep"), merged.has("choice.name")),
            ("why", false, false)
        );

        let newer = state(&[("tagline", json!("Three"))])?;
        assert_eq!(settled(typed(&state(&[])?, &sent), &context(&newer)).get("tagline"), "One");
        let mut all_mine = typed(&state(&[])?, &sent);
        all_mine.set("keep", "mine");
        assert_eq!(settled(all_mine, &context(&theirs)).get("tagline"), "One");
        Ok(())
    }
}
