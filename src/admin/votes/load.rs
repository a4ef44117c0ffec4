//! What the pages on votes need.

use std::collections::{BTreeMap, HashMap};

use chrono::{Duration, NaiveDateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::query::VotesQuery;
use crate::accounts::people::{self, Person, Show, Wanted};
use crate::catalogue::{Directory, search};
use crate::db::Db;
use crate::db::schema::{exclusions, tools, votes};
use crate::db::sql::{counted, limit_and_offset};
use crate::integrity::exclusion::{self, Exclusion};
use crate::integrity::patterns::{self, SuspiciousPattern};
use crate::integrity::selection::{self, Ballot, Hour, Network, Selection, hour_of, start_of};
use crate::integrity::vote_set::VoteSet;
use crate::stats::Tally;
use crate::stats::rules::WATCHED_DAYS;
use crate::votes::tally_store;
use crate::web::error::AppError;
use crate::web::paging::Page;

/// How many votes stand on a page.
const PER_PAGE: usize = 100;

/// How many exclusions stand on a page.
const EXCLUSIONS_PER_PAGE: usize = 20;

/// How many signals are listed.
const MOST_SIGNALS: i64 = 100;

/// How many tools and accounts a search gives.
const MOST_FOUND: usize = 20;

/// How many networks are offered as filters.
const MOST_NETWORKS: i64 = 6;

/// Names by id.
pub(super) type Names = HashMap<i64, String>;

/// A tool's id and name.
type Named = (i64, String);

/// The first page on votes.
pub(super) struct Overview {
    pub q: String,
    pub tools: Vec<Named>,
    pub people: Vec<Person>,
    pub open: Vec<SuspiciousPattern>,
    pub dismissed: Vec<SuspiciousPattern>,
    pub names: Names,
    pub page: Page,
    pub exclusions: Vec<(Exclusion, i64)>,
    pub handles: Names,
}

pub(super) fn overview(
    conn: &mut Db,
    directory: &Directory,
    q: String,
    number: usize,
) -> QueryResult<Overview> {
    let (found, people) =
        if q.is_empty() { (Vec::new(), Vec::new()) } else { search_for(conn, directory, &q)? };
    let open = patterns::open(conn, MOST_SIGNALS)?;
    let dismissed = patterns::dismissed(conn, MOST_SIGNALS)?;
    let total: i64 = exclusions::table.count().get_result(conn)?;
    let page = Page::nearest(number, counted(total), EXCLUSIONS_PER_PAGE);
    let (limit, offset) = limit_and_offset(&page.range());
    let made: Vec<Exclusion> =
        exclusions::table.order(exclusions::id.desc()).limit(limit).offset(offset).load(conn)?;
    let ids: Vec<i64> = made.iter().map(|exclusion| exclusion.id).collect();
    let counts: Vec<(Option<i64>, i64)> = if ids.is_empty() {
        Vec::new()
    } else {
        votes::table
            .filter(votes::exclusion_id.eq_any(&ids))
            .group_by(votes::exclusion_id)
            .select((votes::exclusion_id, count_star()))
            .load(conn)?
    };
    let by: Vec<i64> = made.iter().filter_map(|exclusion| exclusion.made_by).collect();
    let about: Vec<i64> = open.iter().chain(&dismissed).filter_map(|signal| signal.tool_id).collect();
    let n = |id: i64| counts.iter().find(|(of, _)| *of == Some(id)).map_or(0, |(_, n)| *n);
    Ok(Overview {
        q,
        tools: found,
        people,
        names: tool_names(conn, &about)?,
        open,
        dismissed,
        page,
        handles: people::handles(conn, &by)?,
        exclusions: made
            .into_iter()
            .map(|exclusion| (n(exclusion.id), exclusion))
            .map(|(n, e)| (e, n))
            .collect(),
    })
}

/// Tools that are found by name, and accounts whose handle begins so.
fn search_for(conn: &mut Db, directory: &Directory, q: &str) -> QueryResult<(Vec<Named>, Vec<Person>)> {
    let best = search::find(conn, directory, q)?.into_iter().take(MOST_FOUND);
    let tools = best.filter_map(|place| directory.tools().get(place));
    let tools = tools.map(|tool| (tool.id, tool.name.clone())).collect();
    let wanted = Wanted { prefix: q.trim_start_matches('@').chars().take(30).collect(), show: Show::All };
    let people = people::list(conn, &wanted, &(0..MOST_FOUND), Utc::now().naive_utc())?;
    Ok((tools, people))
}

/// A tool and the votes on it that are asked for.
pub(super) struct ToolVotes {
    pub tool: ToolLine,
    pub tally: Tally,
    pub query: VotesQuery,
    pub signals: Vec<SuspiciousPattern>,
    pub hours: Vec<Hour>,
    /// The first hour of the chart.
    pub first_hour: i64,
    pub networks: Vec<Network>,
    pub page: Page,
    pub ballots: Vec<Ballot>,
}

/// Id, slug, name and status of a tool.
pub(super) type ToolLine = (i64, String, String, i16);

pub(super) fn tool_votes(
    conn: &mut Db,
    mut query: VotesQuery,
    id: i64,
    number: usize,
) -> Result<ToolVotes, AppError> {
    query.tool = Some(id);
    let tool = tool_line(conn, id)?;
    let (selection, _) = query.resolve(conn)?;
    let page = Page::nearest(number, selection.count(conn)?, PER_PAGE);
    let first_hour = first_hour(Utc::now().naive_utc());
    Ok(ToolVotes {
        tally: tally_store::versioned(conn, &[id])?.remove(&id).unwrap_or_default().tally,
        signals: patterns::of_tool(conn, id)?,
        hours: selection::hours(conn, id, start_of(first_hour))?,
        first_hour,
        networks: selection::networks(conn, id, start_of(first_hour), MOST_NETWORKS)?,
        ballots: selection.list(conn, &page.range())?,
        tool,
        query,
        page,
    })
}

/// With which hour the chart of a tool begins: a midnight, so that today is its last day.
fn first_hour(now: NaiveDateTime) -> i64 {
    (hour_of(now).div_euclid(24) - WATCHED_DAYS + 1) * 24
}

/// What would be left out, and how the tallies would stand then.
pub(super) struct ExclusionPreview {
    pub query: VotesQuery,
    pub signal: Option<SuspiciousPattern>,
    /// Tool, its tally, and what would go.
    pub tools: Vec<(i64, String, Tally, Tally)>,
    /// The votes that would go, by name.
    pub named: VoteSet,
}

pub(super) fn preview(conn: &mut Db, query: VotesQuery) -> Result<ExclusionPreview, AppError> {
    let (selection, signal) = bounded(conn, &query)?;
    if let Some(tool) = query.tool {
        tool_line(conn, tool)?;
    }
    let going: BTreeMap<i64, Tally> = selection.counted(conn)?;
    let ids: Vec<i64> = going.keys().copied().collect();
    let (names, live_tallies) = (tool_names(conn, &ids)?, tally_store::versioned(conn, &ids)?);
    let tools = going
        .into_iter()
        .map(|(id, going)| {
            let tally = live_tallies.get(&id).copied().unwrap_or_default().tally;
            (id, names.get(&id).cloned().unwrap_or_default(), tally, going)
        })
        .collect();
    Ok(ExclusionPreview { query, signal, tools, named: selection.counted_set(conn)? })
}

/// A selection that is about a tool or a signal: nobody leaves out all votes of the site at once.
fn bounded(conn: &mut Db, query: &VotesQuery) -> Result<(Selection, Option<SuspiciousPattern>), AppError> {
    let (selection, signal) = query.resolve(conn)?;
    if selection.tool.is_none() && selection.tools.is_none() {
        return Err(AppError::not_found());
    }
    Ok((selection, signal))
}

/// An exclusion and its votes.
pub(super) struct Undoable {
    pub exclusion: Exclusion,
    pub page: Page,
    pub ballots: Vec<Ballot>,
    pub tools: Names,
    pub handles: Names,
}

pub(super) fn exclusion(conn: &mut Db, id: i64, number: usize) -> Result<Undoable, AppError> {
    let exclusion = exclusion::find(conn, id)?.ok_or_else(AppError::not_found)?;
    let total: i64 = votes::table.filter(votes::exclusion_id.eq(id)).count().get_result(conn)?;
    let page = Page::nearest(number, counted(total), PER_PAGE);
    let of_it = Selection { exclusion: Some(id), ..Selection::default() };
    let ballots = of_it.list(conn, &page.range())?;
    let ids: Vec<i64> = ballots.iter().map(|ballot| ballot.tool_id).collect();
    let people: Vec<i64> =
        [exclusion.made_by, exclusion.undone_by, exclusion.subject_id].into_iter().flatten().collect();
    Ok(Undoable {
        tools: tool_names(conn, &ids)?,
        handles: people::handles(conn, &people)?,
        exclusion,
        page,
        ballots,
    })
}

/// A signal and the votes it is about.
pub(super) struct SignalVotes {
    pub signal: SuspiciousPattern,
    pub page: Page,
    pub ballots: Vec<Ballot>,
    pub tools: Names,
}

pub(super) fn signal(conn: &mut Db, id: i64, number: usize) -> Result<SignalVotes, AppError> {
    let signal = patterns::find(conn, id)?.ok_or_else(AppError::not_found)?;
    let selection = signal.selection(conn)?;
    let page = Page::nearest(number, selection.count(conn)?, PER_PAGE);
    let ballots = selection.list(conn, &page.range())?;
    let ids: Vec<i64> = ballots.iter().map(|ballot| ballot.tool_id).chain(signal.tool_id).collect();
    Ok(SignalVotes { tools: tool_names(conn, &ids)?, signal, page, ballots })
}

/// One look at the votes, of which the signals are told.
pub(super) fn scan(conn: &mut Db) -> QueryResult<i64> {
    patterns::scan(conn, Utc::now().naive_utc())
}

/// How many hours the chart of a tool shows.
pub(super) fn hours_shown() -> i64 {
    Duration::days(WATCHED_DAYS).num_hours()
}

fn tool_line(conn: &mut Db, id: i64) -> Result<ToolLine, AppError> {
    tools::table
        .find(id)
        .select((tools::id, tools::slug, tools::name, tools::status))
        .first(conn)
        .optional()?
        .ok_or_else(AppError::not_found)
}

fn tool_names(conn: &mut Db, ids: &[i64]) -> QueryResult<Names> {
    if ids.is_empty() {
        return Ok(Names::new());
    }
    let rows: Vec<(i64, String)> =
        tools::table.filter(tools::id.eq_any(ids)).select((tools::id, tools::name)).load(conn)?;
    Ok(rows.into_iter().collect())
}
