//! Deleting for good: admins, archived records, the password.

use diesel::prelude::*;
use shiptally::accounts::Role;
use shiptally::catalogue::RecordKind;
use shiptally::db::schema::{comparisons, revisions, tools, votes};

use crate::admin_records::{acts, id, sign_in_as};
use crate::page::{Page, Part};
use crate::site::{PASSWORD, TestSite, shown_tally};

const FIELDS: [(&str, &str); 2] = [("reason", "A test entry"), ("password", PASSWORD)];

#[actix_web::test]
async fn an_archived_tool_goes_with_all_that_belongs_to_it() {
    let site = TestSite::start();
    let (admin, moderator) =
        (sign_in_as(&site, "ada", Role::Admin).await, sign_in_as(&site, "mona", Role::Moderator).await);
    let member = site.member("anna").await;
    assert_eq!(member.vote("amber", "ship").await.0, 200);
    let tool = id(&site, RecordKind::Tool, "amber");
    let path = format!("/admin/tools/{tool}/delete");
    let answer = admin.post(&path, &FIELDS).await;
    assert_eq!(answer.status(), 422);
    assert!(Page::read(answer).await.says("Only what is archived can be deleted."));
    crate::redirects::change(&site, RecordKind::Tool, "amber", |state| {
        state.with_status(shiptally::catalogue::Status::Archived)
    })
    .unwrap();

    for outsider in [&moderator, &member] {
        assert_eq!(outsider.get(&path).await.status(), 404);
        assert_eq!(outsider.post(&path, &FIELDS).await.status(), 404);
    }
    let page = admin.page(&path).await;
    let lines: Vec<String> = page.all(".admin-list li").iter().map(Part::text).collect();
    for line in ["1 vote", "2 reviews", "1 comparison"] {
        assert!(lines.iter().any(|told| told == line), "{line} is not in {lines:?}");
    }
    for (reason, password, words) in
        [("", PASSWORD, "Enter a reason."), ("x", "wrong", "Incorrect password.")]
    {
        let answer = admin.post(&path, &[("reason", reason), ("password", password)]).await;
        assert_eq!(answer.status(), 422);
        let page = Page::read(answer).await;
        assert!(page.says(words) && !page.mentions(PASSWORD), "{words}");
    }
    assert_eq!(admin.post(&path, &FIELDS).await.status(), 303);
    assert_eq!(admin.get(&path).await.status(), 404);

    let mut conn = site.connect();
    let counts: (i64, i64, i64) = (
        tools::table.find(tool).count().get_result(&mut conn).unwrap(),
        votes::table.filter(votes::tool_id.eq(tool)).count().get_result(&mut conn).unwrap(),
        comparisons::table.count().get_result(&mut conn).unwrap(),
    );
    assert_eq!(counts, (0, 0, 0));
    let kept: Vec<i64> =
        revisions::table.filter(revisions::act.eq(9)).select(revisions::record_id).load(&mut conn).unwrap();
    assert_eq!(kept.len(), 2, "the tool's and its comparison's");
    assert!(kept.iter().all(|id| *id < 0), "no new record inherits them");
    let last = acts(&site).pop().unwrap();
    assert_eq!((last.0.as_str(), last.2.as_deref()), ("deleted", Some("Amber")));
}

#[actix_web::test]
async fn what_others_need_is_not_deleted_and_the_rest_is() {
    let site = TestSite::start();
    let admin = sign_in_as(&site, "ada", Role::Admin).await;
    let archived =
        |state: shiptally::catalogue::file::State| state.with_status(shiptally::catalogue::Status::Archived);
    crate::redirects::change(&site, RecordKind::Reviewer, "builder", archived).unwrap();
    for tool in ["cobalt", "delta"] {
        crate::redirects::change(&site, RecordKind::Tool, tool, archived).unwrap();
    }
    crate::redirects::change(&site, RecordKind::Category, "research", archived).unwrap();
    let reviewer = format!("/admin/reviewers/{}/delete", id(&site, RecordKind::Reviewer, "builder"));
    let category = format!("/admin/categories/{}/delete", id(&site, RecordKind::Category, "research"));
    for (path, words) in [(&reviewer, "There are reviews"), (&category, "Tools are in this category")] {
        let answer = admin.post(path, &FIELDS).await;
        assert_eq!(answer.status(), 422);
        assert!(Page::read(answer).await.says(words));
    }
    for tool in ["cobalt", "delta"] {
        let path = format!("/admin/tools/{}/delete", id(&site, RecordKind::Tool, tool));
        assert_eq!(admin.post(&path, &FIELDS).await.status(), 303);
    }
    assert_eq!(admin.post(&category, &FIELDS).await.status(), 303);
    // A merged entry may go; its address leads on.
    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    assert_eq!(crate::admin_merge::merge_into(&admin, &path, "basalt", &[]).await.status(), 303);
    let pair: i64 = comparisons::table.select(comparisons::id).first(&mut site.connect()).unwrap();
    assert_eq!(admin.post(&format!("/admin/comparisons/{pair}/delete"), &FIELDS).await.status(), 303);
    let path = format!("/admin/tools/{}/delete", id(&site, RecordKind::Tool, "amber"));
    assert_eq!(admin.post(&path, &FIELDS).await.status(), 303);
    assert_eq!(site.browser().get("/tools/amber").await.status(), 308);
    assert_eq!(site.browser().get("/tools/cobalt").await.status(), 404);
}

#[actix_web::test]
async fn a_tool_that_is_published_after_another_was_deleted_inherits_nothing_on_any_node() {
    let site = TestSite::start();
    let second = site.second_node(&[]);
    let admin = sign_in_as(&site, "ada", Role::Admin).await;
    let publish = |slug: &str| {
        let tools =
            serde_json::json!([{"slug": slug, "name": slug, "category": "research", "tagline": "New"}]);
        let file = serde_json::json!({"format": "shiptally-catalogue/1", "tools": tools}).to_string();
        let file = shiptally::catalogue::file::parse(&file).unwrap();
        let now = chrono::Utc::now().naive_utc();
        shiptally::catalogue::file::import(&mut site.connect(), &file, now, |_, _| {}).unwrap();
        site.settle();
        id(&site, RecordKind::Tool, slug)
    };
    let old = publish("elm");
    for n in 0..5 {
        site.member(&format!("voter-{n}")).await.vote("elm", "ship").await;
    }
    // The second node hears of what the first has counted.
    site.settle();
    let visitor = site.browser();
    for browser in [visitor.clone(), visitor.at(&second)] {
        let page = browser.page("/tools/elm").await;
        assert_eq!(shown_tally(&page, "elm"), (5, 0), "{}", browser.url(""));
    }
    let archived =
        |state: shiptally::catalogue::file::State| state.with_status(shiptally::catalogue::Status::Archived);
    crate::redirects::change(&site, RecordKind::Tool, "elm", archived).unwrap();
    assert_eq!(admin.post(&format!("/admin/tools/{old}/delete"), &FIELDS).await.status(), 303);

    let new = publish("oak");
    assert!(new > old, "an id is given out once");
    for browser in [visitor.clone(), visitor.at(&second)] {
        let page = browser.page("/tools/oak").await;
        assert_eq!(shown_tally(&page, "oak"), (0, 0), "{}", browser.url(""));
        let ranking = browser.page("/tools?sort=community").await;
        let links: Vec<&str> = ranking.all("main a").iter().map(|link| link.attr("href")).collect();
        let at = |address: &str| links.iter().position(|href| *href == address);
        let [first, last] = ["/tools/amber", "/tools/oak"].map(at);
        assert!(first.is_some() && first < last, "who has no votes is ranked by name: {ranking}");
    }
}
