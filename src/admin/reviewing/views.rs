//! The page of drafts that wait for a moderator.

use askama::Template;

use super::store::Waiting;
use crate::admin::utc_time::UtcTime;
use crate::catalogue::TakeView;
use crate::web::page::Shell;

/// A draft beside what readers see now.
pub(super) struct ShownDraft {
    pub waiting: Waiting,
    pub now: Option<TakeView>,
    /// None where it breaks a rule by now.
    pub new: Option<TakeView>,
}

#[derive(Template)]
#[template(path = "admin/reviewing/drafts.html")]
pub(super) struct DraftPage {
    pub shell: Shell,
    pub drafts: Vec<ShownDraft>,
    /// What is wrong with the note on the draft of this id.
    pub wrong: Option<(i64, String)>,
}

impl DraftPage {
    fn wrong_with(&self, id: &i64) -> Option<&str> {
        self.wrong.as_ref().filter(|(wrong, _)| wrong == id).map(|(_, text)| text.as_str())
    }
}
