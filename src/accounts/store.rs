//! Accounts in the database.

use chrono::{NaiveDateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::select;

use super::{Email, Handle, Role};
use crate::db::Db;
use crate::db::schema::{accounts, exclusions};
use crate::db::sql::lower;
use crate::db::versions::{self, Of, Versions};
use crate::each;

/// An account as it is stored.
#[derive(Debug, Clone, Queryable)]
pub struct Account {
    pub id: i64,
    pub handle: String,
    pub email: String,
    pub password_hash: String,
    pub role: i16,
    pub verified_at: Option<NaiveDateTime>,
    pub suspended_at: Option<NaiveDateTime>,
    pub created_at: NaiveDateTime,
    /// The exclusion of its votes, while it is suspended.
    pub suspension_id: Option<i64>,
}

/// An account to be.
pub struct NewAccount<'a> {
    pub handle: &'a Handle,
    pub email: &'a Email,
    pub password_hash: &'a str,
    pub role: Role,
    /// Whether the address counts as confirmed from the start.
    pub verified: bool,
}

/// Why an account could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("the handle is taken")]
    HandleTaken,
    #[error("there is an account with this address")]
    EmailTaken,
    #[error(transparent)]
    Database(DieselError),
}

impl From<DieselError> for CreateError {
    fn from(cause: DieselError) -> Self {
        match &cause {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                if info.message().contains("email") { Self::EmailTaken } else { Self::HandleTaken }
            }
            _ => Self::Database(cause),
        }
    }
}

/// Makes an account and returns its id.
/// Handle or address may be taken by somebody who was faster.
pub fn create(conn: &mut Db, new: &NewAccount<'_>) -> Result<i64, CreateError> {
    conn.write(|conn| insert(conn, new))
}

/// The same, in the write transaction of the caller, who must roll back on an error.
pub fn insert(conn: &mut Db, new: &NewAccount<'_>) -> Result<i64, CreateError> {
    let handle_key = new.handle.as_str().to_lowercase();
    if select(exists(accounts::table.filter(lower(accounts::handle).eq(handle_key)))).get_result(conn)? {
        return Err(CreateError::HandleTaken);
    }
    let now = Utc::now().naive_utc();
    let row = (
        accounts::handle.eq(new.handle.as_str()),
        accounts::email.eq(new.email.as_str()),
        accounts::password_hash.eq(new.password_hash),
        accounts::role.eq(new.role.to_i16()),
        accounts::verified_at.eq(new.verified.then_some(now)),
        accounts::created_at.eq(now),
    );
    Ok(each!(conn, c => diesel::insert_into(accounts::table)
        .values(row)
        .returning(accounts::id)
        .get_result(c))?)
}

/// The account with this id.
pub fn find(conn: &mut Db, id: i64) -> QueryResult<Option<Account>> {
    accounts::table.find(id).first(conn).optional()
}

/// The account that signs in as `login`: its address, or its handle in any case.
pub fn find_by_login(conn: &mut Db, login: &str) -> QueryResult<Option<Account>> {
    let login = login.trim().to_lowercase();
    // PostgreSQL refuses a query with this character in it, and no account has it.
    if login.contains('\0') {
        return Ok(None);
    }
    if login.contains('@') {
        accounts::table.filter(accounts::email.eq(login)).first(conn).optional()
    } else {
        accounts::table.filter(lower(accounts::handle).eq(login)).first(conn).optional()
    }
}

/// Puts `new` in the place of the password hash `old` and ends every session of the account.
/// Returns the versions after it, which the caller takes notice of; `None`, with nothing changed,
/// if the password is another by now.
pub fn change_password(conn: &mut Db, id: i64, old: &str, new: &str) -> QueryResult<Option<Versions>> {
    conn.write(|conn| {
        versions::take_turn(conn, Of::Accounts)?;
        let account = accounts::table
            .find(id)
            .filter(accounts::password_hash.eq(old))
            .filter(accounts::suspended_at.is_null());
        if diesel::update(account).set(accounts::password_hash.eq(new)).execute(conn)? == 0 {
            return Ok(None);
        }
        crate::web::session::end_all(conn, id)?;
        versions::all(conn).map(Some)
    })
}

/// What a suspended account is told: the reason of its suspension, empty if there is none.
pub fn why_suspended(conn: &mut Db, account: &Account) -> QueryResult<String> {
    let Some(id) = account.suspension_id else { return Ok(String::new()) };
    let reason: Option<String> =
        exclusions::table.find(id).select(exclusions::reason).first(conn).optional()?;
    Ok(reason.unwrap_or_default())
}

/// Gives the account with this id another role, inside a write transaction of the caller, from the next request on.
pub fn give_role(conn: &mut Db, id: i64, role: Role) -> QueryResult<()> {
    versions::take_turn(conn, Of::Accounts)?;
    diesel::update(accounts::table.find(id)).set(accounts::role.eq(role.to_i16())).execute(conn)?;
    versions::raise(conn, Of::Accounts)?;
    Ok(())
}

/// Gives the account another role; false when there is no such account.
pub fn set_role(conn: &mut Db, handle: &str, role: Role) -> QueryResult<bool> {
    conn.write(|conn| {
        versions::take_turn(conn, Of::Accounts)?;
        let key = handle.trim().to_lowercase();
        let changed = diesel::update(accounts::table.filter(lower(accounts::handle).eq(key)))
            .set(accounts::role.eq(role.to_i16()))
            .execute(conn)?;
        versions::raise(conn, Of::Accounts)?;
        Ok(changed > 0)
    })
}
