//! Two tools side by side, and the picker that leads there.

use serde_json::json;
use shiptally::catalogue::{RecordKind, file};

use crate::page::{Page, Part};
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
        ("ambr", "The address of a comparison names two to 5 tools", Some("/tools/amber")),
        ("-vs-", "The address of a comparison names two to 5 tools", None),
        ("amber-vs-basalt-vs-ambr", "There is no tool called “ambr”", Some(PAGE)),
        ("amber-vs-basalt-vs-amber", "An address of a comparison names each tool once.", Some(PAGE)),
        ("amber-vs-basalt-vs-draft-tool", "There is no tool called “draft-tool”", Some(PAGE)),
        ("a-vs-b-vs-c-vs-d-vs-e-vs-f", "The address of a comparison names two to 5 tools", None),
        ("%3Cscript%3E-vs-x", "The address of a comparison names two to 5 tools", None),
    ] {
        let answer = site.browser().get(&format!("/compare/{pair}")).await;
        assert_eq!(answer.status(), 404, "{pair}");
        let page = Page::read(answer).await;
        assert_eq!(page.count("h1"), 1, "{pair}");
        assert!(page.says(says), "{pair}: {page}");
        assert!(page.has("meta[name=robots][content=noindex]"), "{pair}");
        assert!(!page.has("script:not([src])"), "{pair}");
        assert!(!page.has(r#"a[href^="/compare/amber-vs-draft-tool"]"#), "{pair}: a draft is not offered");
        if let Some(href) = offers {
            assert!(page.leads_to(href), "{pair} offers {href}: {page}");
        }
    }
}

#[actix_web::test]
async fn every_block_of_a_comparison_is_there() {
    let site = TestSite::start();
    let page = site.browser().page(PAGE).await;
    assert_eq!(page.one("h1").text(), "Amber vs Basalt");
    let picks: Vec<String> = page.all(".picks p").iter().map(Part::text).collect();
    assert_eq!(picks, ["Pick Amber if you like yellow.", "Pick Basalt if you like black."]);
    for words in
        ["No community votes yet.", "Two developer tools.", "2 reviewers covered both tools.", "AI · Model-1"]
    {
        assert!(page.says(words), "{words} is on {page}");
    }
    for part in [
        "#answer[data-part] .answer-line",
        "#contest[data-part]",
        r#"article[data-tool="amber"]"#,
        r#"article[data-tool="basalt"]"#,
        r#"body[data-live="/compare/amber-vs-basalt/live"]"#,
        r#"link[rel=canonical][href^="http://"]"#,
    ] {
        page.one(part);
    }
    assert_eq!(page.one("#community-amber[data-part]").text(), "—");
    let reviewer = page.all(r#"a[href="/reviewers/builder"]"#);
    assert!(reviewer.iter().any(|link| link.text() == "The Builder"), "{page}");
    let rows = page.all("table.decision tbody tr");
    let row = |label: &str| rows.iter().find(|row| row.one("th[scope=row]").text().starts_with(label));
    assert!(row("Panel verdict").is_some() && row("Licence").is_some(), "{page}");
    // Nobody has said what either is best for, and what nobody said is unknown.
    let best_for = row("Best for").expect("the table says what each is best for");
    let cells: Vec<String> = best_for.all("td").iter().map(Part::text).collect();
    assert_eq!((cells, best_for.all("td .unknown").len()), (vec!["unknown".to_owned(); 2], 2));
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
        let card = page.one(&format!(r#"article[data-tool="{tool}"]"#));
        for (mark, value) in [
            ("data-tally=percent", percent),
            ("data-tally=votes", votes),
            ("data-tally=ships", ships),
            ("data-tally=skips", skips),
            ("data-panel=percent", panel),
        ] {
            assert_eq!(card.one(&format!("[{mark}]")).text(), value, "{tool}: {mark}: {card}");
        }
        let form = card.one(&format!("form[data-vote={tool}]"));
        assert_eq!(form.attr("action"), format!("/tools/{tool}/vote"));
        for choice in ["ship", "skip"] {
            let button = form.one(&format!("button[name=choice][value={choice}]"));
            assert_eq!(button.attr("aria-pressed"), (choice == pressed).to_string(), "{tool}: {button}");
        }
    }
}

#[actix_web::test]
async fn the_strip_shows_each_reviewer_and_invites_to_the_first_vote() {
    let site = TestSite::start();
    let invited = |page: &Page| page.one("article[data-tool=basalt]").text();
    let page = site.browser().page(PAGE).await;
    let marks: Vec<String> =
        page.all("article[data-tool=basalt] .panel-marks .visually-hidden").iter().map(Part::text).collect();
    assert_eq!(marks, ["The Builder: Ship", "The Skeptic: Skip"]);
    let text = invited(&page);
    assert!(text.contains("No votes yet. Be the first 10 votes until it is ranked"), "{text}");
    assert!(page.has("#tally-basalt .no-votes") && !page.has("#contest .lane"), "{page}");
    assert!(page.one("#contest").says("Until then, the answer goes by the panel."), "{page}");
    site.member("ada").await.vote("basalt", "ship").await;
    let page = site.browser().page(PAGE).await;
    let text = invited(&page);
    assert!(text.contains("9 more votes until it is ranked") && !text.contains("Be the first"), "{text}");
    assert!(page.has("#contest .lane") && !page.has("#tally-basalt .no-votes"), "{page}");
    for (link, href) in [("Suggest a correction to", "/tools/basalt/correct"), ("", "/tools/basalt/report")] {
        assert!(page.says(link) && page.leads_to(href), "{href}: {page}");
    }
    let swapped = page.all("form[action='/compare'] input[type=hidden][name=a]");
    assert_eq!(
        swapped.iter().map(|field| field.attr("value").to_owned()).collect::<Vec<_>>(),
        ["amber", "basalt", "amber"]
    );
    assert_eq!(page.one("meta[property='og:url']").attr("content"), page.canonical());
}

#[actix_web::test]
async fn the_title_says_what_was_found_and_the_description_why() {
    let site = TestSite::start();
    let page = site.browser().page(PAGE).await;
    assert_eq!(page.title(), "Amber vs Basalt: lean towards Amber (2 of 2 reviewers) · Shiptally");
    let description = page.one("meta[name=description]").attr("content").to_owned();
    assert_eq!(description, page.one("meta[property='og:description']").attr("content"));
    assert!(page.one("#answer").text().ends_with(&description), "{description}: {page}");
    let page = site.browser().page("/compare/cobalt-vs-delta").await;
    assert_eq!(page.title(), "Cobalt vs Delta & <Sons>: neither is recommended · Shiptally");
}

#[actix_web::test]
async fn sources_are_footnotes_and_rows_without_a_difference_can_be_hidden() {
    let site = TestSite::start();
    site.sql("UPDATE facts SET label = 'Licence', value = 'MIT', source = 'https://a.example/x', checked_on = '2026-11-01'");
    let page = site.browser().page(PAGE).await;
    let same: Vec<String> = page.all("table.decision tr.same th").iter().map(Part::text).collect();
    assert_eq!(same, ["Pricing same", "Category same", "Licence same"]);
    assert_eq!(page.one(".hide-same label").text(), "Hide 3 rows without a difference");
    let notes = page.all("table.decision a.note");
    assert!(notes.len() >= 2, "{page}");
    for note in &notes {
        page.one(note.attr("href"));
    }
    // One source that several cells have is one footnote.
    let of_facts: Vec<_> =
        page.all("tr.same:last-child a.note").iter().map(|note| note.attr("href").to_owned()).collect();
    assert_eq!(of_facts.len(), 2);
    assert_eq!(of_facts[0], of_facts[1]);
    assert_eq!(page.one(&of_facts[0]).text(), "a.example, 1 Nov 2026");
}

#[actix_web::test]
async fn scores_are_dots_with_a_table_behind_them_and_shares_move_once_both_have_votes() {
    let site = TestSite::start();
    let page = site.browser().page(PAGE).await;
    let rows: Vec<String> = page.all(".scores tbody tr").iter().map(Part::text).collect();
    assert_eq!(
        page.all(".scores circle").len(),
        rows.join(" ").split(' ').filter(|word| word.parse::<u8>().is_ok()).count()
    );
    assert!(rows[0].starts_with("The Builder "), "{rows:?}");
    assert!(!page.says("voting ship over time"));
    for n in 0..10 {
        let member = site.member(&format!("voter-{n}")).await;
        member.vote("amber", "ship").await;
        assert!(!site.browser().page(PAGE).await.says("% voting ship over time"));
        member.vote("basalt", if n < 4 { "ship" } else { "skip" }).await;
    }
    let page = site.browser().page(PAGE).await;
    let figures: Vec<String> = page.all("#contest ~ .columns figcaption").iter().map(Part::text).collect();
    assert_eq!(figures, ["Amber 100% of 10 votes", "Basalt 40% of 10 votes"]);
    assert!(page.title().contains("pick Amber (2 of 2 reviewers, 100% of 10 votes)"), "{}", page.title());
}

#[actix_web::test]
async fn disagreements_of_the_panel_come_first() {
    let site = TestSite::start();
    // The Builder ships both of them, The Skeptic ships Amber alone.
    let page = site.browser().page(PAGE).await;
    let scorecard = page.one("[aria-labelledby=score-h]").text();
    let at = |text: &str| scorecard.find(text).unwrap_or_else(|| unreachable!("{text} is in {scorecard}"));
    assert_eq!(at("Reviewer scorecard"), 0);
    assert!(at("Where the panel splits") < at("The Skeptic") && at("The Skeptic") < at("The Builder"));
    assert!(scorecard.contains("1 of 2 reviewers is split: ship for one, skip for the other."));
    let agreed = site.browser().page("/compare/basalt-vs-delta").await;
    assert!(!agreed.mentions("Where the panel splits"));
}

#[actix_web::test]
async fn any_two_published_tools_can_be_compared_without_a_record() {
    let site = TestSite::start();
    let page = site.browser().page("/compare/amber-vs-cobalt").await;
    assert!(page.has(".answer-line") && page.says("Decision table"));
    assert!(!page.has(".picks") && !page.mentions("Pick "), "nothing is made up");
    assert!(!page.mentions("Editor’s summary"), "nothing is made up");
    let related = page.one("[aria-labelledby=related-h]");
    assert!(related.says("Related comparisons"));
    for href in [PAGE, "/compare/cobalt-vs-delta"] {
        assert!(related.leads_to(href), "{href}: {related}");
    }
    assert!(!related.leads_to("/compare/amber-vs-cobalt") && !related.to_string().contains("draft"));
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
        let page = Page::read(site.browser().get(path).await).await;
        // None of these elements is on the page by the site's own doing.
        assert!(!page.has("img, script:not([src]), u, sons"), "{path}: {page}");
        let of_catalogue = page.all("b, i").iter().any(|part| ["L", "V \"quoted\""].contains(&&*part.text()));
        assert!(!of_catalogue, "{path}: {page}");
        let name = "A & <img src=x onerror=alert(1)>";
        let is_shown = page.says(name) || page.all("option").iter().any(|option| option.text() == name);
        assert!(is_shown, "{path}: {page}");
    }
    let page = site.browser().page("/compare/amber-vs-delta").await;
    assert!(page.says("Delta & <Sons>") && page.says("not <b>markup</b>"), "{page}");
    assert!(page.says("</p><script>alert(1)</script>") && page.says("<script>alert(2)</script>"), "{page}");
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
    assert!(!page.has("[aria-invalid]"), "nothing was asked yet");
    assert!(page.leads_to(PAGE) && page.says("1 comparison"), "{page}");
    for (query, status, field, says, kept) in [
        (
            "a=amber&b=bassalt",
            404,
            "b",
            "There is no tool called “bassalt”. Did you mean Basalt? Show all tools",
            "bassalt",
        ),
        ("a=%3Cb%3E&b=basalt", 404, "a", "There is no tool called “<b>”.", "<b>"),
        ("a=draft-tool&b=basalt", 404, "a", "There is no tool called “draft-tool”.", "draft-tool"),
        ("a=a%00b&b=basalt", 404, "a", "There is no tool called", "basalt"),
        ("a=amber&b=Amber", 422, "b", "Choose two different tools.", "amber"),
        ("a=bassalt&b=basalt", 404, "a", "There is no tool called “bassalt”. Show all tools", "basalt"),
        ("a=amber", 422, "b", "Choose a tool.", "amber"),
        ("a=amber&b=", 422, "b", "Choose a tool.", "amber"),
        ("a=&b=", 422, "a", "Choose a tool.", ""),
        ("a=&b=+", 422, "b", "Choose a tool.", ""),
    ] {
        let answer = site.browser().get(&format!("/compare?{query}")).await;
        assert_eq!(answer.status(), status, "{query}");
        let page = Page::read(answer).await;
        assert!(page.complaint(field).starts_with(says), "{query}: {page}");
        let offers = page.one(&format!("#{field}-error")).leads_to("/compare?a=amber&b=basalt");
        assert_eq!(offers, says.contains("Did you mean"), "{query}: {page}");
        assert!(page.one(&format!("#{field}-error")).leads_to("/tools"), "{query}: {page}");
        assert!([page.typed("a"), page.typed("b")].iter().any(|typed| typed == kept), "{query}: {page}");
        assert!(page.title().starts_with("Error: Compare two tools"), "{query}: {page}");
        assert_eq!(page.count("[autofocus]"), 1, "{query}");
        assert!(!page.has("b"), "{query}");
    }
    for page in ["0", "-1", "x", "99999999999999999999"] {
        assert_eq!(site.browser().get(&format!("/compare?page={page}")).await.status(), 200, "{page}");
    }
}

#[actix_web::test]
async fn a_fact_without_a_source_says_so_and_a_former_reviewer_is_called_that() {
    let site = TestSite::start();
    let before = site.browser().page(PAGE).await;
    assert!(!before.says("Source not given") && !before.says("former reviewer"), "{before}");
    site.sql("UPDATE facts SET source = NULL, checked_on = NULL");
    crate::redirects::change(&site, RecordKind::Reviewer, "builder", |state| {
        state.with_status(shiptally::catalogue::Status::Archived)
    })
    .unwrap();
    let page = site.browser().page(PAGE).await;
    assert!(page.one("table.decision").says("Source not given"), "{page}");
    for path in [PAGE, "/tools/amber"] {
        let page = site.browser().page(path).await;
        let former = page.all("header.reviewer").iter().filter(|head| head.says("former reviewer")).count();
        assert_eq!(former, 1, "{path}: {page}");
    }
}
