//! An address that a record had leads on for good: pages, comparisons, tallies, streams and votes.

use chrono::Utc;
use diesel::prelude::*;
use futures_util::StreamExt;
use serde_json::json;
use shiptally::catalogue::edit::{self, Edit, EditError};
use shiptally::catalogue::file::{self, Record, State};
use shiptally::catalogue::history::By;
use shiptally::catalogue::{Act, RecordKind, Status, addresses, withdraw};
use shiptally::db::schema::redirects;

use crate::page::Page;
use crate::site::{Browser, TestSite, catalogue, location};

/// Stores what `change` makes of a record.
pub(crate) fn change(
    site: &TestSite,
    kind: RecordKind,
    slug: &str,
    change: impl FnOnce(State) -> State,
) -> Result<(), EditError> {
    let done = site.connect().write(|conn| {
        let id = addresses::id_by_slug(conn, kind, slug)?.ok_or(EditError::Gone)?;
        let state = change(edit::stored(conn, kind, id)?.ok_or(EditError::Gone)?);
        let by = By { account_id: None, reason: "", at: Utc::now().naive_utc() };
        edit::store(conn, Edit { id: Some(id), seen: None, state: &state, act: Act::Edited, by })?;
        Ok(())
    });
    site.settle();
    done
}

/// Gives a record another slug.
fn rename(site: &TestSite, kind: RecordKind, old: &str, new: &str) {
    let slug = new.parse().unwrap();
    let renamed = change(site, kind, old, |mut state| {
        match &mut state.record {
            Record::Tool(record) => record.slug = slug,
            Record::Category(record) => record.slug = slug,
            Record::Reviewer(record) => record.slug = slug,
            Record::Comparison(_) => {}
        }
        state
    });
    renamed.unwrap();
}

/// The parts of a page that the first frame of a stream moves.
async fn first_parts(browser: &Browser, path: &str) -> Vec<String> {
    let answer = browser.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    let mut told = String::new();
    let mut stream = answer.bytes_stream();
    while !told.contains("event: part") || !told.ends_with("\n\n") {
        told.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
    }
    let data = told.lines().filter_map(|line| line.strip_prefix("data: "));
    let id =
        |data: &str| Some(serde_json::from_str::<serde_json::Value>(data).ok()?["id"].as_str()?.to_owned());
    data.filter_map(id).collect()
}

async fn leads_to(browser: &Browser, from: &str, to: &str) {
    let answer = browser.get(from).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (308, to), "{from}");
}

#[actix_web::test]
async fn a_slash_at_the_end_and_capitals_lead_to_the_address_that_is_meant() {
    let site = TestSite::start();
    let visitor = site.browser();
    for (from, to) in [
        ("/tools/", "/tools"),
        ("/compare//", "/compare"),
        ("/Tools?q=Amber&page=2", "/tools?q=Amber&page=2"),
        ("/Tools/Amber/", "/tools/amber"),
        ("/Compare/Amber-vs-Basalt", "/compare/amber-vs-basalt"),
        ("/METHODOLOGY//", "/methodology"),
    ] {
        leads_to(&visitor, from, to).await;
    }
    for path in ["/Admin", "/admin/", "/Nothing/", "//evil.example/", "//Tools"] {
        assert_eq!(visitor.get(path).await.status(), 404, "{path}");
    }
    assert_eq!(
        visitor.post("/Tools/amber/vote", &[("choice", "ship")]).await.status(),
        404,
        "only pages move"
    );
}

#[actix_web::test]
async fn pages_lead_from_a_former_address_to_the_present_one() {
    let site = TestSite::start();
    let visitor = site.browser();
    assert_eq!(visitor.get("/tools/zircon").await.status(), 404);
    rename(&site, RecordKind::Tool, "amber", "copal");
    rename(&site, RecordKind::Tool, "copal", "zircon");
    rename(&site, RecordKind::Category, "research", "science");
    rename(&site, RecordKind::Reviewer, "builder", "maker");

    leads_to(&visitor, "/tools/amber", "/tools/zircon").await;
    leads_to(&visitor, "/tools/Amber", "/tools/zircon").await;
    leads_to(&visitor, "/tools/copal", "/tools/zircon").await;
    leads_to(&visitor, "/categories/research", "/categories/science").await;
    leads_to(&visitor, "/reviewers/builder", "/reviewers/maker").await;
    assert!(visitor.page("/tools/zircon").await.says("Amber"));
    // A name that nothing ever had still offers near ones.
    let answer = visitor.get("/tools/zirkon").await;
    assert_eq!(answer.status(), 404);
    assert!(Page::read(answer).await.leads_to("/tools/zircon"));
}

#[actix_web::test]
async fn a_form_at_a_former_address_leads_on_and_leaves_what_is_to_be_said_for_the_next_page() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    rename(&site, RecordKind::Tool, "amber", "copal");
    let sent = ada.post("/tools/basalt/report", &[("reason", "wrong"), ("words", "It is.")]).await;
    assert_eq!(sent.status(), 303);
    for form in ["correct", "report"] {
        leads_to(&ada, &format!("/tools/amber/{form}"), &format!("/tools/copal/{form}")).await;
        // It is the same for everybody, so it carries nobody's session.
        let answer = ada.get(&format!("/tools/amber/{form}")).await;
        assert!(!answer.headers().contains_key("set-cookie"), "{form}");
    }
    assert!(ada.page("/tools/copal/report").await.has(".flash"));
    assert!(!ada.page("/tools/copal/report").await.has(".flash"), "it is said once");
}

#[actix_web::test]
async fn a_redirect_takes_the_query_along() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    rename(&site, RecordKind::Tool, "amber", "copal");
    rename(&site, RecordKind::Category, "research", "science");
    rename(&site, RecordKind::Reviewer, "builder", "maker");
    for (from, to) in [
        ("/tools/amber?a=%2F&b=x+y", "/tools/copal?a=%2F&b=x+y"),
        ("/tools/Basalt?x=1", "/tools/basalt?x=1"),
        ("/categories/research?page=2", "/categories/science?page=2"),
        ("/reviewers/builder?category=research&page=2", "/reviewers/maker?category=research&page=2"),
        ("/compare/copal-vs-basalt?x=1", "/compare/basalt-vs-copal?x=1"),
        ("/tools/amber/correct?field=price", "/tools/copal/correct?field=price"),
        ("/tools/amber/report?take=builder", "/tools/copal/report?take=builder"),
        ("/Tools/amber/?x=1", "/tools/amber?x=1"),
        ("/tools/amber?", "/tools/copal"),
    ] {
        leads_to(&ada, from, to).await;
    }
    let form = ada.page("/tools/copal/correct?field=price").await;
    assert!(form.has("[name=field] [value=price][selected]"));
}

#[actix_web::test]
async fn a_record_that_comes_back_to_its_address_is_found_there_by_whoever_was_led_away() {
    let site = TestSite::start();
    let visitor = site.browser();
    for (kind, path, old, new) in [
        (RecordKind::Tool, "/tools/", "amber", "copal"),
        (RecordKind::Category, "/categories/", "research", "science"),
        (RecordKind::Reviewer, "/reviewers/", "builder", "maker"),
    ] {
        let (old_path, new_path) = (format!("{path}{old}"), format!("{path}{new}"));
        rename(&site, kind, old, new);
        leads_to(&visitor, &old_path, &new_path).await;
        let answer = visitor.get(&old_path).await;
        assert_eq!(answer.headers()["cache-control"], "no-cache", "a browser asks again: {old_path}");
        rename(&site, kind, new, old);
        assert_eq!(visitor.get(&old_path).await.status(), 200, "{old_path}");
        leads_to(&visitor, &new_path, &old_path).await;
    }
    let answer = visitor.get("/compare/basalt-vs-amber").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["cache-control"]),
        (308, &"no-cache".parse().unwrap())
    );
}

#[actix_web::test]
async fn what_asks_for_a_record_by_a_former_address_is_answered_about_the_record() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let feed_id = |feed: &str| feed.split("<id>").nth(1).unwrap().split("</id>").next().unwrap().to_owned();
    let before = ada.text("/changes.xml?tool=amber").await;
    rename(&site, RecordKind::Tool, "amber", "copal");
    rename(&site, RecordKind::Category, "research", "science");
    rename(&site, RecordKind::Reviewer, "builder", "maker");

    let page = ada.page("/changes?tool=amber&kind=price").await;
    assert!(page.leads_to("/changes?tool=copal"), "its links have the present address");
    for feed in ["/changes.xml?tool=amber", "/changes.xml?tool=copal"] {
        let feed = ada.text(feed).await;
        assert_eq!(feed_id(&feed), feed_id(&before), "a feed keeps its name");
        assert!(feed.contains("/changes.xml?tool=copal"));
    }
    assert_ne!(feed_id(&before), feed_id(&ada.text("/changes.xml?tool=basalt").await));
    assert_ne!(feed_id(&before), feed_id(&ada.text("/changes.xml?tool=amber&kind=price").await));
    assert_eq!(ada.get("/changes?tool=nothing").await.status(), 404);

    let chosen = ada.page("/reviewers/maker?category=research").await;
    assert!(chosen.has("[aria-current=true][href='/reviewers/maker?category=science#verdicts']"));
    assert!(ada.page("/tools/copal/report?take=builder").await.has("[name=take] [value=maker][selected]"));
    let again = ada.post("/tools/copal/report", &[("take", "builder"), ("reason", "wrong")]).await;
    assert_eq!(again.status(), 422);
    assert!(
        Page::read(again).await.has("[name=take] [value=maker][selected]"),
        "what was chosen stays chosen"
    );
    let sent = ada
        .post("/tools/copal/report", &[("take", "builder"), ("reason", "wrong"), ("words", "It is.")])
        .await;
    assert_eq!(sent.status(), 303, "a form that was open while a reviewer was renamed");
}

#[actix_web::test]
async fn comparisons_lead_on_with_either_side_or_both_and_in_order() {
    let site = TestSite::start();
    let visitor = site.browser();
    rename(&site, RecordKind::Tool, "amber", "zircon");
    leads_to(&visitor, "/compare/amber-vs-basalt", "/compare/basalt-vs-zircon").await;
    leads_to(&visitor, "/compare/basalt-vs-amber", "/compare/basalt-vs-zircon").await;
    let page = visitor.page("/compare/basalt-vs-zircon").await;
    assert!(page.says("Two developer tools."), "the editorial part went along");
    rename(&site, RecordKind::Tool, "basalt", "yew");
    leads_to(&visitor, "/compare/amber-vs-basalt", "/compare/yew-vs-zircon").await;
    let answer = visitor.get("/compare?a=amber&b=basalt").await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/compare/yew-vs-zircon"));
    // The same tool under two names is one tool.
    assert_eq!(visitor.get("/compare/amber-vs-zircon").await.status(), 404);
}

#[actix_web::test]
async fn votes_tallies_and_streams_go_to_the_tool_as_it_is_called_now() {
    let site = TestSite::start();
    let member = site.member("anna").await;
    rename(&site, RecordKind::Tool, "amber", "zircon");

    let (status, answer) = member.vote("amber", "ship").await;
    assert_eq!((status, &answer["tool"], &answer["ships"]), (200, &json!("zircon"), &json!(1)));
    let answer = member.post("/tools/amber/vote", &[("choice", "skip")]).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/tools/zircon"));
    let tally = member.tally("amber").await;
    assert_eq!((&tally["tool"], &tally["skips"], &tally["ships"]), (&json!("zircon"), &json!(1), &json!(0)));

    // An open page knows the tool by the address that it was opened with.
    let mut told = String::new();
    let mut stream = member.get("/live?tool=amber&tool=nothing&tool=zircon").await.bytes_stream();
    while told.matches("event: tally").count() < 2 {
        told.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
    }
    for named in [r#""tool":"amber","ships":0,"skips":1"#, r#""tool":"zircon","ships":0,"skips":1"#] {
        assert!(told.contains(named), "{named} is not in {told}");
    }
    let parts = first_parts(&member, "/live?tool=amber&parts=tally").await;
    assert_eq!(parts, ["tally-amber"]);
    let mut parts = first_parts(&member, "/compare/amber-vs-basalt/live").await;
    parts.sort_unstable();
    assert_eq!(
        parts,
        ["answer", "community-amber", "community-basalt", "contest", "tally-amber", "tally-basalt"]
    );

    // A choice made before signing in is cast on it too.
    site.account("bert", shiptally::accounts::Role::Member);
    let visitor = site.browser();
    visitor.post("/tools/amber/vote", &[("choice", "ship")]).await;
    visitor.sign_in("bert").await;
    assert_eq!(member.tally("zircon").await["votes"], 2);
}

/// What an import of the file says is wrong with it.
fn refused(site: &TestSite, file: &serde_json::Value) -> Vec<String> {
    let parsed = file::parse(&file.to_string()).unwrap();
    let done = file::import(&mut site.connect(), &parsed, Utc::now().naive_utc(), |_, _| {});
    site.settle();
    match done {
        Err(file::ImportError::Problems(problems)) => problems.iter().map(ToString::to_string).collect(),
        other => unreachable!("refused: {other:?}"),
    }
}

#[actix_web::test]
async fn a_file_made_before_a_rename_is_refused_and_the_former_address_leads_on() {
    let site = TestSite::start();
    let visitor = site.browser();
    site.member("anna").await.vote("amber", "ship").await;
    rename(&site, RecordKind::Tool, "amber", "zircon");
    rename(&site, RecordKind::Category, "research", "science");
    rename(&site, RecordKind::Reviewer, "skeptic", "doubter");
    let said = refused(&site, &catalogue());
    for line in [
        r#"categories[1].slug: "research" is a former address of the category "science" and leads to it: use that one, or leave this out"#,
        r#"reviewers[1].slug: "skeptic" is a former address of the reviewer "doubter" and leads to it: use that one, or leave this out"#,
        r#"tools[0].slug: "amber" is a former address of the tool "zircon" and leads to it: use that one, or leave this out"#,
        r#"comparisons[0].tools[0]: "amber" is a former address of the tool "zircon" and leads to it: use that one, or leave this out"#,
    ] {
        assert!(said.iter().any(|told| told == line), "{line} is not in {said:#?}");
    }
    leads_to(&visitor, "/tools/amber", "/tools/zircon").await;
    assert_eq!(visitor.tally("amber").await["ships"], 1);

    // References to what moved say where it is.
    let file = json!({"format": "shiptally-catalogue/1", "tools": [
        {"slug": "elm", "name": "Elm", "category": "research", "tagline": "Wood",
         "reviews": [{"reviewer": "skeptic", "verdict": "ship"}]}]});
    assert_eq!(
        refused(&site, &file),
        [
            r#"tools[0].category: there is no category "research": it is "science" now"#,
            r#"tools[0].reviews[0].reviewer: there is no reviewer "skeptic": it is "doubter" now"#,
        ]
    );
    // What the site exports, it takes back.
    let exported = file::export(&mut site.connect()).unwrap();
    let again = file::import(
        &mut site.connect(),
        &file::parse(&exported).unwrap(),
        Utc::now().naive_utc(),
        |_, _| {},
    );
    assert!(!again.unwrap().changed_anything());
}

#[actix_web::test]
async fn a_file_made_before_a_merge_is_refused_and_what_is_exported_after_it_is_not() {
    let site = TestSite::start();
    let moderator =
        crate::admin_records::sign_in_as(&site, "mona", shiptally::accounts::Role::Moderator).await;
    let anna = site.member("anna").await;
    anna.vote("amber", "ship").await;
    let before = file::export(&mut site.connect()).unwrap();
    let path = format!("/admin/tools/{}/merge", crate::admin_records::id(&site, RecordKind::Tool, "amber"));
    assert_eq!(crate::admin_merge::merge_into(&moderator, &path, "basalt", &[]).await.status(), 303);

    let said = refused(&site, &serde_json::from_str(&before).unwrap());
    assert_eq!(
        said,
        [
            r#"tools[0].slug: "amber" is a former address of the tool "basalt" and leads to it: use that one, or leave this out"#,
            r#"comparisons[0].tools[0]: "amber" is a former address of the tool "basalt" and leads to it: use that one, or leave this out"#,
        ]
    );
    leads_to(&anna, "/tools/amber", "/tools/basalt").await;
    assert_eq!(anna.tally("amber").await["tool"], "basalt");
    let after = file::export(&mut site.connect()).unwrap();
    let again =
        file::import(&mut site.connect(), &file::parse(&after).unwrap(), Utc::now().naive_utc(), |_, _| {});
    assert!(!again.unwrap().changed_anything());
    leads_to(&anna, "/tools/amber", "/tools/basalt").await;
}

#[actix_web::test]
async fn an_address_that_a_record_came_back_to_leads_on_when_that_is_withdrawn() {
    let site = TestSite::start();
    let visitor = site.browser();
    rename(&site, RecordKind::Tool, "amber", "zircon");
    rename(&site, RecordKind::Tool, "zircon", "amber");
    let id = crate::admin_records::id(&site, RecordKind::Tool, "amber");
    let withdraw = |number: i64| {
        let by = By { account_id: None, reason: "A slip", at: Utc::now().naive_utc() };
        site.connect().write(|conn| withdraw::withdraw(conn, (RecordKind::Tool, id), number, by)).unwrap();
        site.settle();
    };
    // Found, renamed, renamed back: the third is withdrawn, and then the second.
    withdraw(3);
    leads_to(&visitor, "/tools/amber", "/tools/zircon").await;
    assert_eq!(site.differences(), [""; 0]);
    withdraw(2);
    assert!(visitor.page("/tools/amber").await.says("Amber"));
    assert_eq!(
        visitor.get("/tools/zircon").await.status(),
        404,
        "it was withdrawn: nobody should have seen it"
    );
    let left: i64 = redirects::table.count().get_result(&mut site.connect()).unwrap();
    assert_eq!(left, 0);
}

#[actix_web::test]
async fn what_is_archived_or_a_draft_is_not_for_readers() {
    let site = TestSite::start();
    let visitor = site.browser();
    let archived = |state: State| state.with_status(Status::Archived);
    let draft = |state: State| state.with_status(Status::Draft);
    // Tools are in it, and reviews by them are shown.
    for refused in [
        change(&site, RecordKind::Category, "research", archived),
        change(&site, RecordKind::Category, "research", draft),
        change(&site, RecordKind::Reviewer, "builder", draft),
    ] {
        match refused {
            Err(EditError::Problems(problems)) => assert_eq!(problems[0].path, "status"),
            other => unreachable!("refused: {other:?}"),
        }
    }
    for tool in ["cobalt", "delta"] {
        change(&site, RecordKind::Tool, tool, archived).unwrap();
    }
    change(&site, RecordKind::Category, "research", archived).unwrap();
    assert_eq!(visitor.get("/categories/research").await.status(), 404);
    assert!(!visitor.page("/categories").await.mentions("/categories/research"));
    let back = change(&site, RecordKind::Tool, "cobalt", |state| state.with_status(Status::Published));
    assert!(
        matches!(back, Err(EditError::Problems(problems)) if problems[0].path == "category"),
        "nothing is published in an archived category"
    );

    change(&site, RecordKind::Reviewer, "builder", archived).unwrap();
    let panel = visitor.page("/reviewers").await;
    let (present, former) = panel.source().split_once("Former reviewers").expect("it tells of former ones");
    assert!(Page::of(former).leads_to("/reviewers/builder") && !present.contains("/reviewers/builder"));
    assert!(visitor.page("/reviewers/builder").await.says("former reviewer"));
    assert!(visitor.page("/tools/amber").await.says("Amber builds."), "what they said stays");
    // They may be corrected, but review nothing new.
    change(&site, RecordKind::Tool, "amber", |mut state| {
        if let Record::Tool(tool) = &mut state.record {
            tool.tagline = "Corrected".into();
        }
        state
    })
    .unwrap();
    let mut file = catalogue();
    // A file that does not say a status means that it is published: these stay as they are.
    (file["categories"], file["reviewers"]) = (json!([]), json!([]));
    file["tools"] = json!([{"slug": "elm", "name": "Elm", "category": "developer-tools", "tagline": "Wood",
        "reviews": [{"reviewer": "skeptic", "verdict": "ship"}, {"reviewer": "builder", "verdict": "ship"}]}]);
    let parsed = file::parse(&file.to_string()).unwrap();
    let refused = file::import(&mut site.connect(), &parsed, Utc::now().naive_utc(), |_, _| {});
    match refused {
        Err(file::ImportError::Problems(problems)) => {
            assert_eq!(problems[0].path, "tools[0].reviews[1].reviewer");
        }
        other => unreachable!("refused: {other:?}"),
    }
}

#[actix_web::test]
async fn an_archived_comparison_leaves_the_pair_without_its_editorial_part() {
    let site = TestSite::start();
    let visitor = site.browser();
    assert!(visitor.page("/compare").await.leads_to("/compare/amber-vs-basalt"));
    site.sql(
        "UPDATE comparisons SET status = 2;
         UPDATE versions SET value = value + 1 WHERE id = 1",
    );
    assert!(!visitor.page("/compare").await.mentions("/compare/amber-vs-basalt"));
    let page = visitor.page("/compare/amber-vs-basalt").await;
    assert!(page.says("Basalt") && !page.mentions("Two developer tools."));
}
