//! Accounts in the database.

use chrono::{NaiveDateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::select;

use super::{Email, Handle, Role, people};
use crate::db::Db;
use crate::db::schema::{accounts, exclusions, submissions};
use crate::db::sql::counted;
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
    /// The handle as it is compared.
    pub handle_key: String,
    /// Up to which exclusion of votes of theirs its owner was told.
    pub told_exclusion_id: i64,
}

impl Account {
    /// Whether it may do now what takes this role.
    pub fn may_act_as(&self, role: Role) -> bool {
        self.suspended_at.is_none() && Role::from_i16(self.role) >= role
    }
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
    #[error("This username is taken. Choose another.")]
    HandleTaken,
    #[error("There is already an account with this email.")]
    EmailTaken,
    #[error(transparent)]
    Database(DieselError),
}

impl CreateError {
    /// The field of the form that the error is about.
    pub fn field(&self) -> &'static str {
        if matches!(self, Self::EmailTaken) { "email" } else { "handle" }
    }
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
    if select(exists(accounts::table.filter(accounts::handle_key.eq(new.handle.key())))).get_result(conn)? {
        return Err(CreateError::HandleTaken);
    }
    let known = accounts::table.filter(accounts::email.eq_any(new.email.stored_forms()));
    if select(exists(known)).get_result(conn)? {
        return Err(CreateError::EmailTaken);
    }
    let now = Utc::now().naive_utc();
    let row = (
        accounts::handle.eq(new.handle.as_str()),
        accounts::handle_key.eq(new.handle.key()),
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
    if login.contains('@') {
        let Ok(email) = login.parse::<Email>() else { return Ok(None) };
        let known = accounts::table.filter(accounts::email.eq_any(email.stored_forms()));
        known.order(accounts::id).first(conn).optional()
    } else {
        let Ok(handle) = login.parse::<Handle>() else { return Ok(None) };
        accounts::table.filter(accounts::handle_key.eq(handle.key())).first(conn).optional()
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

/// Gives an account another address, which nobody has confirmed, and ends every session of it but `this`, if its password
/// is still the one behind this hash. Returns the versions after it, which the caller takes notice of; `None`, with nothing
/// changed, if the password is another by now.
pub fn change_email(
    conn: &mut Db,
    id: i64,
    password_hash: &str,
    email: &Email,
    this: &str,
) -> Result<Option<Versions>, CreateError> {
    conn.write(|conn| {
        versions::take_turn(conn, Of::Accounts)?;
        let others = accounts::table.filter(accounts::id.ne(id));
        if select(exists(others.filter(accounts::email.eq_any(email.stored_forms())))).get_result(conn)? {
            return Err(CreateError::EmailTaken);
        }
        let account = accounts::table
            .find(id)
            .filter(accounts::password_hash.eq(password_hash))
            .filter(accounts::suspended_at.is_null());
        let changed = (accounts::email.eq(email.as_str()), accounts::verified_at.eq(None::<NaiveDateTime>));
        if diesel::update(account).set(changed).execute(conn)? == 0 {
            return Ok(None);
        }
        crate::web::session::end_others(conn, id, this)?;
        Ok(Some(versions::all(conn)?))
    })
}

/// How many submissions of an account were answered since its owner last looked.
pub fn new_answers(conn: &mut Db, id: i64) -> QueryResult<usize> {
    let new = submissions::table
        .filter(submissions::account_id.eq(id))
        .filter(submissions::decided_at.is_not_null())
        .filter(submissions::answer_seen_at.is_null());
    new.count().get_result(conn).map(counted)
}

/// Notes that the owner of an account was told of exclusions of their votes up to this one.
pub fn tell_of_exclusions(conn: &mut Db, id: i64, newest: i64) -> QueryResult<usize> {
    diesel::update(accounts::table.find(id)).set(accounts::told_exclusion_id.eq(newest)).execute(conn)
}

/// What a suspended account is told: the reason of its suspension, empty if there is none.
pub fn why_suspended(conn: &mut Db, account: &Account) -> QueryResult<String> {
    let Some(id) = account.suspension_id else { return Ok(String::new()) };
    let reason: Option<String> =
        exclusions::table.find(id).select(exclusions::reason).first(conn).optional()?;
    Ok(reason.unwrap_or_default())
}

/// What became of a role.
#[derive(Debug, PartialEq, Eq)]
pub enum RoleChange {
    /// It was this one before.
    From(Role),
    /// It is what it was.
    Unchanged,
    /// It is what it was, since there would be no admin any more.
    LastAdmin,
}

/// Gives an account another role, inside a write transaction of the caller, from the next request on. Whoever changes
/// roles takes turns, so that of two admins who take each other's role away one stays.
pub fn give_role(conn: &mut Db, id: i64, role: Role) -> QueryResult<RoleChange> {
    versions::take_turn(conn, Of::Accounts)?;
    let account = accounts::table.find(id);
    let old = Role::from_i16(account.select(accounts::role).first(conn)?);
    if old == role {
        return Ok(RoleChange::Unchanged);
    }
    if old == Role::Admin && people::other_admins(conn, id)? == 0 {
        return Ok(RoleChange::LastAdmin);
    }
    diesel::update(account).set(accounts::role.eq(role.to_i16())).execute(conn)?;
    versions::raise(conn, Of::Accounts)?;
    Ok(RoleChange::From(old))
}
