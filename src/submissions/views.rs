//! A form as a page: what it is for, what is there already, its fields, and what is wrong with them.

use askama::Template;
use askama::filters::HtmlSafe;

use super::fields::TEXT_MAX;
use super::forms::{Complaints, CorrectForm, ReportForm, SuggestForm};
use super::load::Alike;
use crate::catalogue::{Directory, Tool};
use crate::submissions::current_values::Line;
use crate::submissions::submission::{Field, Reason};
use crate::text::{count, grouped};
use crate::web::page::Shell;

/// Any of the forms.
#[derive(Template)]
#[template(path = "submissions/form.html")]
pub(super) struct FormPage {
    pub shell: Shell,
    /// The slug and name of the tool that it is about.
    tool: Option<(String, String)>,
    heading: String,
    lede: &'static str,
    /// Another form that may be the right one: words, address, and the words of the link.
    other: Option<(&'static str, String, &'static str)>,
    action: String,
    fields: Vec<FieldView>,
    /// What the entry says now.
    stands: Vec<Line>,
    /// Names of fields and what is wrong with them.
    complaints: Vec<(&'static str, String)>,
    alike: Alike,
    /// The key of the search for what is alike, once something was found.
    anyway: Option<String>,
    /// Why the sender has to wait.
    wait: Option<String>,
    button: &'static str,
}

/// One field, with its label, its hint and what is wrong with it.
#[derive(Template)]
#[template(path = "submissions/_field.html")]
struct FieldView {
    name: &'static str,
    label: &'static str,
    hint: String,
    value: String,
    required: bool,
    complaint: Option<String>,
    /// Whether it has the focus, as the first with something wrong in it.
    is_first_wrong: bool,
    control: Control,
}

impl HtmlSafe for FieldView {}

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

impl FieldView {
    fn new(name: &'static str, label: &'static str, value: &str, control: Control) -> Self {
        let hint = String::new();
        let value = value.to_owned();
        Self { name, label, hint, value, required: true, complaint: None, is_first_wrong: false, control }
    }

    fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// Whether it says that it may stay empty; a choice has been made from the start.
    fn is_optional(&self) -> bool {
        !self.required && !matches!(self.control, Control::Choice(_))
    }

    /// The ids of what describes it.
    fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = self.complaint.is_some().then(|| format!("{}-error", self.name));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}

impl FormPage {
    /// The form for a tool that somebody misses.
    pub(super) fn suggest(shell: Shell, directory: &Directory, form: &SuggestForm) -> Self {
        let categories =
            directory.categories().iter().map(|category| (category.slug.to_string(), category.name.clone()));
        let categories = std::iter::once((String::new(), "Not sure".to_owned())).chain(categories);
        Self::with(
            shell,
            "Suggest a tool",
            vec![
                FieldView::new("name", "Name of the tool", &form.name, Control::Line),
                FieldView::new("website", "Website", &form.website, Control::Link)
                    .hint("The tool’s own website, for example https://example.org."),
                FieldView::new("category", "Category", &form.category, Control::Choice(categories.collect()))
                    .optional(),
                FieldView::new("why", "Why should we add it?", &form.why, Control::Text).hint(format!(
                    "What it does and who would ship with it, in a sentence or two. {}",
                    limit()
                )),
            ],
        )
        .lede("Is a tool missing? A moderator reads every suggestion and replies.")
        .to("/submit", "Send suggestion")
    }

    /// The form for a correction.
    pub(super) fn correct(shell: Shell, tool: &Tool, stands: Vec<Line>, form: &CorrectForm) -> Self {
        let fields = pick(Field::ALL.iter().map(|field| (field.as_str(), field.label())));
        let report = format!("/tools/{}/report", tool.slug);
        let mut page = Self::with(
            shell,
            format!("Correct {}", tool.name),
            vec![
                FieldView::new("field", "What is wrong?", &form.field, Control::Choice(fields)),
                FieldView::new("value", "What should it be?", &form.value, Control::Text).hint(limit()),
                FieldView::new("source", "Source", &form.source, Control::Link)
                    .optional()
                    .hint("Web address of a page that confirms it. Required for a price or a fact."),
                FieldView::new("why", "Comment", &form.why, Control::Text).optional().hint(limit()),
            ],
        )
        .lede("Prices and facts change. Send the current value; a moderator checks it and replies.")
        .to(format!("/tools/{}/correct", tool.slug), "Send correction");
        page.tool = Some((tool.slug.to_string(), tool.name.clone()));
        page.other = Some(("Inappropriate content?", report, "Report it"));
        page.stands = stands;
        page
    }

    /// The form for a report; `takes` are the slugs and names of those who reviewed the tool.
    pub(super) fn report(shell: Shell, tool: &Tool, takes: &[(&str, &str)], form: &ReportForm) -> Self {
        let entry = (String::new(), format!("The whole page of {}", tool.name));
        let takes = takes.iter().map(|(slug, name)| ((*slug).to_owned(), format!("The review by {name}")));
        let about = std::iter::once(entry).chain(takes).collect();
        let reasons = pick(Reason::ALL.iter().map(|reason| (reason.as_str(), reason.label())));
        let correct = format!("/tools/{}/correct", tool.slug);
        let mut page = Self::with(
            shell,
            format!("Report {}", tool.name),
            vec![
                FieldView::new("take", "What is it about?", &form.take, Control::Choice(about)).optional(),
                FieldView::new("reason", "Reason", &form.reason, Control::Choice(reasons)),
                FieldView::new("words", "Description", &form.words, Control::Text).hint(limit()),
            ],
        )
        .lede("A moderator reads every report and replies. Your report is confidential.")
        .to(format!("/tools/{}/report", tool.slug), "Send report");
        page.tool = Some((tool.slug.to_string(), tool.name.clone()));
        page.other = Some(("Wrong price, fact or link?", correct, "Correct it"));
        page
    }

    fn with(shell: Shell, heading: impl Into<String>, fields: Vec<FieldView>) -> Self {
        Self {
            shell,
            tool: None,
            heading: heading.into(),
            lede: "",
            other: None,
            action: String::new(),
            fields,
            stands: Vec::new(),
            complaints: Vec::new(),
            alike: Alike::default(),
            anyway: None,
            wait: None,
            button: "",
        }
    }

    fn lede(self, lede: &'static str) -> Self {
        Self { lede, ..self }
    }

    fn to(self, action: impl Into<String>, button: &'static str) -> Self {
        Self { action: action.into(), button, ..self }
    }

    /// The form with what is wrong with it.
    pub(super) fn with_complaints(mut self, complaints: Complaints) -> Self {
        self.shell.wrong = complaints.0.first().map(|(name, _)| *name);
        for field in &mut self.fields {
            field.is_first_wrong = self.shell.is_first_wrong(field.name);
            field.complaint = complaints.about(field.name);
        }
        self.complaints = complaints.0;
        self
    }

    /// The form with what is there already; `key` is what that was found by.
    pub(super) fn with_alike(self, alike: Alike, key: String) -> Self {
        Self { alike, anyway: Some(key), button: "Send anyway", ..self }
    }

    /// The form with why it cannot be sent now, if that is so.
    pub(super) fn with_wait(self, wait: Option<String>) -> Self {
        Self { wait, ..self }
    }

    /// Whether there is a button: not on an empty form of somebody who has to wait.
    fn can_send(&self) -> bool {
        self.wait.is_none() || self.fields.iter().any(|field| field.required && !field.value.is_empty())
    }

    /// `Another member has suggested …`.
    fn waiting_words(&self) -> Option<String> {
        let others = count(self.alike.others as u64, "other member", "other members");
        match (self.alike.mine, self.alike.others) {
            (false, 0) => None,
            (true, 0) => Some("You have already suggested a tool with this name. It is pending.".to_owned()),
            (true, _) => {
                Some(format!("You and {others} have already suggested a tool with this name. It is pending."))
            }
            (false, 1) => {
                Some("Another member has already suggested a tool with this name. It is pending.".to_owned())
            }
            (false, _) => {
                Some(format!("{others} have already suggested a tool with this name. It is pending."))
            }
        }
    }
}

/// Choices, none of which is made from the start.
fn pick(choices: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<(String, String)> {
    std::iter::once(("", "Choose …"))
        .chain(choices)
        .map(|(word, label)| (word.to_owned(), label.to_owned()))
        .collect()
}

fn limit() -> String {
    format!("At most {} characters.", grouped(TEXT_MAX as u64))
}
