//! What readers see of changes: on the site's page and feed, on tools and comparisons, and on the first page.

use chrono::Utc;
use diesel::prelude::*;
use reqwest::header;
use serde_json::{Value, json};
use shiptally::accounts::Role;
use shiptally::catalogue::{changes, file};
use shiptally::db::schema;

use crate::page::{Page, Part};
use crate::site::{TestSite, catalogue, header as header_of};

/// Imports the catalogue with Amber changed.
fn change(site: &TestSite, edit: impl FnOnce(&mut Value)) {
    let mut catalogue = catalogue();
    edit(&mut catalogue["tools"][0]);
    let parsed = file::parse(&catalogue.to_string()).unwrap();
    file::import(&mut site.connect(), &parsed, Utc::now().naive_utc(), |_, _| {}).unwrap();
    site.settle();
}

/// Amber gets a verdict, a price and a fact changed at once.
fn change_amber(site: &TestSite) {
    change(site, |amber| {
        amber["reviews"][0]["verdict"] = "skip".into();
        amber["pricing"]["entry"] = "<b>5</b> USD".into();
        amber["facts"][0]["value"] = "Apache-2.0".into();
    });
}

/// How many changes of something that was there before a page tells.
fn told(page: &Page) -> usize {
    page.count("del")
}

#[actix_web::test]
async fn without_a_change_the_page_says_so_and_no_other_page_mentions_any() {
    let site = TestSite::start();
    let visitor = site.browser();
    let page = visitor.page("/changes").await;
    assert!(page.says("No changes yet.") && page.leads_to("/changes.xml"), "{page}");
    assert!(visitor.page("/changes?kind=price").await.says("No changes of this kind yet."));
    for path in ["/tools/amber", "/compare/amber-vs-basalt", "/"] {
        let page = visitor.page(path).await;
        assert!(!page.has(".changes, del, ins") && !page.mentions("Price history"), "{path}");
        let link = page.one(r#"footer a[href="/changes"]"#);
        assert_eq!(link.text(), "What changed", "the foot of every page leads there");
    }
}

#[actix_web::test]
async fn a_change_says_what_it_was_and_what_it_is_wherever_the_tool_is_shown() {
    let site = TestSite::start();
    let visitor = site.browser();
    let pages = ["/changes", "/tools/amber", "/compare/amber-vs-basalt", "/compare/amber-vs-cobalt"];
    for path in pages {
        visitor.page(path).await;
    }
    change_amber(&site);
    for path in pages {
        let text = visitor.page(path).await.text();
        assert!(text.contains("The Builder: was Ship, now Skip"), "{path}: {text}");
        let price = if path == "/tools/amber" { "was Free, now" } else { "Starting price: was Free, now" };
        assert!(text.contains(&format!("{price} <b>5</b> USD")), "{path}: {text}");
        assert!(text.contains("Licence: was MIT, now Apache-2.0"), "{path}: {text}");
    }
    assert!(visitor.page("/compare/amber-vs-basalt").await.leads_to("/changes?tool=basalt"));
    let tool = visitor.page("/tools/amber").await;
    assert!(tool.says("Price history") && tool.leads_to("/changes?tool=amber"), "{tool}");
    assert_eq!(tool.times("was Free, now"), 2, "in the history of the price, and among all");
    assert!(!visitor.page("/compare/basalt-vs-cobalt").await.has(".changes, del, ins"));
    let front = visitor.page("/").await;
    assert!(front.says("Verdicts that changed") && front.says("The Builder: was Ship, now Skip"), "{front}");
    assert!(!front.mentions("Licence: was"), "{front}");
}

#[actix_web::test]
async fn changes_are_filtered_by_kind_and_tool() {
    let site = TestSite::start();
    change_amber(&site);
    let visitor = site.browser();
    for (query, lines) in [
        ("", 3),
        ("?kind=verdict", 1),
        ("?kind=price", 1),
        ("?kind=fact&tool=amber", 1),
        ("?tool=amber", 3),
        ("?tool=AMBER", 3),
        ("?tool=basalt", 0),
        ("?kind=moon", 3),
        ("?before=0", 3),
        ("?before=1", 0),
    ] {
        let page = visitor.page(&format!("/changes{query}")).await;
        assert_eq!(told(&page), lines, "{query}");
        let feed = visitor.text(&format!("/changes.xml{query}")).await;
        assert_eq!(feed.matches("<entry>").count(), lines, "{query}");
    }
    for missing in ["nothing", "draft-tool"] {
        for path in ["/changes", "/changes.xml"] {
            assert_eq!(
                visitor.get(&format!("{path}?tool={missing}")).await.status(),
                404,
                "{path} {missing}"
            );
        }
    }
    let chosen = visitor.page("/changes?kind=price").await;
    assert!(chosen.has(r#"a[href="/changes?kind=price"][aria-current=page]"#), "{chosen}");
    assert!(chosen.leads_to("/changes.xml?kind=price"), "{chosen}");
}

#[actix_web::test]
async fn what_is_not_published_has_no_changes_for_readers() {
    let site = TestSite::start();
    change_amber(&site);
    let visitor = site.browser();
    assert_eq!(told(&visitor.page("/changes").await), 3);
    site.sql(
        "UPDATE tools SET status = 2 WHERE slug = 'amber'; UPDATE versions SET value = value + 1 WHERE id = 1;",
    );
    for path in ["/changes", "/"] {
        assert_eq!(told(&visitor.page(path).await), 0, "{path}");
    }
    assert_eq!(visitor.text("/changes.xml").await.matches("<entry>").count(), 0);
    assert_eq!(visitor.get("/changes?tool=amber").await.status(), 404);
}

#[actix_web::test]
async fn a_withdrawn_change_is_gone() {
    let site = TestSite::start();
    change_amber(&site);
    let visitor = site.browser();
    assert_eq!(visitor.page("/tools/amber").await.count(".changes"), 1);
    let mut conn = site.connect();
    let revision: i64 = schema::changes::table.select(schema::changes::revision_id).first(&mut conn).unwrap();
    assert_eq!(changes::withdraw(&mut conn, revision).unwrap(), 3);
    site.sql("UPDATE versions SET value = value + 1 WHERE id = 1");
    for path in ["/changes", "/tools/amber", "/compare/amber-vs-basalt", "/"] {
        assert_eq!(told(&visitor.page(path).await), 0, "{path}");
    }
}

#[actix_web::test]
async fn many_changes_are_paged_and_grouped_by_day() {
    let site = TestSite::start();
    change_amber(&site);
    let rows: String = (0..120)
        .map(|n| {
            format!(
                "INSERT INTO changes (tool_id, kind, subject, old_value, new_value, revision_id, made_at)
                 SELECT tool_id, 2, 'Fact-{n}.', 'a', 'b', revision_id, '2027-01-{:02} 12:00:00' FROM changes WHERE kind = 0;",
                n / 40 + 1
            )
        })
        .collect();
    site.sql(&format!("{rows} UPDATE versions SET value = value + 1 WHERE id = 1;"));
    let visitor = site.browser();
    let first = visitor.page("/changes?kind=fact").await;
    assert_eq!((told(&first), first.count("h2")), (50, 2));
    let days: Vec<String> = first.all(r#"time[datetime="2027-01-03"]"#).iter().map(Part::text).collect();
    assert!(days.contains(&"3 Jan 2027".to_owned()), "{first}");
    let (mut path, mut seen) = ("/changes?kind=fact".to_owned(), 0);
    loop {
        let page = visitor.page(&path).await;
        seen += told(&page);
        let Some(next) = page.next() else { break };
        path = next.to_owned();
    }
    assert_eq!(seen, 121, "each once");
    let tool = visitor.page("/tools/amber").await;
    assert_eq!(tool.count("[aria-labelledby=changes-h] del"), 8, "the newest");
    let pair = visitor.page("/compare/amber-vs-basalt").await;
    assert_eq!(told(&pair), 8, "the newest");
}

#[actix_web::test]
async fn the_feed_is_atom_and_is_sent_once_to_whoever_has_it() {
    let site = TestSite::with(&["--base-url", "https://ships.example"]);
    change_amber(&site);
    let visitor = site.browser();
    let answer = visitor.get("/changes.xml?kind=price").await;
    assert_eq!(header_of(&answer, "content-type"), "application/atom+xml; charset=utf-8");
    let tag = header_of(&answer, "etag").to_owned();
    let text = answer.text().await.unwrap();
    let feed: atom_syndication::Feed = text.parse().unwrap();
    assert_eq!(feed.title.value, "What changed · Shiptally");
    let links: Vec<_> = feed.links.iter().map(|link| (link.rel.as_str(), link.href.as_str())).collect();
    assert_eq!(
        links,
        [
            ("self", "https://ships.example/changes.xml?kind=price"),
            ("alternate", "https://ships.example/changes?kind=price")
        ]
    );
    let entry = &feed.entries[0];
    assert_eq!(entry.title.value, "Amber: Starting price: was Free, now <b>5</b> USD");
    assert_eq!(entry.links[0].href, "https://ships.example/tools/amber");
    assert!(feed.updated == entry.updated && entry.id.starts_with("https://ships.example/changes#"));

    let again =
        visitor.client.get(visitor.url("/changes.xml?kind=price")).header(header::IF_NONE_MATCH, &tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let page = visitor.get("/changes").await;
    assert!(!header_of(&page, "etag").is_empty() && header_of(&page, "cache-control").starts_with("public"));
    // The feed is the same for everybody who asks.
    site.account("ada", Role::Member);
    assert_eq!(json!(text), json!(visitor.text("/changes.xml?kind=price").await));
}
