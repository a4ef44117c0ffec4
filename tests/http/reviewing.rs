//! A reviewer's own account: they write, moderators publish, and nobody writes for a reviewer that is not theirs.

use diesel::prelude::*;
use shiptally::accounts::Role;
use shiptally::db::schema::{log_entries, review_drafts, reviewers, revisions, tools};

use crate::page::Page;
use crate::site::{Browser, TestSite, location};

/// The fixture's human reviewer is called The Builder.
const TAKE: [(&str, &str); 6] = [
    ("verdict", "skip"),
    ("score", "35"),
    ("take", "It lost my `files` twice."),
    ("basis", "hands-on"),
    ("reviewed_on", "2026-11-20"),
    ("do", "send"),
];
const AMBER: &str = "/account/reviews/amber";

async fn somebody(site: &TestSite, handle: &str, role: Role) -> (i64, Browser) {
    let id = site.account(handle, role);
    let browser = site.browser();
    browser.sign_in(handle).await;
    (id, browser)
}

fn reviewer(site: &TestSite, slug: &str) -> String {
    let id: i64 = reviewers::table
        .filter(reviewers::slug.eq(slug))
        .select(reviewers::id)
        .first(&mut site.connect())
        .unwrap();
    id.to_string()
}

async fn link(admin: &Browser, account: i64, reviewer: &str) -> u16 {
    let answer = admin.post(&format!("/admin/people/{account}/reviewer"), &[("reviewer", reviewer)]).await;
    answer.status().as_u16()
}

/// An admin, and a member who writes for the builder.
async fn with_writer(site: &TestSite) -> (Browser, i64, Browser) {
    let (_, admin) = somebody(site, "marlow", Role::Admin).await;
    let (id, writer) = somebody(site, "ada", Role::Member).await;
    assert_eq!(link(&admin, id, &reviewer(site, "builder")).await, 303);
    (admin, id, writer)
}

fn drafts(site: &TestSite) -> Vec<i64> {
    review_drafts::table.select(review_drafts::id).order(review_drafts::id).load(&mut site.connect()).unwrap()
}

#[actix_web::test]
async fn what_a_reviewer_writes_waits_until_a_moderator_publishes_it() {
    let site = TestSite::start();
    let (admin, id, ada) = with_writer(&site).await;
    assert!(admin.page(&format!("/admin/people/{id}")).await.says("writes for The Builder"));
    let account = ada.page("/account").await;
    assert!(account.says("You write as the reviewer The Builder.") && account.leads_to("/account/reviews"));
    let list = ada.page("/account/reviews").await;
    assert!(list.says("a human reviewer") && list.says("A moderator publishes what you send."), "{list}");
    let form = ada.page(AMBER).await;
    assert_eq!(form.typed("take"), "Amber builds.", "what is published is where one begins");

    let answer = ada.post(AMBER, &TAKE).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/account/reviews"));
    let list = ada.page("/account/reviews").await;
    assert!(list.says("Your review of Amber waits for a moderator."), "{list}");
    assert!(list.says("Published; a change waits for a moderator"), "{list}");
    assert_eq!(ada.page(AMBER).await.typed("take"), "It lost my `files` twice.");
    assert!(site.browser().page("/tools/amber").await.says("Amber builds."), "readers see nothing of it yet");

    let (_, mona) = somebody(&site, "mona", Role::Moderator).await;
    assert!(mona.page("/admin").await.says("review to publish"));
    let waiting = mona.page("/admin/reviews").await;
    for part in ["The Builder on Amber", "@ada", "It lost my files twice.", "Amber builds."] {
        assert!(waiting.says(part), "{part}: {waiting}");
    }
    let draft = drafts(&site)[0];
    let answer = mona.post(&format!("/admin/reviews/{draft}/publish"), &[]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin/reviews"));
    let page = site.browser().page("/tools/amber").await;
    assert!(page.says("It lost my files twice.") && !page.says("Amber builds."), "{page}");
    let public = site.browser().page("/reviewers/builder").await;
    assert!(public.says("Human") && public.says("hands-on"), "{public}");
    assert!(!public.mentions("ada"), "whose account it is stays in the admin area");

    // The change has a history and its entry in the log, like every other.
    let mut conn = site.connect();
    let amber: i64 = tools::table.filter(tools::slug.eq("amber")).select(tools::id).first(&mut conn).unwrap();
    let reason: String = revisions::table
        .filter(revisions::record_id.eq(amber))
        .filter(revisions::reason.ne(""))
        .order(revisions::id.desc())
        .select(revisions::reason)
        .first(&mut conn)
        .unwrap();
    assert_eq!(reason, "Written by The Builder.");
    let logged =
        log_entries::table.filter(log_entries::handle.eq("mona")).filter(log_entries::act.eq("edited"));
    assert_eq!(logged.count().get_result(&mut conn), Ok(1));
    assert!(drafts(&site).is_empty());
    assert_eq!(mona.post(&format!("/admin/reviews/{draft}/publish"), &[]).await.status(), 409, "once");
}

#[actix_web::test]
async fn a_moderator_publishes_what_they_have_seen_or_returns_it_with_a_reason() {
    let site = TestSite::start();
    let (admin, _, ada) = with_writer(&site).await;
    assert_eq!(ada.post(AMBER, &TAKE).await.status(), 303);
    let seen = drafts(&site)[0];
    let mut again = TAKE.to_vec();
    again[2] = ("take", "Thrice.");
    assert_eq!(ada.post(AMBER, &again).await.status(), 303);
    assert_eq!(admin.post(&format!("/admin/reviews/{seen}/publish"), &[]).await.status(), 409);
    let now = drafts(&site);
    assert_eq!(now.len(), 1, "there is one draft on each tool");

    let path = format!("/admin/reviews/{}/return", now[0]);
    let answer = admin.post(&path, &[("reason", " ")]).await;
    assert_eq!(answer.status(), 422);
    assert!(Page::read(answer).await.says("Enter a reason. The reviewer sees it."));
    assert_eq!(admin.post(&path, &[("reason", "Which files?")]).await.status(), 303);
    assert!(admin.page("/admin/reviews").await.says("No reviews wait."));
    assert!(ada.page("/account/reviews").await.says("Which files?"));
    let form = ada.page(AMBER).await;
    assert!(form.says("Which files?") && form.typed("take") == "Thrice.", "{form}");
    assert_eq!(admin.post(&format!("/admin/reviews/{}/publish", now[0]), &[]).await.status(), 409);
    assert_eq!(ada.post(AMBER, &[("do", "remove")]).await.status(), 303);
    assert!(drafts(&site).is_empty());
    assert!(site.browser().page("/tools/amber").await.says("Amber builds."));
}

#[actix_web::test]
async fn where_the_settings_say_so_a_review_is_published_at_once() {
    let site = TestSite::start();
    let (admin, _, ada) = with_writer(&site).await;
    let settings = [("stale_days", "90"), ("reviews_at_once", "yes")];
    assert_eq!(admin.post("/admin/settings", &settings).await.status(), 303);
    assert!(admin.page("/admin/settings").await.has("[name=reviews_at_once][checked]"));
    assert!(ada.page("/account/reviews").await.says("What you send is published at once."));
    assert_eq!(ada.post(AMBER, &TAKE).await.status(), 303);
    assert!(ada.page("/account/reviews").await.says("Your review of Amber is published."));
    assert!(site.browser().page("/tools/amber").await.says("It lost my files twice."));
    assert!(drafts(&site).is_empty());
    assert!(site.browser().page("/changes").await.says("Amber"), "readers are told of the verdict");
}

#[actix_web::test]
async fn a_bad_field_has_its_reason_beside_it_and_nothing_is_kept() {
    let site = TestSite::start();
    let (_, _, ada) = with_writer(&site).await;
    for (at, name, value, says) in [
        (0, "verdict", "", "This field is required."),
        (0, "verdict", "maybe", "is not ship or skip"),
        (1, "score", "101", "101"),
        (1, "score", "many", "Expected a number"),
        (2, "take", " ", "Write what you think of it."),
        (4, "reviewed_on", "soon", "soon"),
    ] {
        let mut form = TAKE.to_vec();
        form[at] = (name, value);
        let answer = ada.post(AMBER, &form).await;
        assert_eq!(answer.status(), 422, "{name} {value:?}");
        let page = Page::read(answer).await;
        assert!(page.complaint(&format!("f-{name}")).contains(says), "{name} {value:?}: {page}");
        if at != 2 {
            assert_eq!(page.typed("take"), "It lost my `files` twice.", "what was typed stays");
        }
    }
    assert!(drafts(&site).is_empty());
}

#[actix_web::test]
async fn nobody_writes_for_a_reviewer_that_is_not_theirs() {
    let site = TestSite::start();
    let (admin, id, ada) = with_writer(&site).await;
    // Not an AI, not for a second account, and nobody but an admin.
    let (other, grace) = somebody(&site, "grace", Role::Member).await;
    let (_, mona) = somebody(&site, "mona", Role::Moderator).await;
    assert_eq!(link(&admin, other, &reviewer(&site, "skeptic")).await, 409);
    assert_eq!(link(&admin, other, &reviewer(&site, "builder")).await, 409);
    assert_eq!(link(&mona, other, &reviewer(&site, "builder")).await, 404);
    assert_eq!(link(&grace, other, &reviewer(&site, "builder")).await, 404);
    for browser in [&grace, &mona, &admin] {
        assert_eq!(browser.get("/account/reviews").await.status(), 404);
        assert_eq!(browser.get(AMBER).await.status(), 404);
        assert_eq!(browser.post(AMBER, &TAKE).await.status(), 404);
    }
    assert_eq!(location(&site.browser().get(AMBER).await), "/login?next=%2Faccount%2Freviews%2Famber");
    assert!(drafts(&site).is_empty());
    // The reviewer is that of the account, whatever the form says.
    let mut form = TAKE.to_vec();
    form.push(("reviewer", "skeptic"));
    assert_eq!(ada.post(AMBER, &form).await.status(), 303);
    assert_eq!(
        ada.get("/account/reviews/draft-tool").await.status(),
        404,
        "only what readers see is reviewed"
    );
    // Members find nothing of the moderators' side.
    let draft = drafts(&site)[0];
    assert_eq!(ada.post(&format!("/admin/reviews/{draft}/publish"), &[]).await.status(), 404);

    // Unlinking ends it at once, with what was not published.
    assert_eq!(link(&admin, id, "").await, 303);
    assert!(drafts(&site).is_empty());
    assert_eq!(ada.get("/account/reviews").await.status(), 404);
    assert_eq!(ada.post(AMBER, &TAKE).await.status(), 404);
    assert!(!ada.page("/account").await.mentions("/account/reviews"));
    assert_eq!(link(&admin, other, &reviewer(&site, "builder")).await, 303, "and makes room for another");
    assert_eq!(grace.get("/account/reviews").await.status(), 200);
}

#[actix_web::test]
async fn a_suspended_reviewer_writes_nothing() {
    let site = TestSite::start();
    let (admin, id, ada) = with_writer(&site).await;
    assert_eq!(ada.post(AMBER, &TAKE).await.status(), 303);
    let reason = [("reason", "Sells verdicts.")];
    assert_eq!(admin.post(&format!("/admin/people/{id}/suspend"), &reason).await.status(), 303);
    assert_eq!(location(&ada.get("/account/reviews").await), "/login?next=%2Faccount%2Freviews");
    assert_ne!(location(&ada.post(AMBER, &TAKE).await), "/account/reviews");
    let draft = drafts(&site)[0];
    assert_eq!(admin.post(&format!("/admin/reviews/{draft}/publish"), &[]).await.status(), 409);
    assert!(site.browser().page("/tools/amber").await.says("Amber builds."));
}
