//! Leaving votes out, bringing them back, and putting signals aside.

use actix_web::{HttpResponse, web};

use super::super::AdminContext;
use super::super::form::SentForm;
use super::handlers::{show_confirm, show_exclusion, show_index, show_signal, show_tool};
use super::pieces::FilledForm;
use super::{acts, load};
use crate::db::Database;
use crate::integrity::vote_set::VoteSet;
use crate::stats::rules::WATCHED_DAYS;
use crate::text::count;
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::path_id::PathId;

/// Leaves the votes out that are ticked in a tool's list.
pub(super) async fn exclude_selected(
    admin: AdminContext,
    PathId(tool): PathId,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = FilledForm::new("exclude-reason", form.0);
    let accounts = sent.ticked();
    if accounts.is_empty() {
        sent.errors.add("votes", "Select the votes to exclude.");
    }
    match exclude(&admin, VoteSet::on_tool(tool, accounts), &mut sent, &live_tallies).await? {
        Some(done) => Ok(done),
        None => show_tool(&admin, tool, sent).await,
    }
}

/// Leaves all votes out that were shown before it was asked.
pub(super) async fn exclude_matching(
    admin: AdminContext,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = FilledForm::new("exclude-reason", form.0);
    let votes = sent.votes();
    match exclude(&admin, votes, &mut sent, &live_tallies).await? {
        Some(done) => Ok(done),
        None => show_confirm(&admin, sent).await,
    }
}

/// Leaves votes out; nothing is changed where the form is wrong or none of them counts, which it says then.
async fn exclude(
    admin: &AdminContext,
    votes: VoteSet,
    sent: &mut FilledForm,
    live_tallies: &LiveTallies,
) -> Result<Option<HttpResponse>, AppError> {
    let (kind, reason) = (sent.kind(), sent.reason());
    if !sent.is_right() {
        return Ok(None);
    }
    let (user, shown) = (admin.user.clone(), votes.len());
    let done = admin.write(move |conn| acts::exclude(conn, &user, &votes, kind, &reason)).await??;
    let Some(moved) = done else {
        sent.errors.add(
            "votes",
            "None of these votes counts any more: they have been removed or excluded meanwhile.",
        );
        return Ok(None);
    };
    moved.tell(live_tallies);
    let mut told = format!("{} excluded.", count(moved.votes as u64, "vote", "votes"));
    if let Some(others @ 1..) = shown.checked_sub(moved.votes) {
        let others = count(others as u64, "other vote", "other votes");
        told.push_str(&format!(" {others} shown no longer counted."));
    }
    admin.session.flash(told)?;
    Ok(Some(page::see_other(&format!("/admin/votes/exclusions/{}", moved.exclusion_id))))
}

pub(super) async fn undo(
    admin: AdminContext,
    PathId(id): PathId,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = FilledForm::new("undo-reason", form.0);
    let reason = sent.reason();
    if !sent.is_right() {
        return show_exclusion(&admin, id, sent).await;
    }
    let user = admin.user.clone();
    let moved = admin.write(move |conn| acts::undo(conn, &user, id, &reason)).await??;
    moved.tell(&live_tallies);
    admin.session.flash(acts::back(&moved))?;
    Ok(page::see_other(&format!("/admin/votes/exclusions/{id}")))
}

pub(super) async fn dismiss(
    admin: AdminContext,
    PathId(id): PathId,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = FilledForm::new("dismiss-reason", form.0);
    let (note, seen) = (sent.reason(), sent.typed.get("token"));
    if !sent.is_right() {
        return show_signal(&admin, id, sent).await;
    }
    let user = admin.user.clone();
    admin.write(move |conn| acts::dismiss(conn, &user, id, &seen, &note)).await??;
    admin.session.flash("Pattern dismissed. It reappears only if it grows.")?;
    Ok(page::see_other("/admin/votes"))
}

/// Dismisses the signals that are ticked in the list of all.
pub(super) async fn dismiss_selected(admin: AdminContext, form: SentForm) -> Result<HttpResponse, AppError> {
    let mut sent = FilledForm::new("dismiss-reason", form.0);
    let (note, chosen) = (sent.reason(), sent.patterns());
    if chosen.is_empty() {
        sent.errors.add("patterns", "Select at least one pattern.");
    }
    if !sent.is_right() {
        return show_index(&admin, sent).await;
    }
    let (user, how_many) = (admin.user.clone(), chosen.len() as u64);
    admin.write(move |conn| acts::dismiss_all(conn, &user, &chosen, &note)).await??;
    let told = count(how_many, "pattern", "patterns");
    let again =
        if how_many == 1 { "It reappears only if it grows." } else { "Each reappears only if it grows." };
    admin.session.flash(format!("{told} dismissed. {again}"))?;
    Ok(page::see_other("/admin/votes"))
}

pub(super) async fn reopen(admin: AdminContext, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    let user = admin.user.clone();
    admin.write(move |conn| acts::reopen(conn, &user, id)).await??;
    admin.session.flash("Pattern reopened.")?;
    Ok(page::see_other(&format!("/admin/votes/signals/{id}")))
}

/// Looks for signals now rather than at the next turn. The look itself holds no lock.
pub(super) async fn scan(
    admin: AdminContext,
    database: web::Data<Database>,
) -> Result<HttpResponse, AppError> {
    let found = database.run(|conn| Ok(load::scan(conn)?)).await?;
    admin.session.flash(match found {
        0 => "No suspicious patterns found.".to_owned(),
        n => format!(
            "{} found in the last {WATCHED_DAYS} days.",
            count(n.unsigned_abs(), "suspicious pattern", "suspicious patterns")
        ),
    })?;
    Ok(page::see_other("/admin/votes"))
}
