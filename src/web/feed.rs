//! Atom feeds (RFC 4287): what is new somewhere on the site, for programs that look again and again.

use atom_syndication::{Content, Entry, Feed, Link, Person, Text};
use chrono::NaiveDateTime;

use crate::config::Settings;
use crate::text::{isolated, legible};
use crate::web::error::AppError;

/// A feed to be.
pub struct FeedOf<'a> {
    pub settings: &'a Settings,
    /// What names it for good, below the site's address, where its own address may change.
    pub id: Option<String>,
    /// What it is about, without the site's name.
    pub title: &'a str,
    /// The feed's own address, with its query.
    pub path: &'a str,
    /// The page that shows the same.
    pub page: &'a str,
    /// Newest first.
    pub items: Vec<FeedItem>,
}

/// One thing that is new.
pub struct FeedItem {
    /// What names it for good, below the site's address.
    pub id: String,
    /// One line.
    pub title: String,
    /// A path on this site.
    pub href: String,
    /// Plain text.
    pub text: String,
    /// Who did it, if that is said.
    pub by: Option<String>,
    /// UTC.
    pub at: NaiveDateTime,
}

impl FeedOf<'_> {
    /// The feed as text.
    pub fn text(self) -> Result<String, AppError> {
        let (settings, site_name) = (self.settings, isolated(&self.settings.site_name()));
        let updated = self.items.first().map(|item| item.at).unwrap_or_default().and_utc().fixed_offset();
        let feed = Feed {
            title: Text::plain(format!("{} · {site_name}", self.title)),
            id: settings.absolute(self.id.as_deref().unwrap_or(self.path)),
            updated,
            authors: vec![person(site_name)],
            links: vec![link(settings, "self", self.path), link(settings, "alternate", self.page)],
            entries: self.items.into_iter().map(|item| entry(settings, item)).collect(),
            ..Feed::default()
        };
        let mut text = Vec::new();
        feed.write_to(&mut text).map_err(|cause| AppError::internal(&cause))?;
        // Whatever of it came from outside: titles, names and texts.
        String::from_utf8(text).map(|text| legible(&text)).map_err(|cause| AppError::internal(&cause))
    }
}

fn entry(settings: &Settings, item: FeedItem) -> Entry {
    let at = item.at.and_utc().fixed_offset();
    Entry {
        title: Text::plain(item.title),
        id: settings.absolute(&item.id),
        updated: at,
        published: Some(at),
        authors: item.by.map(person).into_iter().collect(),
        links: vec![link(settings, "alternate", &item.href)],
        content: Some(Content {
            value: Some(item.text),
            content_type: Some("text".to_owned()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

fn link(settings: &Settings, rel: &str, path: &str) -> Link {
    Link { rel: rel.to_owned(), href: settings.absolute(path), ..Link::default() }
}

fn person(name: String) -> Person {
    Person { name, ..Person::default() }
}
