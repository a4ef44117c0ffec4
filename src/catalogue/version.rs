//! The version of the catalogue: one number that rises with every change, so that copies in memory know when they
//! are stale.

use diesel::prelude::*;

use crate::db::Db;
use crate::schema::catalogue_state;

/// The version that is stored now.
///
/// # Errors
/// When the database cannot be read.
pub fn stored(conn: &mut Db) -> QueryResult<i64> {
    catalogue_state::table.select(catalogue_state::version).first(conn)
}

/// Makes changes of the catalogue take turns: called first in a write transaction, it waits until no other one that
/// called it is open. On SQLite a write transaction is alone anyway.
///
/// # Errors
/// When the database cannot be read, or the wait takes longer than the connection allows.
pub fn take_turn(conn: &mut Db) -> QueryResult<()> {
    if let Db::Pg(conn) = conn {
        catalogue_state::table.select(catalogue_state::version).for_update().first::<i64>(conn)?;
    }
    Ok(())
}

/// Raises the version; called in the transaction that changes the catalogue.
///
/// # Errors
/// When the database cannot be written.
pub fn raise(conn: &mut Db) -> QueryResult<()> {
    diesel::update(catalogue_state::table)
        .set(catalogue_state::version.eq(catalogue_state::version + 1))
        .execute(conn)?;
    Ok(())
}
