//! The page of the log.

use askama::Template;

use super::store::LoggedPage;
use crate::admin::AdminContext;
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
    lines: Vec<LogLine>,
    links: OlderLinks,
    goes_on: bool,
}

/// One act.
struct LogLine {
    /// For the `datetime` of the element: UTC.
    at: String,
    /// To be read.
    moment: String,
    handle: String,
    act: String,
    object: &'static str,
    label: String,
    href: Option<String>,
    is_public: bool,
    reason: String,
    old: String,
    new: String,
}

impl LogPage {
    pub(super) fn new(admin: &AdminContext, found: LoggedPage) -> Self {
        let LoggedPage { asked, acts, next } = found;
        let chosen = |object: &Object| (object.as_str(), Some(*object) == asked.object);
        Self {
            shell: admin.shell("Log"),
            objects: Object::ALL.iter().map(chosen).collect(),
            is_filtered: asked.fields().iter().any(|(_, value)| !value.is_empty()),
            lines: acts.into_iter().map(LogLine::from).collect(),
            links: OlderLinks::new(PATH, &asked.fields(), asked.before, next),
            goes_on: next.is_some(),
            act: asked.act,
            by: asked.by,
            q: asked.q,
        }
    }

    fn acts(&self) -> &'static [&'static str] {
        &ACTS
    }
}

impl From<Logged> for LogLine {
    fn from(act: Logged) -> Self {
        let object = Object::from_i16(act.object);
        // Of what is gone for good, its history is left.
        let gone = act.object_id.filter(|id| *id < 0).zip(object);
        let history = gone.map(|(id, object)| format!("/admin/history/{}/{id}", object.as_str()));
        Self {
            at: act.made_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            moment: act.made_at.format("%-d %b %Y %H:%M").to_string(),
            handle: act.handle,
            act: act.act,
            object: object.map_or("", Object::words),
            label: act.label,
            href: act.href.or(history),
            is_public: act.public_label.is_some(),
            reason: act.reason,
            old: act.old_value,
            new: act.new_value,
        }
    }
}
