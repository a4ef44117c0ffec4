//! What moderators do with an item, each in one transaction with its entry in the log.
//!
//! Acts in the admin area take turns, so that what one has read of an item still holds when it writes: of two acts on
//! one item at once, the second finds what the first has done, and is told. Whoever decides on an item that nobody has
//! taken takes it with that; after each decision the next item follows.

use chrono::{NaiveDateTime, Utc};
use diesel::QueryResult;
use diesel::result::Error as DieselError;

use super::log_entry::write;
use super::{next, outcome, replies};
use crate::accounts::CurrentUser;
use crate::admin::choosing;
use crate::admin::form::{FieldErrors, FormData};
use crate::catalogue::RecordKind;
use crate::catalogue::edit::{self, Edited};
use crate::db::Db;
use crate::moderation::verb::Verb;
use crate::submissions::submission::{Content, Submission, SubmissionStatus};
use crate::submissions::{queue, suggested};
use crate::text::{grouped, legible};
use crate::web::error::AppError;

/// The most characters of an answer.
const ANSWER_MAX: usize = 2_000;

/// Something that a moderator does with the item of this id, as the form says.
pub(super) type QueueAct = fn(&mut Db, &CurrentUser, i64, &FormData) -> Acted;

type Acted = Result<Done, QueueError>;

/// Where an act leads to, and what is said there.
pub(super) struct Done {
    pub path: String,
    pub flash: Option<String>,
}

impl Done {
    fn in_queue(flash: impl Into<String>) -> Self {
        Self { path: "/admin/queue".to_owned(), flash: Some(flash.into()) }
    }

    /// The next item, which this moderator has from then on, or the queue where there is none.
    fn with_next(conn: &mut Db, user: &CurrentUser, id: i64, told: &str) -> Result<Self, QueueError> {
        match next::assign(conn, user, Some(id))? {
            Some(item) => {
                let flash = format!("{told} This is the next one.");
                Ok(Self { path: format!("/admin/queue/{}", item.id), flash: Some(flash) })
            }
            None => Ok(Self::in_queue(told)),
        }
    }
}

/// Why an act was not done.
pub(super) enum QueueError {
    /// Somebody was faster, or the item was not taken: in words.
    Late(String),
    /// Something in the form is missing.
    Wrong(FieldErrors),
    Failed(AppError),
}

impl From<DieselError> for QueueError {
    fn from(cause: DieselError) -> Self {
        Self::Failed(cause.into())
    }
}

fn wrong(name: &str, text: impl Into<String>) -> QueueError {
    QueueError::Wrong(FieldErrors::one(name, text))
}

/// Takes an item, also over from somebody who has had it for long or where the form says that this is meant.
pub(super) fn take(conn: &mut Db, user: &CurrentUser, id: i64, form: &FormData) -> Acted {
    let now = Utc::now().naive_utc();
    let item = not_own(open_item(conn, id)?, user)?;
    let done = Done { path: format!("/admin/queue/{id}"), flash: Some("Assigned to you.".to_owned()) };
    let (act, from) = match &item.taken {
        Some((holder, _)) if holder.id == user.id => return Ok(done),
        None => (Verb::Assigned, String::new()),
        // The form was opened when somebody else had it, or nobody.
        Some((holder, _)) if form.trimmed("from") != holder.id.to_string() => return Err(late(&item)),
        Some((holder, since)) if !queue::is_left_lying(*since, now) && form.get("confirm") != "yes" => {
            return Err(wrong("confirm", format!("Tick this to reassign it from @{}.", holder.handle)));
        }
        Some((holder, _)) => (Verb::Reassigned, format!("@{}", holder.handle)),
    };
    queue::assign(conn, id, Some((user.id, now)))?;
    write(conn, user, &item, act, "", [&from, &format!("@{}", user.handle)])?;
    Ok(done)
}

/// Gives an item back, so that somebody else may take it.
pub(super) fn release(conn: &mut Db, user: &CurrentUser, id: i64, _: &FormData) -> Acted {
    let item = held_item(conn, user, id)?;
    queue::assign(conn, id, None)?;
    write(conn, user, &item, Verb::Unassigned, "", [&format!("@{}", user.handle), ""])?;
    Ok(Done::in_queue(format!("Unassigned: {}.", item.title())))
}

/// Accepts an item, or leads to the form where what it asks for is done, which decides on it when it is saved.
pub(super) fn accept(conn: &mut Db, user: &CurrentUser, id: i64, form: &FormData) -> Acted {
    let item = own_work(conn, user, id)?;
    if form.get("how") == "form"
        && let Some(path) = form_path(&item)
    {
        return Ok(Done { path, flash: None });
    }
    let note = answer(conn, form, "note")?;
    let outcome = match &item.content {
        Content::Tool(_) => {
            let tool = choosing::find(conn, RecordKind::Tool, &form.trimmed("entry"))?;
            Some(tool.map_err(|text| wrong("entry", text))?.id)
        }
        Content::Report(_) if note.is_empty() => {
            return Err(wrong("note", "Enter the action taken. The sender sees it."));
        }
        Content::Correction(_) | Content::Report(_) => None,
    };
    let note = match (&item.content, outcome) {
        _ if !note.is_empty() => note,
        (_, Some(tool)) => {
            let state = edit::stored(conn, RecordKind::Tool, tool)?;
            let state = state.ok_or_else(|| QueueError::Failed(AppError::not_found()))?;
            suggested::already_there(state.status()).to_owned()
        }
        _ => "Thank you. Your correction was accepted.".to_owned(),
    };
    decide(conn, user, &item, SubmissionStatus::Accepted, &note, outcome)?;
    Done::with_next(conn, user, id, "Accepted. The sender sees the answer on their account page.")
}

/// Declines an item with a reason that the sender reads, or as spam.
pub(super) fn decline(conn: &mut Db, user: &CurrentUser, id: i64, form: &FormData) -> Acted {
    let item = own_work(conn, user, id)?;
    let reason = answer(conn, form, "reason")?;
    let (title, sender) = (item.title(), &item.sender.handle);
    let sees = format!("@{sender} sees the reason on their account page.");
    let told = match (form.get("as") == "spam", reason.is_empty()) {
        (true, true) => format!("Declined as spam: {title}."),
        (true, false) => format!("Declined as spam: {title}. {sees}"),
        (false, _) => format!("Declined: {title}. {sees}"),
    };
    let (status, reason) = match (form.get("as") == "spam", reason.as_str()) {
        (true, "") => (SubmissionStatus::Spam, "This is spam."),
        (true, reason) => (SubmissionStatus::Spam, reason),
        (false, "") => return Err(wrong("reason", "Enter a reason. The sender sees it.")),
        (false, reason) => (SubmissionStatus::Declined, reason),
    };
    decide(conn, user, &item, status, reason, None)?;
    Done::with_next(conn, user, id, &told)
}

/// Accepts an item, if it is open, because what was stored is what it asks for, whoever has taken it; in the transaction
/// that stores the tool. Returns what the moderator is told of it, where there is anything to tell.
pub(in crate::admin) fn settle(
    conn: &mut Db,
    user: &CurrentUser,
    submission_id: i64,
    edited: &Edited,
) -> QueryResult<Option<&'static str>> {
    let Some(item) = queue::find(conn, submission_id)?.filter(|item| item.status == SubmissionStatus::Open)
    else {
        return Ok(None);
    };
    if item.sender.id == user.id {
        return Ok(Some(OWN));
    }
    let answer = match &item.content {
        Content::Tool(_) if edited.before.is_none() => {
            Some(suggested::added(edited.after.status()).to_owned())
        }
        Content::Correction(correction) if item.tool.as_ref().is_some_and(|tool| tool.id == edited.id) => {
            outcome::of_correction(conn, correction.field, edited)?
        }
        _ => return Ok(None),
    };
    let Some(answer) = answer else {
        return Ok(Some("The correction is still open: what it is about was not changed."));
    };
    decide(conn, user, &item, SubmissionStatus::Accepted, &answer, Some(edited.id))?;
    Ok(Some("The submission is accepted. The sender sees what was done."))
}

fn decide(
    conn: &mut Db,
    user: &CurrentUser,
    item: &Submission,
    status: SubmissionStatus,
    answer: &str,
    outcome: Option<i64>,
) -> QueryResult<()> {
    queue::decide(conn, item.id, user.id, status, answer, outcome)?;
    let verb = match status {
        SubmissionStatus::Spam => Verb::DeclinedAsSpam,
        SubmissionStatus::Declined => Verb::Declined,
        SubmissionStatus::Accepted | SubmissionStatus::Open => Verb::Accepted,
    };
    write(conn, user, item, verb, answer, ["", ""])
}

/// The item, if it waits for a decision.
fn open_item(conn: &mut Db, id: i64) -> Result<Submission, QueueError> {
    let item = queue::find(conn, id)?.ok_or_else(|| QueueError::Failed(AppError::not_found()))?;
    if item.status == SubmissionStatus::Open { Ok(item) } else { Err(late(&item)) }
}

/// The item, if this moderator has taken it.
fn held_item(conn: &mut Db, user: &CurrentUser, id: i64) -> Result<Submission, QueueError> {
    let item = open_item(conn, id)?;
    if item.is_taken_by(user.id) { Ok(item) } else { Err(late(&item)) }
}

/// The item that this moderator decides on: one that nobody has taken, they take with that.
fn own_work(conn: &mut Db, user: &CurrentUser, id: i64) -> Result<Submission, QueueError> {
    let item = not_own(open_item(conn, id)?, user)?;
    match &item.taken {
        Some((holder, _)) if holder.id != user.id => return Err(late(&item)),
        Some(_) => {}
        None => next::take(conn, user, &item)?,
    }
    Ok(item)
}

/// What whoever would decide on their own submission is told.
const OWN: &str = "You cannot decide on your own submission. Another moderator has to.";

/// The item, unless this moderator has sent it: nobody decides in their own cause, however few moderators there are.
fn not_own(item: Submission, user: &CurrentUser) -> Result<Submission, QueueError> {
    if item.sender.id != user.id {
        return Ok(item);
    }
    Err(QueueError::Failed(AppError::Forbidden(OWN.into())))
}

/// Why it is too late, from how the item is now.
fn late(item: &Submission) -> QueueError {
    QueueError::Late(match (&item.decided, &item.taken) {
        (Some((by, at)), _) => {
            let by = by
                .as_ref()
                .map_or_else(|| "Another moderator".to_owned(), |person| format!("@{}", person.handle));
            format!(
                "{by} already decided on this on {}: {}.",
                moment(*at),
                item.status.label().to_lowercase()
            )
        }
        (None, Some((holder, since))) => {
            format!("Assigned to @{} on {}. Nothing was changed.", holder.handle, moment(*since))
        }
        (None, None) => "It is not assigned to anyone. Nothing was changed.".to_owned(),
    })
}

fn moment(at: NaiveDateTime) -> String {
    at.format("%-d %b %Y at %H:%M UTC").to_string()
}

/// An answer to the sender: the saved reply that was chosen, if one was, and what was typed; possibly empty.
fn answer(conn: &mut Db, form: &FormData, name: &str) -> Result<String, QueueError> {
    let mut text = legible(&form.trimmed(name));
    if let Ok(reply) = form.get("reply").parse() {
        let gone = || wrong("reply", "This saved reply no longer exists. Choose another.");
        let reply = replies::find(conn, reply)?.ok_or_else(gone)?;
        text = format!("{}\n\n{text}", reply.body).trim_end().to_owned();
    }
    let chars = text.chars().count();
    if chars > ANSWER_MAX {
        let [most, typed] = [ANSWER_MAX, chars].map(|count| grouped(count as u64));
        return Err(wrong(name, format!("Must have at most {most} characters; yours has {typed}.")));
    }
    Ok(text)
}

/// The form where a moderator does what an item asks for, with what the sender said filled in or beside it.
fn form_path(item: &Submission) -> Option<String> {
    let id = item.id.to_string();
    match &item.content {
        Content::Tool(suggestion) => {
            let fields = [
                ("submission", id.as_str()),
                ("name", &item.name),
                ("website", &suggestion.website),
                ("category", &suggestion.category),
            ];
            Some(format!("/admin/tools/new?{}", serde_urlencoded::to_string(fields).ok()?))
        }
        Content::Correction(_) => {
            item.tool.as_ref().map(|tool| format!("/admin/tools/{}?submission={id}", tool.id))
        }
        Content::Report(_) => None,
    }
}
