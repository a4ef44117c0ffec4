//! The link, as the database keeps it: the SHA-256 of its token and when it is over.

use chrono::Utc;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::select;
use sha2::{Digest, Sha256};

use crate::accounts::store::{self, CreateError, NewAccount};
use crate::accounts::{CurrentUser, Role};
use crate::db::schema::accounts;
use crate::db::versions::{self, Of};
use crate::db::{Db, site_settings};
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;

/// How long a link works, in seconds.
const LASTS: i64 = 60 * 60;

/// The name of the setting that holds `HASH SECONDS`: the hash, and since 1970 until when.
const NAME: &str = "setup";

/// Makes a link that works from now on, instead of any before, and returns its path; `None` once there is an admin.
pub fn offer(conn: &mut Db) -> QueryResult<Option<String>> {
    conn.write(|conn| {
        versions::take_turn(conn, Of::Accounts)?;
        if has_admin(conn)? {
            // What is known of the last link stays, so that whoever has it is told what became of it.
            return Ok(None);
        }
        let bytes: [u8; 32] = rand::random();
        let token = hex::encode(bytes);
        let value = format!("{} {}", hash(&token), Utc::now().timestamp() + LASTS);
        site_settings::set(conn, NAME, &value)?;
        Ok(Some(format!("/setup/{token}")))
    })
}

/// What became of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// It works.
    Open,
    /// It was the last one, and there is an admin now.
    Used,
    /// It was the last one, and its time is over.
    Expired,
    /// This site has not made it, or another since.
    Unknown,
}

/// What became of the link with this token. Nothing is said to whoever does not have one.
pub(super) fn find(conn: &mut Db, token: &str) -> QueryResult<Link> {
    let stored = site_settings::value(conn, NAME)?;
    let known = stored.as_deref().and_then(|value| value.split_once(' '));
    let Some((_, until)) = known.filter(|(known, _)| *known == hash(token)) else { return Ok(Link::Unknown) };
    if has_admin(conn)? {
        return Ok(Link::Used);
    }
    let is_open = until.parse::<i64>().is_ok_and(|until| Utc::now().timestamp() < until);
    Ok(if is_open { Link::Open } else { Link::Expired })
}

/// Why there is no first admin.
#[derive(Debug)]
pub(super) enum Refused {
    /// The link does not work, or no longer.
    Closed(Link),
    /// Handle or address are taken, or the database failed.
    Account(CreateError),
}

impl From<CreateError> for Refused {
    fn from(cause: CreateError) -> Self {
        Self::Account(cause)
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Account(CreateError::Database(cause))
    }
}

/// Makes the first admin and uses the link up. Of several at once, one is made.
pub(super) fn use_up(conn: &mut Db, token: &str, new: &NewAccount<'_>) -> Result<CurrentUser, Refused> {
    conn.write(|conn| {
        versions::take_turn(conn, Of::Accounts)?;
        match find(conn, token)? {
            Link::Open => {}
            other => return Err(Refused::Closed(other)),
        }
        let id = store::insert(conn, new)?;
        let admin = CurrentUser { id, handle: new.handle.to_string(), role: new.role, new_answers: 0 };
        let entry = Entry {
            reason: "First admin, created with the setup link.",
            new_value: new.role.as_str(),
            ..Entry::new(Verb::Created, Object::Account, Some(id), new.handle.as_str())
        };
        log::write(conn, &admin, &entry)?;
        Ok(admin)
    })
}

fn has_admin(conn: &mut Db) -> QueryResult<bool> {
    select(exists(accounts::table.filter(accounts::role.eq(Role::Admin.to_i16())))).get_result(conn)
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
