//! What a moderator leaves out is what was shown: not a vote that came, changed or got another's place since.

use chrono::Utc;
use diesel::prelude::*;
use shiptally::{
    accounts::Role,
    config::Voters,
    schema::{tools, votes},
    stats::Choice,
    voting::{
        exclusion::{self, Kind, Order},
        recount::recount,
        selection::Selection,
        signals,
        store::cast_all,
        vote::Intent,
    },
};

use crate::{
    desk_records::at_desk,
    page::Page,
    site::{Browser, TestSite, location},
};

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
    shiptally::cli::settle();
}

/// The fields of a page that asks whether votes shall be left out, with why.
fn fields(page: &Page) -> Vec<(&'static str, String)> {
    let held = ["as_of", "shown", "signal_token"].map(|name| (name, page.hidden(name)));
    held.into_iter().chain(WHY.map(|(name, value)| (name, value.to_owned()))).collect()
}

async fn send(desk: &Browser, path: &str, fields: &[(&'static str, String)]) -> reqwest::Response {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    desk.post(path, &fields).await
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
    let desk = at_desk(&site, "marlow", Role::Moderator).await;
    let (ada, bob) = (site.account("ada", Role::Member), site.account("bob", Role::Member));
    let (amber, basalt) = (tool_id(&site, "amber"), tool_id(&site, "basalt"));
    cast(&site, &[ship(ada, "amber")]);
    let path = format!("/admin/votes/tools/{amber}");
    let as_of = desk.page(&path).await.hidden("as_of");

    // Ada takes hers back, and Bob casts the next vote there is, elsewhere.
    cast(&site, &[Intent { choice: None, ..ship(ada, "amber") }]);
    cast(&site, &[ship(bob, "basalt")]);
    let form = |account: i64| {
        let form = [("account", account.to_string()), ("as_of", as_of.clone())];
        form.into_iter().chain(WHY.map(|(name, value)| (name, value.to_owned()))).collect::<Vec<_>>()
    };
    let answer = send(&desk, &format!("{path}/exclude"), &form(ada)).await;
    assert_eq!(answer.status(), 409, "there is nothing of what was shown");
    // A form names account and tool; nobody else's vote is meant, whatever it says.
    assert_eq!(send(&desk, &format!("{path}/exclude"), &form(bob)).await.status(), 409);
    let elsewhere = send(&desk, &format!("/admin/votes/tools/{basalt}/exclude"), &form(bob)).await;
    assert_eq!(elsewhere.status(), 409, "Bob's vote came after the look");
    assert_eq!((counted(&site, amber), counted(&site, basalt)), (vec![], vec![(bob, true)]));
}

#[actix_web::test]
async fn what_came_or_changed_since_the_look_goes_on_counting_and_that_is_said() {
    let site = TestSite::start();
    let desk = at_desk(&site, "marlow", Role::Moderator).await;
    let people: Vec<i64> = (0..4).map(|n| site.account(&format!("voter-{n}"), Role::Member)).collect();
    let amber = tool_id(&site, "amber");
    cast(&site, &people[..3].iter().map(|id| ship(*id, "amber")).collect::<Vec<_>>());
    let path = format!("/admin/votes/confirm?tool={amber}");
    let page = desk.page(&path).await;
    assert!(page.says("3 votes would not count any more"), "{page}");

    // One changes, one is new.
    cast(
        &site,
        &[Intent { choice: Some(Choice::Skip), ..ship(people[1], "amber") }, ship(people[3], "amber")],
    );
    let answer = send(&desk, &path, &fields(&page)).await;
    assert_eq!(answer.status(), 303);
    let told = desk.page(location(&answer)).await;
    assert!(told.says("2 votes are left out. 1 other was no longer as you saw them"), "{told}");
    let expected = vec![(people[0], false), (people[1], true), (people[2], false), (people[3], true)];
    assert_eq!(counted(&site, amber), expected);
    assert_eq!(desk.tally("amber").await["votes"], 2);

    // A page that does not say what was seen is asked for again.
    let answer = desk.post(&path, &WHY).await;
    assert_eq!(answer.status(), 422);
    assert!(Page::read(answer).await.says("Look at the votes again"));
    assert_eq!(desk.tally("amber").await["votes"], 2);
}

#[actix_web::test]
async fn a_signal_that_is_about_more_accounts_by_now_is_looked_at_again() {
    let site = TestSite::start();
    let desk = at_desk(&site, "marlow", Role::Moderator).await;
    let people: Vec<i64> = (0..5).map(|n| site.account(&format!("twin-{n}"), Role::Member)).collect();
    let all = ["amber", "basalt", "cobalt"];
    let vote = |id: &i64| all.map(|tool| ship(*id, tool)).to_vec();
    cast(&site, &people[..4].iter().flat_map(vote).collect::<Vec<_>>());
    // The fifth has done half of it when the moderator looks.
    cast(&site, &vote(&people[4])[..2]);
    desk.post("/admin/votes/scan", &[]).await;
    let signal = signals::open(&mut site.connect(), 10).unwrap().remove(0);
    assert_eq!((signal.kind(), signal.accounts().len()), (Kind::SameVotes, 4));
    let path = format!("/admin/votes/confirm?signal={}", signal.id);
    let seen = fields(&desk.page(&path).await);

    cast(&site, &[ship(people[4], "cobalt")]);
    desk.post("/admin/votes/scan", &[]).await;
    let answer = send(&desk, &path, &seen).await;
    assert_eq!(answer.status(), 409);
    assert!(Page::read(answer).await.says("about other accounts than when you looked"));
    assert_eq!(desk.tally("amber").await["votes"], 5);
    let answer = send(&desk, &path, &fields(&desk.page(&path).await)).await;
    assert_eq!(answer.status(), 303);
    for tool in all {
        assert_eq!(desk.tally(tool).await["votes"], 0, "{tool}");
    }
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
        let order = Order { kind: Kind::Other, reason: "Bought", subject: Some(busy), by: admin, at };
        let which = Selection::of_account(busy);
        conn.write(|conn| exclusion::exclude(conn, &which, &order)).unwrap();
    }
    voting.join().unwrap();
    assert_eq!(recount(&mut conn).unwrap(), vec![]);
}
