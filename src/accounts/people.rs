//! Accounts as moderators look for them.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;

use super::Role;
use crate::db::Db;
use crate::db::schema::accounts;
use crate::db::sql::{self, ESCAPE, starting};

/// For how many days an account stands among the new ones.
const NEW_FOR_DAYS: i64 = 7;

/// Which accounts are looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    All,
    Moderators,
    Admins,
    Suspended,
    New,
}

impl Show {
    /// All of them, with the word in addresses and the name in the form.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::All, "", "Everybody"),
        (Self::Moderators, "moderators", "Moderators"),
        (Self::Admins, "admins", "Admins"),
        (Self::Suspended, "suspended", "Suspended"),
        (Self::New, "new", "New this week"),
    ];

    /// What an address names; anything else is everybody.
    pub fn parse(text: &str) -> Self {
        Self::ALL.iter().find(|(_, word, _)| *word == text).map_or(Self::All, |(show, _, _)| *show)
    }

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(show, _, _)| *show == self).map_or("", |(_, word, _)| word)
    }
}

/// What is looked for: how handles begin, in any case, and which accounts.
#[derive(Debug, Clone, Default)]
pub struct PeopleFilters {
    pub prefix: String,
    pub show: Show,
}

/// An account in the list.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct Person {
    pub id: i64,
    pub handle: String,
    pub role: i16,
    pub created_at: NaiveDateTime,
    pub suspended_at: Option<NaiveDateTime>,
}

/// Narrows a query down to what is wanted.
macro_rules! among {
    ($query:expr, $wanted:expr, $now:expr) => {{
        // That an account was made by now says nothing, and lets an index be used.
        let mut query = $query.filter(accounts::created_at.le($now)).into_boxed();
        let prefix = $wanted.prefix.to_ascii_lowercase();
        if !prefix.is_empty() {
            // Handles are made of letters, digits, hyphens and underscores, and z comes last of these.
            let last = format!("{prefix}{}", "z".repeat(30));
            query = query
                .filter(accounts::handle_key.ge(prefix.clone()))
                .filter(accounts::handle_key.le(last))
                .filter(accounts::handle_key.like(starting(&prefix)).escape(ESCAPE));
        }
        match $wanted.show {
            Show::All => query,
            Show::Moderators => query.filter(accounts::role.eq(Role::Moderator.to_i16())),
            Show::Admins => query.filter(accounts::role.eq(Role::Admin.to_i16())),
            Show::Suspended => query.filter(accounts::suspended_at.is_not_null()),
            Show::New => query.filter(accounts::created_at.gt($now - Duration::days(NEW_FOR_DAYS))),
        }
    }};
}

/// How many accounts are wanted.
pub fn count(conn: &mut Db, wanted: &PeopleFilters, now: NaiveDateTime) -> QueryResult<usize> {
    let n: i64 = among!(accounts::table.count(), wanted, now).get_result(conn)?;
    Ok(sql::counted(n))
}

/// Those that stand in `range`: by handle where one is looked for, else newest first.
pub fn list(
    conn: &mut Db,
    wanted: &PeopleFilters,
    range: &Range<usize>,
    now: NaiveDateTime,
) -> QueryResult<Vec<Person>> {
    let (limit, offset) = sql::limit_and_offset(range);
    let found = among!(accounts::table.select(Person::as_select()), wanted, now).limit(limit).offset(offset);
    if wanted.prefix.is_empty() {
        found.order((accounts::created_at.desc(), accounts::id.desc())).load(conn)
    } else {
        found.order(accounts::handle_key).load(conn)
    }
}

/// The handles of these accounts.
pub fn handles(conn: &mut Db, ids: &[i64]) -> QueryResult<HashMap<i64, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let named = accounts::table.filter(accounts::id.eq_any(ids)).select((accounts::id, accounts::handle));
    Ok(named.load(conn)?.into_iter().collect())
}

/// How many admins there are besides this account, suspended ones left out.
pub fn other_admins(conn: &mut Db, id: i64) -> QueryResult<i64> {
    accounts::table
        .filter(accounts::role.eq(Role::Admin.to_i16()))
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::id.ne(id))
        .count()
        .get_result(conn)
}
