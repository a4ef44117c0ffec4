//! What can be set: each is a text under a name in the database, empty or missing where nobody has set it.

use crate::site::{ACCENT_DARK, ACCENT_LIGHT, FOOT_LINKS, FootLink, HEADLINE, INTRO, SITE_NAME, SitePage};

/// After how many days without a check a price or fact is stale.
pub(super) const STALE_DAYS: &str = "stale_days";

/// Whether what a reviewer sends from their own page is published without a moderator: `yes` or `no`.
pub(super) const REVIEWS_AT_ONCE: &str = "reviews_at_once";

/// All of them, in the order of the form.
pub(super) const ALL: [&str; 11] = [
    SITE_NAME,
    HEADLINE,
    INTRO,
    ACCENT_LIGHT,
    ACCENT_DARK,
    FOOT_LINKS,
    SitePage::About.setting(),
    SitePage::Privacy.setting(),
    SitePage::Imprint.setting(),
    STALE_DAYS,
    REVIEWS_AT_ONCE,
];

/// What counts where nobody has set anything.
pub(super) fn usual(name: &str) -> &'static str {
    match name {
        STALE_DAYS => "90",
        REVIEWS_AT_ONCE => "no",
        _ => "",
    }
}

/// What the log calls it.
pub(super) fn label(name: &str) -> &'static str {
    match name {
        SITE_NAME => "Site name",
        HEADLINE => "Headline of the home page",
        INTRO => "Introduction of the home page",
        ACCENT_LIGHT => "Accent colour, light",
        ACCENT_DARK => "Accent colour, dark",
        FOOT_LINKS => "Links in the foot",
        STALE_DAYS => "Days until a price or fact is stale",
        REVIEWS_AT_ONCE => "Reviewers publish without a moderator",
        other => {
            let page = SitePage::ALL.into_iter().find(|page| page.setting() == other);
            page.map_or("Setting", |page| match page {
                SitePage::About => "Text of the page About",
                SitePage::Privacy => "Text of the page Privacy",
                SitePage::Imprint => "Text of the page Imprint",
            })
        }
    }
}

/// A value as people read it.
pub(super) fn in_words(name: &str, value: &str) -> String {
    match name {
        STALE_DAYS => format!("{value} days"),
        FOOT_LINKS => {
            let line = |link: &FootLink| format!("{}: {}", link.label, link.address);
            FootLink::list(value).iter().map(line).collect::<Vec<_>>().join("\n")
        }
        _ => value.to_owned(),
    }
}
