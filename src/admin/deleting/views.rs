//! The page that asks before something is deleted.

use askama::Template;

use super::store::Doomed;
use crate::admin::AdminContext;
use crate::admin::form::Fields;
use crate::admin::paths::form_path;
use crate::text::count;
use crate::web::page::Shell;

#[derive(Template)]
#[template(path = "admin/deleting.html")]
pub(super) struct DeletePage {
    shell: Shell,
    doomed: Doomed,
    handle: String,
    form: Fields,
}

impl DeletePage {
    pub(super) fn new(admin: &AdminContext, doomed: Doomed, form: Fields) -> Self {
        let shell = admin.shell(format!("Delete {}", doomed.name));
        Self { shell, doomed, handle: admin.user.handle.clone(), form }
    }

    fn path(&self) -> String {
        form_path(self.doomed.state.record.kind(), Some(self.doomed.id))
    }

    /// What goes with it, as far as there is any.
    fn lines(&self) -> Vec<String> {
        let all = &self.doomed.belongings;
        let parts = [
            (self.doomed.votes, "vote", "votes"),
            (all.reviews, "review", "reviews"),
            (all.comparisons, "comparison", "comparisons"),
            (all.changes, "change in “What changed”", "changes in “What changed”"),
            (all.addresses, "old URL", "old URLs"),
        ];
        let parts = parts.iter().filter(|(number, ..)| *number > 0);
        let mut lines: Vec<String> =
            parts.map(|(number, one, many)| count(number.unsigned_abs(), one, many)).collect();
        if all.submissions > 0 {
            let sent = count(all.submissions.unsigned_abs(), "submission", "submissions");
            lines.push(format!("the link to it from {sent} (not deleted)"));
        }
        lines
    }
}
