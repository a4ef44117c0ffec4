//! A form as a page: what it is for, what is there already, its fields, and what is wrong with them.

use std::sync::Arc;

use askama::Template;

use super::current_values::{self, CurrentValue};
use super::fields::TEXT_MAX;
use super::forms::{CorrectForm, FormErrors, ReportForm, SuggestForm};
use super::load::{Alike, ToolSheet, Wait};
use super::submission::{Field, Reason};
use crate::catalogue::{Directory, Tool};
use crate::text::{count, grouped};
use crate::web::page::Shell;

/// Any of the forms.
#[derive(Template)]
#[template(path = "submissions/form.html")]
pub(super) struct SubmissionPage {
    shell: Shell,
    /// The tool that it is about.
    tool: Option<Arc<Tool>>,
    lede: &'static str,
    /// Another form that may be the right one: words, address, and the words of the link.
    other: Option<(&'static str, String, &'static str)>,
    pub action: String,
    fields: Vec<FormField>,
    /// What the entry says now.
    stands: Vec<CurrentValue>,
    complaints: FormErrors,
    alike: Alike,
    /// The key of the search for what is alike, once something was found.
    anyway: Option<String>,
    wait: Option<Wait>,
    button: &'static str,
}

/// One field, with its label and its hint.
struct FormField {
    name: &'static str,
    label: &'static str,
    hint: String,
    value: String,
    required: bool,
    /// Whether it says that it may stay empty.
    is_optional: bool,
    control: Control,
}

/// How a field is filled in.
enum Control {
    /// One line of text.
    Line,
    /// A web address.
    Link,
    /// Text of several lines.
    Text,
    /// One of several: values and words.
    Choice(Vec<(String, String)>),
}

impl FormField {
    fn new(name: &'static str, label: &'static str, value: &str, control: Control) -> Self {
        let (hint, value) = (String::new(), value.to_owned());
        Self { name, label, hint, value, required: true, is_optional: false, control }
    }

    /// One that may stay empty, and says so unless it is a choice, which has been made from the start.
    fn optional(self) -> Self {
        let is_optional = !matches!(self.control, Control::Choice(_));
        Self { required: false, is_optional, ..self }
    }

    /// One that is required of some who fill in the form, as its hint says.
    fn required_of_some(self) -> Self {
        Self { required: false, ..self }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The ids of what describes it.
    fn described_by(&self, is_wrong: bool) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = is_wrong.then(|| format!("{}-error", self.name));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}

impl SubmissionPage {
    /// The form for a tool that somebody misses.
    pub(super) fn suggest(shell: Shell, directory: &Directory, form: &SuggestForm) -> Self {
        let categories = directory.categories().iter();
        let categories = categories.map(|category| (category.slug.as_str(), category.name.as_str()));
        let why = format!("What it does and who would ship with it, in a sentence or two. {}", limit());
        Self {
            lede: "Is a tool missing? A moderator reads every suggestion and replies.",
            action: "/submit".to_owned(),
            button: "Send suggestion",
            fields: vec![
                FormField::new("name", "Name of the tool", &form.name, Control::Line),
                FormField::new("website", "Website", &form.website, Control::Link)
                    .hint("The tool’s own website, for example https://example.org."),
                FormField::new("category", "Category", &form.category, choice("Not sure", categories))
                    .optional(),
                FormField::new("why", "Why should we add it?", &form.why, Control::Text).hint(why),
            ],
            ..Self::new(shell)
        }
    }

    /// The form for a correction.
    pub(super) fn correct(shell: Shell, sheet: &ToolSheet, form: &CorrectForm) -> Self {
        let tool = &sheet.tool;
        let fields = choice("Choose …", Field::ALL.iter().map(|field| (field.as_str(), field.label())));
        Self {
            tool: Some(Arc::clone(tool)),
            lede: "Prices and facts change. Send the current value; a moderator checks it and replies.",
            other: Some(("Inappropriate content?", format!("/tools/{}/report", tool.slug), "Report it")),
            action: format!("/tools/{}/correct", tool.slug),
            button: "Send correction",
            fields: vec![
                FormField::new("field", "What is wrong?", &form.field, fields),
                FormField::new("value", "What should it be?", &form.value, Control::Text).hint(limit()),
                FormField::new("source", "Source", &form.source, Control::Link)
                    .required_of_some()
                    .hint("Web address of a page that confirms it. Required for a price or a fact."),
                FormField::new("why", "Comment", &form.why, Control::Text).optional().hint(limit()),
            ],
            stands: current_values::of(tool, &sheet.detail),
            ..Self::new(shell)
        }
    }

    /// The form for a report.
    pub(super) fn report(shell: Shell, sheet: &ToolSheet, form: &ReportForm) -> Self {
        let tool = &sheet.tool;
        let takes: Vec<_> = sheet
            .takes()
            .map(|reviewer| (reviewer.slug.as_str(), format!("The review by {}", reviewer.name)))
            .collect();
        let about = choice(
            &format!("The whole page of {}", tool.name),
            takes.iter().map(|(slug, words)| (*slug, words.as_str())),
        );
        let reasons = choice("Choose …", Reason::ALL.iter().map(|reason| (reason.as_str(), reason.label())));
        Self {
            tool: Some(Arc::clone(tool)),
            lede: "A moderator reads every report and replies. Your report is confidential.",
            other: Some((
                "Wrong price, fact or link?",
                format!("/tools/{}/correct", tool.slug),
                "Correct it",
            )),
            action: format!("/tools/{}/report", tool.slug),
            button: "Send report",
            fields: vec![
                FormField::new("take", "What is it about?", &form.take, about).optional(),
                FormField::new("reason", "Reason", &form.reason, reasons),
                FormField::new("words", "Description", &form.words, Control::Text).hint(limit()),
            ],
            ..Self::new(shell)
        }
    }

    fn new(shell: Shell) -> Self {
        Self {
            shell,
            tool: None,
            lede: "",
            other: None,
            action: String::new(),
            fields: Vec::new(),
            stands: Vec::new(),
            complaints: FormErrors::default(),
            alike: Alike::default(),
            anyway: None,
            wait: None,
            button: "",
        }
    }

    /// The form with what is wrong with it.
    pub(super) fn with_complaints(mut self, complaints: FormErrors) -> Self {
        self.shell.wrong = complaints.0.first().map(|(name, _)| *name);
        Self { complaints, ..self }
    }

    /// The form with what is there already; `key` is what that was found by.
    pub(super) fn with_alike(self, alike: Alike, key: String) -> Self {
        Self { alike, anyway: Some(key), button: "Send anyway", ..self }
    }

    /// The form with why it cannot be sent now, if that is so.
    pub(super) fn with_wait(self, wait: Option<Wait>) -> Self {
        Self { wait, ..self }
    }

    /// Whether there is a button: not on an empty form of somebody who has to wait.
    fn can_send(&self) -> bool {
        self.wait.is_none() || self.fields.iter().any(|field| field.required && !field.value.is_empty())
    }

    /// `Another member has suggested …`.
    fn waiting_words(&self) -> Option<String> {
        let others = count(self.alike.others as u64, "other member", "other members");
        let who = match (self.alike.mine, self.alike.others) {
            (false, 0) => return None,
            (true, 0) => "You have".to_owned(),
            (true, _) => format!("You and {others} have"),
            (false, 1) => "Another member has".to_owned(),
            (false, _) => format!("{others} have"),
        };
        Some(format!("{who} already suggested a tool with this name. It is pending."))
    }
}

/// One of several: first the words for none of them, then the values with theirs.
fn choice<'a>(none: &str, others: impl Iterator<Item = (&'a str, &'a str)>) -> Control {
    let others = others.map(|(value, words)| (value.to_owned(), words.to_owned()));
    Control::Choice(std::iter::once((String::new(), none.to_owned())).chain(others).collect())
}

fn limit() -> String {
    format!("At most {} characters.", grouped(TEXT_MAX as u64))
}
