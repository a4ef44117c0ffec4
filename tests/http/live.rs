//! Tallies that move on every open page.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::write::GzDecoder;
use futures_util::future::join_all;
use reqwest::Response;
use serde_json::{Value, json};
use shiptally::accounts::Role;
use shiptally::catalogue::{RecordKind, Status};

use crate::admin_records::{id, sign_in_as};
use crate::page::Page;
use crate::redirects::change;
use crate::site::{Browser, PATIENCE, TestSite, header};

/// How long a site that is told to stop waits for connections.
const SHUTDOWN: Duration = Duration::from_secs(10);

/// How long a stream may say nothing: proxies take one for dead that is silent for longer.
const LONGEST_SILENCE: Duration = Duration::from_secs(15);

/// An open stream of server-sent events.
struct Events {
    answer: Response,
    unread: String,
    /// For one that is compressed.
    unpack: Option<GzDecoder<Vec<u8>>>,
}

impl Events {
    async fn open(browser: &Browser, path: &str) -> Self {
        let answer = browser.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(header(&answer, "content-encoding"), "");
        Self { answer, unread: String::new(), unpack: None }
    }

    async fn open_compressed(browser: &Browser, path: &str) -> Self {
        let asked =
            browser.client.get(browser.url(path)).header("accept-encoding", "gzip, deflate, br, zstd");
        let answer = asked.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "content-encoding")), (200, "gzip"), "{path}");
        Self { answer, unread: String::new(), unpack: Some(GzDecoder::new(Vec::new())) }
    }

    /// The next block up to an empty line; `None` when the stream has ended.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.unread = rest;
                return Some(block);
            }
            let chunk = self.answer.chunk().await.ok().flatten()?;
            let chunk = match &mut self.unpack {
                None => chunk.to_vec(),
                Some(unpack) => {
                    unpack.write_all(&chunk).and_then(|()| unpack.flush()).unwrap();
                    std::mem::take(unpack.get_mut())
                }
            };
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event's name and data, comments passed over.
    async fn next(&mut self) -> (String, Value) {
        let event = async {
            loop {
                let block = self.block().await.expect("the stream goes on");
                if let Some(rest) = block.strip_prefix("event: ") {
                    let (name, data) = rest.split_once("\ndata: ").unwrap();
                    return (name.to_owned(), serde_json::from_str(data).unwrap());
                }
            }
        };
        tokio::time::timeout(PATIENCE, event).await.expect("an event comes")
    }

    /// Events until one satisfies `last`.
    async fn until(&mut self, last: impl Fn(&str, &Value) -> bool) -> Vec<(String, Value)> {
        let mut seen = Vec::new();
        loop {
            let (name, data) = self.next().await;
            let done = last(&name, &data);
            seen.push((name, data));
            if done {
                return seen;
            }
        }
    }
}

#[actix_web::test]
async fn a_stream_shows_every_tool_at_once_and_again_when_its_tally_changes() {
    let site = TestSite::start();
    let (ada, visitor) = (site.member("ada").await, site.browser());
    ada.vote("basalt", "skip").await;
    let mut events = Events::open(&visitor, "/live?tool=basalt&tool=amber").await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache, no-transform"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(header(&events.answer, name), value);
    }
    let mut first = [events.next().await, events.next().await];
    first.sort_by_key(|(_, data)| data["tool"].to_string());
    let none = json!({"tool": "amber", "ships": 0, "skips": 0, "votes": 0, "ship_percent": null, "low": null,
                      "high": null, "state": "none"});
    let one = json!({"tool": "basalt", "ships": 0, "skips": 1, "votes": 1, "ship_percent": 0, "low": 0.0,
                     "high": 79.3, "state": "early"});
    assert_eq!(first, [("tally".to_owned(), none), ("tally".to_owned(), one)]);
    ada.vote("amber", "ship").await;
    let after = json!({"tool": "amber", "ships": 1, "skips": 0, "votes": 1, "ship_percent": 100, "low": 20.7,
                       "high": 100.0, "state": "early"});
    assert_eq!(events.next().await, ("tally".to_owned(), after));
    ada.vote("amber", "retract").await;
    assert_eq!(events.next().await.1["votes"], 0);
}

#[actix_web::test]
async fn a_compressed_stream_says_the_same_whenever_it_began() {
    let site = TestSite::start();
    let (ada, visitor) = (site.member("ada").await, site.browser());
    for path in ["/compare/amber-vs-basalt/live", "/live?tool=amber&parts=tally", "/live?tool=amber"] {
        let mut plain = Events::open(&visitor, path).await;
        let mut early = Events::open_compressed(&visitor, path).await;
        let frame = plain.next().await;
        assert_eq!(early.next().await, frame, "{path}");
        let is_tally = |name: &str, data: &Value| name == "tally" || data["id"] == "tally-amber";
        let before = frame.1;
        for choice in ["ship", "skip"] {
            ada.vote("amber", choice).await;
            let changed = |name: &str, data: &Value| is_tally(name, data) && *data != before;
            let newest = plain.until(changed).await.pop();
            assert_eq!(early.until(changed).await.pop(), newest, "{path}");
            // Pieces that others have had already, at the beginning of another stream.
            let mut late = Events::open_compressed(&visitor, path).await;
            assert_eq!(late.until(is_tally).await.pop(), newest, "{path}");
        }
        ada.vote("amber", "retract").await;
    }
}

#[actix_web::test]
async fn a_vote_that_changes_nothing_moves_nothing() {
    let site = TestSite::start();
    let (ada, grace) = (site.member("ada").await, site.member("grace").await);
    ada.vote("amber", "ship").await;
    let mut events = Events::open(&ada, "/live?tool=amber").await;
    assert_eq!(events.next().await.1["ships"], 1);
    let mut both = Events::open(&ada, "/live?tool=amber&tool=basalt").await;
    both.until(|_, data| data["tool"] == "basalt").await;
    ada.vote("amber", "ship").await;
    ada.vote("basalt", "ship").await;
    // Whatever else was sent would come before what is voted later.
    let (_, later) = both.next().await;
    assert_eq!((&later["tool"], &later["votes"]), (&json!("basalt"), &json!(1)));
    grace.vote("amber", "skip").await;
    for stream in [&mut both, &mut events] {
        let (_, later) = stream.next().await;
        assert_eq!((&later["tool"], &later["skips"]), (&json!("amber"), &json!(1)), "{later}");
    }
}

#[actix_web::test]
async fn a_burst_of_votes_is_at_most_ten_events_a_second_and_ends_with_the_truth() {
    let site = TestSite::start();
    let voters = [site.member("ada").await, site.member("grace").await, site.member("mary").await];
    let mut events = Events::open(&site.browser(), "/live?tool=amber").await;
    events.next().await;
    let started = Instant::now();
    let last_cast = Cell::new(false);
    let burst = join_all(voters.iter().map(|voter| async move {
        // 80 votes each, one after the other, the last of which is ship.
        for n in 0..80 {
            let (status, _) = voter.vote("amber", if n % 2 == 0 { "skip" } else { "ship" }).await;
            assert_eq!(status, 200);
        }
    }));
    let burst = async {
        burst.await;
        last_cast.set(true);
    };
    let watching = async {
        let (mut times, mut newest) = (Vec::new(), json!(null));
        // Three ships may be so for a moment in between, too.
        while !last_cast.get() || (&newest["ships"], &newest["skips"]) != (&json!(3), &json!(0)) {
            assert!(started.elapsed() < PATIENCE, "{newest}");
            if let Ok((_, data)) = tokio::time::timeout(Duration::from_millis(200), events.next()).await {
                times.push(started.elapsed());
                newest = data;
            }
        }
        times
    };
    let ((), times) = futures_util::future::join(burst, watching).await;
    assert!(times.len() >= 2, "it moves while votes come in: {times:?}");
    // One may have been on its way when counting began, and one comes at the end.
    let allowed = times.last().unwrap().as_millis() / 100 + 2;
    assert!(times.len() as u128 <= allowed, "{} events in {times:?}", times.len());
}

#[actix_web::test]
async fn a_stream_is_for_one_to_twenty_known_tools() {
    let site = TestSite::start();
    let browser = site.browser();
    let many: Vec<String> = (0..21).map(|n| format!("tool=t{n}")).collect();
    let many = format!("/live?{}", many.join("&"));
    for (path, status) in [
        ("/live", 400),
        ("/live?tols=amber", 400),
        (many.as_str(), 400),
        ("/live?tool=nothing", 404),
        ("/live?tool=nothing&tool=neither", 404),
        ("/live?tool=draft-tool", 404),
        ("/live?tool=%00", 404),
        ("/live?tool=%FF", 404),
        ("/live?tool=", 404),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(header(&answer, "content-type"), "application/json", "{path}");
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told["error"]["status"], status, "{path}");
    }
    let mut twice = Events::open(&browser, "/live?tool=amber&tool=amber&tool=amber").await;
    assert_eq!(twice.next().await.1["tool"], "amber");
    let ada = site.member("ada").await;
    for (choice, votes) in [("ship", 1), ("retract", 0), ("skip", 1)] {
        ada.vote("amber", choice).await;
        let (_, later) = twice.next().await;
        assert_eq!(later["votes"], votes, "a tool named twice is shown once: {later}");
    }
}

#[actix_web::test]
async fn asking_for_the_head_of_a_stream_opens_none() {
    let site = TestSite::start();
    for path in ["/live?tool=amber", "/compare/amber-vs-basalt/live"] {
        let browser = site.browser();
        let head = browser.client.head(browser.url(path)).send().await.unwrap();
        assert_eq!(head.status(), 200, "{path}");
        assert_eq!(header(&head, "content-type"), "text/event-stream", "{path}");
        // The same connection serves the next request.
        let next = tokio::time::timeout(PATIENCE, browser.get("/login")).await;
        assert_eq!(next.expect("the connection is free again").status(), 200, "{path}");
    }
}

#[actix_web::test]
async fn readers_that_never_read_delay_nobody() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let stalled: Vec<TcpStream> = (0..30)
        .map(|n| {
            let path = if n % 2 == 0 { "/live?tool=amber" } else { "/compare/amber-vs-basalt/live" };
            let mut stream = TcpStream::connect(site.address).unwrap();
            write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", site.address).unwrap();
            stream
        })
        .collect();
    let mut events = Events::open(&site.browser(), "/live?tool=amber").await;
    events.next().await;
    for n in 0..20 {
        let (status, tally) = ada.vote("amber", if n % 2 == 0 { "ship" } else { "skip" }).await;
        assert_eq!(status, 200);
        events.until(|_, data| data["ships"] == tally["ships"] && data["skips"] == tally["skips"]).await;
    }
    drop(stalled);
}

#[actix_web::test]
async fn a_quiet_stream_shows_within_fifteen_seconds_that_it_is_alive() {
    let site = TestSite::start();
    let mut events = Events::open(&site.browser(), "/live?tool=amber").await;
    events.next().await;
    let mut waited = Vec::new();
    // Now and then a machine stands still, but not each time.
    while waited.len() < 3 && !waited.iter().any(|while_quiet| *while_quiet < LONGEST_SILENCE) {
        let started = Instant::now();
        let comment = tokio::time::timeout(PATIENCE, events.block()).await;
        assert_eq!(comment.expect("a comment comes").as_deref(), Some(":"));
        waited.push(started.elapsed());
    }
    assert!(waited.iter().any(|while_quiet| *while_quiet < LONGEST_SILENCE), "{waited:?}");
}

#[actix_web::test]
async fn a_comparison_moves_to_exactly_what_its_page_shows() {
    let site = TestSite::start();
    let (ada, grace) = (site.member("ada").await, site.member("grace").await);
    for (path, tools) in
        [("/compare/amber-vs-basalt", ["amber", "basalt"]), ("/compare/cobalt-vs-delta", ["cobalt", "delta"])]
    {
        let mut events = Events::open(&site.browser(), &format!("{path}/live")).await;
        let votes = [(&ada, tools[0], "ship"), (&ada, tools[1], "ship"), (&grace, tools[1], "skip")];
        let mut parts = events.until(|_, data| data["id"] == "contest").await;
        for round in 0..=votes.len() {
            let page = site.browser().page(path).await;
            let mut ids: Vec<&str> = parts.iter().map(|(_, data)| data["id"].as_str().unwrap()).collect();
            for (name, data) in &parts {
                let id = data["id"].as_str().unwrap();
                // As a browser holds it: it makes one tree of either.
                let sent = Page::of(format!(r#"<div id="sent">{}</div>"#, data["html"].as_str().unwrap()));
                let shown = page.one(&format!("#{id}")).markup();
                assert_eq!((name.as_str(), sent.one("#sent").markup()), ("part", shown), "{id}");
            }
            ids.sort_unstable();
            let [a, b] = tools;
            let mut all = [
                format!("tally-{a}"),
                format!("tally-{b}"),
                format!("community-{a}"),
                format!("community-{b}"),
                "answer".to_owned(),
                "contest".to_owned(),
            ];
            all.sort_unstable();
            assert_eq!(ids, all);
            assert_eq!(page.count("[data-part]"), all.len(), "every part of the page is moved");
            if let Some((voter, tool, choice)) = votes.get(round) {
                voter.vote(tool, choice).await;
                parts = events.until(|_, data| data["id"] == "contest").await;
            }
        }
    }
}

#[actix_web::test]
async fn the_stream_of_a_comparison_that_is_none_is_not_found() {
    let site = TestSite::start();
    for pair in ["amber-vs-amber", "amber-vs-nothing", "amber-vs-draft-tool", "amber"] {
        let answer = site.browser().get(&format!("/compare/{pair}/live")).await;
        assert_eq!(answer.status(), 404, "{pair}");
    }
    // Whatever order a page was opened with.
    assert_eq!(site.browser().get("/compare/basalt-vs-amber/live").await.status(), 200);
}

#[actix_web::test]
async fn open_streams_do_not_keep_the_site_from_stopping() {
    let site = TestSite::start();
    let browser = site.browser();
    let mut streams = Vec::new();
    for path in ["/live?tool=amber", "/compare/amber-vs-basalt/live", "/live?tool=basalt&tool=amber"] {
        let mut events = Events::open(&browser, path).await;
        events.next().await;
        streams.push(events);
    }
    let started = Instant::now();
    drop(site);
    let took = started.elapsed();
    assert!(took < SHUTDOWN, "connections are not waited for until their time is up: {took:?}");
    for events in streams {
        ends(events).await;
    }
}

/// The end of a stream, whatever comes before it.
async fn ends(mut events: Events) {
    let end = async { while events.block().await.is_some() {} };
    tokio::time::timeout(PATIENCE, end).await.expect("the stream has ended");
}

#[actix_web::test]
async fn a_stream_of_a_tool_that_goes_into_another_begins_anew_with_the_votes_of_both_on_every_node() {
    let site = TestSite::start();
    let second = site.second_node(&[]);
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let (ada, grace) = (site.member("ada").await, site.member("grace").await);
    ada.vote("amber", "ship").await;
    grace.vote("basalt", "ship").await;
    let path = "/live?tool=amber&tool=cobalt";
    let visitors = [site.browser(), site.browser().at(&second)];
    let mut open = Vec::new();
    for visitor in &visitors {
        let mut events = Events::open(visitor, path).await;
        events.until(|_, data| data["tool"] == "amber").await;
        open.push(events);
    }
    let merge = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    let answer = crate::admin_merge::merge_into(&moderator, &merge, "basalt", &[]).await;
    assert_eq!(answer.status(), 303);
    for (visitor, events) in visitors.iter().zip(open) {
        ends(events).await;
        let mut again = Events::open(visitor, path).await;
        for (choice, ships) in [("ship", 2), ("retract", 1), ("ship", 2)] {
            grace.vote("amber", choice).await;
            again.until(|_, data| data["tool"] == "amber" && data["ships"] == ships).await;
        }
    }
}

#[actix_web::test]
async fn a_stream_ends_with_a_tool_that_is_archived_and_goes_on_without_it() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let visitor = site.browser();
    let path = "/live?tool=amber&tool=cobalt";
    let mut events = Events::open(&visitor, path).await;
    events.until(|_, data| data["tool"] == "cobalt").await;
    change(&site, RecordKind::Tool, "cobalt", |state| state.with_status(Status::Archived)).unwrap();
    ends(events).await;
    let mut again = Events::open(&visitor, path).await;
    assert_eq!(again.next().await.1["tool"], "amber");
    // What else was sent would come before what is voted now.
    ada.vote("amber", "ship").await;
    let (_, later) = again.next().await;
    assert_eq!((&later["tool"], &later["ships"]), (&json!("amber"), &json!(1)));
}

#[actix_web::test]
async fn the_comparison_of_two_tools_that_became_one_ends_and_offers_that_one() {
    let site = TestSite::start();
    let visitor = site.browser();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let mut events = Events::open(&visitor, "/compare/amber-vs-basalt/live").await;
    events.until(|_, data| data["id"] == "contest").await;
    let merge = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    let answer = crate::admin_merge::merge_into(&moderator, &merge, "basalt", &[]).await;
    assert_eq!(answer.status(), 303);
    ends(events).await;
    assert_eq!(visitor.get("/compare/amber-vs-basalt/live").await.status(), 404);
    let answer = visitor.get("/compare/amber-vs-basalt").await;
    assert_eq!(answer.status(), 404);
    let page = Page::read(answer).await;
    assert!(page.says("Both addresses lead to Basalt.") && page.leads_to("/tools/basalt"), "{page}");
}

/// What is sent for this head of a request, up to where `last` is satisfied.
fn raw(site: &TestSite, head: &str, last: impl Fn(&str) -> bool) -> String {
    let mut stream = TcpStream::connect(site.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "{head}\r\nHost: {}\r\n\r\n", site.address).unwrap();
    let (mut told, mut piece) = (String::new(), [0; 4096]);
    while !last(&told) {
        let length = stream.read(&mut piece).unwrap();
        assert!(length > 0, "{told}");
        told.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
    told
}

#[actix_web::test]
async fn a_stream_has_chunks_only_where_the_client_knows_them() {
    let site = TestSite::start();
    for (path, event) in [
        ("/live?tool=amber", "event: tally\ndata: {\"tool\":\"amber\""),
        ("/compare/amber-vs-basalt/live", "event: part\ndata: {"),
    ] {
        let has_come = |told: &str| told.contains(event);
        let old = raw(&site, &format!("GET {path} HTTP/1.0"), has_come);
        let (head, body) = old.split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        assert!(head.starts_with("http/1.0 200"), "{head}");
        assert!(!head.contains("transfer-encoding") && !head.contains("content-length"), "{head}");
        assert!(!head.contains("keep-alive"), "its end is that of the connection: {head}");
        assert!(body.starts_with("retry: 2000\n\n"), "{body}");
        let kept = raw(&site, &format!("GET {path} HTTP/1.0\r\nConnection: keep-alive"), has_come);
        assert!(!kept.to_lowercase().contains("connection: keep-alive"), "{kept}");
        let new = raw(&site, &format!("GET {path} HTTP/1.1"), has_come);
        assert!(new.to_lowercase().contains("\r\ntransfer-encoding: chunked\r\n"), "{new}");
        for version in ["HTTP/1.0", "HTTP/1.1"] {
            let head = raw(&site, &format!("HEAD {path} {version}"), |told| told.ends_with("\r\n\r\n"));
            let head = head.to_lowercase();
            assert!(head.contains("200 ok") && head.contains("text/event-stream"), "{head}");
            assert!(!head.contains("content-length"), "nobody knows it: {head}");
        }
    }
}

#[actix_web::test]
async fn one_network_does_not_take_all_streams() {
    let site = TestSite::with(&["--trusted-proxies", "127.0.0.1"]);
    let visitor = site.browser();
    let open = async |address: &str| {
        let request = visitor.client.get(visitor.url("/live?tool=amber"));
        request.header("x-forwarded-for", address).send().await.unwrap()
    };
    let mut held = Vec::new();
    for _ in 0..200 {
        held.push(open("198.51.100.1").await);
    }
    assert!(held.iter().all(|answer| answer.status() == 200));
    assert_eq!(open("198.51.100.1").await.status(), 429);
    assert_eq!(open("198.51.100.2").await.status(), 200, "others are let in");
}
