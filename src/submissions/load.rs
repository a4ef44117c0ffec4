//! What each form needs.

use std::sync::Arc;

use chrono::{Days, NaiveDateTime};

use super::submission::{Content, NewSubmission};
use super::{duplicates, store};
use crate::catalogue::{Directory, Reviewer, Tool, ToolDetail, told_apart};
use crate::db::Db;
use crate::text::{count, long_date};
use crate::web::error::AppError;

/// Why a sender has to wait, and how long.
pub(super) struct Wait {
    pub seconds: u64,
    pub words: String,
}

impl Wait {
    /// Too much of theirs was declined as spam.
    pub(super) fn for_spam(until: NaiveDateTime, now: NaiveDateTime) -> Self {
        // The first whole day.
        let day = long_date(until.date() + Days::new(1));
        let words =
            format!("Too many of your submissions were declined as spam. You can send again from {day}.");
        Self { seconds: u64::try_from((until - now).num_seconds()).unwrap_or_default(), words }
    }

    /// They have sent a lot in a short time.
    pub(super) fn for_speed(seconds: u64) -> Self {
        let minutes = count(seconds.div_ceil(60), "minute", "minutes");
        let words = format!("Too many submissions in a short time. Try again in {minutes}.");
        Self { seconds, words }
    }
}

/// What there is already of a tool that somebody misses.
#[derive(Default)]
pub(super) struct Alike {
    pub tools: Vec<Arc<Tool>>,
    /// Whether the sender has an open suggestion of this name.
    pub mine: bool,
    /// How many others have one.
    pub others: usize,
}

impl Alike {
    pub(super) fn is_empty(&self) -> bool {
        self.tools.is_empty() && !self.mine && self.others == 0
    }
}

/// What is like a suggestion; nothing if the sender has sent the same before.
pub(super) fn alike(
    conn: &mut Db,
    directory: &Directory,
    account_id: i64,
    item: &NewSubmission,
) -> Result<Alike, AppError> {
    // Of one moment: the same form sent twice at once is no other suggestion of the same tool.
    let (is_open, senders) = conn.read(|conn| {
        Ok::<_, AppError>((store::is_open(conn, account_id, item)?, duplicates::senders(conn, &item.name)?))
    })?;
    match &item.content {
        Content::Tool(suggestion) if !is_open => {
            let tools = duplicates::tools(directory, &item.name, &suggestion.website);
            let others = senders.iter().filter(|sender| **sender != account_id).count();
            Ok(Alike { tools: told_apart(tools), mine: others < senders.len(), others })
        }
        _ => Ok(Alike::default()),
    }
}

/// A tool and what its forms need.
pub(super) struct ToolSheet {
    pub directory: Arc<Directory>,
    pub tool: Arc<Tool>,
    pub detail: Arc<ToolDetail>,
    /// Why the sender has to wait.
    pub wait: Option<Wait>,
}

impl ToolSheet {
    /// Whether a path is that of this form of the tool, now or once.
    pub(super) fn is_form(&self, form: &'static str) -> impl Fn(&str) -> bool + Send + use<> {
        let (directory, id) = (Arc::clone(&self.directory), self.tool.id);
        move |path| {
            let slug =
                path.strip_prefix("/tools/").and_then(|rest| rest.strip_suffix(form)?.strip_suffix('/'));
            slug.and_then(|slug| directory.tool_now_or_once(slug)).is_some_and(|tool| tool.id == id)
        }
    }

    /// Those who reviewed the tool, in the order of the panel.
    pub(super) fn takes(&self) -> impl Iterator<Item = &Reviewer> {
        self.detail.reviews.iter().filter_map(|review| self.directory.reviewer_by_id(review.reviewer_id))
    }

    /// The slug that the reviewer has now who had this one; another stays as it is.
    pub(super) fn present_reviewer(&self, slug: String) -> String {
        self.directory.reviewer_now_or_once(&slug).map(|reviewer| reviewer.slug.to_string()).unwrap_or(slug)
    }
}
