//! What the page of a record's history shows, fetched with one connection.

use std::future::{Ready, ready};
use std::ops::RangeInclusive;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::Utc;
use diesel::QueryResult;

use crate::admin::editor::difference::Difference;
use crate::admin::editor::log_text;
use crate::catalogue::file::State;
use crate::catalogue::history::{self, Headline};
use crate::catalogue::{RecordKind, edit, record_name, withdraw};
use crate::db::Db;
use crate::db::sql::counted;
use crate::web::error::AppError;
use crate::web::paging::{Page, field, wanted};

/// How many revisions a page lists.
const PER_PAGE: usize = 50;

/// What an address asks for; of no kind or number there is no history: 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HistoryQuery {
    pub record: (RecordKind, i64),
    /// The numbers of two revisions to compare; before the first there is nothing, whose number is 0.
    pub compared: Option<(i64, i64)>,
    pub page: usize,
}

impl FromRequest for HistoryQuery {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (path, query) = (request.match_info(), request.query_string());
        let number = |name| field(query, name).parse::<i64>().ok();
        let record = RecordKind::from_word(path.query("kind")).zip(path.query("record").parse().ok());
        ready(record.ok_or_else(AppError::not_found).map(|record| Self {
            record,
            compared: number("from").zip(number("to")),
            page: wanted(&field(query, "page")),
        }))
    }
}

/// The history of a record.
pub(super) struct RecordHistory {
    pub record: (RecordKind, i64),
    /// What it is now; nothing if it is gone for good.
    pub now: Option<State>,
    /// What it is called, or was.
    pub name: String,
    /// How many revisions it has; the newest has this number.
    pub total: i64,
    pub page: Page,
    pub headlines: Vec<Headline>,
    pub compared: Option<RevisionDiff>,
    /// A change that can still be withdrawn.
    pub withdrawable: Option<Headline>,
}

/// Two revisions, by their numbers, and what differs.
pub(super) struct RevisionDiff {
    pub from: i64,
    pub to: i64,
    pub differences: Vec<Difference>,
}

pub(super) fn history_of(conn: &mut Db, query: HistoryQuery) -> Result<RecordHistory, AppError> {
    let (kind, id) = query.record;
    let now = edit::stored(conn, kind, id)?;
    let total = history::count(conn, query.record)?;
    if now.is_none() && total == 0 {
        return Err(AppError::not_found());
    }
    let page = Page::nearest(query.page, counted(total), PER_PAGE);
    let name = match &now {
        Some(state) => record_name(conn, &state.record)?,
        None => match history::numbered(conn, query.record, total)? {
            Some(last) => record_name(conn, &last.record)?,
            None => String::new(),
        },
    };
    Ok(RecordHistory {
        record: query.record,
        headlines: history::headlines(conn, query.record, page.range())?,
        compared: query
            .compared
            .map(|numbers| compare(conn, query.record, numbers, 0..=total))
            .transpose()?,
        withdrawable: if now.is_some() { withdrawable(conn, query.record)? } else { None },
        now,
        name,
        total,
        page,
    })
}

fn compare(
    conn: &mut Db,
    record: (RecordKind, i64),
    (from, to): (i64, i64),
    known: RangeInclusive<i64>,
) -> Result<RevisionDiff, AppError> {
    if !known.contains(&from) || !known.contains(&to) || to == 0 {
        return Err(AppError::not_found());
    }
    // Of number 0 there is none.
    let old = history::numbered(conn, record, from)?;
    let new = history::numbered(conn, record, to)?.ok_or_else(AppError::not_found)?;
    let names = log_text::names(conn)?;
    let differences = log_text::between(old.as_ref(), &new, &names);
    Ok(RevisionDiff { from, to, differences })
}

fn withdrawable(conn: &mut Db, record: (RecordKind, i64)) -> QueryResult<Option<Headline>> {
    let headlines = history::headlines(conn, record, 0..100)?;
    let newest = withdraw::newest_in_force(&headlines).map(|target| target.revision.clone());
    Ok(newest.filter(|revision| withdraw::is_in_time(revision.made_at, Utc::now().naive_utc())))
}
