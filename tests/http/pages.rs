//! What lists, tools, categories, reviewers, the first page and the rules show.

use crate::page::Page;
use crate::site::{TestSite, location};

/// The slugs of the tools that a page shows, in its order.
fn shown(page: &Page) -> Vec<&str> {
    page.all("[data-tool]").iter().map(|tool| tool.attr("data-tool")).collect()
}

#[actix_web::test]
async fn every_page_has_one_heading_its_own_address_and_no_draft() {
    let site = TestSite::start();
    let visitor = site.browser();
    for path in [
        "/",
        "/tools",
        "/tools/amber",
        "/categories",
        "/categories/research",
        "/reviewers",
        "/reviewers/skeptic",
        "/methodology",
        "/compare",
    ] {
        let page = visitor.page(path).await;
        assert_eq!(page.count("h1"), 1, "{path}");
        assert_eq!(page.canonical(), visitor.url(path), "{path}");
        assert!(!page.mentions("Draft Tool"), "{path}");
        assert!(!page.has("sons"), "{path} escapes names");
    }
}

#[actix_web::test]
async fn tools_are_searched_filtered_and_sorted() {
    let site = TestSite::start();
    let visitor = site.browser();
    assert_eq!(shown(&visitor.page("/tools?q=basa").await), ["basalt"]);
    assert_eq!(shown(&visitor.page("/tools?category=research&sort=panel").await), ["delta", "cobalt"]);
    assert_eq!(shown(&visitor.page("/tools?sort=panel").await)[0], "amber");
    assert_eq!(shown(&visitor.page("/tools?sort=divided").await)[..2], ["basalt", "delta"]);
    site.member("ada").await.vote("cobalt", "ship").await;
    assert_eq!(shown(&visitor.page("/tools?sort=community").await), ["cobalt", "amber", "basalt", "delta"]);
    assert_eq!(shown(&visitor.page("/tools?sort=gap").await)[0], "cobalt");
    let page = visitor.page("/tools?q=basallt").await;
    assert!(shown(&page).is_empty() && page.leads_to("/tools/basalt"), "near names are offered");
    assert!(!shown(&visitor.page("/tools?sort=nonsense&page=99999&category=").await).is_empty());
}

#[actix_web::test]
async fn tools_are_filtered_by_what_the_catalogue_says_of_price_and_licence() {
    let site = TestSite::start();
    site.sql(
        "UPDATE facts SET value = 'Proprietary' WHERE tool_id = (SELECT id FROM tools WHERE slug = 'basalt')",
    );
    site.sql("UPDATE tools SET price_entry = '$20' WHERE slug = 'cobalt'");
    site.sql("UPDATE tools SET price_text = 'Free plan and more' WHERE slug = 'delta'");
    site.sql("UPDATE versions SET value = value + 1 WHERE id = 1");
    site.settle();
    let visitor = site.browser();
    for (query, slugs) in [
        ("price=free", &["amber", "basalt"][..]),
        ("price=free-to-start", &["delta"]),
        ("price=paid", &["cobalt"]),
        ("open_source=1", &["amber", "cobalt", "delta"]),
        ("open_source=1&price=free&category=developer-tools", &["amber"]),
    ] {
        let page = visitor.page(&format!("/tools?{query}&sort=panel")).await;
        let mut listed = shown(&page);
        listed.sort_unstable();
        assert_eq!(listed, slugs, "{query}");
        assert_eq!(page.has("input[name=open_source][checked]"), query.contains("open_source"), "{query}");
    }
    let none = visitor.page("/tools?q=amber&price=paid").await;
    assert!(shown(&none).is_empty() && none.leads_to("/tools?q=amber"), "the way back: {none}");
    assert!(visitor.page("/methodology").await.has("#filters"));
}

#[actix_web::test]
async fn before_the_first_vote_lists_by_votes_are_in_the_panels_order_and_say_so() {
    let site = TestSite::start();
    let visitor = site.browser();
    let by_panel = ["amber", "basalt", "delta", "cobalt"];
    for sort in ["votes", "community"] {
        let page = visitor.page(&format!("/tools?sort={sort}")).await;
        assert_eq!(shown(&page), by_panel, "{sort}");
        assert!(page.says("No votes yet: highest panel share first"), "{sort}");
    }
    let category = visitor.page("/categories/research").await;
    assert_eq!(shown(&category), ["delta", "cobalt"]);
    assert!(category.says("votes on all of them together. Sorted by the panel"));
    site.member("ada").await.vote("cobalt", "skip").await;
    let page = visitor.page("/tools?sort=votes").await;
    assert_eq!((shown(&page)[0], page.says("Most votes first")), ("cobalt", true));
}

#[actix_web::test]
async fn a_search_for_two_tools_offers_their_comparison_first_and_stop_words_hide_nothing() {
    let site = TestSite::start();
    let visitor = site.browser();
    for query in
        ["amber+vs+basalt", "Basalt+amber", "basalt+or+AMBER", "ambr+vs.+basallt", "amber+versus+basalt"]
    {
        let page = visitor.page(&format!("/tools?q={query}")).await;
        assert_eq!(page.one(".offer a").attr("href"), "/compare/amber-vs-basalt", "{query}");
        assert_eq!(shown(&page).len(), 2, "{query}: both are listed");
    }
    for query in ["amber", "amber+amber", "amber+vs", "or", "vs+vs", "amber+nothing", "delta+%26+<sons>"] {
        assert!(!visitor.page(&format!("/tools?q={query}")).await.has(".offer"), "{query}");
    }
    let page = visitor.page("/tools?q=the+thing+for+a+developer+in+one").await;
    assert_eq!(shown(&page).len(), 2, "{page}");
}

#[actix_web::test]
async fn a_tool_shows_its_card_takes_prices_facts_and_alternatives() {
    let site = TestSite::start();
    let page = site.browser().page("/tools/amber").await;
    for part in [
        "Amber builds.",
        "Amber breaks.",
        "AI · Model-1",
        "Human",
        "Free (open source)",
        "Licence",
        "MIT",
        "not <b>markup</b>",
    ] {
        assert!(page.says(part), "{part}");
    }
    let card = page.one("article[data-tool=amber]");
    assert_eq!(card.one("[data-panel=percent]").text(), "100%");
    assert_eq!(card.one("[data-tally=percent]").text(), "—");
    let form = card.one("form.vote[method=post][data-vote=amber]");
    assert_eq!(form.attr("action"), "/tools/amber/vote");
    assert!(page.leads_to("/compare/amber-vs-basalt") && page.leads_to("/tools/basalt"), "{page}");
}

#[actix_web::test]
async fn a_category_ranks_by_the_lower_end_and_shelves_tools_with_few_votes() {
    let site = TestSite::start();
    let visitor = site.browser();
    let before = visitor.page("/categories/research").await;
    assert!(before.says("lower end") && before.says("Not ranked yet"));
    for n in 0..12 {
        let voter = site.member(&format!("voter{n}")).await;
        voter.vote("delta", "ship").await;
        voter.vote("cobalt", if n < 6 { "ship" } else { "skip" }).await;
    }
    let page = visitor.page("/categories/research").await;
    assert_eq!(shown(&page), ["delta", "cobalt"]);
    assert!(!page.mentions("Not ranked yet"), "both are ranked now");
}

#[actix_web::test]
async fn a_reviewer_shows_point_of_view_record_and_verdicts() {
    let site = TestSite::start();
    let visitor = site.browser();
    let page = visitor.page("/reviewers/builder").await;
    for part in ["The Builder", "Developer perspective", "Make it run.", "Human", "3 of 4", "Amber builds."] {
        assert!(page.says(part), "{part}");
    }
    // Delta, amber and basalt of four for the one, amber alone for the other.
    let lanes = |id: &str| -> Vec<String> {
        let lanes = page.all(&format!("section[aria-labelledby={id}] .lane"));
        lanes.iter().map(crate::page::Part::text).collect()
    };
    assert_eq!(lanes("strict-h"), ["The Builder 75% · 3 of 4", "The Skeptic 25% · 1 of 4"]);
    assert_eq!(lanes("fields-h"), ["Developer Tools 100% · 2 of 2", "Research 50% · 1 of 2"]);
    let filtered = visitor.page("/reviewers/builder?category=research").await;
    assert!(filtered.says("Cobalt builds.") && !filtered.mentions("Amber builds."));
}

#[actix_web::test]
async fn what_is_not_there_offers_what_is_and_capitals_lead_on() {
    let site = TestSite::start();
    let visitor = site.browser();
    for (path, near) in [
        ("/tools/ambr", "/tools/amber"),
        ("/categories/reserch", "/categories/research"),
        ("/reviewers/x", "/reviewers/builder"),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(Page::read(answer).await.leads_to(near), "{path} offers {near}");
    }
    assert_eq!(visitor.get("/tools/draft-tool").await.status(), 404);
    let answer = visitor.get("/tools/Amber").await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (308, "/tools/amber"));
}

#[actix_web::test]
async fn a_panel_of_one_model_says_that_it_is_one() {
    let says = "All of them are one model, Model-1: that they agree says less than if they were independent.";
    for (model, is_said) in [(None, false), (Some("Model-1"), true), (Some("unknown"), false)] {
        let site = TestSite::start();
        if let Some(model) = model {
            site.sql(&format!("UPDATE reviewers SET kind = 1, model = '{model}'"));
        }
        let page = site.browser().page("/reviewers").await;
        assert_eq!((page.says(says), page.says("one model")), (is_said, is_said), "{model:?}: {page}");
    }
}
