//! What is measured, row by row.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::admin;
use crate::data::{self, LARGE, SMALL};
use crate::limits::RawVotes;
use crate::load::{Answers, Requests, Streams};
use crate::process::{self, Cost, Server, send};
use crate::site::{self, PEOPLE, Site};
use crate::table::{Row, median};

/// Over how many connections requests come.
const CONNECTIONS: usize = 64;

/// More votes than anything here answers in a second.
const MOST_VOTES: f64 = 30_000.0;

/// More searches than anything here answers in a second.
const MOST_SEARCHES: f64 = 60_000.0;

/// How many tools are more than a page of the list holds.
pub(crate) const FULL_PAGE: usize = 25;

/// How many votes a second all streams get frames of.
const STORM: f64 = 500.0;

/// What a figure of the large data must come to of the same with the small data.
const SAME: f64 = 0.9;

/// How long and how often.
pub(crate) struct Effort {
    pub rounds: usize,
    pub seconds: f64,
    pub streams: usize,
    /// Streams whose memory is measured.
    held: usize,
    /// Votes of which each is timed to the last stream.
    pub timed: usize,
    storm_seconds: f64,
    starts: usize,
}

pub(crate) const QUICK: Effort =
    Effort { rounds: 3, seconds: 0.4, streams: 500, held: 1_000, timed: 20, storm_seconds: 2.0, starts: 1 };
pub(crate) const FULL: Effort = Effort {
    rounds: 5,
    seconds: 2.0,
    streams: 5_000,
    held: 5_000,
    timed: 100,
    storm_seconds: 10.0,
    starts: 5,
};

impl Effort {
    /// More searches than are sent in one go.
    pub(crate) fn searches(&self) -> usize {
        (self.seconds * MOST_SEARCHES) as usize
    }
}

/// The site with much and with little data.
struct Sites {
    large: Site,
    small: Site,
}

/// The rows against a limit or a number, and those of large data against small.
#[derive(Default)]
struct Rows {
    limits: Vec<Row>,
    sizes: Vec<Row>,
}

/// Measures the rows of these parts, or all.
pub(crate) fn measure(effort: &Effort, only: &[String]) -> Result<Vec<Row>> {
    let wanted = |part: &str| only.is_empty() || only.iter().any(|name| name == part);
    let mut rows = Rows::default();
    if ["pages", "search", "votes", "streams"].into_iter().any(wanted) {
        let mut sites = Sites { large: Site::open(LARGE)?, small: Site::open(SMALL)? };
        if wanted("pages") {
            pages(effort, &mut sites, &mut rows)?;
        }
        if wanted("search") {
            search(effort, &mut sites, &mut rows)?;
        }
        if wanted("votes") {
            votes(effort, &mut sites, &mut rows)?;
        }
        if wanted("streams") {
            streams(effort, &mut sites, &mut rows)?;
        }
        let checked = sites.large.check()? + sites.small.check()?;
        say(&format!("{checked} votes were answered last on their tool, and are all in the databases"));
    }
    if wanted("streams") {
        memory(effort, &mut rows)?;
    }
    if wanted("admin") {
        admin::measure(effort.seconds, effort.rounds, &mut rows.limits)?;
    }
    let Rows { limits: mut all, sizes } = rows;
    all.extend(sizes);
    if wanted("start") {
        start(effort, &mut all)?;
    }
    Ok(all)
}

pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// Answers per second to the same requests again and again.
pub(crate) fn again(server: &Server, effort: &Effort, requests: Vec<String>) -> Result<f64> {
    Ok(send(plan(server, effort, requests, false))?.per_second())
}

pub(crate) fn plan(server: &Server, effort: &Effort, requests: Vec<String>, once: bool) -> Requests {
    Requests {
        address: server.address,
        connections: CONNECTIONS,
        seconds: effort.seconds,
        requests,
        once,
        beside: None,
    }
}

/// A server of constant bodies that make answers as long as these, head and all.
fn constant(lengths: &[usize]) -> Result<Server> {
    let probe = Server::ours(&["--as-constant", "10000"])?;
    let head = probe.ask("GET /0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?.length - 10_000;
    let lengths: Vec<String> = lengths.iter().map(|length| length.saturating_sub(head).to_string()).collect();
    let mut arguments = vec!["--as-constant"];
    arguments.extend(lengths.iter().map(String::as_str));
    Server::ours(&arguments)
}

fn constant_request(server: &Server, number: usize) -> Vec<String> {
    vec![format!("GET /{number} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address)]
}

/// How long the answer to a request is, head and all.
fn length(site: &Site, request: &str) -> Result<usize> {
    let answer = site.server.ask(&request.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))?;
    ensure!(answer.status == 200, "{}", answer.head);
    Ok(answer.length - "connection: close\r\n".len())
}

/// Figures of the large and of the small site, measured by turns.
#[derive(Default)]
struct Both {
    many: Vec<f64>,
    few: Vec<f64>,
}

impl Both {
    /// Measures each once more, the other one first this time.
    fn add(&mut self, sites: &mut Sites, mut once: impl FnMut(&mut Site) -> Result<f64>) -> Result<()> {
        let Sites { large, small } = sites;
        if self.many.len().is_multiple_of(2) {
            self.many.push(once(large)?);
            self.few.push(once(small)?);
        } else {
            self.few.push(once(small)?);
            self.many.push(once(large)?);
        }
        Ok(())
    }

    /// The large site against a limit.
    fn against(&self, name: &str, unit: &'static str, limits: &[f64], budget: f64) -> Row {
        Row::against(name, unit, &self.many, limits, budget)
    }

    /// The large site against the small one.
    fn by_size(&self, name: &str, unit: &'static str) -> Row {
        Row::against(format!("large / small: {name}"), unit, &self.many, &self.few, SAME)
    }
}

fn pages(effort: &Effort, sites: &mut Sites, rows: &mut Rows) -> Result<()> {
    let large = &sites.large;
    let own = large.own_pages();
    let lengths = [length(large, &large.page())?, length(large, own.first().context("nobody")?)?];
    say(&format!("comparison page: {} bytes on the wire, {} when signed in", lengths[0], lengths[1]));
    let limit = constant(&lengths)?;
    let mut limits = [Vec::new(), Vec::new()];
    let [mut visitor, mut voted, mut signed_in] = <[Both; 3]>::default();
    for round in 0..effort.rounds {
        say(&format!("pages, round {} of {}", round + 1, effort.rounds));
        for (at, limits) in limits.iter_mut().enumerate() {
            limits.push(again(&limit, effort, constant_request(&limit, at))?);
        }
        visitor.add(sites, |site| again(&site.server, effort, vec![site.page()]))?;
        voted.add(sites, |site| under_votes(effort, site))?;
        signed_in.add(sites, |site| again(&site.server, effort, site.own_pages()))?;
    }
    for (name, both, limits, budget) in [
        ("visitor's comparison page", visitor, &limits[0], 0.85),
        ("the same under 100 votes/s on its tools", voted, &limits[0], 0.7),
        ("signed-in comparison page", signed_in, &limits[1], 0.15),
    ] {
        rows.limits.push(both.against(name, "req/s", limits, budget));
        rows.sizes.push(both.by_size(name, "req/s"));
    }
    Ok(())
}

pub(crate) fn under_votes(effort: &Effort, site: &mut Site) -> Result<f64> {
    let per_second = 100.0;
    let votes = site.pair_votes((per_second * effort.seconds) as usize + 1);
    let mut plan = plan(&site.server, effort, vec![site.page()], false);
    plan.beside = Some(site.steady(&votes, per_second));
    let answers = send(plan)?;
    site.enter(&votes, &answers.beside);
    Ok(answers.per_second())
}

fn search(effort: &Effort, sites: &mut Sites, rows: &mut Rows) -> Result<()> {
    let samples = sites.large.searches(50);
    let mut lengths = Vec::new();
    for request in &samples {
        lengths.push(length(&sites.large, request)? as f64);
    }
    let typical = lengths.iter().sum::<f64>() / lengths.len() as f64;
    say(&format!("search: {typical:.0} bytes on the wire on average, {} in the middle", median(&lengths)));
    let limit = constant(&[typical as usize])?;
    let (mut limits, [mut any, mut alike, mut bare]) = (Vec::new(), <[Both; 3]>::default());
    let (mut waits, mut tenths) = (Vec::new(), Vec::new());
    let common = sites.small.common_words(FULL_PAGE)?;
    say(&format!("search: {} words fill a page in any data", common.len()));
    for round in 0..effort.rounds {
        say(&format!("search, round {} of {}", round + 1, effort.rounds));
        limits.push(again(&limit, effort, constant_request(&limit, 0))?);
        any.add(sites, |site| {
            let requests = site.searches(effort.searches());
            let answers = send(plan(&site.server, effort, requests, true))?;
            if site.size.tools == LARGE.tools {
                waits.push(answers.p99_ms);
                tenths.extend(&answers.tenths_p99_ms);
            }
            Ok(answers.per_second())
        })?;
        alike.add(sites, |site| {
            let requests = site.searches_alike(&common, effort.searches());
            once(effort, site, requests)
        })?;
        bare.add(sites, |site| site.bare_searches(&common, effort.seconds))?;
    }
    let name = "tool list with a search not seen before";
    rows.limits.push(any.against(name, "req/s", &limits, 0.015));
    rows.limits.push(Row::at_most(format!("{name}, p99"), "ms", median(&waits), 60.0));
    // What of that is the machine's.
    rows.limits.push(Row::bare(format!("{name}, p99 of a tenth of a second"), "ms", median(&tenths)));
    // What the database alone makes of the same.
    rows.sizes.push(alike.by_size(&format!("{name}, that finds as much"), "req/s").told());
    rows.sizes.push(bare.by_size("the full-text search alone, that finds as much", "searches/s").told());
    let kept =
        |both: &Both| both.many.iter().zip(&both.few).map(|(many, few)| many / few).collect::<Vec<_>>();
    let name_kept = format!("large / small: {name}, to what the full text alone keeps");
    rows.sizes.push(Row::against(name_kept, "", &kept(&alike), &kept(&bare), SAME));
    // Of words at random, large data has more to show, so that the work is not the same.
    rows.sizes.push(any.by_size(&format!("{name}, of words at random"), "req/s").told());
    Ok(())
}

/// Answers per second to requests of which each is sent once.
pub(crate) fn once(effort: &Effort, site: &Site, requests: Vec<String>) -> Result<f64> {
    Ok(send(plan(&site.server, effort, requests, true))?.per_second())
}

fn votes(effort: &Effort, sites: &mut Sites, rows: &mut Rows) -> Result<()> {
    let file = data::copy(LARGE, "single")?;
    let single = Server::ours(&["--as-single-votes", &file.to_string_lossy()])?;
    let mut raw_large = RawVotes::open(&data::copy(LARGE, "raw")?)?;
    let mut raw_small = RawVotes::open(&data::copy(SMALL, "raw-small")?)?;
    let (mut singles, [mut raw, mut both]) = (Vec::new(), <[Both; 2]>::default());
    let mut waits = Vec::new();
    let mut single_turn = 0;
    for round in 0..effort.rounds {
        say(&format!("votes, round {} of {}", round + 1, effort.rounds));
        raw.add(sites, |site| {
            let votes = if site.size.tools == LARGE.tools { &mut raw_large } else { &mut raw_small };
            votes.run(effort.seconds, |number| site.nth(number))
        })?;
        both.add(sites, |site| {
            let answers = cast(effort, site)?;
            waits.push(answers.p99_ms);
            Ok(answers.per_second())
        })?;
        let count = (effort.seconds * MOST_VOTES) as usize;
        let requests = sites.large.nth_requests(single_turn, count);
        let answers = send(plan(&single, effort, requests, true))?;
        single_turn += answers.by_connection.iter().max().copied().unwrap_or_default() * CONNECTIONS;
        singles.push(answers.per_second());
    }
    say(&format!("votes: p99 {:.1} ms", median(&waits)));
    let name = "durable votes over HTTP";
    rows.limits.push(both.against(&format!("{name}, to raw SQLite"), "votes/s", &raw.many, 0.25));
    rows.limits.push(both.against(&format!("{name}, to a transaction each"), "votes/s", &singles, 4.0));
    rows.sizes.push(both.by_size(name, "votes/s"));
    // What the database alone makes of the same.
    rows.sizes.push(raw.by_size("raw SQLite", "votes/s").told());
    Ok(())
}

pub(crate) fn cast(effort: &Effort, site: &mut Site) -> Result<Answers> {
    ensure!(CONNECTIONS == PEOPLE, "each account votes over one connection");
    let votes = site.votes((effort.seconds * MOST_VOTES) as usize);
    let requests = votes.iter().map(|vote| site.vote_request(vote)).collect();
    let answers = send(plan(&site.server, effort, requests, true))?;
    site.enter(&votes, &answers.by_connection);
    site.advance(&answers.by_connection);
    Ok(answers)
}

fn streams(effort: &Effort, sites: &mut Sites, rows: &mut Rows) -> Result<()> {
    let count = effort.streams;
    let (many, few) = (watched(effort, &mut sites.large)?, watched(effort, &mut sites.small)?);
    say(&format!("streams: a frame of a comparison has {} bytes on the wire", many.reached.frame));
    let name = format!("one vote to the last of {count} streams");
    let p99 = |cost: &Cost| {
        let mut times = cost.reached.last_ms.clone();
        times.sort_by(f64::total_cmp);
        times[(times.len() * 99).div_ceil(100) - 1]
    };
    rows.limits.push(Row::at_most(format!("{name}, p99"), "ms", p99(&many), 150.0));
    let mut storm = Row::at_most(format!("{STORM} votes/s to {count} streams"), "cores", many.cores, 1.0);
    let rate = many.reached.storm.iter().sum::<usize>() as f64 / many.reached.storm_seconds;
    if rate < STORM * 0.95 {
        say(&format!("only {rate:.0} votes/s were answered, so the cores they took do not count"));
        storm.ok = false;
    }
    rows.limits.push(storm);
    rows.sizes.push(Row::smaller(
        format!("large / small: {name}, median"),
        "ms",
        median(&many.reached.last_ms),
        median(&few.reached.last_ms),
        SAME,
    ));
    rows.sizes.push(Row::smaller(
        format!("large / small: {STORM} votes/s to {count} streams"),
        "cores",
        many.cores,
        few.cores,
        SAME,
    ));
    Ok(())
}

fn watched(effort: &Effort, site: &mut Site) -> Result<Cost> {
    say(&format!("streams, {} data", site.size.name));
    let votes = site.pair_votes(effort.timed + (STORM * effort.storm_seconds) as usize);
    let (timed, storm) = votes.split_at(effort.timed);
    let cost = process::watch(
        &site.server,
        Streams {
            address: site.server.address,
            open: site.stream(&format!("{}/live", site.pair_path())),
            streams: effort.streams,
            votes: timed.iter().map(|vote| site.vote_request(vote)).collect(),
            storm: site.steady(storm, STORM),
        },
    )?;
    site.enter(timed, &[timed.len()]);
    site.enter(storm, &cost.reached.storm);
    Ok(cost)
}

/// What an open stream takes of the site's memory, on sites that have done nothing else.
fn memory(effort: &Effort, rows: &mut Rows) -> Result<()> {
    let [mut many, mut few] = <[Vec<f64>; 2]>::default();
    for round in 0..effort.starts {
        say(&format!("memory of a stream, round {} of {}", round + 1, effort.starts));
        for (size, figures) in [(LARGE, &mut many), (SMALL, &mut few)] {
            let server = Server::site(&data::copy(size, "memory")?)?;
            let open = site::stream_of(server.address, &format!("{}/live", site::pair_path()?));
            figures.push(process::memory_of_streams(&server, &open, effort.held)? / 1000.0);
        }
    }
    let (many, few) = (median(&many), median(&few));
    rows.limits.push(Row::at_most("memory of a stream", "kB", many, 16.0));
    rows.sizes.push(Row::smaller("large / small: memory of a stream", "kB", many, few, SAME));
    Ok(())
}

fn start(effort: &Effort, rows: &mut Vec<Row>) -> Result<()> {
    let file = data::copy(LARGE, "start")?;
    let (mut times, mut memory, mut own) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..effort.starts {
        say(&format!("start, round {} of {}", round + 1, effort.starts));
        let server = Server::site(&file)?;
        let request = format!("GET /tools HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
        let answer = server.ask(&request)?;
        ensure!(answer.status == 200, "{}", answer.head);
        times.push(server.started.elapsed().as_secs_f64());
        // Idle.
        std::thread::sleep(Duration::from_secs(2));
        let (all, anonymous) = server.memory()?;
        memory.push(all / 1e6);
        own.push(anonymous / 1e6);
    }
    say(&format!("memory that is no file's: {:.0} MB", median(&own)));
    rows.push(Row::at_most("start to first answer", "s", median(&times), 2.0));
    rows.push(Row::at_most("memory after it, idle", "MB", median(&memory), 200.0));
    Ok(())
}
