//! What moderators do to votes and signals, each with its entry in the log and inside the caller's transaction.

use std::collections::BTreeMap;

use chrono::Utc;
use diesel::prelude::*;

use super::pieces::tally_words;
use crate::accounts::CurrentUser;
use crate::catalogue::Status;
use crate::db::Db;
use crate::db::schema::tools;
use crate::db::versions::{self, Of};
use crate::integrity::exclusion::{self, ExclusionResult, NewExclusion, NotUndone};
use crate::integrity::patterns::{self, SuspiciousPattern};
use crate::integrity::vote_set::VoteSet;
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;
use crate::text::count;
use crate::votes::ExclusionKind;
use crate::web::error::AppError;

/// Leaves votes out; none where none of them counts. Signals that this settles go.
pub(super) fn exclude(
    conn: &mut Db,
    actor: &CurrentUser,
    which: &VoteSet,
    kind: ExclusionKind,
    reason: &str,
) -> Result<Option<ExclusionResult>, AppError> {
    let order = NewExclusion { kind, reason, subject: None, by: actor.id, at: Utc::now().naive_utc() };
    let Some(moved) = exclusion::exclude(conn, which, &order)? else { return Ok(None) };
    write_log(conn, actor, Verb::Excluded, reason, &moved)?;
    patterns::settle(conn, &moved.tools())?;
    Ok(Some(moved))
}

/// Brings the votes of an exclusion back. Nobody brings back their own.
pub(super) fn undo(
    conn: &mut Db,
    actor: &CurrentUser,
    id: i64,
    reason: &str,
) -> Result<ExclusionResult, AppError> {
    versions::take_turn(conn, Of::Votes)?;
    if exclusion::holds_vote_of(conn, id, actor.id)? {
        let words = "Your own vote is among these. Another moderator has to restore them.";
        return Err(AppError::Forbidden(words.into()));
    }
    let moved = exclusion::undo(conn, id, actor.id, Utc::now().naive_utc()).map_err(|cause| match cause {
        NotUndone::Unknown => AppError::not_found(),
        NotUndone::Already | NotUndone::OfSuspension => AppError::Conflict(cause.to_string()),
        NotUndone::Database(cause) => cause.into(),
    })?;
    write_log(conn, actor, Verb::Restored, reason, &moved)?;
    Ok(moved)
}

/// What came back of an exclusion, in a sentence.
pub(super) fn back(moved: &ExclusionResult) -> String {
    let back = count(moved.votes as u64, "vote", "votes");
    match moved.passed_on {
        0 => format!("{back} restored."),
        n => {
            let others = count(n as u64, "other stays", "others stay");
            format!("{back} restored; {others} excluded, because the account is suspended.")
        }
    }
}

/// Dismisses a signal until it grows, unless it is about whoever dismisses it; `seen` is its token as it was shown.
pub(super) fn dismiss(
    conn: &mut Db,
    actor: &CurrentUser,
    id: i64,
    seen: &str,
    note: &str,
) -> Result<(), AppError> {
    let signal = patterns::find(conn, id)?.ok_or_else(AppError::not_found)?;
    if signal.token() != seen {
        return Err(AppError::Conflict(
            "This pattern has changed since you opened the page. Go back and check it again.".into(),
        ));
    }
    if signal.accounts().contains(&actor.id) {
        let words = "This pattern is about your own votes. Another moderator has to decide on it.";
        return Err(AppError::Forbidden(words.into()));
    }
    if patterns::dismiss(conn, id, actor.id, Utc::now().naive_utc())? {
        let words = words_of(conn, &signal)?;
        log::write(conn, actor, &about_signal(Verb::DismissedPattern, &words, note))?;
    }
    Ok(())
}

/// Dismisses these signals, each with its token as it was shown: all of them, or none.
pub(super) fn dismiss_all(
    conn: &mut Db,
    actor: &CurrentUser,
    chosen: &BTreeMap<i64, String>,
    note: &str,
) -> Result<(), AppError> {
    for (&id, seen) in chosen {
        dismiss(conn, actor, id, seen, note).map_err(|cause| match cause {
            AppError::NotFound(_) => AppError::Conflict(
                "One of these patterns no longer exists. Go back and check them again.".into(),
            ),
            cause => cause,
        })?;
    }
    Ok(())
}

/// Opens a dismissed signal again.
pub(super) fn reopen(conn: &mut Db, actor: &CurrentUser, id: i64) -> Result<(), AppError> {
    let signal = patterns::find(conn, id)?.ok_or_else(AppError::not_found)?;
    if patterns::reopen(conn, id)? {
        let words = words_of(conn, &signal)?;
        log::write(conn, actor, &about_signal(Verb::ReopenedPattern, &words, ""))?;
    }
    Ok(())
}

/// Tells the log which votes moved, and how the tally, where they are all on one tool.
fn write_log(
    conn: &mut Db,
    actor: &CurrentUser,
    act: Verb,
    reason: &str,
    moved: &ExclusionResult,
) -> QueryResult<()> {
    let votes = count(moved.votes as u64, "vote", "votes");
    let mut is_secret = false;
    let (label, href, [old, new]) = match moved.changes.as_slice() {
        [change] => {
            let (name, slug, status): (String, String, Status) = tools::table
                .find(change.tool_id)
                .select((tools::name, tools::slug, tools::status))
                .first(conn)?;
            is_secret = status == Status::Draft;
            let tallies = [change.before, change.after.tally].map(tally_words);
            let href = (status == Status::Published).then(|| format!("/tools/{slug}"));
            (format!("{votes} on {name}"), href, tallies)
        }
        changes => {
            let tools = count(changes.len() as u64, "tool", "tools");
            (format!("{votes} on {tools}"), None, Default::default())
        }
    };
    // A tool that is a draft again may have another name than the one that readers knew.
    let public_label = if is_secret { format!("{votes} on 1 tool") } else { label.clone() };
    let entry = Entry {
        public_label: Some(&public_label),
        href: href.as_deref(),
        reason,
        old_value: &old,
        new_value: &new,
        ..Entry::new(act, Object::Votes, Some(moved.exclusion_id), &label)
    };
    log::write(conn, actor, &entry)
}

/// What a signal says, with the name of its tool.
fn words_of(conn: &mut Db, signal: &SuspiciousPattern) -> QueryResult<String> {
    let Some(tool) = signal.tool_id else { return Ok(signal.words.clone()) };
    let name: String = tools::table.find(tool).select(tools::name).first(conn)?;
    Ok(format!("{name}: {}", signal.words))
}

fn about_signal<'a>(act: Verb, words: &'a str, note: &'a str) -> Entry<'a> {
    Entry { reason: note, ..Entry::new(act, Object::Votes, None, words) }
}
