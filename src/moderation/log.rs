//! The log: every act at the desk, with who, what, on what, why, before and after. It is only ever added to, in the
//! transaction of what it tells of.

use chrono::{NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::{accounts::CurrentUser, db::Db, each, schema::log_entries};

/// What an act was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Object {
    Category,
    Reviewer,
    Tool,
    Comparison,
    Submission,
    Votes,
    Account,
    Setting,
    Import,
}

impl Object {
    /// All of them, in the order of their numbers.
    pub const ALL: &[Self] = &[
        Self::Category,
        Self::Reviewer,
        Self::Tool,
        Self::Comparison,
        Self::Submission,
        Self::Votes,
        Self::Account,
        Self::Setting,
        Self::Import,
    ];

    /// The number that the database stores.
    #[must_use]
    pub fn to_i16(self) -> i16 {
        Self::ALL.iter().position(|other| *other == self).and_then(|at| i16::try_from(at).ok()).unwrap_or(0)
    }

    /// The object behind a stored number.
    #[must_use]
    pub fn from_i16(number: i16) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Reviewer => "reviewer",
            Self::Tool => "tool",
            Self::Comparison => "comparison",
            Self::Submission => "submission",
            Self::Votes => "votes",
            Self::Account => "account",
            Self::Setting => "setting",
            Self::Import => "import",
        }
    }
}

/// An act that is being done.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// A verb in the past tense: `published`, `excluded`.
    pub act: &'a str,
    /// What it is done to.
    pub object: Object,
    /// That one's id, if it has one.
    pub object_id: Option<i64>,
    /// Its name for moderators.
    pub label: &'a str,
    /// What readers see of it, never a voter's or reporter's name; none keeps the act at the desk.
    pub public_label: Option<&'a str>,
    /// Where readers find it.
    pub href: Option<&'a str>,
    /// Why.
    pub reason: &'a str,
    /// How it was; empty where that says nothing.
    pub old_value: &'a str,
    /// How it is from then on.
    pub new_value: &'a str,
}

/// Writes an act into the log, in the transaction of the act itself.
///
/// # Errors
/// When the database fails.
pub fn write(conn: &mut Db, actor: &CurrentUser, entry: &Entry<'_>) -> QueryResult<()> {
    let row = (
        log_entries::made_at.eq(Utc::now().naive_utc()),
        log_entries::account_id.eq(actor.id),
        log_entries::handle.eq(&actor.handle),
        log_entries::act.eq(entry.act),
        log_entries::object.eq(entry.object.to_i16()),
        log_entries::object_id.eq(entry.object_id),
        log_entries::label.eq(entry.label),
        log_entries::public_label.eq(entry.public_label),
        log_entries::href.eq(entry.href),
        log_entries::reason.eq(entry.reason),
        log_entries::old_value.eq(entry.old_value),
        log_entries::new_value.eq(entry.new_value),
    );
    each!(conn, c => diesel::insert_into(log_entries::table).values(row).execute(c))?;
    Ok(())
}

/// An act as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = log_entries)]
pub struct Logged {
    pub id: i64,
    pub made_at: NaiveDateTime,
    pub handle: String,
    pub act: String,
    pub object: i16,
    pub object_id: Option<i64>,
    pub label: String,
    pub public_label: Option<String>,
    pub href: Option<String>,
    pub reason: String,
    pub old_value: String,
    pub new_value: String,
}
