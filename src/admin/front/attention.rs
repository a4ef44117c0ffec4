//! What needs attention, counted.

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::admin::overdue::{REVIEWS_WANTED, unchecked_before, untouched_before};
use crate::admin::reviewing;
use crate::catalogue::{Directory, Status, status_rules};
use crate::db::Db;
use crate::db::schema::{comparisons, facts, tools};
use crate::integrity::patterns;
use crate::submissions;

/// What readers sent and votes show, which changes at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Incoming {
    /// Open items of the queue.
    pub queue: i64,
    /// Reviews that their writers have sent.
    pub reviews: i64,
    /// Signals about votes that nobody has dismissed.
    pub signals: i64,
    /// Whether votes were looked at at all.
    pub checked: bool,
}

/// What is due in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    /// Published tools with a price or fact that was last checked more than `stale_days` ago.
    pub overdue: usize,
    /// Published tools with a price or fact that nobody has checked.
    pub undated: usize,
    pub stale_days: i64,
    /// Drafts that nobody has touched for two weeks.
    pub drafts: i64,
    /// Published tools with fewer than [`REVIEWS_WANTED`] reviews.
    pub few_reviews: usize,
    /// Published comparisons with a side that readers do not see.
    pub sides: usize,
}

pub(super) fn incoming(conn: &mut Db) -> QueryResult<Incoming> {
    Ok(Incoming {
        queue: submissions::open_count(conn)?,
        reviews: reviewing::count_waiting(conn)?,
        signals: patterns::count_open(conn)?,
        checked: patterns::last_look(conn)?.is_some(),
    })
}

pub(super) fn due(
    conn: &mut Db,
    directory: &Directory,
    today: NaiveDate,
    stale_days: i64,
) -> QueryResult<Due> {
    let drafts = tools::table
        .filter(tools::status.eq(Status::Draft.to_i16()))
        .filter(tools::updated_at.lt(untouched_before(today)));
    Ok(Due {
        overdue: overdue(conn, unchecked_before(today, stale_days))?,
        undated: undated(conn)?,
        stale_days,
        drafts: drafts.count().get_result(conn)?,
        few_reviews: directory
            .tools()
            .iter()
            .filter(|tool| i64::from(tool.panel.reviews) < REVIEWS_WANTED)
            .count(),
        sides: with_hidden_side(conn)?,
    })
}

/// Published tools with a price or a fact that was last checked before this day.
fn overdue(conn: &mut Db, before: NaiveDate) -> QueryResult<usize> {
    let prices = tools::table.filter(tools::status.eq(Status::PUBLISHED)).select(tools::id);
    let facts = facts::table.inner_join(tools::table).filter(tools::status.eq(Status::PUBLISHED));
    let facts = facts.filter(facts::checked_on.lt(before)).select(facts::tool_id).distinct();
    Ok(different(prices.filter(tools::price_checked_on.lt(before)).load(conn)?, facts.load(conn)?))
}

/// Published tools with a price or a fact that nobody has checked.
fn undated(conn: &mut Db) -> QueryResult<usize> {
    let stated = tools::price_entry.ne("").or(tools::price_text.ne(""));
    let prices = tools::table.filter(tools::status.eq(Status::PUBLISHED)).select(tools::id);
    let facts = facts::table.inner_join(tools::table).filter(tools::status.eq(Status::PUBLISHED));
    let facts = facts.filter(facts::checked_on.is_null()).select(facts::tool_id).distinct();
    let prices = prices.filter(tools::price_checked_on.is_null()).filter(stated);
    Ok(different(prices.load(conn)?, facts.load(conn)?))
}

/// How many different ones there are in both lists.
fn different(some: Vec<i64>, others: Vec<i64>) -> usize {
    some.into_iter().chain(others).collect::<HashSet<_>>().len()
}

/// Looked for from the tools that readers do not see, which are few.
fn with_hidden_side(conn: &mut Db) -> QueryResult<usize> {
    let tools = status_rules::hidden_tools(conn)?;
    let mut ids: HashSet<i64> = HashSet::new();
    for some in tools.chunks(500) {
        let published =
            || comparisons::table.filter(comparisons::status.eq(Status::PUBLISHED)).select(comparisons::id);
        ids.extend(published().filter(comparisons::first_tool_id.eq_any(some)).load::<i64>(conn)?);
        ids.extend(published().filter(comparisons::second_tool_id.eq_any(some)).load::<i64>(conn)?);
    }
    Ok(ids.len())
}
