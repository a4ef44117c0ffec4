//! What is done to many records of a list at once: to all of them, or to none.

use std::collections::HashMap;

use chrono::Utc;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::action::{LONGEST_REASON, unfit};
use super::store::{RecordChange, save};
use crate::accounts::CurrentUser;
use crate::admin::form::{FieldErrors, FormData};
use crate::catalogue::edit::{self, EditError};
use crate::catalogue::file::{Record, State};
use crate::catalogue::{RecordKind, Status, history, record_name};
use crate::db::Db;
use crate::db::schema::categories;
use crate::text::count;

/// The most records at once.
const MOST: usize = 100;

/// What is done to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManyAction {
    Publish,
    Archive,
    /// The price of a tool was found right today.
    Checked,
}

impl ManyAction {
    /// What a button asks for.
    fn of(kind: RecordKind, button: &str) -> Option<Self> {
        Some(match button {
            "publish" => Self::Publish,
            "archive" => Self::Archive,
            "checked" if kind == RecordKind::Tool => Self::Checked,
            _ => return None,
        })
    }
}

/// What is asked for.
pub(super) struct ManyChange {
    kind: RecordKind,
    action: ManyAction,
    ids: Vec<i64>,
    /// The newest revision there was when the list was made.
    seen: i64,
    reason: String,
}

impl ManyChange {
    /// What a form asks for, or what is wrong with it.
    pub(super) fn parse(kind: RecordKind, data: &FormData) -> Result<Self, String> {
        let action = ManyAction::of(kind, &data.get("do")).ok_or("Choose what to do.")?;
        let mut ids: Vec<i64> = chosen(data).filter_map(|id| id.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        let reason = data.trimmed("reason");
        let (one, many) = (kind.as_str(), kind.plural());
        if ids.is_empty() {
            return Err(format!("Select at least one {one}."));
        }
        if ids.len() > MOST {
            return Err(format!("Select at most {MOST} {many}."));
        }
        if action == ManyAction::Archive && reason.is_empty() {
            return Err("Enter a reason to archive them.".to_owned());
        }
        if reason.chars().count() > LONGEST_REASON {
            return Err("Reason must have at most 1,000 characters.".to_owned());
        }
        let reason = if action == ManyAction::Archive { reason } else { String::new() };
        Ok(Self { kind, action, ids, seen: data.get("seen").parse().unwrap_or_default(), reason })
    }

    /// What a record shall be, or why it cannot.
    fn applied_to(&self, state: State, statuses: &HashMap<String, Status>) -> Result<State, String> {
        let mut state = match self.action {
            ManyAction::Publish => state.with_status(Status::Published),
            ManyAction::Archive => state.with_status(Status::Archived),
            ManyAction::Checked => state,
        };
        let today = Utc::now().date_naive();
        match (self.action, &mut state.record) {
            (ManyAction::Checked, Record::Tool(tool)) => match &mut tool.pricing {
                Some(pricing) if !(pricing.entry.is_empty() && pricing.text.is_empty()) => {
                    pricing.checked_on = Some(today);
                }
                _ => return Err("It has no price.".to_owned()),
            },
            (ManyAction::Publish, Record::Comparison(comparison)) => {
                comparison.published_on.get_or_insert(today);
            }
            _ => {}
        }
        let unfit = unfit(&state.record, |slug| statuses.get(slug).copied());
        if self.action == ManyAction::Publish && !unfit.is_empty() {
            return Err(in_one_line(&unfit));
        }
        Ok(state)
    }
}

/// The records that are chosen in a form.
pub(super) fn chosen(data: &FormData) -> impl Iterator<Item = &str> {
    data.0.iter().filter(|(name, _)| name == "id").map(|(_, value)| value.as_str())
}

/// What was done.
pub(super) struct ManyDone {
    kind: RecordKind,
    action: ManyAction,
    changed: u64,
    /// How many were so already.
    unchanged: u64,
}

impl ManyDone {
    /// It in a sentence or two.
    pub(super) fn words(&self) -> String {
        let records = |n: u64| count(n, self.kind.as_str(), self.kind.plural());
        let were = if self.unchanged == 1 { "was" } else { "were" };
        let (done, already) = match self.action {
            ManyAction::Publish => ("published", "published already"),
            ManyAction::Archive => ("archived", "archived already"),
            ManyAction::Checked => ("marked: prices checked today", "checked today already"),
        };
        match (self.changed, self.unchanged) {
            (changed, 0) => format!("{} {done}.", records(changed)),
            (0, unchanged) => format!("Nothing was changed: {} {were} {already}.", records(unchanged)),
            (changed, unchanged) => format!("{} {done}. {unchanged} {were} {already}.", records(changed)),
        }
    }
}

/// Why nothing was done.
pub(super) enum ManyError {
    /// What is in the way, each with the name of its record; and the records that have changed since they were shown.
    Refused {
        told: Vec<String>,
        changed: Vec<i64>,
    },
    Database(DieselError),
}

impl From<DieselError> for ManyError {
    fn from(cause: DieselError) -> Self {
        Self::Database(cause)
    }
}

/// Changes them all, each with its own revision and entry in the log, in the write transaction of the caller, who rolls
/// back where one of them cannot be changed.
pub(super) fn apply(conn: &mut Db, user: &CurrentUser, change: &ManyChange) -> Result<ManyDone, ManyError> {
    let newer = history::changed_since(conn, change.kind, &change.ids, change.seen)?;
    let statuses: Vec<(String, Status)> =
        categories::table.select((categories::slug, categories::status)).load(conn)?;
    let statuses = statuses.into_iter().collect();
    let mut done = ManyDone { kind: change.kind, action: change.action, changed: 0, unchanged: 0 };
    let mut refused = Vec::new();
    for &id in &change.ids {
        let Some(state) = edit::stored(conn, change.kind, id)? else {
            refused.push(format!("One {} is no longer there.", change.kind));
            continue;
        };
        let name = record_name(conn, &state.record)?;
        if newer.contains(&id) {
            refused.push(format!("{name}: it has changed since the list was shown. Look at it again."));
            continue;
        }
        let changed = match change.applied_to(state, &statuses) {
            Ok(state) => {
                let reason = change.reason.clone();
                save(conn, user, &RecordChange { id: Some(id), state, seen: None, reason, submission: None })
            }
            Err(why) => {
                refused.push(format!("{name}: {why}"));
                continue;
            }
        };
        match changed {
            Ok(edited) if edited.revision_id.is_some() => done.changed += 1,
            Ok(_) => done.unchanged += 1,
            Err(EditError::Problems(problems)) => {
                refused.push(format!("{name}: {}", in_one_line(&problems.into())));
            }
            Err(EditError::Database(cause)) => return Err(cause.into()),
            Err(EditError::Gone | EditError::Conflict(_)) => refused.push(format!("{name}: it has changed.")),
        }
    }
    if refused.is_empty() { Ok(done) } else { Err(ManyError::Refused { told: refused, changed: newer }) }
}

fn in_one_line(errors: &FieldErrors) -> String {
    errors.iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}
