//! Forms that were sent lately, in the database, so that all nodes know them.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::sent_forms;
use crate::db::sql::in_small_steps;
use crate::db::versions::{self, Versions};
use crate::each;
use crate::web::session;

/// For how many seconds a form is known again: long enough for a double click and a lost answer, and short enough that
/// nobody means the same anew. A sending that has come to nothing by then is given up: the process that had it is gone.
const KNOWN_SECONDS: i64 = 60;

/// By how many seconds less a form is known each time that it signs somebody in, which is why that is done three times at
/// most.
const TAKEN_SECONDS: i64 = KNOWN_SECONDS / 3;

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
    Ok(look(conn, key_hash, now)?.0)
}

/// The same, and if it is new it is under way from now on: of several at once one finds it new.
pub(super) fn claim(conn: &mut Db, key_hash: &str, now: NaiveDateTime) -> QueryResult<Known> {
    conn.write(|conn| {
        let (known, over) = look(conn, key_hash, now)?;
        if !matches!(known, Known::New) {
            return Ok(known);
        }
        if let Some(made_at) = over {
            let over = sent_forms::table.find(key_hash).filter(sent_forms::made_at.eq(made_at));
            diesel::delete(over).execute(conn)?;
        }
        let row = (sent_forms::key_hash.eq(key_hash), sent_forms::made_at.eq(now));
        let inserted = each!(conn, c => diesel::insert_into(sent_forms::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
        Ok(if inserted == 1 { Known::New } else { Known::UnderWay })
    })
}

/// What is known of a form, and of one that counts as new when what is still noted of it was made.
fn look(conn: &mut Db, key_hash: &str, now: NaiveDateTime) -> QueryResult<(Known, Option<NaiveDateTime>)> {
    let row: Option<(Option<String>, Option<String>, NaiveDateTime)> = sent_forms::table
        .find(key_hash)
        .select((sent_forms::location, sent_forms::state, sent_forms::made_at))
        .first(conn)
        .optional()?;
    let Some((location, state, made_at)) = row else { return Ok((Known::New, None)) };
    let over = (Known::New, Some(made_at));
    if made_at <= now - TimeDelta::seconds(KNOWN_SECONDS) {
        return Ok(over);
    }
    let Some(location) = location else { return Ok((Known::UnderWay, None)) };
    if let Some(may_sign_in) =
        state.as_deref().map(|state| session::opens(conn, state)).transpose()?.flatten()
    {
        if !may_sign_in {
            return Ok(over);
        }
        let unchanged = sent_forms::table.find(key_hash).filter(sent_forms::made_at.eq(made_at));
        let less = sent_forms::made_at.eq(made_at - TimeDelta::seconds(TAKEN_SECONDS));
        if diesel::update(unchanged).set(less).execute(conn)? == 0 {
            // Another has taken it at the same moment: the next look tells whether it is there still.
            return Ok((Known::UnderWay, None));
        }
    }
    Ok((Known::Answered(Answer { location, state }, versions::all(conn)?), None))
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
    let answer =
        (sent_forms::location.eq(location), sent_forms::state.eq(state), sent_forms::made_at.eq(now));
    let row = (sent_forms::key_hash.eq(key_hash), answer.clone());
    each!(conn, c => diesel::insert_into(sent_forms::table)
        .values(row)
        .on_conflict(sent_forms::key_hash)
        .do_update()
        .set(answer)
        .execute(c))
}

/// Removes what is no longer known again.
pub fn remove_old(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    let before = now - TimeDelta::seconds(KNOWN_SECONDS);
    in_small_steps(|most| {
        let old = sent_forms::table.filter(sent_forms::made_at.le(before));
        let keys: Vec<String> = old.select(sent_forms::key_hash).limit(most).load(conn)?;
        diesel::delete(sent_forms::table.filter(sent_forms::key_hash.eq_any(keys))).execute(conn)
    })
}
