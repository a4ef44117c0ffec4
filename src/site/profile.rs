//! What is said of the site, as every page needs it.

use std::collections::HashMap;

use diesel::QueryResult;
use serde::{Deserialize, Serialize};

use super::accent::Accent;
use crate::db::{Db, site_settings};
use crate::text::without_backticks;

/// The name of the setting that says, where it is there, that accounts and votes are samples.
pub const SAMPLES: &str = "sample_votes";

/// The names of the settings that pages show; one that is empty or missing is not set.
pub const SITE_NAME: &str = "site_name";
pub const HEADLINE: &str = "headline";
pub const INTRO: &str = "intro";
pub const ACCENT_LIGHT: &str = "accent_light";
pub const ACCENT_DARK: &str = "accent_dark";
pub const FOOT_LINKS: &str = "foot_links";

/// The name of the setting with the hash of the site's logo.
pub const LOGO: &str = "logo";

/// How long an excerpt is at most, in characters.
const EXCERPT: usize = 155;

/// What is said of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteProfile {
    /// Whether the accounts and votes were made by a program, to try the site with.
    pub samples: bool,
    /// The name of the site, instead of that of the settings of the process.
    pub name: Option<String>,
    /// What the first page is headed by.
    pub headline: Option<String>,
    /// And what it says below that.
    pub intro: Option<String>,
    pub accent: Option<Accent>,
    /// The hash of the picture that stands beside the name.
    pub logo: Option<String>,
    /// What the foot of every page leads to, besides the pages of the site itself.
    pub foot_links: Vec<FootLink>,
    /// The pages of the operator that have a text.
    texts: HashMap<SitePage, String>,
}

/// A page whose text whoever runs the site writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SitePage {
    About,
    Privacy,
    Imprint,
}

/// Where the foot leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FootLink {
    pub label: String,
    /// An http(s) address, or a path on this site.
    pub address: String,
}

impl SiteProfile {
    /// What is stored.
    pub(super) fn load(conn: &mut Db) -> QueryResult<Self> {
        let values: HashMap<String, String> = site_settings::all(conn)?.into_iter().collect();
        let value = |name: &str| values.get(name).filter(|value| !value.is_empty()).cloned();
        let color = |name: &str| value(name).and_then(|text| text.parse().ok());
        let texts = SitePage::ALL.iter().filter_map(|page| Some((*page, value(page.setting())?)));
        Ok(Self {
            samples: values.contains_key(SAMPLES),
            name: value(SITE_NAME),
            headline: value(HEADLINE),
            intro: value(INTRO),
            accent: Accent::chosen(color(ACCENT_LIGHT), color(ACCENT_DARK)),
            logo: value(LOGO),
            foot_links: FootLink::list(&value(FOOT_LINKS).unwrap_or_default()),
            texts: texts.collect(),
        })
    }

    /// What the page of the operator says in short, for search engines and shared links.
    pub fn excerpt(&self, page: SitePage) -> String {
        excerpt(self.text(page).unwrap_or_default())
    }

    /// The text of a page of the operator, if it has one.
    pub fn text(&self, page: SitePage) -> Option<&str> {
        self.texts.get(&page).map(String::as_str)
    }

    /// The introduction of the first page in short, if there is one.
    pub fn intro_excerpt(&self) -> Option<String> {
        self.intro.as_deref().map(excerpt)
    }

    /// The pages of the operator that are there.
    pub fn pages(&self) -> impl Iterator<Item = SitePage> {
        SitePage::ALL.into_iter().filter(|page| self.texts.contains_key(page))
    }
}

/// The beginning of a text as one line, cut between words.
fn excerpt(text: &str) -> String {
    let text = without_backticks(text);
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() >= EXCERPT {
            return line + " …";
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    line
}

impl SitePage {
    /// All of them, in the order of the foot.
    pub const ALL: [Self; 3] = [Self::About, Self::Privacy, Self::Imprint];

    /// Its address.
    pub fn path(self) -> &'static str {
        match self {
            Self::About => "/about",
            Self::Privacy => "/privacy",
            Self::Imprint => "/imprint",
        }
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::About => "About",
            Self::Privacy => "Privacy",
            Self::Imprint => "Imprint",
        }
    }

    /// The name of the setting with its text.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::About => "text_about",
            Self::Privacy => "text_privacy",
            Self::Imprint => "text_imprint",
        }
    }
}

impl FootLink {
    /// The links that a setting holds.
    pub fn list(value: &str) -> Vec<Self> {
        serde_json::from_str(value).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_of_whole_words() {
        assert_eq!(excerpt("We are `us`.\n\nAnd you?"), "We are us. And you?");
        let long = "word ".repeat(100);
        let cut = excerpt(&long);
        assert!(cut.ends_with("word …") && cut.chars().count() <= EXCERPT + 2, "{cut}");
        assert_eq!(excerpt(&"x".repeat(500)), " …");
        assert_eq!(excerpt(""), "");
    }
}
