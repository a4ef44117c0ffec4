//! The pages of imports.

use askama::Template;
use chrono::NaiveDateTime;

use super::store::{MOST_OF_ONE, Outlook, Upload};
use crate::admin::AdminContext;
use crate::admin::editor::difference::{Difference, Names};
use crate::admin::editor::log_text::between;
use crate::admin::form::Fields;
use crate::catalogue::file::Planned;
use crate::text::around_difference;
use crate::web::page::Shell;
use crate::web::paging::{PageLinks, address};

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

impl AskPage {
    fn kept(&self) -> i64 {
        MOST_OF_ONE
    }
}

#[derive(Template)]
#[template(path = "admin/imports/preview.html")]
pub(super) struct PreviewPage {
    shell: Shell,
    upload: Upload,
    hash: String,
    outlook: Outlook,
    names: Names,
    /// Whether the catalogue changed since the last look.
    stale: bool,
}

impl PreviewPage {
    pub(super) fn new(
        admin: &AdminContext,
        upload: Upload,
        hash: String,
        outlook: Outlook,
        names: Names,
        stale: bool,
    ) -> Self {
        let shell = admin.shell(format!("Import of {}", upload.name));
        Self { shell, upload, hash, outlook, names, stale }
    }

    fn pages(&self) -> PageLinks {
        let (Outlook::Plan(_, page) | Outlook::Refused(_, page)) = &self.outlook;
        page.links(|number| address(&format!("/admin/import/{}", self.upload.id), &[], number))
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
