//! The sessions of one account, as its owner sees and ends them.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::typed::DEVICE;
use crate::db::Db;
use crate::db::schema::sessions;
use crate::db::versions::{self, Of, Versions};

/// A session of somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// What forms name it by. It opens nothing: only its key does, of which this is the hash.
    pub id: String,
    /// `Firefox on Linux`.
    pub device: String,
    pub begun: NaiveDateTime,
    /// The day on which it was last used, where that is known.
    pub seen_on: Option<NaiveDate>,
}

/// The sessions of an account that are not over, those used last first.
pub fn of_account(conn: &mut Db, account_id: i64) -> QueryResult<Vec<OwnSession>> {
    let rows: Vec<(String, String, NaiveDateTime, Option<NaiveDate>)> = sessions::table
        .filter(sessions::account_id.eq(account_id))
        .filter(sessions::expires_at.gt(Utc::now().naive_utc()))
        .select((sessions::id_hash, sessions::state, sessions::created_at, sessions::seen_on))
        .load(conn)?;
    let own = |(id, state, begun, seen_on): (String, String, NaiveDateTime, Option<NaiveDate>)| {
        let state: HashMap<String, String> = serde_json::from_str(&state).unwrap_or_default();
        let device = state.get(DEVICE).and_then(|text| serde_json::from_str(text).ok());
        OwnSession { id, device: device.unwrap_or_else(|| "Unknown device".to_owned()), begun, seen_on }
    };
    let mut found: Vec<OwnSession> = rows.into_iter().map(own).collect();
    found.sort_by_key(|session| std::cmp::Reverse((session.seen_on, session.begun)));
    Ok(found)
}

/// Ends one session of an account. Returns whether there was one, and the versions after it, which the caller takes
/// notice of.
pub fn end_one(conn: &mut Db, account_id: i64, id: &str) -> QueryResult<(bool, Versions)> {
    conn.write(|conn| {
        versions::take_turn(conn, Of::Accounts)?;
        let session = sessions::table.find(id).filter(sessions::account_id.eq(account_id));
        let ended = diesel::delete(session).execute(conn)? > 0;
        if ended {
            versions::raise(conn, Of::Accounts)?;
        }
        Ok((ended, versions::all(conn)?))
    })
}

/// Ends every session of an account but this one, in the write transaction of the caller.
pub fn end_others(conn: &mut Db, account_id: i64, this: &str) -> QueryResult<usize> {
    versions::take_turn(conn, Of::Accounts)?;
    let others =
        sessions::table.filter(sessions::account_id.eq(account_id)).filter(sessions::id_hash.ne(this));
    let ended = diesel::delete(others).execute(conn)?;
    versions::raise(conn, Of::Accounts)?;
    Ok(ended)
}
