//! The page of the public log, and the same as a feed.

use askama::Template;

use super::log::Object;
use super::store::{About, Asked, Found, PublicAct};
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
    kinds: Vec<KindLink>,
    acts: Vec<ActLine>,
    links: OlderLinks,
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

/// One act.
struct ActLine {
    day: Day,
    handle: String,
    act: String,
    object: &'static str,
    label: String,
    href: Option<String>,
    reason: String,
}

impl LogPage {
    pub(super) fn new(visit: &Visit, found: Found) -> Self {
        let Found { asked, acts, next } = found;
        let mut shell = visit.shell(
            "Moderation log",
            "What moderators of this site changed and why, newest first.",
            &address(PATH, &asked.fields(), 1),
        );
        shell.listed = asked.before.is_none();
        Self {
            shell,
            feed: address(FEED, &asked.fields(), 1),
            kinds: kinds(asked),
            acts: acts.into_iter().map(ActLine::from).collect(),
            links: OlderLinks::new(PATH, &asked.fields(), asked.before, next),
            is_top: asked.before.is_none(),
            of_kind: asked.about.is_some(),
        }
    }
}

impl From<PublicAct> for ActLine {
    fn from(act: PublicAct) -> Self {
        Self {
            day: Day(act.made_at.date()),
            handle: act.handle,
            act: act.act,
            object: Object::from_i16(act.object).map_or("", public_words),
            label: act.label.unwrap_or_default(),
            href: act.href.as_deref().and_then(local_path),
            reason: act.reason,
        }
    }
}

/// How a line says what an act was done to; the label of an account or a file says that itself.
fn public_words(object: Object) -> &'static str {
    match object {
        Object::Account | Object::Import => "",
        other => other.words(),
    }
}

fn kinds(asked: Asked) -> Vec<KindLink> {
    let link = |about: Option<About>| KindLink {
        href: address(PATH, &Asked { about, before: None }.fields(), 1),
        label: match about {
            None => "All",
            Some(About::Entries) => "Catalogue",
            Some(About::Votes) => "Votes",
            Some(About::Accounts) => "Accounts",
        },
        chosen: about == asked.about,
    };
    std::iter::once(None).chain(About::ALL.map(Some)).map(link).collect()
}

/// The same acts as an Atom feed.
pub(super) fn feed_text(settings: &Settings, found: Found) -> Result<String, AppError> {
    let fields = found.asked.fields();
    let item = |act: PublicAct| {
        let (id, at) = (act.id, act.made_at);
        let line = ActLine::from(act);
        let words = [line.act.as_str(), line.object, line.label.as_str()];
        let title = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let reason = if line.reason.is_empty() { String::new() } else { format!(" Reason: {}", line.reason) };
        FeedItem {
            id: format!("{PATH}#{id}"),
            text: format!("@{} {title}.{reason}", line.handle),
            title,
            href: line.href.unwrap_or_else(|| PATH.to_owned()),
            by: Some(line.handle),
            at,
        }
    };
    FeedOf {
        settings,
        title: "Moderation log",
        path: &address(FEED, &fields, 1),
        page: &address(PATH, &fields, 1),
        items: found.acts.into_iter().map(item).collect(),
    }
    .text()
}
