//! Suspending an account: its votes are set aside, its sessions end, and it cannot sign in until that is lifted.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::exclusion::{self, ExclusionResult, NewExclusion};
use super::vote_set::counted_of_account;
use crate::db::Db;
use crate::db::schema::accounts;
use crate::db::versions::{self, Of};
use crate::votes::ExclusionKind;
use crate::web::session;

/// Why an account is not suspended, or its suspension not lifted.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    #[error("This account does not exist.")]
    Unknown,
    #[error("This account is already suspended.")]
    Already,
    #[error("This account is not suspended.")]
    NotSuspended,
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}

/// Suspends an account, inside a write transaction of the caller; it casts no vote from the commit on. Votes of it that
/// are set aside already keep their exclusion.
pub fn suspend(
    conn: &mut Db,
    account_id: i64,
    reason: &str,
    by: i64,
    at: NaiveDateTime,
) -> Result<ExclusionResult, NotDone> {
    take_turns(conn)?;
    if suspension_of(conn, account_id)?.0.is_some() {
        return Err(NotDone::Already);
    }
    let counted = counted_of_account(conn, account_id)?;
    let new = NewExclusion { kind: ExclusionKind::Suspended, reason, subject: Some(account_id), by, at };
    let moved = exclusion::exclude_votes(conn, &counted, &new)?;
    diesel::update(accounts::table.find(account_id))
        .set((accounts::suspended_at.eq(at), accounts::suspension_id.eq(moved.exclusion_id)))
        .execute(conn)?;
    session::end_all(conn, account_id)?;
    Ok(moved)
}

/// Lifts a suspension and brings the account's votes back, inside a write transaction of the caller.
pub fn lift(conn: &mut Db, account_id: i64, by: i64, at: NaiveDateTime) -> Result<ExclusionResult, NotDone> {
    take_turns(conn)?;
    let (Some(_), suspension) = suspension_of(conn, account_id)? else { return Err(NotDone::NotSuspended) };
    diesel::update(accounts::table.find(account_id))
        .set((accounts::suspended_at.eq(None::<NaiveDateTime>), accounts::suspension_id.eq(None::<i64>)))
        .execute(conn)?;
    versions::raise(conn, Of::Accounts)?;
    let Some(suspension) = suspension else { return Ok(ExclusionResult::default()) };
    Ok(exclusion::bring_back(conn, suspension, by, at)?)
}

/// Both votes and the account change.
fn take_turns(conn: &mut Db) -> QueryResult<()> {
    versions::take_turn(conn, Of::Votes)?;
    versions::take_turn(conn, Of::Accounts)
}

/// Since when the account is suspended, and by which exclusion.
fn suspension_of(conn: &mut Db, account_id: i64) -> Result<(Option<NaiveDateTime>, Option<i64>), NotDone> {
    let account = accounts::table.find(account_id).select((accounts::suspended_at, accounts::suspension_id));
    account.first(conn).optional()?.ok_or(NotDone::Unknown)
}
