//! The link that makes the first admin.

use diesel::prelude::*;
use shiptally::accounts::Role;
use shiptally::admin::setup;
use shiptally::db::schema::{accounts, site_settings};

use crate::page::Page;
use crate::site::{PASSWORD, TestSite, location};

fn link(site: &TestSite) -> String {
    setup::offer(&mut site.connect()).unwrap().unwrap()
}

fn admins(site: &TestSite) -> i64 {
    accounts::table.filter(accounts::role.eq(2)).count().get_result(&mut site.connect()).unwrap()
}

const FORM: [(&str, &str); 3] = [("handle", "first"), ("email", "first@example.org"), ("password", PASSWORD)];

#[actix_web::test]
async fn the_link_makes_one_admin_and_signs_in() {
    let site = TestSite::start();
    let (path, browser) = (link(&site), site.browser());
    let stored: String =
        site_settings::table.select(site_settings::value).first(&mut site.connect()).unwrap();
    let token = path.strip_prefix("/setup/").unwrap();
    assert!(!stored.contains(token) && token.len() == 64, "only the hash is stored");

    let page = browser.page(&path).await;
    assert_eq!(page.source().matches(token).count(), 1, "only the form names the link: {page}");
    let answer = browser.post(&path, &[("handle", "x"), ("email", "no"), ("password", "short")]).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert!(page.typed("handle") == "x" && page.count("[aria-invalid]") == 3, "{page}");

    let answer = browser.post(&path, &FORM).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin"));
    assert!(browser.page("/admin").await.says("You are the first admin."));
    assert_eq!(browser.get("/admin/settings").await.status(), 200);
    assert!(browser.page("/admin/log").await.says("First admin, created with"));

    let other = site.browser();
    let answer = other.get(&path).await;
    assert_eq!(answer.status(), 404, "it is used up");
    let told = Page::read(answer).await;
    assert!(told.says("This setup link has been used") && told.leads_to("/login"), "{told}");
    let again = other.post(&path, &FORM).await;
    assert_eq!((again.status().as_u16(), location(&again)), (303, "/admin"), "the same form, sent once more");
    assert_eq!(other.get("/admin").await.status(), 200);
    let again = [("handle", "second"), ("email", "second@example.org"), ("password", PASSWORD)];
    assert_eq!(other.post(&path, &again).await.status(), 404);
    assert_eq!(admins(&site), 1);
    assert_eq!(setup::offer(&mut site.connect()).unwrap(), None, "there is an admin");
    assert!(Page::read(site.browser().get(&path).await).await.says("has been used"), "also after a restart");
}

#[actix_web::test]
async fn a_link_that_is_wrong_old_or_replaced_is_not_there() {
    let site = TestSite::start();
    let browser = site.browser();
    for wrong in ["/setup/x", "/setup/", "/setup/%00", &format!("/setup/{}", "0".repeat(64))] {
        assert_eq!(browser.get(wrong).await.status(), 404, "{wrong}");
        assert_eq!(browser.post(wrong, &FORM).await.status(), 404, "{wrong}");
    }
    let first = link(&site);
    let second = link(&site);
    let stranger = Page::read(browser.get("/setup/x").await).await;
    assert!(!stranger.says("setup link"), "{stranger}");
    assert_eq!(browser.get(&first).await.status(), 404, "another link took its place");
    assert_eq!(browser.get(&second).await.status(), 200);

    let stored: String =
        site_settings::table.select(site_settings::value).first(&mut site.connect()).unwrap();
    let hash = stored.split(' ').next().unwrap();
    let past = chrono::Utc::now().timestamp() - 1;
    site.sql(&format!("UPDATE site_settings SET value = '{hash} {past}'"));
    let answer = browser.get(&second).await;
    assert_eq!(answer.status(), 404, "the hour is over");
    assert!(Page::read(answer).await.says("This setup link has expired."));
    assert_eq!(browser.post(&second, &FORM).await.status(), 404);

    let third = link(&site);
    site.account("chief", Role::Admin);
    assert_eq!(browser.post(&third, &FORM).await.status(), 404, "there is an admin by now");
    assert_eq!(admins(&site), 1);
}

#[actix_web::test]
async fn a_name_that_is_taken_leaves_the_link_open() {
    let site = TestSite::start();
    site.account("first", Role::Member);
    let (path, browser) = (link(&site), site.browser());
    let answer = browser.post(&path, &FORM).await;
    assert_eq!(answer.status(), 422);
    assert!(Page::read(answer).await.says("This username is taken."));
    let form = [("handle", "chief"), ("email", "chief@example.org"), ("password", PASSWORD)];
    assert_eq!(browser.post(&path, &form).await.status(), 303);
    assert_eq!(admins(&site), 1);
}

#[actix_web::test]
async fn of_several_at_once_one_becomes_the_admin() {
    let site = TestSite::start();
    let path = link(&site);
    let tries = (0..6).map(|n| {
        let (browser, path) = (site.browser(), path.clone());
        async move {
            let (handle, email) = (format!("chief{n}"), format!("chief{n}@example.org"));
            let form = [("handle", handle.as_str()), ("email", &email), ("password", PASSWORD)];
            browser.post(&path, &form).await.status().as_u16()
        }
    });
    let mut statuses = futures_util::future::join_all(tries).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404, 404, 404, 404, 404]);
    assert_eq!(admins(&site), 1);
}
