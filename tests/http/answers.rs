//! How pages are sent: HEAD, ETags and caching, compression.

use std::io::Read;

use reqwest::{Response, StatusCode};
use shiptally::web::assets;

use crate::site::{TestSite, header};

const PAGE: &str = "/compare/amber-vs-basalt";

/// The status of an answer and its headers, without the date.
fn told(answer: &Response) -> (StatusCode, Vec<String>) {
    let mut headers: Vec<String> =
        answer.headers().iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|line| !line.starts_with("date:"));
    headers.sort();
    (answer.status(), headers)
}

#[actix_web::test]
async fn asking_for_the_head_gives_the_same_headers_and_no_body() {
    let site = TestSite::start();
    let browser = site.browser();
    for path in
        [PAGE, "/compare", "/compare/nothing", "/compare/basalt-vs-amber", "/login", "/tools/amber/tally"]
    {
        let get = told(&browser.get(path).await);
        let head = browser.client.head(browser.url(path)).send().await.unwrap();
        assert_eq!(told(&head), get, "{path}");
        assert!(head.bytes().await.unwrap().is_empty(), "{path}");
    }
}

#[actix_web::test]
async fn visitors_may_keep_a_page_until_it_changes_and_members_may_not() {
    let site = TestSite::start();
    let (visitor, ada) = (site.browser(), site.member("ada").await);
    let again = async |tag: &str| {
        visitor.client.get(visitor.url(PAGE)).header("if-none-match", tag).send().await.unwrap()
    };
    let answer = visitor.get(PAGE).await;
    assert_eq!(header(&answer, "cache-control"), "public, max-age=0, must-revalidate");
    assert_eq!(header(&answer, "vary"), "Accept-Encoding, Cookie");
    let tag = header(&answer, "etag").to_owned();
    assert!(tag.len() > 20, "{tag}");
    for known in [tag.as_str(), "*", &format!("\"x\", {tag}"), tag.trim_start_matches("W/")] {
        let answer = again(known).await;
        assert_eq!(answer.status(), 304, "{known}");
        assert_eq!(header(&answer, "etag"), tag);
        assert_eq!(header(&answer, "vary"), "Accept-Encoding, Cookie");
        assert!(answer.bytes().await.unwrap().is_empty());
    }
    assert_eq!(again("W/\"other\"").await.status(), 200);
    ada.vote("amber", "ship").await;
    let changed = again(&tag).await;
    assert_eq!(changed.status(), 200, "a vote changes the page");
    assert_ne!(header(&changed, "etag"), tag);

    let mine = ada.get(PAGE).await;
    assert_eq!((header(&mine, "cache-control"), header(&mine, "etag")), ("no-store", ""));
    let answer = ada.client.get(ada.url(PAGE)).header("if-none-match", "*").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let missing = visitor.get("/compare/nothing").await;
    assert_eq!((header(&missing, "cache-control"), header(&missing, "etag")), ("no-store", ""));
}

#[actix_web::test]
async fn a_page_from_memory_is_answered_like_one_that_was_drawn() {
    let site = TestSite::start();
    let browser = site.browser();
    for path in ["/", PAGE, "/tools", "/tools?q=amber", "/tools/amber", "/changes", "/changes.xml"] {
        let ask = async |cookie: Option<&str>, accept: &str| {
            let mut request = browser.client.get(browser.url(path)).header("accept", accept);
            if let Some(cookie) = cookie {
                request = request.header("cookie", cookie);
            }
            request.send().await.unwrap()
        };
        let drawn = ask(None, "text/html").await;
        assert_eq!(drawn.status(), 200, "{path}");
        assert!(drawn.headers().contains_key("content-security-policy"), "{path}");
        // What comes from memory at once, and what passes by the session for a cookie that is nobody's.
        for cookie in [None, Some("theme=dark"), Some("shiptally=nonsense")] {
            assert_eq!(told(&ask(cookie, "text/html").await), told(&drawn), "{path}, {cookie:?}");
        }
        let data = header(&ask(None, "application/json").await, "content-type") == "application/json";
        assert_eq!(data, path.starts_with("/tools") && path != "/tools/amber", "{path}");
    }
}

#[actix_web::test]
async fn a_page_is_the_same_in_every_encoding() {
    let site = TestSite::start();
    let browser = site.browser();
    let plain = browser.text(PAGE).await;
    for (accepted, expected) in [
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, gzip", "gzip"),
        ("identity", ""),
        ("zstd", ""),
        ("", ""),
        ("nonsense;;;q=x", ""),
    ] {
        let answer =
            browser.client.get(browser.url(PAGE)).header("accept-encoding", accepted).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "content-encoding")),
            (200, expected),
            "{accepted}"
        );
        let bytes = answer.bytes().await.unwrap();
        let mut unpacked = Vec::new();
        match expected {
            "br" => brotli::BrotliDecompress(&mut &bytes[..], &mut unpacked).unwrap(),
            "gzip" => drop(flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).unwrap()),
            _ => unpacked = bytes.to_vec(),
        }
        assert!(expected.is_empty() || bytes.len() < plain.len() / 2, "{accepted}: it is smaller");
        assert_eq!(String::from_utf8(unpacked).unwrap(), plain, "{accepted}");
    }
}

#[actix_web::test]
async fn static_files_are_kept_for_good_under_an_address_that_changes_with_them() {
    let site = TestSite::start();
    let css = assets::href("site.css");
    let page = site.browser().page("/login").await;
    assert_eq!(page.one("link[rel=stylesheet]").attr("href"), css);
    let answer = site.browser().get(&css).await;
    assert_eq!(header(&answer, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&answer, "content-type"), "text/css; charset=utf-8");
    let other = site.browser().get("/static/other/site.css").await;
    assert_eq!((other.status().as_u16(), header(&other, "cache-control")), (200, "public, max-age=60"));
    let browser = site.browser();
    let tag = header(&other, "etag");
    let again = browser.client.get(browser.url(&css)).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}
