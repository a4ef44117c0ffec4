//! What the log says of attacks and of acts with power, as a machine reads it.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::{Client, Response};
use serde_json::Value;

use crate::House;
use crate::serving::{Served, client};

const PASSWORD: &str = "correct horse battery";

async fn post(client: &Client, site: &Served, path: &str, fields: &[(&str, &str)]) -> Response {
    let request = client.post(site.url(path)).header("sec-fetch-site", "same-origin");
    request.form(fields).send().await.unwrap()
}

async fn signed_in(site: &Served, handle: &str) -> Client {
    let client = client();
    let answer = post(&client, site, "/login", &[("email", handle), ("password", PASSWORD)]).await;
    assert_eq!(answer.status(), 303, "{handle}");
    client
}

/// The security events of a log, in which none of these secrets may stand, nor any address in an event.
fn events(log: &str, secrets: &[&str]) -> Vec<Value> {
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| line["fields"].clone()).filter(|fields| fields.get("event").is_some()).collect()
}

#[actix_web::test]
async fn attacks_and_acts_with_power_leave_a_line_that_a_machine_reads() {
    let house = House::new();
    for (handle, role) in [("ada", "member"), ("grace", "member"), ("chief", "admin")] {
        let email = format!("{handle}@example.org");
        let new = ["users", "add", "--handle", handle, "--email", &email, "--role", role, "--password-stdin"];
        assert_eq!(house.run_with(&new, PASSWORD).code, 0);
    }
    let site = Served::serve(&house, &[("SHIPTALLY_LOG_FORMAT", "json")]);
    let (ada, chief) = (signed_in(&site, "ada").await, signed_in(&site, "chief").await);
    post(&client(), &site, "/login", &[("email", "ada@example.org"), ("password", "whale songs")]).await;
    post(&client(), &site, "/login", &[("email", "no-such-name"), ("password", "whale songs")]).await;
    let foreign = client().post(site.url("/signup")).header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    assert_eq!(ada.get(site.url("/admin")).send().await.unwrap().status(), 404);
    assert_eq!(client().get(site.url("/admin")).send().await.unwrap().status(), 404);
    let role = [("role", "moderator"), ("password", PASSWORD)];
    assert_eq!(post(&chief, &site, "/admin/people/2/role", &role).await.status(), 303);
    assert_eq!(post(&chief, &site, "/admin/people/1/suspend", &[("reason", "Bought.")]).await.status(), 303);
    assert_eq!(post(&chief, &site, "/admin/people/1/lift", &[("reason", "Not so.")]).await.status(), 303);
    assert_eq!(chief.get(site.url("/admin/export")).send().await.unwrap().status(), 200);
    for n in 0..60 {
        let status = post(&client(), &site, "/signup", &[]).await.status();
        assert_eq!(status, if n < 20 { 422 } else { 429 });
    }
    let log = site.log();
    let events = events(&log, &["whale songs", "example.org", "no-such-name", PASSWORD]);
    let told: Vec<(&str, Option<i64>, Option<i64>)> = events
        .iter()
        .map(|event| (event["event"].as_str().unwrap(), event["account"].as_i64(), event["by"].as_i64()))
        .collect();
    let (throttled, others): (Vec<_>, Vec<_>) = told.into_iter().partition(|event| event.0 == "throttled");
    assert_eq!(
        others,
        [
            ("sign_in_refused", Some(1), None),
            ("sign_in_refused", None, None),
            ("cross_site_refused", None, None),
            ("admin_refused", Some(1), None),
            ("role_changed", Some(2), Some(3)),
            ("suspended", Some(1), Some(3)),
            ("suspension_lifted", Some(1), Some(3)),
            ("exported", Some(3), None),
        ]
    );
    assert_eq!(throttled.len(), 10, "a flood of one network is told a few times: {throttled:?}");
    let hexadecimal = |value: &Value| value.as_str().is_some_and(|text| text.len() == 16);
    assert!(events.iter().all(|event| hexadecimal(&event["network"]) && hexadecimal(&event["request_id"])));
    assert!(!events.iter().any(|event| event.to_string().contains("127.0.0.1")));
    assert!(events.iter().all(|event| event["network"] == events[0]["network"]), "all came from here");
}

#[actix_web::test]
async fn requests_that_cannot_be_read_leave_no_error_in_the_log() {
    let house = House::new();
    let site = Served::serve(&house, &[("SHIPTALLY_LOG_FORMAT", "json")]);
    let endless = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(300_000));
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(200));
    for request in [&endless, &many, "GET\0 / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\0hello"] {
        let mut stream = TcpStream::connect(site.address.strip_prefix("http://").unwrap()).unwrap();
        // The site may hang up before all is sent.
        let _ = stream.write_all(request.as_bytes()).and_then(|()| stream.read(&mut [0; 1000]));
    }
    assert_eq!(client().get(site.url("/compare")).send().await.unwrap().status(), 200);
    let log = site.log();
    assert!(!log.contains("ERROR"), "{log}");
}
