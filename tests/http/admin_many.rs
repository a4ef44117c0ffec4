//! What moderators do to many records of a list at once.

use chrono::{NaiveDate, Utc};
use diesel::prelude::*;
use shiptally::accounts::Role;
use shiptally::catalogue::{RecordKind, Status};
use shiptally::db::schema::{revisions, tools};

use crate::admin_records::{acts, id, sign_in_as};
use crate::page::Page;
use crate::site::{Browser, TestSite, location};

/// The form of a list as a browser sends it: these records chosen, and what is pressed.
async fn form(browser: &Browser, list: &str, ids: &[i64], pressed: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = browser.page(list).await;
    let hidden = page.all("form[data-many] input[type=hidden]");
    let hidden = hidden.iter().map(|field| (field.attr("name").to_owned(), field.attr("value").to_owned()));
    let chosen = ids.iter().map(|id| {
        assert!(page.has(&format!("form[data-many] input[name=id][value='{id}']")), "{id} is listed: {page}");
        ("id".to_owned(), id.to_string())
    });
    let pressed = pressed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    hidden.chain(chosen).chain(pressed).collect()
}

async fn send(browser: &Browser, list: &str, fields: &[(String, String)]) -> reqwest::Response {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&format!("{list}/many"), &fields).await
}

fn statuses(site: &TestSite, slugs: &[&str]) -> Vec<Status> {
    let status = |slug: &&str| {
        tools::table.filter(tools::slug.eq(*slug)).select(tools::status).first(&mut site.connect()).unwrap()
    };
    slugs.iter().map(status).collect()
}

fn revisions(site: &TestSite) -> i64 {
    revisions::table.count().get_result(&mut site.connect()).unwrap()
}

#[actix_web::test]
async fn many_tools_are_archived_and_published_by_one_press() {
    let site = TestSite::start();
    let (browser, visitor) = (sign_in_as(&site, "mona", Role::Moderator).await, site.browser());
    let ids = ["amber", "cobalt", "draft-tool"].map(|slug| id(&site, RecordKind::Tool, slug));
    let list = "/admin/tools?sort=name";
    let archive = [("do", "archive"), ("reason", "Both are gone.")];
    let sent = form(&browser, list, &ids[..2], &archive).await;
    let answer = send(&browser, "/admin/tools", &sent).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, list));
    assert!(browser.page(list).await.says("2 tools archived."));
    assert_eq!(
        statuses(&site, &["amber", "basalt", "cobalt"]),
        [Status::Archived, Status::Published, Status::Archived]
    );
    assert_eq!(visitor.get("/tools/amber").await.status(), 404);
    let told = |act: &str, name: &str, why: &str| {
        (act.to_owned(), name.to_owned(), Some(name.to_owned()), why.to_owned())
    };
    assert_eq!(
        acts(&site),
        [told("archived", "Amber", "Both are gone."), told("archived", "Cobalt", "Both are gone.")]
    );

    // Sent once more, it is answered alike and done once.
    let (before, answer) = (revisions(&site), send(&browser, "/admin/tools", &sent).await);
    assert_eq!((answer.status().as_u16(), location(&answer), revisions(&site)), (303, list, before));

    let sent = form(&browser, list, &ids, &[("do", "publish"), ("reason", "not asked for")]).await;
    assert_eq!(send(&browser, "/admin/tools", &sent).await.status(), 303);
    assert!(browser.page(list).await.says("3 tools published."));
    assert_eq!(statuses(&site, &["amber", "cobalt", "draft-tool"]), [Status::Published; 3]);
    assert_eq!(visitor.get("/tools/draft-tool").await.status(), 200);
    assert!(acts(&site)[2..].iter().all(|(.., reason)| reason.is_empty()), "a reason is for archiving");
    let sent = form(&browser, list, &ids, &[("do", "publish")]).await;
    send(&browser, "/admin/tools", &sent).await;
    assert!(browser.page(list).await.says("Nothing was changed: 3 tools were published already."));
}

#[actix_web::test]
async fn prices_of_many_tools_were_checked_today() {
    let site = TestSite::start();
    let browser = sign_in_as(&site, "mona", Role::Moderator).await;
    site.sql("UPDATE tools SET price_checked_on = NULL WHERE slug IN ('amber', 'basalt')");
    let ids = ["amber", "basalt"].map(|slug| id(&site, RecordKind::Tool, slug));
    let list = "/admin/tools?attention=undated";
    let sent = form(&browser, list, &ids, &[("do", "checked")]).await;
    let answer = send(&browser, "/admin/tools", &sent).await;
    assert_eq!(location(&answer), list);
    let page = browser.page(list).await;
    assert!(page.says("2 tools marked: prices checked today.") && page.says("0 tools"), "{page}");
    let days: Vec<Option<NaiveDate>> = tools::table
        .filter(tools::id.eq_any(ids))
        .select(tools::price_checked_on)
        .load(&mut site.connect())
        .unwrap();
    assert_eq!(days, [Some(Utc::now().date_naive()); 2]);

    let draft = [("name", "Echo"), ("category", "research"), ("tagline", ""), ("do", "save")];
    assert_eq!(browser.post("/admin/tools/new", &draft).await.status(), 303);
    let more = [ids[0], id(&site, RecordKind::Tool, "echo")];
    let sent = form(&browser, "/admin/tools", &more, &[("do", "checked")]).await;
    let page = Page::read(send(&browser, "/admin/tools", &sent).await).await;
    assert!(page.one("section.problems").says("Echo: It has no price.") && !page.says("Amber:"), "{page}");
}

#[actix_web::test]
async fn what_cannot_be_done_is_said_by_name_and_nothing_is_done() {
    let site = TestSite::start();
    let browser = sign_in_as(&site, "mona", Role::Moderator).await;
    let draft = [("name", "Echo"), ("category", "research"), ("tagline", ""), ("do", "save")];
    assert_eq!(browser.post("/admin/tools/new", &draft).await.status(), 303);
    let ids = ["amber", "echo"].map(|slug| id(&site, RecordKind::Tool, slug));
    let list = "/admin/tools?q=am";
    let refused = async |list: &str, ids: &[i64], pressed: &[(&str, &str)]| {
        let sent = form(&browser, list, ids, pressed).await;
        let answer = send(&browser, "/admin/tools", &sent).await;
        assert_eq!(answer.status(), 422);
        Page::read(answer).await
    };
    let archived = [("do", "archive"), ("reason", "Gone.")];
    let sent = form(&browser, "/admin/tools", &ids[..1], &archived).await;
    send(&browser, "/admin/tools", &sent).await;
    let before = revisions(&site);
    let page = refused("/admin/tools", &ids, &[("do", "publish")]).await;
    let problems = page.one("section.problems");
    assert!(problems.says("Echo: A tagline is required before publishing."), "{page}");
    assert!(
        page.has(&format!("input[name=id][value='{}'][checked]", ids[1])),
        "they are still chosen: {page}"
    );
    assert_eq!((statuses(&site, &["amber"]), revisions(&site)), (vec![Status::Archived], before));

    for (chosen, pressed, words) in [
        (&ids[..0], [("do", "publish"), ("reason", "")], "Select at least one tool."),
        (&ids[..1], [("do", "archive"), ("reason", " ")], "Enter a reason to archive them."),
        (&ids[..1], [("do", "delete"), ("reason", "x")], "Choose what to do."),
    ] {
        let page = refused(list, chosen, &pressed).await;
        assert!(page.one("section.problems").says(words), "{words}: {page}");
        assert_eq!(
            page.one("form[role=search][action='/admin/tools'] [name=q]").attr("value"),
            "am",
            "the list is the same"
        );
    }
    let many: Vec<String> = (1..=101).map(|id: i64| id.to_string()).collect();
    let many: Vec<_> = many.iter().map(|id| ("id", id.as_str())).chain([("do", "publish")]).collect();
    let page = Page::read(browser.post("/admin/tools/many", &many).await).await;
    assert!(page.says("Select at most 100 tools."), "{page}");
    let page =
        Page::read(browser.post("/admin/reviewers/many", &[("id", "1"), ("do", "checked")]).await).await;
    assert!(page.says("Choose what to do."), "prices are of tools: {page}");
    assert_eq!(revisions(&site), before);
}

#[actix_web::test]
async fn nobody_changes_many_at_once_over_what_they_have_not_seen() {
    let site = TestSite::start();
    let (mona, otto) =
        (sign_in_as(&site, "mona", Role::Moderator).await, sign_in_as(&site, "otto", Role::Moderator).await);
    let ids = ["amber", "basalt"].map(|slug| id(&site, RecordKind::Tool, slug));
    let pressed = [("do", "archive"), ("reason", "Gone.")];
    let seen = form(&mona, "/admin/tools", &ids, &pressed).await;
    let path = format!("/admin/tools/{}", ids[1]);
    let fields = otto.page(&path).await.fields();
    let mut fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.retain(|(name, _)| *name != "tagline");
    fields.extend([("tagline", "It is better now"), ("do", "save")]);
    assert_eq!(otto.post(&path, &fields).await.status(), 303);
    let page = Page::read(send(&mona, "/admin/tools", &seen).await).await;
    assert!(page.one("section.problems").says("Basalt: it has changed since the list was shown."), "{page}");
    assert_eq!(statuses(&site, &["amber", "basalt"]), [Status::Published; 2]);
    let ticked: Vec<_> =
        page.all("input[type=checkbox][checked]").iter().map(|tick| tick.attr("value").to_owned()).collect();
    assert_eq!(ticked, [ids[0].to_string()], "what has changed is looked at and chosen anew");
    // The list is shown as it is now, so that choosing it once more does it.
    let again = form(&mona, "/admin/tools", &ids, &pressed).await;
    assert_eq!(send(&mona, "/admin/tools", &again).await.status(), 303);
    assert_eq!(statuses(&site, &["amber", "basalt"]), [Status::Archived; 2]);
}

#[actix_web::test]
async fn rules_of_each_kind_hold_for_many_too() {
    let site = TestSite::start();
    let browser = sign_in_as(&site, "mona", Role::Moderator).await;
    let ids = [id(&site, RecordKind::Category, "research")];
    let archive = [("do", "archive"), ("reason", "Not needed.")];
    let sent = form(&browser, "/admin/categories", &ids, &archive).await;
    let page = Page::read(send(&browser, "/admin/categories", &sent).await).await;
    assert!(page.one("section.problems").says("Research:") && page.says("2 published tools"), "{page}");

    let page = browser.page("/admin/comparisons").await;
    let pair: i64 = page.one("form[data-many] input[name=id]").attr("value").parse().unwrap();
    let sent = form(&browser, "/admin/comparisons", &[pair], &archive).await;
    assert_eq!(send(&browser, "/admin/comparisons", &sent).await.status(), 303);
    assert!(browser.page("/admin/comparisons").await.says("1 comparison archived."));
    let builder = [id(&site, RecordKind::Reviewer, "builder")];
    let sent = form(&browser, "/admin/reviewers", &builder, &archive).await;
    assert_eq!(send(&browser, "/admin/reviewers", &sent).await.status(), 303);
    assert!(browser.page("/admin/reviewers").await.says("1 reviewer archived."));
}
