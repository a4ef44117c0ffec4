//! One press that counts, once, for good.

use serde_json::json;

use crate::site::{TestSite, location};

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
    let answers = futures_util::future::join_all(posts).await;
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
    let answers = futures_util::future::join_all(votes).await;
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
    assert!(page.contains("Your vote for Amber is counted: ship."));
    let again = ada.page("/compare/amber-vs-basalt").await;
    assert!(!again.contains("is counted"), "the line is shown once");
    assert!(again.contains(r#"value="ship" aria-pressed="true" aria-label="Ship Amber""#), "{again}");

    let answer =
        ada.post("/tools/amber/vote", &[("choice", "skip"), ("next", "https://evil.example/")]).await;
    assert_eq!(location(&answer), "/tools/amber", "another site is ignored");
}

#[actix_web::test]
async fn who_is_signed_out_signs_in_and_the_vote_is_cast() {
    let site = TestSite::start();
    site.account("ada", shiptally::accounts::Role::Member);
    let visitor = site.browser();
    let answer = visitor
        .post("/tools/amber/vote", &[("choice", "ship"), ("next", "/compare/amber-vs-basalt#amber")])
        .await;
    assert_eq!(answer.status(), 303);
    let sign_in = location(&answer).to_owned();
    assert_eq!(sign_in, "/login?next=%2Fcompare%2Famber-vs-basalt%23amber");
    assert!(visitor.page(&sign_in).await.contains("Your vote for Amber is kept: ship."));
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
    assert!(visitor.page("/compare/amber-vs-basalt").await.contains("Your vote for Amber is counted: ship."));
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
