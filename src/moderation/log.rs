//! The log: every act in the admin area, with who, what, on what, why, before and after. It is only ever added to, in the
//! transaction of what it tells of: what readers shall not see of an act that was taken back, another entry says.

use chrono::{NaiveDateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::select;

pub use super::verb::Object;
use super::verb::{Verb, beginning};
use crate::accounts::{CurrentUser, Role};
use crate::catalogue::RecordKind;
use crate::db::Db;
use crate::db::schema::{log_entries, revisions};
use crate::db::versions::{self, Of};
use crate::each;

/// An act that is being done.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = log_entries)]
pub struct Entry<'a> {
    /// What is done.
    #[diesel(skip_insertion)]
    pub act: Verb,
    /// What it is done to.
    pub object: Object,
    /// That one's id, if it has one.
    pub object_id: Option<i64>,
    /// Its name for moderators.
    pub label: &'a str,
    /// What readers see of it, never a voter's or reporter's name; none keeps the act in the admin area.
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

impl<'a> Entry<'a> {
    /// An act that readers do not learn of, without a reason and without what it changed.
    pub fn new(act: Verb, object: Object, object_id: Option<i64>, label: &'a str) -> Self {
        Self {
            act,
            object,
            object_id,
            label,
            public_label: None,
            href: None,
            reason: "",
            old_value: "",
            new_value: "",
        }
    }
}

/// That an account was given another role.
pub fn role_changed(id: i64, handle: &str, old: Role, new: Role) -> Entry<'_> {
    Entry {
        old_value: old.as_str(),
        new_value: new.as_str(),
        ..Entry::new(Verb::ChangedRole, Object::Account, Some(id), handle)
    }
}

/// Who acts by the command line, in the place of a username, which has no space in it.
const OPERATOR: &str = "the operator";

/// Who acted, as lists show it.
pub fn actor(handle: &str) -> String {
    if handle == OPERATOR { "Operator".to_owned() } else { format!("@{handle}") }
}

/// Writes an act of whoever runs the site, by the command line; otherwise as [`write`].
pub fn write_as_operator(conn: &mut Db, entry: &Entry<'_>) -> QueryResult<()> {
    store(conn, (None, OPERATOR), entry)
}

/// Writes an act into the log, in the transaction of the act itself and after it. Of an act on a record, the entry
/// names the revision that the act made, so that it can be withdrawn with it. What readers see of the log is fresh
/// from the commit on.
pub fn write(conn: &mut Db, actor: &CurrentUser, entry: &Entry<'_>) -> QueryResult<()> {
    store(conn, (Some(actor.id), &actor.handle), entry)
}

fn store(conn: &mut Db, actor: (Option<i64>, &str), entry: &Entry<'_>) -> QueryResult<()> {
    let revision_id = revision_made(conn, entry)?;
    insert(conn, actor, entry, revision_id, None)?;
    if entry.public_label.is_some() {
        versions::raise(conn, Of::Catalogue)?;
    }
    Ok(())
}

/// Writes that a revision was taken back without a trace: readers see neither this act nor the one that made the
/// revision; moderators see both.
pub fn withdraw(conn: &mut Db, actor: &CurrentUser, entry: &Entry<'_>, revision_id: i64) -> QueryResult<()> {
    let kept_here = Entry { public_label: None, href: None, ..entry.clone() };
    insert(conn, (Some(actor.id), &actor.handle), &kept_here, None, Some(revision_id))?;
    versions::raise(conn, Of::Catalogue)?;
    Ok(())
}

/// The newest revision of the record that the act was on, unless an earlier act made it. Objects that are records
/// have the same numbers here and there.
fn revision_made(conn: &mut Db, entry: &Entry<'_>) -> QueryResult<Option<i64>> {
    let is_record = RecordKind::ALL.iter().any(|kind| Object::from(*kind) == entry.object);
    let Some(record_id) = entry.object_id.filter(|_| is_record) else { return Ok(None) };
    let newest: Option<i64> = revisions::table
        .filter(revisions::kind.eq(entry.object.to_i16()))
        .filter(revisions::record_id.eq(record_id))
        .order(revisions::number.desc())
        .select(revisions::id)
        .first(conn)
        .optional()?;
    let Some(revision_id) = newest else { return Ok(None) };
    let named = log_entries::table.filter(log_entries::revision_id.eq(revision_id));
    Ok(if select(exists(named)).get_result(conn)? { None } else { Some(revision_id) })
}

fn insert(
    conn: &mut Db,
    (account_id, handle): (Option<i64>, &str),
    entry: &Entry<'_>,
    revision_id: Option<i64>,
    withdraws: Option<i64>,
) -> QueryResult<()> {
    let row = (
        log_entries::made_at.eq(Utc::now().naive_utc()),
        log_entries::account_id.eq(account_id),
        log_entries::handle.eq(handle),
        log_entries::act.eq(entry.act.as_str()),
        entry.clone(),
        log_entries::revision_id.eq(revision_id),
        log_entries::withdraws.eq(withdraws),
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
    /// The revision that the act made, if it made one.
    pub revision_id: Option<i64>,
}

impl Logged {
    /// What it was done to; what a newer program has written may have no name here.
    pub fn object(&self) -> Option<Object> {
        Object::from_i16(self.object)
    }

    /// The beginning of its sentence, of which the label is the end.
    pub fn beginning(&self) -> String {
        beginning(&self.act, self.object(), false)
    }
}
