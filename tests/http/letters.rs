//! Names in any script: what is refused, how others stand on pages and in feeds, which are told apart.

use reqwest::header::ACCEPT;
use serde_json::{Value, json};
use shiptally::accounts::Role;
use shiptally::catalogue::{RecordKind, file};
use shiptally::text;

use crate::admin_records::{id, seen, sign_in_as};
use crate::page::Page;
use crate::site::{TestSite, catalogue};
use crate::submissions::ELECTRUM;

/// Names that nobody may have, each with a part of what is said of it.
const REFUSED: [(&str, &str); 9] = [
    ("\u{200b}", "no visible characters"),
    ("\u{3164}", "no visible characters"),
    ("\u{2800}", "no visible characters"),
    ("\u{ad}", "no visible characters"),
    ("\u{feff}\u{301}", "no visible characters"),
    ("A\u{202e}B", "bidirectional control U+202E"),
    ("A\u{2067}B", "bidirectional control U+2067"),
    ("A\u{fffe}B", "noncharacter U+FFFE"),
    ("\u{301}A", "with a mark that belongs to a letter before it"),
];

/// Imports a file into a site that runs, and waits until the site knows.
pub(crate) fn import(site: &TestSite, content: &Value) {
    let parsed = file::parse(&content.to_string()).unwrap();
    file::import(&mut site.connect(), &parsed, chrono::Utc::now().naive_utc(), |_, _| {}).unwrap();
    site.settle();
}

pub(crate) fn part_of_file(mut content: Value) -> Value {
    content["format"] = json!("shiptally-catalogue/1");
    content
}

#[actix_web::test]
async fn a_name_that_shows_nothing_or_turns_its_surroundings_is_refused_beside_its_field() {
    let site = TestSite::with(&["--rate-limits", "off"]);
    let ada = site.member("ada").await;
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let amber = format!("/admin/tools/{}", id(&site, RecordKind::Tool, "amber"));
    for (name, told) in REFUSED {
        let form: Vec<_> =
            ELECTRUM.iter().map(|(key, value)| (*key, if *key == "name" { name } else { value })).collect();
        let answer = ada.post("/submit", &form).await;
        assert_eq!(answer.status(), 422, "{name:?}");
        let complaint = Page::read(answer).await.complaint("name");
        assert!(complaint.contains(told), "{name:?}: {complaint}");

        for (path, field) in [
            ("/admin/reviewers/new", "name"),
            (amber.as_str(), "facts[0].label"),
            (amber.as_str(), "tagline"),
        ] {
            let mut form = moderator.page(path).await.fields();
            form.retain(|(key, _)| key != field);
            form.push((field.to_owned(), name.to_owned()));
            form.push(("action".to_owned(), "save".to_owned()));
            let form: Vec<_> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let answer = moderator.post(path, &form).await;
            assert_eq!(answer.status(), 422, "{path} {field} {name:?}");
            let id = format!("f-{}", field.replace(['[', '.'], "-").replace(']', ""));
            let complaint = Page::read(answer).await.complaint(&id);
            assert!(complaint.contains(told), "{path} {field} {name:?}: {complaint}");
        }
    }
    assert!(seen(&moderator.page(&amber).await).len() > 1, "nothing was changed");
}

#[actix_web::test]
async fn what_is_typed_in_parts_is_kept_whole() {
    let site = TestSite::start();
    let ada = site.member("ada").await;
    let form: Vec<_> = ELECTRUM
        .iter()
        .map(|(key, value)| (*key, if *key == "name" { "Cafe\u{301}" } else { value }))
        .collect();
    assert_eq!(ada.post("/submit", &form).await.status(), 303);
    assert!(ada.page("/account").await.says("Caf\u{e9}"));
}

/// Names as they may stand in the database of a site that is older than the rules.
const OLD: [(&str, &str, &str); 3] = [
    ("amber", "Am\u{202e}ber\u{fffe}", "Amber"),
    ("basalt", "\u{200b}", "(no name)"),
    ("cobalt", "Cob\u{2067}alt", "Cobalt"),
];

#[actix_web::test]
async fn a_name_that_is_older_than_the_rule_is_shown_without_what_it_does() {
    let site = TestSite::start();
    for (slug, name, _) in OLD {
        site.sql(&format!("UPDATE tools SET name = '{name}' WHERE slug = '{slug}'"));
    }
    site.sql("UPDATE reviewers SET name = 'Th\u{202e}e Builder\u{ffff}' WHERE slug = 'builder'");
    // Something has changed, and whoever changes the catalogue says so.
    let mut amber = catalogue()["tools"][0].clone();
    amber["reviews"] = json!([{"reviewer": "builder", "verdict": "skip"}]);
    import(&site, &part_of_file(json!({"tools": [amber]})));
    site.sql(&format!(
        "UPDATE tools SET name = '{}' WHERE slug = 'amber'; UPDATE versions SET value = value + 1",
        OLD[0].1
    ));
    let visitor = site.browser();
    for path in [
        "/",
        "/tools",
        "/tools/amber",
        "/compare/amber-vs-basalt",
        "/reviewers",
        "/reviewers/builder",
        "/changes",
        "/changes.xml",
        "/changes.xml?tool=amber",
    ] {
        let body = visitor.text(path).await;
        let odd = body.chars().find(|char| {
            matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}' | '\u{fffe}' | '\u{ffff}')
        });
        assert_eq!(odd, None, "{path}: {body}");
    }
    for (slug, _, shown) in OLD {
        assert_eq!(visitor.page(&format!("/tools/{slug}")).await.one("h1").text(), shown);
    }
    // The index, which such a change has passed by, is right again.
    for (slug, name) in [("amber", "Amber"), ("basalt", "Basalt"), ("cobalt", "Cobalt")] {
        site.sql(&format!("UPDATE tools SET name = '{name}' WHERE slug = '{slug}'"));
    }
}

#[actix_web::test]
async fn no_text_breaks_a_feed() {
    let site = TestSite::start();
    let moderator = sign_in_as(&site, "mona", Role::Moderator).await;
    let mut amber = catalogue()["tools"][0].clone();
    amber["pricing"]["entry"] = "$5".into();
    import(&site, &part_of_file(json!({"tools": [amber]})));
    site.sql(
        "UPDATE changes SET subject = 'Price \u{1}\u{fffe}', old_value = 'a\u{b}', new_value = 'b\u{1ffff}'; \
         UPDATE versions SET value = value + 1",
    );
    let path = format!("/admin/reviewers/{}/archive", id(&site, RecordKind::Reviewer, "builder"));
    let reason = "Gone\u{b}\u{fffe} <for> good";
    let answer = moderator.post(&path, &[("reason", reason)]).await;
    assert_eq!(answer.status(), 303);
    for path in ["/changes.xml", "/changes.xml?tool=amber", "/moderation.xml"] {
        let text = site.browser().text(path).await;
        let feed = atom_syndication::Feed::read_from(text.as_bytes()).unwrap();
        assert!(!feed.entries().is_empty(), "{path}: {text}");
        let unwritable = |char: char| matches!(char, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
        assert!(!text.contains(unwritable), "{path}: {text}");
    }
}

/// A right-to-left tool, reviewer and category, and what else of a tool stands in lines.
fn from_right_to_left(site: &TestSite) {
    let mut tool = catalogue()["tools"][0].clone();
    for (key, value) in [("slug", "anbar"), ("name", "אמבר"), ("category", "mehkar"), ("tagline", "זוהר 3")]
    {
        tool[key] = value.into();
    }
    tool["pricing"]["entry"] = "חינם".into();
    tool["facts"][0]["label"] = "רישיון".into();
    tool["reviews"][0]["reviewer"] = "bone".into();
    let mut amber = catalogue()["tools"][0].clone();
    amber["category"] = "mehkar".into();
    let file = json!({
        "categories": [{"slug": "mehkar", "name": "מחקר", "description": "כלים למחקר"}],
        "reviewers": [{"slug": "bone", "name": "הבונה", "role": "מפתח", "motto": "שירוץ", "kind": "ai", "model": "דגם 1"}],
        "tools": [amber, tool],
        "comparisons": [{"tools": ["amber", "anbar"], "summary": "", "pick_first_if": "אין לך זמן", "pick_second_if": "יש"}],
    });
    import(site, &part_of_file(file.clone()));
    // So that something has changed.
    let mut file = file;
    file["tools"][1]["reviews"][0]["verdict"] = "skip".into();
    file["tools"][1]["facts"][0]["value"] = "חופשי".into();
    import(site, &part_of_file(file));
}

/// The Hebrew texts of a page or feed that stand bare in a line with others, in which they would change the order.
fn bare(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut bare = String::new();
    for char in text.chars() {
        match char {
            '\u{2068}' => depth += 1,
            '\u{2069}' => depth = depth.saturating_sub(1),
            'א'..='ת' if depth == 0 => bare.push(char),
            _ if !bare.is_empty() => found.push(std::mem::take(&mut bare)),
            _ => {}
        }
    }
    found
}

#[actix_web::test]
async fn names_that_run_from_right_to_left_are_isolated_wherever_they_stand() {
    let site = TestSite::start();
    from_right_to_left(&site);
    let ada = site.member("ada").await;
    for tool in ["anbar", "amber"] {
        assert_eq!(ada.post(&format!("/tools/{tool}/vote"), &[("choice", "ship")]).await.status(), 303);
    }
    ada.post("/tools/anbar/report", &[("take", "bone"), ("reason", "advert"), ("words", "Bought.")]).await;
    let mona = sign_in_as(&site, "mona", Role::Admin).await;
    let tool = id(&site, RecordKind::Tool, "anbar");
    let pages = [
        "/",
        "/compare",
        "/compare/amber-vs-anbar",
        "/tools",
        "/tools?category=mehkar",
        "/tools?q=אמבר",
        "/tools/anbar",
        "/tools/amber",
        "/categories",
        "/categories/mehkar",
        "/reviewers",
        "/reviewers/bone",
        "/reviewers/bone?category=mehkar",
        "/changes",
        "/changes?tool=anbar",
        "/changes.xml",
        "/changes.xml?tool=anbar",
        "/moderation",
        "/account",
        "/account/sent",
        "/tools/anbar/correct",
        "/tools/anbar/report",
        "/compare?a=anbar&b=zzz",
    ];
    let desk = [
        "/admin".to_owned(),
        "/admin/tools".into(),
        "/admin/comparisons".into(),
        "/admin/reviewers".into(),
        "/admin/categories".into(),
        "/admin/queue".into(),
        "/admin/votes".into(),
        "/admin/log".into(),
        format!("/admin/votes/tools/{tool}"),
        format!("/admin/reviewers/{}/archive", id(&site, RecordKind::Reviewer, "bone")),
        format!("/admin/tools/{tool}/merge"),
        format!("/admin/history/tool/{tool}"),
    ];
    let mut seen = 0;
    for path in pages.into_iter().map(str::to_owned).chain(desk) {
        let who = if path.starts_with("/admin") { &mona } else { &ada };
        let answer = who.get(&path).await;
        assert_eq!(answer.status(), if path.contains("zzz") { 404 } else { 200 }, "{path}");
        let body = answer.text().await.unwrap();
        if path.contains(".xml") {
            assert_eq!(bare(&body), [""; 0], "{path}: {body}");
            assert!(body.contains("\u{2068}אמבר\u{2069}"), "{path}: {body}");
            continue;
        }
        let page = Page::of(body);
        seen += page.text().matches("אמבר").count();
        let texts = page.texts_outside("bdi, textarea, .prose");
        let found: Vec<String> = texts.iter().flat_map(|text| bare(text)).collect();
        assert_eq!(found, [""; 0], "{path}");
        for selector in ["[aria-label]", "[content]", "[title]"] {
            for part in page.all(selector) {
                let attribute = selector.trim_matches(['[', ']']);
                assert_eq!(bare(part.attr(attribute)), [""; 0], "{path} {selector}");
            }
        }
    }
    assert!(seen > 40, "{seen} times");
    assert_eq!(bare("Amber vs אמבר \u{2068}אמבר\u{2069}: 80%"), ["אמבר"], "what is bare is noticed");
    let title = ada.page("/compare/amber-vs-anbar").await.title();
    assert!(title.starts_with("Amber vs \u{2068}אמבר\u{2069}: "), "{title}");
    assert_eq!(ada.page("/tools/anbar").await.one("h1").text(), "\u{2068}אמבר\u{2069}");
    let answer =
        ada.client.get(ada.url("/tools?q=אמבר")).header(ACCEPT, "application/json").send().await.unwrap();
    let told: Value = answer.json().await.unwrap();
    assert_eq!(told["tools"][0]["name"], "אמבר", "programs get it plain");
    let form = mona.page(&format!("/admin/tools/{tool}")).await;
    assert_eq!(form.typed("name"), "אמבר", "and so do fields");
}

#[test]
fn a_name_in_parts_is_imported_as_one_and_problems_name_their_path() {
    let file = part_of_file(json!({
        "categories": [{"slug": "a", "name": "Cafe\u{301}", "description": "e\u{301}\u{b}"}],
        "reviewers": [{"slug": "b", "name": "\u{3164}", "role": "x\u{202e}"}],
        "tools": [{"slug": "c", "name": "ok", "category": "a", "tagline": "\u{200b}", "facts": [{"label": "\u{ad}"}]}],
    }));
    let problems: Vec<String> =
        file::parse(&file.to_string()).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "categories[0].description: contains the control character U+000B",
            "reviewers[0].name: has no visible characters",
            "reviewers[0].role: contains the bidirectional control U+202E",
            "tools[0].tagline: has no visible characters",
            "tools[0].facts[0].label: has no visible characters",
        ]
    );
    let read =
        file::parse(&part_of_file(json!({"categories": [{"slug": "a", "name": "Cafe\u{301}"}]})).to_string());
    assert_eq!(read.unwrap().categories[0].name, text::composed("Café"));
}
