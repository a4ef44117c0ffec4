//! Catalogue files in the admin area: sent, looked at, applied, exported.

use reqwest::Response;
use serde_json::{Value, json};
use shiptally::accounts::Role;
use shiptally::catalogue::file;
use shiptally::db::schema::uploads;

use crate::admin_records::{acts, sign_in_as};
use crate::page::Page;
use crate::site::{Browser, TestSite, catalogue, header, location};

/// Sends a file as a browser does.
async fn send(browser: &Browser, name: &str, content: &[u8]) -> Response {
    let mut body = format!(
        "--XyZ\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/json\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--XyZ--\r\n");
    browser
        .client
        .post(browser.url("/admin/import"))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=XyZ")
        .body(body)
        .send()
        .await
        .unwrap()
}

/// Applies a file as a page showed it.
async fn apply(browser: &Browser, path: &str, page: &Page) -> Response {
    let (version, hash) = (page.hidden("version"), page.hidden("hash"));
    browser.post(path, &[("version", &*version), ("hash", &*hash)]).await
}

fn changed() -> Value {
    let mut file = catalogue();
    file["tools"][0]["tagline"] = "Amber does two things".into();
    file["tools"][1]["pricing"]["entry"] = "From $5".into();
    file["tools"].as_array_mut().unwrap().push(json!({
        "slug": "elm", "name": "Elm & Sons", "category": "research", "tagline": "Wood",
    }));
    file
}

#[actix_web::test]
async fn a_file_is_looked_at_and_exactly_that_is_applied() {
    let site = TestSite::start();
    let (moderator, visitor) = (sign_in_as(&site, "mona", Role::Moderator).await, site.browser());
    let answer = send(&moderator, "next.json", changed().to_string().as_bytes()).await;
    assert_eq!(answer.status(), 303);
    let path = location(&answer).to_owned();
    let page = moderator.page(&path).await;
    for piece in
        ["next.json", "Amber does one thing", "Amber does two things", "From $5", "Elm & Sons", "Tagline"]
    {
        assert!(page.says(piece), "{piece}");
    }
    assert!(visitor.page("/tools/amber").await.says("does one thing"), "nothing has happened yet");
    assert!(moderator.page("/admin/import").await.says("next.json"));

    let answer = apply(&moderator, &path, &page).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin/import"));
    assert!(visitor.page("/tools/amber").await.says("does two things"));
    assert!(visitor.page("/tools/elm").await.says("Elm"));
    assert_eq!(moderator.get(&path).await.status(), 404, "it is done with");
    let (act, label, told, _) = acts(&site).pop().unwrap();
    assert_eq!(
        (act.as_str(), label.as_str(), told.as_deref()),
        ("imported", "next.json", Some("a catalogue file"))
    );
}

#[actix_web::test]
async fn a_catalogue_that_changed_since_the_look_is_looked_at_again() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let path = location(&send(&moderator, "next.json", changed().to_string().as_bytes()).await).to_owned();
    let page = moderator.page(&path).await;
    let looked_at = page;
    let mut other = catalogue();
    other["tools"][0]["tagline"] = "Amber does three things".into();
    let parsed = file::parse(&other.to_string()).unwrap();
    file::import(&mut site.connect(), &parsed, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
    let answer = apply(&moderator, &path, &looked_at).await;
    assert_eq!(answer.status(), 409);
    let page = Page::read(answer).await;
    assert!(page.says("Nothing was applied") && page.says("Amber does three things"));
    assert!(site.browser().page("/tools/amber").await.says("three things"));
    let answer = moderator.post(&path, &[("version", page.hidden("version").as_str()), ("hash", "0")]).await;
    assert_eq!(answer.status(), 409, "another file than was looked at");
    assert_eq!(apply(&moderator, &path, &page).await.status(), 303);
}

#[actix_web::test]
async fn what_is_wrong_with_a_file_is_said_with_its_place() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    for (content, words) in [
        (&b""[..], "Choose a catalogue"),
        (&b"\xff\xfe"[..], "UTF-8"),
        (&b"{\"a\": \"\0\"}"[..], "contains a NUL"),
    ] {
        let answer = send(&moderator, "bad.json", content).await;
        assert_eq!(answer.status(), 422);
        assert!(Page::read(answer).await.says(words), "{words}");
    }
    let mut bad = catalogue();
    bad["tools"][2]["category"] = "nowhere".into();
    for (content, words) in [("{", "not JSON"), (bad.to_string().as_str(), "tools[2].category")] {
        let answer = send(&moderator, "bad.json", content.as_bytes()).await;
        let path = location(&answer).to_owned();
        let page = moderator.page(&path).await;
        assert!(page.says("The file has errors") && page.says(words) && !page.mentions("Apply import"));
        assert_eq!(moderator.post(&path, &[("version", "1"), ("hash", "x")]).await.status(), 409);
    }
    let large = vec![b' '; 16 * 1024 * 1024 + 1];
    assert_eq!(send(&moderator, "large.json", &large).await.status(), 413);
    let answer = moderator.post("/admin/import", &[("file", "x")]).await;
    assert_eq!(answer.status(), 400);
}

#[actix_web::test]
async fn of_many_problems_the_first_are_shown_and_all_are_counted() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let file = format!(r#"{{"format": "shiptally-catalogue/1", "tools": [{{}}{}]}}"#, ",{}".repeat(999));
    let path = location(&send(&moderator, "bad.json", file.as_bytes()).await).to_owned();
    let page = moderator.page(&format!("{path}?page=9")).await;
    assert!(page.says("Error (4000)") && page.says("The first 100 are shown"), "{page}");
    assert!(page.says("tools[24].tagline") && !page.says("tools[25]"), "{page}");
}

#[actix_web::test]
async fn the_newest_files_wait_of_one_account_and_of_all() {
    let site = TestSite::start();
    let mut sent = Vec::new();
    for name in ["mona", "max", "mila"] {
        let moderator = sign_in_as(&site, name, Role::Moderator).await;
        for n in 0..4 {
            let mut file = catalogue();
            file["tools"][0]["tagline"] = format!("Amber {n}").into();
            let answer = send(&moderator, "next.json", file.to_string().as_bytes()).await;
            sent.push((moderator.clone(), location(&answer).to_owned()));
        }
    }
    let mut told = Vec::new();
    for (moderator, path) in &sent {
        told.push(moderator.get(path).await.status().as_u16());
    }
    let waiting = [404, 404, 200, 200, 404, 200, 200, 200, 404, 200, 200, 200];
    assert_eq!(told, waiting, "three of each, eight of all");
}

#[actix_web::test]
async fn every_page_of_a_preview_shows_its_part_of_the_changes() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let mut file = catalogue();
    for n in 0..120 {
        file["tools"].as_array_mut().unwrap().push(json!({
            "slug": format!("new-{n:03}"), "name": format!("New {n:03}"), "category": "research", "tagline": "New",
        }));
    }
    let path = location(&send(&moderator, "next.json", file.to_string().as_bytes()).await).to_owned();
    for (page, first, last) in [(1, 0, 49), (2, 50, 99), (3, 100, 119), (99, 100, 119)] {
        let shown = moderator.page(&format!("{path}?page={page}")).await;
        let names: Vec<String> =
            (0..120).map(|n| format!("New {n:03}")).filter(|name| shown.says(name)).collect();
        assert_eq!(names.first().unwrap(), &format!("New {first:03}"), "{page}");
        assert_eq!(names.last().unwrap(), &format!("New {last:03}"), "{page}");
    }
}

#[actix_web::test]
async fn files_are_their_senders_and_are_gone_after_a_day() {
    use diesel::prelude::*;
    let site = TestSite::start();
    let (mona, max) =
        (sign_in_as(&site, "mona", Role::Moderator).await, sign_in_as(&site, "max", Role::Admin).await);
    let member = site.member("anna").await;
    let path = location(&send(&mona, "next.json", changed().to_string().as_bytes()).await).to_owned();
    assert_eq!(max.get(&path).await.status(), 404);
    assert_eq!(member.get(&path).await.status(), 404);
    assert_eq!(send(&member, "next.json", b"{}").await.status(), 404);
    assert_eq!(member.get("/admin/export").await.status(), 404);
    let mut conn = site.connect();
    let now = chrono::Utc::now().naive_utc();
    assert_eq!(shiptally::admin::remove_old_uploads(&mut conn, now).unwrap(), 0);
    assert_eq!(
        shiptally::admin::remove_old_uploads(&mut conn, now + chrono::TimeDelta::hours(25)).unwrap(),
        1
    );
    let left: i64 = uploads::table.count().get_result(&mut conn).unwrap();
    assert_eq!(left, 0);
}

#[actix_web::test]
async fn the_catalogue_is_exported_and_comes_back_unchanged() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let answer = moderator.get("/admin/export").await;
    assert!(header(&answer, "content-disposition").starts_with("attachment; filename=\"catalogue-"));
    let text = answer.text().await.unwrap();
    assert_eq!(text, file::export(&mut site.connect()).unwrap());
    let path = location(&send(&moderator, "same.json", text.as_bytes()).await).to_owned();
    assert!(moderator.page(&path).await.says("Nothing would change"));
}
