//! Sessions: who stays signed in, for how long, and what the cookie gives away.

use std::collections::HashMap;
use std::sync::Arc;

use actix_session::storage::{SessionKey, SessionStore};
use actix_web::cookie::time::Duration;
use chrono::{NaiveDateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use sha2::{Digest, Sha256};
use shiptally::accounts::Role;
use shiptally::db::Database;
use shiptally::db::freshness::Freshness;
use shiptally::db::schema::{accounts, sessions};
use shiptally::web::session::{self, DatabaseSessions};

use crate::page::Page;
use crate::site::{Browser, PASSWORD, TestSite, header, location, session_cookie};

/// Asks for the account page with a cookie that somebody has copied.
async fn account_with(browser: &Browser, cookie: &str) -> Response {
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    client.get(browser.url("/account")).header("cookie", cookie).send().await.unwrap()
}

/// The cookie that signing in gives.
async fn signed_in(browser: &Browser, handle: &str) -> String {
    let answer = browser.post("/login", &[("email", handle), ("password", PASSWORD)]).await;
    assert_eq!(answer.status(), 303, "{handle} signs in");
    session_cookie(&answer)
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").await.status() == 200
}

#[actix_web::test]
async fn signing_out_ends_the_session_on_the_server() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    let cookie = signed_in(&browser, "ada").await;
    assert_eq!(account_with(&browser, &cookie).await.status(), 200);
    let answer = browser.post("/logout", &[]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/"));
    assert!(!is_signed_in(&browser).await);
    let answer = account_with(&browser, &cookie).await;
    assert_eq!(
        (answer.status().as_u16(), location(&answer)),
        (303, "/login?next=%2Faccount"),
        "the copy is worth nothing"
    );
    assert_eq!(sessions::table.count().get_result(&mut site.connect()), Ok(0));
    assert_eq!(browser.post("/logout", &[]).await.status(), 303, "signing out twice does no harm");
}

#[actix_web::test]
async fn the_session_has_a_new_key_after_signing_in() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    // A choice that is kept gives a visitor a session.
    let before = session_cookie(&browser.post("/tools/amber/vote", &[("choice", "ship")]).await);
    assert!(before.starts_with("shiptally="), "{before}");
    let after = signed_in(&browser, "ada").await;
    assert!(after.starts_with("shiptally="), "{after}");
    assert_ne!(before, after);
    assert_eq!(account_with(&browser, &before).await.status(), 303, "the key from before is nobody's");
    assert_eq!(account_with(&browser, &after).await.status(), 200);
    let again = signed_in(&browser, "ada").await;
    assert_ne!(after, again, "also when signing in once more");
    assert_eq!(account_with(&browser, &after).await.status(), 303);
}

#[actix_web::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let answer = site.browser().post("/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    let set = header(&answer, "set-cookie");
    let parts: Vec<&str> = set.split("; ").collect();
    assert!(parts[0].starts_with("shiptally="), "{set}");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(parts.contains(&part), "{part} in {set}");
    }
    assert!(!set.contains("Secure") && !set.contains("Domain"), "{set}");
    assert_eq!(header(&answer, "strict-transport-security"), "", "no HSTS over http");
    assert_eq!(header(&answer, "cache-control"), "no-store");
}

#[actix_web::test]
async fn under_https_the_cookie_is_tied_to_this_host_and_browsers_stay_on_https() {
    let site = TestSite::with(&["--base-url", "https://ships.example"]);
    site.account("ada", Role::Member);
    let answer = site.browser().post("/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    let set = header(&answer, "set-cookie");
    let parts: Vec<&str> = set.split("; ").collect();
    assert!(parts[0].starts_with("__Host-shiptally="), "{set}");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(parts.contains(&part), "{part} in {set}");
    }
    assert!(!set.contains("Domain"), "{set}");
    let visitor = site.browser();
    for path in ["/login", "/compare/amber-vs-basalt", "/nothing", "/compare/basalt-vs-amber"] {
        let answer = visitor.get(path).await;
        assert!(header(&answer, "strict-transport-security").starts_with("max-age=31536000"), "{path}");
    }
    let page = visitor.page("/compare/amber-vs-basalt").await;
    assert_eq!(page.canonical(), "https://ships.example/compare/amber-vs-basalt");
}

#[actix_web::test]
async fn reading_sets_no_cookie() {
    let site = TestSite::start();
    for path in ["/compare/amber-vs-basalt", "/compare", "/login", "/signup", "/nothing"] {
        assert_eq!(header(&site.browser().get(path).await, "set-cookie"), "", "{path}");
    }
    assert_eq!(sessions::table.count().get_result(&mut site.connect()), Ok(0));
}

#[actix_web::test]
async fn the_database_holds_no_key_that_opens_a_session() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    let cookie = signed_in(&browser, "ada").await;
    let key = &cookie[cookie.len() - 64..];
    let rows: Vec<(String, String)> =
        sessions::table.select((sessions::id_hash, sessions::state)).load(&mut site.connect()).unwrap();
    let [(id_hash, state)] = &rows[..] else { unreachable!("one session, not {rows:?}") };
    let hashed: String = Sha256::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(*id_hash, hashed);
    assert!(!state.contains(key));
}

#[actix_web::test]
async fn a_cookie_that_was_changed_is_nobodys() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    let cookie = signed_in(&browser, "ada").await;
    let key = &cookie[cookie.len() - 64..];
    let bent = cookie.replace(key, &"0".repeat(64));
    for wrong in [
        bent.as_str(),
        &format!("shiptally={key}"),
        "shiptally=",
        "shiptally=%00%ff",
        "shiptally=x; shiptally=y",
    ] {
        assert_eq!(account_with(&browser, wrong).await.status(), 303, "{wrong}");
    }
    assert_eq!(account_with(&browser, &cookie).await.status(), 200);
}

#[actix_web::test]
async fn a_session_ends_when_its_time_is_over() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    assert!(is_signed_in(&ada).await);
    site.sql(
        "UPDATE sessions SET expires_at = '2026-01-01 00:00:00'; \
         UPDATE versions SET value = value + 1 WHERE id = 2",
    );
    assert!(!is_signed_in(&ada).await);
}

#[actix_web::test]
async fn changing_the_password_ends_all_other_sessions_and_keeps_this_one() {
    let site = TestSite::start();
    let (here, elsewhere, other) = (site.member("ada").await, site.browser(), site.member("grace").await);
    let stolen = signed_in(&elsewhere, "ada").await;
    let new = "another horse battery";
    let answer = here.post("/account/password", &[("current", PASSWORD), ("password", new)]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/account"));
    let page = here.page("/account").await;
    assert!(page.says("Password changed. You are signed out everywhere else."), "{page}");
    assert!(!is_signed_in(&elsewhere).await);
    assert_eq!(account_with(&here, &stolen).await.status(), 303);
    assert!(is_signed_in(&other).await, "nobody else is signed out");
    let old = site.browser().post("/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(old.status(), 422, "the old password is worth nothing");
    let now = site.browser().post("/login", &[("email", "ada"), ("password", new)]).await;
    assert_eq!(now.status(), 303);
}

#[actix_web::test]
async fn a_password_is_changed_only_by_who_knows_it_and_to_a_good_one() {
    let site = TestSite::start();
    let (here, elsewhere) = (site.member("ada").await, site.browser());
    elsewhere.sign_in("ada").await;
    for (current, password, field, reason) in [
        ("not the password", "another horse battery", "current", "Incorrect current password."),
        ("", "another horse battery", "current", "Incorrect current password."),
        (PASSWORD, "short", "password", "Password must have at least 10 characters."),
        (PASSWORD, "passwordpassword", "password", "This password is too common. Choose another."),
    ] {
        let answer = here.post("/account/password", &[("current", current), ("password", password)]).await;
        assert_eq!(answer.status(), 422, "{reason}");
        let page = Page::read(answer).await;
        assert_eq!(page.complaint(field), reason, "{page}");
        assert_eq!(page.count("[aria-invalid]"), 1);
        assert!(page.title().starts_with("Error: Your account"), "{page}");
        assert_eq!(page.one(&format!(r##"a[href="#{field}"]"##)).text(), reason);
        let text = page.text();
        assert!(
            text.find(reason) < text.find("My votes") && text.contains("My votes"),
            "said at the top: {page}"
        );
        assert_eq!(page.one("[autofocus]").attr("id"), field, "{page}");
    }
    assert!(is_signed_in(&elsewhere).await, "a refused change ends no session");
    site.browser().sign_in("ada").await;
    let visitor =
        site.browser().post("/account/password", &[("current", PASSWORD), ("password", PASSWORD)]).await;
    assert_eq!((visitor.status().as_u16(), location(&visitor)), (303, "/login?next=%2Faccount"));
    for path in ["/account/password", "/logout"] {
        let again = here.get(path).await;
        assert_eq!((again.status().as_u16(), location(&again)), (303, "/account"), "{path} is loaded again");
        assert!(is_signed_in(&here).await, "which does nothing");
    }
}

#[actix_web::test]
async fn an_account_that_is_gone_is_signed_out_at_its_next_request() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    assert_eq!(ada.vote("amber", "retract").await.0, 200);
    diesel::delete(accounts::table).execute(&mut site.connect()).unwrap();
    assert!(!is_signed_in(&ada).await);
    assert_eq!(ada.vote("amber", "ship").await.0, 401);
}

#[actix_web::test]
async fn a_suspension_counts_from_the_next_request_and_can_be_lifted() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    assert_eq!(ada.vote("amber", "ship").await.0, 200);
    site.sql("UPDATE accounts SET suspended_at = '2026-11-01 00:00:00'");
    let (status, answer) = ada.vote("basalt", "ship").await;
    assert_eq!((status, &answer["error"]["status"]), (403, &403.into()));
    let told = answer["error"]["message"].as_str().unwrap();
    assert!(told.contains("suspended"), "{told}");
    assert_eq!(ada.tally("basalt").await["votes"], 0);
    site.sql("UPDATE accounts SET suspended_at = NULL");
    assert_eq!(ada.vote("basalt", "ship").await.0, 200);
}

#[actix_web::test]
async fn a_session_opened_with_a_password_that_is_another_by_now_is_nobodys() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    assert!(is_signed_in(&ada).await);
    // What is left when a sign-in read the old hash before the change and saved its session after it.
    site.sql(
        "UPDATE accounts SET password_hash = 'another'; UPDATE versions SET value = value + 1 WHERE id = 2",
    );
    assert!(!is_signed_in(&ada).await);
    assert_eq!(ada.vote("amber", "ship").await.0, 401);
}

#[actix_web::test]
async fn a_role_is_looked_up_again_when_accounts_have_changed() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    assert!(is_signed_in(&ada).await);
    shiptally::cli::users::role(&site.database.url, "ada", Role::Moderator).unwrap();
    assert!(is_signed_in(&ada).await, "the session goes on with the new role");
}

#[actix_web::test]
async fn nobody_locks_another_out_and_the_answer_does_not_tell_of_accounts() {
    let site = TestSite::with(&["--trusted-proxies", "127.0.0.1"]);
    site.account("ada", Role::Member);
    let try_from = async |address: &str, login: &str, password: &str| {
        let form = [("email", login), ("password", password)];
        let browser = site.browser();
        let answer = browser.form("/login", &form).header("x-forwarded-for", address).send().await.unwrap();
        answer.status().as_u16()
    };
    for login in ["ada", "nobody"] {
        let mut last = 0;
        for _ in 0..21 {
            last = try_from("198.51.100.1", login, "a wrong password").await;
        }
        assert_eq!(last, 429, "guessing at {login} is slowed down from there");
    }
    let by_address = try_from("198.51.100.1", "ada@example.org", "a wrong password").await;
    assert_eq!(by_address, 429, "there is no second count for the same account");
    assert_eq!(try_from("198.51.100.1", "other@example.org", "a wrong password").await, 422);
    assert_eq!(try_from("203.0.113.7", "ada", PASSWORD).await, 303, "the owner signs in from elsewhere");
}

/// The sessions of a site, as its middleware has them.
fn stored(site: &TestSite) -> DatabaseSessions {
    DatabaseSessions::new(Database::open(&site.database.url).unwrap(), Arc::new(Freshness::default()))
}

async fn begin(sessions: &DatabaseSessions, state: &[(&str, String)]) -> SessionKey {
    let state: HashMap<_, _> =
        state.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    sessions.save(state, &Duration::hours(1)).await.unwrap()
}

#[actix_web::test]
async fn a_sign_in_opens_few_sessions_and_none_for_whoever_is_suspended_or_got_another_password_meanwhile() {
    let site = TestSite::start();
    let id = site.account("ada", Role::Member);
    let sessions = stored(&site);
    let hash: String =
        accounts::table.find(id).select(accounts::password_hash).first(&mut site.connect()).unwrap();
    let credential = serde_json::to_string(&session::Credential::of(&hash)).unwrap();
    let state = [("account", id.to_string()), ("credential", credential), ("confirmed", "1".to_owned())];
    let opens = async || {
        let key = begin(&sessions, &state).await;
        sessions.load(&key).await.unwrap().is_some_and(|state| state.contains_key("account"))
    };
    for _ in 0..52 {
        assert!(opens().await, "the newest stay");
    }
    assert_eq!(sessions::table.count().get_result(&mut site.connect()), Ok(50), "of one account");
    session::end_all(&mut site.connect(), id).unwrap();
    site.sql("UPDATE accounts SET suspended_at = '2026-11-01 00:00:00'");
    assert!(!opens().await, "suspended after the password was looked at");
    site.sql("UPDATE accounts SET suspended_at = NULL, password_hash = 'another'");
    assert!(!opens().await, "got another password after it");
    site.sql("DELETE FROM accounts");
    assert!(!opens().await, "deleted after it");
    assert_eq!(sessions::table.count().get_result(&mut site.connect()), Ok(0), "and nothing is stored");
}

#[actix_web::test]
async fn sessions_of_visitors_are_bounded_per_network_and_in_all() {
    let site = TestSite::start();
    let sessions = stored(&site);
    let count = |network: i64| {
        let of_network = sessions::table.filter(sessions::network.eq(network));
        of_network.count().get_result::<i64>(&mut site.connect()).unwrap()
    };
    begin(&sessions, &[("network", "8".to_owned())]).await;
    let mut newest = begin(&sessions, &[("network", "7".to_owned())]).await;
    for _ in 0..205 {
        newest = begin(&sessions, &[("network", "7".to_owned())]).await;
    }
    assert_eq!((count(7), count(8)), (200, 1), "one network takes no other's place");
    assert!(sessions.load(&newest).await.unwrap().is_some(), "the newest stay");

    let rows = |from: i32| -> String {
        let row = |n| format!("('{n}', '{{}}', '2026-01-01 00:00:00', '2099-01-01 00:00:00')");
        (from..from + 1000).map(row).collect::<Vec<_>>().join(", ")
    };
    for n in 0..11 {
        let insert = "INSERT INTO sessions (id_hash, state, created_at, expires_at) VALUES";
        site.connect().batch_execute(&format!("{insert} {}", rows(n * 1000))).unwrap();
    }
    begin(&stored(&site), &[("network", "9".to_owned())]).await;
    let all = sessions::table.count().get_result::<i64>(&mut site.connect()).unwrap();
    assert_eq!(all, 10_001);
    let cleared = session::remove_expired(&mut site.connect(), "2100-01-01T00:00:00".parse().unwrap());
    assert_eq!(cleared, Ok(10_001), "in small steps, all of them");
}

#[actix_web::test]
async fn a_visitors_vote_to_come_is_counted_to_their_network_until_they_sign_in() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    browser.post("/tools/amber/vote", &[("choice", "ship")]).await;
    let networks = || -> Vec<Option<i64>> {
        sessions::table.select(sessions::network).load(&mut site.connect()).unwrap()
    };
    assert!(matches!(networks()[..], [Some(_)]), "{:?}", networks());
    browser.sign_in("ada").await;
    assert_eq!(networks(), [None]);
}

#[actix_web::test]
async fn a_session_has_an_end_that_use_does_not_move() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let begun = Utc::now().naive_utc() - TimeDelta::days(89);
    diesel::update(sessions::table).set(sessions::created_at.eq(begun)).execute(&mut site.connect()).unwrap();
    ada.post("/tools/amber/vote", &[("choice", "ship")]).await;
    let end: NaiveDateTime = sessions::table.select(sessions::expires_at).first(&mut site.connect()).unwrap();
    assert!(end <= begun + TimeDelta::days(90), "{end}");
    assert!(is_signed_in(&ada).await);
}
