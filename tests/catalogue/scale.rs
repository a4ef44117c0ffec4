//! Thousands of tools.

use super::*;

#[test]
fn thousands_of_tools_are_imported_and_found() {
    let reviewers: Vec<Value> =
        (0..5).map(|n| json!({"slug": format!("r{n}"), "name": format!("R {n}"), "kind": "human"})).collect();
    let tool = |n: usize| {
        let reviews: Vec<Value> = (0..5)
            .map(|r| json!({"reviewer": format!("r{r}"), "verdict": if (n + r).is_multiple_of(3) { "skip" } else { "ship" },
                "score": n % 101, "take": "Some words on why this is so. ".repeat(8), "reviewed_on": "2026-11-01"}))
            .collect();
        json!({"slug": format!("tool-{n}"), "name": format!("Tool {n}"), "category": "c",
            "tagline": format!("Does thing number {n}"), "description": "It does what it does quite well. ".repeat(20),
            "pricing": {"entry": "Free", "plans": [{"name": "Pro", "price": "20.00", "currency": "USD", "per": "month"}]},
            "facts": [{"label": "Licence", "value": "MIT"}, {"label": "Size", "value": "2B"}], "reviews": reviews})
    };
    let file = json!({"format": "shiptally-catalogue/1", "categories": [{"slug": "c", "name": "C"}],
        "reviewers": reviewers, "tools": (0..2_000).map(tool).collect::<Vec<_>>()});
    let text = file.to_string();
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
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
    assert_eq!(told, (2_006, 2_006));
    time("import again", &mut || {
        assert!(!file::import(conn, &parsed, day(1), |_, _| {}).unwrap().changed_anything());
    });
    let one = file::File { tools: vec![parsed.tools[777].clone()], ..Default::default() };
    time("import one of them", &mut || {
        assert!(!file::import(conn, &one, day(1), |_, _| {}).unwrap().changed_anything());
    });
    time("directory", &mut || assert_eq!(Directory::load(conn).unwrap().tools().len(), 2_000));
    let directory = Directory::load(conn).unwrap();
    for (query, count) in [("t", 2_000), ("tool 77", 11)] {
        time(&format!("search for {query}"), &mut || {
            assert_eq!(find(conn, &directory, query).unwrap().len(), count);
        });
    }
    time("near names", &mut || assert_eq!(near_tools(&directory, "tool-12345", 5).len(), 5));
    for wanted in ["tool-12345", "a-tool-with-a-much-longer-name", "xq"] {
        time(&format!("near {wanted}, ten times"), &mut || {
            for _ in 0..10 {
                assert!(near_tools(&directory, wanted, 5).len() <= 5);
            }
        });
    }
    time("verify", &mut || assert_eq!(invariants::check(conn).unwrap(), [""; 0]));
    time("export", &mut || assert!(file::export(conn).is_ok()));
}
