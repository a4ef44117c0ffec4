//! What a moderator leaves out is what was shown: the votes of these accounts on these tools, and not those of others that
//! came since.

use chrono::Utc;
use diesel::prelude::*;
use shiptally::accounts::Role;
use shiptally::config::Voters;
use shiptally::db::schema::{tools, votes};
use shiptally::integrity::exclusion::{self, NewExclusion};
use shiptally::integrity::patterns;
use shiptally::stats::Choice;
use shiptally::votes::ExclusionKind;
use shiptally::votes::cast::cast_all;
use shiptally::votes::recount::recount;
use shiptally::votes::vote::Intent;

use crate::admin_records::sign_in_as;
use crate::page::Page;
use crate::site::{Browser, TestSite, location};

const WHY: [(&str, &str); 2] = [("kind", "burst"), ("reason", "They came from one shop.")];

fn tool_id(site: &TestSite, slug: &str) -> i64 {
    tools::table.filter(tools::slug.eq(slug)).select(tools::id).first(&mut site.connect()).unwrap()
}

fn ship(account_id: i64, tool: &str) -> Intent {
    Intent { account_id, tool: tool.into(), choice: Some(Choice::Ship), network: None }
}

/// Casts votes as another process does.
fn cast(site: &TestSite, intents: &[Intent]) {
    let done = cast_all(&mut site.connect(), intents, Voters::Anyone, Utc::now().naive_utc()).unwrap();
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    site.settle();
}

/// The fields of a page that asks whether votes shall be left out, with why.
fn fields(page: &Page) -> Vec<(&'static str, String)> {
    let held = [("votes", page.hidden("votes"))];
    held.into_iter().chain(WHY.map(|(name, value)| (name, value.to_owned()))).collect()
}

async fn send(admin: &Browser, path: &str, fields: &[(&'static str, String)]) -> reqwest::Response {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    admin.post(path, &fields).await
}

/// Votes on a tool: account and whether it counts.
fn counted(site: &TestSite, tool: i64) -> Vec<(i64, bool)> {
    votes::table
        .filter(votes::tool_id.eq(tool))
        .order(votes::account_id)
        .select((votes::account_id, votes::exclusion_id.is_null()))
        .load(&mut site.connect())
        .unwrap()
}

#[actix_web::test]
async fn a_vote_that_was_removed_takes_no_other_vote_along() {
    let site = TestSite::start();
    let admin = sign_in_as(&site, "marlow", Role::Moderator).await;
    let (ada, bob) = (site.account("ada", Role::Member), site.account("bob", Role::Member));
    let (amber, basalt) = (tool_id(&site, "amber"), tool_id(&site, "basalt"));
    let carl = site.account("carl", Role::Member);
    cast(&site, &[ship(ada, "amber"), ship(carl, "amber")]);
    let path = format!("/admin/votes/tools/{amber}");
    assert!(admin.page(&path).await.says("@ada"));

    // Ada takes hers back, and Bob casts the next vote there is, elsewhere.
    cast(&site, &[Intent { choice: None, ..ship(ada, "amber") }]);
    cast(&site, &[ship(bob, "basalt")]);
    let form = [("account", ada.to_string())];
    let form: Vec<_> = form.into_iter().chain(WHY.map(|(name, value)| (name, value.to_owned()))).collect();
    let answer = send(&admin, &format!("{path}/exclude"), &form).await;
    assert_eq!(answer.status(), 422, "there is nothing of what was shown");
    let page = Page::read(answer).await;
    assert!(page.says("None of these votes counts any more") && page.says("from one shop."), "{page}");
    assert_eq!((counted(&site, amber), counted(&site, basalt)), (vec![(carl, true)], vec![(bob, true)]));
    // The tool is that of the address.
    assert_eq!(send(&admin, &format!("{path}/exclude"), &form).await.status(), 422);
    cast(&site, &[ship(ada, "amber"), ship(ada, "basalt")]);
    assert_eq!(send(&admin, &format!("{path}/exclude"), &form).await.status(), 303);
    assert_eq!(counted(&site, amber), [(ada, false), (carl, true)]);
    assert_eq!(counted(&site, basalt), [(ada, true), (bob, true)]);
}

#[actix_web::test]
async fn who_voted_since_the_look_is_not_meant_and_who_votes_anew_gets_away_with_nothing() {
    let site = TestSite::start();
    let admin = sign_in_as(&site, "marlow", Role::Moderator).await;
    let people: Vec<i64> = (0..4).map(|n| site.account(&format!("voter-{n}"), Role::Member)).collect();
    let amber = tool_id(&site, "amber");
    cast(&site, &people[..3].iter().map(|id| ship(*id, "amber")).collect::<Vec<_>>());
    let path = format!("/admin/votes/confirm?tool={amber}");
    let page = admin.page(&path).await;
    assert!(page.says("3 votes would no longer count"), "{page}");

    // One changes, one casts it anew, one takes it back, and one is new.
    cast(&site, &[Intent { choice: None, ..ship(people[0], "amber") }, ship(people[3], "amber")]);
    cast(
        &site,
        &[ship(people[0], "amber"), Intent { choice: Some(Choice::Skip), ..ship(people[1], "amber") }],
    );
    cast(&site, &[Intent { choice: None, ..ship(people[2], "amber") }]);
    let answer = send(&admin, &path, &fields(&page)).await;
    assert_eq!(answer.status(), 303);
    let told = admin.page(location(&answer)).await;
    assert!(told.says("2 votes excluded. 1 other vote shown no longer counted."), "{told}");
    assert_eq!(counted(&site, amber), [(people[0], false), (people[1], false), (people[3], true)]);
    assert_eq!(admin.tally("amber").await["votes"], 1);

    // A page that does not say what was seen is asked for again.
    let answer = admin.post(&path, &WHY).await;
    assert_eq!(answer.status(), 422);
    assert!(Page::read(answer).await.says("Check the votes again"));
    assert_eq!(admin.tally("amber").await["votes"], 1);
}

#[actix_web::test]
async fn one_of_a_ring_that_steps_aside_takes_nobody_along() {
    let site = TestSite::start();
    let admin = sign_in_as(&site, "marlow", Role::Moderator).await;
    let people: Vec<i64> = (0..5).map(|n| site.account(&format!("twin-{n}"), Role::Member)).collect();
    let all = ["amber", "basalt", "cobalt"];
    let vote = |id: &i64| all.map(|tool| ship(*id, tool)).to_vec();
    cast(&site, &people.iter().flat_map(vote).collect::<Vec<_>>());
    admin.post("/admin/votes/scan", &[]).await;
    let signal = patterns::open(&mut site.connect(), 10).unwrap().remove(0);
    assert_eq!((signal.kind, signal.accounts().len()), (ExclusionKind::SameVotes, 5));

    // Before the moderator looks, one takes all back, and another one of them.
    let back = |id: i64, tool: &str| Intent { choice: None, ..ship(id, tool) };
    cast(&site, &all.map(|tool| back(people[0], tool)));
    cast(&site, &[back(people[1], "cobalt")]);
    let path = format!("/admin/votes/confirm?signal={}", signal.id);
    let page = admin.page(&path).await;
    assert!(page.says("11 votes would no longer count"), "{page}");
    // And before the form is sent, the first votes once more: that was not shown.
    cast(&site, &vote(&people[0]));
    assert_eq!(send(&admin, &path, &fields(&page)).await.status(), 303);
    for tool in all {
        assert_eq!(admin.tally(tool).await["votes"], 1, "{tool}");
    }
}

#[actix_web::test]
async fn votes_of_a_burst_that_are_cast_anew_later_are_still_those_that_were_found() {
    let site = TestSite::start();
    let admin = sign_in_as(&site, "marlow", Role::Moderator).await;
    let people: Vec<i64> = (0..100).map(|n| site.account(&format!("shop-{n}"), Role::Member)).collect();
    cast(&site, &people.iter().map(|id| ship(*id, "amber")).collect::<Vec<_>>());
    admin.post("/admin/votes/scan", &[]).await;
    let signal = patterns::open(&mut site.connect(), 10).unwrap().remove(0);
    assert_eq!((signal.kind, signal.accounts().len()), (ExclusionKind::Burst, 100));
    assert!(signal.words.contains("there are no earlier votes to compare with"), "{}", signal.words);

    // All of them vote once more, two hours later.
    let later = Utc::now().naive_utc() + chrono::Duration::hours(2);
    for choice in [None, Some(Choice::Ship)] {
        let intents: Vec<Intent> = people.iter().map(|id| Intent { choice, ..ship(*id, "amber") }).collect();
        cast_all(&mut site.connect(), &intents, Voters::Anyone, later).unwrap();
    }
    site.settle();
    let path = format!("/admin/votes/confirm?signal={}", signal.id);
    let page = admin.page(&path).await;
    assert!(page.says("100 votes would no longer count"), "{page}");
    assert_eq!(send(&admin, &path, &fields(&page)).await.status(), 303);
    assert_eq!(admin.tally("amber").await["votes"], 0);
}

#[actix_web::test]
async fn an_account_that_votes_on_many_tools_while_its_votes_are_excluded_leaves_every_tally_right() {
    const TOOLS: usize = 150;
    let site = TestSite::start();
    let mut conn = site.connect();
    let tools: Vec<serde_json::Value> = (0..TOOLS)
        .map(|n| serde_json::json!({"slug": format!("many-{n}"), "name": "Many", "category": "research", "tagline": "One"}))
        .collect();
    let file = serde_json::json!({"format": "shiptally-catalogue/1", "tools": tools}).to_string();
    let file = shiptally::catalogue::file::parse(&file).unwrap();
    shiptally::catalogue::file::import(&mut conn, &file, Utc::now().naive_utc(), |_, _| {}).unwrap();
    let (busy, admin) = (site.account("busy", Role::Member), site.account("ada", Role::Admin));
    let others: Vec<i64> = (0..4).map(|n| site.account(&format!("other-{n}"), Role::Member)).collect();
    for id in others {
        cast(&site, &(0..TOOLS).map(|n| ship(id, &format!("many-{n}"))).collect::<Vec<_>>());
    }

    let url = site.database.url.clone();
    let voting = std::thread::spawn(move || {
        let mut conn = url.connect().unwrap();
        for n in 0..TOOLS {
            let intent = [ship(busy, &format!("many-{n}"))];
            let _ = cast_all(&mut conn, &intent, Voters::Anyone, Utc::now().naive_utc()).unwrap();
        }
    });
    while !voting.is_finished() {
        let at = Utc::now().naive_utc();
        let order =
            NewExclusion { kind: ExclusionKind::Other, reason: "Bought", subject: Some(busy), by: admin, at };
        conn.write(|conn| exclusion::exclude_all_of(conn, busy, &order)).unwrap();
    }
    voting.join().unwrap();
    assert_eq!(recount(&mut conn).unwrap(), vec![]);
}
