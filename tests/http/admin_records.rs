//! Categories, reviewers and comparisons in the admin area.

use diesel::prelude::*;
use shiptally::accounts::Role;
use shiptally::catalogue::{RecordKind, addresses};
use shiptally::db::schema::{comparisons, log_entries, revisions};

use crate::page::Page;
use crate::site::{Browser, TestSite, location};

/// A browser of somebody in the admin area.
pub(crate) async fn sign_in_as(site: &TestSite, handle: &str, role: Role) -> Browser {
    site.account(handle, role);
    let browser = site.browser();
    browser.sign_in(handle).await;
    browser
}

pub(crate) fn id(site: &TestSite, kind: RecordKind, slug: &str) -> i64 {
    addresses::id_by_slug(&mut site.connect(), kind, slug).unwrap().expect("it is there")
}

/// The hidden field that says what an editor has seen.
pub(crate) fn seen(page: &Page) -> String {
    page.hidden("token")
}

/// The acts in the log, oldest first, each with what it was done to, what readers see of it and why.
pub(crate) fn acts(site: &TestSite) -> Vec<(String, String, Option<String>, String)> {
    log_entries::table
        .order(log_entries::id)
        .select((log_entries::act, log_entries::label, log_entries::public_label, log_entries::reason))
        .load(&mut site.connect())
        .unwrap()
}

#[actix_web::test]
async fn only_moderators_find_the_lists_and_forms() {
    let site = TestSite::start();
    let category = id(&site, RecordKind::Category, "research");
    let (visitor, member) = (site.browser(), site.member("anna").await);
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    for path in [
        "/admin/categories".to_owned(),
        "/admin/reviewers".to_owned(),
        "/admin/comparisons?q=amber&status=published".to_owned(),
        "/admin/reviewers/new".to_owned(),
        format!("/admin/categories/{category}"),
        format!("/admin/categories/{category}/archive"),
    ] {
        for outsider in [&visitor, &member] {
            assert_eq!(outsider.get(&path).await.status(), 404, "{path}");
            assert_eq!(outsider.post(&path, &[("name", "x")]).await.status(), 404, "{path}");
        }
        moderator.page(&path).await;
    }
    for path in ["/admin/categories/0", "/admin/categories/x", "/admin/comparisons/99999/archive"] {
        assert_eq!(moderator.get(path).await.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn a_reviewer_is_written_previewed_and_published() {
    let site = TestSite::start();
    let (moderator, visitor) = (sign_in_as(&site, "mona", Role::Moderator).await, site.browser());
    let wrong = [("name", "The Owl"), ("slug", "The Owl"), ("kind", "ai"), ("likes", "Quiet\r\n\r\nNight")];
    let answer = moderator.post("/admin/reviewers/new", &wrong).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert!(page.typed("slug") == "The Owl" && page.typed("name") == "The Owl", "{page}");
    assert_ne!(page.complaint("f-slug"), "", "{page}");
    assert_ne!(page.complaint("f-model"), "", "an AI says which");

    let mut fields = vec![
        ("name", "The Owl"),
        ("slug", "owl"),
        ("kind", "human"),
        ("model", ""),
        ("bio", "Sees at `night`."),
        ("likes", "Quiet\r\n\r\nNight"),
        ("tired_of", "Noise"),
    ];
    fields.push(("do", "preview"));
    let preview = moderator.post("/admin/reviewers/new", &fields).await;
    assert_eq!(preview.status(), 200);
    let preview = Page::read(preview).await;
    assert!(
        preview.says("Nothing is saved yet") && preview.all("code").iter().any(|code| code.text() == "night")
    );
    assert_eq!(visitor.get("/reviewers/owl").await.status(), 404);

    fields.pop();
    let answer = moderator.post("/admin/reviewers/new", &fields).await;
    assert_eq!(answer.status(), 303);
    let path = location(&answer).to_owned();
    assert_eq!(visitor.get("/reviewers/owl").await.status(), 404, "a draft is for the admin area alone");
    assert!(!visitor.page("/reviewers").await.mentions("The Owl"));
    let form = moderator.page(&path).await;
    assert!(form.typed("likes") == "Quiet\nNight" && form.says("draft"), "{form}");

    fields.extend([("do", "publish"), ("reason", "New on the panel")]);
    let seen = seen(&form);
    fields.push(("token", &seen));
    assert_eq!(moderator.post(&path, &fields).await.status(), 303);
    assert!(visitor.page("/reviewers/owl").await.says("Night"));
    let acts = acts(&site);
    assert_eq!((acts[0].0.as_str(), acts[0].2.as_deref()), ("created", None), "a draft is not told");
    assert_eq!((acts[1].0.as_str(), acts[1].2.as_deref()), ("published", Some("The Owl")));
    assert_eq!(acts[1].3, "New on the panel");
    assert!(moderator.page("/admin/reviewers?q=owl&status=published").await.says("The Owl"));
    assert!(!moderator.page("/admin/reviewers?q=%25").await.mentions("The Owl"), "a sign is just a sign");
}

#[actix_web::test]
async fn two_editors_of_one_category_do_not_overwrite_each_other() {
    let site = TestSite::start();
    let path = format!("/admin/categories/{}", id(&site, RecordKind::Category, "research"));
    let (mona, max) =
        (sign_in_as(&site, "mona", Role::Moderator).await, sign_in_as(&site, "max", Role::Admin).await);
    let seen_by_both = seen(&mona.page(&path).await);
    let fields = |name: &'static str, seen: &str| {
        [
            ("name", name.to_owned()),
            ("slug", "research".into()),
            ("token", seen.into()),
            ("do", "save".into()),
        ]
    };
    let post = async |browser: &Browser, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(&path, &fields).await
    };
    assert_eq!(post(&mona, &fields("Science", &seen_by_both)).await.status(), 303);
    let answer = post(&max, &fields("Studies", &seen_by_both)).await;
    assert_eq!(answer.status(), 409);
    let page = Page::read(answer).await;
    assert!(page.says("Studies") && page.says("Science"), "both are shown");
    assert!(mona.page(&path).await.says("Science"), "nothing was overwritten");
    // With what is there now before their eyes, they may go on.
    assert_eq!(post(&max, &fields("Studies", &seen(&page))).await.status(), 303);
    assert!(site.browser().page("/categories/research").await.says("Studies"));
}

#[actix_web::test]
async fn archiving_wants_a_reason_and_may_be_undone() {
    let site = TestSite::start();
    let (moderator, visitor) = (sign_in_as(&site, "mona", Role::Moderator).await, site.browser());
    let reviewer = format!("/admin/reviewers/{}", id(&site, RecordKind::Reviewer, "builder"));
    let category = format!("/admin/categories/{}", id(&site, RecordKind::Category, "research"));
    let archive = format!("{reviewer}/archive");
    let answer = moderator.post(&archive, &[("reason", " ")]).await;
    assert_eq!(answer.status(), 422);
    assert!(Page::read(answer).await.says("Enter a reason."));
    assert_eq!(moderator.post(&archive, &[("reason", "Moved on")]).await.status(), 303);
    assert!(visitor.page("/reviewers").await.says("Former reviewers"));
    assert_eq!(moderator.post(&format!("{reviewer}/restore"), &[]).await.status(), 303);
    assert!(!visitor.page("/reviewers").await.mentions("Former reviewers"));
    assert_eq!(moderator.post(&format!("{reviewer}/restore"), &[]).await.status(), 409);

    let answer = moderator.post(&format!("{category}/archive"), &[("reason", "Empty soon")]).await;
    assert_eq!(answer.status(), 422, "tools are in it");
    assert!(Page::read(answer).await.says("2 published tools"));
    let told: Vec<_> = acts(&site).into_iter().map(|(act, label, ..)| (act, label)).collect();
    let told: Vec<_> = told.iter().map(|(act, label)| (act.as_str(), label.as_str())).collect();
    assert_eq!(told, [("archived", "The Builder"), ("restored", "The Builder")]);
    let kept: i64 = revisions::table.count().get_result(&mut site.connect()).unwrap();
    assert_eq!(kept, 3, "as it was found, archived, restored");
}

#[actix_web::test]
async fn a_comparison_is_put_in_order_published_and_archived() {
    let site = TestSite::start();
    let (moderator, visitor) = (sign_in_as(&site, "mona", Role::Moderator).await, site.browser());
    let new = moderator.page("/admin/comparisons/new").await;
    assert!(new.has("input[name='tools[0]'][data-from='/admin/suggestions?q=']"));
    assert!(new.says("Pick the first if …") && new.says("the first tool as entered above"), "{new}");
    let mut fields = vec![
        ("tools[0]", "delta"),
        ("tools[1]", "cobalt"),
        ("summary", "Two for research."),
        ("pick_first_if", "you like deltas"),
        ("pick_second_if", "you like blue"),
        ("published_on", ""),
    ];
    let with = |more: &[(&'static str, &'static str)]| [fields.clone(), more.to_vec()].concat();
    let preview = moderator.post("/admin/comparisons/new", &with(&[("do", "preview")])).await;
    assert_eq!(preview.status(), 200);
    assert!(Page::read(preview).await.says("Two for research."));
    assert!(!visitor.page("/compare/cobalt-vs-delta").await.mentions("Two for research."));

    let answer = moderator.post("/admin/comparisons/new", &with(&[("do", "publish")])).await;
    assert_eq!(answer.status(), 303);
    let path = location(&answer).to_owned();
    let stored = moderator.page(&path).await;
    for words in ["Cobalt vs Delta & <Sons> is published.", "Pick Cobalt if …", "Pick Delta & <Sons> if …"]
    {
        assert!(stored.says(words), "{words}: {stored}");
    }
    assert!(visitor.page("/compare").await.leads_to("/compare/cobalt-vs-delta"));
    let (blue, day): (String, Option<chrono::NaiveDate>) = comparisons::table
        .filter(comparisons::summary.eq("Two for research."))
        .select((comparisons::pick_first_if, comparisons::published_on))
        .first(&mut site.connect())
        .unwrap();
    assert_eq!((blue.as_str(), day.is_some()), ("you like blue", true), "cobalt is the first");

    let again = moderator.post("/admin/comparisons/new", &with(&[])).await;
    assert_eq!(again.status(), 422);
    let again = Page::read(again).await;
    assert!(again.says("compared already") && again.says("you like deltas"));
    fields[0].1 = "nothing";
    let unknown = moderator.post("/admin/comparisons/new", &fields).await;
    assert_eq!(unknown.status(), 422);
    assert!(Page::read(unknown).await.says("No tool has this name or URL slug."));

    let list = moderator.page("/admin/comparisons?q=cobalt+delta").await;
    assert!(list.says("Cobalt vs Delta") && list.says("1 comparison"));
    assert!(moderator.page("/admin/comparisons?q=zzz").await.says("No matches."));
    let archive = moderator.page(&format!("{path}/archive")).await;
    assert_eq!(archive.one("h1").text(), "Archive Cobalt vs Delta & <Sons>");
    assert!(archive.says("Shown in the public moderation log."), "{archive}");
    assert_eq!(moderator.post(&format!("{path}/archive"), &[("reason", "Wrong")]).await.status(), 303);
    assert!(!visitor.page("/compare").await.mentions("/compare/cobalt-vs-delta"));
    let log = visitor.page("/moderation").await;
    assert!(
        log.says("archived comparison Cobalt vs Delta & <Sons>") && !log.says("cobalt vs delta"),
        "{log}"
    );
    assert!(!visitor.page("/compare/cobalt-vs-delta").await.mentions("Two for research."));
}

#[actix_web::test]
async fn of_what_readers_never_saw_moderators_alone_learn_why_it_went() {
    let site = TestSite::start();
    let admin = sign_in_as(&site, "ada", Role::Admin).await;
    let fields = [("name", "Birds"), ("slug", "birds"), ("do", "save")];
    let path = location(&admin.post("/admin/categories/new", &fields).await).to_owned();
    let page = admin.page(&format!("{path}/archive")).await;
    assert!(page.says("Readers have never seen it.") && page.says("Seen by moderators only."), "{page}");
    assert!(!page.says("public moderation log"), "{page}");
    let refused = Page::read(admin.post(&format!("{path}/archive"), &[("reason", "")]).await).await;
    assert!(refused.says("Not saved. Fix this error:"), "{refused}");
    assert_eq!(admin.post(&format!("{path}/archive"), &[("reason", "A slip")]).await.status(), 303);
    let page = admin.page(&format!("{path}/delete")).await;
    assert!(page.says("Its history is kept.") && page.says("Seen by moderators only."), "{page}");
    assert!(!site.browser().page("/moderation").await.says("Birds"));
}

#[actix_web::test]
async fn the_log_calls_an_act_public_only_while_readers_see_it() {
    let site = TestSite::start();
    let admin = sign_in_as(&site, "ada", Role::Admin).await;
    let fields = [("name", "Birds"), ("slug", "birds"), ("do", "publish")];
    let path = location(&admin.post("/admin/categories/new", &fields).await).to_owned();
    assert_eq!(admin.page("/admin/log").await.all("tbody .badge").len(), 1);
    let id = id(&site, RecordKind::Category, "birds");
    let undo = [("number", "1"), ("reason", "A slip")];
    let answer = admin.post(&format!("/admin/history/category/{id}/withdraw"), &undo).await;
    assert_eq!(answer.status(), 303, "{path}");
    let log = admin.page("/admin/log").await;
    assert!(log.says("Birds") && !log.has("tbody .badge"), "{log}");
    assert!(!site.browser().page("/moderation").await.says("Birds"));
}

#[actix_web::test]
async fn a_name_without_latin_letters_asks_for_a_slug() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let fields = [("name", "日本"), ("slug", ""), ("category", "research"), ("do", "save")];
    let answer = moderator.post("/admin/tools/new", &fields).await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert_eq!(page.complaint("f-slug"), "No URL slug can be made from this name; enter one.");
}
