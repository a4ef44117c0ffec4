//! Whoever saves a new tool is asked once whether it is there already.

use diesel::prelude::*;
use shiptally::accounts::Role;
use shiptally::catalogue::RecordKind;
use shiptally::db::schema::tools;

use crate::admin_records::{id, sign_in_as};
use crate::page::Page;
use crate::site::TestSite;

fn tools_named(site: &TestSite, name: &str) -> i64 {
    tools::table.filter(tools::name.eq(name)).count().get_result(&mut site.connect()).unwrap()
}

#[actix_web::test]
async fn a_new_tool_of_a_known_name_or_site_is_asked_about_once() {
    let site = TestSite::start();
    site.sql("UPDATE tools SET website = NULL; UPDATE tools SET website = 'https://www.basalt.example/' WHERE slug = 'basalt'");
    let browser = sign_in_as(&site, "mona", Role::Moderator).await;
    let send = async |more: &[(&str, &str)]| {
        let mut fields = vec![("category", "research"), ("tagline", "New")];
        fields.extend(more);
        browser.post("/admin/tools/new", &fields).await
    };
    let draft = id(&site, RecordKind::Tool, "draft-tool");
    let answer = send(&[("name", "DRAFT  tool"), ("slug", "a"), ("do", "save")]).await;
    assert_eq!(answer.status(), 303, "another spacing is another name");

    let answer = send(&[("name", "dräft tool"), ("slug", "b"), ("do", "publish")]).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    let asked = page.one("section.problems");
    assert!(asked.says("Is it one of these?") && asked.says("Draft Tool (draft)"), "{page}");
    assert!(asked.leads_to(&format!("/admin/tools/{draft}")), "{page}");
    assert_eq!((page.hidden("alike"), page.typed("tagline")), (draft.to_string(), "New".to_owned()));
    assert_eq!(tools_named(&site, "dräft tool"), 0);

    // Another one comes to light meanwhile: that is asked about, too.
    let of_site =
        [("name", "dräft tool"), ("slug", "c"), ("website", "http://basalt.example"), ("do", "save")];
    let seen = draft.to_string();
    let page = Page::read(send(&[&of_site[..], &[("alike", &seen)]].concat()).await).await;
    assert!(page.one("section.problems").says("Basalt (published)"), "{page}");
    let seen = page.hidden("alike");
    let answer = send(&[&of_site[..], &[("alike", &seen)]].concat()).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(tools_named(&site, "dräft tool"), 1);
}

#[actix_web::test]
async fn what_is_wrong_comes_first_and_a_tool_that_is_there_is_not_asked_about() {
    let site = TestSite::start();
    let browser = sign_in_as(&site, "mona", Role::Moderator).await;
    let twin = [("name", "Amber"), ("slug", "amber-two"), ("category", "research"), ("do", "publish")];
    let page = Page::read(browser.post("/admin/tools/new", &twin).await).await;
    assert!(page.says("A tagline is required") && !page.says("Is it one of these?"), "{page}");
    // All tools of this catalogue have the same site.
    let path = format!("/admin/tools/{}", id(&site, RecordKind::Tool, "amber"));
    let fields = browser.page(&path).await.fields();
    let mut fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("do", "save"));
    assert_eq!(browser.post(&path, &fields).await.status(), 303);
}
