//! Requests that no browser sends: refused calmly, never with an error of ours.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::page::Page;
use crate::site::{Browser, PATIENCE, TestSite, header};

/// Sends bytes as they are and returns all that comes back. The site may answer and close before it has read
/// everything, and then it may be that the answer is thrown away on its way: such a request is sent again.
fn raw(site: &TestSite, request: &[u8]) -> String {
    let mut answer = Vec::new();
    for _ in 0..5 {
        let mut stream = TcpStream::connect(site.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ = stream.write_all(request);
        if stream.read_to_end(&mut answer).is_ok() || !answer.is_empty() {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// Posts a body as it is.
async fn post(
    browser: &Browser,
    path: &str,
    content_type: &str,
    body: impl Into<reqwest::Body>,
) -> reqwest::Response {
    let request = browser.client.post(browser.url(path)).header("sec-fetch-site", "same-origin");
    request.header("content-type", content_type).body(body).send().await.unwrap()
}

const FORM: &str = "application/x-www-form-urlencoded";

#[actix_web::test]
async fn a_form_that_is_too_large_is_refused_with_a_page() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    for path in ["/signup", "/login", "/tools/amber/vote", "/account/password"] {
        let answer = post(&ada, path, FORM, format!("choice={}", "x".repeat(65 * 1024))).await;
        assert_eq!(answer.status(), 413, "{path}");
        let page = Page::read(answer).await;
        assert!(
            page.says("This is too long to send. Go back, shorten it and send it again."),
            "{path}: {page}"
        );
        assert_eq!(page.count("h1"), 1, "{path}");
    }
    let answer =
        post(&ada, "/tools/amber/vote", FORM, format!("choice=ship&x={}", "x".repeat(60 * 1024))).await;
    assert_eq!(answer.status(), 303, "up to 64 KiB are read");
    let mut chunked =
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                        Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_vec();
    for _ in 0..70 {
        chunked.extend_from_slice(b"400\r\n");
        chunked.extend_from_slice(&[b'x'; 1024]);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let answer = raw(&site, &chunked);
    assert_eq!(status(&answer), 413, "also when its size was not announced: {answer}");
}

#[actix_web::test]
async fn forms_that_cannot_be_read_are_refused() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let ada = site.member("ada").await;
    for path in ["/signup", "/login", "/tools/amber/vote", "/account/password"] {
        // What is no form, or has a field twice, is not understood; what is one has something wrong with its fields.
        for (content_type, body, refusal) in [
            ("application/json", &b"{\"choice\":\"ship\"}"[..], 400),
            ("text/plain", b"choice=ship", 400),
            ("multipart/form-data; boundary=x", b"--x\r\n\r\nship\r\n--x--", 400),
            ("", b"choice=ship", 400),
            (FORM, b"choice=ship&choice=skip&email=a&email=b&current=a&current=b", 400),
            (FORM, b"choice=%&email=%zz&handle=%&current=%", 422),
            (FORM, b"choice=%FF%FE&email=%FF&handle=%FF&current=%FF", 422),
            (FORM, b"choice=\xff\xfe&email=\xff&handle=\xff&current=\xff", 422),
            (FORM, b"choice=%00&email=%00&handle=%00&current=%00&next=%00", 422),
            (FORM, b"&&==&=&%=%&", 422),
            (FORM, b"", 422),
        ] {
            let status = post(&ada, path, content_type, body.to_vec()).await.status().as_u16();
            assert_eq!(status, refusal, "{path} {content_type:?} {body:?}");
        }
    }
    assert_eq!(ada.tally("amber").await["votes"], 0);
}

#[actix_web::test]
async fn a_form_that_trickles_in_is_not_waited_for() {
    let site = TestSite::start();
    let address = site.address;
    let (answer, took) = actix_web::rt::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let head = format!(
            "POST /login HTTP/1.1\r\nHost: {address}\r\nContent-Type: {FORM}\r\nContent-Length: 1000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let started = Instant::now();
        let mut answer = [0; 200];
        // A byte every half second, until there is an answer.
        while started.elapsed() < PATIENCE {
            let _ = stream.write_all(b"x");
            if let Ok(n) = stream.read(&mut answer) {
                return (String::from_utf8_lossy(&answer[..n]).into_owned(), started.elapsed());
            }
        }
        (String::new(), started.elapsed())
    })
    .await
    .unwrap();
    assert_eq!(status(&answer), 408, "after {took:?}: {answer}");
    let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
    assert!(head.contains("connection: close"), "the rest is no request: {head}");
    assert!(took > Duration::from_secs(5), "a slow line is given some time: {took:?}");
}

#[actix_web::test]
async fn odd_addresses_are_refused() {
    let site = TestSite::start();
    let long = "a".repeat(5000);
    let longer = "a".repeat(200_000);
    let deep = "/a".repeat(2000);
    let nowhere = [
        "/compare/%00-vs-%ff",
        "/compare/%FF",
        "/compare/a%00b-vs-basalt",
        "/compare/amber-vs-basalt%00",
        "/compare/..%2f..%2fetc%2fpasswd",
        "/tools/%00/tally",
        "/tools/%FF/tally",
        "/tools/a%00b/tally",
        "/tools/%2e%2e/tally",
        "/static/x/../../Cargo.toml",
        "/static/x/..%2f..%2fCargo.toml",
        "/static/../Cargo.toml",
        "/static/x/%00",
        "//evil.example/",
        "/%",
        "/%zz",
        &deep,
        &format!("/compare/{long}"),
        &format!("/compare/{long}-vs-{long}"),
        &format!("/tools/{long}/tally"),
    ];
    let unreadable = [("/\u{1F642}".to_owned(), 400), (format!("/{longer}"), 431)];
    let all = nowhere.into_iter().map(|path| (path.to_owned(), 404)).chain(unreadable);
    for (path, refusal) in all {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", site.address);
        let answer = raw(&site, request.as_bytes());
        let shown: String = path.chars().take(60).collect();
        assert_eq!(status(&answer), refusal, "{shown}: {answer:.200}");
        assert!(!answer.contains("[package]"), "{shown}");
    }
}

#[actix_web::test]
async fn odd_requests_are_refused() {
    let site = TestSite::start();
    let headers = "X: y\r\n".repeat(5000);
    let not_understood = [
        "GET\r\n\r\n".to_owned(),
        "\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET /compare HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".to_owned(),
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef".to_owned(),
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            .to_owned(),
    ];
    let too_much = format!("GET /compare HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    let all = not_understood.into_iter().map(|request| (request, 400)).chain([(too_much, 431)]);
    for (request, refusal) in all {
        let answer = raw(&site, request.as_bytes());
        assert_eq!(status(&answer), refusal, "{request:.60?}: {answer:.200}");
    }
    assert_eq!(site.browser().get("/compare").await.status(), 200, "the site goes on");
}

#[actix_web::test]
async fn a_request_names_its_host_in_one_word() {
    let site = TestSite::start();
    assert_eq!(site.browser().get("/compare").await.status(), 200, "it is in memory");
    for (head, told) in [
        ("HTTP/1.1\r\nHost: ships.example", 200),
        ("HTTP/1.1\r\nHost: [::1]:8080", 200),
        ("HTTP/1.0", 200),
        ("HTTP/1.1", 400),
        ("HTTP/1.1\r\nHost:", 400),
        ("HTTP/1.1\r\nHost: a b", 400),
        ("HTTP/1.1\r\nHost: a/b", 400),
        ("HTTP/1.1\r\nHost: u@a", 400),
        ("HTTP/1.1\r\nHost: a\r\nHost: b", 400),
    ] {
        for path in ["/compare", "/tools/amber/tally"] {
            let answer = raw(&site, format!("GET {path} {head}\r\nConnection: close\r\n\r\n").as_bytes());
            assert_eq!(status(&answer), told, "{path} {head:?}: {answer:.200}");
        }
    }
}

#[actix_web::test]
async fn a_form_that_says_nothing_of_its_origin_is_no_browsers_and_is_taken() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let vote = || ada.client.post(ada.url("/tools/amber/vote")).form(&[("choice", "ship")]);
    for (header, value, told) in [
        ("x-plain", "1", 303),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "", 403),
        ("origin", "null", 403),
        ("origin", "https://evil.example", 403),
    ] {
        let answer = vote().header(header, value).send().await.unwrap();
        assert_eq!(answer.status(), told, "{header}: {value}");
    }
}

#[actix_web::test]
async fn headers_that_no_browser_sends_do_no_harm() {
    let site = TestSite::start();
    let browser = site.browser();
    for (name, value) in [
        ("accept", &b"\xff\xfe"[..]),
        ("accept-encoding", b"\xff"),
        ("if-none-match", b"\xff, \"\", W/"),
        ("cookie", b"shiptally=\xff; ; =; shiptally"),
        ("x-forwarded-for", b"\xff, nonsense"),
        ("forwarded", b"for=;;=\xff"),
        ("host", b"evil.example"),
        ("range", b"bytes=0-1"),
    ] {
        let value = reqwest::header::HeaderValue::from_bytes(value).unwrap();
        let answer = browser
            .client
            .get(browser.url("/compare/amber-vs-basalt"))
            .header(name, value)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{name}");
        let canonical = format!("http://{}/compare/amber-vs-basalt", site.address);
        if header(&answer, "content-encoding").is_empty() {
            assert_eq!(Page::read(answer).await.canonical(), canonical, "{name}");
        }
    }
}

#[actix_web::test]
async fn votes_and_names_with_odd_characters_are_refused() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let (visitor, ada) = (site.browser(), site.member("ada").await);
    for tool in ["%00", "a%00b", "%FF", "%F0%9F%99%82", "AMBER", "amber%20", "%25"] {
        for browser in [&visitor, &ada] {
            let answer = browser.post(&format!("/tools/{tool}/vote"), &[("choice", "ship")]).await;
            assert_eq!(answer.status(), 404, "{tool}");
        }
    }
    for choice in ["SHIP", "ship ", "\u{0}", "1", "ship,skip"] {
        for browser in [&visitor, &ada] {
            let answer = browser.post("/tools/amber/vote", &[("choice", choice)]).await;
            assert_eq!(answer.status(), 422, "{choice:?}");
        }
    }
    let answer = ada.post("/account/password", &[("current", "\u{0}"), ("password", "\u{0}")]).await;
    assert_eq!(answer.status(), 422);
}

#[actix_web::test]
async fn a_list_of_encodings_that_no_browser_sends_is_not_read() {
    let site = TestSite::start();
    let visitor = site.browser();
    for (times, encoding) in [(1, "gzip"), (5000, "")] {
        let list = format!("gzip{}", ", x;q=0.1".repeat(times));
        let answer = visitor.client.get(visitor.url("/tools")).header("accept-encoding", list).send().await;
        let answer = answer.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "content-encoding")), (200, encoding));
    }
}

#[actix_web::test]
async fn an_address_of_sixty_kilobytes_costs_no_more_than_its_length() {
    let site = TestSite::start();
    let visitor = site.browser();
    // Least of several, for a machine that stands still in between.
    let cost = async |path: &str| {
        let mut least = Duration::MAX;
        for _ in 0..5 {
            let started = Instant::now();
            let status = visitor.get(path).await.status().as_u16();
            assert_eq!(status, 404);
            least = least.min(started.elapsed());
        }
        least
    };
    for (start, part, times) in
        [("/compare/", "a-vs-", 11_000), ("/tools/", "a-", 25_000), ("/compare?a=", "a+", 25_000)]
    {
        let whole = cost(&format!("{start}{}", part.repeat(times))).await;
        let half = cost(&format!("{start}{}", part.repeat(times / 2))).await;
        // Twice what half of it costs; four times that, were the cost quadratic.
        assert!(whole < half * 3 + Duration::from_millis(200), "{start}: {half:?}, {whole:?}");
    }
}
