//! The desk's door, first screen, log and settings.

use chrono::{Duration, Utc};
use diesel::prelude::*;
use serde_json::Value;
use shiptally::{
    accounts::{
        CurrentUser, Role,
        store::{self},
    },
    db::Db,
    moderation::log::{self, Entry, Object},
    schema::{log_entries, sessions, site_settings},
    versions::{self, Of},
};

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
    CurrentUser { id: account.id, handle: account.handle, role: Role::from_i16(account.role) }
}

/// Lets every session of the site's accounts have given its password so many hours ago.
fn let_hours_pass(site: &TestSite, hours: i64) {
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
    shiptally::cli::settle();
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
    assert!(door.contains(r#"value="/admin/log?q=x""#), "{door}");
    assert_eq!(browser.get("/account").await.status(), 200, "the rest of the site asks for nothing");

    let wrong = [("password", "wrong password"), ("next", "/admin/log?q=x")];
    let answer = browser.post("/admin/door", &wrong).await;
    assert_eq!(answer.status(), 422);
    let page = answer.text().await.unwrap();
    assert!(page.contains("This is not your password.") && page.contains(r#"aria-invalid="true""#), "{page}");
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
async fn a_form_that_was_opened_in_time_may_still_be_sent() {
    let site = TestSite::start();
    let browser = at_work(&site, "admin", Role::Admin).await;
    let_hours_pass(&site, 13);
    let answer = browser.post("/admin/settings", &[("stale_days", "30")]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin/settings"));
    let_hours_pass(&site, 25);
    let answer = browser.post("/admin/settings", &[("stale_days", "31")]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin/door?next=%2Fadmin"));
    let value: String = site_settings::table
        .find("stale_days")
        .select(site_settings::value)
        .first(&mut site.connect())
        .unwrap();
    assert_eq!(value, "30");
}

#[actix_web::test]
async fn a_role_that_is_taken_away_works_at_the_next_request() {
    let site = TestSite::start();
    let (admin, moderator) =
        (at_work(&site, "admin", Role::Admin).await, at_work(&site, "moderator", Role::Moderator).await);
    assert_eq!(admin.get("/admin/settings").await.status(), 200);
    assert_eq!(moderator.get("/admin").await.status(), 200);
    store::set_role(&mut site.connect(), "admin", Role::Moderator).unwrap();
    store::set_role(&mut site.connect(), "moderator", Role::Member).unwrap();
    shiptally::cli::settle();
    assert_eq!(admin.get("/admin/settings").await.status(), 404);
    assert_eq!(admin.post("/admin/settings", &[("stale_days", "10")]).await.status(), 404);
    assert_eq!(admin.get("/admin").await.status(), 200, "a moderator is still a moderator");
    assert_eq!(moderator.get("/admin").await.status(), 404);
    assert!(!moderator.page("/").await.contains(r#"href="/admin""#));
    store::set_role(&mut site.connect(), "moderator", Role::Moderator).unwrap();
    shiptally::cli::settle();
    assert_eq!(moderator.get("/admin").await.status(), 200);
}

#[actix_web::test]
async fn the_first_screen_counts_what_needs_attention() {
    let site = TestSite::start();
    let browser = at_work(&site, "moderator", Role::Moderator).await;
    let page = browser.page("/admin").await;
    // Prices and facts of the catalogue were checked on 1 November 2026.
    assert!(page.contains("no items in the queue"), "{page}");
    assert!(
        matter(&page, "few-reviews").contains("4</b> <span>published tools with fewer than 4 reviews"),
        "{page}"
    );
    assert!(page.contains("1 vote in 7 days") || page.contains("0 votes in 7 days"), "{page}");

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
        ("/admin/queue", "1</b> <span>item in the queue<"),
        ("/admin/votes", "1</b> <span>signal about votes<"),
        ("attention=stale", "2</b> <span>tools with a price or fact not checked for 90 days<"),
        ("attention=draft", "1</b> <span>draft untouched for two weeks<"),
    ] {
        assert!(matter(&page, link).contains(words), "{link}: {page}");
    }
    assert!(page.contains("no published comparisons with a side that is not published"), "{page}");
    lists_agree(&browser, &page).await;

    site.sql(
        "UPDATE tools SET status = 2 WHERE slug = 'basalt';
         UPDATE versions SET value = value + 1 WHERE id = 1;",
    );
    let page = browser.page("/admin").await;
    assert!(
        matter(&page, "attention=side").contains("1</b> <span>published comparison with a side"),
        "{page}"
    );
    assert!(matter(&page, "attention=stale").contains("1</b> <span>tool with a price"), "{page}");
    lists_agree(&browser, &page).await;
}

/// Each count of the first screen is what the list behind it finds.
async fn lists_agree(browser: &Browser, first_screen: &str) {
    for attention in ["stale", "draft", "few-reviews", "side"] {
        let link = format!("attention={attention}");
        let list = if attention == "side" { "comparisons" } else { "tools" };
        let page = browser.page(&format!("/admin/{list}?{link}")).await;
        let found = page.split(r#"<p class="small muted">"#).nth(1).unwrap().split(' ').next().unwrap();
        let list =
            first_screen.split(r#"<ul class="attention">"#).nth(1).unwrap().split("</ul>").next().unwrap();
        let counted = list
            .split("<li>")
            .find(|line| line.contains(&link))
            .map_or("0", |line| line.split(r#"<b class="num">"#).nth(1).unwrap().split('<').next().unwrap());
        assert_eq!(found, counted, "{link}");
    }
}

/// The line of the first screen that leads there.
fn matter<'a>(page: &'a str, link: &str) -> &'a str {
    let list = page.split(r#"<ul class="attention">"#).nth(1).unwrap().split("</ul>").next().unwrap();
    list.split("<li>").find(|line| line.contains(link)).unwrap_or_else(|| unreachable!("no {link}: {list}"))
}

#[actix_web::test]
async fn the_week_is_drawn_with_a_table_behind_each_chart() {
    let site = TestSite::start();
    let browser = at_work(&site, "moderator", Role::Moderator).await;
    browser.vote("amber", "ship").await;
    let page = browser.page("/admin").await;
    assert_eq!((page.matches("<svg viewBox=\"0 0 140").count(), page.matches("as a table").count()), (4, 4));
    assert!(page.contains("1 vote in 7 days") && page.contains("1 sign-up in 7 days"), "{page}");
}

#[actix_web::test]
async fn settings_are_for_admins_and_keep_what_was_typed() {
    let site = TestSite::start();
    let admin = at_work(&site, "admin", Role::Admin).await;
    assert!(admin.page("/admin/settings").await.contains(r#"value="90""#));
    for wrong in ["", "6", "366", "ten", "30.5", "99999999999999999999"] {
        let answer = admin.post("/admin/settings", &[("stale_days", wrong)]).await;
        assert_eq!(answer.status(), 422, "{wrong}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!(r#"value="{wrong}""#)), "{page}");
        assert!(page.contains("from 7 to 365") && page.contains(r##"href="#stale_days""##), "{page}");
    }
    for (days, told) in [("30", "The settings are saved."), ("30", "Nothing was changed.")] {
        assert_eq!(admin.post("/admin/settings", &[("stale_days", days)]).await.status(), 303);
        assert!(admin.page("/admin/settings").await.contains(told));
    }
    assert!(admin.page("/admin").await.contains("not checked for 30 days"));
    let log = admin.page("/admin/log").await;
    assert!(log.contains("90 days") && log.contains("30 days") && log.contains("@admin"), "{log}");
    assert_eq!(log.matches("When prices and facts are stale").count(), 1, "what changes nothing is no act");
    assert!(!site.browser().page("/moderation").await.contains("stale"), "settings are not for readers");

    let moderator = at_work(&site, "moderator", Role::Moderator).await;
    for (browser, is_listed) in [(&admin, true), (&moderator, false)] {
        assert_eq!(browser.page("/admin").await.contains(r#"href="/admin/settings""#), is_listed);
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
            act: if n % 2 == 0 { "edited" } else { "excluded" },
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
    assert_eq!(page.matches("Thing-").count(), 50);
    assert!(
        page.contains("Thing-119") && page.contains("Thing-070") && !page.contains("Thing-069"),
        "{page}"
    );
    assert!(page.contains("50%_off &#60;b&#62;") && page.contains("because &#38; so"), "{page}");
    assert!(page.contains("it was &#60;this&#62;") && page.contains("nothing"), "{page}");
    let next = page.split(r#"rel="next" href=""#).nth(1).unwrap().split('"').next().unwrap();
    let older = ada.page(&next.replace("&#38;", "&")).await;
    assert!(
        older.contains("Thing-069") && older.contains("Thing-020") && !older.contains("Thing-070"),
        "{older}"
    );

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
        assert_eq!(page.matches("Thing-").count(), count, "{query}");
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
