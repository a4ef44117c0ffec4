//! Two tools side by side, and the picker that leads there.

use serde_json::json;
use shiptally::catalogue::file;

use crate::site::{TestSite, catalogue, location};

const PAGE: &str = "/compare/amber-vs-basalt";

#[actix_web::test]
async fn a_comparison_has_one_address_and_the_others_lead_there() {
    let site = TestSite::start();
    let browser = site.browser();
    assert_eq!(browser.get(PAGE).await.status(), 200);
    for other in [
        "/compare/basalt-vs-amber",
        "/compare/Amber-vs-BASALT",
        "/compare/AMBER-VS-BASALT",
        "/compare/BASALT-vs-amber",
    ] {
        let answer = browser.get(other).await;
        assert_eq!((answer.status().as_u16(), location(&answer)), (308, PAGE), "{other}");
    }
}

#[actix_web::test]
async fn what_is_no_comparison_is_not_found_and_offers_what_may_have_been_meant() {
    let site = TestSite::start();
    for (pair, says, offers) in [
        ("amber-vs-amber", "Amber cannot be compared with itself.", Some(PAGE)),
        ("AMBER-vs-amber", "Amber cannot be compared with itself.", Some(PAGE)),
        ("ambr-vs-basalt", "There is no tool called “ambr”", Some(PAGE)),
        ("basalt-vs-ambr", "There is no tool called “ambr”", Some(PAGE)),
        ("ambr-vs-bassalt", "There is no tool called “ambr”", Some(PAGE)),
        ("amber-vs-zzzzzzzzzz", "There is no tool called “zzzzzzzzzz”", Some("/tools/amber")),
        ("amber-vs-draft-tool", "There is no tool called “draft-tool”", None),
        ("ambr", "A comparison’s address names two tools", Some("/tools/amber")),
        ("-vs-", "A comparison’s address names two tools", None),
        ("amber-vs-basalt-vs-cobalt", "A comparison’s address names two tools", None),
        ("%3Cscript%3E-vs-x", "A comparison’s address names two tools", None),
    ] {
        let answer = site.browser().get(&format!("/compare/{pair}")).await;
        assert_eq!(answer.status(), 404, "{pair}");
        let page = answer.text().await.unwrap();
        assert_eq!(page.matches("<h1").count(), 1, "{pair}");
        assert!(page.contains(says), "{pair}: {page}");
        assert!(page.contains(r#"<meta name="robots" content="noindex">"#), "{pair}");
        assert!(!page.contains("<script>"), "{pair}");
        assert!(!page.contains(r#"<a href="/compare/amber-vs-draft-tool"#), "{pair}: a draft is not offered");
        if let Some(href) = offers {
            assert!(page.contains(&format!(r#"<a href="{href}">"#)), "{pair} offers {href}: {page}");
        }
    }
}

#[actix_web::test]
async fn every_block_of_a_comparison_is_there() {
    let site = TestSite::start();
    let page = site.browser().page(PAGE).await;
    assert_eq!(page.matches("<h1").count(), 1);
    for part in [
        r#"<h1>Amber <span class="vs">vs</span> Basalt</h1>"#,
        r#"<div id="answer" data-part>"#,
        r#"<p class="answer-line">"#,
        "<b>Pick Amber if</b> you like yellow.",
        "<b>Pick Basalt if</b> you like black.",
        r#"data-tool="amber""#,
        r#"data-tool="basalt""#,
        r#"<div id="contest" data-part>"#,
        "Nobody has voted on either tool yet.",
        "Two developer tools.",
        r#"<th scope="row" role="rowheader">Panel verdict</th>"#,
        r#"<th scope="row" role="rowheader">Licence</th>"#,
        r#"id="community-amber" data-part><span class="muted">No votes yet</span>"#,
        "2 reviewers, each on both tools.",
        r#"<a href="/reviewers/builder">The Builder</a>"#,
        "AI · Model-1",
        r#"<link rel="canonical" href="http://"#,
        r#"data-live="/compare/amber-vs-basalt/live""#,
    ] {
        assert!(page.contains(part), "{part} is on {page}");
    }
    // Nobody has said what either is best for, and what nobody said is unknown.
    let best_for = page.split("Best for</th>").nth(1).unwrap().split("</tr>").next().unwrap();
    assert_eq!(best_for.matches(r#"<span class="unknown">unknown</span>"#).count(), 2, "{best_for}");
}

#[actix_web::test]
async fn the_marks_that_scripts_look_for_are_on_every_card() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    for (tool, choice) in [("amber", "ship"), ("basalt", "skip")] {
        ada.vote(tool, choice).await;
    }
    let page = ada.page("/compare/basalt-vs-cobalt").await;
    for (tool, percent, votes, ships, skips, panel, pressed) in
        [("basalt", "0%", "1", "0", "1", "50%", "skip"), ("cobalt", "—", "0", "0", "0", "0%", "")]
    {
        let card = page
            .split(&format!(r#" data-tool="{tool}""#))
            .nth(1)
            .unwrap()
            .split("</article>")
            .next()
            .unwrap();
        for (mark, value) in [
            (r#"data-tally="percent""#, percent),
            (r#"data-tally="votes""#, votes),
            (r#"data-tally="ships""#, ships),
            (r#"data-tally="skips""#, skips),
            (r#"data-panel="percent""#, panel),
        ] {
            assert!(card.contains(&format!("{mark}>{value}</")), "{tool}: {mark} says {value}: {card}");
        }
        assert!(card.contains(&format!(r#"action="/tools/{tool}/vote" data-vote="{tool}""#)), "{card}");
        for choice in ["ship", "skip"] {
            let button = format!(r#"name="choice" value="{choice}" aria-pressed="{}""#, choice == pressed);
            assert!(card.contains(&button), "{tool}: {button}");
        }
    }
}

#[actix_web::test]
async fn disagreements_of_the_panel_come_first() {
    let site = TestSite::start();
    // The Builder ships both of them, The Skeptic ships Amber alone.
    let page = site.browser().page(PAGE).await;
    let scorecard = page.split("Reviewer scorecard").nth(1).unwrap();
    let at = |text: &str| scorecard.find(text).unwrap_or_else(|| unreachable!("{text} is in {scorecard}"));
    assert!(at("Where the panel splits") < at("The Skeptic") && at("The Skeptic") < at("The Builder"));
    assert!(scorecard.contains("1 of the 2 who reviewed both ships one and skips the other."));
    let agreed = site.browser().page("/compare/basalt-vs-delta").await;
    assert!(!agreed.contains("Where the panel splits"));
}

#[actix_web::test]
async fn any_two_published_tools_can_be_compared_without_a_record() {
    let site = TestSite::start();
    let page = site.browser().page("/compare/amber-vs-cobalt").await;
    assert!(page.contains(r#"<p class="answer-line">"#) && page.contains("Decision table"));
    assert!(!page.contains("<b>Pick ") && !page.contains("In short"), "nothing is made up");
    let related = page.split("Related comparisons").nth(1).unwrap();
    for href in [PAGE, "/compare/cobalt-vs-delta"] {
        assert!(related.contains(&format!(r#"<a href="{href}">"#)), "{href}: {related}");
    }
    assert!(!related.contains("/compare/amber-vs-cobalt\"") && !related.contains("draft"));
}

#[actix_web::test]
async fn what_a_catalogue_says_is_shown_as_text() {
    let site = TestSite::start();
    let mut bold = catalogue();
    bold["tools"][0]["name"] = "A & <img src=x onerror=alert(1)>".into();
    bold["tools"][0]["tagline"] = "</p><script>alert(1)</script>".into();
    bold["tools"][0]["facts"] = json!([{"label": "<b>L</b>", "value": "<i>V</i> \"quoted\""}]);
    bold["tools"][0]["reviews"][0]["take"] = "<script>alert(2)</script>".into();
    bold["comparisons"][0]["pick_first_if"] = "<u>you</u>".into();
    let parsed = file::parse(&bold.to_string()).unwrap();
    file::import(&mut site.connect(), &parsed, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
    for path in [PAGE, "/compare/amber-vs-delta", "/compare", "/compare?a=amber", "/compare/amber-vs-amber"] {
        let page = site.browser().get(path).await.text().await.unwrap();
        for markup in ["<img", "<script>", "<b>L</b>", "<i>V", "<u>", "<Sons>", "</p><script"] {
            assert!(!page.contains(markup), "{markup} on {path}: {page}");
        }
        assert!(page.contains("A &#38; &#60;img src=x onerror=alert(1)&#62;"), "{path}: {page}");
    }
    let page = site.browser().page("/compare/amber-vs-delta").await;
    assert!(
        page.contains("Delta &#38; &#60;Sons&#62;") && page.contains("not &lt;b&gt;markup")
            || page.contains("not &#60;b&#62;markup"),
        "{page}"
    );
}

#[actix_web::test]
async fn the_picker_leads_to_the_comparison_of_two_tools_by_slug_or_name() {
    let site = TestSite::start();
    for (a, b, leads) in [
        ("amber", "basalt", PAGE),
        ("basalt", "amber", PAGE),
        ("Amber", " BASALT ", PAGE),
        ("delta & <sons>", "Cobalt", "/compare/cobalt-vs-delta"),
        ("Delt", "Cobalt", "/compare/cobalt-vs-delta"),
    ] {
        let answer = site
            .browser()
            .client
            .get(site.browser().url("/compare"))
            .query(&[("a", a), ("b", b)])
            .send()
            .await
            .unwrap();
        assert_eq!((answer.status().as_u16(), location(&answer)), (303, leads), "{a:?} {b:?}");
    }
}

#[actix_web::test]
async fn the_picker_keeps_what_was_typed_and_says_what_is_wrong() {
    let site = TestSite::start();
    let page = site.browser().page("/compare").await;
    assert!(!page.contains("aria-invalid"), "nothing was asked yet");
    assert!(page.contains(&format!(r#"<a href="{PAGE}">"#)) && page.contains("1 comparison"), "{page}");
    for (query, status, field, says, kept) in [
        (
            "a=amber&b=bassalt",
            404,
            "b",
            "There is no tool called “bassalt”. Did you mean <a href=\"/compare?a=amber&#38;b=basalt\">Basalt</a>? <a href=\"/tools\">Show all tools</a>",
            "bassalt",
        ),
        ("a=%3Cb%3E&b=basalt", 404, "a", "There is no tool called “&#60;b&#62;”.", "&#60;b&#62;"),
        ("a=draft-tool&b=basalt", 404, "a", "There is no tool called “draft-tool”.", "draft-tool"),
        ("a=a%00b&b=basalt", 404, "a", "There is no tool called", "basalt"),
        ("a=amber&b=Amber", 422, "b", "Pick two different tools.", "amber"),
        ("a=bassalt&b=basalt", 404, "a", "There is no tool called “bassalt”. <a href=\"/tools\">", "basalt"),
        ("a=amber", 422, "b", "Name a tool.", "amber"),
        ("a=amber&b=", 422, "b", "Name a tool.", "amber"),
        ("a=&b=", 422, "a", "Name a tool.", ""),
        ("a=&b=+", 422, "b", "Name a tool.", ""),
    ] {
        let answer = site.browser().get(&format!("/compare?{query}")).await;
        assert_eq!(answer.status(), status, "{query}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!(r#"id="{field}-error">{says}"#)), "{query}: {page}");
        assert!(page.contains(&format!(r#"value="{kept}""#)), "{query}: {page}");
        assert!(page.contains("<title>Error: Compare two tools"), "{query}: {page}");
        assert_eq!(page.matches(" autofocus").count(), 1, "{query}");
        assert!(!page.contains("<b>"), "{query}");
    }
    for page in ["0", "-1", "x", "99999999999999999999"] {
        assert_eq!(site.browser().get(&format!("/compare?page={page}")).await.status(), 200, "{page}");
    }
}
