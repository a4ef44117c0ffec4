//! What keeps visitors safe: headers, requests from other sites, errors that are pages.

use diesel::prelude::*;
use reqwest::{Method, Response};
use shiptally::accounts::Role;
use shiptally::db::schema::{accounts, submissions, votes};
use shiptally::web::assets;

use crate::page::Page;
use crate::site::{Browser, PASSWORD, TestSite, header, location};

/// Every address there is so far, and the methods that it takes. Pages that others add are walked
/// by the tests beside them.
const ROUTES: [(&str, &str); 30] = [
    ("/", "GET, HEAD"),
    ("/methodology", "GET, HEAD"),
    ("/changes", "GET, HEAD"),
    ("/changes.xml", "GET, HEAD"),
    ("/moderation", "GET, HEAD"),
    ("/moderation.xml", "GET, HEAD"),
    ("/tools", "GET, HEAD"),
    ("/tools/amber", "GET, HEAD"),
    ("/categories", "GET, HEAD"),
    ("/categories/research", "GET, HEAD"),
    ("/reviewers", "GET, HEAD"),
    ("/reviewers/builder", "GET, HEAD"),
    ("/signup", "GET, HEAD, POST"),
    ("/login", "GET, HEAD, POST"),
    ("/logout", "GET, HEAD, POST"),
    ("/account", "GET, HEAD"),
    ("/account/password", "GET, HEAD, POST"),
    ("/account/email", "GET, HEAD, POST"),
    ("/account/sessions", "GET, HEAD, POST"),
    ("/account/sent", "GET, HEAD"),
    ("/submit", "GET, HEAD, POST"),
    ("/tools/amber/correct", "GET, HEAD, POST"),
    ("/tools/amber/report", "GET, HEAD, POST"),
    ("/tools/amber/vote", "POST"),
    ("/tools/amber/tally", "GET, HEAD"),
    ("/live", "GET, HEAD"),
    ("/compare", "GET, HEAD"),
    ("/compare/amber-vs-basalt", "GET, HEAD"),
    ("/compare/amber-vs-basalt/live", "GET, HEAD"),
    ("/static/x/site.css", "GET, HEAD"),
];

/// Every form, filled in so that it does something.
const FORMS: [(&str, &[(&str, &str)]); 10] = [
    ("/signup", &[("handle", "new"), ("email", "new@example.org"), ("password", PASSWORD)]),
    ("/login", &[("email", "ada"), ("password", PASSWORD)]),
    ("/tools/amber/vote", &[("choice", "ship")]),
    ("/submit", &crate::submissions::ELECTRUM),
    ("/tools/amber/correct", &crate::submissions::PRICE),
    ("/tools/amber/report", &crate::submissions::ADVERT),
    ("/account/sessions", &[("session", "others")]),
    ("/account/email", &[("current", PASSWORD), ("email", "other@example.org")]),
    ("/account/password", &[("current", PASSWORD), ("password", "another horse battery")]),
    ("/logout", &[]),
];

async fn send(browser: &Browser, method: &str, path: &str) -> Response {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    browser.client.request(method, browser.url(path)).send().await.unwrap()
}

#[actix_web::test]
async fn every_answer_carries_the_headers_that_keep_browsers_in_check() {
    let site = TestSite::start();
    let browser = site.browser();
    let css = assets::href("site.css");
    for (path, status) in [
        ("/compare/amber-vs-basalt", 200),
        ("/login", 200),
        ("/nothing", 404),
        ("/compare/basalt-vs-amber", 308),
        ("/account", 303),
        ("/tools/amber/vote", 405),
        ("/live", 400),
        ("/tools/amber/tally", 200),
        (css.as_str(), 200),
        ("/static/x/nothing", 404),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(header(&answer, name), value, "{name} of {path}");
        }
        assert!(header(&answer, "permissions-policy").contains("camera=()"), "{path}");
        let policy = header(&answer, "content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{path}: {policy}");
        for part in ["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "script-src 'self';"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}: {policy}");
    }
    let refused = browser.client.post(browser.url("/login")).header("origin", "null").send().await.unwrap();
    assert_eq!((refused.status().as_u16(), header(&refused, "x-frame-options")), (403, "DENY"));
}

#[actix_web::test]
async fn pages_contain_nothing_that_the_policy_would_block() {
    let site = TestSite::start();
    let (visitor, ada) = (site.browser(), site.member("ada").await);
    ada.vote("amber", "ship").await;
    for browser in [&visitor, &ada] {
        for path in [
            "/compare/amber-vs-basalt",
            "/compare",
            "/login",
            "/signup",
            "/account",
            "/submit",
            "/nothing",
            "/live?x",
        ] {
            let page = Page::read(browser.get(path).await).await;
            assert_eq!(page.count("style, [style]"), 0, "{path}");
            for script in page.all("script") {
                assert!(script.attr("src").starts_with("/static/"), "{path}: {script}");
            }
            for part in page.all("*") {
                for (name, value) in part.attrs() {
                    assert!(!name.starts_with("on"), "{path}: {part}");
                    assert!(!value.contains("javascript:"), "{path}: {part}");
                }
            }
        }
    }
}

#[actix_web::test]
async fn forms_that_come_from_other_sites_do_nothing() {
    let site = TestSite::with(&["--base-url", "https://ships.example", "--rate-limits", "off"]);
    site.account("ada", Role::Member);
    // The cookie of an https site does not travel over http by itself.
    let answer = site.browser().post("/login", FORMS[1].1).await;
    let cookie = crate::site::session_cookie(&answer);
    let visitor = site.browser();
    let post = async |path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]| {
        let mut request = visitor.client.post(visitor.url(path)).header("cookie", &cookie).form(fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    };
    let own = ("origin", "https://ships.example");
    let foreign: [&[(&str, &str)]; 9] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), own],
        &[("sec-fetch-site", "")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://ships.example")],
        &[("origin", "https://ships.example.evil.example")],
        &[("origin", "https://ships.example:444")],
    ];
    for (path, fields) in FORMS {
        for headers in foreign {
            let answer = post(path, fields, headers).await;
            assert_eq!(answer.status(), 403, "{path} {headers:?}");
            assert_eq!(header(&answer, "set-cookie"), "", "{path} {headers:?}");
            assert!(Page::read(answer).await.says("another site"), "{path} {headers:?}");
        }
    }
    let mut conn = site.connect();
    assert_eq!(accounts::table.count().get_result(&mut conn), Ok(1), "nobody was signed up");
    assert_eq!(votes::table.count().get_result(&mut conn), Ok(0), "nothing was voted");
    assert_eq!(submissions::table.count().get_result(&mut conn), Ok(0), "nothing was sent to the admin area");
    let account = visitor.client.get(visitor.url("/account")).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(account.status(), 200, "the session goes on under the password there was");
    visitor.sign_in("ada").await;

    let friendly: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[own],
        &[],
    ];
    for headers in friendly {
        let answer = post("/tools/amber/vote", &[("choice", "ship")], headers).await;
        assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/tools/amber"), "{headers:?}");
    }
    for (path, fields) in FORMS {
        assert_eq!(post(path, fields, friendly[0]).await.status(), 303, "{path}");
    }
}

#[actix_web::test]
async fn a_link_from_another_site_is_followed() {
    let site = TestSite::start();
    let browser = site.browser();
    let url = browser.url("/compare/amber-vs-basalt");
    let request = browser.client.get(url).header("sec-fetch-site", "cross-site").header("origin", "null");
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[actix_web::test]
async fn every_address_says_which_methods_it_takes() {
    let site = TestSite::start();
    let browser = site.browser();
    for (path, allowed) in ROUTES {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
            if allowed.split(", ").any(|each| each == method) {
                continue;
            }
            let answer = send(&browser, method, path).await;
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "allow")),
                (405, allowed),
                "{method} {path}"
            );
        }
    }
    let page = Page::read(browser.get("/tools/amber/vote").await).await;
    assert_eq!(page.count("h1"), 1);
    assert!(page.says("This address does not support this kind of request."), "{page}");
}

#[actix_web::test]
async fn no_route_fails_whoever_asks() {
    let site = TestSite::start();
    let mut browsers = vec![site.browser()];
    for (handle, role) in [("member", Role::Member), ("moderator", Role::Moderator), ("admin", Role::Admin)] {
        site.account(handle, role);
        let browser = site.browser();
        browser.sign_in(handle).await;
        browsers.push(browser);
    }
    for (n, browser) in browsers.iter().enumerate() {
        for (path, allowed) in ROUTES {
            for method in ["GET", "HEAD", "POST"] {
                // Signing out comes last, and streams have tests of their own.
                if path == "/logout" || (path.ends_with("/live") && method == "GET") {
                    continue;
                }
                let status = send(browser, method, path).await.status().as_u16();
                assert!(status < 500, "{method} {path} of browser {n}: {status}");
                assert_eq!(
                    status == 405,
                    !allowed.contains(method),
                    "{method} {path} of browser {n}: {status}"
                );
            }
        }
        let account = browser.get("/account").await.status().as_u16();
        assert_eq!(account, if n == 0 { 303 } else { 200 });
        assert_eq!(send(browser, "POST", "/logout").await.status(), 303);
    }
}
