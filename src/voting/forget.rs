//! The votes on a tool that is deleted go with it.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::store::locked_standings;
use crate::{
    db::Db,
    schema::{tallies, votes},
    versions::{self, Of},
};

/// How many votes are stored on a tool.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Db, tool_id: i64) -> QueryResult<i64> {
    votes::table.filter(votes::tool_id.eq(tool_id)).count().get_result(conn)
}

/// Removes the votes on a tool and their tally, in the write transaction of the caller that deletes the tool.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Db, tool_id: i64) -> QueryResult<()> {
    locked_standings(conn, &BTreeSet::from([tool_id]))?;
    diesel::delete(votes::table.filter(votes::tool_id.eq(tool_id))).execute(conn)?;
    diesel::delete(tallies::table.find(tool_id)).execute(conn)?;
    versions::raise(conn, Of::Votes)?;
    Ok(())
}
