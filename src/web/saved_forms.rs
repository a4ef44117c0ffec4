//! What somebody typed into a form before it turned out that their session was over. It is given back to the account
//! that the form was made for, once it has signed in, and to nobody else. Never of a form with a password.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use serde::de::DeserializeOwned;

use crate::db::Db;
use crate::db::schema::{accounts, saved_forms};
use crate::db::sql::in_small_steps;
use crate::each;
use crate::web::form_key::FormKey;
use crate::web::session::Credential;

/// For how many days it is kept.
const KEPT_DAYS: i64 = 3;

/// How many forms are kept of one account: the newest.
const MOST_OF_ACCOUNT: i64 = 5;

/// The fields that are never kept.
const SECRETS: [&str; 2] = ["password", "current"];

/// A form that was sent and not received.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
pub struct SavedForm {
    pub id: i64,
    /// The path that it was sent to.
    pub path: String,
    /// Its fields, urlencoded.
    fields: String,
}

impl SavedForm {
    /// Its fields in the order of the form.
    pub fn fields(&self) -> Vec<(String, String)> {
        self.parse().unwrap_or_default()
    }

    /// Its fields as what the form sends.
    pub fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        serde_urlencoded::from_str(&self.fields).ok()
    }
}

/// The account for which a form with this key may be kept: it still has the password that it had when the page was made,
/// not long ago. Who was thrown out leaves nothing for anybody to send.
pub fn owner(conn: &mut Db, key: &FormKey, now: NaiveDateTime) -> QueryResult<Option<i64>> {
    let Some(account_id) = key.account_id else { return Ok(None) };
    let row = accounts::table.find(account_id).select(accounts::password_hash);
    let password_hash: Option<String> = row.first(conn).optional()?;
    let may_keep = |hash: &String| key.may_keep(&Credential::of(hash), now);
    Ok(password_hash.filter(may_keep).map(|_| account_id))
}

/// Keeps what was typed into the form at `path`, in place of what is kept of it; says whether it may be kept.
pub fn save(
    conn: &mut Db,
    account_id: i64,
    path: &str,
    fields: &[(String, String)],
    now: NaiveDateTime,
) -> QueryResult<bool> {
    let Ok(typed) = serde_urlencoded::to_string(fields) else { return Ok(false) };
    if fields.iter().any(|(name, _)| SECRETS.contains(&name.as_str())) {
        return Ok(false);
    }
    conn.write(|conn| {
        if accounts::table.find(account_id).count().get_result::<i64>(conn)? == 0 {
            return Ok(false);
        }
        forget(conn, account_id, path)?;
        let older: Vec<i64> = of_account(account_id)
            .order(saved_forms::id.desc())
            .offset(MOST_OF_ACCOUNT - 1)
            .limit(MOST_OF_ACCOUNT)
            .select(saved_forms::id)
            .load(conn)?;
        diesel::delete(saved_forms::table.filter(saved_forms::id.eq_any(older))).execute(conn)?;
        let row = (
            saved_forms::account_id.eq(account_id),
            saved_forms::path.eq(path),
            saved_forms::fields.eq(typed),
            saved_forms::made_at.eq(now),
        );
        each!(conn, c => diesel::insert_into(saved_forms::table).values(row).execute(c))?;
        Ok(true)
    })
}

/// What is kept of an account, the newest first.
pub fn load(conn: &mut Db, account_id: i64) -> QueryResult<Vec<SavedForm>> {
    of_account(account_id).order(saved_forms::id.desc()).select(SavedForm::as_select()).load(conn)
}

/// Takes out the newest form of an account at a path that is meant.
pub fn take(
    conn: &mut Db,
    account_id: i64,
    is_meant: impl Fn(&str) -> bool,
) -> QueryResult<Option<SavedForm>> {
    let found = load(conn, account_id)?.into_iter().find(|form| is_meant(&form.path));
    if let Some(form) = &found {
        diesel::delete(saved_forms::table.find(form.id)).execute(conn)?;
    }
    Ok(found)
}

/// Forgets what is kept of an account's form at `path`.
pub fn forget(conn: &mut Db, account_id: i64, path: &str) -> QueryResult<usize> {
    diesel::delete(of_account(account_id).filter(saved_forms::path.eq(path))).execute(conn)
}

/// Removes what nobody came back for.
pub fn remove_old(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    let before = now - TimeDelta::days(KEPT_DAYS);
    in_small_steps(|most| {
        let old = saved_forms::table.filter(saved_forms::made_at.le(before));
        let ids: Vec<i64> = old.select(saved_forms::id).limit(most).load(conn)?;
        diesel::delete(saved_forms::table.filter(saved_forms::id.eq_any(ids))).execute(conn)
    })
}

#[diesel::dsl::auto_type]
fn of_account(account_id: i64) -> _ {
    saved_forms::table.filter(saved_forms::account_id.eq(account_id))
}
