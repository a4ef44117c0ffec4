//! Moderators choose tools by name or URL slug, drafts too.

use serde_json::Value;
use shiptally::accounts::Role;
use shiptally::catalogue::{RecordKind, addresses};

use crate::admin_records::{id, sign_in_as};
use crate::page::Page;
use crate::site::{Browser, TestSite, location};
use crate::submissions::ELECTRUM;

async fn suggested(browser: &Browser, query: &str) -> Value {
    let answer = browser.get(&format!("/admin/suggestions?{query}")).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

fn names(found: &Value) -> Vec<&str> {
    found["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn moderators_are_suggested_what_readers_do_not_see() {
    let site = TestSite::start();
    site.sql("UPDATE tools SET status = 2 WHERE slug = 'basalt'");
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let found = suggested(&moderator, "q=DRAFT").await;
    assert_eq!(found["tools"][0]["slug"], "draft-tool");
    assert_eq!(found["tools"][0]["category"], "Draft · Developer Tools");
    assert_eq!(found["tools"][0]["path"], Value::Null);
    let found = suggested(&moderator, "q=a").await;
    assert_eq!(
        names(&found),
        ["Amber", "Basalt", "Cobalt", "Delta & <Sons>", "Draft Tool"],
        "what begins so is first"
    );
    assert_eq!(found["tools"][1]["category"], "Archived · Developer Tools");
    let found = suggested(&moderator, "for=votes&q=basalt").await;
    let basalt = id(&site, RecordKind::Tool, "basalt");
    assert_eq!(found["tools"][0]["path"], format!("/admin/votes/tools/{basalt}"));
    for nothing in ["q=", "q=+", "q=%00", "q=zzz", ""] {
        assert!(names(&suggested(&moderator, nothing).await).is_empty(), "{nothing}");
    }
    let (visitor, member) = (site.browser(), site.member("anna").await);
    for outsider in [visitor, member] {
        assert_eq!(outsider.get("/admin/suggestions?q=draft").await.status(), 404);
    }
}

#[actix_web::test]
async fn a_comparison_is_of_the_tools_that_are_named() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let page = moderator.page("/admin/comparisons/new?a=cobalt&b=amber").await;
    assert!(page.says("Pick Cobalt if …") && page.says("Pick Amber if …"), "{page}");
    let send = async |first: &str, second: &str| {
        let fields =
            [("tools[0]", first), ("tools[1]", second), ("pick_first_if", "it is first"), ("do", "save")];
        moderator.post("/admin/comparisons/new", &fields).await
    };
    assert_eq!(send("  cöbalt ", "Draft Tool").await.status(), 303);
    assert!(addresses::id_by_pair(&mut site.connect(), ["cobalt", "draft-tool"]).unwrap().is_some());

    let answer = send("cob", "amber").await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    let told = "No tool has this name or URL slug. Did you mean Cobalt (cobalt)?";
    assert_eq!((page.complaint("f-tools-0-"), page.typed("tools[0]")), (told.to_owned(), "cob".to_owned()));
    assert!(page.says("it is first"), "what was typed stays");
    site.sql("UPDATE tools SET name = 'COBALT' WHERE slug = 'delta'");
    assert_eq!(
        send("basalt", "Cobalt").await.status(),
        303,
        "a slug means one tool, whatever others are called"
    );
    let page = Page::read(send("amber", "Cobält").await).await;
    let told = "Several tools have this name. Enter the URL slug: Cobalt (cobalt), COBALT (delta).";
    assert_eq!(page.complaint("f-tools-1-"), told);
    site.sql("UPDATE tools SET name = 'Delta & <Sons>' WHERE slug = 'delta'");
    let page = Page::read(send("zzz", "").await).await;
    assert_eq!(page.complaint("f-tools-0-"), "No tool has this name or URL slug.");
}

#[actix_web::test]
async fn a_tool_is_merged_and_its_votes_are_found_by_name() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let amber = id(&site, RecordKind::Tool, "amber");
    let page = moderator.page(&format!("/admin/tools/{amber}/merge?into=BASALT")).await;
    assert!(page.says("Merging Amber into Basalt"), "{page}");
    let answer = moderator.get(&format!("/admin/tools/{amber}/merge?into=bas")).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert_eq!(page.complaint("f-into"), "No tool has this name or URL slug. Did you mean Basalt (basalt)?");
    let research = id(&site, RecordKind::Category, "research");
    let page = moderator.page(&format!("/admin/categories/{research}/merge?into=developer+tools")).await;
    assert!(page.says("Merging Research into Developer Tools"), "{page}");

    let draft = id(&site, RecordKind::Tool, "draft-tool");
    let page = moderator.page("/admin/votes?q=draft").await;
    assert!(
        page.leads_to(&format!("/admin/votes/tools/{draft}")) && page.says("Draft Tool (draft)"),
        "{page}"
    );
}

#[actix_web::test]
async fn a_suggestion_is_answered_with_the_tool_that_is_named() {
    let site = TestSite::start();
    let (moderator, member) = (sign_in_as(&site, "mona", Role::Moderator).await, site.member("anna").await);
    assert_eq!(member.post("/submit", &ELECTRUM).await.status(), 303);
    let next = moderator.post("/admin/queue/next", &[]).await;
    let path = location(&next).to_owned();
    let refused = moderator.post(&format!("{path}/accept"), &[("how", "done"), ("entry", "amb")]).await;
    let page = Page::read(refused).await;
    assert_eq!(page.complaint("entry"), "No tool has this name or URL slug. Did you mean Amber (amber)?");
    let answer = moderator.post(&format!("{path}/accept"), &[("how", "done"), ("entry", "amber")]).await;
    assert_eq!(answer.status(), 303);
    assert!(member.page("/account/sent").await.leads_to("/tools/amber"));
}
