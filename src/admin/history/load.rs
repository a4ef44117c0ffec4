//! What the page of a record's history shows, fetched with one connection.

use std::ops::RangeInclusive;

use chrono::{NaiveDateTime, TimeDelta, Utc};

use crate::{
    admin::{difference::Difference, entry},
    catalogue::{
        RecordKind, edit,
        file::State,
        history::{self, Headline, Revision},
        withdraw,
    },
    db::{Db, sql::counted},
    web::{
        error::AppError,
        paging::{Page, field, wanted},
    },
};

/// How many revisions a page lists.
const PER_PAGE: usize = 50;

/// What an address asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub record: (RecordKind, i64),
    /// The numbers of two revisions to compare; before the first there is nothing, whose number is 0.
    pub compared: Option<(i64, i64)>,
    pub page: usize,
}

impl Asked {
    pub(super) fn parse(kind: &str, id: &str, query: &str) -> Result<Self, AppError> {
        let kind = RecordKind::from_word(kind).ok_or_else(AppError::not_found)?;
        let id = id.parse().map_err(|_| AppError::not_found())?;
        let number = |name| field(query, name).parse::<i64>().ok();
        Ok(Self {
            record: (kind, id),
            compared: number("from").zip(number("to")),
            page: wanted(&field(query, "page")),
        })
    }

    /// The address of the history.
    pub(super) fn path(&self) -> String {
        format!("/admin/history/{}/{}", self.record.0, self.record.1)
    }
}

/// The history of a record.
pub(super) struct Story {
    pub asked: Asked,
    /// What it is now; nothing if it is gone for good.
    pub now: Option<State>,
    /// What it is called, or was.
    pub name: String,
    pub total: i64,
    pub page: Page,
    pub headlines: Vec<Headline>,
    pub compared: Option<Compared>,
    pub withdrawable: Option<Withdrawable>,
}

/// Two revisions and what differs.
pub(super) struct Compared {
    pub numbers: (i64, i64),
    pub differences: Vec<Difference>,
}

/// A change that can still be withdrawn.
pub(super) struct Withdrawable {
    pub number: i64,
    pub act: &'static str,
    /// UTC.
    pub until: NaiveDateTime,
}

pub(super) fn story(conn: &mut Db, asked: Asked) -> Result<Story, AppError> {
    let (kind, id) = asked.record;
    let now = edit::stored(conn, kind, id)?;
    let total = history::count(conn, asked.record)?;
    if now.is_none() && total == 0 {
        return Err(AppError::not_found());
    }
    let page = Page::nearest(asked.page, counted(total), PER_PAGE);
    let name = match &now {
        Some(state) => state.record.name(),
        None => history::numbered(conn, asked.record, total)?
            .map(|last| last.state.record.name())
            .unwrap_or_default(),
    };
    Ok(Story {
        headlines: history::headlines(conn, asked.record, page.range())?,
        compared: asked
            .compared
            .map(|numbers| compare(conn, asked.record, numbers, 0..=total))
            .transpose()?,
        withdrawable: if now.is_some() { withdrawable(conn, asked.record)? } else { None },
        asked,
        now,
        name,
        total,
        page,
    })
}

fn compare(
    conn: &mut Db,
    record: (RecordKind, i64),
    numbers: (i64, i64),
    known: RangeInclusive<i64>,
) -> Result<Compared, AppError> {
    let (from, to) = numbers;
    if !known.contains(&from) || !known.contains(&to) || to == 0 {
        return Err(AppError::not_found());
    }
    let mut find =
        |number| -> Result<Option<Revision>, AppError> { Ok(history::numbered(conn, record, number)?) };
    let old = if from == 0 { None } else { find(from)? };
    let new = find(to)?.ok_or_else(AppError::not_found)?;
    let names = entry::names(conn)?;
    let differences = entry::between(old.as_ref().map(|old| &old.state), &new.state, &names);
    Ok(Compared { numbers, differences })
}

fn withdrawable(conn: &mut Db, record: (RecordKind, i64)) -> Result<Option<Withdrawable>, AppError> {
    let headlines = history::headlines(conn, record, 0..100)?;
    Ok(withdraw::newest_in_force(&headlines)
        .filter(|target| withdraw::is_in_time(target.revision.made_at, Utc::now().naive_utc()))
        .map(|target| Withdrawable {
            number: target.revision.number,
            act: target.revision.act.as_str(),
            until: target.revision.made_at + TimeDelta::minutes(withdraw::MINUTES),
        }))
}
