//! What pages say in sentences: the same of the same votes, and what editors wrote with one mark at its end.

use serde_json::json;
use shiptally::accounts::Role;
use shiptally::catalogue::file;
use shiptally::config::Voters;
use shiptally::stats::Choice;
use shiptally::votes::cast::cast_all;
use shiptally::votes::vote::Intent;

use crate::page::{Page, Part};
use crate::site::{TestSite, catalogue};

const PAGE: &str = "/compare/amber-vs-basalt";

/// Has that many accounts of `accounts` say ship and then skip on the tool.
fn count(site: &TestSite, accounts: &[i64], tool: &str, (ships, skips): (usize, usize)) {
    let choices = std::iter::repeat_n(Choice::Ship, ships).chain(std::iter::repeat_n(Choice::Skip, skips));
    let intents: Vec<Intent> = accounts
        .iter()
        .zip(choices)
        .map(|(account_id, choice)| Intent {
            account_id: *account_id,
            tool: tool.into(),
            choice: Some(choice),
            network: None,
        })
        .collect();
    assert_eq!(intents.len(), ships + skips);
    cast_all(&mut site.connect(), &intents, Voters::Anyone, chrono::Utc::now().naive_utc()).unwrap();
}

#[actix_web::test]
async fn all_pages_say_the_same_of_who_leads() {
    let site = TestSite::start();
    let accounts: Vec<i64> = (0..41).map(|n| site.account(&format!("voter{n}"), Role::Member)).collect();
    for (amber, basalt, answer, contest, home) in [
        (
            (0, 1),
            (2, 0),
            "Too few votes to say (1 and 2 votes).",
            "Too few votes to say: 10% chance for Amber (1 vote), 90% for Basalt (2 votes).",
            None,
        ),
        // The share is Amber's and the chance is Basalt's.
        (
            (10, 0),
            (35, 1),
            "Too few votes to say (10 and 36 votes).",
            "Too few votes to say: 41% chance for Amber (10 votes), 59% for Basalt (36 votes).",
            Some("Too few votes to say"),
        ),
        (
            (20, 20),
            (21, 20),
            "Nearly tied: 54% chance that the community prefers Basalt (40 and 41 votes).",
            "Nearly tied: 54% chance that the community prefers Basalt.",
            Some("Nearly tied (Basalt 54%) · 2 votes could change it"),
        ),
        (
            (24, 16),
            (20, 21),
            "84% chance that the community prefers Amber (40 and 41 votes).",
            "84% chance that the community prefers Amber.",
            Some("Amber ahead (84%) · 10 votes could change it"),
        ),
    ] {
        count(&site, &accounts, "amber", amber);
        count(&site, &accounts, "basalt", basalt);
        // A node that starts now knows the votes.
        let node = site.second_node(&[]);
        let visitor = site.browser().at(&node);
        let page = visitor.page(PAGE).await;
        assert!(page.one("#answer").says(answer), "{page}");
        assert_eq!(page.one("#contest .chance").text(), contest);
        let front = visitor.page("/").await;
        let closest = front.all("section[aria-labelledby=close-h] .fig");
        assert_eq!(closest.first().map(Part::text).as_deref(), home);
    }
}

#[actix_web::test]
async fn what_editors_wrote_ends_in_one_mark_and_its_code_is_code() {
    let site = TestSite::start();
    let mut changed = catalogue();
    changed["tools"][0]["tagline"] = "Runs `amber` for you".into();
    changed["reviewers"][0]["motto"] = "Make `it` run.".into();
    for (first, second, says) in [
        ("you need speed!", "you pay.", ["Pick Amber if you need speed!", "Pick Basalt if you pay."]),
        ("you run `make`", "速い！", ["Pick Amber if you run make.", "Pick Basalt if 速い！"]),
    ] {
        changed["comparisons"][0]["pick_first_if"] = json!(first);
        changed["comparisons"][0]["pick_second_if"] = json!(second);
        let parsed = file::parse(&changed.to_string()).unwrap();
        file::import(&mut site.connect(), &parsed, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
        let node = site.second_node(&[]);
        let visitor = site.browser().at(&node);
        for path in [PAGE, "/"] {
            let picks: Vec<String> =
                visitor.page(path).await.all(".picks p").iter().map(Part::text).collect();
            assert_eq!(picks, says, "{path}");
        }
        if first.contains('`') {
            for (path, code) in [
                ("/", "make"),
                (PAGE, "make"),
                (PAGE, "amber"),
                ("/tools", "amber"),
                ("/tools/amber", "amber"),
                ("/categories/developer-tools", "amber"),
                ("/reviewers", "it"),
                ("/reviewers/builder", "it"),
            ] {
                let page: Page = visitor.page(path).await;
                assert!(page.all("code").iter().any(|part| part.text() == code), "{path}: {page}");
                assert!(!page.source().contains('`'), "{path}: {page}");
            }
            assert!(!visitor.text("/changes.xml").await.contains('`'));
        }
    }
}

#[actix_web::test]
async fn no_two_lists_have_the_same_title() {
    let site = TestSite::start();
    site.account("mona", Role::Admin);
    let mona = site.browser();
    mona.sign_in("mona").await;
    let mut titles: Vec<String> = Vec::new();
    for path in [
        "/",
        "/tools",
        "/categories",
        "/reviewers",
        "/compare",
        "/changes",
        "/moderation",
        "/methodology",
        "/account",
        "/admin",
        "/admin/tools",
        "/admin/categories",
        "/admin/reviewers",
        "/admin/comparisons",
        "/admin/queue",
        "/admin/votes",
        "/admin/people",
        "/admin/log",
        "/admin/import",
        "/admin/settings",
    ] {
        let title = mona.page(path).await.title();
        assert_eq!(title.contains(" · Moderation · "), path.starts_with("/admin"), "{path}: {title}");
        assert!(!titles.contains(&title), "{path} is called {title}, as another is");
        titles.push(title);
    }
}
