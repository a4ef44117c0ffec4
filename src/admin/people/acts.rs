//! What moderators do to accounts, each with its entry in the log and inside the caller's transaction.

use chrono::Utc;

use crate::accounts::reviewer::{self, LinkedReviewer};
use crate::accounts::store::{self, Account, RoleChange};
use crate::accounts::{CurrentUser, Role, people};
use crate::db::Db;
use crate::db::versions::{self, Of};
use crate::integrity::exclusion::{self, ExclusionResult, NewExclusion};
use crate::integrity::patterns;
use crate::integrity::suspension::{self, NotDone};
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;
use crate::text::count;
use crate::votes::ExclusionKind;
use crate::web::error::AppError;

/// What readers see in place of a name.
const SOMEBODY: &str = "an account";

/// Why this moderator may not suspend this account, or lift its suspension; nothing if they may.
pub(super) fn hindrance(actor: &CurrentUser, account: &Account) -> Option<&'static str> {
    let role = Role::from_i16(account.role);
    if actor.id == account.id {
        Some("You cannot suspend yourself.")
    } else if role >= Role::Moderator && actor.role < Role::Admin {
        Some("Only an admin can suspend a moderator or an admin.")
    } else {
        None
    }
}

pub(super) fn suspend(
    conn: &mut Db,
    actor: &CurrentUser,
    id: i64,
    reason: &str,
) -> Result<ExclusionResult, AppError> {
    // Before anything is read: a command may be changing roles.
    versions::take_turn(conn, Of::Votes)?;
    versions::take_turn(conn, Of::Accounts)?;
    let account = allowed(conn, actor, id)?;
    if Role::from_i16(account.role) == Role::Admin && people::other_admins(conn, id)? == 0 {
        return Err(AppError::Forbidden("The last admin cannot be suspended.".into()));
    }
    let moved = suspension::suspend(conn, id, reason, actor.id, Utc::now().naive_utc()).map_err(refused)?;
    let entry = Entry {
        public_label: Some(SOMEBODY),
        reason,
        new_value: &format!("{} excluded", votes(moved.votes)),
        ..Entry::new(Verb::Suspended, Object::Account, Some(id), &account.handle)
    };
    log::write(conn, actor, &entry)?;
    patterns::settle(conn, &moved.tools())?;
    Ok(moved)
}

pub(super) fn lift(
    conn: &mut Db,
    actor: &CurrentUser,
    id: i64,
    reason: &str,
) -> Result<ExclusionResult, AppError> {
    let account = allowed(conn, actor, id)?;
    let moved = suspension::lift(conn, id, actor.id, Utc::now().naive_utc()).map_err(refused)?;
    let entry = Entry {
        public_label: Some(SOMEBODY),
        reason,
        new_value: &format!("{} restored", votes(moved.votes)),
        ..Entry::new(Verb::LiftedSuspension, Object::Account, Some(id), &account.handle)
    };
    log::write(conn, actor, &entry)?;
    Ok(moved)
}

/// Leaves all votes of an account out without suspending it.
pub(super) fn exclude(
    conn: &mut Db,
    actor: &CurrentUser,
    id: i64,
    kind: ExclusionKind,
    reason: &str,
) -> Result<ExclusionResult, AppError> {
    let account = store::find(conn, id)?.ok_or_else(AppError::not_found)?;
    let order = NewExclusion { kind, reason, subject: Some(id), by: actor.id, at: Utc::now().naive_utc() };
    let moved = exclusion::exclude_all_of(conn, id, &order)?
        .ok_or_else(|| AppError::Conflict("This account has no votes that count.".into()))?;
    let label = format!("{} of {}", votes(moved.votes), account.handle);
    let entry = Entry {
        public_label: Some(&format!("{} of {SOMEBODY}", votes(moved.votes))),
        reason,
        new_value: kind.label(),
        ..Entry::new(Verb::Excluded, Object::Votes, Some(moved.exclusion_id), &label)
    };
    log::write(conn, actor, &entry)?;
    patterns::settle(conn, &moved.tools())?;
    Ok(moved)
}

/// Gives an account another role; `false` if it has it already.
pub(super) fn give_role(conn: &mut Db, actor: &CurrentUser, id: i64, role: Role) -> Result<bool, AppError> {
    versions::take_turn(conn, Of::Accounts)?;
    let account = store::find(conn, id)?.ok_or_else(AppError::not_found)?;
    if !store::find(conn, actor.id)?.is_some_and(|actor| actor.may_act_as(Role::Admin)) {
        return Err(AppError::not_found());
    }
    let old = match store::give_role(conn, id, role)? {
        RoleChange::From(old) => old,
        RoleChange::Unchanged => return Ok(false),
        RoleChange::LastAdmin => {
            return Err(AppError::Forbidden(
                "This is the last admin. Make another account an admin first.".into(),
            ));
        }
    };
    log::write(conn, actor, &log::role_changed(id, &account.handle, old, role))?;
    Ok(true)
}

/// Links an account to a reviewer, or to none; `false` if it is so already.
pub(super) fn link_reviewer(
    conn: &mut Db,
    actor: &CurrentUser,
    id: i64,
    reviewer_id: Option<i64>,
) -> Result<bool, AppError> {
    versions::take_turn(conn, Of::Accounts)?;
    let account = store::find(conn, id)?.ok_or_else(AppError::not_found)?;
    if !store::find(conn, actor.id)?.is_some_and(|actor| actor.may_act_as(Role::Admin)) {
        return Err(AppError::not_found());
    }
    let old = reviewer::linked_to(conn, id)?;
    if old.as_ref().map(|old| old.id) == reviewer_id {
        return Ok(false);
    }
    let new = match reviewer_id {
        Some(wanted) => {
            let free = reviewer::free_for(conn, id)?.into_iter().find(|free| free.id == wanted);
            let taken =
                || AppError::Conflict("This reviewer has another account, or is no human one.".into());
            Some(free.ok_or_else(taken)?)
        }
        None => None,
    };
    reviewer::link(conn, id, reviewer_id, Utc::now().naive_utc())?;
    let name =
        |linked: &Option<LinkedReviewer>| linked.as_ref().map_or("none", |linked| &linked.name).to_owned();
    let (old, new) = (name(&old), name(&new));
    let entry = Entry {
        old_value: &old,
        new_value: &new,
        ..Entry::new(Verb::LinkedReviewer, Object::Account, Some(id), &account.handle)
    };
    log::write(conn, actor, &entry)?;
    Ok(true)
}

fn allowed(conn: &mut Db, actor: &CurrentUser, id: i64) -> Result<Account, AppError> {
    let account = store::find(conn, id)?.ok_or_else(AppError::not_found)?;
    match hindrance(actor, &account) {
        Some(why) => Err(AppError::Forbidden(why.into())),
        None => Ok(account),
    }
}

fn refused(cause: NotDone) -> AppError {
    match cause {
        NotDone::Unknown => AppError::not_found(),
        NotDone::Already | NotDone::NotSuspended => AppError::Conflict(cause.to_string()),
        NotDone::Database(cause) => cause.into(),
    }
}

fn votes(n: usize) -> String {
    count(n as u64, "vote", "votes")
}
