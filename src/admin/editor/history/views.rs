//! The page of a record's history.

use askama::Template;
use chrono::NaiveDateTime;

use super::load::{RecordHistory, RevisionDiff};
use crate::admin::editor::difference::{Difference, Piece, Tag, pieces};
use crate::admin::editor::log_text;
use crate::admin::form::capital;
use crate::admin::paths::{form_path, history_path, list_path};
use crate::catalogue::Status;
use crate::catalogue::file::State;
use crate::catalogue::history::Headline;
use crate::view;
use crate::web::page::Shell;
use crate::web::paging::{PageLinks, address};

/// The history of a record.
#[derive(Template)]
#[template(path = "admin/editor/history/show.html")]
pub(super) struct HistoryPage {
    pub shell: Shell,
    name: String,
    path: String,
    /// The list that the record is on, and its title.
    list: (String, String),
    /// Its form, unless it is gone for good.
    form: Option<String>,
    status: Option<Status>,
    token: String,
    total: i64,
    lines: Vec<RevisionLine>,
    pages: PageLinks,
    compared: Option<ComparedRevisions>,
    withdrawable: Option<WithdrawOffer>,
    refusal: Option<Refusal>,
}

view!(HistoryPage);

/// Why a button did nothing, and what was typed beside it.
pub(super) struct Refusal {
    pub text: String,
    pub number: i64,
    pub reason: String,
}

/// A revision.
struct RevisionLine {
    number: i64,
    act: &'static str,
    handle: Option<String>,
    at: Moment,
    reason: String,
    is_newest: bool,
}

/// A change that can be withdrawn.
struct WithdrawOffer {
    number: i64,
    act: &'static str,
    until: Moment,
}

/// What differs between two revisions.
struct ComparedRevisions {
    from: i64,
    to: i64,
    fields: Vec<ComparedField>,
}

struct ComparedField {
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
    pub(super) fn new(shell: Shell, history: RecordHistory, refusal: Option<Refusal>) -> Self {
        let (kind, id) = history.query.record;
        let (path, total) = (history_path((kind, id)), history.total);
        Self {
            shell,
            form: history.now.as_ref().map(|_| form_path(kind, Some(id))),
            list: (list_path(kind), capital(kind.plural())),
            status: history.now.as_ref().map(|state| state.status),
            token: history.now.as_ref().map(State::token).unwrap_or_default(),
            total,
            lines: history.headlines.into_iter().map(|headline| RevisionLine::new(headline, total)).collect(),
            pages: history.page.links(|number| address(&path, &[], number)),
            compared: history.compared.map(ComparedRevisions::from),
            withdrawable: history.withdrawable.map(|target| WithdrawOffer {
                number: target.number,
                act: target.act,
                until: Moment(target.until),
            }),
            name: history.name,
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

impl RevisionLine {
    fn new(headline: Headline, total: i64) -> Self {
        Self {
            number: headline.number,
            act: log_text::act_words(headline.act),
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

impl From<RevisionDiff> for ComparedRevisions {
    fn from(compared: RevisionDiff) -> Self {
        let (from, to) = compared.numbers;
        let field = |difference: Difference| ComparedField {
            pieces: pieces(&difference.old, &difference.new),
            label: difference.label,
        };
        Self { from, to, fields: compared.differences.into_iter().map(field).collect() }
    }
}
