//! The page of one's own account.

use std::sync::Arc;

use askama::Template;

use super::problems::Problems;
use super::sessions::OTHERS;
use super::submissions::SentList;
use crate::accounts::reviewer::LinkedReviewer;
use crate::accounts::store::Account;
use crate::catalogue::Tool;
use crate::stats::Tally;
use crate::text::count;
use crate::votes::excluded::{ExcludedVote, NewlyExcluded};
use crate::votes::store::OwnVote;
use crate::web::page::Shell;
use crate::web::paging::{Page, address};
use crate::web::session::OwnSession;
use crate::web::ui::{Day, VerdictMark};

/// The address of a page of one's votes.
pub(super) fn href(page: usize) -> String {
    address("/account", &[], page)
}

/// One's vote with its tool, what the community says of that, and why it does not count, if so.
pub(super) struct VoteRow {
    pub tool: Arc<Tool>,
    pub vote: OwnVote,
    pub tally: Tally,
    pub why: Option<ExcludedVote>,
}

#[derive(Template)]
#[template(path = "account/account.html")]
pub(super) struct AccountPage {
    pub shell: Shell,
    pub account: Account,
    pub page: Page,
    pub votes: Vec<VoteRow>,
    /// The exclusions that one was not told of before.
    pub news: Vec<NewlyExcluded>,
    /// What was sent lately.
    pub sent: SentList,
    pub sessions: Vec<OwnSession>,
    /// The session of whoever looks.
    pub this: String,
    /// The reviewer that they write for.
    pub reviewer: Option<LinkedReviewer>,
    pub problems: Problems,
}

impl AccountPage {
    /// How many votes there are on all pages.
    fn how_many(&self) -> String {
        count(self.page.total as u64, "vote", "votes")
    }

    /// How many votes are newly excluded.
    fn how_many_excluded(&self) -> String {
        let votes: usize = self.news.iter().map(|news| news.tools.len()).sum();
        let are = if votes == 1 { "vote of yours was" } else { "votes of yours were" };
        format!("{votes} {are} excluded")
    }

    fn how_many_sessions(&self) -> String {
        count(self.sessions.len() as u64, "session", "sessions")
    }

    fn last_seen(&self, session: &OwnSession) -> Option<Day> {
        session.seen_on.map(Day)
    }

    fn email(&self) -> &str {
        &self.problems.typed_email
    }
}
