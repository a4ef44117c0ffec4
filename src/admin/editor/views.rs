//! The pages of the editor.

use askama::Template;

use super::action::Transition;
use super::conflict::ConflictUnit;
use super::context::FormContext;
use super::difference::Tag;
use super::form::{Offers, RecordForm};
use super::log_text;
use crate::admin::Desk;
use crate::admin::form::{Fields, capital};
use crate::admin::paths::{form_path, history_path, list_path};
use crate::catalogue::file::State;
use crate::catalogue::history::Headline;
use crate::catalogue::{RecordKind, Status};
use crate::view;
use crate::web::page::Shell;
use crate::web::ui::Day;

/// The form of a record.
#[derive(Template)]
#[template(path = "admin/editor/form.html")]
pub(super) struct FormPage {
    shell: Shell,
    kind: RecordKind,
    /// The record's id, unless it is new.
    id: Option<i64>,
    heading: String,
    status: Option<Status>,
    /// Its page, if readers see it.
    page: Option<String>,
    last: Option<LastChange>,
    /// What somebody sent in that this answers.
    submission: String,
    record: RecordForm,
    /// Whether whoever is at the desk may delete.
    may_delete: bool,
}

/// What was last done to a record.
struct LastChange {
    act: &'static str,
    handle: Option<String>,
    day: Day,
}

impl From<&Headline> for LastChange {
    fn from(headline: &Headline) -> Self {
        Self {
            act: log_text::act_words(headline.act),
            handle: headline.handle.clone(),
            day: Day(headline.made_at.date()),
        }
    }
}

impl FormPage {
    pub(super) fn new(desk: &Desk, context: &FormContext, record: RecordForm) -> Self {
        let stored = context.stored.as_ref();
        let heading = stored.map_or_else(|| format!("New {}", context.kind), |state| state.record.name());
        let title = match context.kind {
            RecordKind::Tool if stored.is_some() => format!("Edit {heading}"),
            _ => heading.clone(),
        };
        let shown = stored.filter(|state| state.status == Status::Published);
        Self {
            shell: desk.shell(title),
            kind: context.kind,
            id: context.id,
            heading,
            status: context.status(),
            page: shown.map(|state| state.record.href()),
            last: context.last.as_ref().map(LastChange::from),
            submission: record.fields.value("submission"),
            record,
            may_delete: desk.is_admin(),
        }
    }

    fn section(&self) -> String {
        capital(self.kind.plural())
    }

    fn list(&self) -> String {
        list_path(self.kind)
    }

    fn path(&self) -> String {
        form_path(self.kind, self.id)
    }

    fn history(&self) -> String {
        history_path((self.kind, self.id.unwrap_or_default()))
    }

    /// What is said beside the slug of a tool.
    fn slug_hint(&self) -> &'static str {
        if self.id.is_some() {
            "The old URL will redirect here."
        } else {
            "Leave blank to generate from the name."
        }
    }

    fn is_tool(&self) -> bool {
        self.kind == RecordKind::Tool
    }

    fn is(&self, status: &str) -> bool {
        self.status.is_some_and(|own| own.as_str() == status)
    }
}

/// What two editors want.
#[derive(Template)]
#[template(path = "admin/editor/conflict.html")]
pub(super) struct ConflictPage {
    shell: Shell,
    path: String,
    name: String,
    /// What was to be done.
    transition: Transition,
    token: String,
    carried: Vec<(String, String)>,
    units: Vec<ConflictUnit>,
    last: Option<LastChange>,
    status: Status,
}

impl ConflictPage {
    pub(super) fn new(
        desk: &Desk,
        context: &FormContext,
        transition: Transition,
        units: Vec<ConflictUnit>,
        carried: Vec<(String, String)>,
    ) -> Self {
        let stored = context.stored.as_ref();
        Self {
            shell: desk.shell("Somebody else changed this"),
            path: form_path(context.kind, context.id),
            name: stored.map(|state| state.record.name()).unwrap_or_default(),
            transition,
            token: context.token(),
            carried: carried.into_iter().filter(|(name, _)| name != "token").collect(),
            units,
            last: context.last.as_ref().map(LastChange::from),
            status: context.status().unwrap_or(Status::Draft),
        }
    }
}

/// What stands above the preview of a tool.
#[derive(Template)]
#[template(path = "admin/editor/_preview.html")]
pub(super) struct PreviewBar {
    pub action: String,
    pub carried: Vec<(String, String)>,
}

/// What is asked before a record is archived that has a page of its own for it.
#[derive(Template)]
#[template(path = "admin/editor/archive.html")]
pub(super) struct ArchivePage {
    shell: Shell,
    name: String,
    path: String,
    effect: &'static str,
    form: Fields,
}

impl ArchivePage {
    pub(super) fn new(desk: &Desk, id: i64, state: &State, form: Fields) -> Self {
        let (kind, name) = (state.record.kind(), state.record.name());
        Self {
            shell: desk.shell(format!("Archive {name}")),
            name,
            path: form_path(kind, Some(id)),
            effect: match kind {
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

view!(FormPage, ConflictPage, ArchivePage);
