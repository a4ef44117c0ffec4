//! The page of the log.

use askama::Template;
use chrono::NaiveDateTime;
use diesel::QueryResult;

use super::store::{self, LogQuery, LoggedPage};
use crate::admin::AdminContext;
use crate::admin::utc_time::UtcTime;
use crate::db::Db;
use crate::moderation::log::{Logged, Object, actor};
use crate::moderation::verb::Verb;
use crate::web::page::Shell;
use crate::web::paging::OlderLinks;

const PATH: &str = "/admin/log";

#[derive(Template)]
#[template(path = "admin/log.html")]
pub(super) struct LogPage {
    pub shell: Shell,
    /// The word of each verb, what its option says, and whether it is chosen.
    verbs: Vec<(&'static str, &'static str, bool)>,
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
        let verb = |verb: &Verb| {
            let label = verb.as_str();
            let label = [" in", " of", " to"].iter().find_map(|end| label.strip_suffix(end)).unwrap_or(label);
            (verb.as_str(), label, Some(*verb) == asked.act)
        };
        Self {
            shell: admin.shell("Log"),
            objects: Object::ALL.iter().map(chosen).collect(),
            is_filtered: asked.fields().iter().any(|(_, value)| !value.is_empty()),
            acts,
            links: OlderLinks::new(PATH, &asked.fields(), asked.before, next),
            goes_on: next.is_some(),
            verbs: Verb::ALL.iter().map(verb).collect(),
            by: asked.by,
            q: asked.q,
        }
    }

    fn href(&self, act: &Logged) -> Option<String> {
        href(act)
    }
}

/// Where an act leads: of what is gone for good, its history is left.
fn href(act: &Logged) -> Option<String> {
    let gone = || Some((act.object()?, act.object_id.filter(|id| *id < 0)?));
    let history = || gone().map(|(object, id)| format!("/admin/history/{}/{id}", object.as_str()));
    act.href.clone().or_else(history)
}

/// An act that a search over everything found.
pub(in crate::admin) struct FoundAct {
    pub href: Option<String>,
    pub words: String,
    pub by: String,
    pub made_at: NaiveDateTime,
}

/// The newest acts that the log finds.
pub(in crate::admin) fn search(conn: &mut Db, q: &str) -> QueryResult<Vec<FoundAct>> {
    let asked = LogQuery { q: q.to_owned(), ..LogQuery::default() };
    let found = |act: Logged| FoundAct {
        href: href(&act),
        words: format!("{} {}", act.beginning(), act.label),
        by: actor(&act.handle),
        made_at: act.made_at,
    };
    Ok(store::found(conn, asked)?.acts.into_iter().map(found).collect())
}
