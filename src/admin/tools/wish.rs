//! What whoever sent the form of a tool asks for, and whether it can be done.

use std::collections::HashMap;

use serde_json::Value;

use crate::{
    admin::{
        form::{Complaints, Typed},
        typed_json::{Shape, tidy, to_json},
    },
    catalogue::{
        RecordKind, Status,
        file::{Record, State},
    },
    slug::Slug,
};

/// What is asked for, by the button that was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// Another row, or one less: `add:facts`, `remove:facts[2]`.
    Rows(String),
    /// Back to the form.
    Again,
    /// The page as readers will see it.
    Preview,
    /// To be stored.
    Store(Step),
}

/// Where a tool goes when it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It stays what it is; a new one becomes a draft.
    Save,
    Publish,
    Archive,
    /// From the archive back to a draft.
    Redraft,
}

impl Wish {
    pub(super) fn of(typed: &Typed) -> Self {
        if typed.has("rows") {
            return Self::Rows(typed.get("rows"));
        }
        match typed.get("do").as_str() {
            "preview" => Self::Preview,
            "edit" => Self::Again,
            "publish" => Self::Store(Step::Publish),
            "archive" => Self::Store(Step::Archive),
            "redraft" => Self::Store(Step::Redraft),
            _ => Self::Store(Step::Save),
        }
    }
}

impl Step {
    /// The word for it in a form.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Save => "save",
            Self::Publish => "publish",
            Self::Archive => "archive",
            Self::Redraft => "redraft",
        }
    }

    /// The status of a tool after it.
    pub(super) fn leads_to(self, before: Option<Status>) -> Status {
        match self {
            Self::Save => before.unwrap_or(Status::Draft),
            Self::Publish => Status::Published,
            Self::Archive => Status::Archived,
            Self::Redraft => Status::Draft,
        }
    }
}

/// The record that was typed, with this status.
pub(super) fn record(typed: &Typed, status: Status) -> Result<State, Complaints> {
    let mut value = to_json(Shape::of(RecordKind::Tool), typed);
    value["status"] = Value::from(status.as_str());
    State::from_json(RecordKind::Tool, value).map_err(Complaints::from)
}

/// What was typed, put in order: rows without gaps, and for a new tool a slug made of its name.
pub(super) fn in_order(typed: &Typed, is_new: bool) -> Typed {
    let mut typed = tidy(Shape::of(RecordKind::Tool), typed);
    if is_new && typed.trimmed("slug").is_empty() {
        let made = Slug::from_name(&typed.get("name"));
        typed.set("slug", made.map(String::from).unwrap_or_default());
    }
    typed
}

/// The record to store after a step, or why not. `categories` are their statuses by slug.
pub(super) fn wanted(
    typed: &Typed,
    step: Step,
    before: Option<Status>,
    categories: &HashMap<String, Status>,
) -> Result<State, Complaints> {
    let state = record(typed, step.leads_to(before))?;
    let mut complaints = Complaints::default();
    match (step, before) {
        (Step::Archive, None) => complaints.add("", "There is nothing to archive yet."),
        (Step::Redraft, before) if before != Some(Status::Archived) => {
            complaints.add("", "Only what is archived goes back to a draft.");
        }
        _ => {}
    }
    if state.status == Status::Archived
        && before != Some(Status::Archived)
        && typed.trimmed("reason").is_empty()
    {
        complaints.add("reason", "Please say why: readers see it in the moderation log.");
    }
    if let Record::Tool(tool) = &state.record
        && state.status == Status::Published
    {
        if tool.tagline.trim().is_empty() {
            complaints.add("tagline", "Readers need a line on what it is before it is published.");
        }
        let category = categories.get(tool.category.as_str());
        if category.is_some_and(|status| *status != Status::Published) {
            complaints
                .add("category", "Readers do not see this category: publish it first, or choose another.");
        }
    }
    if typed.get("reason").chars().count() > 1000 {
        complaints.add("reason", "At most 1,000 characters, please.");
    }
    if complaints.is_empty() { Ok(state) } else { Err(complaints) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn complaints(pairs: &[(&str, &str)], step: Step, before: Option<Status>) -> Vec<String> {
        let categories =
            HashMap::from([("c".to_owned(), Status::Published), ("d".to_owned(), Status::Draft)]);
        let usual = [("slug", "a"), ("name", "A"), ("category", "c"), ("tagline", "t")];
        let mut form = typed(pairs);
        for (name, value) in
            usual.into_iter().filter(|(name, _)| !pairs.iter().any(|(other, _)| other == name))
        {
            form.set(name, value);
        }
        match wanted(&form, step, before, &categories) {
            Ok(_) => Vec::new(),
            Err(complaints) => complaints.iter().map(|(name, _)| name.to_owned()).collect(),
        }
    }

    #[test]
    fn a_draft_may_lack_what_readers_need() {
        assert_eq!(complaints(&[("tagline", "")], Step::Save, None), [""; 0]);
        assert_eq!(complaints(&[("tagline", " ")], Step::Publish, Some(Status::Draft)), ["tagline"]);
        assert_eq!(complaints(&[("tagline", "")], Step::Save, Some(Status::Published)), ["tagline"]);
        assert_eq!(complaints(&[("category", "d")], Step::Publish, None), ["category"]);
        assert_eq!(complaints(&[("category", "d")], Step::Save, None), [""; 0]);
        assert_eq!(complaints(&[("name", ""), ("slug", "A b")], Step::Save, None), ["name", "slug"]);
    }

    #[test]
    fn to_archive_something_takes_a_reason() {
        assert_eq!(complaints(&[("reason", " ")], Step::Archive, Some(Status::Published)), ["reason"]);
        assert_eq!(complaints(&[("reason", "Gone.")], Step::Archive, Some(Status::Draft)), [""; 0]);
        assert_eq!(complaints(&[], Step::Save, Some(Status::Archived)), [""; 0]);
        assert_eq!(complaints(&[("reason", "x")], Step::Archive, None), [""]);
        assert_eq!(complaints(&[], Step::Redraft, Some(Status::Archived)), [""; 0]);
        assert_eq!(complaints(&[], Step::Redraft, Some(Status::Published)), [""]);
    }

    #[test]
    fn a_new_tool_gets_a_slug_from_its_name() {
        let form = in_order(&typed(&[("name", "Code Llama"), ("slug", " ")]), true);
        assert_eq!(form.get("slug"), "code-llama");
        assert_eq!(in_order(&typed(&[("name", "Code Llama"), ("slug", "")]), false).get("slug"), "");
    }

    #[test]
    fn the_button_says_what_is_asked_for() {
        assert_eq!(Wish::of(&typed(&[])), Wish::Store(Step::Save));
        assert_eq!(
            Wish::of(&typed(&[("do", "save"), ("rows", "add:facts")])),
            Wish::Rows("add:facts".into())
        );
        for step in [Step::Save, Step::Publish, Step::Archive, Step::Redraft] {
            assert_eq!(Wish::of(&typed(&[("do", step.word())])), Wish::Store(step));
        }
    }
}
