//! Importing and exporting the catalogue.

use crate::House;

const SMALL: &str = r#"{
  "format": "shiptally-catalogue/1",
  "categories": [{"slug": "research", "name": "Research"}],
  "reviewers": [{"slug": "builder", "name": "The Builder"}],
  "tools": [
    {"slug": "amber", "name": "Amber", "category": "research", "tagline": "Glows",
     "reviews": [{"reviewer": "builder", "verdict": "ship"}]},
    {"slug": "basalt", "name": "Basält & <Co>", "category": "research", "tagline": "Sinks"}
  ],
  "comparisons": [{"tools": ["amber", "basalt"], "summary": "Two stones."}]
}"#;

#[test]
fn what_is_exported_can_be_imported_and_comes_out_the_same() {
    let (house, other) = (House::new(), House::new());
    house.write("small.json", SMALL);
    let told = house.run(&["import", "small.json"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{told:?}");
    assert!(told.out.ends_with('\n') && !told.out.is_empty(), "it says what changed");
    let told = house.run(&["export", "out.json"]);
    assert_eq!((told.code, told.out.as_str(), told.err.as_str()), (0, "", ""));
    let exported = house.read("out.json");
    assert!(exported.contains("Basält & <Co>") && exported.contains("Two stones."), "{exported}");

    let to_stdout = house.run(&["export", "-"]);
    assert_eq!((to_stdout.code, to_stdout.out.as_str()), (0, exported.as_str()), "- is stdout");
    let told = other.run_with(&["import", "-"], &exported);
    assert_eq!((told.code, told.err.as_str()), (0, ""), "- is stdin: {told:?}");
    assert_eq!(other.run(&["export", "-"]).out, exported, "to the byte");
    let told = other.run_with(&["import", "-"], &exported);
    assert_eq!(told.code, 0, "importing twice does no harm");
    assert_eq!(other.run(&["export", "-"]).out, exported);
    assert_eq!(other.run(&["verify"]).code, 0);
}

#[test]
fn a_bad_file_is_refused_whole_with_a_line_for_every_problem() {
    let house = House::new();
    house.run_with(&["import", "-"], SMALL);
    let before = house.run(&["export", "-"]).out;
    let bad = SMALL
        .replace(r#""verdict": "ship""#, r#""verdict": "maybe""#)
        .replace(r#""name": "Amber""#, r#""name": "New Amber", "colour": "yellow""#)
        .replace(r#""tagline": "Sinks""#, r#""tagline": "Sinks", "website": "javascript:alert(1)""#);
    house.write("bad.json", &bad);
    let told = house.run(&["import", "bad.json"]);
    let lines = told.refusal();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    for path in [
        "tools[0].reviews[0].verdict: \"maybe\" is not ship or skip",
        "tools[0].colour:",
        "tools[1].website:",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(path)), "{path} in {lines:#?}");
    }
    assert_eq!(house.run(&["export", "-"]).out, before, "nothing changed");

    for text in ["", "{", "[]", "null", "{\"format\": \"other/1\"}", "\u{0}"] {
        let told = house.run_with(&["import", "-"], text);
        assert!(!told.refusal().is_empty(), "{text:?}");
    }
    let unknown = SMALL.replace(r#""category": "research""#, r#""category": "nowhere""#);
    assert!(house.run_with(&["import", "-"], &unknown).refusal()[0].contains("nowhere"));
    assert_eq!(house.run(&["export", "-"]).out, before, "nothing changed");
}

#[test]
fn a_name_that_nobody_sees_or_that_turns_its_line_is_refused_with_its_path() {
    let house = House::new();
    for (name, fault) in [
        ("\u{200b}", "has no visible characters"),
        ("\u{3164}", "has no visible characters"),
        ("\u{2800}", "has no visible characters"),
        ("\u{ad}", "has no visible characters"),
        ("A\u{202e}B", "contains the bidirectional control U+202E"),
        ("A\u{fffe}B", "contains the noncharacter U+FFFE"),
    ] {
        let bad = SMALL.replace(r#""name": "Amber""#, &format!(r#""name": "{name}""#));
        let told = house.run_with(&["import", "-"], &bad);
        assert_eq!(told.refusal(), [format!("tools[0].name: {fault}")], "{name:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_named() {
    let house = House::new();
    let told = house.run(&["import", "missing.json"]);
    assert_eq!(told.refusal().len(), 1);
    assert!(told.err.starts_with("missing.json: "), "{}", told.err);
    std::fs::write(house.path("latin.json"), b"{\"format\": \"\xe4\"}").unwrap();
    assert!(house.run(&["import", "latin.json"]).refusal()[0].starts_with("latin.json: "));
    assert_eq!(house.run(&["migrate"]).code, 0);
    let told = house.run(&["export", "missing/out.json"]);
    assert_eq!((told.code, told.err.lines().count()), (1, 1), "{told:?}");
    assert!(told.err.starts_with("missing/out.json: "), "{}", told.err);
}

#[test]
fn an_export_that_replaces_a_fuller_file_says_so() {
    let house = House::new();
    house.run_with(&["import", "-"], SMALL);
    assert_eq!(house.run(&["export", "out.json"]).err, "");
    assert_eq!(house.run(&["export", "out.json"]).err, "", "as much as was there");
    let other = House::new();
    assert_eq!(other.run(&["migrate"]).code, 0);
    other.write("out.json", &house.read("out.json"));
    let told = other.run(&["export", "out.json"]);
    assert_eq!(told.code, 0);
    assert_eq!(
        told.err,
        "out.json: replaced a catalogue that had more: now 0 categories instead of 1, 0 reviewers instead of 1, \
         0 tools instead of 2 and 0 comparisons instead of 1\n"
    );
    other.write("notes.txt", "what I must not forget");
    let told = other.run(&["export", "notes.txt"]);
    assert_eq!((told.code, told.err.as_str()), (0, "notes.txt: replaced what was no catalogue file\n"));
}

#[test]
fn a_file_of_nothing_but_problems_is_refused_in_a_hundred_lines_and_one() {
    let house = House::new();
    let file = format!(r#"{{"format": "shiptally-catalogue/1", "tools": [{{}}{}]}}"#, ",{}".repeat(999));
    let told = house.run_with(&["import", "-"], &file);
    let lines = told.refusal();
    assert_eq!((lines.len(), lines[100]), (101, "and 3,900 more problems"));
}
