//! Long lists come in pages: none grows with the catalogue.

use serde_json::{Value, json};
use shiptally::accounts::Role;
use shiptally::catalogue::file;
use shiptally::config::Voters;
use shiptally::stats::Choice;
use shiptally::votes::vote::Intent;
use shiptally::votes::{cast, tally_store};

use crate::page::{Page, Part};
use crate::site::{TestSite, header, location};

const TOOLS: usize = 120;

/// As many tools have ten votes, which gives them a place: three in a row of each share.
const PLACED: usize = 110;

/// The most bytes of a page.
const MOST_BYTES: usize = 200_000;

/// A site with 120 tools in a category of their own, reviewed by the builder; 110 of them have ten votes.
fn crowded_site() -> TestSite {
    let site = TestSite::start();
    let take = "Reasons that go on for a while. ".repeat(8);
    let tool = |n: usize| {
        json!({"slug": format!("tool-{n:03}"), "name": format!("Tool {n:03}"), "category": "crowd",
            "tagline": format!("Does thing number {n}"),
            "reviews": [{"reviewer": "builder", "verdict": "ship", "score": 80, "take": take, "reviewed_on": "2026-10-01"}]})
    };
    let tools: Vec<Value> = (0..TOOLS).map(tool).collect();
    let crowd = json!({"format": "shiptally-catalogue/1",
        "categories": [{"slug": "crowd", "name": "Crowd", "description": ""}], "tools": tools});
    let mut conn = site.connect();
    let now = chrono::Utc::now().naive_utc();
    file::import(&mut conn, &file::parse(&crowd.to_string()).unwrap(), now, |_, _| {}).unwrap();
    let voters: Vec<i64> = (0..10).map(|n| site.account(&format!("voter{n}"), Role::Member)).collect();
    for (n, account_id) in voters.into_iter().enumerate() {
        // Tools 0 to 10 get ten ships, 11 to 21 nine, and so on: eleven share each place.
        let choice = |tool: usize| if n < 10 - tool / 11 { Choice::Ship } else { Choice::Skip };
        let intents: Vec<Intent> = (0..PLACED)
            .map(|tool| Intent {
                account_id,
                tool: format!("tool-{tool:03}"),
                choice: Some(choice(tool)),
                network: None,
            })
            .collect();
        let cast = cast::cast_all(&mut conn, &intents, Voters::Anyone, now).unwrap();
        assert!(cast.iter().all(Result::is_ok), "{cast:?}");
    }
    site.settle();
    site
}

/// The slugs of the tools that a page shows.
fn tools_on(page: &Page) -> Vec<String> {
    page.all("[data-tool]").iter().map(|tool| tool.attr("data-tool").to_owned()).collect()
}

/// A page's own address within the site.
fn canonical(page: &Page) -> &str {
    page.canonical().split_once("//").unwrap().1.split_once('/').unwrap().1
}

#[actix_web::test]
async fn a_ranking_counts_on_across_its_pages() {
    let site = crowded_site();
    let visitor = site.browser();
    let mut places = Vec::new();
    let mut tools = Vec::new();
    for number in 1..=6 {
        let page = visitor.page(&format!("/categories/crowd?page={number}")).await;
        assert!(page.source().len() < MOST_BYTES, "{number}: {} bytes", page.source().len());
        assert!(page.says(&format!("Page {number} of 6")));
        assert_eq!(page.says("Not ranked yet"), number == 6, "the shelf stands at the end");
        assert_eq!(page.says("10 tools not ranked yet"), number < 6);
        let canon =
            if number == 1 { "categories/crowd".into() } else { format!("categories/crowd?page={number}") };
        assert_eq!(canonical(&page), canon);
        let ranks = page.all(".rank");
        let place = |rank: &Part<'_>| rank.text().split(' ').next().unwrap().to_owned();
        assert_eq!(ranks.len(), [20, 20, 20, 20, 20, 10][number - 1]);
        places.extend(ranks.iter().map(place));
        tools.extend(tools_on(&page));
    }
    let expected: Vec<String> = (0..PLACED).map(|n| (n / 11 * 11 + 1).to_string()).collect();
    assert_eq!(places, expected, "ties hold across the border of a page");
    assert_eq!(tools.len(), TOOLS);
    tools.sort();
    tools.dedup();
    assert_eq!(tools.len(), TOOLS, "every tool stands there once");
    let last = visitor.page("/categories/crowd?page=6").await;
    for wanted in ["7", "9999", "99999999999999999999999"] {
        assert_eq!(
            canonical(&visitor.page(&format!("/categories/crowd?page={wanted}")).await),
            canonical(&last)
        );
    }
    for wanted in ["", "0", "-1", "two", "%00", "1&page=3"] {
        let page = visitor.page(&format!("/categories/crowd?page={wanted}")).await;
        assert_eq!(canonical(&page), "categories/crowd", "{wanted}");
    }
    assert!(!visitor.page("/categories/research").await.has("nav.pages, [aria-label=Pages]"));
}

#[actix_web::test]
async fn the_stream_of_a_page_moves_every_tally_on_it() {
    let site = crowded_site();
    let visitor = site.browser();
    for path in
        ["/", "/tools", "/tools?page=7", "/categories/crowd", "/categories/crowd?page=6", "/tools/tool-001"]
    {
        let page = visitor.page(path).await;
        let live = page.one("body").attr("data-live");
        let moved: Vec<&str> =
            live.split("tool=").skip(1).filter_map(|rest| rest.split('&').next()).collect();
        let shown: Vec<&str> = page
            .all(r#"[data-part][id^="tally-"]"#)
            .iter()
            .filter_map(|part| part.attr("id").strip_prefix("tally-"))
            .collect();
        assert!(
            !shown.is_empty() && shown.iter().all(|slug| moved.contains(slug)),
            "{path}: {shown:?} {moved:?}"
        );
    }
}

#[actix_web::test]
async fn verdicts_come_in_pages_that_keep_the_filter() {
    let site = crowded_site();
    let visitor = site.browser();
    let all = visitor.page("/reviewers/builder").await;
    assert!(all.source().len() < MOST_BYTES, "{} bytes", all.source().len());
    assert_eq!(all.count("article"), 24);
    assert!(all.says("Page 1 of 6") && all.says("124 tools"));
    let second = visitor.page("/reviewers/builder?category=crowd&page=2").await;
    assert!(second.says("Page 2 of 5") && second.says("120 tools"));
    let pages = ["prev", "next"].map(|rel| second.one(&format!("a[rel={rel}]")).attr("href"));
    let base = "/reviewers/builder?category=crowd";
    assert_eq!(pages, [format!("{base}#verdicts"), format!("{base}&page=3#verdicts")]);
    assert!(second.has(&format!(r#"a[href="{base}#verdicts"][aria-current=true]"#)), "{second}");
    let unknown = visitor.page("/reviewers/builder?category=nothing&page=99").await;
    assert!(unknown.says("Page 6 of 6") && unknown.says("124 tools"));
    assert_eq!(canonical(&unknown), "reviewers/builder?page=6");
    let answer = visitor.get("/reviewers/Builder").await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (308, "/reviewers/builder"));
    assert_eq!(visitor.get("/reviewers/Nobody").await.status(), 404);
}

#[actix_web::test]
async fn one_s_votes_come_in_pages() {
    let site = crowded_site();
    let voter = site.browser();
    voter.sign_in("voter0").await;
    let mut tools = Vec::new();
    for (number, votes) in [(1, 50), (2, 50), (3, 10)] {
        let page = voter.page(&format!("/account?page={number}")).await;
        assert!(page.source().len() < MOST_BYTES, "{} bytes", page.source().len());
        assert!(page.says("110 votes") && page.says(&format!("Page {number} of 3")));
        let shown = page.all(r#"form[action^="/tools/"][action$="/vote"]"#);
        assert_eq!(shown.len(), votes);
        tools.extend(shown.iter().map(|form| form.attr("action").to_owned()));
    }
    tools.sort();
    tools.dedup();
    assert_eq!(tools.len(), PLACED, "every vote stands there once");
    let page = voter.page("/account?page=2").await;
    assert!(
        page.all("input[name=next]").iter().all(|next| next.attr("value") == "/account?page=2"),
        "one comes back to the same page"
    );
    assert!(voter.page("/account?page=77").await.says("Page 3 of 3"));
    assert_eq!(header(&voter.get("/account?page=2").await, "cache-control"), "no-store");
    let gone = json!({"format": "shiptally-catalogue/1",
        "tools": [{"slug": "tool-000", "name": "Tool 000", "category": "crowd", "tagline": "Gone", "status": "archived"}]});
    let gone = file::parse(&gone.to_string()).unwrap();
    file::import(&mut site.connect(), &gone, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
    site.settle();
    assert!(voter.page("/account").await.says("109 votes"), "only tools that are published count");
}

#[actix_web::test]
async fn lists_leave_out_what_an_address_cannot_mean() {
    let site = crowded_site();
    let visitor = site.browser();
    assert_eq!(visitor.get("/tools?q=%00").await.status(), 200);
    let same = visitor.page("/tools?q=am%00ber%01").await;
    assert!(same.says("1 tool matches “amber”"), "{same}");
    assert!(visitor.page("/tools?page=99999999999999999999999").await.says("Page 7 of 7"));
    assert!(visitor.page("/tools/tool-000").await.has("datalist#peers"));
    assert_eq!(canonical(&visitor.page("/compare?page=9").await), "compare", "there is one page only");
    let ids: Vec<i64> = (0..40_000).collect();
    assert_eq!(
        tally_store::versioned(&mut site.connect(), &ids).unwrap().len(),
        ids.len(),
        "SQLite takes 32,766"
    );
}
