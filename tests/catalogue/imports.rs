//! What an import does to the database, and that an export brings it back.

use super::*;

#[test]
fn the_starter_catalogue_survives_to_the_byte() {
    let (first, second) = (TestDatabase::fresh(), TestDatabase::fresh());
    let summary = import_text(&mut connect(&first), STARTER, day(1));
    assert_eq!((summary.tools.changed, summary.tools.unchanged), (0, 0));
    let exported = file::export(&mut connect(&first)).unwrap();
    assert_eq!(exported, STARTER);
    import_text(&mut connect(&second), &exported, day(2));
    assert_eq!(file::export(&mut connect(&second)).unwrap(), exported);
    assert_eq!(invariants::check(&mut connect(&second)).unwrap(), [""; 0]);
}

#[test]
fn a_second_import_of_the_same_file_changes_nothing() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let summary = import(conn, &small(), day(1));
    assert_eq!(summary.tools, RecordCounts { new: 3, changed: 0, unchanged: 0 });
    assert_eq!(summary.reviews, RecordCounts { new: 2, changed: 0, unchanged: 0 });
    let (version_then, text_then) =
        (versions::stored(conn, Of::Catalogue).unwrap(), file::export(conn).unwrap());
    let summary = import(conn, &small(), day(2));
    assert!(!summary.changed_anything());
    assert_eq!(summary.comparisons, RecordCounts { new: 0, changed: 0, unchanged: 1 });
    assert_eq!(versions::stored(conn, Of::Catalogue).unwrap(), version_then);
    assert_eq!(file::export(conn).unwrap(), text_then);
    assert_eq!(updated_at(conn, "llama-cpp"), day(1));
}

#[test]
fn names_in_parts_are_stored_whole_and_change_nothing_the_second_time() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let mut file = small();
    file["categories"][0]["name"] = json!("Cafe\u{301}");
    file["reviewers"][0]["role"] = json!("Cafe\u{301}");
    file["tools"][0]["name"] = json!("Cafe\u{301}");
    file["tools"][0]["tagline"] = json!("Cafe\u{301}");
    file["tools"][0]["facts"][0]["label"] = json!("Cafe\u{301}");
    file["tools"][0]["pricing"]["plans"][0]["name"] = json!("Cafe\u{301}");
    import(conn, &file, day(1));
    let exported: Value = serde_json::from_str(&file::export(conn).unwrap()).unwrap();
    for pointer in [
        "/categories/0/name",
        "/reviewers/0/role",
        "/tools/0/name",
        "/tools/0/tagline",
        "/tools/0/facts/0/label",
        "/tools/0/pricing/plans/0/name",
    ] {
        assert_eq!(exported.pointer(pointer), Some(&json!("Caf\u{e9}")), "{pointer}");
    }
    let version = versions::stored(conn, Of::Catalogue).unwrap();
    assert!(!import(conn, &file, day(2)).changed_anything());
    assert!(!import(conn, &exported, day(2)).changed_anything());
    assert_eq!(versions::stored(conn, Of::Catalogue).unwrap(), version);
}

#[test]
fn an_export_of_a_partial_file_imports_and_exports_the_same() {
    let (first, second) = (TestDatabase::fresh(), TestDatabase::fresh());
    import(&mut connect(&first), &small(), day(1));
    let exported = file::export(&mut connect(&first)).unwrap();
    let summary = import_text(&mut connect(&first), &exported, day(2));
    assert!(!summary.changed_anything(), "{summary}");
    import_text(&mut connect(&second), &exported, day(2));
    assert_eq!(file::export(&mut connect(&second)).unwrap(), exported);
}

#[test]
fn a_bad_file_changes_nothing() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let mut bad = small();
    bad["tools"][2]["category"] = json!("nowhere");
    bad["tools"][0]["reviews"][1]["reviewer"] = json!("nobody");
    bad["comparisons"][0]["tools"][1] = json!("nothing");
    let before = (file::export(conn).unwrap(), versions::stored(conn, Of::Catalogue).unwrap());
    let refused = file::import(conn, &file::parse(&bad.to_string()).unwrap(), day(1), |_, _| {});
    let Err(ImportError::Problems(problems)) = refused else { unreachable!("it was taken") };
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        "tools[0].reviews[1].reviewer: there is no reviewer \"nobody\"",
        "tools[2].category: there is no category \"nowhere\"",
        "comparisons[0].tools[1]: there is no tool \"nothing\"",
    ];
    assert_eq!(lines, expected);
    assert_eq!((file::export(conn).unwrap(), versions::stored(conn, Of::Catalogue).unwrap()), before);
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
}

#[test]
fn a_failure_in_the_middle_changes_nothing() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
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
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
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
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let version_then = versions::stored(conn, Of::Catalogue).unwrap();
    let part = json!({"format": "shiptally-catalogue/1", "tools": [
        {"slug": "llama-cpp", "name": "llama.cpp", "category": "servers", "tagline": "New line",
         "reviews": [{"reviewer": "skeptic", "verdict": "ship", "reviewed_on": "2026-11-20"}]}]});
    let summary = import(conn, &part, day(9));
    assert_eq!(summary.tools, RecordCounts { new: 0, changed: 1, unchanged: 0 });
    assert_eq!(summary.reviews, RecordCounts { new: 0, changed: 1, unchanged: 0 });
    assert_eq!(versions::stored(conn, Of::Catalogue).unwrap(), version_then + 1);
    assert_eq!(updated_at(conn, "llama-cpp"), day(9));
    assert_eq!(published_at(conn, "llama-cpp"), Some(day(1)));
    assert_eq!(updated_at(conn, "cafe-x"), day(1));

    let directory = Directory::load(conn).unwrap();
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
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let mut part = small();
    part["tools"][0]["pricing"] =
        json!({"entry": "$5", "plans": [{"name": "A"}, {"name": "B", "price": "1"}]});
    part["tools"][0]["facts"] = json!([]);
    let summary = import(conn, &part, day(2));
    assert_eq!((summary.tools.changed, summary.tools.unchanged), (1, 2));
    let id = Directory::load(conn).unwrap().tool("llama-cpp").unwrap().id;
    let detail = tool_detail(conn, id).unwrap();
    let names: Vec<_> = detail.plans.iter().map(|plan| plan.name.as_str()).collect();
    assert_eq!((names, detail.price_text.as_str(), detail.facts.len()), (vec!["A", "B"], "", 0));
    assert_eq!(detail.description, "Portable inference in C++.");
}

#[test]
fn a_tool_is_published_once() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
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
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let directory = Directory::load(conn).unwrap();
    let [cafe, llama] = ["cafe-x", "llama-cpp"].map(|slug| directory.tool(slug).unwrap().id);
    let comparison = directory.comparison(cafe, llama).unwrap();
    assert_eq!(comparison.pick_first_if, "you like coffee");
    assert_eq!(comparison.pick_second_if, "you like llamas");
    assert!(directory.comparison(llama, cafe).is_none());
    assert_eq!(directory.comparisons().len(), 1);
}

#[test]
fn invariants_that_are_broken_are_named() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
    conn.batch_execute(
        "UPDATE tools SET tagline = 'another' WHERE slug = 'cafe-x';
         UPDATE tools SET published_at = NULL WHERE slug = 'llama-cpp';
         UPDATE tools SET slug = 'Not A Slug' WHERE slug = 'hidden';
         UPDATE reviewers SET likes = 'no list' WHERE slug = 'builder';
         UPDATE reviewers SET status = 0 WHERE slug = 'skeptic';
         UPDATE comparisons SET first_tool_id = second_tool_id, second_tool_id = first_tool_id;",
    )
    .unwrap();
    let mut findings = invariants::check(conn).unwrap();
    findings.sort();
    let starts = [
        "comparison llama-cpp, cafe-x: is not in the order of the slugs",
        "reviewer builder: likes or tired_of is not a list of texts",
        "reviewer skeptic: published_at does not fit the status",
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
fn any_text_survives() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let texts = [
        "'; DROP TABLE tools; --",
        "\"quoted\" \\ and {{ braces }} %s $1 ?",
        "<script>alert(1)</script>&amp;",
        "line\n\n\tbreak",
        "العربية \u{202b}mixed\u{202c} עברית",
        "日本語 🚀👩‍👩‍👧 e\u{301}",
        " spaces \u{a0} ",
        "\u{feff}\u{fffd}\u{10ffff}",
    ];
    let mut file = small();
    for text in texts {
        file["tools"][0]["description"] = json!(text);
        file["tools"][0]["reviews"][0]["take"] = json!(text);
        file["reviewers"][0]["likes"] = json!([text, ""]);
        file["comparisons"][0]["summary"] = json!(text);
        import(conn, &file, day(1));
        let exported: Value = serde_json::from_str(&file::export(conn).unwrap()).unwrap();
        assert_eq!(exported["tools"][0]["description"], json!(text));
        assert_eq!(exported["tools"][0]["reviews"][0]["take"], json!(text));
        assert_eq!(exported["reviewers"][0]["likes"], json!([text, ""]));
        assert_eq!(exported["comparisons"][0]["summary"], json!(text));
        assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
    }
}

#[test]
fn imports_at_the_same_time_take_turns() {
    let database = TestDatabase::fresh();
    let summaries: Vec<Summary> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| import_text(&mut connect(&database), STARTER, day(1)))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(summaries.iter().filter(|summary| summary.changed_anything()).count(), 1, "{summaries:?}");
    assert_eq!(file::export(&mut connect(&database)).unwrap(), STARTER);
}

#[test]
fn a_row_that_refers_to_nothing_is_found() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    // PostgreSQL does not let it happen.
    if matches!(conn, Db::Sqlite(_)) {
        conn.batch_execute("PRAGMA foreign_keys = OFF; DELETE FROM tools WHERE slug = 'cafe-x'").unwrap();
        let findings = invariants::check(conn).unwrap();
        let reference = "comparisons: a row refers to a row of tools that does not exist";
        assert!(findings.iter().any(|finding| finding == reference), "{findings:?}");
        assert!(findings.iter().any(|finding| finding.starts_with("search index: ")), "{findings:?}");
    }
}

/// A file with each status of each kind, a former reviewer with a review that readers see, and one whom they never saw.
fn of_every_status(conn: &mut Db) {
    let statuses = ["draft", "published", "archived"];
    let each = |record: &dyn Fn(&str) -> Value| statuses.map(record);
    let named = |kind: &str, status: &str| json!({"slug": format!("{kind}-{status}"), "name": status, "status": status});
    let mut reviewers = each(&|status| named("reviewer", status)).to_vec();
    reviewers.push(named("secret", "archived"));
    let tool = |status: &str| {
        let mut tool = named("tool", status);
        tool["category"] = "category-published".into();
        tool["tagline"] = "".into();
        tool["reviews"] = match status {
            "draft" => json!([{"reviewer": "reviewer-draft", "verdict": "ship"}]),
            _ => json!([{"reviewer": "reviewer-archived", "verdict": "skip"}]),
        };
        tool
    };
    let pair = |status: &str| json!({"tools": [format!("tool-{status}"), "tool-other"], "status": status});
    let mut tools = each(&tool).to_vec();
    tools.push(
        json!({"slug": "tool-other", "name": "Other", "category": "category-published", "tagline": ""}),
    );
    let file = json!({"format": "shiptally-catalogue/1", "categories": each(&|status| named("category", status)),
        "reviewers": reviewers, "tools": tools, "comparisons": each(&pair)});
    import(conn, &file, day(1));
}

#[test]
fn every_status_of_every_kind_survives_and_nobody_is_published_by_the_way() {
    let (first, second) = (TestDatabase::fresh(), TestDatabase::fresh());
    of_every_status(&mut connect(&first));
    let exported = file::export(&mut connect(&first)).unwrap();
    let conn = &mut connect(&second);
    import_text(conn, &exported, day(2));
    assert_eq!(file::export(conn).unwrap(), exported);
    assert!(!import_text(conn, &exported, day(3)).changed_anything());
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
    for database in [&first, &second] {
        let directory = Directory::load(&mut connect(database)).unwrap();
        let reviewers: Vec<_> =
            directory.reviewers().iter().map(|one| (one.slug.as_str(), one.former)).collect();
        assert_eq!(reviewers, [("reviewer-published", false), ("reviewer-archived", true)]);
        let categories: Vec<_> = directory.categories().iter().map(|one| one.slug.as_str()).collect();
        assert_eq!((categories, directory.tools().len()), (vec!["category-published"], 2));
        assert_eq!(directory.comparisons().len(), 1);
    }
}

#[test]
fn a_status_that_would_hide_what_published_tools_need_is_refused_with_its_place() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let mut refused = |file: Value| -> Vec<String> {
        let file = file::parse(&file.to_string()).unwrap();
        match file::import(conn, &file, day(2), |_, _| {}) {
            Err(ImportError::Problems(problems)) => problems.iter().map(ToString::to_string).collect(),
            other => unreachable!("{other:?}"),
        }
    };
    let format = "shiptally-catalogue/1";
    let hidden = json!({"format": format,
        "categories": [{"slug": "servers", "name": "Servers", "status": "archived"}],
        "reviewers": [{"slug": "builder", "name": "The Builder", "status": "draft"}]});
    assert_eq!(
        refused(hidden),
        [
            "categories[0].status: 1 published tool is in it: move or archive them first",
            "reviewers[0].status: 1 published tool has their reviews: archive the reviewer instead",
        ]
    );
    // What comes with the file itself counts as the file has it.
    let fresh = json!({"format": format,
        "categories": [{"slug": "new", "name": "New", "status": "draft"}],
        "reviewers": [{"slug": "owl", "name": "The Owl", "status": "draft"}],
        "tools": [{"slug": "egret", "name": "Egret", "category": "new", "tagline": "",
                   "reviews": [{"reviewer": "owl", "verdict": "ship"}]}]});
    assert_eq!(
        refused(fresh),
        [
            "tools[0].category: is a draft: publish the category before its tools",
            "tools[0].reviews[0].reviewer: is a draft: publish the reviewer before tools with their reviews",
        ]
    );
    // With its tools archived by the same file, a category may go.
    let mut both = small();
    both["categories"][0]["status"] = json!("archived");
    both["tools"][0]["status"] = json!("archived");
    import(conn, &both, day(3));
    assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
}
