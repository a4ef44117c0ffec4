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
