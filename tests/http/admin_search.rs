//! One search over everything that moderators look for.

use shiptally::accounts::Role;
use shiptally::catalogue::RecordKind;

use crate::admin_records::{id, sign_in_as};
use crate::page::Page;
use crate::site::TestSite;
use crate::submissions::ELECTRUM;

/// The titles of the kinds that were found, and the words of each hit.
fn found(page: &Page) -> Vec<(String, Vec<String>)> {
    let sections = page.all("main section:has(ul.found)");
    let links =
        |section: &crate::page::Part<'_>| section.all("li a").iter().map(crate::page::Part::text).collect();
    sections.iter().map(|section| (section.one("h2").text(), links(section))).collect()
}

#[actix_web::test]
async fn every_kind_is_found_and_leads_to_its_page() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "ambrose", Role::Moderator).await;
    let member = site.member("amy").await;
    let mut sent = ELECTRUM;
    sent[0].1 = "Ambiguity";
    assert_eq!(member.post("/submit", &sent).await.status(), 303);
    let amber = id(&site, RecordKind::Tool, "amber");
    let archive = [("id", amber.to_string()), ("seen", "0".to_owned())];
    let mut archive: Vec<(&str, &str)> =
        archive.iter().map(|(name, value)| (*name, value.as_str())).collect();
    archive.extend([("do", "archive"), ("reason", "Gone.")]);
    assert_eq!(moderator.post("/admin/tools/many", &archive).await.status(), 303);

    let page = moderator.page("/admin/search?q=AMB").await;
    assert_eq!(page.one("#desk-q").attr("value"), "AMB");
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        found(&page),
        [
            ("Tools".to_owned(), words(&["Amber"])),
            ("Comparisons".to_owned(), words(&["Amber vs Basalt"])),
            ("People".to_owned(), words(&["@ambrose"])),
            ("Submissions".to_owned(), words(&["Ambiguity"])),
            ("Log".to_owned(), words(&["archived tool Amber"])),
        ]
    );
    assert!(page.says("archived · amber"), "{page}");
    for link in page.all("ul.found a") {
        let href = link.attr("href").to_owned();
        assert_eq!(moderator.get(&href).await.status(), 200, "{href}");
    }
    let page = moderator.page("/admin/search?q=skept").await;
    assert_eq!(found(&page), [("Reviewers".to_owned(), words(&["The Skeptic"]))]);
    let page = moderator.page("/admin/search?q=@am").await;
    assert_eq!(found(&page), [("People".to_owned(), words(&["@ambrose", "@amy"]))]);

    for (query, says) in
        [("", "Search tools"), ("?q=%00", "Search tools"), ("?q=zzzz", "Nothing was found for “zzzz”")]
    {
        let page = moderator.page(&format!("/admin/search{query}")).await;
        assert!(page.says(says) && found(&page).is_empty(), "{page}");
    }
    for outsider in [site.browser(), member] {
        assert_eq!(outsider.get("/admin/search?q=amber").await.status(), 404);
    }
}

#[actix_web::test]
async fn of_many_the_first_are_shown_with_the_way_to_all() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    for n in 0..9 {
        site.account(&format!("zoe-{n}"), Role::Member);
    }
    let page = moderator.page("/admin/search?q=zoe").await;
    assert_eq!(found(&page)[0].1.len(), 8);
    assert!(page.leads_to("/admin/people?q=zoe"), "{page}");
    assert!(moderator.page("/admin").await.has("form[action='/admin/search'] input[name=q]"));
}
