//! What readers send to the desk, as it is stored: tools they miss, corrections, reports.
//!
//! Readers fill in the forms of `submissions`, find the answers on their account, and moderators work through the
//! queue at the desk. All three stand on this room: [`item`] says what may be sent, [`store`] keeps it, [`queue`] is
//! what moderators do with it, [`alike`] finds what is there already, [`stands`] says what an entry
//! says now, and [`spam`] is the rule on who has to wait.

pub mod alike;
mod choices;
pub mod item;
pub mod queue;
pub mod spam;
pub mod stands;
pub mod store;

use diesel::prelude::*;

use crate::db::{Db, schema::submissions};

/// How many items wait for a decision, taken or not.
///
/// # Errors
/// When the database cannot be read.
pub fn open_count(conn: &mut Db) -> QueryResult<i64> {
    submissions::table.filter(submissions::status.eq(item::Status::Open.to_i16())).count().get_result(conn)
}
