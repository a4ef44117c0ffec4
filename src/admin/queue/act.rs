//! What moderators do with an item, each in one transaction with its entry in the log.

use chrono::{NaiveDateTime, Utc};
use diesel::QueryResult;
use diesel::result::Error as DieselError;

use crate::accounts::CurrentUser;
use crate::admin::form::{FieldErrors, FormData};
use crate::catalogue::{RecordKind, addresses};
use crate::db::Db;
use crate::moderation::log::{self, Entry, Object};
use crate::submissions::queue::{self, Decision};
use crate::submissions::submission::{Content, Kind, Status, Submission};
use crate::text::grouped;

/// The most characters of an answer.
const ANSWER_MAX: usize = 2_000;

/// Why an act was not done.
pub(super) enum NotDone {
    /// There is no such item.
    Gone,
    /// Somebody was faster, or the item was not taken: in words.
    Late(String),
    /// Something in the form is missing.
    Wrong(FieldErrors),
    Database(DieselError),
}

impl From<DieselError> for NotDone {
    fn from(cause: DieselError) -> Self {
        Self::Database(cause)
    }
}

fn wrong(name: &str, text: impl Into<String>) -> NotDone {
    NotDone::Wrong(FieldErrors::one(name, text))
}

/// Takes an item, also over from somebody who has had it for long or where the form says that this is meant.
pub(super) fn take(
    conn: &mut Db,
    user: &CurrentUser,
    id: i64,
    form: &FormData,
) -> Result<Submission, NotDone> {
    let now = Utc::now().naive_utc();
    let item = open_item(conn, id)?;
    let (done, act, from) = match &item.taken {
        Some((holder, _)) if holder.id == user.id => return Ok(item),
        None => (queue::take(conn, id, user.id, now)?, "assigned", String::new()),
        // The form was opened when somebody else had it, or nobody.
        Some((holder, _)) if form.trimmed("from") != holder.id.to_string() => return Err(late(&item)),
        Some((holder, since)) => {
            if !queue::is_left_lying(*since, now) && form.get("confirm") != "yes" {
                let text = format!("Tick this to reassign it from @{}.", holder.handle);
                return Err(wrong("confirm", text));
            }
            let done = queue::take_over(conn, id, holder.id, user.id, now)?;
            (done, "reassigned", format!("@{}", holder.handle))
        }
    };
    if !done {
        return Err(late(&open_item(conn, id)?));
    }
    let to = format!("@{}", user.handle);
    write(conn, user, &item, Note { act, reason: "", old_value: &from, new_value: &to })?;
    Ok(item)
}

/// Gives an item back, so that somebody else may take it.
pub(super) fn release(conn: &mut Db, user: &CurrentUser, id: i64) -> Result<Submission, NotDone> {
    let item = held_item(conn, user, id)?;
    if !queue::release(conn, id, user.id)? {
        return Err(late(&open_item(conn, id)?));
    }
    let from = format!("@{}", user.handle);
    write(conn, user, &item, Note { act: "unassigned", reason: "", old_value: &from, new_value: "" })?;
    Ok(item)
}

/// What came of accepting an item.
pub(super) enum Accepted {
    /// It is decided.
    Done,
    /// The form where the work is done, which decides on it when it is saved.
    AtForm(String),
}

/// Accepts an item, or leads to the form where what it asks for is done.
pub(super) fn accept(
    conn: &mut Db,
    user: &CurrentUser,
    id: i64,
    form: &FormData,
) -> Result<Accepted, NotDone> {
    let item = held_item(conn, user, id)?;
    if form.get("how") == "form"
        && let Some(path) = form_path(&item)
    {
        return Ok(Accepted::AtForm(path));
    }
    let note = answer(form, "note")?;
    let kind = item.content.kind();
    if kind == Kind::Tool {
        let slug = form.trimmed("entry").to_lowercase();
        let tool = match slug.parse::<crate::slug::Slug>() {
            Ok(_) => addresses::id_by_slug(conn, RecordKind::Tool, &slug)?,
            Err(_) => None,
        };
        let Some(tool) = tool else { return Err(wrong("entry", "No tool has this URL slug.")) };
        return if accept_with_tool(conn, user, id, tool, &note)? {
            Ok(Accepted::Done)
        } else {
            Err(late(&open_item(conn, id)?))
        };
    }
    if kind == Kind::Report && note.is_empty() {
        return Err(wrong("note", "Enter the action taken. The sender sees it."));
    }
    let note = if note.is_empty() { "Thank you. It has been corrected.".to_owned() } else { note };
    decide(conn, user, &item, Status::Accepted, &note)?;
    Ok(Accepted::Done)
}

/// Declines an item with a reason that the sender reads, or as spam.
pub(super) fn decline(
    conn: &mut Db,
    user: &CurrentUser,
    id: i64,
    form: &FormData,
) -> Result<Submission, NotDone> {
    let item = held_item(conn, user, id)?;
    let as_spam = form.get("as") == "spam";
    let reason = answer(form, "reason")?;
    let (status, reason) = match (as_spam, reason) {
        (true, reason) if reason.is_empty() => (Status::Spam, "This is spam.".to_owned()),
        (true, reason) => (Status::Spam, reason),
        (false, reason) if reason.is_empty() => {
            return Err(wrong("reason", "Enter a reason. The sender sees it."));
        }
        (false, reason) => (Status::Declined, reason),
    };
    decide(conn, user, &item, status, &reason)?;
    Ok(item)
}

/// Marks an item as accepted because this tool came of it or was changed by it, whoever has taken it, in the
/// transaction that stores the tool. Without a note the sender is thanked. False if it was decided on already, which
/// does no harm.
pub(in crate::admin) fn accept_with_tool(
    conn: &mut Db,
    user: &CurrentUser,
    submission_id: i64,
    tool_id: i64,
    note: &str,
) -> QueryResult<bool> {
    let Some(item) = queue::find(conn, submission_id)? else { return Ok(false) };
    let answer = match (note, item.content.kind()) {
        ("", Kind::Tool) => "Thank you. It has been added.",
        ("", _) => "Thank you. It has been corrected.",
        (note, _) => note,
    };
    let decision = Decision { status: Status::Accepted, answer, outcome: Some(tool_id) };
    let done = queue::settle(conn, item.id, user.id, decision, Utc::now().naive_utc())?;
    if done {
        let note = Note { act: "accepted", reason: answer, old_value: "", new_value: "" };
        write(conn, user, &item, note)?;
    }
    Ok(done)
}

fn decide(
    conn: &mut Db,
    user: &CurrentUser,
    item: &Submission,
    status: Status,
    answer: &str,
) -> Result<(), NotDone> {
    let decision = Decision { status, answer, outcome: None };
    if !queue::decide(conn, item.id, user.id, decision, Utc::now().naive_utc())? {
        return Err(late(&open_item(conn, item.id)?));
    }
    let act = match status {
        Status::Accepted => "accepted",
        Status::Spam => "declined as spam",
        Status::Open | Status::Declined => "declined",
    };
    write(conn, user, item, Note { act, reason: answer, old_value: "", new_value: "" })?;
    Ok(())
}

/// The item, if it waits for a decision.
fn open_item(conn: &mut Db, id: i64) -> Result<Submission, NotDone> {
    let item = queue::find(conn, id)?.ok_or(NotDone::Gone)?;
    if item.status == Status::Open { Ok(item) } else { Err(late(&item)) }
}

/// The item, if this moderator has taken it.
fn held_item(conn: &mut Db, user: &CurrentUser, id: i64) -> Result<Submission, NotDone> {
    let item = open_item(conn, id)?;
    match &item.taken {
        Some((holder, _)) if holder.id == user.id => Ok(item),
        _ => Err(late(&item)),
    }
}

/// Why it is too late, from how the item is now.
fn late(item: &Submission) -> NotDone {
    NotDone::Late(match (&item.decided, &item.taken) {
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
        (None, None) => {
            "Not assigned. Assign it to yourself first, so that other moderators see it.".to_owned()
        }
    })
}

fn moment(at: NaiveDateTime) -> String {
    at.format("%-d %b %Y at %H:%M UTC").to_string()
}

/// An answer to the sender as it was typed; possibly empty.
fn answer(form: &FormData, name: &str) -> Result<String, NotDone> {
    let text: String =
        form.trimmed(name).chars().filter(|char| !char.is_control() || *char == '\n').collect();
    let chars = text.chars().count();
    if chars > ANSWER_MAX {
        let [most, typed] = [ANSWER_MAX, chars].map(|count| grouped(count as u64));
        return Err(wrong(name, format!("Must have at most {most} characters; yours has {typed}.")));
    }
    Ok(text)
}

/// The form where a moderator does what an item asks for, with what the sender said filled in or beside it.
fn form_path(item: &Submission) -> Option<String> {
    /// A description in an address stays short: the form has the whole item at hand.
    const DESCRIPTION_MAX: usize = 500;
    let id = item.id.to_string();
    match &item.content {
        Content::Tool(suggestion) => {
            let description: String = suggestion.why.chars().take(DESCRIPTION_MAX).collect();
            let fields = [
                ("submission", id.as_str()),
                ("name", &item.name),
                ("website", &suggestion.website),
                ("category", &suggestion.category),
                ("description", &description),
            ];
            Some(format!("/admin/tools/new?{}", serde_urlencoded::to_string(fields).ok()?))
        }
        Content::Correction(_) => {
            item.tool.as_ref().map(|tool| format!("/admin/tools/{}?submission={id}", tool.id))
        }
        Content::Report(_) => None,
    }
}

/// What the log says of an act.
#[derive(Clone, Copy)]
struct Note<'a> {
    act: &'a str,
    reason: &'a str,
    old_value: &'a str,
    new_value: &'a str,
}

/// Writes an act into the log. Nothing about it is for readers: it would tell who sent what.
fn write(conn: &mut Db, user: &CurrentUser, item: &Submission, note: Note<'_>) -> QueryResult<()> {
    let label = format!("{}: {}", item.content.kind().label(), item.title());
    let entry = Entry {
        reason: note.reason,
        old_value: note.old_value,
        new_value: note.new_value,
        ..Entry::new(note.act, Object::Submission, Some(item.id), &label)
    };
    log::write(conn, user, &entry)
}
