//! The queue as a page.

use askama::Template;

use super::filters::{QueueFilters, Who};
use super::load::QueueSlice;
use crate::admin::utc_time::UtcTime;
use crate::submissions::submission::{Kind, Status, Submission};
use crate::text::count;
use crate::web::page::Shell;
use crate::web::paging::PageLinks;

#[derive(Template)]
#[template(path = "admin/queue/list.html")]
pub(super) struct QueuePage {
    shell: Shell,
    found: String,
    kinds: Vec<SelectOption>,
    statuses: Vec<SelectOption>,
    whose: Vec<SelectOption>,
    q: String,
    rows: Vec<QueueLine>,
    is_open: bool,
    /// Whether anything but all open items is asked for.
    is_narrow: bool,
    pages: PageLinks,
}

/// One value of a select.
struct SelectOption {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

/// One item of the list.
struct QueueLine {
    id: i64,
    title: String,
    kind: &'static str,
    sender: String,
    sent: UtcTime,
    state: Progress,
}

impl QueuePage {
    pub(super) fn new(shell: Shell, listing: QueueSlice, moderator: i64) -> Self {
        let QueueSlice { filters, page, items } = listing;
        let any = QueueFilters::parse("");
        let is_narrow = filters != any;
        Self {
            shell,
            found: found(&filters, page.total),
            kinds: picks(
                "",
                "All kinds",
                Kind::ALL.iter().map(|kind| (kind.as_str(), kind.label())),
                filters.kind.map(Kind::as_str),
            ),
            statuses: Status::ALL
                .iter()
                .map(|status| SelectOption {
                    value: status.as_str(),
                    label: status.label(),
                    chosen: *status == filters.status,
                })
                .collect(),
            whose: picks(
                "",
                "Anyone",
                Who::ALL.iter().map(|who| (who.as_str(), who.label())),
                filters.who.map(Who::as_str),
            ),
            rows: items.into_iter().map(|item| QueueLine::new(item, moderator)).collect(),
            is_open: filters.status == Status::Open,
            is_narrow,
            pages: page.links(|number| filters.href(number)),
            q: filters.q,
        }
    }
}

fn found(filters: &QueueFilters, total: usize) -> String {
    let (word, order) = match filters.status {
        Status::Open => ("open", "oldest first"),
        Status::Accepted => ("accepted", "newest first"),
        Status::Declined => ("declined", "newest first"),
        Status::Spam => ("declined as spam", "newest first"),
    };
    let items = count(total as u64, "submission", "submissions");
    if total > 1 { format!("{items} {word}, {order}") } else { format!("{items} {word}") }
}

fn picks(
    value: &'static str,
    label: &'static str,
    others: impl Iterator<Item = (&'static str, &'static str)>,
    chosen: Option<&str>,
) -> Vec<SelectOption> {
    let all = SelectOption { value, label, chosen: chosen.is_none() };
    let each = others.map(|(value, label)| SelectOption { value, label, chosen: chosen == Some(value) });
    std::iter::once(all).chain(each).collect()
}

impl QueueLine {
    fn new(item: Submission, moderator: i64) -> Self {
        Self {
            id: item.id,
            title: item.title(),
            kind: item.content.kind().label(),
            state: Progress::of(&item, moderator),
            sent: UtcTime(item.made_at),
            sender: item.sender.handle,
        }
    }
}

/// Where an item stands: free, taken by whom, decided by whom.
pub(super) struct Progress {
    pub words: String,
    pub since: Option<UtcTime>,
    pub is_mine: bool,
}

impl Progress {
    pub(super) fn of(item: &Submission, moderator: i64) -> Self {
        let is_mine = item.taken.as_ref().is_some_and(|(holder, _)| holder.id == moderator);
        let (words, since) = match (&item.decided, &item.taken) {
            (Some((Some(by), at)), _) => {
                (format!("{} by @{}", item.status.label(), by.handle), Some(UtcTime(*at)))
            }
            (Some((None, at)), _) => (item.status.label().to_owned(), Some(UtcTime(*at))),
            (None, Some((_, since))) if is_mine => ("Assigned to you".to_owned(), Some(UtcTime(*since))),
            (None, Some((holder, since))) => {
                (format!("Assigned to @{}", holder.handle), Some(UtcTime(*since)))
            }
            (None, None) => ("Unassigned".to_owned(), None),
        };
        Self { words, since, is_mine }
    }
}
