//! What readers see of changes: on the site's page and feed, on tools and comparisons, and on the first page.

use chrono::Utc;
use diesel::prelude::*;
use reqwest::header;
use serde_json::{Value, json};
use shiptally::{
    accounts::Role,
    catalogue::{changes, file},
    schema,
};

use crate::site::{TestSite, catalogue, header as header_of};

/// Imports the catalogue with Amber changed.
fn change(site: &TestSite, edit: impl FnOnce(&mut Value)) {
    let mut catalogue = catalogue();
    edit(&mut catalogue["tools"][0]);
    let parsed = file::parse(&catalogue.to_string()).unwrap();
    file::import(&mut site.connect(), &parsed, Utc::now().naive_utc(), |_, _| {}).unwrap();
    shiptally::cli::settle();
}

/// Amber gets a verdict, a price and a fact changed at once.
fn change_amber(site: &TestSite) {
    change(site, |amber| {
        amber["reviews"][0]["verdict"] = "skip".into();
        amber["pricing"]["entry"] = "<b>5</b> USD".into();
        amber["facts"][0]["value"] = "Apache-2.0".into();
    });
}

/// What is between the tags.
fn text_of(html: &str) -> String {
    let text: String =
        html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[actix_web::test]
async fn without_a_change_the_page_says_so_and_no_other_page_mentions_any() {
    let site = TestSite::start();
    let visitor = site.browser();
    let page = visitor.page("/changes").await;
    assert!(page.contains("Nothing has changed yet.") && page.contains(r#"href="/changes.xml""#), "{page}");
    assert!(visitor.page("/changes?kind=price").await.contains("Nothing of this kind has changed yet."));
    for path in ["/tools/amber", "/compare/amber-vs-basalt", "/"] {
        let page = visitor.page(path).await;
        assert!(!page.contains("class=\"changes\"") && !page.contains("How the price changed"), "{path}");
        assert!(
            page.contains(r#"<a href="/changes">What changed</a>"#),
            "the foot of every page leads there"
        );
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
        let text = text_of(&visitor.page(path).await);
        assert!(text.contains("The Builder: was Ship, now Skip"), "{path}: {text}");
        let price = if path == "/tools/amber" { "was Free, now" } else { "Entry price: was Free, now" };
        assert!(text.contains(&format!("{price} &lt;b&gt;5&lt;/b&gt; USD")), "{path}: {text}");
        assert!(text.contains("Licence: was MIT, now Apache-2.0"), "{path}: {text}");
    }
    assert!(visitor.page("/compare/amber-vs-basalt").await.contains(r#"href="/changes?tool=basalt""#));
    let tool = visitor.page("/tools/amber").await;
    assert!(
        tool.contains("How the price changed") && tool.contains(r#"href="/changes?tool=amber""#),
        "{tool}"
    );
    assert_eq!(
        text_of(&tool).matches("was Free, now").count(),
        2,
        "in the history of the price, and among all"
    );
    assert!(!visitor.page("/compare/basalt-vs-cobalt").await.contains("class=\"changes\""));
    let front = text_of(&visitor.page("/").await);
    assert!(
        front.contains("Verdicts that changed") && front.contains("The Builder: was Ship, now Skip"),
        "{front}"
    );
    assert!(!front.contains("Licence: was"), "{front}");
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
        assert_eq!(page.matches("<del>").count(), lines, "{query}");
        let feed = visitor.page(&format!("/changes.xml{query}")).await;
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
    assert!(chosen.contains(r#"href="/changes?kind=price" aria-current="page""#), "{chosen}");
    assert!(chosen.contains(r#"href="/changes.xml?kind=price""#), "{chosen}");
}

#[actix_web::test]
async fn what_is_not_published_has_no_changes_for_readers() {
    let site = TestSite::start();
    change_amber(&site);
    let visitor = site.browser();
    assert_eq!(visitor.page("/changes").await.matches("<del>").count(), 3);
    site.sql(
        "UPDATE tools SET status = 2 WHERE slug = 'amber'; UPDATE versions SET value = value + 1 WHERE id = 1;",
    );
    for path in ["/changes", "/"] {
        assert_eq!(visitor.page(path).await.matches("<del>").count(), 0, "{path}");
    }
    assert_eq!(visitor.page("/changes.xml").await.matches("<entry>").count(), 0);
    assert_eq!(visitor.get("/changes?tool=amber").await.status(), 404);
}

#[actix_web::test]
async fn a_withdrawn_change_is_gone() {
    let site = TestSite::start();
    change_amber(&site);
    let visitor = site.browser();
    assert_eq!(visitor.page("/tools/amber").await.matches("class=\"changes\"").count(), 1);
    let mut conn = site.connect();
    let revision: i64 = schema::changes::table.select(schema::changes::revision_id).first(&mut conn).unwrap();
    assert_eq!(changes::withdraw(&mut conn, revision).unwrap(), 3);
    site.sql("UPDATE versions SET value = value + 1 WHERE id = 1");
    for path in ["/changes", "/tools/amber", "/compare/amber-vs-basalt", "/"] {
        assert!(!visitor.page(path).await.contains("<del>"), "{path}");
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
    assert_eq!((first.matches("<del>").count(), first.matches("<h2>").count()), (50, 2));
    assert!(first.contains(r#"<time datetime="2027-01-03">3 Jan 2027</time>"#), "{first}");
    let (mut path, mut seen) = ("/changes?kind=fact".to_owned(), 0);
    loop {
        let page = visitor.page(&path).await;
        seen += page.matches("<del>").count();
        let Some(next) = page.split(r#"rel="next" href=""#).nth(1) else { break };
        path = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    assert_eq!(seen, 121, "each once");
    let tool = visitor.page("/tools/amber").await;
    assert_eq!(tool.split("id=\"changes-h\"").nth(1).unwrap().matches("<del>").count(), 8, "the newest");
    let pair = visitor.page("/compare/amber-vs-basalt").await;
    assert_eq!(pair.matches("<del>").count(), 8, "the newest");
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
    assert_eq!(entry.title.value, "Amber: Entry price: was Free, now <b>5</b> USD");
    assert_eq!(entry.links[0].href, "https://ships.example/tools/amber");
    assert!(feed.updated == entry.updated && entry.id.starts_with("https://ships.example/changes#"));

    let again =
        visitor.client.get(visitor.url("/changes.xml?kind=price")).header(header::IF_NONE_MATCH, &tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
    let page = visitor.get("/changes").await;
    assert!(!header_of(&page, "etag").is_empty() && header_of(&page, "cache-control").starts_with("public"));
    // The feed is the same for everybody who asks.
    site.account("ada", Role::Member);
    assert_eq!(json!(text), json!(visitor.page("/changes.xml?kind=price").await));
}
