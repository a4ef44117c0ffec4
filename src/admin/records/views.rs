//! The pages of lists and forms.

use askama::Template;

use super::{
    kind,
    list::{Listed, Note, Row, SIDE},
    store,
};
use crate::{
    admin::{
        Desk,
        form::{Fields, Pick, words},
    },
    catalogue::{RecordKind, Status, file::State},
    text::count,
    view,
    web::{
        page::Shell,
        paging::{PageLinks, address},
    },
};

#[derive(Template)]
#[template(path = "admin/records/list.html")]
pub(super) struct ListPage {
    shell: Shell,
    title: &'static str,
    one: &'static str,
    path: String,
    q: String,
    picks: Vec<(Pick, bool)>,
    /// What of comparisons may need attention.
    attention: Vec<(Pick, bool)>,
    found: String,
    note: &'static str,
    rows: Vec<Row>,
    pages: PageLinks,
}

impl ListPage {
    pub(super) fn new(desk: &Desk, kind: RecordKind, listed: Listed) -> Self {
        let Listed { asked, page, rows } = listed;
        let path = format!("/admin/{}", kind::plural(kind));
        let status = asked.status.map_or("", |status| status.as_str());
        let title = title(kind);
        let mut picks = vec![(Pick::new("", "Any status"), status.is_empty())];
        picks.extend(
            Status::ALL
                .iter()
                .map(|other| (Pick::new(other.as_str(), label(*other)), Some(*other) == asked.status)),
        );
        Self {
            shell: desk.shell(page.title(title)),
            title,
            one: kind.as_str(),
            found: count(page.total as u64, kind.as_str(), kind::plural(kind)),
            note: match kind {
                RecordKind::Category => "Tools",
                RecordKind::Reviewer => "Reviews",
                RecordKind::Tool | RecordKind::Comparison => "Published on",
            },
            attention: match kind {
                RecordKind::Comparison => vec![
                    (Pick::new("", "Any"), !asked.hidden_side),
                    (Pick::new(SIDE, "A hidden side"), asked.hidden_side),
                ],
                _ => Vec::new(),
            },
            pages: page.links(|number| {
                let attention = if asked.hidden_side { SIDE } else { "" };
                address(&path, &[("q", &asked.q), ("status", status), ("attention", attention)], number)
            }),
            q: asked.q,
            picks,
            path,
            rows,
        }
    }
}

fn title(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Category => "Categories",
        RecordKind::Reviewer => "Reviewers",
        RecordKind::Tool => "Tools",
        RecordKind::Comparison => "Comparisons",
    }
}

/// A status as a label.
pub(super) fn label(status: Status) -> &'static str {
    match status {
        Status::Draft => "Draft",
        Status::Published => "Published",
        Status::Archived => "Archived",
    }
}

/// A field that two editors left differently.
struct Difference {
    field: String,
    mine: String,
    theirs: String,
}

#[derive(Template)]
#[template(path = "admin/records/form.html")]
pub(super) struct FormPage {
    shell: Shell,
    kind: RecordKind,
    title: String,
    /// The record's number; 0 of a new one.
    id: i64,
    /// The words for the list.
    section: &'static str,
    /// Where the form is sent to.
    path: String,
    status: Option<Status>,
    /// Where readers find it.
    href: Option<String>,
    form: Fields,
    /// The token of the state that this form was made from.
    seen: String,
    kinds: Vec<Pick>,
    /// The tools that a comparison may be of.
    tools: Vec<(String, String)>,
    conflict: Option<Vec<Difference>>,
    list: String,
    /// Whether whoever is at the desk may delete.
    at_admin: bool,
}

impl FormPage {
    /// The form of a record: what is stored, or none of a new one, and what stands in the fields.
    pub(super) fn new(
        desk: &Desk,
        kind: RecordKind,
        stored: Option<(i64, &State)>,
        form: Fields,
        tools: Vec<(String, String)>,
    ) -> Self {
        let title = stored.map_or_else(|| format!("New {kind}"), |(_, state)| state.record.name());
        let status = stored.map(|(_, state)| state.status);
        let list = format!("/admin/{}", kind::plural(kind));
        Self {
            shell: desk.shell(title.clone()),
            kind,
            title,
            id: stored.map_or(0, |(id, _)| id),
            section: self::title(kind),
            path: stored.map_or_else(|| format!("{list}/new"), |(id, _)| kind::path(kind, id)),
            status,
            href: stored
                .filter(|(_, state)| state.status == Status::Published)
                .map(|(_, state)| state.record.href()),
            form,
            seen: stored.map(|(_, state)| state.token()).unwrap_or_default(),
            kinds: vec![Pick::new("human", "A person"), Pick::new("ai", "An AI")],
            tools,
            conflict: None,
            at_admin: desk.is_admin(),
            list,
        }
    }

    /// The same after somebody else stored `theirs`.
    pub(super) fn in_conflict(mut self, theirs: &State) -> Self {
        let theirs = store::typed(theirs);
        let differences = theirs.0.iter().filter_map(|(name, value)| {
            let mine = self.form.typed.get(name);
            (mine.trim() != value.trim()).then(|| Difference {
                field: words(name),
                mine,
                theirs: value.clone(),
            })
        });
        self.conflict = Some(differences.collect());
        self
    }

    /// The state that the editor has seen stays the one to compare with.
    pub(super) fn keep_seen(&mut self, seen: String) {
        self.seen = seen;
    }

    fn is(&self, kind: &str) -> bool {
        self.kind.as_str() == kind
    }

    fn is_draft(&self) -> bool {
        self.status.is_none_or(|status| status == Status::Draft)
    }

    fn is_archived(&self) -> bool {
        self.status == Some(Status::Archived)
    }
}

#[derive(Template)]
#[template(path = "admin/records/archive.html")]
pub(super) struct ArchivePage {
    shell: Shell,
    name: String,
    path: String,
    what: &'static str,
    form: Fields,
}

impl ArchivePage {
    pub(super) fn new(desk: &Desk, kind: RecordKind, id: i64, state: &State, form: Fields) -> Self {
        let name = state.record.name();
        Self {
            shell: desk.shell(format!("Archive {name}")),
            name,
            path: kind::path(kind, id),
            what: match kind {
                RecordKind::Category => {
                    "Readers no longer find the category. It must hold no published tool."
                }
                RecordKind::Reviewer => {
                    "The reviewer moves to “Former reviewers”: the page, takes and verdicts stay and count, and \
                     there are no new reviews."
                }
                RecordKind::Comparison => {
                    "The comparison is no longer listed. The page of the two tools stays, without its editorial part."
                }
                RecordKind::Tool => "Readers no longer find the tool.",
            },
            form,
        }
    }
}

view!(ListPage, FormPage, ArchivePage);
