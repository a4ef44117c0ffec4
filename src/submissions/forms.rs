//! The three forms: what was typed, and what it comes to or what is wrong with it.

use serde::{Deserialize, Serialize};

use super::fields::{self, NAME_MAX, TEXT_MAX};
use super::load::ToolSheet;
use super::submission::{Content, Correction, Field, NewSubmission, Reason, Report, ToolSuggestion};
use crate::catalogue::{Directory, Tool};

/// What is wrong with a form, by the name of the field and in the order of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FormErrors(pub Vec<(&'static str, String)>);

impl FormErrors {
    /// The complaint about a field.
    pub(super) fn about(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(other, _)| *other == name).map(|(_, text)| text.clone())
    }

    fn add(&mut self, name: &'static str, text: impl Into<String>) {
        if self.about(name).is_none() {
            self.0.push((name, text.into()));
        }
    }

    /// Takes a value, or notes what is wrong with it and goes on with none.
    fn take<T: Default>(&mut self, name: &'static str, value: Result<T, String>) -> T {
        value.unwrap_or_else(|text| {
            self.add(name, text);
            T::default()
        })
    }

    /// A line that must be there.
    fn line(&mut self, name: &'static str, text: &str, most: usize, missing: &str) -> String {
        self.required(name, fields::line(text), most, missing)
    }

    /// A text that must be there.
    fn lines(&mut self, name: &'static str, text: &str, missing: &str) -> String {
        self.required(name, fields::lines(text), TEXT_MAX, missing)
    }

    fn required(&mut self, name: &'static str, text: String, most: usize, missing: &str) -> String {
        if text.is_empty() {
            self.add(name, missing);
        }
        self.take(name, fields::at_most(most, &text));
        text
    }

    /// The item, if nothing is wrong.
    fn or(self, item: NewSubmission) -> Result<NewSubmission, Self> {
        if self.0.is_empty() { Ok(item) } else { Err(self) }
    }
}

/// What the form for a tool sends.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct SuggestForm {
    pub name: String,
    pub website: String,
    pub category: String,
    pub why: String,
    /// The [`Self::key`] of what was found to be like something, once the sender has seen that.
    pub anyway: String,
}

impl SuggestForm {
    /// The item that it comes to.
    pub(super) fn parse(&self, directory: &Directory) -> Result<NewSubmission, FormErrors> {
        let mut wrong = FormErrors::default();
        let name = wrong.line("name", &self.name, NAME_MAX, "Enter the name of the tool.");
        wrong.take("name", fields::within_a_line(&name));
        let website = wrong.take("website", fields::link(&self.website)).unwrap_or_default();
        if website.is_empty() {
            wrong.add("website", "Enter the website of the tool.");
        }
        let category = fields::line(&self.category);
        if !category.is_empty() && directory.category(&category).is_none() {
            wrong.add("category", "Choose one of these categories.");
        }
        let why = wrong.lines("why", &self.why, "Say in a sentence or two why to add it.");
        let content = Content::Tool(ToolSuggestion { website, category, why });
        wrong.or(NewSubmission { tool_id: None, reviewer_id: None, name, content })
    }

    /// What the search for like tools goes by: once it changes, they are looked for again.
    pub(super) fn key(&self) -> String {
        format!("{} {}", fields::line(&self.name), fields::line(&self.website))
    }
}

/// What the form for a correction sends.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct CorrectForm {
    pub field: String,
    pub value: String,
    pub source: String,
    pub why: String,
}

impl CorrectForm {
    /// The item that it comes to.
    pub(super) fn parse(&self, tool: &Tool) -> Result<NewSubmission, FormErrors> {
        let mut wrong = FormErrors::default();
        let field = Field::from_word(&self.field);
        if field.is_none() {
            wrong.add("field", "Choose what is wrong.");
        }
        let value = wrong.lines("value", &self.value, "Enter the correct value.");
        let source = wrong.take("source", fields::link(&self.source)).unwrap_or_default();
        if source.is_empty() && field.is_some_and(Field::needs_source) {
            wrong.add("source", "A price or a fact needs a source.");
        }
        let why = fields::lines(&self.why);
        wrong.take("why", fields::at_most(TEXT_MAX, &why));
        let field = field.unwrap_or(Field::Other);
        let content = Content::Correction(Correction { field, value, source, why });
        wrong.or(NewSubmission { tool_id: Some(tool.id), reviewer_id: None, name: String::new(), content })
    }
}

/// What the form for a report sends.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ReportForm {
    /// The slug of the reviewer whose take it is about; empty for the whole entry.
    pub take: String,
    pub reason: String,
    pub words: String,
}

impl ReportForm {
    /// The item that it comes to.
    pub(super) fn parse(&self, sheet: &ToolSheet) -> Result<NewSubmission, FormErrors> {
        let mut wrong = FormErrors::default();
        let reviewer_id =
            sheet.takes().find(|reviewer| reviewer.slug.as_str() == self.take).map(|reviewer| reviewer.id);
        if reviewer_id.is_none() && !self.take.is_empty() {
            wrong.add("take", "Choose the whole page or one of the reviews.");
        }
        let reason = Reason::from_word(&self.reason);
        if reason.is_none() {
            wrong.add("reason", "Choose a reason.");
        }
        let words = wrong.lines("words", &self.words, "Describe what is wrong.");
        let content = Content::Report(Report { reason: reason.unwrap_or(Reason::Other), words });
        let tool_id = Some(sheet.tool.id);
        wrong.or(NewSubmission { tool_id, reviewer_id, name: String::new(), content })
    }
}
