//! The picture in memory, and what is fetched beside it.

use shiptally::catalogue::{Author, reviews_by};
use shiptally::stats::Choice;

use super::*;

#[test]
fn the_directory_shows_what_is_published() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let catalogue = Catalogue::default();
    assert!(catalogue.current(conn).unwrap().tools().is_empty());
    import(conn, &small(), day(1));
    let directory = catalogue.current(conn).unwrap();
    assert_eq!(directory.version, versions::stored(conn, Of::Catalogue).unwrap());
    let slugs: Vec<_> = directory.tools().iter().map(|tool| tool.slug.as_str()).collect();
    assert_eq!(slugs, ["cafe-x", "llama-cpp"]);
    assert!(directory.tool("hidden").is_none());
    let llama = directory.tool("llama-cpp").unwrap();
    assert_eq!(llama.panel, Panel { ships: 1, reviews: 2 });
    assert_eq!(llama.newest_review_on, NaiveDate::from_ymd_opt(2026, 11, 5));
    assert_eq!((llama.category.name.as_str(), llama.published_at), ("Inference Servers", day(1)));
    assert_eq!(directory.categories()[1].slug.as_str(), "models");
    let skeptic = directory.reviewer("skeptic").unwrap();
    assert_eq!(skeptic.author, Author::Ai { model: "Claude".to_owned() });
    assert_eq!((skeptic.ships, skeptic.reviews), (0, 1));
    assert!(std::sync::Arc::ptr_eq(&directory, &catalogue.current(conn).unwrap()), "it is kept");
}

#[test]
fn tools_of_the_same_name_are_told_apart() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let mut file = small();
    let tools = file["tools"].as_array_mut().unwrap();
    for (slug, name) in [("twin-works", "TWIN"), ("twin", "Twin"), ("twins", "Twins")] {
        tools.push(json!({"slug": slug, "name": name, "category": "models", "tagline": ""}));
    }
    import(conn, &file, day(1));
    let directory = Catalogue::default().current(conn).unwrap();
    let name = |slug| directory.tool(slug).unwrap().name.clone();
    assert_eq!(name("twin"), "Twin (twin)");
    assert_eq!(name("twin-works"), "TWIN (twin-works)");
    assert_eq!(name("twins"), "Twins");
    let stored = file::export(conn).unwrap();
    assert!(!stored.contains("(twin"), "only readers need it");
}

#[test]
fn a_change_renews_the_directory() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let catalogue = Catalogue::default();
    import(conn, &small(), day(1));
    let before = catalogue.current(conn).unwrap();
    let mut file = small();
    file["tools"][1]["status"] = json!("archived");
    import(conn, &file, day(2));
    let after = catalogue.clone().current(conn).unwrap();
    assert!(after.version > before.version);
    assert!(after.tool("cafe-x").is_none());
    assert!(after.comparisons().is_empty(), "its comparison goes with it");
}

#[test]
fn a_reviewers_verdicts_are_newest_first() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let mut file = small();
    file["tools"][1]["reviews"] = json!([{"reviewer": "builder", "verdict": "skip", "reviewed_on": "2026-11-09", "basis": "documents"}]);
    file["tools"][2]["reviews"] = json!([{"reviewer": "builder", "verdict": "skip"}]);
    let more = json!({"slug": "undated", "name": "U", "category": "models", "tagline": "",
        "reviews": [{"reviewer": "builder", "verdict": "ship"}]});
    file["tools"].as_array_mut().unwrap().push(more);
    import(conn, &file, day(1));
    let directory = Catalogue::default().current(conn).unwrap();
    let builder = directory.reviewer("builder").unwrap();
    let verdicts: Vec<_> = reviews_by(conn, builder.id)
        .unwrap()
        .into_iter()
        .map(|(tool, review)| (directory.tool_by_id(tool).unwrap().slug.to_string(), review.verdict))
        .collect();
    let expected = [("cafe-x", Choice::Skip), ("llama-cpp", Choice::Ship), ("undated", Choice::Ship)];
    assert_eq!(verdicts, expected.map(|(slug, choice)| (slug.to_owned(), choice)));
    assert_eq!((builder.ships, builder.reviews), (2, 3));
}
