//! Pages are kept in memory, and none is ever stale.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::json;
use shiptally::accounts::Role;
use shiptally::catalogue::file;

use crate::admin_records::sign_in_as;
use crate::page::Page;
use crate::site::{Browser, PATIENCE, TestSite, catalogue};

/// The least time that a database waits for a lock that somebody holds.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// The pages that show Amber's votes.
const PAGES: [&str; 6] = [
    "/compare/amber-vs-basalt",
    "/tools/amber",
    "/tools",
    "/tools?sort=community",
    "/",
    "/categories/developer-tools",
];

/// The number of votes that a page shows for Amber.
fn votes_shown(page: &Page) -> u64 {
    page.one("#tally-amber [data-tally=votes]").text().replace(',', "").parse().unwrap()
}

#[actix_web::test]
async fn the_first_reload_after_a_vote_shows_it_while_others_vote_and_read() {
    let site = TestSite::start();
    let mut voters = Vec::new();
    for n in 0..24 {
        voters.push(site.member(&format!("voter{n}")).await);
    }
    let visitor = site.browser();
    let voting = voters.iter().enumerate().map(|(n, voter)| {
        let (visitor, page) = (&visitor, PAGES[n % PAGES.len()]);
        async move {
            for choice in ["ship", "skip", "ship"] {
                let (_, answer) = voter.vote("amber", choice).await;
                let counted = answer["votes"].as_u64().unwrap();
                assert!(votes_shown(&visitor.page(page).await) >= counted, "{page} as a visitor sees it");
                let own = voter.page("/compare/amber-vs-basalt").await;
                assert!(votes_shown(&own) >= counted, "as the voter sees it");
                let button = own.one(&format!("[data-vote=amber] button[value={choice}]"));
                assert_eq!(button.attr("aria-pressed"), "true", "{button}");
                let label = if choice == "ship" { "Ship Amber" } else { "Skip Amber" };
                assert!(button.attr("aria-label").starts_with(label), "{button}");
            }
        }
    });
    let reading = (0..8).map(|n| {
        let visitor = &visitor;
        async move {
            for turn in 0..60 {
                visitor.page(PAGES[(n + turn) % PAGES.len()]).await;
            }
        }
    });
    futures_util::future::join(
        futures_util::future::join_all(voting),
        futures_util::future::join_all(reading),
    )
    .await;
    for page in PAGES {
        assert_eq!(votes_shown(&visitor.page(page).await), 24, "{page}");
    }
}

#[actix_web::test]
async fn a_page_in_memory_is_the_same_page() {
    let site = TestSite::start();
    let visitor = site.browser();
    for page in PAGES.into_iter().chain(["/reviewers", "/reviewers/builder", "/methodology", "/compare"]) {
        let first = visitor.page(page).await;
        assert_eq!(first, visitor.page(page).await, "{page}");
    }
}

#[actix_web::test]
async fn a_page_differs_from_the_visitors_only_in_what_is_ones_own() {
    let site = TestSite::start();
    let (visitor, ada) = (site.browser(), site.member("ada").await);
    ada.vote("amber", "ship").await;
    for page in PAGES.into_iter().chain(["/reviewers/builder", "/methodology", "/compare"]) {
        let (ours, hers) = (visitor.page(page).await, ada.page(page).await);
        // Who somebody is, and what they said, are their own.
        let shared = |page: &Page| page.outline(".mast-me, [name=choice], .vote-say, .vote-hint");
        assert_eq!(shared(&hers), shared(&ours), "{page}");
        assert_ne!(ours, hers, "{page}: hers says who she is");
    }
}

#[actix_web::test]
async fn nobody_gets_the_page_of_another() {
    let site = TestSite::start();
    let (ada, grace) = (site.member("ada").await, site.member("grace").await);
    ada.vote("amber", "ship").await;
    let path = "/compare/amber-vs-basalt";
    let (of_ada, of_grace, of_nobody) =
        (ada.page(path).await, grace.page(path).await, site.browser().page(path).await);
    assert!(of_ada.says("@ada") && of_ada.says("You voted Ship"));
    assert!(of_grace.says("@grace") && !of_grace.mentions("You voted Ship"));
    assert!(!of_nobody.mentions("@") && of_nobody.says("Sign in to vote; we’ll keep your choice."));
    ada.post("/logout", &[]).await;
    assert!(!ada.page(path).await.mentions("@ada"), "sign-out acts at the next request");
}

#[actix_web::test]
async fn an_import_by_the_command_line_is_on_the_pages_when_it_is_done() {
    let site = TestSite::start();
    let visitor = site.browser();
    assert!(visitor.page("/tools/amber").await.says("Amber does one thing"));
    for round in 0..3 {
        let mut changed = catalogue();
        changed["tools"][0]["tagline"] = json!(format!("Amber, round {round}"));
        let parsed = file::parse(&changed.to_string()).unwrap();
        file::import(&mut site.connect(), &parsed, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
        site.settle();
        for page in ["/tools/amber", "/tools", "/compare/amber-vs-basalt"] {
            assert!(visitor.page(page).await.says(&format!("Amber, round {round}")), "{page}");
        }
    }
}

#[actix_web::test]
async fn votes_that_another_node_counted_reach_pages_and_streams() {
    use shiptally::config::Voters;
    use shiptally::stats::Choice;
    use shiptally::votes::cast::cast_all;
    use shiptally::votes::vote::Intent;
    let site = TestSite::start();
    let visitor = site.browser();
    assert_eq!(votes_shown(&visitor.page("/tools/amber").await), 0);
    let mut stream = visitor.get("/live?tool=amber").await;
    let account_id = site.account("ada", Role::Member);
    // As the writer of another node does it.
    let intent = Intent { account_id, tool: "amber".into(), choice: Some(Choice::Ship), network: None };
    cast_all(&mut site.connect(), &[intent], Voters::Anyone, chrono::Utc::now().naive_utc()).unwrap();
    let mut seen = String::new();
    while !seen.contains(r#""ships":1"#) {
        let chunk = tokio::time::timeout(PATIENCE, stream.chunk()).await.expect("it arrives").unwrap();
        seen.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
    }
    assert_eq!(votes_shown(&visitor.page("/tools/amber").await), 1);
}

#[actix_web::test]
async fn a_locked_database_does_not_slow_readers() {
    let site = TestSite::start();
    let mut other = site.connect();
    let visitor = site.browser();
    let ada = site.member("ada").await;
    for page in PAGES {
        visitor.page(page).await;
        ada.page(page).await;
    }
    site.lock_writes(&mut other, "tools, votes, tallies, accounts, sessions, versions");
    let read = async |reader: &Browser, page: &str| {
        let started = Instant::now();
        reader.page(page).await;
        assert!(started.elapsed() < LOCK_WAIT, "{page} waits for the lock");
    };
    for page in PAGES {
        read(&visitor, page).await;
        read(&ada, page).await;
    }
    read(&visitor, "/tools/cobalt").await; // not in memory yet
    other.batch_execute("ROLLBACK").unwrap();
}

#[actix_web::test]
async fn what_is_in_memory_is_shown_only_if_the_site_has_looked_at_the_database_lately() {
    let site = TestSite::start();
    if site.is_on_sqlite() {
        // Nothing that another process does keeps anybody from looking there.
        return;
    }
    let (visitor, admin) = (site.browser(), sign_in_as(&site, "ada", Role::Admin).await);
    let style = visitor.page("/tools/amber").await.one("link[rel=stylesheet]").attr("href").to_owned();
    assert_eq!(admin.get("/admin/log").await.status(), 200);
    let mut other = site.connect();
    other
        .batch_execute(
            "BEGIN; LOCK TABLE versions IN ACCESS EXCLUSIVE MODE;
             UPDATE tools SET website = 'https://elsewhere.example/' WHERE slug = 'amber';
             UPDATE accounts SET role = 0;
             UPDATE versions SET value = value + 1",
        )
        .unwrap();
    let freshness = site.freshness();
    tokio::time::timeout(PATIENCE, async {
        while freshness.lease().holds() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("nobody can look");
    // Not for ever is anybody kept waiting.
    for browser in [&visitor, &admin] {
        let answer = browser.get("/tools/amber").await;
        assert_eq!(answer.status(), 503);
        assert!(Page::read(answer).await.says("The site is temporarily unavailable."));
    }
    assert_eq!(visitor.get(&style).await.status(), 200, "what never changes is there");
    let asked = futures_util::future::join(visitor.page("/tools/amber"), admin.get("/admin/log"));
    let told = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        other.batch_execute("COMMIT").unwrap();
    };
    let ((page, log), ()) = futures_util::future::join(asked, told).await;
    assert!(page.leads_to("https://elsewhere.example/"), "{page}");
    assert_eq!(log.status(), 404, "the role is gone");
}
