//! What keeps counts honest: votes that are excluded, accounts that are suspended, suspicious patterns, and the votes of
//! two tools that become one.
//!
//! A [`selection`] finds votes by what they have in common, a [`vote_set`] names exactly those that a moderator was shown,
//! [`exclusion`] takes them out of the tallies and brings them back, [`suspension`] does so with all votes of an account.
//! [`patterns`] looks for what may be bought, and does nothing to a vote. [`invariants`] says what must hold of all this.

pub mod exclusion;
pub mod invariants;
pub mod merge;
pub mod patterns;
pub mod selection;
pub mod suspension;
pub mod vote_set;

use chrono::NaiveDateTime;
use diesel::QueryResult;

use crate::db::Db;
use crate::votes::network;

/// Forgets from which networks votes came that were cast too long ago, and returns how many votes that was.
pub fn forget_networks(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    patterns::forget_old_networks(conn, now)?;
    network::forget_old(conn, now)
}
