//! Uploads, and applying one.

use chrono::{NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::accounts::CurrentUser;
use crate::catalogue::Act;
use crate::catalogue::file::{self, ImportError, ImportPlan, Problem, Summary};
use crate::catalogue::history::By;
use crate::db::Db;
use crate::db::schema::uploads;
use crate::db::versions::{self, Of};
use crate::each;
use crate::moderation::log::{self, Entry, Object};

/// For how long a file waits to be applied.
const KEPT: TimeDelta = TimeDelta::days(1);

/// A file that somebody has sent.
pub(super) struct Upload {
    pub id: i64,
    pub name: String,
    pub content: String,
}

impl Upload {
    /// Tells its content from any other.
    pub(super) fn hash(&self) -> String {
        hex::encode(&Sha256::digest(&self.content)[..16])
    }
}

/// What a file would do.
pub(super) enum Outlook {
    Plan(Box<ImportPlan>),
    Refused(Vec<Problem>),
}

/// Keeps a file for whoever sent it; returns its number.
pub(super) fn keep(conn: &mut Db, user: &CurrentUser, name: &str, content: &str) -> QueryResult<i64> {
    let row = (
        uploads::account_id.eq(user.id),
        uploads::name.eq(name),
        uploads::content.eq(content),
        uploads::made_at.eq(Utc::now().naive_utc()),
    );
    each!(conn, c => diesel::insert_into(uploads::table).values(row).returning(uploads::id).get_result(c))
}

/// A file of this account's.
pub(super) fn find(conn: &mut Db, account_id: i64, id: i64) -> QueryResult<Option<Upload>> {
    let found = uploads::table
        .find(id)
        .filter(uploads::account_id.eq(account_id))
        .select((uploads::name, uploads::content))
        .first::<(String, String)>(conn)
        .optional()?;
    Ok(found.map(|(name, content)| Upload { id, name, content }))
}

/// The files of an account that wait, newest first.
pub(super) fn waiting(conn: &mut Db, account_id: i64) -> QueryResult<Vec<(i64, String, NaiveDateTime)>> {
    uploads::table
        .filter(uploads::account_id.eq(account_id))
        .order(uploads::id.desc())
        .limit(10)
        .select((uploads::id, uploads::name, uploads::made_at))
        .load(conn)
}

/// Removes the files that nobody applied within a day. To be called now and then.
pub fn remove_old(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    diesel::delete(uploads::table.filter(uploads::made_at.lt(now - KEPT))).execute(conn)
}

/// What applying a file would do, in a reading transaction.
pub(super) fn outlook(conn: &mut Db, upload: &Upload) -> QueryResult<Outlook> {
    let file = match file::parse(&upload.content) {
        Ok(file) => file,
        Err(problems) => return Ok(Outlook::Refused(problems)),
    };
    match file::plan(conn, &file) {
        Ok(plan) => Ok(Outlook::Plan(Box::new(plan))),
        Err(ImportError::Problems(problems)) => Ok(Outlook::Refused(problems)),
        Err(ImportError::Database(cause)) => Err(cause),
    }
}

/// Applies a file to the catalogue of this version, and nothing else. Does nothing where the catalogue or the file is
/// another than was looked at, or has problems now.
pub(super) fn apply(
    conn: &mut Db,
    user: &CurrentUser,
    upload: &Upload,
    version: i64,
) -> QueryResult<Option<Summary>> {
    versions::take_turn(conn, Of::Catalogue)?;
    if versions::stored(conn, Of::Catalogue)? != version {
        return Ok(None);
    }
    let Ok(file) = file::parse(&upload.content) else { return Ok(None) };
    let reason = format!("Import of {}", upload.name);
    let by = By { account_id: Some(user.id), reason: &reason, at: Utc::now().naive_utc() };
    let summary = match file::import_by(conn, &file, by, &mut |_| {}) {
        Ok(summary) => summary,
        // A refusal writes nothing, so it need not be undone.
        Err(ImportError::Problems(_)) => return Ok(None),
        Err(ImportError::Database(cause)) => return Err(cause),
    };
    if summary.changed_anything() {
        let entry = Entry {
            public_label: Some("a catalogue file"),
            new_value: &summary.to_string(),
            ..Entry::new(Act::Imported.into(), Object::Import, None, &upload.name)
        };
        log::write(conn, user, &entry)?;
    }
    diesel::delete(uploads::table.find(upload.id)).execute(conn)?;
    Ok(Some(summary))
}
