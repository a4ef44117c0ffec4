//! The queue and an item of it as pages.

use askama::Template;
use chrono::Utc;

use super::filters::QueueFilters;
use super::load::{QueueSlice, SubmissionSheet};
use super::replies::SavedReply;
use crate::admin::form::Fields;
use crate::admin::utc_time::UtcTime;
use crate::submissions::queue;
use crate::submissions::submission::{Content, Holder, Submission, SubmissionKind, SubmissionStatus};
use crate::text::count;
use crate::web::page::Shell;
use crate::web::paging::PageLinks;
use crate::web::ui::Day;

#[derive(Template)]
#[template(path = "admin/queue/list.html")]
pub(super) struct QueuePage {
    pub shell: Shell,
    pub slice: QueueSlice,
    pub moderator: i64,
}

/// All that is known of an item, and what may be done with it.
#[derive(Template)]
#[template(path = "admin/queue/item.html")]
pub(super) struct ItemPage {
    pub shell: Shell,
    pub sheet: SubmissionSheet,
    pub moderator: i64,
    /// Answers to choose from.
    pub replies: Vec<SavedReply>,
    /// What a form of the page brought that was not accepted.
    pub form: Fields,
    /// Why an act came too late.
    pub problem: Option<String>,
}

impl QueuePage {
    fn found(&self) -> String {
        let (total, status) = (self.slice.page.total, self.slice.filters.status);
        let order = match status {
            _ if total < 2 => "",
            SubmissionStatus::Open => ", oldest first",
            _ => ", newest first",
        };
        let items = count(total as u64, "submission", "submissions");
        format!("{items} {}{order}", status.label().to_lowercase())
    }

    /// Whether anything but all open items is asked for.
    fn is_narrow(&self) -> bool {
        self.slice.filters != QueueFilters::parse("")
    }

    fn pages(&self) -> PageLinks {
        self.slice.page.links(|number| self.slice.filters.href(number))
    }

    fn progress(&self, item: &Submission) -> (String, Option<UtcTime>) {
        progress(item, self.moderator)
    }
}

impl ItemPage {
    fn progress(&self) -> (String, Option<UtcTime>) {
        progress(&self.sheet.item, self.moderator)
    }

    /// Whether what it asks for is done in a form of the admin area: not for a tool that is gone.
    fn has_form(&self) -> bool {
        match self.sheet.item.content.kind() {
            SubmissionKind::Tool => true,
            SubmissionKind::Correction => self.sheet.item.tool.is_some(),
            SubmissionKind::Report => false,
        }
    }

    /// What became of all that the sender sent.
    fn record(&self) -> String {
        let [open, accepted, declined, spam] = self.sheet.sent;
        format!("{accepted} accepted, {declined} declined, {spam} declined as spam, {open} open")
    }

    fn others_words(&self) -> String {
        count(self.sheet.others.len() as u64, "more open submission", "more open submissions")
    }
}

/// Where an item stands, and since when: free, taken by whom, decided by whom.
fn progress(item: &Submission, moderator: i64) -> (String, Option<UtcTime>) {
    match (&item.decided, &item.taken) {
        (Some((Some(by), at)), _) => {
            (format!("{} by @{}", item.status.label(), by.handle), Some(UtcTime(*at)))
        }
        (Some((None, at)), _) => (item.status.label().to_owned(), Some(UtcTime(*at))),
        (None, Some((holder, since))) => {
            let is_mine = holder.id == moderator;
            let holder = if is_mine { "you".to_owned() } else { format!("@{}", holder.handle) };
            (format!("Assigned to {holder}"), Some(UtcTime(*since)))
        }
        (None, None) => ("Unassigned".to_owned(), None),
    }
}
