//! Uploads, and applying one.

use chrono::{NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::accounts::CurrentUser;
use crate::catalogue::Act;
use crate::catalogue::file::{self, File, ImportError, ImportPlan, ProblemList, Summary};
use crate::catalogue::history::By;
use crate::db::Db;
use crate::db::schema::uploads;
use crate::db::versions::{self, Of};
use crate::each;
use crate::moderation::log::{self, Entry, Object};
use crate::web::paging::Page;

/// For how long a file waits to be applied.
const KEPT: TimeDelta = TimeDelta::days(1);

/// How many files of one account wait, and how many of all; the newest stay.
pub(super) const MOST_OF_ONE: i64 = 3;
const MOST_OF_ALL: i64 = 8;

/// How many records or problems a page shows.
const PER_PAGE: usize = 50;

/// A file that somebody has sent.
pub(super) struct Upload {
    pub id: i64,
    pub name: String,
}

/// What a file would do.
pub(super) enum Outlook {
    /// With the changes that stand on the page.
    Plan(Box<ImportPlan>, Page),
    Refused(ProblemList, Page),
}

/// Keeps a file for whoever sent it; returns its number.
pub(super) fn keep(conn: &mut Db, user: &CurrentUser, name: &str, content: &str) -> QueryResult<i64> {
    let row = (
        uploads::account_id.eq(user.id),
        uploads::name.eq(name),
        uploads::content.eq(content),
        uploads::made_at.eq(Utc::now().naive_utc()),
    );
    let id = each!(conn, c => diesel::insert_into(uploads::table).values(row).returning(uploads::id).get_result(c))?;
    let newest = || uploads::table.order(uploads::id.desc()).select(uploads::id).limit(i64::MAX);
    let of_one = newest().filter(uploads::account_id.eq(user.id)).offset(MOST_OF_ONE).load::<i64>(conn)?;
    diesel::delete(uploads::table.filter(uploads::id.eq_any(of_one))).execute(conn)?;
    let of_all = newest().offset(MOST_OF_ALL).load::<i64>(conn)?;
    diesel::delete(uploads::table.filter(uploads::id.eq_any(of_all))).execute(conn)?;
    Ok(id)
}

/// A file of this account's that still waits.
pub(super) fn find(conn: &mut Db, account_id: i64, id: i64) -> QueryResult<Option<Upload>> {
    let waits = uploads::made_at.ge(Utc::now().naive_utc() - KEPT);
    let row = uploads::table.find(id).filter(uploads::account_id.eq(account_id)).filter(waits);
    let name = row.select(uploads::name).first::<String>(conn).optional()?;
    Ok(name.map(|name| Upload { id, name }))
}

/// What stands in a file, if it is there.
pub(super) fn content(conn: &mut Db, id: i64) -> QueryResult<Option<String>> {
    uploads::table.find(id).select(uploads::content).first(conn).optional()
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

/// What applying a file would do, in a reading transaction, and the page of it that is nearest to `wanted`.
pub(super) fn outlook(
    conn: &mut Db,
    file: &Result<File, ProblemList>,
    wanted: usize,
) -> QueryResult<Outlook> {
    let refused = |problems: ProblemList| {
        let page = Page::nearest(wanted, problems.first.len(), PER_PAGE);
        Outlook::Refused(problems, page)
    };
    let file = match file {
        Ok(file) => file,
        Err(problems) => return Ok(refused(problems.clone())),
    };
    // How many pages there are is known only when it is planned.
    let mut page = Page::nearest(wanted, u32::MAX as usize, PER_PAGE);
    loop {
        let plan = match file::plan(conn, file, page.range()) {
            Ok(plan) => plan,
            Err(ImportError::Problems(problems)) => return Ok(refused(problems)),
            Err(ImportError::Database(cause)) => return Err(cause),
        };
        let nearest = Page::nearest(wanted, plan.total, PER_PAGE);
        if nearest.number == page.number {
            return Ok(Outlook::Plan(Box::new(plan), nearest));
        }
        page = nearest;
    }
}

/// Applies a file to the catalogue of this version, and nothing else. Does nothing where the catalogue or the file is
/// another than was looked at, or has problems now.
pub(super) fn apply(
    conn: &mut Db,
    user: &CurrentUser,
    upload: &Upload,
    file: &File,
    version: i64,
) -> QueryResult<Option<Summary>> {
    versions::take_turn(conn, Of::Catalogue)?;
    if versions::stored(conn, Of::Catalogue)? != version {
        return Ok(None);
    }
    let reason = format!("Import of {}", upload.name);
    let by = By { account_id: Some(user.id), reason: &reason, at: Utc::now().naive_utc() };
    let summary = match file::import_by(conn, file, by, &mut |_| {}) {
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
