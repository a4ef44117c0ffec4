//! The page of a record's history.

use askama::Template;
use chrono::NaiveDateTime;

use super::load::{Compared, Story};
use crate::{
    admin::difference::{Piece, Tag, pieces},
    catalogue::{RecordKind, Status, file::State, history::Headline},
    view,
    web::{
        page::Shell,
        paging::{PageLinks, address},
    },
};

/// The history of a record.
#[derive(Template)]
#[template(path = "admin/history/show.html")]
pub(super) struct HistoryPage {
    pub shell: Shell,
    name: String,
    path: String,
    list: Crumb,
    /// Its form, unless it is gone for good.
    form: Option<String>,
    status: Option<Status>,
    token: String,
    total: i64,
    lines: Vec<Line>,
    pages: PageLinks,
    compared: Option<Shown>,
    withdrawable: Option<Offer>,
    refusal: Option<Refusal>,
}

view!(HistoryPage);

/// Why a button did nothing, and what was typed beside it.
pub(super) struct Refusal {
    pub text: String,
    pub number: i64,
    pub reason: String,
}

/// The list that the record is on.
struct Crumb {
    href: &'static str,
    label: &'static str,
}

/// A revision.
struct Line {
    number: i64,
    act: &'static str,
    handle: Option<String>,
    at: Moment,
    reason: String,
    is_newest: bool,
}

/// A change that can be withdrawn.
struct Offer {
    number: i64,
    act: &'static str,
    until: Moment,
}

/// What differs between two revisions.
struct Shown {
    from: i64,
    to: i64,
    fields: Vec<Field>,
}

struct Field {
    label: String,
    pieces: Vec<Piece>,
}

/// A moment in UTC.
struct Moment(NaiveDateTime);

impl Moment {
    fn machine(&self) -> String {
        self.0.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    fn words(&self) -> String {
        self.0.format("%-d %b %Y, %H:%M UTC").to_string()
    }
}

impl HistoryPage {
    pub(super) fn new(shell: Shell, story: Story, refusal: Option<Refusal>) -> Self {
        let path = story.asked.path();
        let list = list(story.asked.record.0);
        let total = story.total;
        Self {
            shell,
            form: story.now.as_ref().map(|_| format!("{}/{}", list.href, story.asked.record.1)),
            list,
            status: story.now.as_ref().map(|state| state.status),
            token: story.now.as_ref().map(State::token).unwrap_or_default(),
            total,
            lines: story.headlines.into_iter().map(|headline| Line::new(headline, total)).collect(),
            pages: story.page.links(|number| address(&path, &[], number)),
            compared: story.compared.map(Shown::from),
            withdrawable: story.withdrawable.map(|target| Offer {
                number: target.number,
                act: target.act,
                until: Moment(target.until),
            }),
            name: story.name,
            path,
            refusal,
        }
    }

    /// What was typed beside a button that did nothing.
    fn reason(&self, number: &i64) -> &str {
        let refusal = self.refusal.as_ref().filter(|refusal| refusal.number == *number);
        refusal.map_or("", |refusal| &refusal.reason)
    }

    fn was_refused(&self, number: &i64) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| refusal.number == *number)
    }
}

fn list(kind: RecordKind) -> Crumb {
    let (href, label) = match kind {
        RecordKind::Category => ("/admin/categories", "Categories"),
        RecordKind::Reviewer => ("/admin/reviewers", "Reviewers"),
        RecordKind::Tool => ("/admin/tools", "Tools"),
        RecordKind::Comparison => ("/admin/comparisons", "Comparisons"),
    };
    Crumb { href, label }
}

impl Line {
    fn new(headline: Headline, total: i64) -> Self {
        Self {
            number: headline.number,
            act: headline.act.as_str(),
            handle: headline.handle,
            at: Moment(headline.made_at),
            reason: headline.reason,
            is_newest: headline.number == total,
        }
    }

    fn before(&self) -> i64 {
        self.number.saturating_sub(1)
    }
}

impl From<Compared> for Shown {
    fn from(compared: Compared) -> Self {
        let (from, to) = compared.numbers;
        let field = |difference: crate::admin::difference::Difference| Field {
            pieces: pieces(&difference.old, &difference.new),
            label: difference.label,
        };
        Self { from, to, fields: compared.differences.into_iter().map(field).collect() }
    }
}
