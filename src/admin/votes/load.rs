//! What the pages on votes need.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{Duration, NaiveDateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::query::VotesQuery;
use crate::accounts::people::{self, PeopleFilters, Person, Show};
use crate::admin::choosing;
use crate::admin::utc_time::UtcTime;
use crate::catalogue::Directory;
use crate::db::Db;
use crate::db::schema::{exclusions, tools, votes};
use crate::db::sql::{counted, limit_and_offset};
use crate::integrity::exclusion::{self, Exclusion};
use crate::integrity::patterns::{self, SuspiciousPattern, networks};
use crate::integrity::selection::{self, Ballot, Hour, Network, Selection, hour_of, start_of};
use crate::integrity::vote_set::VoteSet;
use crate::stats::Tally;
use crate::stats::rules::WATCHED_DAYS;
use crate::text::shown_name;
use crate::votes::tally_store;
use crate::web::error::AppError;
use crate::web::paging::Page;

/// How many votes stand on a page.
const PER_PAGE: usize = 100;

/// How many exclusions stand on a page.
const EXCLUSIONS_PER_PAGE: usize = 20;

/// How many signals are listed.
const MOST_SIGNALS: i64 = 100;

/// Of how many the strongest are looked for.
const MOST_SORTED: i64 = 1_000;

/// How many tools and accounts a search gives.
const MOST_FOUND: usize = 20;

/// How many networks are offered as filters.
const MOST_NETWORKS: i64 = 6;

/// Names by id.
type Names = HashMap<i64, String>;

/// A tool's id and name.
type Named = (i64, String);

/// A pattern, and the name of the tool that it is about.
pub(super) type OnTool = (SuspiciousPattern, Option<String>);

/// Votes in a list.
pub(super) struct BallotList {
    pub ballots: Vec<Ballot>,
    tools: Names,
    /// The networks that the page speaks of. What it calls them are their places in this order, which say nothing beyond
    /// the page, so that a reason that names one gives nothing away later.
    networks: Vec<i64>,
}

impl BallotList {
    /// A list of votes on any tools.
    fn load(conn: &mut Db, selection: &Selection, page: Page) -> QueryResult<Self> {
        let ballots = selection.list(conn, &page.range())?;
        let ids: Vec<i64> = ballots.iter().map(|ballot| ballot.tool_id).collect();
        let networks = networks_of(Vec::new(), &ballots);
        Ok(Self { tools: tool_names(conn, &ids)?, networks, ballots })
    }

    /// The name of a vote's tool.
    pub(super) fn tool(&self, ballot: &Ballot) -> &str {
        self.tools.get(&ballot.tool_id).map_or("", String::as_str)
    }

    /// What the page calls a vote's network.
    pub(super) fn network(&self, ballot: &Ballot) -> Option<usize> {
        ballot.network.and_then(|network| self.number(network))
    }

    /// What the page calls a network.
    pub(super) fn number(&self, network: i64) -> Option<usize> {
        Some(self.networks.iter().position(|known| *known == network)? + 1)
    }
}

/// These networks and those of the votes, each once.
fn networks_of(mut networks: Vec<i64>, ballots: &[Ballot]) -> Vec<i64> {
    for network in ballots.iter().filter_map(|ballot| ballot.network) {
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    networks
}

/// The first page on votes.
pub(super) struct Overview {
    pub q: String,
    pub tools: Vec<Named>,
    pub people: Vec<Person>,
    /// The strongest first, and with it those that came from the same network.
    pub open: Vec<PatternGroup>,
    /// Whether all visitors look like one.
    pub is_one_network: bool,
    /// When votes were last looked at.
    pub checked: Option<UtcTime>,
    pub dismissed: Vec<OnTool>,
    pub page: Page,
    /// Each with the number of its votes and the handle of who made it.
    pub exclusions: Vec<(Exclusion, i64, String)>,
}

pub(super) fn overview(
    conn: &mut Db,
    directory: &Directory,
    q: String,
    number: usize,
) -> QueryResult<Overview> {
    let (found, people) =
        if q.is_empty() { (Vec::new(), Vec::new()) } else { search_for(conn, directory, &q)? };
    let open = patterns::open(conn, MOST_SORTED)?;
    let open = groups(conn, open)?;
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
    let handles = people::handles(conn, &by)?;
    let exclusions = made.into_iter().map(|exclusion| {
        let votes = counts.iter().find(|(of, _)| *of == Some(exclusion.id)).map_or(0, |(_, n)| *n);
        let by = exclusion.made_by.and_then(|id| handles.get(&id)).cloned().unwrap_or_default();
        (exclusion, votes, by)
    });
    Ok(Overview {
        q,
        tools: found,
        people,
        open,
        is_one_network: networks::is_only_one(conn, Utc::now().naive_utc())?,
        checked: patterns::last_look(conn)?.map(UtcTime),
        dismissed: on_tools(conn, dismissed)?,
        page,
        exclusions: exclusions.collect(),
    })
}

/// Patterns whose votes came from the same network; or one of which that is not known, or that is alone in it.
pub(super) struct PatternGroup {
    pub patterns: Vec<OnTool>,
    /// How many accounts they are about, each counted once.
    pub accounts: usize,
}

/// Those with the most accounts first, in groups.
fn groups(conn: &mut Db, mut patterns: Vec<SuspiciousPattern>) -> QueryResult<Vec<PatternGroup>> {
    patterns.sort_by_cached_key(|pattern| Reverse((pattern.accounts().len(), pattern.seen_at, pattern.id)));
    patterns.truncate(counted(MOST_SIGNALS));
    let mut grouped: Vec<(Option<i64>, Vec<SuspiciousPattern>)> = Vec::new();
    for pattern in patterns {
        let network = pattern.network(conn)?;
        match grouped.iter_mut().find(|(known, _)| network.is_some() && *known == network) {
            Some((_, patterns)) => patterns.push(pattern),
            None => grouped.push((network, vec![pattern])),
        }
    }
    let group = |(_, patterns): (Option<i64>, Vec<SuspiciousPattern>)| {
        let accounts: HashSet<i64> = patterns.iter().flat_map(SuspiciousPattern::accounts).collect();
        Ok(PatternGroup { patterns: on_tools(conn, patterns)?, accounts: accounts.len() })
    };
    grouped.into_iter().map(group).collect()
}

fn on_tools(conn: &mut Db, signals: Vec<SuspiciousPattern>) -> QueryResult<Vec<OnTool>> {
    let ids: Vec<i64> = signals.iter().filter_map(|signal| signal.tool_id).collect();
    let names = tool_names(conn, &ids)?;
    let with_name = |signal: SuspiciousPattern| {
        let name = signal.tool_id.and_then(|id| names.get(&id).cloned());
        (signal, name)
    };
    Ok(signals.into_iter().map(with_name).collect())
}

/// Tools of any status that are found by name or slug, and accounts whose handle begins so.
fn search_for(conn: &mut Db, directory: &Directory, q: &str) -> QueryResult<(Vec<Named>, Vec<Person>)> {
    let tools = choosing::matching(conn, directory, q, MOST_FOUND)?;
    let tools = tools.iter().map(|tool| (tool.id, tool.label())).collect();
    let wanted =
        PeopleFilters { prefix: q.trim_start_matches('@').chars().take(30).collect(), show: Show::All };
    let people = people::list(conn, &wanted, &(0..MOST_FOUND), Utc::now().naive_utc())?;
    Ok((tools, people))
}

/// A tool and the votes on it that are asked for.
pub(super) struct ToolVotes {
    pub tool: ToolLine,
    pub tally: Tally,
    pub query: VotesQuery,
    pub signals: Vec<OnTool>,
    pub hours: Vec<Hour>,
    /// The first hour of the chart.
    pub first_hour: i64,
    /// From which more than one vote came.
    pub networks: Vec<Network>,
    pub page: Page,
    pub votes: BallotList,
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
    let mut networks = selection::networks(conn, id, start_of(first_hour), MOST_NETWORKS)?;
    networks.retain(|network| network.votes > 1);
    let signals = patterns::of_tool(conn, id)?;
    let ballots = selection.list(conn, &page.range())?;
    let numbered = networks_of(networks.iter().map(|network| network.hash).collect(), &ballots);
    Ok(ToolVotes {
        tally: tally_store::versioned(conn, &[id])?.remove(&id).unwrap_or_default().tally,
        signals: on_tools(conn, signals)?,
        hours: selection::hours(conn, id, start_of(first_hour))?,
        first_hour,
        networks,
        votes: BallotList { ballots, tools: Names::new(), networks: numbered },
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
    pub tools: Vec<TallyMove>,
    /// The votes that would go, by name.
    pub named: VoteSet,
}

/// How the tally of a tool would move.
pub(super) struct TallyMove {
    pub id: i64,
    pub name: String,
    pub before: Tally,
    /// The votes that would go.
    pub going: Tally,
}

impl TallyMove {
    pub(super) fn after(&self) -> Tally {
        Tally {
            ships: self.before.ships.saturating_sub(self.going.ships),
            skips: self.before.skips.saturating_sub(self.going.skips),
        }
    }
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
            let before = live_tallies.get(&id).copied().unwrap_or_default().tally;
            TallyMove { id, name: names.get(&id).cloned().unwrap_or_default(), before, going }
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
pub(super) struct ExcludedBallots {
    pub exclusion: Exclusion,
    pub page: Page,
    pub votes: BallotList,
    handles: Names,
}

impl ExcludedBallots {
    /// The handle of who made or undid it, or whose votes they are.
    pub(super) fn handle(&self, account: &Option<i64>) -> &str {
        account.and_then(|id| self.handles.get(&id)).map_or("", String::as_str)
    }
}

pub(super) fn exclusion(conn: &mut Db, id: i64, number: usize) -> Result<ExcludedBallots, AppError> {
    let exclusion = exclusion::find(conn, id)?.ok_or_else(AppError::not_found)?;
    let total: i64 = votes::table.filter(votes::exclusion_id.eq(id)).count().get_result(conn)?;
    let page = Page::nearest(number, counted(total), PER_PAGE);
    let of_it = Selection { exclusion: Some(id), ..Selection::default() };
    let people: Vec<i64> =
        [exclusion.made_by, exclusion.undone_by, exclusion.subject_id].into_iter().flatten().collect();
    Ok(ExcludedBallots {
        handles: people::handles(conn, &people)?,
        votes: BallotList::load(conn, &of_it, page)?,
        exclusion,
        page,
    })
}

/// A signal, its tool, and the votes it is about.
pub(super) fn signal(conn: &mut Db, id: i64, number: usize) -> Result<(OnTool, Page, BallotList), AppError> {
    let signal = patterns::find(conn, id)?.ok_or_else(AppError::not_found)?;
    let selection = signal.selection(conn)?;
    let page = Page::nearest(number, selection.count(conn)?, PER_PAGE);
    let votes = BallotList::load(conn, &selection, page)?;
    let names = tool_names(conn, signal.tool_id.as_slice())?;
    let name = signal.tool_id.and_then(|id| names.get(&id).cloned());
    Ok(((signal, name), page, votes))
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
    let found: Option<ToolLine> = tools::table
        .find(id)
        .select((tools::id, tools::slug, tools::name, tools::status))
        .first(conn)
        .optional()?;
    let (id, slug, name, status) = found.ok_or_else(AppError::not_found)?;
    Ok((id, slug, shown_name(&name), status))
}

fn tool_names(conn: &mut Db, ids: &[i64]) -> QueryResult<Names> {
    if ids.is_empty() {
        return Ok(Names::new());
    }
    let rows: Vec<(i64, String)> =
        tools::table.filter(tools::id.eq_any(ids)).select((tools::id, tools::name)).load(conn)?;
    Ok(rows.into_iter().map(|(id, name)| (id, shown_name(&name))).collect())
}
