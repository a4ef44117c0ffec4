//! The page of what changed, and the same as a feed.

use askama::Template;

use super::load::{ChangeFilters, ChangeLog};
use crate::accounts::Visit;
use crate::catalogue::changes::{Change, ChangeKind};
use crate::catalogue::{ChangeList, told_apart};
use crate::config::Settings;
use crate::text::sentence;
use crate::web::error::AppError;
use crate::web::feed::{FeedItem, FeedOf};
use crate::web::page::Shell;
use crate::web::paging::{OlderLinks, address};
use crate::web::ui::Day;

const PATH: &str = "/changes";
const FEED: &str = "/changes.xml";

/// What changed, day by day.
#[derive(Template)]
#[template(path = "changes/index.html")]
pub(super) struct ChangesPage {
    pub shell: Shell,
    feed: String,
    log: ChangeLog,
    links: OlderLinks,
}

impl ChangesPage {
    pub(super) fn new(visit: &Visit, log: ChangeLog) -> Self {
        let fields = log.filters.fields();
        let mut shell = visit.shell(
            log.title(),
            "Verdicts, prices and facts that changed on this site, newest first.",
            &address(PATH, &fields, 1),
        );
        shell.listed = log.filters.before.is_none();
        Self {
            shell,
            feed: address(FEED, &fields, 1),
            links: OlderLinks::new(PATH, &fields, log.filters.before, log.next),
            log,
        }
    }

    /// What shows one kind, or all: its address, its words, and whether it is chosen.
    fn kinds(&self) -> [(String, &'static str, bool); 4] {
        let kinds = [
            (None, "All"),
            (Some(ChangeKind::Verdict), "Verdicts"),
            (Some(ChangeKind::Price), "Prices"),
            (Some(ChangeKind::Fact), "Facts"),
        ];
        kinds.map(|(kind, label)| {
            let filters = ChangeFilters { kind, ..self.log.filters.clone() };
            (address(PATH, &filters.fields(), 1), label, kind == self.log.filters.kind)
        })
    }

    fn days(&self) -> impl Iterator<Item = (Day, ChangeList)> {
        let same_day = |a: &Change, b: &Change| a.made_at.date() == b.made_at.date();
        self.log.changes.chunk_by(same_day).filter_map(|group| {
            Some((Day(group.first()?.made_at.date()), ChangeList::of_one_day(&self.log.directory, group)))
        })
    }
}

impl ChangeLog {
    fn title(&self) -> String {
        match &self.tool {
            Some(tool) => format!("What changed: {}", tool.name),
            None => "What changed".to_owned(),
        }
    }
}

/// The same changes as an Atom feed.
pub(super) fn feed_text(settings: &Settings, log: &ChangeLog) -> Result<String, AppError> {
    let tools = told_apart(log.changes.iter().filter_map(|change| log.directory.tool_by_id(change.tool_id)));
    let item = |change: &Change| {
        let tool = tools.iter().find(|tool| tool.id == change.tool_id)?;
        let words = change.difference.words();
        Some(FeedItem {
            // A withdrawn change may leave its number to a later one.
            id: format!("{PATH}#{}-{}", change.id, change.made_at.and_utc().timestamp()),
            title: format!("{}: {words}", tool.name),
            href: format!("/tools/{}", tool.slug),
            text: format!("{} {}", sentence(&tool.name), sentence(&words)),
            by: None,
            at: change.made_at,
        })
    };
    let fields = log.filters.fields();
    // A slug may change, and whoever follows the feed of a tool should not take all of it for new then.
    FeedOf {
        settings,
        id: log.tool.as_ref().map(|tool| address(FEED, &[fields[0], ("tool", &tool.id.to_string())], 1)),
        title: &log.title(),
        path: &address(FEED, &fields, 1),
        page: &address(PATH, &fields, 1),
        items: log.changes.iter().filter_map(item).collect(),
    }
    .text()
}
