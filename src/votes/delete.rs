//! The votes on a tool that is deleted go with it.

use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::{tallies, votes};
use crate::db::versions::{self, Of};

/// How many votes are stored on a tool.
pub fn count(conn: &mut Db, tool_id: i64) -> QueryResult<i64> {
    votes::table.filter(votes::tool_id.eq(tool_id)).count().get_result(conn)
}

/// Removes the votes on a tool and their tally, in the write transaction of the caller that deletes the tool and tells
/// [`LiveTallies::forget`](super::LiveTallies::forget) after the commit.
pub fn forget(conn: &mut Db, tool_id: i64) -> QueryResult<()> {
    versions::take_turn(conn, Of::Votes)?;
    diesel::delete(votes::table.filter(votes::tool_id.eq(tool_id))).execute(conn)?;
    diesel::delete(tallies::table.find(tool_id)).execute(conn)?;
    versions::raise(conn, Of::Votes)?;
    Ok(())
}
