//! Comparisons of more than two tools, and the picker that leads there.

use crate::page::{Page, Part};
use crate::site::{TestSite, location};

const THREE: &str = "/compare/amber-vs-basalt-vs-cobalt";

#[actix_web::test]
async fn three_tools_stand_side_by_side_with_the_marks_that_scripts_look_for() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    ada.vote("cobalt", "skip").await;
    let page = ada.page(THREE).await;
    assert_eq!(page.one("h1").text(), "Amber vs Basalt vs Cobalt");
    assert_eq!(page.canonical().split_once("/compare/").unwrap().1, "amber-vs-basalt-vs-cobalt");
    assert!(page.has("meta[name=robots][content=noindex]"), "there are too many to list");
    for (tool, percent, pressed) in [("amber", "—", ""), ("basalt", "—", ""), ("cobalt", "0%", "skip")] {
        let side = page.one(&format!("article[data-tool={tool}]"));
        assert_eq!(side.one("[data-tally=percent]").text(), percent, "{tool}");
        for choice in ["ship", "skip"] {
            let button = side.one(&format!("form[data-vote={tool}] button[value={choice}]"));
            assert_eq!(button.attr("aria-pressed"), (choice == pressed).to_string(), "{tool}");
        }
    }
    let head: Vec<String> =
        page.all("[aria-labelledby=decision-h] thead th").iter().map(Part::text).collect();
    assert_eq!(head[1..], ["Amber", "Basalt", "Cobalt"]);
    for pair in ["amber-vs-basalt", "amber-vs-cobalt", "basalt-vs-cobalt"] {
        assert!(page.leads_to(&format!("/compare/{pair}")), "{pair}");
    }
    assert!(page.one("#answer").says("Lean towards Amber, ahead of each of the others."), "{page}");
    assert!(page.title().starts_with("Amber vs Basalt vs Cobalt: lean towards Amber"), "{}", page.title());
    assert!(site.browser().page("/methodology").await.has("#several"));
}

#[actix_web::test]
async fn other_orders_and_former_addresses_lead_to_the_one_address() {
    let site = TestSite::start();
    for (asked, leads) in [
        ("/compare/cobalt-vs-amber-vs-basalt", THREE),
        ("/compare/AMBER-vs-basalt-vs-cobalt?x=1", "/compare/amber-vs-basalt-vs-cobalt?x=1"),
    ] {
        let answer = site.browser().get(asked).await;
        assert_eq!((answer.status().as_u16(), location(&answer)), (308, leads), "{asked}");
    }
}

#[actix_web::test]
async fn the_picker_leads_to_as_many_as_are_chosen_and_keeps_what_it_does_not_know() {
    let site = TestSite::start();
    let browser = site.browser();
    let answer = browser.get("/compare?a=cobalt&b=Amber&c=basalt").await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, THREE));
    let answer = browser.get("/compare?a=cobalt&b=amber&c=").await;
    assert_eq!(location(&answer), "/compare/amber-vs-cobalt", "a field that was left blank");
    let answer = browser.get("/compare?a=cobalt&b=amber&c=cobalt").await;
    assert_eq!(answer.status(), 422);
    let page = Page::read(answer).await;
    assert!(page.one("#c-error").says("Choose different tools."), "{page}");
    let answer = browser.get("/compare?a=cobalt&b=amber&c=bassalt").await;
    assert_eq!(answer.status(), 404);
    let page = Page::read(answer).await;
    assert_eq!([page.typed("a"), page.typed("b"), page.typed("c")], ["cobalt", "amber", "bassalt"]);
    assert!(page.leads_to("/compare?a=cobalt&b=amber&c=basalt"), "{page}");
    assert!(browser.page("/compare").await.all("input[name=c]").is_empty(), "two are the main case");
}

#[actix_web::test]
async fn a_tool_can_be_added_up_to_five_and_each_can_be_left_out() {
    let site = TestSite::start();
    let page = site.browser().page("/compare/amber-vs-basalt").await;
    assert!(page.has("form[action='/compare'] input[name=c][required]"), "{page}");
    let page = site.browser().page(THREE).await;
    assert!(page.has("form[action='/compare'] input[name=d][required]"), "{page}");
    for pair in ["basalt-vs-cobalt", "amber-vs-cobalt", "amber-vs-basalt"] {
        assert!(page.one(".tell").leads_to(&format!("/compare/{pair}")), "{page}");
    }
}

#[actix_web::test]
async fn an_address_of_many_joints_costs_no_more_than_its_length() {
    let site = TestSite::start();
    for text in
        ["a-vs-".repeat(100), "vs-".repeat(160), "-vs-".repeat(120), format!("{}x", "x-vs-vs-".repeat(60))]
    {
        let before = std::time::Instant::now();
        assert_eq!(site.browser().get(&format!("/compare/{text}")).await.status(), 404);
        assert!(before.elapsed().as_secs() < 5, "{text}");
    }
}
