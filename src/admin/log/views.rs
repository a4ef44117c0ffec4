//! The page of the log.

use askama::Template;

use super::store::LoggedPage;
use crate::admin::AdminContext;
use crate::admin::utc_time::UtcTime;
use crate::moderation::log::{Logged, Object};
use crate::web::page::Shell;
use crate::web::paging::OlderLinks;

const PATH: &str = "/admin/log";

/// Words that acts are called by, to choose from while typing.
const ACTS: [&str; 14] = [
    "created",
    "edited",
    "published",
    "archived",
    "restored",
    "undid a change to",
    "merged",
    "deleted",
    "imported",
    "accepted",
    "declined",
    "excluded",
    "suspended",
    "changed",
];

#[derive(Template)]
#[template(path = "admin/log.html")]
pub(super) struct LogPage {
    pub shell: Shell,
    act: String,
    by: String,
    q: String,
    objects: Vec<(&'static str, bool)>,
    is_filtered: bool,
    acts: Vec<Logged>,
    links: OlderLinks,
    goes_on: bool,
}

impl LogPage {
    pub(super) fn new(admin: &AdminContext, found: LoggedPage) -> Self {
        let LoggedPage { asked, acts, next } = found;
        let chosen = |object: &Object| (object.as_str(), Some(*object) == asked.object);
        Self {
            shell: admin.shell("Log"),
            objects: Object::ALL.iter().map(chosen).collect(),
            is_filtered: asked.fields().iter().any(|(_, value)| !value.is_empty()),
            acts,
            links: OlderLinks::new(PATH, &asked.fields(), asked.before, next),
            goes_on: next.is_some(),
            act: asked.act,
            by: asked.by,
            q: asked.q,
        }
    }

    /// Where an act leads: of what is gone for good, its history is left.
    fn href(&self, act: &Logged) -> Option<String> {
        let gone = || Some((act.object()?, act.object_id.filter(|id| *id < 0)?));
        let history = || gone().map(|(object, id)| format!("/admin/history/{}/{id}", object.as_str()));
        act.href.clone().or_else(history)
    }
}
