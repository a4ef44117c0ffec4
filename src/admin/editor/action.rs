//! What whoever sent the form of a record asks for, and whether it can be done.

use chrono::Utc;
use serde_json::Value;

use super::completed::complete;
use super::context::FormContext;
use super::form_json::{tidy, to_form, to_json};
use crate::admin::form::{FieldErrors, FormData, capital};
use crate::catalogue::file::{Problem, Record, State};
use crate::catalogue::{RecordKind, Status};
use crate::slug::Slug;

/// How long a reason may be, in characters.
pub(super) const LONGEST_REASON: usize = 1000;

/// Where a record goes when it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transition {
    /// It stays what it is; a new one becomes a draft.
    Save,
    Publish,
    Archive,
    /// From the archive back to a draft.
    Redraft,
}

impl Transition {
    /// What a button asks for; what follows after a hyphen says where that leads. Other records than tools are archived and
    /// restored beside their forms.
    pub(super) fn of(kind: RecordKind, button: &str) -> Self {
        let is_tool = kind == RecordKind::Tool;
        match button.split('-').next().unwrap_or_default() {
            "publish" => Self::Publish,
            "archive" if is_tool => Self::Archive,
            "redraft" if is_tool => Self::Redraft,
            _ => Self::Save,
        }
    }

    /// The word for it in a form.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Save => "save",
            Self::Publish => "publish",
            Self::Archive => "archive",
            Self::Redraft => "redraft",
        }
    }

    /// What its button says when there were two editors.
    pub(super) fn verb(self) -> String {
        if self == Self::Redraft { "Restore".to_owned() } else { capital(self.as_str()) }
    }

    /// The status of a record after it.
    pub(super) fn leads_to(self, before: Option<Status>) -> Status {
        match self {
            Self::Save => before.unwrap_or(Status::Draft),
            Self::Publish => Status::Published,
            Self::Archive => Status::Archived,
            Self::Redraft => Status::Draft,
        }
    }
}

/// What was typed, put in order and completed: the rows of a tool without gaps, the tools of a comparison sorted with what
/// is said of each.
pub(super) fn in_order(kind: RecordKind, data: &FormData, is_new: bool) -> FormData {
    let mut data = data.clone();
    match kind {
        RecordKind::Tool => {
            data = tidy(kind, &data);
        }
        RecordKind::Comparison => {
            if let Ok(state) = record(kind, &data, Status::Draft) {
                for (name, value) in to_form(kind, &state.to_json()).0 {
                    data.set(&name, value);
                }
            }
        }
        _ => {}
    }
    complete(kind, &mut data, is_new);
    data
}

/// The record that was typed, with this status.
pub(super) fn record(kind: RecordKind, data: &FormData, status: Status) -> Result<State, FieldErrors> {
    let mut value = to_json(kind, data);
    value["status"] = Value::from(status.as_str());
    State::from_json(kind, value).map_err(|problems| {
        let mut errors = FieldErrors::default();
        let name = data.trimmed("name");
        if kind != RecordKind::Comparison
            && data.trimmed("slug").is_empty()
            && !name.is_empty()
            && Slug::from_name(&name).is_none()
        {
            errors.add("slug", "No URL slug can be made from this name; enter one.");
        }
        errors.extend(beside_fields(problems));
        errors
    })
}

/// Errors beside the fields of the form: what is wrong with a pair is said beside its first tool.
pub(super) fn beside_fields(mut problems: Vec<Problem>) -> FieldErrors {
    for problem in problems.iter_mut().filter(|problem| problem.path == "tools") {
        problem.path = "tools[0]".to_owned();
    }
    problems.into()
}

/// The record to store after a transition, or why not.
pub(super) fn checked(
    context: &FormContext,
    data: &FormData,
    transition: Transition,
) -> Result<State, FieldErrors> {
    let before = context.status();
    let mut state = record(context.kind, data, transition.leads_to(before))?;
    let mut errors = FieldErrors::default();
    match (transition, before) {
        (Transition::Archive, None) => errors.add("", "There is nothing to archive yet."),
        (Transition::Redraft, before) if before != Some(Status::Archived) => {
            errors.add("", "Only an archived record can be restored as a draft.");
        }
        _ => {}
    }
    let reason = data.trimmed("reason");
    if state.status() == Status::Archived && before != Some(Status::Archived) && reason.is_empty() {
        errors.add("reason", "Enter a reason.");
    }
    if state.status() == Status::Published {
        errors.extend(unfit(&state.record, |slug| context.category(slug).map(|category| category.status)));
        if let (Transition::Publish, Record::Comparison(comparison)) = (transition, &mut state.record) {
            comparison.published_on.get_or_insert_with(|| Utc::now().date_naive());
        }
    }
    if data.get("reason").chars().count() > LONGEST_REASON {
        errors.add("reason", "Reason must have at most 1,000 characters.");
    }
    if errors.is_empty() { Ok(state) } else { Err(errors) }
}

/// Why readers cannot be shown a record; `category` says which status the category of a slug has.
pub(super) fn unfit(record: &Record, category: impl Fn(&str) -> Option<Status>) -> FieldErrors {
    let mut errors = FieldErrors::default();
    if let Record::Tool(tool) = record {
        if tool.tagline.trim().is_empty() {
            errors.add("tagline", "A tagline is required before publishing.");
        }
        if category(tool.category.as_str()).is_some_and(|status| status != Status::Published) {
            errors.add("category", "This category is not published. Publish it first, or choose another.");
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::admin::editor::context::Referable;

    fn form_data(pairs: &[(&str, &str)]) -> FormData {
        FormData(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// The names of the fields that something is wrong with.
    fn errors(pairs: &[(&str, &str)], transition: Transition, before: Option<Status>) -> Vec<String> {
        let category = |slug: &str, status| Referable { slug: slug.into(), name: String::new(), status };
        let usual = form_data(&[("slug", "a"), ("name", "A"), ("category", "c"), ("tagline", "t")]);
        let stored = before.and_then(|status| record(RecordKind::Tool, &usual, status).ok());
        let mut context = FormContext::new(RecordKind::Tool, None, stored);
        context.categories = vec![category("c", Status::Published), category("d", Status::Draft)];
        let mut form = usual;
        for (name, value) in pairs {
            form.set(name, *value);
        }
        match checked(&context, &form, transition) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(|(name, _)| name.to_owned()).collect(),
        }
    }

    #[test]
    fn readers_need_a_tagline_and_a_category_and_an_archived_tool_a_reason() {
        use Status::{Archived, Draft, Published};
        use Transition::{Archive, Publish, Redraft, Save};
        for (typed, transition, before, wrong) in [
            (("tagline", ""), Save, None, &[][..]),
            (("tagline", " "), Publish, Some(Draft), &["tagline"]),
            (("tagline", ""), Save, Some(Published), &["tagline"]),
            (("category", "d"), Publish, None, &["category"]),
            (("category", "d"), Save, None, &[]),
            (("slug", "A b"), Save, None, &["slug"]),
            (("reason", " "), Archive, Some(Published), &["reason"]),
            (("reason", "Gone."), Archive, Some(Draft), &[]),
            (("reason", ""), Save, Some(Archived), &[]),
            (("reason", "x"), Archive, None, &[""]),
            (("reason", ""), Redraft, Some(Archived), &[]),
            (("reason", ""), Redraft, Some(Published), &[""]),
        ] {
            assert_eq!(errors(&[typed], transition, before), wrong, "{typed:?} {transition:?} {before:?}");
        }
        assert_eq!(errors(&[("name", ""), ("slug", "A b")], Save, None), ["name", "slug"]);
    }

    #[test]
    fn a_new_tool_gets_a_slug_from_its_name() {
        for (name, is_new, slug) in [
            ("Code Llama 4", true, "code-llama-4"),
            ("  Crème brûlée! ", true, "creme-brulee"),
            ("A vs B", true, "a-b"),
            ("日本", true, ""),
            ("Code Llama", false, ""),
        ] {
            let typed = form_data(&[("name", name), ("slug", " ")]);
            assert_eq!(in_order(RecordKind::Tool, &typed, is_new).get("slug"), slug);
        }
    }

    proptest! {
        #[test]
        fn what_is_made_of_a_name_is_a_slug_or_nothing(name in any::<String>()) {
            let slug = in_order(RecordKind::Tool, &form_data(&[("name", &name)]), true).get("slug");
            prop_assert!(slug.is_empty() || slug.parse::<Slug>().is_ok(), "{slug}");
        }
    }
}
