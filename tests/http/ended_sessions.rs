//! A session that ends while somebody writes: what they typed is there again once they have signed in.

use std::io::{Read, Write};
use std::net::TcpStream;

use diesel::prelude::*;
use reqwest::Response;
use shiptally::accounts::Role;
use shiptally::db::schema::{accounts, saved_forms, tools};

use crate::page::Page;
use crate::site::{Browser, PASSWORD, PATIENCE, TestSite, header, location};

type Fields = Vec<(String, String)>;

async fn at_work(site: &TestSite, handle: &str, role: Role) -> Browser {
    site.account(handle, role);
    let browser = site.browser();
    browser.sign_in(handle).await;
    browser
}

fn end_all_sessions(site: &TestSite) {
    site.sql("DELETE FROM sessions; UPDATE versions SET value = value + 1 WHERE id = 2");
}

fn id_of(site: &TestSite, slug: &str) -> i64 {
    tools::table.filter(tools::slug.eq(slug)).select(tools::id).first(&mut site.connect()).unwrap()
}

fn set(fields: &mut Fields, name: &str, value: &str) {
    fields.retain(|(other, _)| other != name);
    fields.push((name.to_owned(), value.to_owned()));
}

async fn send(browser: &Browser, path: &str, fields: &[(String, String)]) -> Response {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    browser.post(path, &pairs).await
}

async fn sign_in(browser: &Browser, handle: &str, next: &str) -> String {
    let answer = browser.post("/login", &[("email", handle), ("password", PASSWORD), ("next", next)]).await;
    location(&answer).to_owned()
}

const SIGN_IN: &str = "/login?next=%2Fadmin%2Fsaved";

#[actix_web::test]
async fn what_a_moderator_was_writing_outlives_the_session() {
    let site = TestSite::start();
    let writer = at_work(&site, "writer", Role::Moderator).await;
    site.account("other", Role::Moderator);
    let path = format!("/admin/tools/{}", id_of(&site, "amber"));
    let mut form = writer.page(&path).await.fields();
    let long = "ж".repeat(9_000);
    for field in ["description", "reviews[0].take", "reviews[1].take"] {
        set(&mut form, field, &long);
    }
    set(&mut form, "do", "save");
    end_all_sessions(&site);
    let answer = send(&writer, &path, &form).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, SIGN_IN));
    let page = writer.page(SIGN_IN).await;
    assert!(page.says("You were signed out. Sign in to continue. We’ll keep what you typed."), "{page}");

    // Somebody else at the same browser.
    assert_eq!(sign_in(&writer, "other", "/admin/saved").await, "/admin/saved");
    assert_eq!(location(&writer.get("/admin/saved").await), "/admin");
    assert!(!writer.page(&path).await.mentions(&long));

    assert_eq!(sign_in(&writer, "writer", "/admin/saved").await, "/admin/saved");
    assert_eq!(location(&writer.get("/admin/saved").await), path);
    for (method, mark) in [("HEAD", ""), ("GET", "prefetch;prerender")] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let asked = writer.client.request(method, writer.url(&path)).header("sec-purpose", mark);
        assert_eq!(asked.send().await.unwrap().status(), 200, "nothing is used up by this");
    }
    let page = writer.page(&path).await;
    assert!(page.says("Not saved: you were signed out."), "{page}");
    assert_eq!((page.typed("reviews[0].take"), page.typed("reviews[1].take")), (long.clone(), long.clone()));
    let mut again = page.fields();
    set(&mut again, "do", "save");
    assert_eq!(send(&writer, &path, &again).await.status(), 303);
    assert!(site.browser().page("/tools/amber").await.says(&long));
    assert_eq!(saved_forms::table.count().get_result(&mut site.connect()), Ok(0));
}

#[actix_web::test]
async fn any_other_form_of_the_admin_area_is_shown_again_to_be_sent() {
    let site = TestSite::start();
    let admin = at_work(&site, "chief", Role::Admin).await;
    let id = site.account("ada", Role::Member);
    let page = admin.page(&format!("/admin/people/{id}")).await;
    let path = format!("/admin/people/{id}/suspend");
    let key = page.one(&format!("form[action='{path}'] [name=form_key]")).attr("value").to_owned();
    end_all_sessions(&site);
    let answer = admin.post(&path, &[("form_key", &*key), ("reason", "Sold <b>votes</b>")]).await;
    assert_eq!(location(&answer), SIGN_IN);
    sign_in(&admin, "chief", "/admin/saved").await;
    let page = admin.page("/admin/saved").await;
    assert!(page.says("Reason Sold <b>votes</b>") && page.says("Nothing was changed."), "{page}");
    assert!(page.says(&format!("“Send now” sends it to {path}.")), "{page}");
    let form = page.one(&format!("form[action='{path}']"));
    let value = |name: &str| form.one(&format!("[name={name}]")).attr("value");
    let answer = admin.post(&path, &[("form_key", value("form_key")), ("reason", value("reason"))]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, &*format!("/admin/people/{id}")));
    assert_eq!(location(&admin.get("/admin/saved").await), "/admin", "it is received");
}

#[actix_web::test]
async fn what_was_typed_survives_the_question_for_the_password_and_can_be_discarded() {
    let site = TestSite::start();
    let writer = at_work(&site, "writer", Role::Moderator).await;
    let mut form = writer.page("/admin/categories/new").await.fields();
    set(&mut form, "name", "Editors");
    crate::admin::let_hours_pass(&site, 13);
    let answer = send(&writer, "/admin/categories/new", &form).await;
    assert_eq!(location(&answer), "/admin/door?next=%2Fadmin%2Fsaved", "as for a page, so for a form");
    let door = [("password", PASSWORD), ("next", "/admin/saved")];
    assert_eq!(location(&writer.post("/admin/door", &door).await), "/admin/saved");
    assert_eq!(location(&writer.get("/admin/saved").await), "/admin/categories/new");
    let answer = writer.post("/admin/saved", &[]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin"));
    assert_eq!(writer.page("/admin/categories/new").await.typed("name"), "");
}

#[actix_web::test]
async fn a_stranger_does_not_find_the_admin_area_by_sending_forms() {
    let site = TestSite::start();
    let member = site.member("ada").await;
    let path = format!("/admin/tools/{}", id_of(&site, "amber"));
    let key = |page: &Page| page.one("main [name=form_key]").attr("value").to_owned();
    let of_visitor = key(&site.browser().page("/signup").await);
    let of_member = key(&member.page("/submit").await);
    let moderator = at_work(&site, "mod", Role::Moderator).await;
    let of_moderator = key(&moderator.page("/submit").await);
    let bent = of_moderator.replace(['0', '1', 'A'], "2");
    end_all_sessions(&site);
    for form_key in ["", "x", &of_visitor, &of_member, &bent] {
        let form = [("form_key", form_key), ("name", "X"), ("do", "save")];
        for browser in [site.browser(), member.clone()] {
            assert_eq!(browser.post(&path, &form).await.status(), 404, "{form_key}");
        }
    }
    assert_eq!(site.browser().post(&path, &[("name", "X"), ("form_key", &of_moderator)]).await.status(), 404);
    member.sign_in("ada").await;
    let form = [("form_key", &*of_moderator), ("name", "X")];
    assert_eq!(member.post(&path, &form).await.status(), 404, "who is signed in is who they are");
    assert_eq!(saved_forms::table.count().get_result(&mut site.connect()), Ok(0));
}

#[actix_web::test]
async fn a_readers_text_goes_to_whom_the_form_was_made_for_also_after_a_rename() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    site.account("grace", Role::Member);
    let path = "/tools/amber/correct";
    let mut form = ada.page(path).await.fields();
    let long = "ж".repeat(2_000);
    for (name, value) in [("field", "price"), ("value", long.as_str()), ("why", long.as_str())] {
        set(&mut form, name, value);
    }
    end_all_sessions(&site);
    let answer = send(&ada, path, &form).await;
    assert_eq!(location(&answer), "/login?next=%2Ftools%2Famber%2Fcorrect");
    let moderator = at_work(&site, "mod", Role::Moderator).await;
    let id = id_of(&site, "amber");
    let record = format!("/admin/tools/{id}");
    let mut renamed = moderator.page(&record).await.fields();
    for (name, value) in [("slug", "copal"), ("do", "save")] {
        set(&mut renamed, name, value);
    }
    assert_eq!(send(&moderator, &record, &renamed).await.status(), 303);

    ada.sign_in("grace").await;
    assert_eq!(ada.page("/tools/copal/correct").await.typed("value"), "", "it is not Grace's");
    ada.sign_in("ada").await;
    assert_eq!(location(&ada.get(path).await), "/tools/copal/correct");
    assert_eq!(ada.page("/tools/basalt/correct").await.typed("value"), "", "nor of another tool");
    let page = ada.page("/tools/copal/correct").await;
    assert_eq!((page.typed("value"), page.typed("why")), (long.clone(), long));
    assert_eq!(ada.page("/tools/copal/correct").await.typed("value"), "", "once");
}

#[actix_web::test]
async fn no_password_is_kept_and_few_forms_of_one_account() {
    let site = TestSite::start();
    let admin = at_work(&site, "chief", Role::Admin).await;
    let id = site.account("ada", Role::Member);
    let path = format!("/admin/people/{id}/role");
    let page = admin.page(&format!("/admin/people/{id}")).await;
    let key = page.one(&format!("form[action='{path}'] [name=form_key]")).attr("value").to_owned();
    let mut category = admin.page("/admin/categories/new").await.fields();
    end_all_sessions(&site);
    let form = [("form_key", &*key), ("role", "moderator"), ("password", PASSWORD)];
    let answer = admin.post(&path, &form).await;
    assert_eq!(location(&answer), "/login?next=%2Fadmin");
    for n in 0..9 {
        set(&mut category, "name", &format!("Category {n}"));
        assert_eq!(send(&admin, &format!("/admin/categories/{n}"), &category).await.status(), 303);
    }
    let kept: Vec<String> = saved_forms::table
        .order(saved_forms::id)
        .select(saved_forms::fields)
        .load(&mut site.connect())
        .unwrap();
    assert_eq!(kept.len(), 5, "{kept:?}");
    assert!(kept[4].contains("Category+8") && !kept.iter().any(|fields| fields.contains("form_key")));
}

#[actix_web::test]
async fn a_line_that_is_shown_once_is_left_to_the_page_that_shows_it() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let line = "Your Ship vote for Amber is counted.";
    ada.post("/tools/amber/vote", &[("choice", "ship")]).await;
    for path in ["/tools/amber", "/account", "/compare"] {
        assert_eq!(ada.client.head(ada.url(path)).send().await.unwrap().status(), 200);
        for mark in ["prefetch", "prefetch;prerender"] {
            let asked = ada.client.get(ada.url(path)).header("sec-purpose", mark).send().await.unwrap();
            assert_eq!(header(&asked, "set-cookie"), "", "{path}: nothing changes");
            assert!(!Page::read(asked).await.says(line), "{path}");
        }
    }
    assert!(ada.page("/tools/amber").await.says(line));
    assert!(!ada.page("/tools/amber").await.says(line), "once");
}

#[actix_web::test]
async fn an_admin_who_is_suspended_meanwhile_gives_no_role() {
    let site = TestSite::start();
    let admin = at_work(&site, "chief", Role::Admin).await;
    site.account("second", Role::Admin);
    let id = site.account("ada", Role::Member);
    assert_eq!(admin.get("/admin").await.status(), 200);
    // As when it comes while the request is under way: nothing says yet that accounts have changed.
    site.sql("UPDATE accounts SET suspended_at = '2026-11-01 00:00:00' WHERE handle = 'chief'");
    let form = [("role", "moderator"), ("password", PASSWORD)];
    let answer = admin.post(&format!("/admin/people/{id}/role"), &form).await;
    assert_eq!(answer.status(), 404);
    let role: i16 = accounts::table.find(id).select(accounts::role).first(&mut site.connect()).unwrap();
    assert_eq!(role, 0);
    site.sql("UPDATE accounts SET suspended_at = NULL");
}

/// The status and the names of the headers of what comes back for the beginning of a form whose rest never comes.
fn answer_to_beginning(
    site: &TestSite,
    path: &str,
    beginning: &str,
    announced: usize,
) -> (String, Vec<String>) {
    let mut stream = TcpStream::connect(site.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {announced}\r\n\r\n{beginning}",
        site.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let (mut told, mut piece) = (String::new(), [0; 4096]);
    while !told.contains("\r\n\r\n") {
        let length = stream.read(&mut piece).unwrap();
        assert!(length > 0, "{told}");
        told.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    let mut lines = told.split("\r\n\r\n").next().unwrap().lines();
    let status = lines.next().unwrap().to_owned();
    let mut names: Vec<String> = lines.map(|line| line.split(':').next().unwrap().to_lowercase()).collect();
    names.sort();
    (status, names)
}

#[actix_web::test]
async fn a_long_or_slow_form_does_not_tell_that_there_is_an_admin_area() {
    let site = TestSite::start();
    let key = |page: &Page| page.one("main [name=form_key]").attr("value").to_owned();
    let of_visitor = key(&site.browser().page("/signup").await);
    let of_member = key(&site.member("ada").await.page("/submit").await);
    for form_key in [&of_visitor, &of_member] {
        let beginning = format!("form_key={form_key}&name=x");
        for announced in [beginning.len() + 10, 1_100_000] {
            let [here, nowhere] = ["/admin/tools/7", "/nothere/tools/7"]
                .map(|path| answer_to_beginning(&site, path, &beginning, announced));
            assert!(here.0.contains("404"), "{here:?}");
            assert_eq!(here, nowhere, "{announced}");
        }
        let long = "x".repeat(1_100_000);
        for path in ["/admin/tools/7", "/nothere/tools/7"] {
            let answer = answer_to_beginning(&site, path, &format!("{beginning}{long}"), long.len());
            assert!(answer.0.contains("404"), "{path}: {answer:?}");
        }
    }
}

#[actix_web::test]
async fn nobody_who_was_thrown_out_leaves_a_form_for_the_moderator_to_send() {
    let site = TestSite::start();
    let writer = at_work(&site, "writer", Role::Moderator).await;
    let form = writer.page("/admin/categories/new").await.fields();
    let reader = writer.page("/tools/amber/correct").await.fields();
    let (path, new) = ("/admin/people/1/suspend", "another horse battery");
    let thrown_out = site.browser();
    assert_eq!(location(&send(&thrown_out, path, &form).await), SIGN_IN);
    writer.post("/account/password", &[("current", PASSWORD), ("password", new)]).await;
    assert_eq!(send(&thrown_out, "/admin/people/1/lift", &form).await.status(), 404);
    send(&thrown_out, "/tools/amber/correct", &reader).await;
    let kept: Vec<String> = saved_forms::table.select(saved_forms::path).load(&mut site.connect()).unwrap();
    assert_eq!(kept, [path], "with the old password no more is kept");
}

#[actix_web::test]
async fn forms_are_kept_for_a_moderator_only_so_often_from_one_network() {
    let site = TestSite::start();
    let writer = at_work(&site, "writer", Role::Moderator).await;
    let form = writer.page("/admin/categories/new").await.fields();
    end_all_sessions(&site);
    let mut last = 0;
    for _ in 0..70 {
        last = send(&site.browser(), "/admin/categories/new", &form).await.status().as_u16();
    }
    assert_eq!(last, 404);
}
