//! The page of what was found.

use askama::Template;

use super::load::Group;
use crate::admin::AdminContext;
use crate::web::page::Shell;

#[derive(Template)]
#[template(path = "admin/search.html")]
pub(super) struct SearchPage {
    shell: Shell,
    q: String,
    groups: Vec<Group>,
}

impl SearchPage {
    pub(super) fn new(admin: &AdminContext, q: String, groups: Vec<Group>) -> Self {
        Self { shell: admin.shell("Search"), q, groups }
    }
}
