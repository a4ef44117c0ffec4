//! The page of the public log, and the same as a feed.

use askama::Template;

use super::log;
use super::store::{ABOUT, LogQuery, PublicAct, PublicLog};
use super::verb::beginning;
use crate::accounts::Visit;
use crate::config::Settings;
use crate::web::error::AppError;
use crate::web::feed::{FeedItem, FeedOf};
use crate::web::page::{Shell, local_path};
use crate::web::paging::{OlderLinks, address};
use crate::web::ui::Day;

const PATH: &str = "/moderation";
const FEED: &str = "/moderation.xml";

/// The moderator actions that readers see.
#[derive(Template)]
#[template(path = "moderation/index.html")]
pub(super) struct LogPage {
    pub shell: Shell,
    feed: String,
    log: PublicLog,
    links: OlderLinks,
}

impl LogPage {
    pub(super) fn new(visit: &Visit, log: PublicLog) -> Self {
        let fields = log.query.fields();
        let mut shell = visit.shell(
            "Moderation log",
            "What moderators of this site changed and why, newest first.",
            &address(PATH, &fields, 1),
        );
        shell.listed = log.query.before.is_none();
        Self {
            shell,
            feed: address(FEED, &fields, 1),
            links: OlderLinks::new(PATH, &fields, log.query.before, log.next),
            log,
        }
    }

    /// What shows one kind, or all: its address, its words, and whether it is chosen.
    fn kinds(&self) -> impl Iterator<Item = (String, &'static str, bool)> {
        std::iter::once(None).chain(ABOUT.iter().map(Some)).map(|about| {
            let fields = LogQuery { about, before: None }.fields();
            let label = about.map_or("All", |about| about.label);
            (address(PATH, &fields, 1), label, about == self.log.query.about)
        })
    }
}

impl PublicAct {
    fn day(&self) -> Day {
        Day(self.made_at.date())
    }

    /// The beginning of its sentence, of which the label is the end.
    fn beginning(&self) -> String {
        beginning(&self.act, Some(self.object), true)
    }

    fn label(&self) -> &str {
        self.label.as_deref().unwrap_or_default()
    }

    fn path(&self) -> Option<String> {
        self.href.as_deref().and_then(local_path)
    }
}

/// The same acts as an Atom feed.
pub(super) fn feed_text(settings: &Settings, log: &PublicLog) -> Result<String, AppError> {
    let fields = log.query.fields();
    let item = |act: &PublicAct| {
        let title = format!("{} {}", act.beginning(), act.label());
        let reason = if act.reason.is_empty() { String::new() } else { format!(" Reason: {}", act.reason) };
        FeedItem {
            id: format!("{PATH}#{}", act.id),
            text: format!("{} {title}.{reason}", log::actor(&act.handle)),
            title,
            href: act.path().unwrap_or_else(|| PATH.to_owned()),
            by: Some(act.handle.clone()),
            at: act.made_at,
        }
    };
    FeedOf {
        settings,
        id: None,
        title: "Moderation log",
        path: &address(FEED, &fields, 1),
        page: &address(PATH, &fields, 1),
        items: log.acts.iter().map(item).collect(),
    }
    .text()
}
