//! The admin area's door, first screen, log and settings.

use chrono::{Duration, Utc};
use diesel::prelude::*;
use serde_json::Value;
use shiptally::accounts::{CurrentUser, Role, store};
use shiptally::db::Db;
use shiptally::db::schema::{log_entries, sessions, site_settings};
use shiptally::db::versions::{self, Of};
use shiptally::moderation::log::{self, Entry, Object};
use shiptally::moderation::verb::Verb;

use crate::page::{Page, Part};
use crate::site::{Browser, PASSWORD, TestSite, location};

/// A browser of a new account with this role.
async fn at_work(site: &TestSite, handle: &str, role: Role) -> Browser {
    site.account(handle, role);
    let browser = site.browser();
    browser.sign_in(handle).await;
    browser
}

fn user(conn: &mut Db, handle: &str) -> CurrentUser {
    let account = store::find_by_login(conn, handle).unwrap().unwrap();
    CurrentUser { id: account.id, handle: account.handle, role: Role::from_i16(account.role), new_answers: 0 }
}

/// Lets every session of the site's accounts have given its password so many hours ago.
pub(crate) fn let_hours_pass(site: &TestSite, hours: i64) {
    let mut conn = site.connect();
    let rows: Vec<(String, String)> =
        sessions::table.select((sessions::id_hash, sessions::state)).load(&mut conn).unwrap();
    for (id_hash, state) in rows {
        let mut state: Value = serde_json::from_str(&state).unwrap();
        state["confirmed"] = (Utc::now().timestamp() - hours * 3600).to_string().into();
        diesel::update(sessions::table.find(id_hash))
            .set(sessions::state.eq(state.to_string()))
            .execute(&mut conn)
            .unwrap();
    }
    versions::raise(&mut conn, Of::Accounts).unwrap();
    site.settle();
}

#[actix_web::test]
async fn after_half_a_day_the_door_asks_for_the_password() {
    let site = TestSite::start();
    let browser = at_work(&site, "moderator", Role::Moderator).await;
    assert_eq!(browser.get("/admin/log?q=x").await.status(), 200);
    let_hours_pass(&site, 13);

    let answer = browser.get("/admin/log?q=x").await;
    assert_eq!(
        (answer.status().as_u16(), location(&answer)),
        (303, "/admin/door?next=%2Fadmin%2Flog%3Fq%3Dx")
    );
    let door = browser.page("/admin/door?next=%2Fadmin%2Flog%3Fq%3Dx").await;
    assert_eq!(door.hidden("next"), "/admin/log?q=x");
    assert_eq!(browser.get("/account").await.status(), 200, "the rest of the site asks for nothing");

    let wrong = [("password", "wrong password"), ("next", "/admin/log?q=x")];
    let answer = browser.post("/admin/door", &wrong).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert!(page.says("Incorrect password.") && page.has("[aria-invalid=true]"), "{page}");
    assert_eq!(browser.get("/admin").await.status(), 303, "it is still closed");

    let right = [("password", PASSWORD), ("next", "/admin/log?q=x")];
    let answer = browser.post("/admin/door", &right).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin/log?q=x"));
    assert_eq!(browser.get("/admin").await.status(), 200);
    for elsewhere in ["https://evil.example/admin", "/account", "//evil.example"] {
        let answer = browser.post("/admin/door", &[("password", PASSWORD), ("next", elsewhere)]).await;
        assert_eq!(location(&answer), "/admin", "{elsewhere}");
    }
}

#[actix_web::test]
async fn a_form_asks_for_the_password_when_a_page_would() {
    let site = TestSite::start();
    let browser = at_work(&site, "admin", Role::Admin).await;
    let form = |days| [("stale_days", days)];
    let_hours_pass(&site, 11);
    let answer = browser.post("/admin/settings", &form("30")).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin/settings"));
    let_hours_pass(&site, 13);
    let answer = browser.post("/admin/settings", &form("31")).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin/door?next=%2Fadmin%2Fsaved"));
    let value: String = site_settings::table
        .find("stale_days")
        .select(site_settings::value)
        .first(&mut site.connect())
        .unwrap();
    assert_eq!(value, "30");
    browser.post("/admin/door", &[("password", PASSWORD)]).await;
    let page = browser.page("/admin/saved").await;
    assert_eq!(page.one("form[action='/admin/settings'] [name=stale_days]").attr("value"), "31", "{page}");
}

fn give_role(site: &TestSite, handle: &str, role: Role) {
    let mut conn = site.connect();
    let account = store::find_by_login(&mut conn, handle).unwrap().unwrap();
    let change = conn.write(|conn| store::give_role(conn, account.id, role)).unwrap();
    assert!(matches!(change, store::RoleChange::From(_)), "{change:?}");
}

#[actix_web::test]
async fn a_role_that_is_taken_away_works_at_the_next_request() {
    let site = TestSite::start();
    let (admin, moderator) =
        (at_work(&site, "admin", Role::Admin).await, at_work(&site, "moderator", Role::Moderator).await);
    assert_eq!(admin.get("/admin/settings").await.status(), 200);
    assert_eq!(moderator.get("/admin").await.status(), 200);
    site.account("chief", Role::Admin);
    give_role(&site, "admin", Role::Moderator);
    give_role(&site, "moderator", Role::Member);
    site.settle();
    assert_eq!(admin.get("/admin/settings").await.status(), 404);
    assert_eq!(admin.post("/admin/settings", &[("stale_days", "10")]).await.status(), 404);
    assert_eq!(admin.get("/admin").await.status(), 200, "a moderator is still a moderator");
    assert_eq!(moderator.get("/admin").await.status(), 404);
    assert!(!moderator.page("/").await.leads_to("/admin"));
    give_role(&site, "moderator", Role::Moderator);
    site.settle();
    assert_eq!(moderator.get("/admin").await.status(), 200);
}

#[actix_web::test]
async fn the_first_screen_counts_what_needs_attention() {
    let site = TestSite::start();
    let browser = at_work(&site, "moderator", Role::Moderator).await;
    let page = browser.page("/admin").await;
    // Prices and facts of the catalogue were checked on 1 November 2026.
    assert!(page.says("no open submissions"), "{page}");
    assert_eq!(matter(&page, "few-reviews"), "4 published tools with fewer than 4 reviews");
    assert!(page.says("1 vote in 7 days") || page.says("0 votes in 7 days"), "{page}");

    let (old, now) = (Utc::now() - Duration::days(15), Utc::now());
    let day = |days: i64| (now - Duration::days(days)).format("%Y-%m-%d").to_string();
    site.sql(&format!(
        "UPDATE tools SET price_checked_on = '{fresh}'; UPDATE facts SET checked_on = '{fresh}';
         UPDATE tools SET price_checked_on = '{stale}' WHERE slug = 'amber';
         UPDATE facts SET checked_on = NULL WHERE tool_id = (SELECT id FROM tools WHERE slug = 'basalt');
         UPDATE facts SET checked_on = '{stale}' WHERE tool_id = (SELECT id FROM tools WHERE slug = 'draft-tool');
         UPDATE tools SET updated_at = '{old}' WHERE slug = 'draft-tool';
         UPDATE tools SET status = 2 WHERE slug = 'basalt' AND 1 = 0;
         INSERT INTO submissions (kind, account_id, name, content, status, answer, made_at)
             SELECT 0, id, 'New', '{{}}', 0, '', '{now}' FROM accounts;
         INSERT INTO signals (kind, key, words, accounts, found_at, seen_at)
             VALUES (0, 'a', 'w', '[]', '{now}', '{now}'), (1, 'b', 'w', '[]', '{now}', '{now}');
         UPDATE signals SET dismissed_at = '{now}' WHERE key = 'b';
         UPDATE versions SET value = value + 1 WHERE id = 1;",
        fresh = day(20),
        stale = day(91),
        old = old.format("%Y-%m-%d %H:%M:%S"),
        now = now.format("%Y-%m-%d %H:%M:%S"),
    ));
    let page = browser.page("/admin").await;
    for (link, words) in [
        ("/admin/queue", "1 open submission"),
        ("/admin/votes", "1 suspicious pattern"),
        ("attention=overdue", "1 tool with a price or fact last checked over 90 days ago"),
        ("attention=undated", "1 tool with a price or fact never checked"),
        ("attention=draft", "1 draft not edited for two weeks"),
    ] {
        assert_eq!(matter(&page, link), words, "{link}: {page}");
    }
    assert!(page.says("no published comparisons with an unpublished tool"), "{page}");
    lists_agree(&browser, &page).await;

    site.sql(
        "UPDATE tools SET status = 2 WHERE slug = 'basalt';
         UPDATE versions SET value = value + 1 WHERE id = 1;",
    );
    let page = browser.page("/admin").await;
    let side = matter(&page, "attention=side");
    assert!(side.starts_with("1 published comparison with an unpublished"), "{page}");
    assert!(page.says("no tools with a price or fact never checked"), "{page}");
    assert_eq!(
        matter(&page, "attention=overdue"),
        "1 tool with a price or fact last checked over 90 days ago"
    );
    lists_agree(&browser, &page).await;
}

/// Each count of the first screen is what the list behind it finds.
async fn lists_agree(browser: &Browser, first_screen: &Page) {
    for attention in ["overdue", "undated", "draft", "few-reviews", "side"] {
        let list = if attention == "side" { "comparisons" } else { "tools" };
        let link = format!("attention={attention}");
        let page = browser.page(&format!("/admin/{list}?{link}")).await;
        let found = page.all("p.small.muted")[0].text();
        let counted = first_screen.all(&matters(&link)).first().map_or("0".to_owned(), Part::text);
        assert_eq!(found.split(' ').next(), counted.split(' ').next(), "{link}");
    }
}

/// The lines of the first screen that lead there.
fn matters(link: &str) -> String {
    format!(r#".attention a[href*="{link}"]"#)
}

/// What the line of the first screen says that leads there.
fn matter(page: &Page, link: &str) -> String {
    page.one(&matters(link)).text()
}

#[actix_web::test]
async fn the_week_is_drawn_with_a_table_behind_each_chart() {
    let site = TestSite::start();
    let browser = at_work(&site, "moderator", Role::Moderator).await;
    browser.vote("amber", "ship").await;
    let page = browser.page("/admin").await;
    assert_eq!((page.count(r#".chart svg[viewBox^="0 0 140"]"#), page.times("as a table")), (4, 4));
    assert!(page.says("1 vote in 7 days") && page.says("1 sign-up in 7 days"), "{page}");
}

#[actix_web::test]
async fn settings_are_for_admins_and_keep_what_was_typed() {
    let site = TestSite::start();
    let admin = at_work(&site, "admin", Role::Admin).await;
    assert_eq!(admin.page("/admin/settings").await.typed("stale_days"), "90");
    for wrong in ["", "6", "366", "ten", "30.5", "99999999999999999999"] {
        let answer = admin.post("/admin/settings", &[("stale_days", wrong)]).await;
        assert_eq!(answer.status(), 422, "{wrong}");
        let page = Page::read(answer).await;
        assert_eq!(page.typed("stale_days"), wrong, "{page}");
        assert!(page.says("from 7 to 365") && page.leads_to("#f-stale_days"), "{page}");
    }
    for (days, told) in [("30", "Settings saved."), ("30", "Nothing was changed.")] {
        assert_eq!(admin.post("/admin/settings", &[("stale_days", days)]).await.status(), 303);
        assert!(admin.page("/admin/settings").await.says(told));
    }
    assert!(admin.page("/admin").await.says("over 30 days ago"));
    let log = admin.page("/admin/log").await;
    assert!(log.says("90 days") && log.says("30 days") && log.says("@admin"), "{log}");
    assert_eq!(log.times("Days until a price or fact is stale"), 1, "what changes nothing is no act");
    assert!(!site.browser().page("/moderation").await.mentions("stale"), "settings are not for readers");

    let moderator = at_work(&site, "moderator", Role::Moderator).await;
    for (browser, is_listed) in [(&admin, true), (&moderator, false)] {
        assert_eq!(browser.page("/admin").await.leads_to("/admin/settings"), is_listed);
    }
    assert_eq!(moderator.get("/admin/settings").await.status(), 404);
    assert_eq!(moderator.post("/admin/settings", &[("stale_days", "40")]).await.status(), 404);
}

#[actix_web::test]
async fn the_log_is_filtered_and_paged() {
    let site = TestSite::start();
    let (ada, _) = (at_work(&site, "Ada", Role::Moderator).await, at_work(&site, "ben", Role::Admin).await);
    let mut conn = site.connect();
    let (first, second) = (user(&mut conn, "ada"), user(&mut conn, "ben"));
    for n in 0..120 {
        let entry = Entry {
            act: if n % 2 == 0 { Verb::Edited } else { Verb::Excluded },
            object: if n % 2 == 0 { Object::Tool } else { Object::Votes },
            object_id: None,
            label: &format!("Thing-{n:03} 50%_off <b>"),
            public_label: None,
            href: None,
            reason: "because & so",
            old_value: "it was <this>",
            new_value: "",
        };
        log::write(&mut conn, if n < 60 { &first } else { &second }, &entry).unwrap();
    }
    let page = ada.page("/admin/log").await;
    assert_eq!(page.times("Thing-"), 50);
    assert!(page.says("Thing-119") && page.says("Thing-070") && !page.mentions("Thing-069"), "{page}");
    assert!(page.says("50%_off <b>") && page.says("because & so"), "{page}");
    assert!(page.says("it was <this>") && page.says("nothing"), "{page}");
    let older = ada.page(page.next().unwrap()).await;
    assert!(older.says("Thing-069") && older.says("Thing-020") && !older.mentions("Thing-070"), "{older}");

    for (query, count) in [
        ("act=edited&by=ADA", 30),
        ("object=votes&by=ada", 30),
        ("q=thing-00", 10),
        ("q=50%25_OFF&act=edited&by=ben", 30),
        ("q=5__", 0),
        ("by=nobody", 0),
        ("q=%00%01%27%22", 0),
        ("object=moon&before=x&by=ada&act=edited", 30),
    ] {
        let page = ada.page(&format!("/admin/log?{query}")).await;
        assert_eq!(page.times("Thing-"), count, "{query}");
    }
}

#[actix_web::test]
async fn the_log_cannot_be_changed() {
    let site = TestSite::start();
    let admin = at_work(&site, "admin", Role::Admin).await;
    assert_eq!(admin.post("/admin/settings", &[("stale_days", "30")]).await.status(), 303);
    let count = || log_entries::table.count().get_result::<i64>(&mut site.connect()).unwrap();
    assert_eq!(count(), 1);
    for path in ["/admin/log", "/admin/log/1", "/admin/log/1/delete", "/admin/log/1/edit"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let request =
                admin.client.request(method, admin.url(path)).header("sec-fetch-site", "same-origin");
            let status = request.send().await.unwrap().status().as_u16();
            assert!(status == 405 || status == 404, "{path}: {status}");
        }
    }
    assert_eq!(count(), 1);
    // And no code does so either.
    let sources = ["src/moderation", "src/admin/log"].map(|folder| {
        let files = std::fs::read_dir(folder).unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect::<String>()
    });
    for source in sources {
        assert!(!source.contains("diesel::update") && !source.contains("diesel::delete"));
    }
}
