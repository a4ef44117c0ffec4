//! Forms that were sent lately, in the database, so that all nodes know them.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::sent_forms;
use crate::db::sql::in_small_steps;
use crate::db::versions::{self, Versions};
use crate::each;

/// For how many minutes a form is known again.
const KNOWN_MINUTES: i64 = 10;

/// After how many seconds a sending that has come to nothing is given up: the process that had it is gone.
const GIVEN_UP_SECONDS: i64 = 60;

/// Where a form led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// A path on this site.
    pub location: String,
    /// What the sender's session gets, as JSON.
    pub state: Option<String>,
}

/// What is known of a form.
pub(super) enum Known {
    /// Nothing: it is sent for the first time.
    New,
    /// It is being worked on.
    UnderWay,
    /// It led there; the versions as they are now.
    Answered(Answer, Versions),
}

/// Looks whether a form was sent before.
pub(super) fn find(conn: &mut Db, key_hash: &str, now: NaiveDateTime) -> QueryResult<Known> {
    let row: Option<(Option<String>, Option<String>, NaiveDateTime)> = sent_forms::table
        .find(key_hash)
        .filter(sent_forms::made_at.gt(now - TimeDelta::minutes(KNOWN_MINUTES)))
        .select((sent_forms::location, sent_forms::state, sent_forms::made_at))
        .first(conn)
        .optional()?;
    Ok(match row {
        None => Known::New,
        Some((Some(location), state, _)) => Known::Answered(Answer { location, state }, versions::all(conn)?),
        Some((None, _, made_at)) if made_at < now - TimeDelta::seconds(GIVEN_UP_SECONDS) => Known::New,
        Some((None, ..)) => Known::UnderWay,
    })
}

/// The same, and if it is new it is under way from now on: of several at once one finds it new.
pub(super) fn claim(conn: &mut Db, key_hash: &str, now: NaiveDateTime) -> QueryResult<Known> {
    conn.write(|conn| {
        let known = find(conn, key_hash, now)?;
        if !matches!(known, Known::New) {
            return Ok(known);
        }
        // What is over but not cleared away, or given up.
        let over = now - TimeDelta::seconds(GIVEN_UP_SECONDS);
        diesel::delete(sent_forms::table.find(key_hash).filter(sent_forms::made_at.lt(over)))
            .execute(conn)?;
        let row = (sent_forms::key_hash.eq(key_hash), sent_forms::made_at.eq(now));
        let inserted = each!(conn, c => diesel::insert_into(sent_forms::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(if inserted == 1 { Known::New } else { Known::UnderWay })
    })
}

/// Notes where a form led to; one that led nowhere may be sent again.
pub(super) fn settle(
    conn: &mut Db,
    key_hash: &str,
    answer: Option<Answer>,
    now: NaiveDateTime,
) -> QueryResult<usize> {
    let Some(Answer { location, state }) = answer else {
        return diesel::delete(sent_forms::table.find(key_hash)).execute(conn);
    };
    let answer = (sent_forms::location.eq(location), sent_forms::state.eq(state));
    let row = (sent_forms::key_hash.eq(key_hash), answer.clone(), sent_forms::made_at.eq(now));
    each!(conn, c => diesel::insert_into(sent_forms::table)
        .values(row)
        .on_conflict(sent_forms::key_hash)
        .do_update()
        .set(answer)
        .execute(c))
}

/// Removes what is no longer known again.
pub fn remove_old(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    let before = now - TimeDelta::minutes(KNOWN_MINUTES);
    in_small_steps(|most| {
        let old = sent_forms::table.filter(sent_forms::made_at.le(before));
        let keys: Vec<String> = old.select(sent_forms::key_hash).limit(most).load(conn)?;
        diesel::delete(sent_forms::table.filter(sent_forms::key_hash.eq_any(keys))).execute(conn)
    })
}
