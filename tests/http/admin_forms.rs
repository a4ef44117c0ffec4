//! What the forms of records take off a moderator: today's date, the scheme of an address, the slug of a name, the way to
//! the next record, and publishing from the preview.

use chrono::Utc;
use shiptally::accounts::Role;

use crate::page::Page;
use crate::site::{Browser, TestSite, location};

async fn moderator(site: &TestSite) -> Browser {
    site.account("mo", Role::Moderator);
    let browser = site.browser();
    browser.sign_in("mo").await;
    browser
}

/// Opens a form, changes it, sends it and returns where that leads, and the page there.
async fn sent(browser: &Browser, path: &str, changes: &[(&str, &str)]) -> (String, Page) {
    let mut form = browser.page(path).await.fields();
    form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    form.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    let answer = browser.post(path.split('?').next().unwrap(), &form).await;
    if answer.status() == 303 {
        let to = location(&answer).to_owned();
        let page = browser.page(&to).await;
        return (to, page);
    }
    (path.to_owned(), Page::read(answer).await)
}

fn value(page: &Page, name: &str) -> String {
    page.fields().into_iter().find(|(other, _)| other == name).map_or("(none)".into(), |(_, value)| value)
}

#[actix_web::test]
async fn a_new_tool_is_of_today_and_what_is_left_blank_stays_unsaid() {
    let site = TestSite::start();
    let mo = moderator(&site).await;
    let today = Utc::now().date_naive().to_string();
    let page = mo.page("/admin/tools/new").await;
    for name in
        ["pricing.checked_on", "facts[0].checked_on", "reviews[0].reviewed_on", "reviews[1].reviewed_on"]
    {
        assert_eq!(value(&page, name), today, "{name}");
    }
    let typed =
        [("name", "Quartz Clock"), ("category", "research"), ("tagline", "Keeps time"), ("do", "save")];
    let (to, page) = sent(&mo, "/admin/tools/new", &typed).await;
    assert_eq!(
        (value(&page, "slug"), value(&page, "pricing.checked_on")),
        ("quartz-clock".into(), String::new())
    );

    let typed =
        [("pricing.entry", "$9"), ("facts[0].label", "Licence"), ("facts[0].value", "MIT"), ("do", "save")];
    let (_, page) = sent(&mo, &to, &typed).await;
    assert_eq!(value(&page, "facts[0].checked_on"), today);
    assert_eq!(
        value(&page, "pricing.checked_on"),
        "",
        "a price that was there says only when it was checked"
    );
    let (_, page) = sent(&mo, &to, &[("rows", "today:pricing.checked_on")]).await;
    assert_eq!(value(&page, "pricing.checked_on"), today);
}

#[actix_web::test]
async fn addresses_get_their_scheme_and_what_is_no_address_is_refused() {
    let site = TestSite::start();
    let mo = moderator(&site).await;
    let typed = [
        ("name", "Quartz"),
        ("category", "research"),
        ("tagline", "Keeps time"),
        ("website", "quartz.example"),
        ("pricing.entry", "$9"),
        ("pricing.source", "quartz.example/pricing"),
        ("do", "save"),
    ];
    let (to, page) = sent(&mo, "/admin/tools/new", &typed).await;
    assert_eq!(value(&page, "website"), "https://quartz.example");
    assert_eq!(value(&page, "pricing.source"), "https://quartz.example/pricing");
    let (_, page) = sent(&mo, &to, &[("website", "javascript:alert(1)"), ("do", "save")]).await;
    assert_ne!(page.complaint("f-website"), "");
    assert_eq!(value(&page, "website"), "javascript:alert(1)");
}

#[actix_web::test]
async fn every_kind_gets_its_slug_from_its_name() {
    let site = TestSite::start();
    let mo = moderator(&site).await;
    for (kind, name, slug) in
        [("categories", "Fine Tools", "fine-tools"), ("reviewers", "The Élan", "the-elan")]
    {
        let path = format!("/admin/{kind}/new");
        let (_, page) = sent(&mo, &path, &[("name", name), ("do", "save")]).await;
        assert_eq!(value(&page, "slug"), slug, "{kind}");
        // Where none can be made, the field says so.
        let (_, page) = sent(&mo, &path, &[("name", "語"), ("do", "save")]).await;
        assert_ne!(page.complaint("f-slug"), "", "{kind}: {page}");
    }
}

#[actix_web::test]
async fn saving_can_lead_to_the_next_new_record() {
    let site = TestSite::start();
    let mo = moderator(&site).await;
    let (to, page) =
        sent(&mo, "/admin/categories/new", &[("name", "Fine Tools"), ("do", "save-another")]).await;
    assert_eq!(to, "/admin/categories/new");
    assert!(page.says("Fine Tools is created"), "{page}");
    assert_eq!(value(&page, "name"), "");
    let (to, _) = sent(&mo, "/admin/categories/new", &[("name", "Finer"), ("do", "save")]).await;
    let page = mo.page(&to).await;
    assert!(page.has("a[rel=prev]") && !page.has("a[rel=next]"), "{page}");
    let before = mo.page(page.one("a[rel=prev]").attr("href")).await;
    assert_eq!((value(&before, "name"), before.one("a[rel=next]").attr("href")), ("Fine Tools".into(), &*to));
}

#[actix_web::test]
async fn a_preview_can_publish_what_it_shows() {
    let site = TestSite::start();
    let mo = moderator(&site).await;
    let typed = [("name", "Quartz"), ("category", "research"), ("tagline", "Keeps time"), ("do", "preview")];
    let (_, preview) = sent(&mo, "/admin/tools/new", &typed).await;
    assert!(preview.one("button[value=publish]").text().contains("Publish"), "{preview}");
    let mut form = preview.fields();
    form.push(("do".to_owned(), "publish".to_owned()));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(mo.post("/admin/tools/new", &form).await.status(), 303);
    assert!(mo.page("/tools/quartz").await.says("Keeps time"));
    // What readers see already is saved, not published.
    let id = shiptally::catalogue::addresses::id_by_slug(
        &mut site.connect(),
        shiptally::catalogue::RecordKind::Tool,
        "quartz",
    );
    let path = format!("/admin/tools/{}", id.unwrap().unwrap());
    let (_, preview) = sent(&mo, &path, &[("do", "preview")]).await;
    assert!(preview.has("button[value=save]") && !preview.has("button[value=publish]"), "{preview}");
}

#[actix_web::test]
async fn a_comparison_names_its_tools_as_soon_as_they_are_known() {
    let site = TestSite::start();
    let mo = moderator(&site).await;
    let page = mo.page("/admin/comparisons/new?a=cobalt&b=amber").await;
    assert_eq!([value(&page, "tools[0]"), value(&page, "tools[1]")], ["cobalt", "amber"]);
    assert!(page.says("Pick Cobalt if …") && page.says("Pick Amber if …"), "{page}");
}
