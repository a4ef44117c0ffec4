//! The page of a record's history.

use askama::Template;
use chrono::TimeDelta;
use similar::ChangeTag;

use super::load::RecordHistory;
use crate::admin::form::capital;
use crate::admin::paths::{form_path, history_path, list_path};
use crate::admin::utc_time::UtcTime;
use crate::catalogue::Status;
use crate::catalogue::file::State;
use crate::catalogue::history::Headline;
use crate::catalogue::withdraw::MINUTES;
use crate::web::page::Shell;
use crate::web::paging::{PageLinks, address};

/// The history of a record.
#[derive(Template)]
#[template(path = "admin/editor/history/show.html")]
pub(super) struct HistoryPage {
    shell: Shell,
    history: RecordHistory,
    path: String,
    pages: PageLinks,
    refused: Option<RefusedAct>,
}

/// Why a button did nothing, and what was typed beside it.
pub(super) struct RefusedAct {
    pub text: String,
    /// The number of the revision that the button is about.
    pub number: i64,
    pub reason: String,
}

impl HistoryPage {
    pub(super) fn new(shell: Shell, history: RecordHistory, refused: Option<RefusedAct>) -> Self {
        let path = history_path(history.record);
        Self {
            shell,
            pages: history.page.links(|number| address(&path, &[], number)),
            history,
            path,
            refused,
        }
    }

    /// The list that the record is on, and its title.
    fn list(&self) -> (String, String) {
        let kind = self.history.record.0;
        (list_path(kind), capital(kind.plural()))
    }

    /// Its form, unless it is gone for good.
    fn form(&self) -> Option<String> {
        let (kind, id) = self.history.record;
        self.history.now.as_ref().map(|_| form_path(kind, Some(id)))
    }

    fn status(&self) -> Option<Status> {
        self.history.now.as_ref().map(State::status)
    }

    fn token(&self) -> String {
        self.history.now.as_ref().map(State::token).unwrap_or_default()
    }

    /// What did nothing, if it is the button of this revision.
    fn refused(&self, number: &i64) -> Option<&RefusedAct> {
        self.refused.as_ref().filter(|refused| refused.number == *number)
    }

    /// What was typed beside it.
    fn reason(&self, number: &i64) -> &str {
        self.refused(number).map_or("", |refused| &refused.reason)
    }

    fn made_at(&self, revision: &Headline) -> UtcTime {
        UtcTime(revision.made_at)
    }

    /// Until when a change can be withdrawn.
    fn until(&self, revision: &Headline) -> UtcTime {
        UtcTime(revision.made_at + TimeDelta::minutes(MINUTES))
    }
}
