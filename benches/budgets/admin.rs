//! The admin area with the large data: its lists beside the public one, and the acts that look at many votes.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use chrono::{NaiveDateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use shiptally::accounts::{Role, store};
use shiptally::cli::verify;
use shiptally::db::schema::{accounts, tallies, tools};
use shiptally::db::{DatabaseUrl, Db};
use shiptally::integrity::exclusion::{self, NewExclusion};
use shiptally::integrity::patterns;
use shiptally::integrity::selection::Selection;
use shiptally::submissions::store::{Delivery, send as send_item};
use shiptally::submissions::submission::{Content, NewSubmission, ToolSuggestion};
use shiptally::votes::ExclusionKind;

use crate::data::{self, LARGE};
use crate::load::Requests;
use crate::process::{Server, send};
use crate::site;
use crate::table::{Row, median};

/// More searches than one connection has answers to in a round.
const MOST_SEARCHES: usize = 20_000;

/// Items in the queue, and acts in the log.
const WAITING: usize = 10_000;

/// Votes that are set aside at once.
const SET_ASIDE: i64 = 80_000;

/// How many votes an account of the large data has, on the average.
const VOTES_EACH: i64 = 10;

/// What a list of the admin area may take of the server's time, in milliseconds.
const LIST_MS: f64 = 50.0;

/// Measures the admin area, for so long with each list.
pub(crate) fn measure(seconds: f64, rounds: usize, rows: &mut Vec<Row>) -> Result<()> {
    let file = data::copy(LARGE, "admin")?;
    let handle = LARGE.some_accounts(1).next().context("nobody")?;
    let (tool, account) = prepare(&file, &handle)?;
    lists(&file, &handle, tool, account, (seconds, rounds), rows)?;
    acts(&file, account, rows)
}

/// Fills the admin area. Returns the tool with the most votes and who works in the admin area.
fn prepare(file: &Path, handle: &str) -> Result<(i64, i64)> {
    let mut conn = DatabaseUrl::Sqlite(file.to_owned()).connect()?;
    conn.migrate()?;
    let account =
        accounts::table.filter(accounts::handle.eq(handle)).select(accounts::id).first(&mut conn)?;
    conn.write(|conn| store::give_role(conn, account, Role::Admin))?;
    let now = Utc::now().naive_utc();
    let senders: Vec<i64> =
        accounts::table.order(accounts::id).select(accounts::id).limit(1_000).load(&mut conn)?;
    conn.batch_execute("PRAGMA synchronous = OFF")?;
    for number in 0..WAITING {
        let item = NewSubmission {
            tool_id: None,
            reviewer_id: None,
            name: format!("A tool that is missed {number}"),
            content: Content::Tool(ToolSuggestion {
                website: format!("https://tool-{number}.example/"),
                category: String::new(),
                why: "It is what all of us work with.".into(),
            }),
        };
        let sent = send_item(&mut conn, senders[number % senders.len()], &item, now)?;
        ensure!(sent == Delivery::Queued, "{sent:?}");
    }
    let tool = tallies::table.order(tallies::ships.desc()).select(tallies::tool_id).first(&mut conn)?;
    recent(&mut conn, account, now)?;
    Ok((tool, account))
}

/// Acts in the log; and of the votes of the data, which are all of one moment, a tenth lie in the last weeks, spread
/// over their hours and over a thousand networks, so that there is something to look at.
fn recent(conn: &mut Db, account: i64, now: NaiveDateTime) -> Result<()> {
    let since = now - TimeDelta::days(28);
    conn.batch_execute(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {WAITING})
         INSERT INTO log_entries (made_at, account_id, handle, act, object, object_id, label, public_label, href, reason, old_value, new_value)
             SELECT datetime('{now}', '-' || i || ' minutes'), {account}, 'admin', 'edited', 2, 1 + i % {tools}, 'Tool ' || i, 'Tool ' || i, '/tools',
                    'It was out of date', '', '' FROM n;
         UPDATE votes SET cast_at = datetime('{since}', '+' || (id * 7919 % 2419200) || ' seconds'), network = id * 31 % 1000
             WHERE id % 10 = 0",
        tools = LARGE.tools,
    ))?;
    Ok(())
}

/// Each list, asked for again and again over one connection; beside them, searches of the public list that were not
/// seen before.
fn lists(
    file: &Path,
    handle: &str,
    tool: i64,
    account: i64,
    (seconds, rounds): (f64, usize),
    rows: &mut Vec<Row>,
) -> Result<()> {
    let server = Server::site(file)?;
    let cookie = site::sign_in(&server, handle)?;
    let request = |path: &str| {
        format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: gzip\r\nCookie: {cookie}\r\n\r\n",
            server.address
        )
    };
    let paths = [
        "/admin".to_owned(),
        "/admin/queue".into(),
        "/admin/queue?q=missed+77".into(),
        "/admin/tools".into(),
        "/admin/tools?q=data".into(),
        "/admin/tools?attention=overdue".into(),
        "/admin/tools?attention=few-reviews&sort=name".into(),
        "/admin/tools?page=200".into(),
        "/admin/comparisons".into(),
        "/admin/comparisons?attention=side".into(),
        "/admin/reviewers".into(),
        "/admin/categories".into(),
        "/admin/votes".into(),
        format!("/admin/votes/tools/{tool}"),
        "/admin/people".into(),
        "/admin/people?q=member-0777".into(),
        format!("/admin/people/{account}"),
        "/admin/log".into(),
        format!("/admin/log?before={}", WAITING / 2),
    ];
    let once = |requests: Vec<String>, once: bool| -> Result<f64> {
        let plan = Requests {
            address: server.address,
            connections: 1,
            seconds: seconds / 4.0,
            requests,
            once,
            beside: None,
        };
        Ok(1000.0 / send(plan)?.per_second())
    };
    let words = data::words()?;
    let mut searched = 0;
    let (mut times, mut beside) = (vec![Vec::new(); paths.len()], Vec::new());
    for round in 0..rounds {
        eprintln!("admin, round {} of {rounds}", round + 1);
        for (path, times) in paths.iter().zip(&mut times) {
            times.push(once(vec![request(path)], false)?);
        }
        let end = searched + MOST_SEARCHES;
        let searches = (searched..end).map(|n| request(&site::search_path(&words, n))).collect();
        searched = end;
        beside.push(once(searches, true)?);
    }
    let mut medians: Vec<(f64, &String)> = times.iter().map(|times| median(times)).zip(&paths).collect();
    medians.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (time, path) in &medians {
        eprintln!("{time:8.2} ms  {path}");
    }
    let (slowest, path) = medians[0];
    let name = format!("slowest list of the admin area: {path}");
    rows.push(Row::beside(name, "ms", slowest, median(&beside), LIST_MS));
    Ok(())
}

/// The scan for signals, and setting many votes aside and bringing them back.
fn acts(file: &Path, account: i64, rows: &mut Vec<Row>) -> Result<()> {
    let mut conn = DatabaseUrl::Sqlite(file.to_owned()).connect()?;
    let now = Utc::now().naive_utc();
    let started = Instant::now();
    let found = patterns::scan(&mut conn, now)?;
    rows.push(Row::bare(
        format!("scan for signals among 100,000 recent votes ({found} found)"),
        "s",
        started.elapsed().as_secs_f64(),
    ));
    let voters: Vec<i64> = accounts::table
        .order(accounts::id)
        .limit(SET_ASIDE / VOTES_EACH)
        .select(accounts::id)
        .load(&mut conn)?;
    let which = Selection { accounts: Some(voters), ..Selection::default() }.counted_set(&mut conn)?;
    let order =
        NewExclusion { kind: ExclusionKind::Other, reason: "Measured", subject: None, by: account, at: now };
    let started = Instant::now();
    let moved = conn.write(|conn| exclusion::exclude(conn, &which, &order))?;
    let moved = moved.context("no vote was counted")?;
    let mut took = vec![started.elapsed().as_secs_f64()];
    ensure!(moved.votes >= usize::try_from(SET_ASIDE / 2)?, "{} votes were set aside", moved.votes);
    let started = Instant::now();
    let back = conn.write(|conn| exclusion::undo(conn, moved.exclusion_id, account, now))?;
    took.push(started.elapsed().as_secs_f64());
    ensure!(back.votes == moved.votes, "{} votes came back", back.votes);
    let wrong = verify::differences(&mut conn)?;
    ensure!(wrong.is_empty(), "tallies differ: {}", wrong.join("; "));
    let among = tools::table.count().get_result::<i64>(&mut conn)?;
    for (what, took) in ["set aside", "brought back"].into_iter().zip(took) {
        rows.push(Row::bare(
            format!("{} votes {what} on {} of {among} tools", moved.votes, moved.changes.len()),
            "s",
            took,
        ));
    }
    Ok(())
}
