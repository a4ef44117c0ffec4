//! The list of tools answers programs with what a search field suggests.

use reqwest::Response;
use serde_json::{Value, json};

use crate::site::{Browser, TestSite};

async fn ask(browser: &Browser, query: &str) -> Response {
    browser
        .client
        .get(browser.url(&format!("/tools{query}")))
        .header("accept", "application/json")
        .send()
        .await
        .unwrap()
}

/// The slugs of what is suggested, by name: in which order is the search's matter.
async fn suggested(browser: &Browser, query: &str) -> Vec<String> {
    let answer: Value = ask(browser, query).await.json().await.unwrap();
    let tools = answer["tools"].as_array().unwrap();
    let mut slugs: Vec<String> = tools.iter().map(|tool| tool["slug"].as_str().unwrap().to_owned()).collect();
    slugs.sort();
    slugs
}

#[actix_web::test]
async fn a_program_gets_the_first_matches_with_what_tells_them_apart() {
    let site = TestSite::start();
    let browser = site.browser();
    let answer = ask(&browser, "?q=%20%20DELTA%20%20so").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["cache-control"], "public, max-age=30");
    let vary = answer.headers()["vary"].to_str().unwrap();
    assert!(vary.starts_with("Accept, "), "{vary}");
    assert!(answer.headers().contains_key("etag"));
    assert!(!answer.headers().contains_key("set-cookie"));
    assert_eq!(
        answer.json::<Value>().await.unwrap(),
        json!({"query": "DELTA so", "tools": [{
            "slug": "delta", "name": "Delta & <Sons>", "category": "Research",
            "tagline": "Delta & <Sons> does one thing",
        }]})
    );
}

#[actix_web::test]
async fn suggestions_are_published_and_of_the_category_asked_for() {
    let site = TestSite::start();
    let browser = site.browser();
    assert_eq!(suggested(&browser, "?q=does%20one").await, ["amber", "basalt", "cobalt", "delta"]);
    assert_eq!(suggested(&browser, "?q=does%20one&category=research").await, ["cobalt", "delta"]);
    assert_eq!(suggested(&browser, "?q=does%20one&category=nonsense&sort=gap&page=9").await.len(), 4);
    assert!(suggested(&browser, "?q=draft").await.is_empty());
}

#[actix_web::test]
async fn nothing_asked_is_nothing_suggested() {
    let site = TestSite::start();
    let browser = site.browser();
    for query in ["", "?q=", "?q=%20-%22*", "?q=nothingofthename", "?x=%ff"] {
        let answer = ask(&browser, query).await;
        assert_eq!(answer.status(), 200, "{query}");
        assert_eq!(answer.json::<Value>().await.unwrap()["tools"], json!([]), "{query}");
    }
}

#[actix_web::test]
async fn a_browser_gets_the_page_and_no_cache_mixes_the_two() {
    let site = TestSite::start();
    let browser = site.browser();
    let accept = "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8";
    let page =
        browser.client.get(browser.url("/tools?q=amber")).header("accept", accept).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers()["cache-control"], "public, max-age=0, must-revalidate");
    assert_eq!(page.headers()["vary"], "Accept, Accept-Encoding, Cookie");
    let head = browser
        .client
        .head(browser.url("/tools?q=amber"))
        .header("accept", "application/json")
        .send()
        .await
        .unwrap();
    assert_eq!(head.headers()["content-type"], "application/json");
    let posted = browser.post("/tools", &[("q", "amber")]).await;
    assert_eq!(posted.status(), 405);
}

#[actix_web::test]
async fn near_names_and_the_comparison_that_is_asked_for_are_suggested() {
    let site = TestSite::start();
    let browser = site.browser();
    let near: Value = ask(&browser, "?q=basallt").await.json().await.unwrap();
    assert_eq!((&near["near"], &near["tools"][0]["slug"]), (&json!(true), &json!("basalt")));
    let pair: Value = ask(&browser, "?q=basalt%20vs%20amber").await.json().await.unwrap();
    assert_eq!(pair["comparison"], json!({"path": "/compare/amber-vs-basalt", "name": "Amber vs Basalt"}));
    assert_eq!(pair["tools"].as_array().map(Vec::len), Some(2));
    assert_eq!(pair.get("near"), None);
}
