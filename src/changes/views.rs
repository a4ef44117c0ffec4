//! The page of what changed, and the same as a feed.

use askama::Template;

use super::load::{Asked, Found};
use crate::accounts::Visit;
use crate::catalogue::ChangeList;
use crate::catalogue::changes::{Change, ChangeKind};
use crate::config::Settings;
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
    /// The only tool: its name and its address.
    tool: Option<(String, String)>,
    kinds: Vec<KindLink>,
    days: Vec<(Day, ChangeList)>,
    links: OlderLinks,
    /// Whether it begins at the newest.
    is_top: bool,
    /// Whether only one kind was asked for.
    of_kind: bool,
}

/// A link that shows one kind, or all.
struct KindLink {
    href: String,
    label: &'static str,
    chosen: bool,
}

impl ChangesPage {
    pub(super) fn new(visit: &Visit, found: &Found) -> Self {
        let Found { asked, directory, changes, next } = found;
        let tool = directory.tool(&asked.tool);
        let title = match tool {
            Some(tool) => format!("What changed: {}", tool.name),
            None => "What changed".to_owned(),
        };
        let mut shell = visit.shell(
            title,
            "Verdicts, prices and facts that changed on this site, newest first.",
            &address(PATH, &asked.fields(), 1),
        );
        shell.listed = asked.before.is_none();
        let day = |group: &[Change]| {
            Some((Day(group.first()?.made_at.date()), ChangeList::of_one_day(directory, group)))
        };
        Self {
            shell,
            feed: address(FEED, &asked.fields(), 1),
            tool: tool.map(|tool| (tool.name.clone(), format!("/tools/{}", tool.slug))),
            kinds: kinds(asked),
            days: changes.chunk_by(|a, b| a.made_at.date() == b.made_at.date()).filter_map(day).collect(),
            links: OlderLinks::new(PATH, &asked.fields(), asked.before, *next),
            is_top: asked.before.is_none(),
            of_kind: asked.kind.is_some(),
        }
    }
}

fn kinds(asked: &Asked) -> Vec<KindLink> {
    let link = |kind: Option<ChangeKind>| {
        let wanted = Asked { kind, ..asked.clone() };
        KindLink { href: address(PATH, &wanted.fields(), 1), label: label(kind), chosen: kind == asked.kind }
    };
    std::iter::once(None).chain(ChangeKind::ALL.iter().copied().map(Some)).map(link).collect()
}

fn label(kind: Option<ChangeKind>) -> &'static str {
    match kind {
        None => "All",
        Some(ChangeKind::Verdict) => "Verdicts",
        Some(ChangeKind::Price) => "Prices",
        Some(ChangeKind::Fact) => "Facts",
    }
}

/// The same changes as an Atom feed.
pub(super) fn feed_text(settings: &Settings, found: &Found) -> Result<String, AppError> {
    let item = |change: &Change| {
        let tool = found.directory.tool_by_id(change.tool_id)?;
        let words = change.difference.words();
        Some(FeedItem {
            // A withdrawn change may leave its number to a later one.
            id: format!("{PATH}#{}-{}", change.id, change.made_at.and_utc().timestamp()),
            title: format!("{}: {words}", tool.name),
            href: format!("/tools/{}", tool.slug),
            text: format!("{}. {words}.", tool.name),
            by: None,
            at: change.made_at,
        })
    };
    let title = match found.directory.tool(&found.asked.tool) {
        Some(tool) => format!("What changed: {}", tool.name),
        None => "What changed".to_owned(),
    };
    let fields = found.asked.fields();
    FeedOf {
        settings,
        title: &title,
        path: &address(FEED, &fields, 1),
        page: &address(PATH, &fields, 1),
        items: found.changes.iter().filter_map(item).collect(),
    }
    .text()
}
