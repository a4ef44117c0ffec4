//! The page of one's own account.

use std::sync::Arc;

use askama::Template;

use super::submissions::SentList;
use crate::accounts::store::Account;
use crate::catalogue::Tool;
use crate::stats::Tally;
use crate::text::count;
use crate::votes::store::OwnVote;
use crate::web::page::Shell;
use crate::web::paging::{Page, address};
use crate::web::ui::{Day, VerdictMark};

/// How many votes a page lists.
pub(super) const PER_PAGE: usize = 50;

/// The address of a page of one's votes.
pub(super) fn href(page: usize) -> String {
    address("/account", &[], page)
}

/// What is wrong with the password form, each beside its field.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct PasswordErrors {
    pub current: Option<String>,
    pub password: Option<String>,
}

impl PasswordErrors {
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
    pub shell: Shell,
    pub account: Account,
    pub page: Page,
    /// One's votes, each with its tool and what the community says of that.
    pub votes: Vec<(Arc<Tool>, OwnVote, Tally)>,
    /// What was sent lately.
    pub sent: SentList,
    pub complaints: PasswordErrors,
}

impl AccountPage {
    /// How many votes there are on all pages.
    fn how_many(&self) -> String {
        count(self.page.total as u64, "vote", "votes")
    }
}
