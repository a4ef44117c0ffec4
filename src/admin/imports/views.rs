//! The pages of imports.

use askama::Template;
use chrono::NaiveDateTime;

use super::store::{Outlook, Upload};
use crate::admin::AdminContext;
use crate::admin::editor::difference::{Difference, Names};
use crate::admin::editor::log_text::between;
use crate::admin::form::{Fields, capital};
use crate::catalogue::file::{ImportPlan, Planned, Problem, Summary};
use crate::web::page::Shell;
use crate::web::paging::{Page, PageLinks, address};

/// How many records or problems a page shows.
const PER_PAGE: usize = 50;

/// The longest text of a field that is shown, in characters.
const MOST_SHOWN: usize = 400;

#[derive(Template)]
#[template(path = "admin/imports/ask.html")]
pub(super) struct AskPage {
    shell: Shell,
    form: Fields,
    waiting: Vec<WaitingUpload>,
}

struct WaitingUpload {
    id: i64,
    name: String,
    sent: String,
}

impl AskPage {
    pub(super) fn new(
        admin: &AdminContext,
        form: Fields,
        waiting: Vec<(i64, String, NaiveDateTime)>,
    ) -> Self {
        let line = |(id, name, at): (i64, String, NaiveDateTime)| WaitingUpload {
            id,
            name,
            sent: at.format("%Y-%m-%d %H:%M UTC").to_string(),
        };
        Self { shell: admin.shell("Import"), form, waiting: waiting.into_iter().map(line).collect() }
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
    summary: Summary,
    /// What to send back to apply exactly this; none where nothing can be applied.
    seal: Option<PlanSeal>,
    problems: Vec<Problem>,
    of_problems: usize,
    records: Vec<RecordView>,
    pages: PageLinks,
}

/// What was looked at.
pub(super) struct PlanSeal {
    version: i64,
    hash: String,
}

struct RecordView {
    what: String,
    name: String,
    is_new: bool,
    fields: Vec<Difference>,
}

impl PreviewPage {
    pub(super) fn new(
        admin: &AdminContext,
        upload: &Upload,
        outlook: Outlook,
        names: &Names,
        wanted: usize,
        stale: bool,
    ) -> Self {
        let path = format!("/admin/import/{}", upload.id);
        let links = |page: Page| page.links(|number| address(&path, &[], number));
        let mut view = Self {
            shell: admin.shell(format!("Import of {}", upload.name)),
            id: upload.id,
            name: upload.name.clone(),
            stale,
            summary: Summary::default(),
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
                view.summary = summary;
                view.records = page.of(&changes).iter().map(|planned| record(planned, names)).collect();
                view.seal = summary.changed_anything().then(|| PlanSeal { version, hash: upload.hash() });
                view.pages = links(page);
            }
        }
        view
    }
}

fn record(planned: &Planned, names: &Names) -> RecordView {
    let record = &planned.after.record;
    let before = planned.before.as_ref();
    // Of a new record all would differ.
    let mut fields = before.map(|_| between(before, &planned.after, names)).unwrap_or_default();
    for field in &mut fields {
        field.old = shortened(&field.old);
        field.new = shortened(&field.new);
    }
    RecordView {
        what: capital(record.kind().as_str()),
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
