//! What readers send to the admin area: tools they miss, corrections, reports.

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use futures_util::future::join_all;
use shiptally::accounts::Role;
use shiptally::db::schema::{accounts, submissions};
use shiptally::submissions::store;
use shiptally::submissions::submission::{Content, Submission, ToolSuggestion};

use crate::page::Page;
use crate::site::{Browser, TestSite, header, location};

/// A tool that the site does not have.
pub(crate) const ELECTRUM: [(&str, &str); 4] = [
    ("name", "Electrum"),
    ("website", "https://electrum.example/tool"),
    ("category", "research"),
    ("why", "It reads papers.\r\nWe ship with it."),
];

pub(crate) const PRICE: [(&str, &str); 4] = [
    ("field", "price"),
    ("value", "$5 per month"),
    ("source", "https://tool.example/pricing"),
    ("why", "Since November."),
];

pub(crate) const ADVERT: [(&str, &str); 3] =
    [("take", "builder"), ("reason", "advert"), ("words", "The maker wrote it.")];

/// A form with one field filled in otherwise.
fn but<'a>(form: &[(&'a str, &'a str)], field: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let others = form.iter().copied().filter(|(name, _)| *name != field);
    others.chain([(field, value)]).collect()
}

/// Everything that was sent, in order.
fn sent(site: &TestSite) -> Vec<Submission> {
    let mut conn = site.connect();
    let senders: Vec<i64> = accounts::table.select(accounts::id).order(accounts::id).load(&mut conn).unwrap();
    let mut all: Vec<Submission> =
        senders.into_iter().flat_map(|id| store::sent_by(&mut conn, id, 0..1000).unwrap()).collect();
    all.sort_by_key(|item| item.id);
    all
}

fn suggestion(item: &Submission) -> &ToolSuggestion {
    match &item.content {
        Content::Tool(suggestion) => Some(suggestion),
        _ => None,
    }
    .expect("a suggestion of a tool")
}

/// A form, one of its fields filled in badly, and the complaint about that.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str, &'a str);

#[actix_web::test]
async fn a_member_sends_each_kind_and_finds_it_on_their_account() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let answer = ada.post("/submit", &ELECTRUM).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/account#sent-h"));
    let account = ada.page("/account").await;
    assert!(account.says("Thank you. A moderator will review it."), "{account}");
    for (path, form) in [("/tools/amber/correct", &PRICE[..]), ("/tools/amber/report", &ADVERT)] {
        let answer = ada.post(path, form).await;
        assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/tools/amber"), "{path}");
        assert!(ada.page("/tools/amber").await.says("Thank you. A moderator will review it."));
    }
    assert_eq!(ada.post("/tools/amber/report", &but(&ADVERT, "take", "")).await.status(), 303);

    let items = sent(&site);
    let titles: Vec<String> = items.iter().map(Submission::title).collect();
    assert_eq!(titles, ["Electrum", "Amber: the price", "Amber: review by The Builder", "Amber: whole page"]);
    assert_eq!(suggestion(&items[0]).why, "It reads papers.\nWe ship with it.");
    for path in ["/account", "/account/sent"] {
        let page = ada.page(path).await;
        for title in &titles {
            assert!(page.says(title), "{title} on {path}");
        }
        assert!(page.says("$5 per month") && page.says("Pending") && page.says("4 submissions"), "{page}");
    }
    let eve = site.member("eve").await;
    for path in ["/account", "/account/sent"] {
        let page = eve.page(path).await;
        assert!(!page.mentions("Electrum") && page.says("No submissions yet."), "{page}");
    }
}

#[actix_web::test]
async fn visitors_are_led_to_the_sign_in_page_and_back() {
    let site = TestSite::start();
    let visitor = site.browser();
    for (path, next) in [
        ("/submit?name=Electrum", "/login?next=%2Fsubmit%3Fname%3DElectrum"),
        ("/tools/amber/correct", "/login?next=%2Ftools%2Famber%2Fcorrect"),
        ("/tools/amber/report?take=builder", "/login?next=%2Ftools%2Famber%2Freport%3Ftake%3Dbuilder"),
        ("/account/sent", "/login?next=%2Faccount%2Fsent"),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!((answer.status().as_u16(), location(&answer)), (303, next), "{path}");
    }
    for (path, form) in
        [("/submit", &ELECTRUM[..]), ("/tools/amber/correct", &PRICE), ("/tools/amber/report", &ADVERT)]
    {
        let answer = visitor.post(path, form).await;
        let next = format!("/login?next={}", path.replace('/', "%2F"));
        assert_eq!((answer.status().as_u16(), location(&answer)), (303, next.as_str()), "{path}");
    }
    assert!(sent(&site).is_empty());
    let ada = site.member("ada").await;
    assert_eq!(ada.page("/submit?name=Elec%26trum").await.typed("name"), "Elec&trum");
    let page = ada.page("/tools/amber/report?take=skeptic").await;
    let take = page.one("select[name=take] option[selected]");
    assert_eq!(take.attr("value"), "skeptic");
    assert!(take.text().starts_with("The review by The Skeptic"), "{take}");
    let page = ada.page("/tools/amber/correct?field=fact").await;
    assert!(page.typed("field") == "fact" && page.says("Free (open source)"), "{page}");
    let prices: Vec<String> = page.all(".pairs-dl dt").iter().map(crate::page::Part::text).collect();
    assert!(
        ["Starting price", "Pricing"].iter().all(|label| prices.iter().any(|told| told == label)),
        "{page}"
    );
    assert!(page.one("label[for=source]").text() == "Source", "{page}");
}

#[actix_web::test]
async fn what_is_sent_after_the_session_has_ended_is_there_again_after_signing_in() {
    let site = TestSite::start();
    site.account("ada", Role::Member);
    for (path, form, typed) in [
        ("/submit", &ELECTRUM[..], ("name", "Electrum")),
        ("/tools/amber/correct", &PRICE, ("field", "price")),
        ("/tools/amber/report", &ADVERT, ("reason", "advert")),
    ] {
        let browser = site.browser();
        let answer = browser.post(path, form).await;
        assert!(browser.page(location(&answer)).await.says("We’ll keep what you typed."), "{path}");
        browser.sign_in("ada").await;
        let page = browser.page(path).await;
        for (name, value) in form {
            assert_eq!(page.typed(name), value.replace("\r\n", "\n"), "{path}: {name}: {page}");
        }
        assert_ne!(browser.page(path).await.typed(typed.0), typed.1, "{path}: once");
    }
    let much = "x".repeat(20_000);
    let browser = site.browser();
    let answer = browser.post("/submit", &[("why", &much)]).await;
    assert!(
        !browser.page(location(&answer)).await.mentions("We’ll keep what you typed."),
        "not without bounds"
    );
    assert!(sent(&site).is_empty());
}

#[actix_web::test]
async fn every_bad_field_has_its_reason_beside_it_and_what_was_typed_stays() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let (long, longer) = ("n".repeat(301), "é".repeat(2_001));
    let address = "Enter a valid web address";
    let cases: [Case<'_>; 17] = [
        ("/submit", &ELECTRUM, "name", " ", "Enter the name of the tool."),
        ("/submit", &ELECTRUM, "name", &long, "At most 300 characters; yours has 301."),
        ("/submit", &ELECTRUM, "website", "", "Enter the website of the tool."),
        ("/submit", &ELECTRUM, "website", "javascript:alert(1)", address),
        ("/submit", &ELECTRUM, "website", "ftp://electrum.example", address),
        ("/submit", &ELECTRUM, "category", "nothing", "Choose one of these categories."),
        ("/submit", &ELECTRUM, "why", "\r\n", "Say in a sentence or two why to add it."),
        ("/submit", &ELECTRUM, "why", &longer, "At most 2,000 characters; yours has 2,001."),
        ("/tools/amber/correct", &PRICE, "field", "colour", "Choose what is wrong."),
        ("/tools/amber/correct", &PRICE, "value", "", "Enter the correct value."),
        ("/tools/amber/correct", &PRICE, "source", "", "A price or a fact needs a source."),
        ("/tools/amber/correct", &PRICE, "source", "no address", address),
        ("/tools/amber/correct", &PRICE, "why", &longer, "At most 2,000 characters; yours has 2,001."),
        ("/tools/amber/report", &ADVERT, "take", "nobody", "Choose the whole page or one of the reviews."),
        ("/tools/amber/report", &ADVERT, "reason", "", "Choose a reason."),
        ("/tools/amber/report", &ADVERT, "words", "", "Describe what is wrong."),
        ("/tools/amber/report", &ADVERT, "words", &longer, "At most 2,000 characters; yours has 2,001."),
    ];
    for (path, form, field, value, reason) in cases {
        let answer = ada.post(path, &but(form, field, value)).await;
        assert_eq!(answer.status(), 422, "{path} {field}");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        let page = Page::read(answer).await;
        assert!(page.complaint(field).starts_with(reason), "{path} {field}: {page}");
        assert!(page.one(&format!(r##"a[href="#{field}"]"##)).text().starts_with(reason), "{path} {field}");
        assert_eq!(page.count("[aria-invalid=true]"), 1, "{path} {field}");
        for (name, typed) in form.iter().filter(|(name, _)| *name != field) {
            assert_eq!(
                page.typed(name),
                typed.replace("\r\n", "\n"),
                "{path} {field}: {name} is kept: {page}"
            );
        }
    }
    assert!(sent(&site).is_empty());
    // A slip in the spelling of an address and a fact without a page to check it are two things.
    let other = but(&but(&PRICE, "field", "description"), "source", "");
    assert_eq!(ada.post("/tools/amber/correct", &other).await.status(), 303);
    assert_eq!(ada.post("/submit", &but(&ELECTRUM, "website", "electrum.example")).await.status(), 303);
    assert_eq!(suggestion(&sent(&site)[1]).website, "https://electrum.example");
}

#[actix_web::test]
async fn what_is_there_already_is_pointed_out_before_sending() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    site.sql("UPDATE tools SET website = 'https://www.cobalt.example/app/' WHERE slug = 'cobalt'");
    let (ada, eve) = (site.member("ada").await, site.member("eve").await);
    for (field, value, found) in [
        ("name", "AMBER", "/tools/amber"),
        ("name", "Amberr", "/tools/amber"),
        ("website", "http://cobalt.example/app?from=ad", "/tools/cobalt"),
    ] {
        let form = but(&ELECTRUM, field, value);
        let answer = ada.post("/submit", &form).await;
        assert_eq!(answer.status(), 409, "{value}");
        let page = Page::read(answer).await;
        assert!(page.leads_to(found) && page.says("Send anyway"), "{page}");
        assert_eq!(page.typed("why"), "It reads papers.\nWe ship with it.");
        assert_eq!(page.typed(field), value);
        assert!(sent(&site).is_empty(), "nothing is sent yet");
    }
    for (field, value) in
        [("website", "https://cobalt.example/another"), ("website", "https://tool.example/deeper")]
    {
        assert_eq!(
            eve.post("/submit", &but(&ELECTRUM, field, value)).await.status(),
            303,
            "{value} is another"
        );
        site.sql("DELETE FROM submissions");
    }

    let amber = but(&ELECTRUM, "name", "Amberr");
    let page = Page::read(ada.post("/submit", &amber).await).await;
    let key = page.hidden("anyway");
    let anyway = but(&amber, "anyway", &key);
    let other = but(&anyway, "name", "Basaltt");
    assert_eq!(ada.post("/submit", &other).await.status(), 409, "another name is looked for again");
    assert_eq!(ada.post("/submit", &anyway).await.status(), 303);
    assert_eq!(sent(&site).len(), 1);

    // Open suggestions of the same name count too; nobody learns whose they are.
    assert_eq!(ada.post("/submit", &ELECTRUM).await.status(), 303);
    let answer = eve.post("/submit", &but(&ELECTRUM, "name", "electrum")).await;
    assert_eq!(answer.status(), 409);
    let page = Page::read(answer).await;
    assert!(page.says("Another member has already suggested a tool with this name."), "{page}");
    assert!(!page.mentions("ada"), "{page}");
    // Whoever sends it twice is still one.
    site.sql(
        "INSERT INTO submissions (id, kind, account_id, name, content, status, answer, made_at)
         SELECT 900, kind, account_id, 'ELECTRUM', content, status, answer, made_at FROM submissions WHERE name = 'Electrum'",
    );
    let twice = Page::read(eve.post("/submit", &but(&ELECTRUM, "name", "electrum")).await).await;
    assert!(twice.says("Another member has already suggested"), "{twice}");
    let answer = ada.post("/submit", &but(&ELECTRUM, "why", "Another reason.")).await;
    assert_eq!(answer.status(), 409);
    assert!(Page::read(answer).await.says("You have already suggested a tool with this name."));
    site.sql("UPDATE submissions SET status = 2");
    assert_eq!(eve.post("/submit", &ELECTRUM).await.status(), 303, "what was declined is no duplicate");
}

#[actix_web::test]
async fn the_same_form_sent_twice_is_stored_once() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let (ada, eve) = (site.member("ada").await, site.member("eve").await);
    for (path, form) in
        [("/submit", &ELECTRUM[..]), ("/tools/amber/correct", &PRICE), ("/tools/amber/report", &ADVERT)]
    {
        let all = join_all((0..8).map(|_| ada.post(path, form))).await;
        assert!(all.iter().all(|answer| answer.status() == 303), "{path}");
    }
    assert_eq!(sent(&site).len(), 3);
    assert_eq!(ada.post("/submit", &ELECTRUM).await.status(), 303);
    assert!(ada.page("/account").await.says("You have already sent this."));
    assert_eq!(ada.post("/tools/basalt/correct", &PRICE).await.status(), 303, "of another tool");
    assert_eq!(eve.post("/tools/amber/correct", &PRICE).await.status(), 303, "of somebody else");
    assert_eq!(sent(&site).len(), 5);
    site.sql("UPDATE submissions SET status = 1");
    assert_eq!(ada.post("/tools/amber/correct", &PRICE).await.status(), 303, "it is not right again");
    assert_eq!(sent(&site).len(), 6);
}

#[actix_web::test]
async fn an_account_sends_ten_at_once_and_is_then_asked_to_wait() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    for n in 0..10 {
        let value = format!("${n}");
        assert_eq!(ada.post("/tools/amber/correct", &but(&PRICE, "value", &value)).await.status(), 303);
    }
    let answer = ada.post("/tools/amber/correct", &PRICE).await;
    assert_eq!(answer.status(), 429);
    let seconds: u32 = header(&answer, "retry-after").parse().unwrap();
    assert!((1..=600).contains(&seconds), "{seconds}");
    let page = Page::read(answer).await;
    assert!(
        page.says("Too many submissions in a short time. Try again in 10 minutes.")
            && page.typed("why") == "Since November.",
        "{page}"
    );
    assert!(page.says("Send correction"), "it can be sent again from here");
    assert_eq!(ada.post("/tools/amber/correct", &but(&PRICE, "value", "")).await.status(), 422);
    assert_eq!(sent(&site).len(), 10);
    assert_eq!(site.member("eve").await.post("/tools/amber/correct", &PRICE).await.status(), 303);
}

#[actix_web::test]
async fn ten_items_declined_as_spam_make_their_sender_wait() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let ada = site.member("ada").await;
    let eve = site.member("eve").await;
    for n in 0..10 {
        let value = format!("${n}");
        assert_eq!(ada.post("/tools/amber/correct", &but(&PRICE, "value", &value)).await.status(), 303);
    }
    let mut conn = site.connect();
    let decided = Utc::now().naive_utc() - TimeDelta::days(30);
    diesel::update(submissions::table)
        .set((submissions::status.eq(3_i16), submissions::decided_at.eq(decided)))
        .execute(&mut conn)
        .unwrap();
    let from = (decided + TimeDelta::days(91)).date().format("%-d %B %Y").to_string();
    for (path, form) in
        [("/submit", &ELECTRUM[..]), ("/tools/amber/correct", &PRICE), ("/tools/amber/report", &ADVERT)]
    {
        let page = ada.page(path).await;
        assert!(page.says(&from) && !page.has("form.form button.primary"), "{page}");
        let answer = ada.post(path, form).await;
        assert_eq!(answer.status(), 429, "{path}");
        assert!(header(&answer, "retry-after").parse::<u32>().unwrap() > 59 * 86_400);
        assert!(Page::read(answer).await.says(&from), "{path}");
        assert_eq!(eve.post(path, form).await.status(), 303, "{path} of somebody else");
    }
    assert_eq!(sent(&site).len(), 13);
    // One of the ten grows old, and nine are left.
    let old = Utc::now().naive_utc() - TimeDelta::days(91);
    let first = submissions::table.filter(submissions::status.eq(3_i16)).select(submissions::id);
    let first: i64 = first.order(submissions::id).first(&mut conn).unwrap();
    diesel::update(submissions::table.find(first))
        .set(submissions::decided_at.eq(old))
        .execute(&mut conn)
        .unwrap();
    assert_eq!(ada.post("/tools/amber/report", &ADVERT).await.status(), 303);
}

#[actix_web::test]
async fn a_suspended_account_sends_nothing() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    // As when it is suspended while a request is under way: its session is there still.
    site.sql(
        "INSERT INTO exclusions (kind, reason, subject_id, made_at)
           SELECT 4, 'Spam', id, '2026-11-01 00:00:00' FROM accounts;
         UPDATE accounts SET suspended_at = '2026-11-01 00:00:00', suspension_id = (SELECT max(id) FROM exclusions)",
    );
    for (path, form) in
        [("/submit", &ELECTRUM[..]), ("/tools/amber/correct", &PRICE), ("/tools/amber/report", &ADVERT)]
    {
        for answer in [ada.get(path).await, ada.post(path, form).await] {
            assert_eq!(answer.status(), 403, "{path}");
            assert!(Page::read(answer).await.says("This account is suspended"), "{path}");
        }
    }
    assert!(sent(&site).is_empty());
}

#[actix_web::test]
async fn only_published_tools_are_corrected_and_old_addresses_lead_on() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    for tool in ["nothing", "draft-tool", "a%00b", "..%2Fx"] {
        for (form, fields) in [("correct", &PRICE[..]), ("report", &ADVERT)] {
            let path = format!("/tools/{tool}/{form}");
            assert_eq!(ada.get(&path).await.status(), 404, "{path}");
            assert_eq!(ada.post(&path, fields).await.status(), 404, "{path}");
        }
    }
    let page = Page::read(ada.get("/tools/ambr/report").await).await;
    assert!(page.leads_to("/tools/amber"), "{page}");
    let answer = ada.get("/tools/Amber/correct").await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (308, "/tools/amber/correct"));
    assert!(sent(&site).is_empty());
}

#[actix_web::test]
async fn public_pages_lead_to_the_forms_and_are_the_same_for_all_visitors() {
    let site = TestSite::start();
    let (one, other) = (site.browser(), site.browser());
    let pages: [(&str, &[&str]); 3] = [
        ("/tools", &["/submit"]),
        ("/tools?q=zz%26top", &["/submit?name=zz%26top"]),
        (
            "/tools/amber",
            &[
                "/tools/amber/correct",
                "/tools/amber/report",
                "/tools/amber/report?take=builder",
                "/tools/amber/report?take=skeptic",
            ],
        ),
    ];
    for (path, links) in pages {
        let answer = one.get(path).await;
        assert!(header(&answer, "cache-control").starts_with("public"), "{path}");
        let page = Page::read(answer).await;
        for link in links {
            assert!(page.leads_to(link), "{link} on {path}: {page}");
        }
        assert_eq!(
            page.says("Missing a tool?"),
            path.starts_with("/tools") && path != "/tools/amber",
            "{path}"
        );
        assert_eq!(page, other.page(path).await, "{path}");
    }
}

#[actix_web::test]
async fn a_long_list_of_what_was_sent_is_paged() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let id: i64 = accounts::table.select(accounts::id).first(&mut site.connect()).unwrap();
    let rows: Vec<String> = (0..120)
        .map(|n| format!("(0, {id}, 'Tool {n:03}', '{{\"website\":\"https://a.example\",\"category\":\"\",\"why\":\"x\"}}', 0, '', '2026-11-0{} 12:00:00')", 1 + n / 60))
        .collect();
    site.sql(&format!(
        "INSERT INTO submissions (kind, account_id, name, content, status, answer, made_at) VALUES {}",
        rows.join(", ")
    ));
    let account = ada.page("/account").await;
    assert!(account.says("Tool 119") && !account.mentions("Tool 114"), "{account}");
    assert_eq!(account.one(r#"a[href="/account/sent"]"#).text(), "All my submissions");
    assert!(account.says("120 submissions"), "{account}");
    let lines = async |browser: &Browser, path: &str| browser.page(path).await.count("th[scope=row]");
    assert_eq!(lines(&ada, "/account/sent").await, 50);
    assert_eq!(lines(&ada, "/account/sent?page=3").await, 20);
    assert!(ada.page("/account/sent?page=99").await.says("Page 3 of 3"));
}

#[actix_web::test]
async fn moderators_send_like_everybody_else() {
    let site = TestSite::start();
    site.account("mod", Role::Moderator);
    let moderator = site.browser();
    moderator.sign_in("mod").await;
    assert_eq!(moderator.post("/submit", &ELECTRUM).await.status(), 303);
    assert_eq!(sent(&site).len(), 1);
}
