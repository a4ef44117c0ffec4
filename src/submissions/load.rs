//! What each form needs.

use std::sync::Arc;

use chrono::{Days, NaiveDateTime, Utc};

use super::forms::{Complaints, SuggestForm};
use crate::catalogue::{Directory, Reviewer, Tool, ToolDetail};
use crate::db::Db;
use crate::submissions::duplicates;
use crate::submissions::store::{self, Refusal};
use crate::submissions::submission::{Content, NewSubmission};
use crate::text::{count, long_date};
use crate::web::error::AppError;

/// Why a sender has to wait, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Too much of theirs was declined as spam.
    ForSpam(NaiveDateTime),
    /// They have sent a lot in a short time.
    ForSpeed(NaiveDateTime),
}

impl Wait {
    pub(super) fn until(self) -> NaiveDateTime {
        match self {
            Self::ForSpam(until) | Self::ForSpeed(until) => until,
        }
    }

    /// The same as a calm sentence.
    pub(super) fn words(self, now: NaiveDateTime) -> String {
        match self {
            Self::ForSpam(until) => format!(
                "Too many of your submissions were declined as spam. You can send again from {}.",
                // The first whole day.
                long_date(until.date() + Days::new(1))
            ),
            Self::ForSpeed(until) => {
                let minutes = u64::try_from((until - now).num_minutes()).unwrap_or_default() + 1;
                format!(
                    "Too many submissions in a short time. Try again in {}.",
                    count(minutes, "minute", "minutes")
                )
            }
        }
    }
}

/// What there is already of a tool that somebody misses.
#[derive(Clone, Debug, Default)]
pub(super) struct Alike {
    pub tools: Vec<Arc<Tool>>,
    /// Whether the sender has an open suggestion of this name.
    pub mine: bool,
    /// How many open ones others have.
    pub others: usize,
}

impl Alike {
    pub(super) fn is_empty(&self) -> bool {
        self.tools.is_empty() && !self.mine && self.others == 0
    }
}

/// A tool and what its forms need.
pub(super) struct ToolSheet {
    pub directory: Arc<Directory>,
    pub tool: Arc<Tool>,
    pub detail: Arc<ToolDetail>,
    pub wait: Option<Wait>,
}

/// What a filled form comes to, and what there is like it.
pub(super) fn read_suggestion(
    conn: &mut Db,
    directory: &Directory,
    account_id: i64,
    form: &SuggestForm,
) -> Result<Result<(NewSubmission, Alike), Complaints>, AppError> {
    let item = match form.parse(directory) {
        Ok(item) => item,
        Err(complaints) => return Ok(Err(complaints)),
    };
    if form.anyway == form.key() {
        return Ok(Ok((item, Alike::default())));
    }
    // Of one moment: the same form sent twice at once is no other suggestion of the same tool.
    let (is_open, waiting) = conn.read(|conn| {
        Ok::<_, AppError>((store::is_open(conn, account_id, &item)?, duplicates::waiting(conn, &item.name)?))
    })?;
    if is_open {
        return Ok(Ok((item, Alike::default())));
    }
    let website = match &item.content {
        Content::Tool(suggestion) => suggestion.website.as_str(),
        Content::Correction(_) | Content::Report(_) => "",
    };
    let tools = duplicates::tools(directory, &item.name, website).into_iter().cloned().collect();
    let mine = waiting.iter().any(|other| other.account_id == account_id);
    let others = waiting.iter().filter(|other| other.account_id != account_id).count();
    Ok(Ok((item, Alike { tools, mine, others })))
}

/// Until when the account has to wait; suspended ones are turned away.
pub(super) fn wait_of(conn: &mut Db, account_id: i64) -> Result<Option<Wait>, AppError> {
    match store::may_send(conn, account_id, Utc::now().naive_utc())? {
        Ok(()) => Ok(None),
        Err(Refusal::Waits(until)) => Ok(Some(Wait::ForSpam(until))),
        Err(Refusal::Suspended) => Err(suspended()),
        Err(Refusal::NoAccount) => Err(AppError::SignInFirst),
    }
}

pub(super) fn suspended() -> AppError {
    AppError::Forbidden("This account is suspended, so it cannot send submissions.".to_owned())
}

impl ToolSheet {
    /// Those who reviewed the tool, in the order of the panel.
    pub(super) fn takes(&self) -> impl Iterator<Item = &Reviewer> {
        self.detail.reviews.iter().filter_map(|review| self.directory.reviewer_by_id(review.reviewer_id))
    }
}
