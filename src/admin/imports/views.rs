//! The pages of imports.

use askama::Template;
use chrono::NaiveDateTime;

use super::store::{Outlook, Upload};
use crate::admin::AdminContext;
use crate::admin::editor::difference::{Difference, Names};
use crate::admin::editor::log_text::between;
use crate::admin::form::Fields;
use crate::catalogue::file::Planned;
use crate::text::around_difference;
use crate::web::page::Shell;
use crate::web::paging::{Page, PageLinks, address, field, wanted};

/// How many records or problems a page shows.
const PER_PAGE: usize = 50;

/// How much is shown of a long text, around what differs, in characters.
const MOST_SHOWN: usize = 400;

#[derive(Template)]
#[template(path = "admin/imports/ask.html")]
pub(super) struct AskPage {
    pub shell: Shell,
    pub form: Fields,
    /// The id and name of each file that waits, and when it was sent.
    pub waiting: Vec<(i64, String, NaiveDateTime)>,
}

#[derive(Template)]
#[template(path = "admin/imports/preview.html")]
pub(super) struct PreviewPage {
    shell: Shell,
    upload: Upload,
    outlook: Outlook,
    page: Page,
    names: Names,
    /// Whether the catalogue changed since the last look.
    stale: bool,
}

impl PreviewPage {
    pub(super) fn new(
        admin: &AdminContext,
        upload: Upload,
        outlook: Outlook,
        names: Names,
        stale: bool,
    ) -> Self {
        let wanted = wanted(&field(admin.request().query_string(), "page"));
        let total = match &outlook {
            Outlook::Refused(problems) => problems.len(),
            Outlook::Plan(plan) => plan.changes.len(),
        };
        let shell = admin.shell(format!("Import of {}", upload.name));
        Self { shell, upload, outlook, page: Page::nearest(wanted, total, PER_PAGE), names, stale }
    }

    fn pages(&self) -> PageLinks {
        self.page.links(|number| address(&format!("/admin/import/{}", self.upload.id), &[], number))
    }

    /// What differs in a record; of a new one all would.
    fn fields(&self, planned: &Planned) -> Vec<Difference> {
        let Some(before) = &planned.before else { return Vec::new() };
        let mut fields = between(Some(before), &planned.after, &self.names);
        for field in &mut fields {
            (field.old, field.new) = around_difference(&field.old, &field.new, MOST_SHOWN);
        }
        fields
    }
}
