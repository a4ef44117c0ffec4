//! The catalogue on a real database: SQLite, or PostgreSQL when `SHIPTALLY_TEST_POSTGRES` is set.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

mod support;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::{Value, json};
use shiptally::catalogue::file::{self, Count, ImportError, Summary};
use shiptally::catalogue::{
    Author, Catalogue, STARTER, invariants, near_tools, reviews_by, search, tool_detail, version,
};
use shiptally::db::Db;
use shiptally::schema::tools;
use shiptally::stats::{Choice, Panel};
use support::fresh_database;

fn day(day: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap().and_hms_opt(12, 0, 0).unwrap()
}

fn import_text(conn: &mut Db, text: &str, now: NaiveDateTime) -> Summary {
    let file = file::parse(text).unwrap();
    file::import(conn, &file, now, |_, _| {}).unwrap()
}

fn import(conn: &mut Db, file: &Value, now: NaiveDateTime) -> Summary {
    import_text(conn, &file.to_string(), now)
}

fn published_at(conn: &mut Db, slug: &str) -> Option<NaiveDateTime> {
    tools::table.filter(tools::slug.eq(slug)).select(tools::published_at).first(conn).unwrap()
}

fn updated_at(conn: &mut Db, slug: &str) -> NaiveDateTime {
    tools::table.filter(tools::slug.eq(slug)).select(tools::updated_at).first(conn).unwrap()
}

/// The slugs that a search finds, in its order.
fn found(conn: &mut Db, query: &str) -> Vec<String> {
    let directory = Catalogue::default().current(conn).unwrap();
    let ids = search::matching(conn, query, 50).unwrap();
    ids.into_iter().map(|id| directory.tool_by_id(id).unwrap().slug.to_string()).collect()
}

/// Two categories, two reviewers, three tools, one comparison.
fn small() -> Value {
    json!({
        "format": "shiptally-catalogue/1",
        "categories": [
            {"slug": "servers", "name": "Inference Servers", "description": "Programs that answer."},
            {"slug": "models", "name": "Models"}
        ],
        "reviewers": [
            {"slug": "builder", "name": "The Builder", "likes": ["Plain files"], "kind": "human"},
            {"slug": "skeptic", "name": "The Skeptic", "kind": "ai", "model": "Claude"}
        ],
        "tools": [
            {
                "slug": "llama-cpp", "name": "llama.cpp", "category": "servers",
                "tagline": "Runs models on plain hardware", "description": "Portable inference in C++.",
                "website": "https://example.org/llama.cpp",
                "pricing": {"entry": "Free", "text": "Free and open source", "checked_on": "2026-11-01",
                    "plans": [{"name": "Hosted", "price": "20.00", "currency": "USD", "per": "month"}]},
                "facts": [{"label": "Licence", "value": "MIT", "source": "https://example.org/licence"}],
                "reviews": [
                    {"reviewer": "builder", "verdict": "ship", "score": 90, "reviewed_on": "2026-11-02", "basis": "hands-on"},
                    {"reviewer": "skeptic", "verdict": "skip", "reviewed_on": "2026-11-05"}
                ]
            },
            {"slug": "café-x".replace('é', "e"), "name": "Café X", "category": "models",
             "tagline": "A model that mentions llama once"},
            {"slug": "hidden", "name": "Hidden llama", "category": "models", "tagline": "", "status": "draft"}
        ],
        "comparisons": [
            {"tools": ["llama-cpp", "cafe-x"], "summary": "Both.", "pick_first_if": "you like llamas",
             "pick_second_if": "you like coffee", "published_on": "2026-11-10"}
        ]
    })
}

#[test]
fn the_starter_catalogue_survives_to_the_byte() {
    let (first, second) = (fresh_database(), fresh_database());
    let summary = import_text(&mut first.connect(), STARTER, day(1));
    assert_eq!((summary.tools.changed, summary.tools.unchanged), (0, 0));
    let exported = file::export(&mut first.connect()).unwrap();
    assert_eq!(exported, STARTER);
    import_text(&mut second.connect(), &exported, day(2));
    assert_eq!(file::export(&mut second.connect()).unwrap(), exported);
    assert_eq!(invariants::check(&mut second.connect()).unwrap(), [""; 0]);
}

#[test]
fn a_second_import_of_the_same_file_changes_nothing() {
    let database = fresh_database();
    let conn = &mut database.connect();
    let summary = import(conn, &small(), day(1));
    assert_eq!(summary.tools, Count { new: 3, changed: 0, unchanged: 0 });
    assert_eq!(summary.reviews, Count { new: 2, changed: 0, unchanged: 0 });
    let (version_then, text_then) = (version::stored(conn).unwrap(), file::export(conn).unwrap());
    let summary = import(conn, &small(), day(2));
    assert!(!summary.changed_anything());
    assert_eq!(summary.comparisons, Count { new: 0, changed: 0, unchanged: 1 });
    assert_eq!(version::stored(conn).unwrap(), version_then);
    assert_eq!(file::export(conn).unwrap(), text_then);
    assert_eq!(updated_at(conn, "llama-cpp"), day(1));
}

#[test]
fn an_export_of_a_partial_file_imports_and_exports_the_same() {
    let (first, second) = (fresh_database(), fresh_database());
    import(&mut first.connect(), &small(), day(1));
    let exported = file::export(&mut first.connect()).unwrap();
    let summary = import_text(&mut first.connect(), &exported, day(2));
    assert!(!summary.changed_anything(), "{summary}");
    import_text(&mut second.connect(), &exported, day(2));
    assert_eq!(file::export(&mut second.connect()).unwrap(), exported);
}

#[test]
fn a_bad_file_changes_nothing() {
    let database = fresh_database();
    let conn = &mut database.connect();
    let mut bad = small();
    bad["tools"][2]["category"] = json!("nowhere");
    bad["tools"][0]["reviews"][1]["reviewer"] = json!("nobody");
    bad["comparisons"][0]["tools"][1] = json!("nothing");
    let before = (file::export(conn).unwrap(), version::stored(conn).unwrap());
    let refused = file::import(conn, &file::parse(&bad.to_string()).unwrap(), day(1), |_, _| {});
    let Err(ImportError::Problems(problems)) = refused else { unreachable!("it was taken") };
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        "tools[0].reviews[1].reviewer: there is no reviewer \"nobody\"",
        "tools[2].category: there is no category \"nowhere\"",
        "comparisons[0].tools[1]: there is no tool \"nothing\"",
    ];
    assert_eq!(lines, expected);
    assert_eq!((file::export(conn).unwrap(), version::stored(conn).unwrap()), before);
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
}

#[test]
fn a_failure_in_the_middle_changes_nothing() {
    let database = fresh_database();
    let conn = &mut database.connect();
    let before = file::export(conn).unwrap();
    // Without the last table that an import writes, it fails after everything else is written.
    conn.batch_execute("ALTER TABLE comparisons RENAME TO gone").unwrap();
    let refused = file::import(conn, &file::parse(&small().to_string()).unwrap(), day(1), |_, _| {});
    assert!(matches!(refused, Err(ImportError::Database(_))));
    conn.batch_execute("ALTER TABLE gone RENAME TO comparisons").unwrap();
    assert_eq!(file::export(conn).unwrap(), before);
}

#[test]
fn references_may_point_into_the_database() {
    let database = fresh_database();
    let conn = &mut database.connect();
    import(conn, &small(), day(1));
    let more = json!({"format": "shiptally-catalogue/1",
        "tools": [{"slug": "third", "name": "Third", "category": "models", "tagline": "",
            "reviews": [{"reviewer": "builder", "verdict": "skip"}]}],
        "comparisons": [{"tools": ["third", "cafe-x"]}]});
    let summary = import(conn, &more, day(2));
    assert_eq!((summary.tools.new, summary.reviews.new, summary.comparisons.new), (1, 1, 1));
}

#[test]
fn what_a_file_does_not_mention_stays() {
    let database = fresh_database();
    let conn = &mut database.connect();
    import(conn, &small(), day(1));
    let version_then = version::stored(conn).unwrap();
    let part = json!({"format": "shiptally-catalogue/1", "tools": [
        {"slug": "llama-cpp", "name": "llama.cpp", "category": "servers", "tagline": "New line",
         "reviews": [{"reviewer": "skeptic", "verdict": "ship", "reviewed_on": "2026-11-20"}]}]});
    let summary = import(conn, &part, day(9));
    assert_eq!(summary.tools, Count { new: 0, changed: 1, unchanged: 0 });
    assert_eq!(summary.reviews, Count { new: 0, changed: 1, unchanged: 0 });
    assert_eq!(version::stored(conn).unwrap(), version_then + 1);
    assert_eq!(updated_at(conn, "llama-cpp"), day(9));
    assert_eq!(published_at(conn, "llama-cpp"), Some(day(1)));
    assert_eq!(updated_at(conn, "cafe-x"), day(1));

    let directory = Catalogue::default().current(conn).unwrap();
    let tool = directory.tool("llama-cpp").unwrap();
    let detail = tool_detail(conn, tool.id).unwrap();
    assert_eq!((tool.entry_price.as_str(), detail.plans.len(), detail.facts.len()), ("Free", 1, 1));
    assert_eq!(
        (tool.website.as_deref(), detail.description.as_str()),
        (None, ""),
        "single keys are replaced"
    );
    assert_eq!(tool.panel, Panel { ships: 2, reviews: 2 });
    assert_eq!(detail.reviews[0].score, Some(90));
}

#[test]
fn pricing_and_facts_are_replaced_as_a_whole() {
    let database = fresh_database();
    let conn = &mut database.connect();
    import(conn, &small(), day(1));
    let mut part = small();
    part["tools"][0]["pricing"] =
        json!({"entry": "$5", "plans": [{"name": "A"}, {"name": "B", "price": "1"}]});
    part["tools"][0]["facts"] = json!([]);
    let summary = import(conn, &part, day(2));
    assert_eq!((summary.tools.changed, summary.tools.unchanged), (1, 2));
    let id = Catalogue::default().current(conn).unwrap().tool("llama-cpp").unwrap().id;
    let detail = tool_detail(conn, id).unwrap();
    let names: Vec<_> = detail.plans.iter().map(|plan| plan.name.as_str()).collect();
    assert_eq!((names, detail.price_text.as_str(), detail.facts.len()), (vec!["A", "B"], "", 0));
    assert_eq!(detail.description, "Portable inference in C++.");
}

#[test]
fn a_tool_is_published_once() {
    let database = fresh_database();
    let conn = &mut database.connect();
    let mut file = small();
    import(conn, &file, day(1));
    assert_eq!(published_at(conn, "hidden"), None);
    for (status, today) in [("published", 2), ("archived", 3), ("published", 4)] {
        file["tools"][2]["status"] = json!(status);
        import(conn, &file, day(today));
        assert_eq!(published_at(conn, "hidden"), Some(day(2)));
        assert_eq!(updated_at(conn, "hidden"), day(today));
    }
}

#[test]
fn a_comparison_is_stored_in_the_order_of_the_slugs() {
    let database = fresh_database();
    let conn = &mut database.connect();
    import(conn, &small(), day(1));
    let directory = Catalogue::default().current(conn).unwrap();
    let [cafe, llama] = ["cafe-x", "llama-cpp"].map(|slug| directory.tool(slug).unwrap().id);
    let comparison = directory.comparison(cafe, llama).unwrap();
    assert_eq!(comparison.pick_first_if, "you like coffee");
    assert_eq!(comparison.pick_second_if, "you like llamas");
    assert!(directory.comparison(llama, cafe).is_none());
    assert_eq!(directory.comparisons().len(), 1);
}

#[test]
fn the_directory_shows_what_is_published() {
    let database = fresh_database();
    let conn = &mut database.connect();
    let catalogue = Catalogue::default();
    assert!(catalogue.current(conn).unwrap().tools().is_empty());
    import(conn, &small(), day(1));
    let directory = catalogue.current(conn).unwrap();
    assert_eq!(directory.version, version::stored(conn).unwrap());
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
fn a_change_renews_the_directory() {
    let database = fresh_database();
    let conn = &mut database.connect();
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
    let database = fresh_database();
    let conn = &mut database.connect();
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

#[test]
fn a_search_puts_names_first() {
    let database = fresh_database();
    let conn = &mut database.connect();
    let mut file = small();
    for (slug, name, tagline) in [
        ("ollama", "Ollama", "Llama llama llama llama, made easy"),
        ("the-llama", "The Llama", "An animal"),
        ("llama", "Llama", "Weights"),
        ("llamafile", "llamafile", "One file"),
    ] {
        let tool = json!({"slug": slug, "name": name, "category": "models", "tagline": tagline});
        file["tools"].as_array_mut().unwrap().push(tool);
    }
    import(conn, &file, day(1));
    let all = found(conn, "LLAMA");
    assert_eq!(all[0], "llama", "the exact name");
    let mut next = all[1..3].to_vec();
    next.sort();
    assert_eq!(next, ["llama-cpp", "llamafile"], "names that begin with it");
    assert_eq!(all[3], "the-llama", "then a name over a tagline");
    assert_eq!(all.len(), 6);
    assert!(!all.contains(&"hidden".to_owned()), "a draft is not found");
}

#[test]
fn a_search_needs_every_word_and_takes_beginnings() {
    let database = fresh_database();
    let conn = &mut database.connect();
    import(conn, &small(), day(1));
    assert_eq!(found(conn, "cpp"), ["llama-cpp"]);
    assert_eq!(found(conn, "llama.cpp"), ["llama-cpp"]);
    assert_eq!(found(conn, "Llama.Cp"), ["llama-cpp"]);
    assert_eq!(found(conn, "port infer"), ["llama-cpp"]);
    assert_eq!(found(conn, "serv"), ["llama-cpp"], "the category counts");
    assert_eq!(found(conn, "cafe"), ["cafe-x"]);
    assert_eq!(found(conn, "CAFÉ"), ["cafe-x"]);
    assert_eq!(found(conn, "llama coffee"), [""; 0]);
    assert_eq!(found(conn, "lama"), [""; 0]);
}

#[test]
fn no_query_breaks_the_search() {
    let database = fresh_database();
    let conn = &mut database.connect();
    import(conn, &small(), day(1));
    let long = "x".repeat(100_000);
    let many = "a b c d e f g h i j k ".repeat(100);
    for query in [
        "",
        " ",
        "++",
        "🚀",
        "\"",
        "'",
        "\\",
        "a\"b",
        "' OR 1=1 --",
        "name:x",
        "AND",
        "OR NOT NEAR(",
        "a*",
        "a & !b",
        "%",
        "_",
        "\0",
        "का",
        "ßIß",
        "ﬃ",
        "𝒳",
        "²",
        "Ⅷ",
        "1e5 2.5 -3",
        &long,
        &many,
    ] {
        assert!(search::matching(conn, query, 10).is_ok(), "{query:?}");
    }
}

#[test]
fn a_category_with_a_new_name_is_found_by_it() {
    let database = fresh_database();
    let conn = &mut database.connect();
    import(conn, &small(), day(1));
    let renamed =
        json!({"format": "shiptally-catalogue/1", "categories": [{"slug": "servers", "name": "Engines"}]});
    import(conn, &renamed, day(2));
    assert_eq!(found(conn, "engine"), ["llama-cpp"]);
    assert_eq!(found(conn, "servers"), [""; 0]);
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
}

#[test]
fn near_names_are_offered() {
    let database = fresh_database();
    let conn = &mut database.connect();
    import_text(conn, STARTER, day(1));
    import(conn, &small(), day(1));
    let directory = Catalogue::default().current(conn).unwrap();
    let near = |wanted: &str| {
        near_tools(&directory, wanted, 3).iter().map(|tool| tool.slug.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(near("llama-ccp")[0], "llama-cpp");
    assert_eq!(near("LLAMA.CPP")[0], "llama-cpp");
    assert_eq!(near("cafe")[0], "cafe-x");
    assert_eq!(near("zzzzqqqq"), [""; 0]);
    assert_eq!(near(" "), [""; 0]);
    assert!(near("l").len() <= 3);
}

#[test]
fn invariants_that_are_broken_are_named() {
    let database = fresh_database();
    let conn = &mut database.connect();
    import(conn, &small(), day(1));
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
    conn.batch_execute(
        "UPDATE tools SET tagline = 'another' WHERE slug = 'cafe-x';
         UPDATE tools SET published_at = NULL WHERE slug = 'llama-cpp';
         UPDATE tools SET slug = 'Not A Slug' WHERE slug = 'hidden';
         UPDATE reviewers SET likes = 'no list' WHERE slug = 'builder';
         UPDATE comparisons SET first_tool_id = second_tool_id, second_tool_id = first_tool_id;",
    )
    .unwrap();
    let mut findings = invariants::check(conn).unwrap();
    findings.sort();
    let starts = [
        "comparison llama-cpp, cafe-x: is not in the order of the slugs",
        "reviewer builder: likes or tired_of is not a list of texts",
        "tool cafe-x: the search index differs from its texts",
        "tool llama-cpp: is published but has no published_at",
        "tools: \"Not A Slug\" is not a slug",
    ];
    assert_eq!(findings.len(), starts.len(), "{findings:?}");
    for (finding, start) in findings.iter().zip(starts) {
        assert!(finding.starts_with(start), "{finding}");
    }
}

#[test]
fn ten_thousand_tools_are_imported_in_seconds() {
    let reviewers: Vec<Value> =
        (0..5).map(|n| json!({"slug": format!("r{n}"), "name": format!("R {n}"), "kind": "human"})).collect();
    let tool = |n: usize| {
        let reviews: Vec<Value> = (0..5)
            .map(|r| json!({"reviewer": format!("r{r}"), "verdict": if (n + r) % 3 == 0 { "skip" } else { "ship" },
                "score": n % 101, "take": "Some words on why this is so. ".repeat(8), "reviewed_on": "2026-11-01"}))
            .collect();
        json!({"slug": format!("tool-{n}"), "name": format!("Tool {n}"), "category": "c",
            "tagline": format!("Does thing number {n}"), "description": "It does what it does quite well. ".repeat(20),
            "pricing": {"entry": "Free", "plans": [{"name": "Pro", "price": "20.00", "currency": "USD", "per": "month"}]},
            "facts": [{"label": "Licence", "value": "MIT"}, {"label": "Size", "value": "2B"}], "reviews": reviews})
    };
    let file = json!({"format": "shiptally-catalogue/1", "categories": [{"slug": "c", "name": "C"}],
        "reviewers": reviewers, "tools": (0..10_000).map(tool).collect::<Vec<_>>()});
    let text = file.to_string();
    let database = fresh_database();
    let conn = &mut database.connect();
    let time = |what: &str, work: &mut dyn FnMut()| {
        let start = std::time::Instant::now();
        work();
        eprintln!("{what}: {:?}", start.elapsed());
    };
    let mut parsed = None;
    time("parse", &mut || parsed = file::parse(&text).ok());
    let parsed = parsed.unwrap();
    let mut told = (0, 0);
    time("import", &mut || {
        file::import(conn, &parsed, day(1), |done, total| told = (done, total)).unwrap();
    });
    assert_eq!(told, (10_006, 10_006));
    time("import again", &mut || {
        assert!(!file::import(conn, &parsed, day(1), |_, _| {}).unwrap().changed_anything());
    });
    let catalogue = Catalogue::default();
    time("directory", &mut || assert_eq!(catalogue.current(conn).unwrap().tools().len(), 10_000));
    time("search of all", &mut || assert_eq!(search::matching(conn, "t", 20).unwrap().len(), 20));
    time("search of one", &mut || assert_eq!(search::matching(conn, "tool 777", 20).unwrap().len(), 11));
    let directory = catalogue.current(conn).unwrap();
    time("near names", &mut || assert_eq!(near_tools(&directory, "tool-12345", 5).len(), 5));
    time("verify", &mut || assert_eq!(invariants::check(conn).unwrap(), [""; 0]));
    time("export", &mut || assert!(file::export(conn).is_ok()));
}
