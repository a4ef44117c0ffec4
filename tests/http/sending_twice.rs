//! A form that is sent twice does what it does once, and both sendings are answered alike.

use diesel::prelude::*;
use futures_util::future::join;
use reqwest::Response;
use shiptally::accounts::Role;
use shiptally::db::schema::{accounts, categories, log_entries, sent_forms, sessions, submissions, tools};
use shiptally::web::idempotency;

use crate::page::Page;
use crate::site::{Browser, PASSWORD, TestSite, header, location, session_cookie};

type Fields = Vec<(String, String)>;

/// The form of a page, filled in.
async fn filled(browser: &Browser, path: &str, changes: &[(&str, &str)]) -> Fields {
    let mut fields = browser.page(path).await.fields();
    for (name, value) in changes {
        fields.retain(|(other, _)| other != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

async fn send(browser: &Browser, path: &str, fields: &[(String, String)]) -> Response {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    browser.post(path, &pairs).await
}

/// Where an answer leads, which must lead somewhere.
async fn leads_to(answer: Response) -> String {
    let status = answer.status();
    let to = header(&answer, "location").to_owned();
    assert_eq!(status, 303, "{}", answer.text().await.unwrap());
    to
}

/// A browser of a new account, at two nodes of the site.
async fn at_work(site: &TestSite, role: Role) -> Browser {
    site.account("worker", role);
    let browser = site.browser();
    browser.sign_in("worker").await;
    browser
}

/// Whether the cookie of an answer opens an account.
async fn signs_in(site: &TestSite, answer: &Response) -> bool {
    let cookie = session_cookie(answer);
    let visitor = site.browser();
    visitor.client.get(visitor.url("/account")).header("cookie", cookie).send().await.unwrap().status() == 200
}

#[actix_web::test]
async fn a_new_account_asked_for_twice_is_made_once_and_both_answers_sign_in() {
    let site = TestSite::start();
    let node = site.second_node(&[]);
    let of_ada =
        [("handle", "ada"), ("email", "ada@example.org"), ("password", PASSWORD), ("next", "/tools")];
    let of_bea =
        [("handle", "bea"), ("email", "bea@example.org"), ("password", PASSWORD), ("next", "/tools")];
    let from_page = filled(&site.browser(), "/signup", &of_ada).await;
    let without_key: Fields = of_bea.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    for (fields, count) in [(from_page, 1), (without_key, 2)] {
        let (one, two) = (site.browser(), site.browser().at(&node));
        let (first, second) = join(send(&one, "/signup", &fields), send(&two, "/signup", &fields)).await;
        let third = send(&site.browser(), "/signup", &fields).await;
        for answer in [first, second, third] {
            assert_eq!(answer.status(), 303);
            assert!(location(&answer) == "/tools" && signs_in(&site, &answer).await);
        }
        assert_eq!(accounts::table.count().get_result(&mut site.connect()), Ok(count));
    }
    let mut other = of_ada;
    other[2].1 = "some other passphrase";
    let answer = site.browser().post("/signup", &other).await;
    assert_eq!(answer.status(), 422, "who has another password is somebody else");
}

#[actix_web::test]
async fn a_new_record_saved_twice_is_made_once() {
    let site = TestSite::start();
    let node = site.second_node(&[]);
    let worker = at_work(&site, Role::Moderator).await;
    let path = "/admin/categories/new";
    let form = filled(&worker, path, &[("name", "Editors"), ("slug", "editors"), ("do", "publish")]).await;
    let elsewhere = worker.at(&node);
    let (one, two) = join(send(&worker, path, &form), send(&elsewhere, path, &form)).await;
    let places = [leads_to(one).await, leads_to(two).await, leads_to(send(&worker, path, &form).await).await];
    assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
    let made = categories::table.filter(categories::slug.eq("editors")).count();
    assert_eq!(made.get_result(&mut site.connect()), Ok(1));
    assert!(worker.page(&places[0]).await.says("Editors is published."), "it is said as if it were once");
    let anew = filled(&worker, path, &[("name", "Editors"), ("slug", "editors"), ("do", "publish")]).await;
    assert_eq!(send(&worker, path, &anew).await.status(), 422, "a page loaded anew is another form");
}

#[actix_web::test]
async fn a_change_saved_twice_is_no_conflict_with_itself() {
    let site = TestSite::start();
    let worker = at_work(&site, Role::Moderator).await;
    let id: i64 =
        tools::table.filter(tools::slug.eq("amber")).select(tools::id).first(&mut site.connect()).unwrap();
    let path = format!("/admin/tools/{id}");
    let form = filled(&worker, &path, &[("tagline", "Another line"), ("do", "save")]).await;
    let (one, two) = join(send(&worker, &path, &form), send(&worker, &path, &form)).await;
    assert_eq!((leads_to(one).await, leads_to(two).await), (path.clone(), path.clone()));
    let acts = log_entries::table.count().get_result::<i64>(&mut site.connect()).unwrap();
    assert_eq!(acts, 1, "the log tells of one change");

    let archive = filled(&worker, &path, &[("reason", "Gone"), ("do", "archive")]).await;
    assert_eq!(leads_to(send(&worker, &path, &archive).await).await, path);
    assert_eq!(leads_to(send(&worker, &path, &archive).await).await, path);
}

#[actix_web::test]
async fn whoever_goes_back_and_types_something_else_sends_another_form() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let typed = [("name", "Electrum"), ("website", "https://electrum.example"), ("why", "It shines.")];
    let mut form = filled(&ada, "/submit", &typed).await;
    for _ in 0..2 {
        assert_eq!(leads_to(send(&ada, "/submit", &form).await).await, "/account#sent-h");
    }
    assert!(ada.page("/account").await.says("Thank you."));
    let sent = |site: &TestSite| submissions::table.count().get_result::<i64>(&mut site.connect()).unwrap();
    assert_eq!(sent(&site), 1);
    form.retain(|(name, _)| name != "name" && name != "website");
    form.extend([("name".into(), "Iridium".into()), ("website".into(), "https://iridium.example".into())]);
    assert_eq!(leads_to(send(&ada, "/submit", &form).await).await, "/account#sent-h");
    assert_eq!(sent(&site), 2);
}

#[actix_web::test]
async fn a_form_that_was_refused_may_be_sent_again_as_it_is() {
    let site = TestSite::start();
    let worker = at_work(&site, Role::Moderator).await;
    let path = "/admin/categories/new";
    let form = filled(&worker, path, &[("name", "Twin"), ("slug", "research"), ("do", "publish")]).await;
    assert_eq!(send(&worker, path, &form).await.status(), 422);
    site.sql("UPDATE categories SET slug = 'other' WHERE slug = 'research'; UPDATE versions SET value = value + 1 WHERE id = 1");
    leads_to(send(&worker, path, &form).await).await;
}

#[actix_web::test]
async fn a_new_password_sent_twice_leaves_whoever_sent_it_signed_in() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    let answer = browser.post("/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    let before = session_cookie(&answer);
    let page = browser.page("/account").await;
    let key = page.one("form[action='/account/password'] [name=form_key]").attr("value").to_owned();
    let form = [("form_key", &*key), ("current", PASSWORD), ("password", "another horse battery")];
    let with_old_cookie = async || {
        let visitor = site.browser();
        visitor.form("/account/password", &form).header("cookie", &before).send().await.unwrap()
    };
    for answer in [with_old_cookie().await, with_old_cookie().await] {
        assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/account"));
        assert!(signs_in(&site, &answer).await);
    }
    let bent = [("form_key", &*key), ("current", PASSWORD), ("password", "some other battery")];
    let visitor = site.browser();
    let answer = visitor.form("/account/password", &bent).header("cookie", &before).send().await.unwrap();
    assert!(location(&answer).starts_with("/login"), "what was not sent before signs nobody in");
}

#[actix_web::test]
async fn a_sign_in_sent_twice_shows_what_became_of_the_kept_vote() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    let kept = session_cookie(&browser.post("/tools/amber/vote", &[("choice", "ship")]).await);
    let form = [("email", "ada"), ("password", PASSWORD), ("next", "/tools")];
    assert_eq!(browser.post("/login", &form).await.status(), 303);
    // The second click of a browser that has not got the first answer.
    let sent_again = async || {
        let visitor = site.browser();
        let again = visitor.form("/login", &form).header("cookie", &kept).send().await.unwrap();
        assert_eq!((again.status().as_u16(), location(&again)), (303, "/tools"));
        let visitor = site.browser();
        let asked = visitor.client.get(visitor.url("/account")).header("cookie", session_cookie(&again));
        Page::read(asked.send().await.unwrap()).await.says("Your Ship vote for Amber is counted.")
    };
    for _ in 0..3 {
        assert!(sent_again().await);
    }
    assert!(!sent_again().await, "whoever sends it again and again signs in by the password");
}

#[actix_web::test]
async fn a_sign_in_sent_twice_opens_nothing_that_a_sign_in_would_not() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let form = [("email", "ada"), ("password", PASSWORD)];
    let count = |site: &TestSite| {
        let notes = sent_forms::table.count().get_result::<i64>(&mut site.connect()).unwrap();
        (notes, sessions::table.count().get_result::<i64>(&mut site.connect()).unwrap())
    };
    let send_with = async |cookie: &str| {
        let visitor = site.browser();
        visitor.form("/login", &form).header("cookie", cookie).send().await.unwrap()
    };
    for foreign in ["z=1", "shiptally=1", "shiptally=; z=1"] {
        assert_eq!(send_with(foreign).await.status(), 303);
        assert_eq!(count(&site).0, 0, "{foreign} tells nobody from anybody");
    }
    let browser = site.browser();
    let kept = session_cookie(&browser.post("/tools/amber/vote", &[("choice", "ship")]).await);
    assert_eq!(browser.post("/login", &form).await.status(), 303);
    let (notes, sessions) = count(&site);
    assert_eq!(notes, 1);
    site.sql("UPDATE accounts SET suspended_at = '2026-11-01 00:00:00'; UPDATE versions SET value = value + 1 WHERE id = 2");
    let answer = send_with(&kept).await;
    assert_eq!(answer.status(), 403);
    assert!(Page::read(answer).await.says("This account is suspended."));
    site.sql("UPDATE accounts SET suspended_at = NULL, password_hash = 'another'; UPDATE versions SET value = value + 1 WHERE id = 2");
    assert_eq!(send_with(&kept).await.status(), 422);
    assert_eq!(count(&site), (1, sessions), "no session is made");
}

#[actix_web::test]
async fn what_is_done_anew_later_or_from_a_page_come_back_to_is_done() {
    let site = TestSite::start();
    let admin = at_work(&site, Role::Admin).await;
    let id = site.account("ada", Role::Member);
    let path = format!("/admin/people/{id}");
    let key_of = async |act: &str| {
        let page = admin.page(&path).await;
        page.one(&format!("form[action='{path}/{act}'] [name=form_key]")).attr("value").to_owned()
    };
    let is_suspended = || {
        let row = accounts::table.find(id).select(accounts::suspended_at.is_not_null());
        row.get_result::<bool>(&mut site.connect()).unwrap()
    };
    let lift = async || {
        let key = key_of("lift").await;
        let answer =
            admin.post(&format!("{path}/lift"), &[("form_key", &*key), ("reason", "A mistake.")]).await;
        assert_eq!(leads_to(answer).await, path);
        assert!(!is_suspended());
    };
    let key = key_of("suspend").await;
    let suspend = async |again: Option<&str>| {
        let form =
            [("form_key", &*key), ("reason", "Sells votes."), ("form_again", again.unwrap_or_default())];
        let fields = if again.is_some() { &form[..] } else { &form[..2] };
        assert_eq!(leads_to(admin.post(&format!("{path}/suspend"), fields).await).await, path);
    };
    suspend(None).await;
    lift().await;
    suspend(None).await;
    assert!(!is_suspended(), "a sending that comes late is the same one");
    suspend(Some("1764284400000")).await;
    assert!(is_suspended(), "the page was come back to");
    suspend(Some("1764284400000")).await;
    lift().await;
    let minute_ago = chrono::Utc::now().naive_utc() - chrono::TimeDelta::seconds(61);
    diesel::update(sent_forms::table)
        .set(sent_forms::made_at.eq(minute_ago))
        .execute(&mut site.connect())
        .unwrap();
    suspend(None).await;
    assert!(is_suspended(), "a minute later it is meant anew");
}

#[actix_web::test]
async fn a_form_with_more_fields_than_any_page_has_is_not_read() {
    let site = TestSite::start();
    let fields = |count: usize| vec![("x", "1"); count];
    for path in ["/signup", "/login", "/submit"] {
        let answer = site.browser().post(path, &fields(202)).await;
        assert_eq!(answer.status(), 413, "{path}");
        assert!(Page::read(answer).await.says("This form has too many rows."));
        assert_ne!(site.browser().post(path, &fields(200)).await.status(), 413, "{path}");
    }
}

#[actix_web::test]
async fn nothing_is_kept_of_visitors_forms_and_of_others_for_minutes_only() {
    let site = TestSite::start();
    let visitor = site.browser();
    for path in ["/login", "/signup"] {
        let form = filled(&visitor, path, &[("email", "nobody@example.org"), ("password", "wrong")]).await;
        assert_eq!(send(&visitor, path, &form).await.status(), 422);
    }
    let kept = |site: &TestSite| sent_forms::table.count().get_result::<i64>(&mut site.connect()).unwrap();
    assert_eq!(kept(&site), 0);
    site.account("ada", Role::Member);
    visitor.post("/tools/amber/vote", &[("choice", "ship")]).await;
    leads_to(visitor.post("/login", &[("email", "ada"), ("password", PASSWORD)]).await).await;
    let stored: String =
        sent_forms::table.select(sent_forms::state.assume_not_null()).first(&mut site.connect()).unwrap();
    assert!(!stored.contains(PASSWORD), "{stored}");
    let later = chrono::Utc::now().naive_utc() + chrono::TimeDelta::minutes(11);
    assert_eq!((idempotency::remove_old(&mut site.connect(), later), kept(&site)), (Ok(1), 0));
}

#[actix_web::test]
async fn pages_that_all_visitors_share_carry_no_key() {
    let site = TestSite::start();
    for path in ["/", "/tools", "/tools/amber", "/compare/amber-vs-basalt", "/categories/research"] {
        assert!(!site.browser().page(path).await.mentions("form_key"), "{path}");
    }
    let answer = site.browser().get("/signup").await;
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(Page::read(answer).await.count("[name=form_key]"), 1);
}
