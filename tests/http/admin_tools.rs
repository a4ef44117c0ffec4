//! Tools in the admin area: the list, the form, two editors at once, the history, and withdrawing a change.

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use reqwest::Response;
use shiptally::accounts::Role;
use shiptally::db::schema::{changes, log_entries, revisions, submissions, tools};

use crate::page::{Page, Part};
use crate::site::{Browser, TestSite, location};

/// A browser of a new moderator who has signed in.
async fn moderator(site: &TestSite, handle: &str) -> Browser {
    site.account(handle, Role::Moderator);
    let browser = site.browser();
    browser.sign_in(handle).await;
    browser
}

fn id_of(site: &TestSite, slug: &str) -> i64 {
    tools::table.filter(tools::slug.eq(slug)).select(tools::id).first(&mut site.connect()).unwrap()
}

fn status_of(site: &TestSite, slug: &str) -> i16 {
    tools::table.filter(tools::slug.eq(slug)).select(tools::status).first(&mut site.connect()).unwrap()
}

fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(other, _)| other != name);
    fields.push((name.to_owned(), value.to_owned()));
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(other, _)| other == name).map_or("(none)", |(_, value)| value)
}

async fn send(browser: &Browser, path: &str, fields: &[(String, String)]) -> Response {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    browser.post(path, &pairs).await
}

/// Opens the form of a tool, changes it and sends it.
async fn change(browser: &Browser, id: i64, changes: &[(&str, &str)]) -> Response {
    let path = format!("/admin/tools/{id}");
    let mut form = browser.page(&path).await.fields();
    for (name, value) in changes {
        set(&mut form, name, value);
    }
    send(browser, &path, &form).await
}

async fn saved(browser: &Browser, id: i64, changes: &[(&str, &str)]) {
    let answer = change(browser, id, changes).await;
    let status = answer.status();
    let text = if status == 303 { String::new() } else { answer.text().await.unwrap() };
    assert_eq!(status, 303, "{text}");
}

#[actix_web::test]
async fn nobody_but_moderators_finds_the_tools_of_the_admin_area() {
    let site = TestSite::start();
    let id = id_of(&site, "amber");
    let (visitor, member) = (site.browser(), site.member("ada").await);
    for browser in [&visitor, &member] {
        for path in [
            "/admin/tools",
            "/admin/tools/new",
            &format!("/admin/tools/{id}"),
            &format!("/admin/history/tool/{id}"),
        ] {
            assert_eq!(browser.get(path).await.status(), 404, "{path}");
        }
        let form = [("name", "X"), ("number", "1"), ("reason", "x")];
        for path in [
            "/admin/tools/new".to_owned(),
            format!("/admin/tools/{id}"),
            format!("/admin/history/tool/{id}/restore"),
            format!("/admin/history/tool/{id}/withdraw"),
        ] {
            assert_eq!(browser.post(&path, &form).await.status(), 404, "{path}");
        }
    }
    let moderator = moderator(&site, "mo").await;
    for path in [
        "/admin/tools/999999",
        "/admin/tools/x",
        "/admin/history/tool/999999",
        "/admin/history/thing/1",
        "/admin/history/tool/x",
    ] {
        assert_eq!(moderator.get(path).await.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn the_list_is_searched_filtered_and_sorted() {
    let site = TestSite::start();
    let browser = moderator(&site, "mo").await;
    let names = async |query: &str| {
        let page = browser.page(&format!("/admin/tools{query}")).await;
        page.all("tbody th[scope=row] a").iter().map(Part::text).collect::<Vec<_>>()
    };
    assert_eq!(names("?sort=name").await, ["Amber", "Basalt", "Cobalt", "Delta & <Sons>", "Draft Tool"]);
    assert_eq!(names("?q=BALT&sort=name").await, ["Cobalt"]);
    assert_eq!(names("?q=draft-t").await, ["Draft Tool"]);
    assert_eq!(names("?q=%25").await, [""; 0]);
    assert_eq!(names("?q=a_b").await, [""; 0]);
    assert_eq!(names("?status=draft").await, ["Draft Tool"]);
    assert_eq!(names("?category=research&sort=name").await, ["Cobalt", "Delta & <Sons>"]);
    assert_eq!(names("?category=nowhere").await, [""; 0]);
    assert_eq!(names("?attention=few-reviews&sort=name").await.len(), 4);
    assert_eq!(names("?attention=overdue").await, [""; 0]);
    assert_eq!(names("?attention=undated").await, [""; 0]);
    assert_eq!(names("?attention=draft").await, [""; 0]);
    site.sql(
        "UPDATE tools SET price_checked_on = '2024-01-01' WHERE slug = 'amber';
         UPDATE tools SET price_checked_on = NULL WHERE slug = 'basalt';
         UPDATE facts SET checked_on = NULL WHERE tool_id = (SELECT id FROM tools WHERE slug = 'cobalt');
         UPDATE tools SET updated_at = '2024-01-01 00:00:00' WHERE slug IN ('draft-tool', 'amber');",
    );
    assert_eq!(names("?attention=overdue").await, ["Amber"]);
    assert_eq!(names("?attention=undated&sort=name").await, ["Basalt", "Cobalt"]);
    assert_eq!(names("?attention=undated&sort=checked").await, ["Basalt", "Cobalt"]);
    assert_eq!(names("?attention=draft").await, ["Draft Tool"]);
}

#[actix_web::test]
async fn a_tool_is_drafted_previewed_and_published() {
    let site = TestSite::start();
    let (browser, visitor) = (moderator(&site, "mo").await, site.browser());
    let sent =
        "name=Echo+One&website=https%3A%2F%2Fecho.example%2F&category=research&description=Says+it+again.";
    let mut form = browser.page(&format!("/admin/tools/new?{sent}")).await.fields();
    assert_eq!((value(&form, "name"), value(&form, "category")), ("Echo One", "research"));
    assert_eq!(value(&form, "reviews[1].reviewer"), "skeptic", "a block for each of the panel");
    for (name, value) in [
        ("pricing.plans[0].name", "Pro"),
        ("pricing.plans[0].price", "20.00"),
        ("pricing.plans[0].currency", "USD"),
        ("facts[0].label", "Licence"),
        ("facts[0].value", "MIT"),
        ("reviews[1].verdict", "skip"),
        ("reviews[1].score", "35"),
        ("reviews[1].take", "It only repeats."),
    ] {
        set(&mut form, name, value);
    }
    let answer = send(&browser, "/admin/tools/new", &form).await;
    assert_eq!(answer.status(), 303);
    let id = id_of(&site, "echo-one");
    assert_eq!(location(&answer), format!("/admin/tools/{id}"));
    assert_eq!(status_of(&site, "echo-one"), 0, "a draft");
    assert_eq!(
        change(&browser, id, &[("do", "preview")]).await.status(),
        200,
        "before any page was drawn anew"
    );
    assert_eq!(visitor.get("/tools/echo-one").await.status(), 404);

    let refused = change(&browser, id, &[("do", "publish")]).await;
    assert_eq!(refused.status(), 422);
    assert!(Page::read(refused).await.says("A tagline is required"));

    let preview = change(&browser, id, &[("do", "preview"), ("tagline", "It says it <again>")]).await;
    assert_eq!(preview.status(), 200);
    let preview = Page::read(preview).await;
    for piece in ["Preview.", "It says it <again>", "It only repeats.", "$20", "The Skeptic"] {
        assert!(preview.says(piece), "{piece}");
    }
    assert!(preview.has("meta[name=robots][content=noindex]"));
    let mut carried = preview.fields();
    assert_eq!(value(&carried, "tagline"), "It says it <again>");
    assert_eq!(visitor.get("/tools/echo-one").await.status(), 404);

    set(&mut carried, "do", "edit");
    let form = send(&browser, &format!("/admin/tools/{id}"), &carried).await;
    let mut form = Page::read(form).await.fields();
    assert_eq!(value(&form, "tagline"), "It says it <again>", "nothing is lost on the way back");
    set(&mut form, "do", "publish");
    set(&mut form, "reason", "It is ready.");
    assert_eq!(send(&browser, &format!("/admin/tools/{id}"), &form).await.status(), 303);
    let page = visitor.page("/tools/echo-one").await;
    assert!(page.says("It says it <again>") && page.says("It only repeats."));
    assert!(!page.mentions("Preview"));

    let log: Vec<(String, String, Option<String>, String)> = log_entries::table
        .filter(log_entries::object_id.eq(id))
        .order(log_entries::id)
        .select((log_entries::act, log_entries::label, log_entries::public_label, log_entries::reason))
        .load(&mut site.connect())
        .unwrap();
    let text = str::to_owned;
    assert_eq!(log[0], (text("created"), text("Echo One"), None, String::new()));
    assert_eq!(log[1], (text("published"), text("Echo One"), Some(text("Echo One")), text("It is ready.")));
}

#[actix_web::test]
async fn what_was_typed_stays_and_each_complaint_stands_beside_its_field() {
    let site = TestSite::start();
    let browser = moderator(&site, "mo").await;
    let id = id_of(&site, "amber");
    let answer = change(
        &browser,
        id,
        &[
            ("website", "not <a> link"),
            ("pricing.plans[0].price", "cheap"),
            ("facts[2].value", "A fact without a name"),
            ("reviews[0].score", "many"),
            ("description", "Two\r\n\r\nparagraphs"),
        ],
    )
    .await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    let form = page.fields();
    for (name, typed) in [
        ("website", "not <a> link"),
        ("pricing.plans[0].price", "cheap"),
        ("facts[1].value", "A fact without a name"),
        ("reviews[0].score", "many"),
        ("description", "Two\n\nparagraphs"),
    ] {
        assert_eq!(value(&form, name), typed);
    }
    for id in [
        "f-website",
        "f-pricing-plans-0-price",
        "f-pricing-plans-0-name",
        "f-facts-1-label",
        "f-reviews-0-score",
    ] {
        assert_ne!(page.complaint(id), "", "{id}");
        assert!(page.leads_to(&format!("#{id}")), "{id}");
    }
    assert!(page.says("Expected a number, found text."));
    assert_eq!(status_of(&site, "amber"), 1);

    let taken = change(&browser, id, &[("slug", "basalt")]).await;
    assert_eq!(taken.status(), 422);
    assert!(Page::read(taken).await.says(r#""basalt" is already used by another tool"#));
}

#[actix_web::test]
async fn rows_come_and_go_without_anything_being_saved() {
    let site = TestSite::start();
    let browser = moderator(&site, "mo").await;
    let path = format!("/admin/tools/{}", id_of(&site, "amber"));
    let page = browser.page(&path).await;
    let first = page.all("button[form=record], form#record button")[0];
    assert_eq!((first.attr("name"), first.attr("value")), ("do", "save"), "Enter saves: {first}");
    let mut form = page.fields();
    set(&mut form, "name", "Amber typed");
    set(&mut form, "facts[1].label", "Second");
    set(&mut form, "rows", "add:facts");
    let answer = send(&browser, &path, &form).await;
    assert_eq!(answer.status(), 200);
    let mut form = Page::read(answer).await.fields();
    assert_eq!(
        (value(&form, "name"), value(&form, "facts[1].label"), value(&form, "facts[2].label")),
        ("Amber typed", "Second", "")
    );
    set(&mut form, "rows", "remove:facts[0]");
    let form = Page::read(send(&browser, &path, &form).await).await.fields();
    assert_eq!((value(&form, "facts[0].label"), value(&form, "facts[1].label")), ("(none)", "Second"));
    assert!(site.browser().page("/tools/amber").await.says("Licence"));
    assert_eq!(revisions::table.count().get_result::<i64>(&mut site.connect()).unwrap(), 0);

    // And what was removed is gone once it is saved.
    assert_eq!(send(&browser, &path, &form).await.status(), 303);
    let page = site.browser().page("/tools/amber").await;
    assert!(page.says("Second") && page.all("dt").iter().all(|label| !label.says("Licence")));
}

#[actix_web::test]
async fn saving_what_does_not_differ_keeps_nothing() {
    let site = TestSite::start();
    let browser = moderator(&site, "mo").await;
    for slug in ["amber", "delta", "draft-tool"] {
        saved(&browser, id_of(&site, slug), &[("reason", "For nothing.")]).await;
    }
    let conn = &mut site.connect();
    assert_eq!(revisions::table.count().get_result::<i64>(conn).unwrap(), 0);
    assert_eq!(log_entries::table.count().get_result::<i64>(conn).unwrap(), 0);
}

#[actix_web::test]
async fn archiving_takes_a_reason_and_can_be_undone() {
    let site = TestSite::start();
    let (browser, visitor) = (moderator(&site, "mo").await, site.browser());
    let id = id_of(&site, "amber");
    assert_eq!(change(&browser, id, &[("do", "archive")]).await.status(), 422);
    saved(&browser, id, &[("do", "archive"), ("reason", "It is gone.")]).await;
    assert_eq!((status_of(&site, "amber"), visitor.get("/tools/amber").await.status().as_u16()), (2, 404));
    saved(&browser, id, &[("do", "redraft")]).await;
    assert_eq!(status_of(&site, "amber"), 0);
    saved(&browser, id, &[("do", "archive"), ("reason", "Still.")]).await;
    saved(&browser, id, &[("do", "publish")]).await;
    assert_eq!(visitor.get("/tools/amber").await.status(), 200);
    let acts: Vec<String> =
        log_entries::table.order(log_entries::id).select(log_entries::act).load(&mut site.connect()).unwrap();
    assert_eq!(acts, ["archived", "restored", "archived", "restored"]);
}

#[actix_web::test]
async fn of_two_editors_at_once_one_wins_and_the_other_is_asked() {
    let site = TestSite::start();
    let (first, second) = (moderator(&site, "first").await, moderator(&site, "second").await);
    let id = id_of(&site, "amber");
    let path = format!("/admin/tools/{id}");
    let (mut mine, mut theirs) = (first.page(&path).await.fields(), second.page(&path).await.fields());
    set(&mut mine, "tagline", "By the first");
    set(&mut theirs, "tagline", "By the second");
    set(&mut theirs, "name", "Amber of the second");
    let (one, other) = futures_util::join!(send(&first, &path, &mine), send(&second, &path, &theirs));
    let mut statuses = [one.status().as_u16(), other.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "exactly one wins");
    let conn = &mut site.connect();
    assert_eq!(revisions::table.count().get_result::<i64>(conn).unwrap(), 2);

    // Whoever lost sees both, and may take either.
    let (loser, browser, words) =
        if one.status() == 409 { (one, &first, "By the first") } else { (other, &second, "By the second") };
    let page = Page::read(loser).await;
    assert!(page.mentions("By the first") && page.mentions("By the second"));
    let mut form = page.fields();
    assert_eq!(value(&form, "tagline"), words, "nothing is lost");
    set(&mut form, "keep", "mine");
    assert_eq!(send(browser, &path, &form).await.status(), 303);
    assert!(site.browser().page("/tools/amber").await.says(words));
}

#[actix_web::test]
async fn an_editor_chooses_field_by_field() {
    let site = TestSite::start();
    let (browser, other) = (moderator(&site, "mo").await, moderator(&site, "other").await);
    let id = id_of(&site, "amber");
    let path = format!("/admin/tools/{id}");
    let mut mine = browser.page(&path).await.fields();
    saved(
        &other,
        id,
        &[("tagline", "Their line"), ("pricing.entry", "Their price"), ("reviews[1].take", "Their take")],
    )
    .await;
    set(&mut mine, "name", "My name");
    set(&mut mine, "tagline", "My line");
    set(&mut mine, "reason", "My reason");
    let answer = send(&browser, &path, &mine).await;
    assert_eq!(answer.status(), 409);
    let mut form = Page::read(answer).await.fields();
    let choice = |name: &str| value(&form, &format!("choice.{name}")).to_owned();
    assert_eq!((choice("name"), choice("tagline")), ("mine".into(), "mine".into()));
    assert_eq!((choice("pricing.entry"), choice("reviews[skeptic]")), ("theirs".into(), "theirs".into()));
    assert_eq!(choice("website"), "(none)", "only what differs is asked");

    // Somebody else is faster once more.
    saved(&other, id, &[("website", "https://newer.example/")]).await;
    set(&mut form, "keep", "choices");
    let answer = send(&browser, &path, &form).await;
    assert_eq!(answer.status(), 409);
    let mut form = Page::read(answer).await.fields();
    set(&mut form, "keep", "choices");
    assert_eq!(value(&form, "reason"), "My reason");
    set(&mut form, "choice.website", "theirs");
    set(&mut form, "choice.pricing.entry", "theirs");
    set(&mut form, "choice.reviews[skeptic]", "theirs");
    assert_eq!(send(&browser, &path, &form).await.status(), 303);
    let form = browser.page(&path).await.fields();
    for (name, text) in [
        ("name", "My name"),
        ("tagline", "My line"),
        ("pricing.entry", "Their price"),
        ("reviews[1].take", "Their take"),
        ("website", "https://newer.example/"),
    ] {
        assert_eq!(value(&form, name), text);
    }
}

#[actix_web::test]
async fn a_form_without_a_token_overwrites_nothing() {
    let site = TestSite::start();
    let browser = moderator(&site, "mo").await;
    let id = id_of(&site, "amber");
    assert_eq!(change(&browser, id, &[("token", ""), ("name", "X")]).await.status(), 409);
    assert_eq!(revisions::table.count().get_result::<i64>(&mut site.connect()).unwrap(), 0);
}

#[actix_web::test]
async fn the_history_shows_what_differs_and_brings_it_back() {
    let site = TestSite::start();
    let (browser, visitor) = (moderator(&site, "mo").await, site.browser());
    let id = id_of(&site, "amber");
    let path = format!("/admin/history/tool/{id}");
    assert!(browser.page(&path).await.says("No changes yet"));
    saved(&browser, id, &[("tagline", "Amber does two things"), ("reason", "It grew.")]).await;
    saved(&browser, id, &[("slug", "amber-two"), ("reviews[0].verdict", "skip")]).await;
    let page = browser.page(&path).await;
    for piece in ["@mo", "It grew.", "initial version", "edited"] {
        assert!(page.says(piece), "{piece}");
    }
    assert!(page.leads_to(&format!("{path}?from=2&to=3")), "{page}");
    let difference = browser.page(&format!("{path}?from=1&to=2")).await;
    let (gone, new) = (difference.all("del"), difference.all("ins"));
    assert!(gone.iter().any(|words| words.says("removed: one]")), "word by word: {difference}");
    assert!(new.iter().any(|words| words.says("added: two]")), "word by word: {difference}");
    assert!(difference.says("Tagline"));
    let difference = browser.page(&format!("{path}?from=1&to=3")).await;
    assert!(difference.says("Review by The Builder: verdict") && difference.says("amber-two"));
    assert!(browser.page(&format!("{path}?from=0&to=1")).await.says("Licence"));
    assert_eq!(browser.get(&format!("{path}?from=1&to=9")).await.status(), 404);

    let restore = [("number", "1"), ("reason", "It shrank."), ("status", "then")];
    let answer = browser.post(&format!("{path}/restore"), &restore).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, path.as_str()));
    let page = visitor.page("/tools/amber").await;
    assert!(page.says("Amber does one thing"));
    assert_eq!(visitor.get("/tools/amber-two").await.status(), 308, "the address it had leads on");
    let acts: Vec<i16> =
        revisions::table.order(revisions::number).select(revisions::act).load(&mut site.connect()).unwrap();
    assert_eq!(acts, [0, 2, 2, 5], "restoring is itself a change");
}

#[actix_web::test]
async fn other_records_have_a_history_too() {
    let site = TestSite::start();
    let browser = moderator(&site, "mo").await;
    let amber = id_of(&site, "amber");
    // A new address changes the comparison with it; what it said before comes back all the same.
    saved(&browser, amber, &[("slug", "zircon")]).await;
    let mut catalogue = crate::site::catalogue();
    catalogue["comparisons"][0]["tools"] = serde_json::json!(["zircon", "basalt"]);
    catalogue["comparisons"][0]["summary"] = "Another summary.".into();
    catalogue["tools"][0]["slug"] = "zircon".into();
    catalogue["categories"][0]["name"] = "Tools for Developers".into();
    catalogue["reviewers"][0]["motto"] = "Make it fast.".into();
    let file = shiptally::catalogue::file::parse(&catalogue.to_string()).unwrap();
    let conn = &mut site.connect();
    shiptally::catalogue::file::import(conn, &file, Utc::now().naive_utc(), |_, _| {}).unwrap();
    site.settle();
    for (kind, words, back) in [
        ("category", "Developers", "Developer Tools"),
        ("reviewer", "fast.", "Make it run."),
        ("comparison", "Another", "Two developer tools."),
    ] {
        let path = format!("/admin/history/{kind}/1");
        let page = browser.page(&format!("{path}?from=1&to=2")).await;
        assert!(page.says(words), "{kind}");
        let answer = browser
            .post(&format!("{path}/restore"), &[("number", "1"), ("reason", "x"), ("status", "kept")])
            .await;
        let status = answer.status();
        assert_eq!(status, 303, "{kind}: {}", answer.text().await.unwrap());
        assert!(
            browser.page(&format!("{path}?from=2&to=3")).await.says(back.split(' ').next().unwrap()),
            "{kind}"
        );
    }
    let page = site.browser().page("/compare/basalt-vs-zircon").await;
    assert!(page.says("Two developer tools."));
    assert!(page.says("Pick Amber if you like yellow"), "{page}");
}

#[actix_web::test]
async fn a_first_publish_is_withdrawn_without_a_trace() {
    let site = TestSite::start();
    let (browser, visitor) = (moderator(&site, "mo").await, site.browser());
    let id = id_of(&site, "draft-tool");
    saved(&browser, id, &[("do", "publish"), ("slug", "early"), ("reason", "Too early.")]).await;
    assert_eq!(visitor.get("/tools/early").await.status(), 200);
    assert!(visitor.page("/moderation").await.says("Draft Tool"));
    let path = format!("/admin/history/tool/{id}");
    assert!(browser.page(&path).await.says("can be undone until"));
    let withdraw = format!("{path}/withdraw");
    assert_eq!(browser.post(&withdraw, &[("number", "2"), ("reason", " ")]).await.status(), 422);
    assert_eq!(browser.post(&withdraw, &[("number", "1"), ("reason", "x")]).await.status(), 409);
    let answer = browser.post(&withdraw, &[("number", "2"), ("reason", "Wrong tool.")]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, path.as_str()));

    for gone in ["/tools/early", "/tools/draft-tool"] {
        assert_eq!(visitor.get(gone).await.status(), 404, "{gone}");
    }
    for page in ["/moderation", "/changes", "/"] {
        assert!(!visitor.page(page).await.mentions("Draft Tool"), "{page}");
    }
    let published_at: Option<chrono::NaiveDateTime> =
        tools::table.find(id).select(tools::published_at).first(&mut site.connect()).unwrap();
    assert_eq!((status_of(&site, "draft-tool"), published_at), (0, None), "once published it is new");
    let page = browser.page(&path).await;
    assert!(page.says("undone") && page.says("Wrong tool.") && page.says("Too early."));
    assert_eq!(browser.post(&withdraw, &[("number", "3"), ("reason", "x")]).await.status(), 409);
}

#[actix_web::test]
async fn a_change_is_withdrawn_within_fifteen_minutes_and_not_later() {
    let site = TestSite::start();
    let (browser, visitor) = (moderator(&site, "mo").await, site.browser());
    let id = id_of(&site, "amber");
    let withdraw = format!("/admin/history/tool/{id}/withdraw");
    saved(&browser, id, &[("pricing.entry", "$5"), ("facts[0].value", "GPL")]).await;
    saved(&browser, id, &[("pricing.entry", "$6"), ("reviews[0].verdict", "skip")]).await;
    assert!(visitor.page("/changes").await.says("$6"));
    assert_eq!(browser.post(&withdraw, &[("number", "3"), ("reason", "A slip.")]).await.status(), 303);
    let page = visitor.page("/tools/amber").await;
    assert!(page.says("$5") && !page.mentions("$6"));
    let told = visitor.page("/changes").await;
    assert!(told.says("$5") && !told.mentions("$6"));
    let conn = &mut site.connect();
    assert_eq!(changes::table.count().get_result::<i64>(conn).unwrap(), 2);
    assert_eq!(revisions::table.count().get_result::<i64>(conn).unwrap(), 4, "the admin area keeps all");

    // The change before it is next, while there is time.
    let long_ago = Utc::now().naive_utc() - TimeDelta::minutes(16);
    diesel::update(revisions::table).set(revisions::made_at.eq(long_ago)).execute(conn).unwrap();
    assert!(!browser.page(&format!("/admin/history/tool/{id}")).await.mentions("can be undone until"));
    let late = browser.post(&withdraw, &[("number", "2"), ("reason", "A slip.")]).await;
    assert_eq!(late.status(), 422);
    let page = Page::read(late).await;
    assert!(page.says("more than 15 minutes ago"));
    assert!(visitor.page("/tools/amber").await.says("$5"));
}

#[actix_web::test]
async fn a_submission_is_accepted_by_the_tool_that_comes_of_it() {
    let site = TestSite::start();
    let browser = moderator(&site, "mo").await;
    let ada = site.account("ada", Role::Member);
    let submit = |id: i64, status: i16| {
        sql_query(format!(
            "INSERT INTO submissions (id, kind, account_id, name, content, status, answer, made_at)
             VALUES ({id}, 0, {ada}, 'Echo', '{{\"website\": \"\", \"category\": \"\", \"why\": \"\"}}', {status}, '', '2026-11-01 12:00:00')"
        ))
        .execute(&mut site.connect())
        .unwrap();
    };
    submit(501, 0);
    submit(502, 2);
    for (submission, name) in [(501, "Echo"), (502, "Foxtrot")] {
        let page = browser
            .page(&format!("/admin/tools/new?submission={submission}&name={name}&category=research"))
            .await;
        let mut form = page.fields();
        assert_eq!(value(&form, "submission"), submission.to_string());
        set(&mut form, "rows", "add:facts");
        let again = Page::read(send(&browser, "/admin/tools/new", &form).await).await.fields();
        assert_eq!(send(&browser, "/admin/tools/new", &again).await.status(), 303);
    }
    let decided: Vec<(i16, Option<i64>)> = submissions::table
        .order(submissions::id)
        .select((submissions::status, submissions::outcome_tool_id))
        .load(&mut site.connect())
        .unwrap();
    assert_eq!(decided, [(1, Some(id_of(&site, "echo"))), (2, None)], "one that was decided on stays so");
    let acts: Vec<String> =
        log_entries::table.order(log_entries::id).select(log_entries::act).load(&mut site.connect()).unwrap();
    assert_eq!(acts, ["created", "accepted", "created"]);
}

#[actix_web::test]
async fn a_form_with_more_rows_than_anybody_fills_in_is_refused() {
    let site = TestSite::start();
    let moderator = moderator(&site, "mona").await;
    let names: Vec<String> = (0..5001).map(|n| format!("facts[{n}].label")).collect();
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let answer = moderator.post("/admin/tools/new", &fields).await;
    assert_eq!(answer.status(), 413);
    assert!(Page::read(answer).await.says("This form has too many rows."));
    assert_eq!(moderator.post("/admin/tools/new", &fields[1..]).await.status(), 422, "as many are read");
}
