//! Votes in the admin area: setting them aside, bringing them back, and what readers see of it.

use std::collections::BTreeMap;

use chrono::{Duration, Utc};
use diesel::prelude::*;
use proptest::prelude::*;
use shiptally::accounts::Role;
use shiptally::accounts::store::NewAccount;
use shiptally::catalogue::file;
use shiptally::config::Voters;
use shiptally::db::Db;
use shiptally::db::schema::{accounts, tallies, tools, votes};
use shiptally::integrity::exclusion::{self, NewExclusion};
use shiptally::integrity::vote_set::VoteSet;
use shiptally::integrity::{patterns, suspension};
use shiptally::stats::Choice;
use shiptally::votes::cast::cast_all;
use shiptally::votes::recount::recount;
use shiptally::votes::vote::Intent;
use shiptally::votes::{ExclusionKind, network};

use crate::page::Page;
use crate::site::{self, Browser, PATIENCE, SECRET, TestSite, location};
use crate::support::TestDatabase;

const TOOLS: [&str; 4] = ["amber", "basalt", "cobalt", "delta"];

/// One thing that is done to votes.
#[derive(Debug, Clone)]
enum Act {
    Cast(usize, usize, Option<Choice>),
    /// The votes of these accounts on a tool.
    Exclude(Vec<usize>, usize),
    ExcludeAll(usize),
    /// The exclusion at this place.
    Undo(usize),
    Suspend(usize),
    Lift(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let choice = prop_oneof![Just(None), Just(Some(Choice::Ship)), Just(Some(Choice::Skip))];
    let act = prop_oneof![
        5 => (0..5_usize, 0..4_usize, choice).prop_map(|(who, tool, choice)| Act::Cast(who, tool, choice)),
        2 => (proptest::collection::vec(0..5_usize, 0..6), 0..4_usize).prop_map(|(whose, tool)| Act::Exclude(whose, tool)),
        1 => (0..5_usize).prop_map(Act::ExcludeAll),
        2 => (0..6_usize).prop_map(Act::Undo),
        1 => (0..5_usize).prop_map(Act::Suspend),
        1 => (0..5_usize).prop_map(Act::Lift),
    ];
    proptest::collection::vec(act, 1..25)
}

/// A database with the catalogue, five members and an admin, who comes last.
fn ground() -> (TestDatabase, Db, Vec<i64>) {
    let database = TestDatabase::fresh();
    let mut conn = database.url.connect().unwrap();
    conn.migrate().unwrap();
    let parsed = file::parse(&site::catalogue().to_string()).unwrap();
    file::import(&mut conn, &parsed, Utc::now().naive_utc(), |_, _| {}).unwrap();
    let people = (0..6)
        .map(|n| {
            let new = NewAccount {
                handle: &format!("voter{n}").parse().unwrap(),
                email: &format!("voter{n}@example.org").parse().unwrap(),
                password_hash: "none",
                role: if n == 5 { Role::Admin } else { Role::Member },
                verified: false,
            };
            shiptally::accounts::store::create(&mut conn, &new).unwrap()
        })
        .collect();
    (database, conn, people)
}

fn counts(conn: &mut Db) -> BTreeMap<i64, (i64, i64)> {
    let rows: Vec<(i64, i64, i64)> =
        tallies::table.select((tallies::tool_id, tallies::ships, tallies::skips)).load(conn).unwrap();
    rows.into_iter()
        .filter(|(_, ships, skips)| ships + skips > 0)
        .map(|(id, ships, skips)| (id, (ships, skips)))
        .collect()
}

/// What the tallies were if no vote was set aside.
fn counts_of_all_votes(conn: &mut Db) -> BTreeMap<i64, (i64, i64)> {
    let rows: Vec<(i64, i16)> = votes::table.select((votes::tool_id, votes::choice)).load(conn).unwrap();
    let mut all = BTreeMap::<i64, (i64, i64)>::new();
    for (tool, choice) in rows {
        let (ships, skips) = all.entry(tool).or_default();
        *(if choice == 1 { ships } else { skips }) += 1;
    }
    all
}

fn perform(conn: &mut Db, people: &[i64], act: Act, made: &mut Vec<i64>) {
    let (by, at) = (people[5], Utc::now().naive_utc());
    let order = NewExclusion { kind: ExclusionKind::Burst, reason: "bought", subject: None, by, at };
    match act {
        Act::Cast(who, tool, choice) => {
            let intent = Intent { account_id: people[who], tool: TOOLS[tool].into(), choice, network: None };
            let _ = cast_all(conn, &[intent], Voters::Anyone, at).unwrap();
        }
        Act::Exclude(whose, tool) => {
            let tool =
                tools::table.filter(tools::slug.eq(TOOLS[tool])).select(tools::id).first(conn).unwrap();
            let accounts = whose.into_iter().map(|who| people[who]).collect();
            let which = VoteSet::on_tool(tool, accounts);
            let done = conn.write(|conn| exclusion::exclude(conn, &which, &order)).unwrap();
            made.extend(done.map(|moved| moved.exclusion_id));
        }
        Act::ExcludeAll(who) => {
            let all = |conn: &mut Db| exclusion::exclude_all_of(conn, people[who], &order);
            let done = conn.write(all).unwrap();
            made.extend(done.map(|moved| moved.exclusion_id));
        }
        Act::Undo(place) => {
            if let Some(id) = made.get(place).copied() {
                let _ = conn.write(|conn| exclusion::undo(conn, id, by, at));
            }
        }
        Act::Suspend(who) => {
            let _ = conn.write(|conn| suspension::suspend(conn, people[who], "bought", by, at));
        }
        Act::Lift(who) => {
            let _ = conn.write(|conn| suspension::lift(conn, people[who], by, at));
        }
    }
}

#[test]
fn whatever_is_set_aside_and_brought_back_every_tally_is_its_counted_votes() {
    let (_database, conn, people) = ground();
    let conn = std::cell::RefCell::new(conn);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(60));
    runner
        .run(&acts(), |acts| {
            let conn = &mut *conn.borrow_mut();
            let mut made = Vec::new();
            for act in acts {
                perform(conn, &people, act, &mut made);
                prop_assert_eq!(recount(conn).unwrap(), vec![]);
            }
            // All of it is taken back, in the order in which it was done, and the suspensions last.
            for place in 0..made.len() {
                perform(conn, &people, Act::Undo(place), &mut made);
            }
            for who in 0..5 {
                perform(conn, &people, Act::Lift(who), &mut made);
            }
            prop_assert_eq!(recount(conn).unwrap(), vec![]);
            prop_assert_eq!(counts(conn), counts_of_all_votes(conn));
            Ok(())
        })
        .unwrap();
}

#[test]
fn votes_of_an_account_that_is_suspended_meanwhile_stay_out_until_that_is_lifted() {
    let (_database, mut conn, people) = ground();
    let conn = &mut conn;
    let mut made = Vec::new();
    for who in 0..2 {
        perform(conn, &people, Act::Cast(who, 0, Some(Choice::Ship)), &mut made);
    }
    perform(conn, &people, Act::Exclude(vec![0, 1], 0), &mut made);
    perform(conn, &people, Act::Suspend(0), &mut made);
    perform(conn, &people, Act::Undo(0), &mut made);
    let amber: i64 = tools::table.filter(tools::slug.eq("amber")).select(tools::id).first(conn).unwrap();
    assert_eq!(counts(conn)[&amber], (1, 0), "the other vote is back");
    perform(conn, &people, Act::Lift(0), &mut made);
    assert_eq!(counts(conn)[&amber], (2, 0));
    assert!(conn.write(|conn| exclusion::undo(conn, made[0], people[5], Utc::now().naive_utc())).is_err());
}

// --- Over HTTP

const KIND_AND_REASON: [(&str, &str); 2] = [("kind", "burst"), ("reason", "They came from one shop.")];

async fn moderator(site: &TestSite, handle: &str) -> Browser {
    site.account(handle, Role::Moderator);
    let browser = site.browser();
    browser.sign_in(handle).await;
    browser
}

fn id_of(site: &TestSite, slug: &str) -> i64 {
    tools::table.filter(tools::slug.eq(slug)).select(tools::id).first(&mut site.connect()).unwrap()
}

/// The account behind a username, as forms name it.
fn account(site: &TestSite, handle: &str) -> String {
    let id: i64 = accounts::table
        .filter(accounts::handle.eq(handle))
        .select(accounts::id)
        .first(&mut site.connect())
        .unwrap();
    id.to_string()
}

/// Leaves votes out by the page that asks first, as it stands.
async fn confirm(admin: &Browser, path: &str) -> reqwest::Response {
    let page = admin.page(path).await;
    let votes = page.hidden("votes");
    admin.post(path, &[("votes", votes.as_str()), KIND_AND_REASON[0], KIND_AND_REASON[1]]).await
}

/// Ten votes on amber of twenty days ago: what is usual can be told.
fn past(site: &TestSite) {
    let intents: Vec<Intent> = (0..10)
        .map(|n| Intent {
            account_id: site.account(&format!("early-{n}"), Role::Member),
            tool: "amber".into(),
            choice: Some(Choice::Skip),
            network: None,
        })
        .collect();
    let then = Utc::now().naive_utc() - Duration::days(20);
    cast_all(&mut site.connect(), &intents, Voters::Anyone, then).unwrap();
    site.settle();
}

/// Twelve new members who all ship amber now, from one network.
fn burst(site: &TestSite) {
    let mut conn = site.connect();
    let intents: Vec<Intent> = (0..12)
        .map(|n| Intent {
            account_id: site.account(&format!("shop-{n}"), Role::Member),
            tool: "amber".into(),
            choice: Some(Choice::Ship),
            network: Some(4711),
        })
        .collect();
    cast_all(&mut conn, &intents, Voters::Anyone, Utc::now().naive_utc()).unwrap();
    site.settle();
}

/// Reads a stream until it says this.
async fn until(stream: &mut reqwest::Response, text: &str) {
    let mut read = String::new();
    let reading = async {
        while !read.contains(text) {
            let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
            read.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    let done = tokio::time::timeout(PATIENCE, reading).await.is_ok();
    assert!(done, "{text} is not in {read}");
}

#[actix_web::test]
async fn ticked_votes_leave_the_tally_at_once_and_come_back() {
    let site = TestSite::start();
    let admin = moderator(&site, "marlow").await;
    let (ada, bob) = (site.member("ada").await, site.member("bob").await);
    ada.vote("amber", "ship").await;
    bob.vote("amber", "skip").await;
    let visitor = site.browser();
    assert!(!visitor.page("/tools/amber").await.mentions("excluded ("));
    let mut stream = visitor.get("/live?tool=amber").await;
    until(&mut stream, r#""votes":2"#).await;

    let amber = id_of(&site, "amber");
    let page = format!("/admin/votes/tools/{amber}");
    let listed = admin.page(&page).await;
    assert!(listed.says("@ada") && listed.says("@bob"), "{listed}");
    let vote = account(&site, "ada");
    let form = [("account", vote.as_str()), KIND_AND_REASON[0], KIND_AND_REASON[1]];
    let answer = admin.post(&format!("{page}/exclude"), &form).await;
    assert_eq!(answer.status(), 303);
    let exclusion = location(&answer).to_owned();
    until(&mut stream, r#""votes":1,"ship_percent":0"#).await;
    assert_eq!(visitor.tally("amber").await["ships"], 0);
    for path in ["/tools/amber", "/compare/amber-vs-basalt"] {
        let page = visitor.page(path).await;
        assert!(page.says("1 vote excluded (vote spike)."), "{page}");
        assert!(!page.mentions("ada"), "nobody is named");
    }
    assert!(!visitor.page("/tools/basalt").await.mentions("excluded ("));
    assert!(admin.page("/admin/votes").await.says("They came from one shop."));

    // Whoever cast it can neither change nor remove it, and is told why.
    for choice in ["skip", "ship", "retract"] {
        let (status, told) = ada.vote("amber", choice).await;
        assert_eq!(status, 403);
        let told = told["error"]["message"].as_str().unwrap();
        assert!(told.contains("it was part of a vote spike"), "{told}");
    }
    assert!(ada.page("/tools/amber").await.says("Moderators excluded this vote, so it does not count."));
    assert_eq!(ada.vote("basalt", "ship").await.0, 200, "other tools are open to them");
    let account = ada.page("/account").await;
    assert!(account.says("excluded by moderators"), "{account}");
    let remove_vote = "[aria-label^='Remove vote on']";
    assert_eq!(account.one(remove_vote).attr("aria-label"), "Remove vote on Basalt");

    let undo = admin.post(&format!("{exclusion}/undo"), &[("reason", "A mistake.")]).await;
    assert_eq!(undo.status(), 303);
    until(&mut stream, r#""votes":2"#).await;
    assert!(!visitor.page("/tools/amber").await.mentions("excluded ("));
    assert_eq!(ada.vote("amber", "skip").await.0, 200);
    let again = admin.post(&format!("{exclusion}/undo"), &[("reason", "Once more.")]).await;
    assert_eq!(again.status(), 409);
    assert!(admin.page(&exclusion).await.says("undone by @marlow"));
}

#[actix_web::test]
async fn nobody_brings_back_their_own_excluded_vote() {
    let site = TestSite::start();
    let (marlow, grace) = (moderator(&site, "marlow").await, moderator(&site, "grace").await);
    marlow.vote("amber", "ship").await;
    let page = format!("/admin/votes/tools/{}", id_of(&site, "amber"));
    let vote = account(&site, "marlow");
    let form = [("account", vote.as_str()), KIND_AND_REASON[0], KIND_AND_REASON[1]];
    for (who, excludes) in [("another", &grace), ("themselves", &marlow)] {
        let answer = excludes.post(&format!("{page}/exclude"), &form).await;
        assert_eq!(answer.status(), 303, "{who}");
        let undo = format!("{}/undo", location(&answer));
        let refused = marlow.post(&undo, &[("reason", "It was me.")]).await;
        assert_eq!(refused.status(), 403, "excluded by {who}");
        let refused = Page::read(refused).await;
        assert!(
            refused.says("Your own vote is among these. Another moderator has to restore them."),
            "{refused}"
        );
        assert_eq!(site.browser().tally("amber").await["ships"], 0);
        assert_eq!(grace.post(&undo, &[("reason", "A mistake.")]).await.status(), 303);
        assert_eq!(site.browser().tally("amber").await["ships"], 1);
    }
}

#[actix_web::test]
async fn a_form_without_its_reason_comes_back_as_it_was_typed() {
    let site = TestSite::start();
    let admin = moderator(&site, "marlow").await;
    site.member("ada").await.vote("amber", "ship").await;
    let amber = id_of(&site, "amber");
    let vote = account(&site, "ada");
    let path = format!("/admin/votes/tools/{amber}/exclude?new=1");
    let form = [("account", vote.as_str()), ("kind", "one-network"), ("reason", "  ")];
    let answer = admin.post(&path, &form).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert_eq!(page.one(r##"a[href="#exclude-reason"]"##).text(), "Enter a reason.");
    assert_eq!((page.typed("kind"), page.typed("reason")), ("one-network".into(), "  ".into()), "{page}");
    assert_eq!(
        page.one("input[name=account][checked]").attr("value"),
        vote,
        "the vote is still ticked: {page}"
    );
    let answer = admin.post(&path, &KIND_AND_REASON).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert!(page.says("Select the votes") && page.says("They came from one shop."), "{page}");
    let confirm = format!("/admin/votes/confirm?tool={amber}");
    assert_eq!(admin.post(&confirm, &[("reason", "x")]).await.status(), 422);
    assert_eq!(site.browser().tally("amber").await["votes"], 1);
}

#[actix_web::test]
async fn two_moderators_who_leave_the_same_votes_out_do_it_once() {
    let site = TestSite::start();
    let (one, two) = (moderator(&site, "marlow").await, moderator(&site, "kurtz").await);
    burst(&site);
    let amber = id_of(&site, "amber");
    let path = format!("/admin/votes/confirm?tool={amber}");
    let page = one.page(&path).await;
    let votes = page.hidden("votes");
    let form = [("votes", votes.as_str()), KIND_AND_REASON[0], KIND_AND_REASON[1]];
    let posts = (0..10).map(|n| (if n % 2 == 0 { &one } else { &two }).post(&path, &form));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(posts).await.iter().map(|answer| answer.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1], statuses[9]), (303, 422, 422));
    assert_eq!(one.tally("amber").await["votes"], 0);
    assert!(site.browser().page("/tools/amber").await.says("12 votes excluded (vote spike)."));
}

#[actix_web::test]
async fn signals_say_why_they_fired_and_do_nothing_by_themselves() {
    let site = TestSite::start();
    let admin = moderator(&site, "marlow").await;
    assert!(admin.page("/admin/votes").await.says("Votes have not been checked yet."));
    past(&site);
    burst(&site);
    assert_eq!(admin.post("/admin/votes/scan", &[]).await.status(), 303);
    let page = admin.page("/admin/votes").await;
    for words in
        ["12 votes came between", "this tool usually gets almost none per hour", "came from the same network"]
    {
        assert!(page.says(words), "{words}: {page}");
    }
    assert_eq!(site.browser().tally("amber").await["votes"], 22);

    // The burst is looked at, and all of it left out.
    let before = patterns::open(&mut site.connect(), 10).unwrap();
    let burst = before.iter().find(|signal| signal.kind == ExclusionKind::Burst).unwrap().id;
    assert!(admin.page(&format!("/admin/votes/signals/{burst}")).await.says("@shop-3"));
    let path = format!("/admin/votes/confirm?signal={burst}");
    let page = admin.page(&path).await;
    assert!(page.says("12 votes would no longer count") && page.says("55% · 22 votes"), "{page}");
    assert!(page.says("0% · 10 votes"), "{page}");
    let answer = confirm(&admin, &path).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(site.browser().tally("amber").await["votes"], 10);
    assert!(
        admin.page("/admin/votes").await.says("No suspicious patterns found (last check"),
        "settled at once"
    );

    // Brought back, they are found again; dismissed, they stay away until there are more of them.
    admin.post(&format!("{}/undo", location(&answer)), &[("reason", "They are real.")]).await;
    admin.post("/admin/votes/scan", &[]).await;
    for signal in patterns::open(&mut site.connect(), 10).unwrap() {
        let page = format!("/admin/votes/signals/{}", signal.id);
        let (dismiss, token) = (format!("{page}/dismiss"), admin.page(&page).await.hidden("token"));
        assert_eq!(admin.post(&dismiss, &[("reason", ""), ("token", &token)]).await.status(), 422);
        let other = [("reason", "A class voted."), ("token", "another")];
        assert_eq!(admin.post(&dismiss, &other).await.status(), 409, "it was not this that was looked at");
        let form = [("reason", "A class voted."), ("token", token.as_str())];
        assert_eq!(admin.post(&dismiss, &form).await.status(), 303);
    }
    admin.post("/admin/votes/scan", &[]).await;
    let page = admin.page("/admin/votes").await;
    assert!(page.says("No suspicious patterns found.") && page.says("Dismissed ("), "{page}");
    let late = Intent {
        account_id: site.account("late", Role::Member),
        tool: "amber".into(),
        choice: Some(Choice::Skip),
        network: Some(4711),
    };
    cast_all(&mut site.connect(), &[late], Voters::Anyone, Utc::now().naive_utc()).unwrap();
    admin.post("/admin/votes/scan", &[]).await;
    let dismissed = patterns::dismissed(&mut site.connect(), 10).unwrap();
    let open = patterns::open(&mut site.connect(), 10).unwrap();
    assert!(
        open.iter().any(|signal| signal.kind == ExclusionKind::OneNetwork && signal.accounts().len() == 13)
    );
    for signal in dismissed {
        let reopen = format!("/admin/votes/signals/{}/reopen", signal.id);
        assert_eq!(admin.post(&reopen, &[]).await.status(), 303);
    }
    assert_eq!(patterns::dismissed(&mut site.connect(), 10).unwrap().len(), 0);
}

#[actix_web::test]
async fn accounts_that_vote_the_same_are_found_and_left_out_on_all_their_tools() {
    let site = TestSite::start();
    let admin = moderator(&site, "marlow").await;
    let mut intents = Vec::new();
    for n in 0..5 {
        let account_id = site.account(&format!("twin-{n}"), Role::Member);
        for tool in ["amber", "basalt", "cobalt"] {
            // The fifth thinks otherwise of one tool.
            let choice = Some(if n == 4 && tool == "cobalt" { Choice::Skip } else { Choice::Ship });
            intents.push(Intent { account_id, tool: tool.into(), choice, network: None });
        }
    }
    cast_all(&mut site.connect(), &intents, Voters::Anyone, Utc::now().naive_utc()).unwrap();
    site.settle();
    admin.post("/admin/votes/scan", &[]).await;
    let open = patterns::open(&mut site.connect(), 10).unwrap();
    assert_eq!(open.len(), 1, "{open:?}");
    let group = &open[0];
    assert_eq!((group.kind, group.accounts().len()), (ExclusionKind::SameVotes, 4));
    let path = format!("/admin/votes/confirm?signal={}", group.id);
    assert!(admin.page(&path).await.says("12 votes would no longer count"));
    assert_eq!(confirm(&admin, &path).await.status(), 303);
    for tool in ["amber", "basalt", "cobalt"] {
        assert_eq!(site.browser().tally(tool).await["votes"], 1, "{tool}");
    }
}

#[actix_web::test]
async fn a_vote_keeps_a_hash_of_its_network_for_thirty_days_and_never_the_address() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    ada.vote("amber", "ship").await;
    let stored = |site: &TestSite| -> Vec<Option<i64>> {
        votes::table.select(votes::network).load(&mut site.connect()).unwrap()
    };
    let key = shiptally::web::network::NetworkKey::of_site(&SECRET.parse().unwrap());
    assert_eq!(stored(&site), [Some(key.of("127.0.0.200".parse().unwrap()))]);
    let now = Utc::now().naive_utc();
    let forget = |days| network::forget_old(&mut site.connect(), now + Duration::days(days)).unwrap();
    assert_eq!((forget(29), stored(&site).len()), (0, 1));
    assert_eq!((forget(31), stored(&site)), (1, vec![None]));
}

#[actix_web::test]
async fn only_moderators_find_the_pages_on_votes() {
    let site = TestSite::start();
    let (visitor, member) = (site.browser(), site.member("ada").await);
    member.vote("amber", "ship").await;
    let amber = id_of(&site, "amber");
    for browser in [&visitor, &member] {
        for path in [
            "/admin/votes".to_owned(),
            format!("/admin/votes/tools/{amber}"),
            format!("/admin/votes/confirm?tool={amber}"),
            "/admin/votes/exclusions/1".to_owned(),
            "/admin/votes/signals/1".to_owned(),
        ] {
            assert_eq!(browser.get(&path).await.status(), 404, "{path}");
        }
        for path in [
            "/admin/votes/scan".to_owned(),
            format!("/admin/votes/tools/{amber}/exclude"),
            format!("/admin/votes/confirm?tool={amber}"),
            "/admin/votes/exclusions/1/undo".to_owned(),
            "/admin/votes/signals/1/dismiss".to_owned(),
            "/admin/votes/signals/1/reopen".to_owned(),
        ] {
            assert_eq!(browser.post(&path, &KIND_AND_REASON).await.status(), 404, "{path}");
        }
    }
    assert_eq!(visitor.tally("amber").await["votes"], 1);

    let admin = moderator(&site, "marlow").await;
    for path in [
        "/admin/votes/tools/x",
        "/admin/votes/tools/99999",
        "/admin/votes/exclusions/7",
        "/admin/votes/signals/7",
    ] {
        assert_eq!(admin.get(path).await.status(), 404, "{path}");
    }
    // Nobody leaves out all votes of the site at once.
    for path in ["/admin/votes/confirm?new=1", "/admin/votes/confirm?tool=99999"] {
        assert_eq!(admin.get(path).await.status(), 404, "{path}");
    }
}
