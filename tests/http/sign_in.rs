//! Who is let in when others guess, and names and passwords in the letters of any language.

use actix_web::rt;
use diesel::prelude::*;
use futures_util::future::join_all;
use shiptally::accounts::{Role, store};
use shiptally::db::schema::accounts;

use crate::page::Page;
use crate::site::{Browser, PASSWORD, TestSite, location};
use crate::support::TestDatabase;

/// Tries to sign in from an address that a proxy names.
async fn sign_in_from(browser: &Browser, address: &str, login: &str, password: &str) -> u16 {
    let form = browser.form("/login", &[("email", login), ("password", password)]);
    form.header("x-forwarded-for", address).send().await.unwrap().status().as_u16()
}

#[actix_web::test]
async fn whoever_has_not_guessed_is_let_in_however_many_others_guess() {
    let site = TestSite::with(&["--trusted-proxies", "127.0.0.1"]);
    site.account("ada", Role::Member);
    let (mut wrong, mut refused) = (0, 0);
    for network in 0..6 {
        for attempt in 0..20 {
            // By name and by address it is one account, whose tries are counted together.
            let login = if attempt % 2 == 0 { "ada" } else { "ADA@example.org" };
            match sign_in_from(&site.browser(), &format!("198.51.100.{network}"), login, "a guess").await {
                422 => wrong += 1,
                429 => refused += 1,
                other => unreachable!("{other}"),
            }
        }
    }
    // Each network's first try is let through, whatever the others did.
    assert!(wrong + refused == 120 && (100..110).contains(&wrong), "{wrong} {refused}");
    for login in ["ada", "ada@example.org"] {
        let answer = sign_in_from(&site.browser(), "198.51.100.1", login, PASSWORD).await;
        assert_eq!(answer, 429, "{login}: who guesses is not let in");
    }
    assert_eq!(sign_in_from(&site.browser(), "203.0.113.7", "ada", PASSWORD).await, 303);
    assert_eq!(sign_in_from(&site.browser(), "2001:db8::7", "ada@example.org", PASSWORD).await, 303);
    // Where the account has signed in before, a slip locks nobody out.
    assert_eq!(sign_in_from(&site.browser(), "203.0.113.7", "ada", "a slip").await, 422);
    assert_eq!(sign_in_from(&site.browser(), "203.0.113.7", "ada", PASSWORD).await, 303);
}

#[actix_web::test]
async fn guesses_of_strangers_do_not_keep_somebody_signed_in_from_confirming() {
    let site = TestSite::start();
    site.account("chief", Role::Admin);
    let admin = site.browser();
    admin.sign_in("chief").await;
    let mut last = 0;
    for _ in 0..21 {
        let guess = [("email", "chief"), ("password", "a guess")];
        last = site.browser().post("/login", &guess).await.status().as_u16();
    }
    assert_eq!(last, 429);
    let answer = admin.post("/admin/door", &[("password", PASSWORD), ("next", "/admin/log")]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/admin/log"));
    let change = [("current", PASSWORD), ("password", "tallies go up and down")];
    assert_eq!(admin.post("/account/password", &change).await.status(), 303);
    // What is guessed there has a limit of its own.
    let mut statuses = Vec::new();
    for _ in 0..21 {
        statuses.push(admin.post("/admin/door", &[("password", "a guess")]).await.status().as_u16());
    }
    assert_eq!((statuses[0], statuses[20]), (422, 429), "{statuses:?}");
}

#[actix_web::test]
async fn a_flood_of_sign_ins_from_one_network_leaves_others_their_turn() {
    let site = TestSite::with(&["--trusted-proxies", "127.0.0.1", "--rate-limits", "off"]);
    site.account("ada", Role::Member);
    let flood = (0..200).map(|n| {
        let browser = site.browser();
        async move {
            let (address, login) = (format!("2001:db8:7:{n:x}::1"), format!("nobody-{n}"));
            sign_in_from(&browser, &address, &login, "a guess").await
        }
    });
    let flood = rt::spawn(join_all(flood.collect::<Vec<_>>()));
    assert_eq!(sign_in_from(&site.browser(), "203.0.113.7", "ada", PASSWORD).await, 303);
    let statuses = flood.await.unwrap();
    assert!(statuses.iter().all(|status| [422, 503].contains(status)), "{statuses:?}");
    assert!(statuses.contains(&503), "its line has an end: {statuses:?}");
}

#[actix_web::test]
async fn sign_ups_from_one_48_are_counted_together() {
    let site = TestSite::with(&["--trusted-proxies", "127.0.0.1"]);
    let browser = site.browser();
    let mut let_through = 0;
    for n in 0..60 {
        let form = browser.form("/signup", &[]).header("x-forwarded-for", format!("2001:db8:7:{n:x}00::1"));
        let_through += usize::from(form.send().await.unwrap().status() == 422);
    }
    assert_eq!(let_through, 40);
}

#[actix_web::test]
async fn usernames_are_one_in_any_case_whatever_the_language_of_the_database() {
    let turkish = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'";
    let site = TestSite::on(TestDatabase::in_locale(turkish), &[]);
    site.account("IRMA-I", Role::Member);
    for login in ["IRMA-I", "irma-i", "Irma-i", "IRMA-I@EXAMPLE.ORG"] {
        let browser = site.browser();
        browser.sign_in(login).await;
        assert!(browser.page("/account").await.says("@IRMA-I"), "{login}");
    }
    for login in ["\u{131}rma-\u{131}", "\u{130}RMA-\u{130}"] {
        let answer = site.browser().post("/login", &[("email", login), ("password", PASSWORD)]).await;
        assert_eq!(answer.status(), 422, "{login} is another name");
    }
    let form = [("handle", "irma-i"), ("email", "other@example.org"), ("password", PASSWORD)];
    let page = Page::read(site.browser().post("/signup", &form).await).await;
    assert_eq!(page.complaint("handle"), "This username is taken. Choose another.", "{page}");
    site.account("marlow", Role::Moderator);
    let moderator = site.browser();
    moderator.sign_in("marlow").await;
    for q in ["irma-i", "IRMA", "@Irma-I"] {
        assert!(moderator.page(&format!("/admin/people?q={q}")).await.says("@IRMA-I"), "{q}");
    }
    assert!(store::find_by_login(&mut site.connect(), "irma-I").unwrap().is_some());
}

#[actix_web::test]
async fn an_address_or_password_is_the_same_however_it_is_written() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let (composed, apart) = ("Pässwort-größe-é", "Pa\u{308}sswort-gro\u{308}ße-e\u{301}");
    let sign_up = async |handle: &str, email: &str| {
        let form = [("handle", handle), ("email", email), ("password", composed)];
        let answer = site.browser().post("/signup", &form).await;
        match answer.status().as_u16() {
            303 => String::new(),
            _ => Page::read(answer).await.complaint("email"),
        }
    };
    assert_eq!(sign_up("irma", "ada@bücher.example").await, "");
    const TAKEN: &str = "There is already an account with this email.";
    for same in ["ada@xn--bcher-kva.example", "ADA@BU\u{308}CHER.example"] {
        assert_eq!(sign_up("other", same).await, TAKEN, "{same}");
    }
    for (login, password) in
        [("irma", apart), ("ada@xn--bcher-kva.example", composed), ("Ada@bu\u{308}cher.example", apart)]
    {
        let browser = site.browser();
        let answer = browser.post("/login", &[("email", login), ("password", password)]).await;
        assert_eq!(answer.status(), 303, "{login}");
        assert!(browser.page("/account").await.says("ada@bücher.example"));
    }
    assert_eq!(sign_up("kelvin", "k@example.org").await, "");
    assert_eq!(sign_up("other", "\u{212a}@example.org").await, "Enter a valid email address.");
    let kelvin = [("email", "\u{212a}@example.org"), ("password", composed)];
    assert_eq!(site.browser().post("/login", &kelvin).await.status(), 422, "the Kelvin sign is no k");
    assert_eq!(sign_up("marks", "e\u{301}@example.org").await, "");
    assert_eq!(sign_up("other", "\u{e9}@example.org").await, TAKEN);
    assert_eq!(sign_up("other", "\u{200b}@example.org").await, "Enter a valid email address.");
    // What an older version stored is found, too.
    site.sql("UPDATE accounts SET email = 'ada@bücher.example' WHERE handle = 'irma'");
    assert_eq!(sign_up("other", "ada@xn--bcher-kva.example").await, TAKEN);
    let login = [("email", "ada@xn--bcher-kva.example"), ("password", composed)];
    assert_eq!(site.browser().post("/login", &login).await.status(), 303);
}

#[actix_web::test]
async fn names_that_speak_for_the_site_and_passwords_that_give_themselves_away_are_refused() {
    let site = TestSite::with(&["--rate-limits", "off", "--site-name", "Tool Court"]);
    for handle in ["admin", "Moderator", "sup-port", "tool-court"] {
        let form = [("handle", handle), ("email", "ada@example.org"), ("password", PASSWORD)];
        let page = Page::read(site.browser().post("/signup", &form).await).await;
        assert_eq!(page.complaint("handle"), "This username is reserved. Choose another.", "{page}");
    }
    let browser = site.member("grace").await;
    for (password, reason) in [
        ("my-GRACE-ful-password", "Password must not contain your username."),
        ("welcome to toolcourt", "Password must not contain the name of this site."),
        ("grace@example.org", "Password must not be your email address."),
    ] {
        let new = [("handle", "grace"), ("email", "grace@example.org"), ("password", password)];
        let page = Page::read(site.browser().post("/signup", &new).await).await;
        assert_eq!(page.complaint("password"), reason, "{page}");
        let change = [("current", PASSWORD), ("password", password)];
        let answer = browser.post("/account/password", &change).await;
        assert_eq!(answer.status(), 422);
        assert_eq!(Page::read(answer).await.complaint("password"), reason);
    }
    assert_eq!(accounts::table.count().get_result(&mut site.connect()), Ok(1));
}
