//! Signing up and signing in.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use futures_util::future::join_all;
use shiptally::accounts::Role;
use shiptally::db::schema::accounts;

use crate::page::Page;
use crate::site::{Browser, PASSWORD, TestSite, header, location};

const ADA: [(&str, &str); 3] = [("handle", "Ada"), ("email", "Ada@Example.org"), ("password", PASSWORD)];

/// The sign-up form with one field filled in otherwise.
fn ada_but<'a>(field: &str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    ADA.map(|(name, usual)| (name, if name == field { value } else { usual })).to_vec()
}

#[actix_web::test]
async fn who_signs_up_is_signed_in_and_welcomed_once() {
    let site = TestSite::start();
    let browser = site.browser();
    let answer = browser.post("/signup", &ADA).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/account"));
    let page = browser.page("/account").await;
    assert!(page.says("Welcome, Ada. Your account is ready."), "{page}");
    assert!(page.one(r#"header a[href="/account"]"#).text() == "@Ada", "the handle keeps its case");
    assert!(page.says("ada@example.org"), "the address is kept in lower case");
    assert!(!browser.page("/account").await.mentions("Welcome"), "the line is shown once");
    let answer = browser.get("/signup").await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/account"), "nobody signs up twice");
}

#[actix_web::test]
async fn every_bad_field_has_its_reason_beside_it_and_what_was_typed_stays() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let letters = "Username can contain letters (a to z), digits, hyphens and underscores, and must begin and end with a letter \
                   or digit.";
    let (long, longer) = ("a".repeat(31), format!("{}@example.org", "a".repeat(250)));
    let endless = "ab7 ".repeat(33);
    for (field, value, reason) in [
        ("handle", "", "Choose a username."),
        ("handle", "a", "Username must have 2 to 30 characters."),
        ("handle", &long, "Username must have 2 to 30 characters."),
        ("handle", "two words", letters),
        ("handle", "_ada", letters),
        ("handle", "a\u{0}b", letters),
        ("email", "", "Enter your email address."),
        ("email", "ada", "Enter a valid email address."),
        ("email", "a\u{0}@example.org", "Enter a valid email address."),
        ("email", &longer, "Enter a valid email address."),
        ("password", "", "Choose a password."),
        ("password", "too short", "Password must have at least 10 characters."),
        ("password", &endless, "Password must have at most 128 characters."),
        ("password", "Password123", "This password is too common. Choose another."),
    ] {
        let answer = site.browser().post("/signup", &ada_but(field, value)).await;
        assert_eq!(answer.status(), 422, "{field} {value:?}");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "set-cookie"), "", "nobody is signed in");
        let page = Page::read(answer).await;
        assert_eq!(page.complaint(field), reason, "{field} {value:?}: {page}");
        assert_eq!(page.count("[aria-invalid]"), 1, "{field} {value:?}: one complaint");
        for (name, usual) in [("handle", "Ada"), ("email", "Ada@Example.org")] {
            // A zero is no character of a page.
            let typed = if name == field { value.replace('\0', "\u{FFFD}") } else { usual.to_owned() };
            let form = page.one("form[action='/signup']");
            assert_eq!(form.one(&format!("[name={name}]")).typed(), typed, "{field} {value:?}: {name} stays");
        }
        assert!(
            value.len() < 9 || field != "password" || !page.mentions(value),
            "a password is not sent back"
        );
    }
    assert_eq!(accounts::table.count().get_result(&mut site.connect()), Ok(0));
}

#[actix_web::test]
async fn all_bad_fields_are_told_at_once() {
    let site = TestSite::start();
    let page = Page::read(site.browser().post("/signup", &[]).await).await;
    for field in ["handle", "email", "password"] {
        assert_ne!(page.complaint(field), "", "{field}");
    }
}

#[actix_web::test]
async fn markup_in_a_form_comes_back_as_text() {
    let site = TestSite::start();
    let nasty = r#""><script>alert(1)</script>"#;
    let form = [("handle", nasty), ("email", nasty), ("password", ""), ("next", nasty)];
    for path in ["/signup", "/login"] {
        let page = Page::read(site.browser().post(path, &form).await).await;
        assert_eq!(page.count("script:not([src])"), 0, "{path}: {page}");
        let form = page.one(&format!("form[action='{path}']"));
        assert_eq!(form.one("[name=email]").typed(), nasty, "{path}: {page}");
        assert!(path == "/login" || page.typed("handle") == nasty, "{page}");
    }
}

#[actix_web::test]
async fn a_username_or_address_is_given_once_whatever_its_case() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let handle = [("handle", "ADA"), ("email", "other@example.org"), ("password", PASSWORD)];
    let answer = site.browser().post("/signup", &handle).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert_eq!(page.complaint("handle"), "This username is taken. Choose another.", "{page}");
    let email = [("handle", "other"), ("email", "ADA@Example.ORG"), ("password", PASSWORD)];
    let answer = site.browser().post("/signup", &email).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    let complaint = page.complaint("email");
    assert!(complaint.starts_with("There is already an account with this email."), "{page}");
    assert_eq!(accounts::table.count().get_result(&mut site.connect()), Ok(1));
}

#[actix_web::test]
async fn twenty_sign_ups_at_once_with_one_handle_leave_one_account() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let browsers: Vec<Browser> = (0..20).map(|_| site.browser()).collect();
    let sign_ups = browsers.iter().enumerate().map(|(n, browser)| async move {
        let (handle, email) = (if n % 2 == 0 { "racer" } else { "RACER" }, format!("racer{n}@example.org"));
        let form = [("handle", handle), ("email", &email), ("password", PASSWORD)];
        browser.post("/signup", &form).await.status().as_u16()
    });
    let mut statuses = join_all(sign_ups).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303, "{statuses:?}");
    assert!(statuses[1..].iter().all(|status| *status == 422), "{statuses:?}");
    assert_eq!(accounts::table.count().get_result(&mut site.connect()), Ok(1));
}

#[actix_web::test]
async fn passwords_are_stored_as_argon2id_hashes_alone() {
    let site = TestSite::start();
    site.browser().post("/signup", &ADA).await;
    let hash: String = accounts::table.select(accounts::password_hash).first(&mut site.connect()).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}

#[actix_web::test]
async fn one_signs_in_by_address_or_handle_in_any_case() {
    let site = TestSite::start();
    site.account("Ada", Role::Member);
    for login in ["Ada", "ada", "ADA", "ada@example.org", "ADA@EXAMPLE.ORG", " ada "] {
        let browser = site.browser();
        browser.sign_in(login).await;
        assert!(browser.page("/account").await.says("@Ada"), "{login:?}");
    }
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_account_are_answered_alike_in_text_and_time() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    site.account("known", Role::Member);
    let browser = site.browser();
    let mut times = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    let mut told = Vec::new();
    // The least of several is what it costs; the rest is what else the machine did.
    let costs = |times: &[Vec<Duration>; 4]| times.each_ref().map(|each| *each.iter().min().unwrap());
    let alike = |costs: [Duration; 4]| *costs.iter().max().unwrap() < *costs.iter().min().unwrap() * 3;
    for round in 0..40 {
        if round >= 7 && alike(costs(&times)) {
            break;
        }
        told.clear();
        for (n, login) in ["known", "other", "known@example.org", "other@example.org"].iter().enumerate() {
            let started = Instant::now();
            let answer = browser.post("/login", &[("email", login), ("password", "not the password")]).await;
            times[n].push(started.elapsed());
            let status = answer.status().as_u16();
            let mut headers: Vec<String> = answer.headers().keys().map(ToString::to_string).collect();
            headers.sort();
            let page = Page::read(answer).await;
            // The key of the form beside it is another on each page.
            let key = page.hidden("form_key");
            told.push((status, headers, page.source().replace(login, "LOGIN").replace(&key, "KEY")));
        }
    }
    assert_eq!(told[0].0, 422);
    assert!(Page::of(told[0].2.as_str()).says("Incorrect email, username or password."));
    assert!(told.iter().all(|each| *each == told[0]), "{told:#?}");
    let costs = costs(&times);
    assert!(alike(costs), "{costs:?}");
    assert!(
        costs.into_iter().min() > Some(Duration::from_millis(2)),
        "a password was really checked: {costs:?}"
    );
}

#[actix_web::test]
async fn logins_that_no_account_can_have_are_answered_like_any_other() {
    let site = TestSite::start();
    let endless = "a".repeat(20_000);
    for login in ["", "a\u{0}b", "a\u{0}@example.org", "' OR 1=1 --", "🙂", &endless] {
        let answer = site.browser().post("/login", &[("email", login), ("password", "whatever it is")]).await;
        assert_eq!(answer.status(), 422, "{:?}", &login[..login.len().min(20)]);
    }
}

#[actix_web::test]
async fn guessing_passwords_is_slowed_down() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    let browser = site.browser();
    // The burst of one account is 20; what is typed in another case counts for the same one.
    for n in 0..20 {
        let login = if n % 2 == 0 { "ada" } else { "ADA" };
        let answer = browser.post("/login", &[("email", login), ("password", "guess")]).await;
        assert_eq!(answer.status(), 422, "try {n}");
    }
    let answer = browser.post("/login", &[("email", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status(), 429, "even with the right password");
    let seconds: u64 = header(&answer, "retry-after").parse().unwrap();
    let page = Page::read(answer).await;
    let plural = if seconds == 1 { "" } else { "s" };
    let told = format!("Too many attempts. Try again in {seconds} second{plural}.");
    assert!(page.says(&told) && page.one("#login").typed() == "ada", "{seconds}: {page}");
    let program = browser.form("/login", &[("email", "ada")]).header("accept", "application/json");
    let told: serde_json::Value = program.send().await.unwrap().json().await.unwrap();
    assert_eq!(told["error"]["status"], 429);
    site.account("grace", Role::Member);
    browser.sign_in("grace").await;
}

#[actix_web::test]
async fn both_forms_stand_on_both_pages_the_one_asked_for_first() {
    let site = TestSite::start();
    for (path, first) in [("/login", "Sign in"), ("/signup", "Create an account")] {
        let page = site.browser().page(path).await;
        assert_eq!(page.one("h1").text(), first);
        assert_eq!(page.all("main form").first().map(|form| form.attr("action")), Some(path), "{page}");
        let ids: Vec<_> = page.all("[id]").iter().map(|part| part.attr("id").to_owned()).collect();
        for field in page.all("main input:not([type=hidden])") {
            assert_eq!(page.count(&format!("label[for='{}']", field.attr("id"))), 1, "{path}: {field}");
            assert_eq!(ids.iter().filter(|id| *id == field.attr("id")).count(), 1, "{path}: {field}");
        }
        for (form, fields) in [
            ("/signup", &["handle", "email", "password", "next"][..]),
            ("/login", &["email", "password", "next"]),
        ] {
            for name in fields {
                assert_eq!(
                    page.count(&format!("form[action='{form}'] [name={name}]")),
                    1,
                    "{path}: {form} {name}"
                );
            }
        }
        assert!(page.says("We keep your username"), "{path}");
    }
}

#[actix_web::test]
async fn every_page_lets_whoever_is_signed_in_sign_out() {
    let site = TestSite::start();
    let browser = site.browser();
    for path in ["/", "/tools/amber", "/compare/amber-vs-basalt"] {
        assert!(!browser.page(path).await.has("form[action='/logout']"), "{path}");
    }
    site.account("ada", Role::Member);
    browser.sign_in("ada").await;
    for path in ["/", "/tools/amber", "/compare/amber-vs-basalt", "/account", "/nothing"] {
        assert_eq!(
            Page::read(browser.get(path).await).await.one("form[action='/logout'] button").text(),
            "Sign out",
            "{path}"
        );
    }
    browser.post("/logout", &[]).await;
    assert_eq!(location(&browser.get("/account").await), "/login?next=%2Faccount");
}

#[actix_web::test]
async fn a_form_comes_back_with_the_focus_on_what_is_wrong() {
    let site = TestSite::start();
    let browser = site.browser();
    for (path, fields, title, field) in [
        ("/login", &[("email", "nobody"), ("password", "guess")][..], "Error: Sign in", "login"),
        ("/signup", &[("handle", "ada"), ("password", PASSWORD)], "Error: Create an account", "email"),
        ("/signup", &[], "Error: Create an account", "handle"),
    ] {
        let empty = browser.page(path).await;
        assert!(!empty.has("[autofocus]") && !empty.mentions("Error: "), "{path}");
        let page = Page::read(browser.post(path, fields).await).await;
        assert!(page.title().starts_with(title), "{page}");
        let input = page.one("[autofocus]");
        assert_eq!((input.attr("id"), input.attr("aria-invalid")), (field, "true"), "{path}: {input}");
        let error = input.attr("aria-describedby").split(' ').next_back().unwrap();
        assert_ne!(page.one(&format!("#{error}")).text(), "", "{path}: {input}");
    }
}

#[actix_web::test]
async fn signing_up_in_bulk_is_slowed_down() {
    let site = TestSite::start();
    for n in 0..20 {
        assert_eq!(site.browser().post("/signup", &[]).await.status(), 422, "try {n}");
    }
    let answer = site.browser().post("/signup", &ADA).await;
    assert_eq!(answer.status(), 429);
    assert!(header(&answer, "retry-after").parse::<u64>().unwrap() >= 1);
}

#[actix_web::test]
async fn limits_are_kept_for_each_address_that_a_trusted_proxy_names() {
    for (flags, second) in [(&["--trusted-proxies", "127.0.0.1"][..], 422), (&[], 429)] {
        let site = TestSite::with(flags);
        let browser = site.browser();
        let from = async |address: &str| {
            browser.form("/signup", &[]).header("x-forwarded-for", address).send().await.unwrap().status()
        };
        for _ in 0..20 {
            assert_eq!(from("198.51.100.1").await, 422);
        }
        assert_eq!(from("198.51.100.1").await, 429);
        assert_eq!(from("198.51.100.2").await, second, "{flags:?}");
    }
}

#[actix_web::test]
async fn after_signing_in_one_goes_on_within_this_site_only() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    site.account("ada", Role::Member);
    for (next, leads) in [
        ("/compare/amber-vs-basalt?x=1#amber", "/compare/amber-vs-basalt?x=1#amber"),
        ("", "/account"),
        ("compare", "/account"),
        ("//evil.example/", "/account"),
        ("/\\evil.example", "/account"),
        ("/..//evil.example", "/account"),
        ("https://evil.example/", "/account"),
        ("javascript:alert(1)", "/account"),
        ("/\t/evil.example", "/account"),
        ("/a\r\nSet-Cookie: x=1", "/account"),
    ] {
        let form = [("email", "ada"), ("password", PASSWORD), ("next", next)];
        let browser = site.browser();
        let answer = browser.post("/login", &form).await;
        assert_eq!((answer.status().as_u16(), location(&answer)), (303, leads), "{next:?}");
        let query: String = reqwest::Url::parse_with_params("http://x/login", [("next", next)])
            .unwrap()
            .query()
            .unwrap()
            .to_owned();
        let answer = browser.get(&format!("/login?{query}")).await;
        assert_eq!(location(&answer), leads, "{next:?} of somebody who is signed in");
    }
}
