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
    name: String,
    path: String,
    refusal: Option<&'static str>,
    lines: Vec<String>,
    handle: String,
    form: Fields,
}

impl DeletePage {
    pub(super) fn new(admin: &AdminContext, doomed: &Doomed, form: Fields) -> Self {
        let name = doomed.state.record.name();
        Self {
            shell: admin.shell(format!("Delete {name}")),
            path: form_path(doomed.state.record.kind(), Some(doomed.id)),
            refusal: doomed.refusal(),
            lines: lines(doomed),
            handle: admin.user.handle.clone(),
            name,
            form,
        }
    }
}

/// What goes with it, as far as there is any.
fn lines(doomed: &Doomed) -> Vec<String> {
    let all = &doomed.belongings;
    let parts = [
        (doomed.votes, "vote", "votes"),
        (all.reviews, "review", "reviews"),
        (all.comparisons, "comparison", "comparisons"),
        (all.changes, "change in “What changed”", "changes in “What changed”"),
        (all.addresses, "old URL", "old URLs"),
    ];
    let mut lines: Vec<String> = parts
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| count(number.unsigned_abs(), one, many))
        .collect();
    if all.submissions > 0 {
        let sent = count(all.submissions.unsigned_abs(), "submission", "submissions");
        lines.push(format!("the link to it from {sent} (not deleted)"));
    }
    lines
}
