//! The page of one's own account.

use askama::Template;

use super::submissions::Newest;
use crate::accounts::store::Account;
use crate::catalogue::Tool;
use crate::stats::Tally;
use crate::text::count;
use crate::verdicts::views::percent_or_dash;
use crate::votes::store::OwnVote;
use crate::web::page::Shell;
use crate::web::paging::{Page, PageLinks, address};
use crate::web::ui::{Day, VerdictMark};

/// How many votes a page lists.
pub(super) const PER_PAGE: usize = 50;

/// The address of a page of one's votes.
pub(super) fn href(page: usize) -> String {
    address("/account", &[], page)
}

/// Complaints about the password form, each for the field it stands beside.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Complaints {
    pub current: Option<String>,
    pub password: Option<String>,
}

impl Complaints {
    pub(super) fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// The fields and what is wrong with them, in the order of the form.
    pub(super) fn listed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let fields = [("current", &self.current), ("password", &self.password)];
        fields.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)))
    }
}

#[derive(Template)]
#[template(path = "account/account.html")]
pub(super) struct AccountPage {
    shell: Shell,
    handle: String,
    email: String,
    since: Day,
    votes: Vec<VoteLine>,
    /// How many there are on all pages.
    how_many: String,
    pages: PageLinks,
    /// The address of this page, to come back to.
    here: String,
    /// What was sent lately.
    sent: Newest,
    complaints: Complaints,
}

impl AccountPage {
    pub(super) fn new(
        shell: Shell,
        account: Account,
        (page, votes): (Page, Vec<VoteLine>),
        sent: Newest,
        complaints: Complaints,
    ) -> Self {
        Self {
            shell,
            handle: account.handle,
            email: account.email,
            since: Day(account.created_at.date()),
            votes,
            how_many: count(page.total as u64, "vote", "votes"),
            pages: page.links(href),
            here: href(page.number),
            sent,
            complaints,
        }
    }
}

/// One of one's votes.
pub(super) struct VoteLine {
    slug: String,
    name: String,
    mark: VerdictMark,
    community: String,
    day: Day,
    /// Whether moderators have excluded it.
    is_excluded: bool,
}

impl VoteLine {
    pub(super) fn new(tool: &Tool, vote: &OwnVote, tally: Tally) -> Self {
        Self {
            slug: tool.slug.to_string(),
            name: tool.name.clone(),
            mark: vote.choice.into(),
            community: percent_or_dash(tally.ship_percent()),
            day: Day(vote.cast_at.date()),
            is_excluded: vote.is_excluded,
        }
    }
}
