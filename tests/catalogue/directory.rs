//! The picture in memory, and what is fetched beside it.

use std::sync::Arc;

use futures_util::future::join_all;
use shiptally::catalogue::{Catalogue, reviews_by, tell_apart, told_apart};
use shiptally::db::Database;
use shiptally::db::freshness::Freshness;
use shiptally::stats::Choice;
use shiptally::web::error::AppError;

use super::*;

#[test]
fn the_directory_shows_what_is_published() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    assert!(Directory::load(conn).unwrap().tools().is_empty());
    import(conn, &small(), day(1));
    let directory = Directory::load(conn).unwrap();
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
    assert_eq!((skeptic.is_ai(), skeptic.badge().as_str()), (true, "AI · Claude"));
    assert_eq!((skeptic.ships, skeptic.reviews), (0, 1));
}

#[test]
fn tools_of_the_same_name_are_told_apart_where_they_stand_together() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let mut file = small();
    let tools = file["tools"].as_array_mut().unwrap();
    for (slug, name) in
        [("twin-works", "TWIN"), ("twin", "Twin"), ("twins", "Twins"), ("third", "Tw\u{200b}in (third)")]
    {
        tools.push(json!({"slug": slug, "name": name, "category": "models", "tagline": ""}));
    }
    import(conn, &file, day(1));
    let directory = Directory::load(conn).unwrap();
    let together = |slugs: &[&str]| -> Vec<String> {
        let tools = told_apart(slugs.iter().map(|slug| directory.tool(slug).unwrap()));
        tools.iter().map(|tool| tool.name.clone()).collect()
    };
    assert_eq!(together(&["twin"]), ["Twin"]);
    assert_eq!(together(&["twin", "twins", "twin"]), ["Twin", "Twins", "Twin"], "one twice is no twin");
    assert_eq!(together(&["twin", "twin-works", "twins"]), ["Twin (twin)", "TWIN (twin-works)", "Twins"]);
    assert_eq!(together(&["twin", "third"]), ["Twin (twin)", "Tw\u{200b}in (third)"], "it says so already");
    let mut again = told_apart(["twin", "twin-works"].map(|slug| directory.tool(slug).unwrap()));
    tell_apart(&mut again);
    assert_eq!(again[0].name, "Twin (twin)", "once is enough");
    for (name, slug) in [("TWIN", "twin"), ("twin (twin-works)", "twin-works"), ("twins", "twins")] {
        assert_eq!(directory.tool_named(name).unwrap().slug.as_str(), slug, "{name}");
    }
    assert!(directory.tool_named("twi").is_none());
}

/// The catalogue as the pages of a site on this database read it.
fn catalogue_of(database: &TestDatabase, freshness: &Arc<Freshness>) -> Catalogue {
    Catalogue::new(Database::open(&database.url).unwrap(), Arc::clone(freshness))
}

#[actix_web::test]
async fn a_change_renews_the_directory_for_whoever_asks_after_it_is_known() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let freshness = Arc::new(Freshness::new(versions::all(conn).unwrap()));
    let catalogue = catalogue_of(&database, &freshness);
    let at_once = join_all((0..20).map(|_| catalogue.snapshot())).await;
    let before = at_once[0].as_ref().unwrap();
    assert!(at_once.iter().all(|other| Arc::ptr_eq(before, other.as_ref().unwrap())), "one load serves all");
    assert!(Arc::ptr_eq(before, &catalogue.current(conn).unwrap()), "it is held for the admin area as well");

    let mut file = small();
    file["tools"][1]["status"] = json!("archived");
    import(conn, &file, day(2));
    assert!(Arc::ptr_eq(before, &catalogue.snapshot().await.unwrap()), "nobody knows yet");
    freshness.notice(versions::all(conn).unwrap());
    let after = catalogue.clone().snapshot().await.unwrap();
    assert!(after.version > before.version);
    assert!(after.tool("cafe-x").is_none());
    assert!(after.comparisons().is_empty(), "its comparison goes with it");
}

#[actix_web::test]
async fn the_admin_area_sees_a_change_at_once_and_pages_with_it() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let freshness = Arc::new(Freshness::new(versions::all(conn).unwrap()));
    let catalogue = catalogue_of(&database, &freshness);
    assert!(catalogue.current(conn).unwrap().tools().is_empty());
    import(conn, &small(), day(1));
    let current = catalogue.current(conn).unwrap();
    assert_eq!(current.tools().len(), 2);
    assert!(Arc::ptr_eq(&current, &catalogue.snapshot().await.unwrap()));
}

#[actix_web::test]
async fn what_is_held_of_a_tool_goes_with_its_catalogue() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let freshness = Arc::new(Freshness::new(versions::all(conn).unwrap()));
    let catalogue = catalogue_of(&database, &freshness);
    let before = catalogue.snapshot().await.unwrap();
    let id = before.tool("llama-cpp").unwrap().id;
    let detail = catalogue.detail(&before, id).await.unwrap();
    assert_eq!(detail.description, "Portable inference in C++.");
    assert!(Arc::ptr_eq(&detail, &catalogue.detail(&before, id).await.unwrap()), "it is held");
    assert!(matches!(catalogue.detail(&before, id + 99).await, Err(AppError::NotFound(_))));

    let mut file = small();
    file["tools"][0]["description"] = json!("Inference for all.");
    import(conn, &file, day(2));
    freshness.notice(versions::all(conn).unwrap());
    let after = catalogue.snapshot().await.unwrap();
    assert_eq!(catalogue.detail(&after, id).await.unwrap().description, "Inference for all.");
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
    let directory = Directory::load(conn).unwrap();
    let builder = directory.reviewer("builder").unwrap();
    let verdicts: Vec<_> = reviews_by(conn, builder.id)
        .unwrap()
        .into_iter()
        .map(|review| (directory.tool_by_id(review.tool_id).unwrap().slug.to_string(), review.verdict))
        .collect();
    let expected = [("cafe-x", Choice::Skip), ("llama-cpp", Choice::Ship), ("undated", Choice::Ship)];
    assert_eq!(verdicts, expected.map(|(slug, choice)| (slug.to_owned(), choice)));
    assert_eq!((builder.ships, builder.reviews), (2, 3));
}
