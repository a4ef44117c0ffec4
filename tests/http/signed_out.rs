//! A choice made before signing in: kept for its voter, for one use.

use crate::page::Page;
use crate::site::{PASSWORD, TestSite, header, location};
use shiptally::accounts::Role;

const SHIP: [(&str, &str); 2] = [("choice", "ship"), ("next", "/compare/amber-vs-basalt")];

#[actix_web::test]
async fn who_is_new_signs_up_and_the_vote_is_cast() {
    let site = TestSite::start();
    let visitor = site.browser();
    let answer = visitor.post("/tools/amber/vote", &SHIP).await;
    assert_eq!(location(&answer), "/login?next=%2Fcompare%2Famber-vs-basalt");
    let sign_in = visitor.page(location(&answer)).await;
    let sign_up = "/signup?next=%2Fcompare%2Famber-vs-basalt";
    let next = sign_in.one("form[action='/signup'] [name=next]").typed();
    assert_eq!(next, "/compare/amber-vs-basalt");
    assert!(visitor.page(sign_up).await.says("Create an account to count your Ship vote for Amber."));
    assert_eq!(visitor.tally("amber").await["votes"], 0, "nothing is counted yet");
    let form = [
        ("handle", "ada"),
        ("email", "ada@example.org"),
        ("password", PASSWORD),
        ("next", "/compare/amber-vs-basalt"),
    ];
    let answer = visitor.post("/signup", &form).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/compare/amber-vs-basalt"));
    assert!(visitor.page("/compare/amber-vs-basalt").await.says("Your Ship vote for Amber is counted."));
    assert_eq!(visitor.tally("amber").await["ships"], 1);
}

#[actix_web::test]
async fn a_kept_vote_outlives_a_mistyped_password_and_is_for_one_use() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    site.account("grace", Role::Member);
    let browser = site.browser();
    browser.post("/tools/amber/vote", &SHIP).await;
    let wrong = browser.post("/login", &[("email", "ada"), ("password", "mistyped by far")]).await;
    assert!(Page::read(wrong).await.says("Sign in to count your Ship vote for Amber."));
    browser.sign_in("ada").await;
    assert_eq!(browser.tally("amber").await["ships"], 1);
    assert_eq!(browser.vote("amber", "retract").await.0, 200);
    browser.sign_in("ada").await;
    assert_eq!(browser.tally("amber").await["votes"], 0, "not cast again for the same person");
    browser.post("/logout", &[]).await;
    browser.sign_in("grace").await;
    assert_eq!(browser.tally("amber").await["votes"], 0, "nor for the next one");
}

#[actix_web::test]
async fn the_last_choice_made_is_the_one_that_is_kept() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    browser.post("/tools/amber/vote", &[("choice", "ship")]).await;
    browser.post("/tools/amber/vote", &[("choice", "skip")]).await;
    browser.sign_in("ada").await;
    let tally = browser.tally("amber").await;
    assert_eq!((&tally["ships"], &tally["skips"]), (&0.into(), &1.into()));
}

#[actix_web::test]
async fn a_kept_vote_that_may_not_be_cast_is_told_and_dropped() {
    let site = TestSite::with(&["--voters", "verified"]);
    site.account("ada", Role::Member);
    let browser = site.browser();
    browser.post("/tools/amber/vote", &SHIP).await;
    browser.sign_in("ada").await;
    let page = browser.page("/compare/amber-vs-basalt").await;
    assert!(page.says("Your vote for Amber was not counted. Confirm your email address"), "{page}");
    assert_eq!(browser.tally("amber").await["votes"], 0);
    site.sql("UPDATE accounts SET verified_at = '2026-11-01 00:00:00'");
    browser.sign_in("ada").await;
    assert_eq!(browser.tally("amber").await["votes"], 0, "dropped for good");
}

#[actix_web::test]
async fn a_tool_that_is_withdrawn_meanwhile_gets_no_kept_vote() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    browser.post("/tools/amber/vote", &SHIP).await;
    site.sql(
        "UPDATE tools SET status = 2 WHERE slug = 'amber'; UPDATE versions SET value = value + 1 WHERE id = 1",
    );
    browser.sign_in("ada").await;
    assert!(browser.page("/account").await.says("Your vote for Amber was not counted."));
    assert_eq!(browser.get("/tools/amber/tally").await.status(), 404);
}

#[actix_web::test]
async fn keeping_votes_in_bulk_is_slowed_down() {
    let site = TestSite::start();
    // The burst of one address is 60, refilled every two seconds.
    let mut refused = None;
    for _ in 0..70 {
        let answer = site.browser().post("/tools/amber/vote", &SHIP).await;
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status(), 303);
    }
    let refused = refused.expect("the 70th is refused at the latest");
    assert!(header(&refused, "retry-after").parse::<u64>().unwrap() >= 1);
}
