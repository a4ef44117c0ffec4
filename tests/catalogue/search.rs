//! Searching, and names that are near.

use super::*;

#[test]
fn a_search_puts_names_first() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
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
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
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
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    let long = "x".repeat(100_000);
    let wide = format!("{} ", "𐐨".repeat(150)).repeat(20);
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
        &wide,
        &many,
    ] {
        assert!(matching(conn, query, 10).is_ok(), "{query:?}");
    }
}

#[test]
fn a_category_with_a_new_name_is_found_by_it() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
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
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
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

/// What the index in memory finds, as slugs.
fn found_in_memory(conn: &mut Db, directory: &shiptally::catalogue::Directory, query: &str) -> Vec<String> {
    let found = directory.search(conn, query).unwrap().best(0..usize::MAX);
    found.into_iter().map(|position| directory.tools()[position].slug.to_string()).collect()
}

#[test]
fn the_search_in_memory_finds_what_the_database_finds_in_the_same_order() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let words =
        ["vector", "vectors", "agent", "agents", "data", "café", "cafe", "c", "db", "4o", "über", "llama"];
    // Many tools with the same words, so that rarity, length and field all count, and some are equal.
    let mut seed = 7u64;
    let mut text = |most: u64| {
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 33
        };
        let count = 1 + next() % most;
        (0..count).map(|_| words[next() as usize % words.len()]).collect::<Vec<_>>().join(" ")
    };
    let mut file = small();
    for number in 0..120 {
        let (category, status) =
            (["servers", "models"][number % 2], ["published", "draft"][usize::from(number % 9 == 0)]);
        file["tools"].as_array_mut().unwrap().push(json!({
            "slug": format!("tool-{number}"), "name": text(3), "category": category, "status": status,
            "tagline": text(6), "description": text(30),
        }));
    }
    import(conn, &file, day(1));
    let directory = Catalogue::default().current(conn).unwrap();
    let mut queries: Vec<String> = (0..150).map(|_| text(3)).collect();
    queries
        .extend(["v", "a d", "vec", "CAF\u{c9}", "llama.cpp", "4", "x", "", "data data"].map(str::to_owned));
    for query in queries {
        let mut in_memory = found_in_memory(conn, &directory, &query);
        let ids = matching(conn, &query, i64::MAX).unwrap();
        let mut stored: Vec<String> =
            ids.into_iter().map(|id| directory.tool_by_id(id).unwrap().slug.to_string()).collect();
        if let Db::Pg(_) = conn {
            // PostgreSQL ranks within the groups by another formula.
            in_memory.sort();
            stored.sort();
        }
        assert_eq!(in_memory, stored, "{query:?}");
    }
}

#[test]
fn an_import_is_found_by_the_next_search() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let catalogue = Catalogue::default();
    import(conn, &small(), day(1));
    let before = catalogue.current(conn).unwrap();
    assert_eq!(found_in_memory(conn, &before, "hardware"), ["llama-cpp"]);
    let mut file = small();
    file["tools"][0]["tagline"] = json!("Runs on toasters");
    import(conn, &file, day(2));
    let after = catalogue.current(conn).unwrap();
    assert_eq!(found_in_memory(conn, &after, "hardware"), [""; 0]);
    assert_eq!(found_in_memory(conn, &after, "toaster"), ["llama-cpp"]);
}

#[test]
fn what_is_held_of_a_tool_goes_with_its_catalogue() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    let catalogue = Catalogue::default();
    assert!(catalogue.held(0).is_none(), "nothing was asked for yet");
    import(conn, &small(), day(1));
    let before = catalogue.current(conn).unwrap();
    let id = before.tool("llama-cpp").unwrap().id;
    assert!(catalogue.held_detail(&before, id).is_none());
    assert_eq!(catalogue.detail(conn, &before, id).unwrap().description, "Portable inference in C++.");
    assert!(catalogue.held_detail(&before, id).is_some() && catalogue.held(before.version).is_some());
    let mut file = small();
    file["tools"][0]["description"] = json!("Inference for all.");
    import(conn, &file, day(2));
    let after = catalogue.current(conn).unwrap();
    assert!(catalogue.held_detail(&after, id).is_none(), "that was of the version before");
    assert_eq!(catalogue.detail(conn, &after, id).unwrap().description, "Inference for all.");
    assert!(catalogue.held(after.version + 1).is_none(), "a later version is not at hand");
}
