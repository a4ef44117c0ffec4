//! The pages of the editor.

use askama::Template;
use similar::ChangeTag;

use super::action::Transition;
use super::conflict::ConflictUnit;
use super::context::{FormContext, Referable};
use super::form::{picks, reviewer, with_rows, words_or_none};
use super::form_json::row_numbers;
use super::proposal::{self, Proposed};
use crate::admin::AdminContext;
use crate::admin::form::{Fields, Pick, capital, reason_hint};
use crate::admin::paths::{form_path, history_path, list_path};
use crate::catalogue::file::Record;
use crate::catalogue::{Basis, Kind, RecordKind, Status};
use crate::stats::Choice;
use crate::submissions::current_values::{self, CurrentValue};
use crate::submissions::submission::{Content, Correction, Field as CorrectedField, SubmissionStatus};
use crate::text::shown_name;
use crate::web::page::Shell;

/// The form of a record.
#[derive(Template)]
#[template(path = "admin/editor/form.html")]
pub(super) struct FormPage {
    shell: Shell,
    context: FormContext,
    heading: String,
    form: Fields,
    /// Whether whoever is in the admin area may delete.
    may_delete: bool,
}

impl FormPage {
    pub(super) fn new(admin: &AdminContext, context: FormContext, mut form: Fields) -> Self {
        let is_new = context.id.is_none();
        let heading = if is_new { format!("New {}", context.kind) } else { context.name.clone() };
        let is_tool = context.kind == RecordKind::Tool;
        let title = if is_tool && !is_new { format!("Edit {heading}") } else { heading.clone() };
        if is_tool {
            form.data = with_rows(form.data, &context);
        }
        Self { shell: admin.shell(title), context, heading, form, may_delete: admin.is_admin() }
    }

    fn section(&self) -> String {
        capital(self.context.kind.plural())
    }

    fn list(&self) -> String {
        list_path(self.context.kind)
    }

    fn history(&self) -> String {
        history_path((self.context.kind, self.context.id.unwrap_or_default()))
    }

    /// Its page, if readers see it.
    fn page(&self) -> Option<String> {
        let shown = self.context.stored.as_ref().filter(|state| state.status() == Status::Published);
        shown.map(|state| state.record.href())
    }

    /// What is said beside the slug.
    fn slug_hint(&self) -> &'static str {
        match self.context.id {
            Some(_) => "If you change it, the old URL redirects here.",
            None => "Leave blank to generate from the name.",
        }
    }

    /// What a correction proposes for fields of the form.
    fn proposed(&self) -> Vec<Proposed> {
        proposal::of(&self.context)
    }

    /// The forms of the records before and after it.
    fn neighbours(&self) -> [Option<String>; 2] {
        self.context.neighbours.map(|id| id.map(|id| form_path(self.context.kind, Some(id))))
    }

    /// Whether something stands in the form that is not stored.
    fn is_unsaved(&self) -> bool {
        !self.form.errors.is_empty() || self.form.focus.is_some() || !self.context.alike.is_empty()
    }

    /// What the tool says now of what a correction is about.
    fn current_values(&self, correction: &Correction) -> Vec<CurrentValue> {
        match self.context.stored.as_ref().map(|state| &state.record) {
            Some(Record::Tool(tool)) => {
                let category = self.context.category(tool.category.as_str());
                let category =
                    category.map_or(tool.category.to_string(), |category| shown_name(&category.name));
                current_values::of_field(correction.field, tool, &category)
            }
            _ => Vec::new(),
        }
    }

    /// Where the form has what a correction is about.
    fn place(&self, correction: &Correction) -> Option<&'static str> {
        Some(match correction.field {
            CorrectedField::Price => "f-pricing-entry",
            CorrectedField::Fact => "facts",
            CorrectedField::Link => "f-website",
            CorrectedField::Name => "f-name",
            CorrectedField::Category => "f-category",
            CorrectedField::Description => "f-description",
            CorrectedField::Other => return None,
        })
    }

    /// `Pick Amber if …`; of a comparison whose tools are still being chosen, by their order in the form.
    fn pick_label(&self, at: usize) -> String {
        let typed = self.context.typed.get(at).and_then(Option::as_ref);
        let name = self.context.pair.as_ref().and_then(|pair| pair.get(at)).or(typed);
        let ordinal = if at == 0 { "the first" } else { "the second" };
        format!("Pick {} if …", name.map_or(ordinal, String::as_str))
    }

    fn pick_hints(&self) -> [&'static str; 2] {
        match self.context.pair {
            Some(_) => ["Completes this sentence."; 2],
            None => [
                "Completes this sentence about the first tool as entered above.",
                "Completes this sentence about the second tool as entered above.",
            ],
        }
    }

    fn is_tool(&self) -> bool {
        self.context.kind == RecordKind::Tool
    }

    fn is_category(&self) -> bool {
        self.context.kind == RecordKind::Category
    }

    fn is(&self, status: &str) -> bool {
        self.context.status().is_some_and(|own| own.as_str() == status)
    }

    /// The numbers of the rows of a list.
    fn rows(&self, list: &str) -> Vec<usize> {
        row_numbers(&self.form.data, list)
    }

    /// What is in the head of a reviewer's block.
    fn reviewer_name(&self, row: &usize) -> String {
        let slug = reviewer(&self.form.data, *row);
        let known = self.context.reviewers.iter().find(|known| known.slug == slug);
        known.map_or_else(|| format!("Review {}", row.saturating_add(1)), Referable::label)
    }

    fn categories(&self) -> Vec<Pick> {
        let chosen = self.form.value("category");
        picks(&self.context.categories, |slug| slug == chosen)
    }

    fn reviewers(&self) -> Vec<Pick> {
        let rows = self.rows("reviews").into_iter();
        let chosen: Vec<String> = rows.map(|row| reviewer(&self.form.data, row)).collect();
        picks(&self.context.reviewers, |slug| chosen.iter().any(|other| other == slug))
    }

    fn verdicts(&self) -> Vec<(&'static str, &'static str)> {
        words_or_none(&[Choice::Ship, Choice::Skip], Choice::as_str)
    }

    fn bases(&self) -> Vec<(&'static str, &'static str)> {
        words_or_none(Basis::ALL, Basis::as_str)
    }

    /// Who writes a reviewer's verdicts.
    fn kinds(&self) -> [(&'static str, &'static str); 2] {
        [(Kind::Human.as_str(), "A person"), (Kind::Ai.as_str(), "An AI")]
    }
}

/// What two editors want.
#[derive(Template)]
#[template(path = "admin/editor/conflict.html")]
pub(super) struct ConflictPage {
    shell: Shell,
    context: FormContext,
    /// What was to be done.
    transition: Transition,
    units: Vec<ConflictUnit>,
    carried: Vec<(String, String)>,
}

impl ConflictPage {
    pub(super) fn new(
        admin: &AdminContext,
        context: FormContext,
        transition: Transition,
        units: Vec<ConflictUnit>,
        mut carried: Vec<(String, String)>,
    ) -> Self {
        carried.retain(|(name, _)| name != "token");
        Self { shell: admin.shell("Somebody else changed this"), context, transition, units, carried }
    }

    fn status(&self) -> Status {
        self.context.status().unwrap_or(Status::Draft)
    }
}

/// What stands above the preview of a tool.
#[derive(Template)]
#[template(path = "admin/editor/_preview.html")]
pub(super) struct PreviewBar {
    pub action: String,
    pub carried: Vec<(String, String)>,
    pub form_key: String,
    /// Whether readers do not see it yet.
    pub may_publish: bool,
}

/// What is asked before a record is archived that has a page of its own for it.
#[derive(Template)]
#[template(path = "admin/editor/archive.html")]
pub(super) struct ArchivePage {
    shell: Shell,
    name: String,
    path: String,
    effect: &'static str,
    reason_hint: &'static str,
    form: Fields,
}

impl ArchivePage {
    pub(super) fn new(admin: &AdminContext, context: &FormContext, form: Fields) -> Self {
        let name = context.name.clone();
        let is_draft = context.status() == Some(Status::Draft);
        Self {
            shell: admin.shell(format!("Archive {name}")),
            name,
            path: context.path(),
            reason_hint: reason_hint(!is_draft),
            effect: match context.kind {
                _ if is_draft && !context.was_published => {
                    "Readers have never seen it. Restore makes it a draft again."
                }
                _ if is_draft => "Readers do not see it. Restore makes it a draft again.",
                RecordKind::Category => {
                    "Readers can no longer find the category. It must have no published tools."
                }
                RecordKind::Reviewer => {
                    "The reviewer moves to “Former reviewers”. Their page and reviews stay and count; there are \
                     no new reviews."
                }
                RecordKind::Comparison => {
                    "The comparison is no longer listed. The page of the two tools stays, without its editorial part."
                }
                RecordKind::Tool => "Readers can no longer find the tool.",
            },
            form,
        }
    }
}
