//! The pages of imports.

use std::collections::HashMap;

use askama::Template;
use chrono::NaiveDateTime;

use super::store::{Outlook, Upload};
use crate::{
    admin::{
        Desk,
        difference::{Difference, differences},
        form::Fields,
        typed_json::Shape,
    },
    catalogue::{
        RecordKind,
        file::{ImportPlan, Planned, Problem, RecordCounts, Summary},
    },
    view,
    web::{
        page::Shell,
        paging::{Page, PageLinks, address},
    },
};

/// How many records or problems a page shows.
const PER_PAGE: usize = 50;

/// The longest text of a field that is shown, in characters.
const MOST_SHOWN: usize = 400;

#[derive(Template)]
#[template(path = "admin/imports/ask.html")]
pub(super) struct AskPage {
    shell: Shell,
    form: Fields,
    waiting: Vec<Waiting>,
}

struct Waiting {
    id: i64,
    name: String,
    sent: String,
}

impl AskPage {
    pub(super) fn new(desk: &Desk, form: Fields, waiting: Vec<(i64, String, NaiveDateTime)>) -> Self {
        let line = |(id, name, at): (i64, String, NaiveDateTime)| Waiting {
            id,
            name,
            sent: at.format("%Y-%m-%d %H:%M UTC").to_string(),
        };
        Self { shell: desk.shell("Import"), form, waiting: waiting.into_iter().map(line).collect() }
    }
}

#[derive(Template)]
#[template(path = "admin/imports/preview.html")]
pub(super) struct PreviewPage {
    shell: Shell,
    id: i64,
    name: String,
    /// Whether the catalogue changed since the last look.
    stale: bool,
    counts: Vec<Counted>,
    /// What to send back to apply exactly this; none where nothing can be applied.
    seal: Option<Seal>,
    problems: Vec<Problem>,
    of_problems: usize,
    records: Vec<RecordView>,
    pages: PageLinks,
}

struct Counted {
    what: &'static str,
    count: RecordCounts,
}

/// What was looked at.
pub(super) struct Seal {
    version: i64,
    hash: String,
}

struct RecordView {
    what: &'static str,
    name: String,
    is_new: bool,
    fields: Vec<Difference>,
}

view!(AskPage, PreviewPage);

impl PreviewPage {
    pub(super) fn new(
        desk: &Desk,
        upload: &Upload,
        outlook: Outlook,
        names: &HashMap<String, String>,
        wanted: usize,
        stale: bool,
    ) -> Self {
        let path = format!("/admin/import/{}", upload.id);
        let links = |page: Page| page.links(|number| address(&path, &[], number));
        let mut view = Self {
            shell: desk.shell(format!("Import of {}", upload.name)),
            id: upload.id,
            name: upload.name.clone(),
            stale,
            counts: Vec::new(),
            seal: None,
            problems: Vec::new(),
            of_problems: 0,
            records: Vec::new(),
            pages: links(Page::nearest(1, 0, PER_PAGE)),
        };
        match outlook {
            Outlook::Refused(problems) => {
                let page = Page::nearest(wanted, problems.len(), PER_PAGE);
                view.of_problems = problems.len();
                view.problems = page.of(&problems).to_vec();
                view.pages = links(page);
            }
            Outlook::Plan(plan) => {
                let ImportPlan { version, changes, summary } = *plan;
                let page = Page::nearest(wanted, changes.len(), PER_PAGE);
                view.counts = counts(&summary);
                view.records = page.of(&changes).iter().map(|planned| record(planned, names)).collect();
                view.seal = summary.changed_anything().then(|| Seal { version, hash: upload.hash() });
                view.pages = links(page);
            }
        }
        view
    }
}

fn counts(summary: &Summary) -> Vec<Counted> {
    let counted = |what, count| Counted { what, count };
    vec![
        counted("Categories", summary.categories),
        counted("Reviewers", summary.reviewers),
        counted("Tools", summary.tools),
        counted("Reviews", summary.reviews),
        counted("Comparisons", summary.comparisons),
    ]
}

fn record(planned: &Planned, names: &HashMap<String, String>) -> RecordView {
    let record = &planned.after.record;
    let before = planned.before.as_ref();
    let mut fields = Vec::new();
    if let Some(before) = before {
        if before.status != planned.after.status {
            fields.push(Difference {
                unit: "status".to_owned(),
                label: "Status".to_owned(),
                old: before.status.to_string(),
                new: planned.after.status.to_string(),
            });
        }
        let shape = Shape::of(record.kind());
        fields.extend(differences(shape, &before.to_json(), &planned.after.to_json(), names));
    }
    for field in &mut fields {
        field.old = shortened(&field.old);
        field.new = shortened(&field.new);
    }
    RecordView {
        what: match record.kind() {
            RecordKind::Category => "Category",
            RecordKind::Reviewer => "Reviewer",
            RecordKind::Tool => "Tool",
            RecordKind::Comparison => "Comparison",
        },
        name: record.name(),
        is_new: before.is_none(),
        fields,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
