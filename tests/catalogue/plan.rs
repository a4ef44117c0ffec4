//! What an import is said to do is what it does.

use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::TestRunner;
use shiptally::catalogue::file::{ImportPlan, Record, State};
use shiptally::catalogue::{addresses, edit};

use super::*;

fn planned(conn: &mut Db, file: &Value) -> ImportPlan {
    let file = file::parse(&file.to_string()).unwrap();
    conn.read(|conn| file::plan(conn, &file, 0..usize::MAX)).unwrap()
}

/// What is stored of the record that this state is of.
fn stored(conn: &mut Db, state: &State) -> Option<State> {
    let id = match &state.record {
        Record::Comparison(pair) => addresses::id_by_pair(conn, [&pair.tools[0], &pair.tools[1]]),
        other => addresses::id_by_slug(conn, other.kind(), other.slug().unwrap()),
    };
    edit::stored(conn, state.record.kind(), id.unwrap()?).unwrap()
}

#[test]
fn a_plan_of_what_is_stored_is_empty() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let all_new = planned(conn, &small());
    assert_eq!((all_new.summary.tools.new, all_new.summary.reviews.new), (3, 2));
    import(conn, &small(), day(1));
    let exported = file::export(conn).unwrap();
    let plan = planned(conn, &serde_json::from_str(&exported).unwrap());
    assert!(plan.changes.is_empty() && !plan.summary.changed_anything());
    assert_eq!(plan.version, versions::stored(conn, Of::Catalogue).unwrap());
}

#[test]
fn a_plan_of_a_bad_file_names_its_problems() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let mut bad = small();
    bad["tools"][2]["category"] = json!("nowhere");
    let file = file::parse(&bad.to_string()).unwrap();
    let refused = conn.read(|conn| file::plan(conn, &file, 0..usize::MAX));
    assert!(
        matches!(refused, Err(ImportError::Problems(problems)) if problems[0].path == "tools[2].category")
    );
}

fn text() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("one"), Just("two"), Just("")]
}

/// A tool with some of its parts; what is absent leaves what is stored alone.
fn tool(slug: &'static str) -> impl Strategy<Value = Value> {
    let reviews = subsequence(vec!["r", "s", "t"], 0..=3).prop_flat_map(|reviewers| {
        let each: Vec<_> = reviewers.into_iter().map(|slug| (Just(slug), any::<bool>(), text())).collect();
        each
    });
    let pricing = proptest::option::of((text(), proptest::collection::vec(text(), 0..3)));
    let facts = proptest::option::of(subsequence(vec!["Licence", "Host", "Runs on"], 0..=3));
    let status = prop_oneof![Just("draft"), Just("published"), Just("archived")];
    (reviews, pricing, facts, status, text(), any::<bool>()).prop_map(
        move |(reviews, pricing, facts, status, words, first)| {
            let mut tool = json!({
                "slug": slug, "name": slug, "tagline": words, "status": status,
                "category": if first { "c" } else { "d" },
                "reviews": reviews.iter().map(|(reviewer, ships, take)| {
                    json!({"reviewer": reviewer, "verdict": if *ships { "ship" } else { "skip" }, "take": take})
                }).collect::<Vec<_>>(),
            });
            if let Some((entry, plans)) = pricing {
                let plans: Vec<Value> = plans
                    .iter()
                    .enumerate()
                    .map(|(n, note)| json!({"name": format!("P{n}"), "price": "5.00", "currency": "EUR", "per": "month", "note": note}))
                    .collect();
                tool["pricing"] = json!({"entry": entry, "plans": plans});
            }
            if let Some(labels) = facts {
                tool["facts"] = labels.iter().map(|label| json!({"label": label, "value": format!("v{words}")})).collect();
            }
            tool
        },
    )
}

fn file() -> impl Strategy<Value = Value> {
    let tools = subsequence(vec!["a", "b", "e"], 0..=3)
        .prop_flat_map(|slugs| slugs.into_iter().map(tool).collect::<Vec<_>>());
    (tools, text(), text(), any::<bool>(), any::<bool>()).prop_map(|(tools, words, more, pair, turned)| {
        let mut file = json!({
            "format": "shiptally-catalogue/1",
            "categories": [{"slug": "c", "name": format!("C {words}")}, {"slug": "d", "name": "D", "description": more}],
            "reviewers": [{"slug": "r", "name": "R", "likes": [words]}, {"slug": "s", "name": "S", "bio": more}, {"slug": "t", "name": "T"}],
            "tools": tools,
        });
        let has = |slug: &str| file["tools"].as_array().is_some_and(|all| all.iter().any(|tool| tool["slug"] == slug));
        if pair && has("a") && has("b") {
            let tools = if turned { ["b", "a"] } else { ["a", "b"] };
            file["comparisons"] = json!([{"tools": tools, "summary": words, "pick_first_if": more}]);
        }
        file
    })
}

#[test]
fn every_import_does_what_its_plan_said() {
    let database = TestDatabase::fresh();
    let conn = std::cell::RefCell::new(connect(&database));
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
    // Each file comes on top of those before it.
    TestRunner::new(config)
        .run(&file(), |file| {
            let conn = &mut *conn.borrow_mut();
            let plan = planned(conn, &file);
            for planned in &plan.changes {
                prop_assert_eq!(&stored(conn, &planned.after), &planned.before);
            }
            let summary = import(conn, &file, day(1));
            prop_assert_eq!(plan.summary, summary);
            for planned in &plan.changes {
                prop_assert_eq!(stored(conn, &planned.after), Some(planned.after.clone()));
            }
            let again = planned_nothing(conn, &file);
            prop_assert!(again, "a second time nothing would change");
            Ok(())
        })
        .unwrap();
    assert_eq!(invariants::check(&mut conn.borrow_mut()).unwrap(), [""; 0]);
}

fn planned_nothing(conn: &mut Db, file: &Value) -> bool {
    let plan = planned(conn, file);
    plan.changes.is_empty() && !plan.summary.changed_anything()
}
