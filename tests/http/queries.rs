//! What an address asks for: one rule on every page.

use shiptally::accounts::Role;
use shiptally::catalogue::RecordKind;

use crate::admin_records::{id, sign_in_as};
use crate::page::Page;
use crate::site::{Browser, TestSite, location};

/// What a page answers, and the address that it has for good.
async fn status_and_canonical(browser: &Browser, path: &str) -> (u16, String) {
    let answer = browser.get(path).await;
    let status = answer.status().as_u16();
    let page = Page::read(answer).await;
    let canonical = page.all("link[rel=canonical]").first().map(|link| link.attr("href").to_owned());
    (status, canonical.unwrap_or_default())
}

#[actix_web::test]
async fn of_a_field_given_twice_the_first_counts_on_every_page_and_none_is_an_error() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let mona = sign_in_as(&site, "mona", Role::Admin).await;
    let visitor = site.browser();
    let tool = id(&site, RecordKind::Tool, "amber");
    let account = site.account("bert", Role::Member);
    let of_visitors = [
        "/",
        "/compare",
        "/compare/amber-vs-basalt",
        "/tools",
        "/tools/amber",
        "/categories",
        "/categories/research",
        "/reviewers",
        "/reviewers/builder",
        "/methodology",
        "/changes",
        "/changes.xml",
        "/moderation",
        "/moderation.xml",
        "/signup",
        "/login",
    ];
    let of_members = ["/account", "/account/sent", "/submit", "/tools/amber/correct", "/tools/amber/report"];
    let of_admins = [
        "/admin".to_owned(),
        "/admin/tools".into(),
        "/admin/tools/new".into(),
        format!("/admin/tools/{tool}"),
        format!("/admin/history/tool/{tool}"),
        format!("/admin/tools/{tool}/merge"),
        "/admin/comparisons".into(),
        "/admin/reviewers".into(),
        "/admin/categories".into(),
        "/admin/queue".into(),
        "/admin/votes".into(),
        format!("/admin/votes/tools/{tool}"),
        "/admin/people".into(),
        format!("/admin/people/{account}"),
        "/admin/import".into(),
        "/admin/log".into(),
        "/admin/settings".into(),
        "/admin/door".into(),
    ];
    let pages = of_visitors
        .iter()
        .map(|path| (&visitor, (*path).to_owned()))
        .chain(of_members.iter().map(|path| (&ada, (*path).to_owned())))
        .chain(of_admins.into_iter().map(|path| (&mona, path)));
    for (who, path) in pages {
        let usual = status_and_canonical(who, &path).await;
        assert_eq!(usual.0, 200, "{path}");
        for query in [
            "page=0",
            "page=abc",
            "page=-1",
            "page=&page=2",
            "page=1&page=2",
            "page=%00",
            "page=%ff",
            "x=1&x=2",
            "unknown=1",
            "&&=&=",
            "%=%zz",
            "next=&next=/tools",
            "q=&q=amber",
            "category=&category=research",
            "kind=&kind=price",
            "kind=moon",
            "sort=worst&sort=gap",
            "before=x",
            "tool=&tool=nothing",
        ] {
            let told = status_and_canonical(who, &format!("{path}?{query}")).await;
            assert_eq!(told, usual, "{path}?{query}");
        }
        for query in ["page=99999999999999999999", "page=2&page=3", "q=zzzz", "a=&b=&x=1&a=amber"] {
            let (status, _) = status_and_canonical(who, &format!("{path}?{query}")).await;
            let expected = if path == "/compare" && query.starts_with("a=") { 422 } else { 200 };
            assert_eq!(status, expected, "{path}?{query}");
        }
    }
    let answer = visitor.get("/compare?a=amber&b=basalt&a=cobalt&b=delta&page=2&page=3").await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/compare/amber-vs-basalt"));
    let login = visitor.page("/login?next=/compare&next=/tools").await;
    for next in login.all("[name=next]") {
        assert_eq!(next.typed(), "/compare");
    }
}
