//! One's own account: sessions, address, what is new, and what is told once.

use diesel::prelude::*;
use reqwest::Response;
use shiptally::accounts::Role;
use shiptally::db::schema::{accounts, sessions, tools};

use crate::page::Page;
use crate::site::{Browser, PASSWORD, TestSite, location};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1";

/// A browser of ada's that calls itself so.
async fn ada_with(site: &TestSite, user_agent: &str) -> Browser {
    let browser = site.browser();
    let form = browser.form("/login", &[("email", "ada"), ("password", PASSWORD)]);
    assert_eq!(form.header("user-agent", user_agent).send().await.unwrap().status(), 303);
    browser
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").await.status() == 200
}

async fn changed_email(browser: &Browser, email: &str, current: &str) -> Response {
    browser.post("/account/email", &[("email", email), ("current", current)]).await
}

fn stored_email(site: &TestSite) -> String {
    let ada = accounts::table.filter(accounts::handle.eq("ada"));
    ada.select(accounts::email).first(&mut site.connect()).unwrap()
}

#[actix_web::test]
async fn sessions_are_listed_by_device_and_one_is_ended_everywhere_at_once() {
    let site = TestSite::start();
    let node = site.second_node(&[]);
    site.account("ada", Role::Member);
    let (here, there) = (ada_with(&site, FIREFOX).await, ada_with(&site, SAFARI).await);
    assert!(is_signed_in(&there.at(&node)).await);
    let page = here.page("/account").await;
    assert!(
        page.says("2 sessions") && page.says("Firefox on Linux") && page.says("Safari on iPhone"),
        "{page}"
    );
    assert_eq!(page.times("this session"), 1, "{page}");
    assert!(!page.mentions("Gecko") && !page.mentions("AppleWebKit"), "what was sent is not kept");
    let end = page.one("form:has([aria-label='End the session on Safari on iPhone'])");
    let id = end.one("[name=session]").typed();

    // Nobody else ends it.
    let grace = site.member("grace").await;
    assert_eq!(grace.post("/account/sessions", &[("session", &id)]).await.status(), 303);
    assert!(grace.page("/account").await.says("That session had ended already."));
    assert!(is_signed_in(&there).await);

    let answer = here.post("/account/sessions", &[("session", &id)]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/account#sessions"));
    assert!(here.page("/account").await.says("Session ended."));
    assert!(!is_signed_in(&there).await, "out at once");
    site.settle();
    assert!(!is_signed_in(&there.at(&node)).await, "on every node");
    assert!(is_signed_in(&grace).await, "nobody else is");
}

#[actix_web::test]
async fn all_other_sessions_are_ended_together_and_this_one_goes_on() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let grace = site.member("grace").await;
    let (here, there, old) =
        (ada_with(&site, FIREFOX).await, ada_with(&site, SAFARI).await, ada_with(&site, "curl/8").await);
    assert!(here.page("/account").await.says("Unknown device"));
    assert_eq!(here.post("/account/sessions", &[("session", "others")]).await.status(), 303);
    let page = here.page("/account").await;
    assert!(page.says("You are signed out everywhere else.") && page.says("1 session"), "{page}");
    assert!(!page.has("form[action='/account/sessions']"), "nothing is left to end");
    assert!(!is_signed_in(&there).await && !is_signed_in(&old).await);
    assert!(is_signed_in(&grace).await, "nobody else is signed out");
    assert_eq!(site.browser().post("/account/sessions", &[("session", "others")]).await.status(), 303);
    assert!(is_signed_in(&here).await, "a visitor ends nothing");
}

#[actix_web::test]
async fn the_day_of_a_session_is_noted_once_a_day() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let day = |site: &TestSite| -> Option<chrono::NaiveDate> {
        sessions::table.select(sessions::seen_on).first(&mut site.connect()).unwrap()
    };
    let today = day(&site).expect("noted when it begins");
    let long_ago = chrono::NaiveDate::from_ymd_opt(2026, 1, 2);
    diesel::update(sessions::table).set(sessions::seen_on.eq(long_ago)).execute(&mut site.connect()).unwrap();
    // Another node has no memory of the session yet.
    let node = site.second_node(&[]);
    assert!(is_signed_in(&ada.at(&node)).await);
    assert!(day(&site) >= Some(today));
}

#[actix_web::test]
async fn an_address_is_changed_by_whoever_knows_the_password() {
    let site = TestSite::start();
    let (ada, elsewhere) = (site.member("ada").await, site.browser());
    elsewhere.sign_in("ada").await;
    let answer = changed_email(&ada, " Ada@BÜCHER.example ", PASSWORD).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/account"));
    assert_eq!(stored_email(&site), "ada@xn--bcher-kva.example");
    let page = ada.page("/account").await;
    assert!(page.says("Email changed. You are signed out everywhere else."), "{page}");
    assert!(page.says("ada@bücher.example"), "{page}");
    assert!(!is_signed_in(&elsewhere).await);
    let with = |email| [("email", email), ("password", PASSWORD)];
    assert_eq!(site.browser().post("/login", &with("ada@bücher.example")).await.status(), 303);
    assert_eq!(site.browser().post("/login", &with("ada@example.org")).await.status(), 422);
}

#[actix_web::test]
async fn a_change_of_address_that_is_refused_changes_nothing() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    site.account("grace", Role::Member);
    let taken = "There is already an account with this email.";
    for (email, current, field, reason) in [
        ("new@example.org", "not the password", "email-current", "Incorrect current password."),
        ("no address", PASSWORD, "email", "Enter a valid email address."),
        ("GRACE@example.org", PASSWORD, "email", taken),
        ("ada@Example.org", PASSWORD, "email", "This is your email already."),
    ] {
        let answer = changed_email(&ada, email, current).await;
        assert_eq!(answer.status(), 422, "{reason}");
        let page = Page::read(answer).await;
        assert_eq!(page.complaint(field), reason, "{page}");
        assert!(page.says("Your email was not changed"), "{page}");
        assert_eq!(page.one("#email").typed(), email, "what was typed stays");
        assert_eq!(page.one("[autofocus]").attr("id"), field);
    }
    // Whether somebody has an address is told to nobody who does not know the password.
    let page = Page::read(changed_email(&ada, "grace@example.org", "a guess").await).await;
    assert!(!page.mentions(taken), "{page}");
    assert_eq!(stored_email(&site), "ada@example.org");
    assert!(site.browser().post("/account/email", &[("email", "x@example.org")]).await.status() == 303);
}

#[actix_web::test]
async fn a_new_answer_is_marked_on_every_page_until_it_is_looked_at() {
    let site = TestSite::start();
    let node = site.second_node(&[]);
    let ada = site.member("ada").await;
    assert_eq!(ada.post("/submit", &crate::submissions::ELECTRUM).await.status(), 303);
    assert_eq!(ada.post("/tools/amber/report", &crate::submissions::ADVERT).await.status(), 303);
    let mark = async |browser: &Browser| {
        let page = browser.page("/tools").await;
        page.all(".mast a[href='/account/sent']").first().map(crate::page::Part::text)
    };
    assert_eq!(mark(&ada).await, None, "nothing is answered");
    site.account("mona", Role::Moderator);
    let mona = site.browser();
    mona.sign_in("mona").await;
    for id in [1, 2] {
        assert_eq!(mona.post(&format!("/admin/queue/{id}/take"), &[]).await.status(), 303);
        let reason = [("reason", "We looked."), ("answer", "We looked."), ("note", "We looked.")];
        assert_eq!(mona.post(&format!("/admin/queue/{id}/decline"), &reason).await.status(), 303, "{id}");
    }
    assert_eq!(mark(&ada).await.as_deref(), Some("2 new answers"));
    site.settle();
    assert_eq!(mark(&ada.at(&node)).await.as_deref(), Some("2 new answers"), "on every node");
    assert_eq!(mark(&mona).await, None, "it is for the sender");

    // What nobody sees uses nothing up.
    for path in ["/account", "/account/sent"] {
        let head = ada.client.head(ada.url(path)).send().await.unwrap();
        let prefetch = ada.client.get(ada.url(path)).header("sec-purpose", "prefetch").send().await.unwrap();
        assert_eq!((head.status().as_u16(), prefetch.status().as_u16()), (200, 200));
    }
    assert_eq!(mark(&ada).await.as_deref(), Some("2 new answers"));

    let page = ada.page("/account/sent").await;
    assert_eq!(page.times("New answer"), 2, "{page}");
    assert!(!page.has(".mast a[href='/account/sent']"), "{page}");
    assert_eq!(mark(&ada).await, None);
    site.settle();
    assert_eq!(mark(&ada.at(&node)).await, None);
    assert!(!ada.page("/account/sent").await.mentions("New answer"), "once");
}

#[actix_web::test]
async fn an_excluded_vote_is_told_to_its_voter_once_and_stays_in_the_list() {
    let site = TestSite::start();
    let (ada, bob) = (site.member("ada").await, site.member("bob").await);
    ada.vote("amber", "ship").await;
    bob.vote("amber", "ship").await;
    site.account("mona", Role::Moderator);
    let mona = site.browser();
    mona.sign_in("mona").await;
    let tool: i64 =
        tools::table.filter(tools::slug.eq("amber")).select(tools::id).first(&mut site.connect()).unwrap();
    let id: i64 = accounts::table
        .filter(accounts::handle.eq("ada"))
        .select(accounts::id)
        .first(&mut site.connect())
        .unwrap();
    let form =
        [("account", id.to_string()), ("kind", "burst".into()), ("reason", "They came from a shop.".into())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(mona.post(&format!("/admin/votes/tools/{tool}/exclude"), &form).await.status(), 303);

    let told = "1 vote of yours was excluded";
    let head = ada.client.head(ada.url("/account")).send().await.unwrap();
    assert_eq!(head.status(), 200, "which nobody sees");
    assert!(!bob.page("/account").await.mentions(told), "it is told to nobody else");
    let page = ada.page("/account").await;
    assert!(page.says(told) && page.says("Amber: part of a vote spike"), "{page}");
    assert_eq!(page.times("They came from a shop."), 2, "above, and in the list: {page}");
    let again = ada.page("/account").await;
    assert!(!again.mentions(told), "once");
    assert!(
        again.says("excluded by moderators: vote spike") && again.says("They came from a shop."),
        "{again}"
    );
}
