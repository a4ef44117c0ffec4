//! Deleting for good: admins, archived records, the password.

use diesel::prelude::*;
use shiptally::{
    accounts::Role,
    catalogue::RecordKind,
    schema::{comparisons, revisions, tools, votes},
};

use crate::{
    desk_records::{acts, at_desk, id},
    site::{PASSWORD, TestSite},
};

const FIELDS: [(&str, &str); 2] = [("reason", "A test entry"), ("password", PASSWORD)];

#[actix_web::test]
async fn an_archived_tool_goes_with_all_that_belongs_to_it() {
    let site = TestSite::start();
    let (admin, moderator) =
        (at_desk(&site, "ada", Role::Admin).await, at_desk(&site, "mona", Role::Moderator).await);
    let member = site.member("anna").await;
    assert_eq!(member.vote("amber", "ship").await.0, 200);
    let tool = id(&site, RecordKind::Tool, "amber");
    let path = format!("/admin/tools/{tool}/delete");
    let answer = admin.post(&path, &FIELDS).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("Only what is archived can be deleted."));
    crate::redirects::change(&site, RecordKind::Tool, "amber", |state| {
        state.with_status(shiptally::catalogue::Status::Archived)
    })
    .unwrap();

    for outsider in [&moderator, &member] {
        assert_eq!(outsider.get(&path).await.status(), 404);
        assert_eq!(outsider.post(&path, &FIELDS).await.status(), 404);
    }
    let page = admin.page(&path).await;
    for words in ["1 vote<", "2 reviews", "1 comparison<"] {
        assert!(page.contains(words), "{words}");
    }
    for (reason, password, words) in
        [("", PASSWORD, "Please say why."), ("x", "wrong", "This is not your password.")]
    {
        let answer = admin.post(&path, &[("reason", reason), ("password", password)]).await;
        assert_eq!(answer.status(), 422);
        let page = answer.text().await.unwrap();
        assert!(page.contains(words) && !page.contains(PASSWORD), "{words}");
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
    let admin = at_desk(&site, "ada", Role::Admin).await;
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
        assert!(answer.text().await.unwrap().contains(words));
    }
    for tool in ["cobalt", "delta"] {
        let path = format!("/admin/tools/{}/delete", id(&site, RecordKind::Tool, tool));
        assert_eq!(admin.post(&path, &FIELDS).await.status(), 303);
    }
    assert_eq!(admin.post(&category, &FIELDS).await.status(), 303);
    // A merged entry may go; its address leads on.
    let path = format!("/admin/tools/{}/merge", id(&site, RecordKind::Tool, "amber"));
    assert_eq!(admin.post(&path, &[("into", "basalt"), ("reason", "One tool")]).await.status(), 303);
    let pair: i64 = comparisons::table.select(comparisons::id).first(&mut site.connect()).unwrap();
    assert_eq!(admin.post(&format!("/admin/comparisons/{pair}/delete"), &FIELDS).await.status(), 303);
    let path = format!("/admin/tools/{}/delete", id(&site, RecordKind::Tool, "amber"));
    assert_eq!(admin.post(&path, &FIELDS).await.status(), 303);
    assert_eq!(site.browser().get("/tools/amber").await.status(), 308);
    assert_eq!(site.browser().get("/tools/cobalt").await.status(), 404);
}
