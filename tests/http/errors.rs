//! Errors: pages of the site for people, JSON for programs.

use diesel::connection::SimpleConnection;
use serde_json::Value;
use shiptally::accounts::Role;

use crate::page::Page;
use crate::site::{PASSWORD, TestSite, header};

/// What only pages of the site have.
const SITE_NAVIGATION: &str = "header nav[aria-label=Site]";

#[actix_web::test]
async fn errors_are_pages_of_the_site() {
    let site = TestSite::start();
    let (visitor, ada) = (site.browser(), site.member("ada").await);
    for path in [
        "/nothing",
        "/tools/amber/nothing",
        "/compare/nothing",
        "/static/x/nothing",
        "/nothing/",
        "/NOTHING?q=%FF",
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(header(&answer, "cache-control"), "no-store", "{path}");
        let page = Page::read(answer).await;
        assert_eq!(page.count("h1"), 1, "{path}");
        assert!(page.has(SITE_NAVIGATION), "{path}");
    }
    assert!(Page::read(ada.get("/nothing").await).await.says("@ada"), "also to who is signed in");
}

#[actix_web::test]
async fn an_error_says_what_to_do_and_leads_back_within_the_site() {
    let site = TestSite::start();
    let browser = site.browser();
    let own = browser.url("/tools/amber?from=list#takes");
    for (referer, back) in
        [(own.as_str(), true), ("https://evil.example/tools/amber", false), ("nonsense", false)]
    {
        let sent = browser.form("/tools/amber/vote", &[("choice", "perhaps")]).header("referer", referer);
        let answer = sent.header("accept", "text/html").send().await.unwrap();
        assert_eq!(answer.status(), 422, "{referer}");
        let page = Page::read(answer).await;
        assert!(page.says("Go back, change it and send it again."), "{page}");
        let links = page.all(r#"a[href="/tools/amber?from=list"]"#);
        let leads_back = links.iter().any(|link| link.text() == "Go back");
        assert_eq!(leads_back, back, "{referer}");
        assert_eq!(page.all("p.way a").iter().any(|link| link.text() == "Go back"), back, "{referer}");
    }
}

#[actix_web::test]
async fn a_site_that_cannot_write_answers_with_a_page_or_json() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    let mut other = site.connect();
    site.lock_writes(&mut other, "sessions");
    // Both change the session: by a choice that is kept, and by signing in.
    let vote: &[_] = &[("choice", "ship")];
    let sign_in: &[_] = &[("email", "ada"), ("password", PASSWORD)];
    for (path, fields, accept, kind) in [
        ("/tools/amber/vote", vote, "text/html", "text/html; charset=utf-8"),
        ("/login", sign_in, "application/json", "application/json"),
    ] {
        let answer = browser.form(path, fields).header("accept", accept).send().await.unwrap();
        assert_eq!(answer.status(), 503, "{path}");
        assert_eq!(header(&answer, "content-type"), kind);
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "retry-after"), "2");
        assert!(header(&answer, "content-security-policy").starts_with("default-src 'none'"));
        let page = Page::read(answer).await;
        assert!(page.says("The site is temporarily unavailable."), "{page}");
        assert_eq!(page.has(SITE_NAVIGATION), accept == "text/html");
    }
    other.batch_execute("ROLLBACK").unwrap();
}

#[actix_web::test]
async fn programs_get_errors_as_json() {
    let site = TestSite::start();
    let browser = site.browser();
    for (path, accept, status) in [
        ("/nothing", "application/json", 404),
        ("/account", "application/json", 401),
        ("/tools/amber/vote", "application/json", 405),
        ("/api/v1/nothing", "*/*", 404),
        ("/api/v1/nothing", "text/html", 404),
        ("/tools/nothing/tally", "*/*", 404),
    ] {
        let answer = browser.client.get(browser.url(path)).header("accept", accept).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(header(&answer, "content-type"), "application/json", "{path}");
        assert_eq!(header(&answer, "cache-control"), "no-store", "{path}");
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told["error"]["status"], status, "{path}");
        assert!(told["error"]["message"].as_str().unwrap().len() > 10, "{path}: {told}");
    }
    let browsers = "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8";
    let answer = browser.client.get(browser.url("/nothing")).header("accept", browsers).send().await.unwrap();
    assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8");
}
