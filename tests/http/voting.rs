//! One press that counts, once, for good.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use serde_json::json;
use shiptally::accounts::Role;
use shiptally::config::Voters;
use shiptally::stats::Choice;
use shiptally::votes::VoteQueue;
use shiptally::votes::vote::Intent;
use shiptally::web::network::NetworkKey;

use crate::page::Page;
use crate::site::{PATIENCE, SECRET, TestSite, header, location};

#[actix_web::test]
async fn a_vote_is_counted_and_a_second_vote_replaces_the_first() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let (status, answer) = ada.vote("amber", "ship").await;
    assert_eq!(status, 200);
    assert_eq!(
        answer,
        json!({"tool": "amber", "ships": 1, "skips": 0, "votes": 1, "ship_percent": 100, "low": 20.7, "high": 100.0,
               "state": "early", "your_vote": "ship"})
    );
    let (_, answer) = ada.vote("amber", "skip").await;
    assert_eq!(
        (&answer["ships"], &answer["skips"], &answer["your_vote"]),
        (&json!(0), &json!(1), &json!("skip"))
    );
    assert_eq!(answer["ship_percent"], 0);
}

#[actix_web::test]
async fn a_vote_taken_back_leaves_nothing_behind() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    ada.vote("amber", "ship").await;
    let (status, answer) = ada.vote("amber", "retract").await;
    assert_eq!((status, &answer["votes"], &answer["your_vote"]), (200, &json!(0), &json!(null)));
    assert_eq!(answer["ship_percent"], json!(null));
    assert_eq!(answer["state"], "none");
    let (status, answer) = ada.vote("amber", "retract").await;
    assert_eq!((status, &answer["votes"]), (200, &json!(0)), "taking back twice does no harm");
}

#[actix_web::test]
async fn a_hundred_posts_at_once_by_one_account_leave_exactly_one_vote() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let posts = (0..100).map(|n| ada.vote("amber", if n % 3 == 0 { "skip" } else { "ship" }));
    let answers = join_all(posts).await;
    assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
    assert_eq!(ada.tally("amber").await["votes"], 1);
}

#[actix_web::test]
async fn votes_of_many_accounts_at_once_are_all_counted() {
    let site = TestSite::start();
    let mut browsers = Vec::new();
    for n in 0..20 {
        browsers.push(site.member(&format!("voter{n}")).await);
    }
    let votes = browsers.iter().enumerate().flat_map(|(n, browser)| {
        ["amber", "basalt", "cobalt"].map(|tool| browser.vote(tool, if n < 15 { "ship" } else { "skip" }))
    });
    let answers = join_all(votes).await;
    assert!(answers.iter().all(|(status, _)| *status == 200));
    for tool in ["amber", "basalt", "cobalt"] {
        let tally = site.browser().tally(tool).await;
        assert_eq!(
            (&tally["ships"], &tally["skips"], &tally["ship_percent"]),
            (&json!(15), &json!(5), &json!(75))
        );
    }
}

#[actix_web::test]
async fn a_browser_without_javascript_comes_back_to_where_it_was() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let next = "/compare/amber-vs-basalt#amber";
    let answer = ada.post("/tools/amber/vote", &[("choice", "ship"), ("next", next)]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, next));
    let page = ada.page("/compare/amber-vs-basalt").await;
    assert!(page.says("Your Ship vote for Amber is counted."));
    let again = ada.page("/compare/amber-vs-basalt").await;
    assert!(!again.mentions("is counted"), "the line is shown once");
    let pressed = again.one("[data-vote=amber] button[aria-pressed=true]");
    assert_eq!((pressed.attr("value"), pressed.attr("aria-label")), ("ship", "Ship Amber"));

    let answer =
        ada.post("/tools/amber/vote", &[("choice", "skip"), ("next", "https://evil.example/")]).await;
    assert_eq!(location(&answer), "/tools/amber", "another site is ignored");
}

#[actix_web::test]
async fn who_is_signed_out_signs_in_and_the_vote_is_cast() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let visitor = site.browser();
    let answer = visitor
        .post("/tools/amber/vote", &[("choice", "ship"), ("next", "/compare/amber-vs-basalt#amber")])
        .await;
    assert_eq!(answer.status(), 303);
    let sign_in = location(&answer).to_owned();
    assert_eq!(sign_in, "/login?next=%2Fcompare%2Famber-vs-basalt%23amber");
    assert!(visitor.page(&sign_in).await.says("Sign in to count your Ship vote for Amber."));
    let answer = visitor
        .post(
            "/login",
            &[
                ("email", "ada"),
                ("password", crate::site::PASSWORD),
                ("next", "/compare/amber-vs-basalt#amber"),
            ],
        )
        .await;
    assert_eq!(location(&answer), "/compare/amber-vs-basalt#amber");
    assert!(visitor.page("/compare/amber-vs-basalt").await.says("Your Ship vote for Amber is counted."));
    assert_eq!(visitor.tally("amber").await["ships"], 1);
}

#[actix_web::test]
async fn a_script_that_is_signed_out_is_told_so() {
    let site = TestSite::start();
    let (status, answer) = site.browser().vote("amber", "ship").await;
    assert_eq!((status, &answer["error"]["status"]), (401, &json!(401)));
}

#[actix_web::test]
async fn bad_votes_are_refused_with_their_reason() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    assert_eq!(ada.vote("amber", "maybe").await.0, 422);
    assert_eq!(ada.vote("amber", "").await.0, 422);
    assert_eq!(ada.vote("nothing", "ship").await.0, 404);
    assert_eq!(ada.vote("draft-tool", "ship").await.0, 404);
    assert_eq!(site.browser().post("/tools/nothing/vote", &[("choice", "ship")]).await.status(), 404);
    assert_eq!(ada.tally("amber").await["votes"], 0);
}

#[actix_web::test]
async fn where_addresses_must_be_confirmed_only_confirmed_accounts_vote() {
    let site = TestSite::with(&["--voters", "verified"]);
    let ada = site.member("ada").await;
    let (status, answer) = ada.vote("amber", "ship").await;
    assert_eq!(
        (status, &answer["error"]["message"]),
        (403, &json!("Confirm your email address before you vote."))
    );
    let answer = ada.post("/tools/amber/vote", &[("choice", "ship")]).await;
    assert_eq!(answer.status(), 403);
    let page = Page::read(answer).await;
    assert!(page.says("Confirm your email address before you vote."), "{page}");
    assert_eq!(ada.tally("amber").await["votes"], 0);
    site.sql("UPDATE accounts SET verified_at = '2026-11-01 00:00:00'");
    assert_eq!(ada.vote("amber", "ship").await.0, 200);
}

#[actix_web::test]
async fn one_account_votes_no_faster_than_its_limit() {
    let site = TestSite::start();
    let (ada, grace) = (site.member("ada").await, site.member("grace").await);
    // The burst is 120, refilled twice a second; what is refilled meanwhile is let through.
    let started = Instant::now();
    let posts = (0..160).map(|_| ada.form("/tools/amber/vote", &[("choice", "ship")]).send());
    let answers = join_all(posts).await;
    let (mut taken, mut refused) = (0, 0);
    for answer in answers.into_iter().map(Result::unwrap) {
        match answer.status().as_u16() {
            303 => taken += 1,
            429 => {
                refused += 1;
                let wait: u64 = header(&answer, "retry-after").parse().unwrap();
                assert!((1..=60).contains(&wait), "{wait}");
            }
            other => unreachable!("{other}"),
        }
    }
    let refilled = 2 * started.elapsed().as_secs() + 2;
    assert!((120..=120 + refilled).contains(&taken), "{taken} taken, {refused} refused");
    assert!(refused > 0);
    assert_eq!(grace.vote("amber", "ship").await.0, 200, "nobody else is slowed down");
}

#[actix_web::test]
async fn for_load_tests_the_limits_can_be_off() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let ada = site.member("ada").await;
    let answers = join_all((0..160).map(|_| ada.vote("amber", "ship"))).await;
    // A machine that has too much to do may still answer that the database is late.
    assert!(answers.iter().all(|(status, _)| [200, 503].contains(status)), "{answers:?}");
    assert!(answers.iter().any(|(status, _)| *status == 200));
}

#[actix_web::test]
async fn a_vote_that_cannot_be_written_is_refused_in_time_and_counts_once_when_it_is_cast_again() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let mut other = site.connect();
    site.lock_writes(&mut other, "votes");
    let posts = join_all(
        ["amber", "basalt", "cobalt"]
            .map(async |tool| ada.post(&format!("/tools/{tool}/vote"), &[("choice", "ship")]).await),
    );
    // Reading goes on meanwhile, and nobody waits until the lock is given back: it is not before all are answered.
    let reading = async { site.browser().page("/compare/amber-vs-basalt").await };
    let answered = tokio::time::timeout(PATIENCE, futures_util::future::join(posts, reading)).await;
    let (answers, _) = answered.expect("the votes are refused while the lock is held");
    for answer in answers {
        assert_eq!(answer.status(), 503);
        assert!(header(&answer, "retry-after").parse::<u64>().unwrap() >= 1);
    }
    other.batch_execute("ROLLBACK").unwrap();
    // PostgreSQL may be just about to write it when its voter is told to come back.
    if site.is_on_sqlite() {
        for tool in ["amber", "basalt", "cobalt"] {
            assert_eq!(ada.tally(tool).await["votes"], 0);
        }
    }
    let (status, answer) = ada.vote("amber", "ship").await;
    assert_eq!((status, &answer["votes"]), (200, &json!(1)), "afterwards all is well");
}

#[actix_web::test]
async fn more_votes_than_can_wait_are_refused_at_once_and_the_others_are_counted() {
    let site = TestSite::start();
    let account_id = site.account("ada", Role::Member);
    let networks = NetworkKey::of_site(&SECRET.parse().unwrap());
    let queue = VoteQueue::open(&site.database.url, Voters::Anyone, networks, Arc::default()).unwrap();
    let mut other = site.connect();
    other
        .batch_execute(if site.is_on_sqlite() {
            "BEGIN IMMEDIATE"
        } else {
            "BEGIN; LOCK TABLE tallies IN ACCESS EXCLUSIVE MODE"
        })
        .unwrap();
    let refused = Cell::new(0);
    let casts = join_all((0..1500).map(|_| async {
        let intent =
            Intent { account_id, tool: "amber".to_owned(), choice: Some(Choice::Ship), network: None };
        if queue.cast(intent).await.is_err() {
            refused.set(refused.get() + 1);
        }
    }));
    let release = async {
        // All have been sent once this is reached, and who is refused has been told.
        let at_once = refused.get();
        other.batch_execute("ROLLBACK").unwrap();
        at_once
    };
    let (_, at_once) = futures_util::future::join(casts, release).await;
    // 1,024 wait, and up to 256 more are on their way into the database.
    assert!((1500 - 1024 - 256..=1500 - 1024).contains(&at_once), "{at_once} refused");
    assert_eq!(refused.get(), at_once, "who waited is counted");
    // The site hears of it as of any vote that another process counts.
    let visitor = site.browser();
    let counted = async { while visitor.tally("amber").await["votes"] != 1 {} };
    tokio::time::timeout(PATIENCE, counted).await.expect("one vote is shown");
}

#[actix_web::test]
async fn a_vote_or_stream_of_no_tool_offers_near_ones() {
    let site = TestSite::start();
    let (visitor, ada) = (site.browser(), site.member("ada").await);
    for browser in [&visitor, &ada] {
        let answer = browser.post("/tools/ambr/vote", &[("choice", "ship")]).await;
        assert_eq!(answer.status(), 404);
        let page = Page::read(answer).await;
        assert!(page.says("There is no tool at this address."), "{page}");
        assert!(page.leads_to("/tools/amber"), "{page}");
    }
    for path in ["/live?tool=no&tool=nope", "/live?tool=No+slug", "/tools/nope/tally", "/tools/NO/tally"] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(Page::read(answer).await.says("There is no tool at this address."), "{path}");
    }
    assert_eq!(ada.vote("nope", "ship").await.1["error"]["message"], "There is no tool at this address.");
}
