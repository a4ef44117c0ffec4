//! The first page.

use crate::site::{TestSite, shown_tally};

#[actix_web::test]
async fn it_begins_with_the_picker_and_the_search_and_shows_no_empty_block() {
    let site = TestSite::start();
    let page = site.browser().page("/").await;
    let forms: Vec<&str> = page.all("main form").iter().map(|form| form.attr("action")).take(2).collect();
    assert_eq!(forms, ["/compare", "/tools"]);
    for field in ["input[name=a]", "input[name=b]", "input[name=q]"] {
        assert!(page.has(field), "{field}");
    }
    let blocks: Vec<&str> =
        page.all("main section").iter().map(|block| block.attr("aria-labelledby")).collect();
    assert_eq!(blocks, ["lead-h", "need-h", "lately-h"], "nobody has voted, and one comparison is featured");
    assert!(page.says("Reviewed") && page.says("Price checked") && !page.mentions("Draft Tool"), "{page}");
}

#[actix_web::test]
async fn a_vote_is_cast_where_votes_are_needed_and_the_page_shows_it_at_once() {
    let site = TestSite::start();
    let visitor = site.browser();
    let ada = site.member("ada").await;
    let needing = |page: &crate::page::Page| -> Vec<String> {
        let forms = page.all("[data-tool] form[data-vote]");
        forms.iter().map(|form| form.attr("data-vote").to_owned()).collect()
    };
    let before = visitor.page("/").await;
    let mut slugs = needing(&before);
    slugs.sort_unstable();
    assert_eq!(slugs, ["cobalt", "delta"], "the featured tools have their figures already");
    assert_eq!(shown_tally(&before, "cobalt"), (0, 0));
    let form = before.one("form[data-vote=cobalt]");
    assert_eq!(form.one("input[name=next]").attr("value"), "/#tool-cobalt");
    assert!(before.has("#tool-cobalt [data-panel=percent]"));
    ada.vote("cobalt", "skip").await;
    assert_eq!(shown_tally(&visitor.page("/").await, "cobalt"), (0, 1));
    let own = ada.page("/").await;
    assert!(own.has("form[data-vote=cobalt] button[value=skip][aria-pressed=true]"), "{own}");
}

#[actix_web::test]
async fn from_ten_votes_on_contests_and_the_gap_to_the_panel_are_shown() {
    let site = TestSite::start();
    let visitor = site.browser();
    for n in 0..10 {
        assert!(!visitor.page("/").await.has("#gap-h, #close-h"), "{n} votes");
        let member = site.member(&format!("voter-{n}")).await;
        member.vote("amber", if n < 5 { "ship" } else { "skip" }).await;
        member.vote("basalt", if n < 5 { "skip" } else { "ship" }).await;
    }
    let page = visitor.page("/").await;
    assert!(page.says("Today’s close contest") && page.has("#close-h"), "{page}");
    assert_eq!(page.count(".scatter circle"), 2);
    assert!(page.says("Panel 100% · Community 50% · Community 50 points lower"), "{page}");
    assert_eq!(page.count(".scatter tbody tr"), 2);
}

#[actix_web::test]
async fn accepted_corrections_are_told_without_their_sender() {
    let site = TestSite::start();
    site.account("sender", shiptally::accounts::Role::Member);
    site.sql(
        "INSERT INTO submissions (kind, account_id, tool_id, name, content, status, answer, made_at, decided_at) \
         SELECT 1, accounts.id, tools.id, 'Amber', '{}', 1, '', '2026-11-20 10:00:00', '2026-11-21 10:00:00' \
         FROM accounts, tools WHERE accounts.handle = 'sender' AND tools.slug = 'amber'",
    );
    let page = site.browser().page("/").await;
    let corrected: Vec<String> = page
        .all(".lately li")
        .iter()
        .map(crate::page::Part::text)
        .filter(|line| line.contains("Corrected"))
        .collect();
    assert_eq!(corrected, ["21 Nov 2026 Corrected Amber"]);
    assert!(!page.mentions("sender"));
    site.sql("DELETE FROM submissions");
}

#[actix_web::test]
async fn browsers_are_told_how_to_search_the_site_and_what_to_put_on_a_home_screen() {
    let site = TestSite::with(&["--site-name", "Tools & <Things> worth a look"]);
    let visitor = site.browser();
    let head = visitor.page("/").await;
    assert!(head.has("link[rel=manifest][href='/site.webmanifest']"));
    assert!(head.has("link[rel=search][href='/opensearch.xml']"));
    let search = visitor.text("/opensearch.xml").await;
    let template = format!("template=\"{}?q={{searchTerms}}\"", visitor.url("/tools"));
    assert!(search.contains(&template), "{search}");
    assert!(!search.contains("<Things>") && search.contains("worth a look"), "{search}");
    let manifest: serde_json::Value = visitor.get("/site.webmanifest").await.json().await.unwrap();
    assert_eq!(manifest["name"], "Tools & <Things> worth a look");
    for icon in manifest["icons"].as_array().unwrap() {
        let answer = visitor.get(icon["src"].as_str().unwrap()).await;
        assert_eq!(answer.status(), 200, "{icon}");
        assert_eq!(answer.headers()["content-type"].to_str().unwrap(), icon["type"].as_str().unwrap());
    }
    assert_eq!(visitor.get(head.one("link[rel=apple-touch-icon]").attr("href")).await.status(), 200);
}
