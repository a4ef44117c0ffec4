//! Searching, and names that are near.

use std::collections::BTreeSet;

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
    let directory = Directory::load(conn).unwrap();
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
        assert!(find(conn, &directory, query).is_ok(), "{query:?}");
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
    let directory = Directory::load(conn).unwrap();
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
fn an_import_is_found_by_the_next_search() {
    let database = TestDatabase::fresh();
    let conn = &mut connect(&database);
    import(conn, &small(), day(1));
    assert_eq!(found(conn, "hardware"), ["llama-cpp"]);
    let mut file = small();
    file["tools"][0]["tagline"] = json!("Runs on toasters");
    import(conn, &file, day(2));
    assert_eq!(found(conn, "hardware"), [""; 0]);
    assert_eq!(found(conn, "toaster"), ["llama-cpp"]);
}

/// Tools by slug, name and tagline, in as many scripts as there are traps.
const TOOLS: &[(&str, &str, &str)] = &[
    ("amber", "Amber", "Glows"),
    ("amber-two", "Amber", "The other of that name"),
    ("amber-studio", "Amber Studio", "amber amber amber"),
    ("black-amber", "Black Amber", "Sinks"),
    ("resin", "Resin", "What amber is made of"),
    ("c-lang", "C", "Close to the machine"),
    ("cpp", "C++", "Close to the machine, with classes"),
    ("csharp", "C#", "A language for .NET"),
    ("dotnet", ".NET", "A runtime"),
    ("internet", "Internet", "A network of networks"),
    ("strasse", "Straße", "Ø, Ł and đ"),
    ("izmir", "İzmir", "Ｆｕｌｌ ﬃ²"),
    ("naive", "nai\u{308}ve", "soft\u{ad}hyphen"),
    ("kensaku", "日本語検索", "東京都のデータベース"),
    ("thai", "ภาษาไทย", "ค้นหา"),
    ("korean", "한국어 검색", "데이터베이스검색"),
    ("hindi", "हिन्दी", "खोज"),
    ("quote", "'\"; DROP", "\\ & | ! : *"),
    ("emoji", "🚀", "Nothing but a picture"),
    ("hospital", "Be\u{323}\u{302}nh viện Việt", "Rooms"),
    ("parish", "Ķekava", "A parish"),
    ("japanese", "日本語ツール", "One"),
    ("hyphen", "Soft\u{ad}hyphen", "Two"),
    ("wide", "ＦＵＬＬ", "Three"),
    ("hebrew", "אמבר", "Four"),
];

/// What these searches find on either database, best first as far as that is promised: the names that a search gives in
/// full or begins, then those with all of its words, then the rest in any order.
const SEARCHES: &[(&str, &[&str], &[&str])] = &[
    ("amber", &["amber", "amber-two", "amber-studio", "black-amber"], &["resin"]),
    ("AMBER stu", &["amber-studio"], &[]),
    ("amber bla", &["black-amber"], &[]),
    ("amber made", &[], &["resin"]),
    ("ambr", &[], &[]),
    ("c++", &["cpp"], &[]),
    ("C++", &["cpp"], &[]),
    ("C#", &["csharp"], &[]),
    ("be\u{323}\u{302}nh", &["hospital"], &[]),
    ("bệnh", &["hospital"], &[]),
    ("benh", &["hospital"], &[]),
    ("viet", &["hospital"], &[]),
    ("kekava", &["parish"], &[]),
    ("ķeka", &["parish"], &[]),
    ("ツール", &["japanese"], &[]),
    ("\u{2068}אמבר\u{2069}", &["hebrew"], &[]),
    (".net", &["dotnet"], &["csharp"]),
    ("net", &[], &["dotnet", "csharp", "internet"]),
    ("machine", &[], &["c-lang", "cpp"]),
    ("strasse", &["strasse"], &[]),
    ("STRASSE o l D", &[], &["strasse"]),
    ("izmir", &["izmir"], &[]),
    ("IZMİR full ffi2", &[], &["izmir"]),
    ("FULL", &["wide"], &["izmir"]),
    ("full", &["wide"], &["izmir"]),
    ("soft\u{ad}hyphen", &["hyphen"], &["naive"]),
    ("softhyphen", &["hyphen"], &["naive"]),
    ("naïve", &["naive"], &[]),
    ("naive softhyphen", &[], &["naive"]),
    ("naivesofthyphen", &[], &[]),
    ("日本語検索", &["kensaku"], &[]),
    ("日本語", &[], &["kensaku", "japanese"]),
    ("語", &[], &["kensaku", "japanese"]),
    ("語検", &["kensaku"], &[]),
    ("索", &["kensaku"], &[]),
    ("京都", &[], &["kensaku"]),
    ("テータヘース", &[], &["kensaku"]),
    ("検日", &[], &[]),
    ("ไทย", &["thai"], &[]),
    ("หา", &[], &["thai"]),
    ("검색", &["korean"], &[]),
    ("베이스", &[], &["korean"]),
    ("हिन्दी", &["hindi"], &[]),
    ("drop", &["quote"], &[]),
    ("picture", &[], &["emoji"]),
    ("🚀", &["emoji"], &[]),
    ("' OR 1=1", &[], &[]),
    ("one two three four five six seven eight nine", &[], &[]),
];

#[test]
fn the_same_searches_find_the_same_on_each_database() {
    for database in [TestDatabase::fresh(), TestDatabase::on_sqlite()] {
        let conn = &mut connect(&database);
        let tools = TOOLS.iter().map(|(slug, name, tagline)| {
            json!({"slug": slug, "name": name, "category": "any", "tagline": tagline})
        });
        let file = json!({
            "format": "shiptally-catalogue/1", "categories": [{"slug": "any", "name": "Category"}],
            "tools": tools.collect::<Vec<_>>(),
        });
        import(conn, &file, day(1));
        for (query, in_order, rest) in SEARCHES {
            let all = found(conn, query);
            let (first, last) = all.split_at(in_order.len().min(all.len()));
            assert_eq!(first, *in_order, "{query:?} on {:?}, which also finds {last:?}", database.url);
            let last: BTreeSet<&str> = last.iter().map(String::as_str).collect();
            assert_eq!(last, BTreeSet::from_iter(rest.iter().copied()), "{query:?} on {:?}", database.url);
        }
        assert_eq!(found(conn, "category").len(), TOOLS.len());
        assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
    }
}

#[test]
fn an_index_by_other_rules_is_made_anew() {
    for database in [TestDatabase::fresh(), TestDatabase::on_sqlite()] {
        let conn = &mut connect(&database);
        import(conn, &small(), day(1));
        // As a program left it that put other words into it.
        let other_words = match conn {
            Db::Sqlite(_) => "UPDATE tool_search SET name = 'other', tagline = ''",
            Db::Pg(_) => "UPDATE tool_search SET document = '''other'':1A'",
        };
        conn.batch_execute(other_words).unwrap();
        assert_eq!(found(conn, "llama"), [""; 0]);
        assert!(!invariants::check(conn).unwrap().is_empty());
        assert!(renew(conn).unwrap());
        assert_eq!(found(conn, "llama"), ["llama-cpp", "cafe-x"]);
        assert_eq!(invariants::check(conn).unwrap(), [""; 0]);
        assert!(!renew(conn).unwrap(), "once is enough");
    }
}
