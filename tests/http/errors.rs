//! Errors: pages of the site for people, JSON for programs.

use serde_json::Value;

use crate::site::{TestSite, header};

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
        let page = answer.text().await.unwrap();
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
        assert!(page.contains("<nav aria-label=\"Site\">"), "{path}");
    }
    assert!(ada.get("/nothing").await.text().await.unwrap().contains("@ada"), "also to who is signed in");
}

#[actix_web::test]
async fn queries_that_make_no_sense_are_refused_with_a_page_too() {
    let site = TestSite::start();
    for path in ["/compare?a=1&a=2", "/login?next=/a&next=/b"] {
        let answer = site.browser().get(path).await;
        assert_eq!(answer.status(), 400, "{path}");
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8", "{path}");
        assert!(answer.text().await.unwrap().contains("The request could not be understood."), "{path}");
    }
}

#[actix_web::test]
async fn programs_get_errors_as_json() {
    let site = TestSite::start();
    let browser = site.browser();
    for (path, accept, status) in [
        ("/nothing", "application/json", 404),
        ("/account", "application/json", 401),
        ("/logout", "application/json", 405),
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
