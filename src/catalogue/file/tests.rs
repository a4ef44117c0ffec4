//! Everything that a catalogue file is refused for, with the line that says so.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{File, ToolRecord, parse};
use crate::catalogue::terms::{Basis, Kind, Status};
use crate::stats::Choice;

/// A file with one of everything and nothing that is not required.
fn least() -> Value {
    json!({
        "format": "shiptally-catalogue/1",
        "categories": [{"slug": "c", "name": "C"}],
        "reviewers": [{"slug": "r", "name": "R"}],
        "tools": [{"slug": "a", "name": "A", "category": "c", "tagline": "",
            "reviews": [{"reviewer": "r", "verdict": "ship"}]}],
        "comparisons": [{"tools": ["a", "b"]}]
    })
}

fn lines(text: &str) -> Vec<String> {
    parse(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// The problems of the least file after `path`, a JSON pointer to a place in it, is set to `value`.
#[track_caller]
fn with(path: &str, value: Value) -> Vec<String> {
    let mut file = least();
    let (parent, key) = path.rsplit_once('/').unwrap_or_default();
    match file.pointer_mut(parent) {
        Some(Value::Object(entries)) => drop(entries.insert(key.to_owned(), value)),
        Some(Value::Array(values)) => values.push(value),
        _ => unreachable!("{path}"),
    }
    lines(&file.to_string())
}

fn without(parent: &str, key: &str) -> Vec<String> {
    let mut file = least();
    if let Some(Value::Object(entries)) = file.pointer_mut(parent) {
        entries.remove(key);
    }
    lines(&file.to_string())
}

fn tool(path: &str, value: Value) -> Result<ToolRecord, Vec<String>> {
    let mut file = least();
    file["tools"][0][path] = value;
    let file = parse(&file.to_string());
    let File { mut tools, .. } =
        file.map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    Ok(tools.remove(0))
}

#[test]
fn what_is_absent_has_a_default() {
    let file = parse(&least().to_string()).unwrap_or_default();
    let (tool, reviewer) = (&file.tools[0], &file.reviewers[0]);
    assert_eq!(
        (tool.status, &tool.website, &tool.pricing, &tool.facts),
        (Status::Published, &None, &None, &None)
    );
    assert_eq!((reviewer.kind, &reviewer.model, reviewer.likes.0.len()), (Kind::Human, &None, 0));
    let review = &tool.reviews[0];
    assert_eq!((review.verdict, review.score, review.basis), (Choice::Ship, None, None));
    assert_eq!((file.comparisons[0].status, file.comparisons[0].published_on), (Status::Published, None));
    assert_eq!(lines(r#"{"format": "shiptally-catalogue/1"}"#), [""; 0]);
}

#[test]
fn a_text_that_is_no_json_is_refused_with_line_and_column() {
    assert_eq!(lines("{\n  \"format\": nope\n}"), ["line 2, column 14: not JSON: expected ident"]);
    assert_eq!(lines(""), ["line 1, column 0: not JSON: EOF while parsing a value"]);
    assert_eq!(lines("[]"), ["file: expected an object, found a list"]);
}

#[test]
fn the_format_must_be_ours() {
    assert_eq!(without("", "format"), ["format: is required and must be \"shiptally-catalogue/1\""]);
    assert_eq!(with("/format", json!("other/2")), ["format: \"other/2\" is not \"shiptally-catalogue/1\""]);
    assert_eq!(with("/format", json!(1)), ["format: expected text, found a number"]);
}

#[test]
fn unknown_keys_are_refused_at_every_level() {
    assert_eq!(with("/colour", json!(1)), ["colour: unknown key"]);
    assert_eq!(with("/categories/0/colour", json!(1)), ["categories[0].colour: unknown key"]);
    assert_eq!(with("/reviewers/0/colour", json!(1)), ["reviewers[0].colour: unknown key"]);
    assert_eq!(with("/tools/0/colour", json!(1)), ["tools[0].colour: unknown key"]);
    assert_eq!(with("/tools/0/pricing", json!({"colour": 1})), ["tools[0].pricing.colour: unknown key"]);
    let plans = json!({"plans": [{"name": "P", "colour": 1}]});
    assert_eq!(with("/tools/0/pricing", plans), ["tools[0].pricing.plans[0].colour: unknown key"]);
    assert_eq!(
        with("/tools/0/facts", json!([{"label": "L", "colour": 1}])),
        ["tools[0].facts[0].colour: unknown key"]
    );
    assert_eq!(with("/tools/0/reviews/0/colour", json!(1)), ["tools[0].reviews[0].colour: unknown key"]);
    assert_eq!(with("/comparisons/0/colour", json!(1)), ["comparisons[0].colour: unknown key"]);
    assert_eq!(with("/a\nb", json!(1)), ["\"a\\nb\": unknown key"]);
}

#[test]
fn what_is_required_is_missed() {
    assert_eq!(without("/categories/0", "slug"), ["categories[0].slug: is required"]);
    assert_eq!(without("/categories/0", "name"), ["categories[0].name: is required"]);
    assert_eq!(without("/reviewers/0", "slug"), ["reviewers[0].slug: is required"]);
    assert_eq!(without("/tools/0", "name"), ["tools[0].name: is required"]);
    assert_eq!(without("/tools/0", "category"), ["tools[0].category: is required"]);
    assert_eq!(without("/tools/0", "tagline"), ["tools[0].tagline: is required"]);
    assert_eq!(without("/tools/0/reviews/0", "reviewer"), ["tools[0].reviews[0].reviewer: is required"]);
    assert_eq!(without("/tools/0/reviews/0", "verdict"), ["tools[0].reviews[0].verdict: is required"]);
    assert_eq!(without("/comparisons/0", "tools"), ["comparisons[0].tools: is required"]);
    assert_eq!(with("/tools/0/name", json!(" ")), ["tools[0].name: is empty"]);
    assert_eq!(with("/tools/0/facts", json!([{"value": "v"}])), ["tools[0].facts[0].label: is required"]);
}

#[test]
fn slugs_are_checked() {
    let shape = "is not a slug: lower-case letters and digits in words joined by single hyphens";
    assert_eq!(with("/tools/0/slug", json!("Bad Slug")), [format!("tools[0].slug: \"Bad Slug\" {shape}")]);
    assert_eq!(with("/tools/0/category", json!("C")), [format!("tools[0].category: \"C\" {shape}")]);
    assert_eq!(
        with("/comparisons/0/tools", json!(["a", "B"])),
        [format!("comparisons[0].tools[1]: \"B\" {shape}")]
    );
    assert_eq!(with("/tools/0/slug", json!("a-vs-b")).len(), 1);
}

#[test]
fn the_same_thing_twice_is_refused() {
    let again = json!({"slug": "a", "name": "A", "category": "c", "tagline": ""});
    assert_eq!(with("/tools/-", again), ["tools[1].slug: \"a\" is already tools[0]"]);
    let again = json!({"slug": "c", "name": "C"});
    assert_eq!(with("/categories/-", again), ["categories[1].slug: \"c\" is already categories[0]"]);
    let again = json!({"reviewer": "r", "verdict": "skip"});
    assert_eq!(
        with("/tools/0/reviews/-", again),
        ["tools[0].reviews[1].reviewer: \"r\" is already tools[0].reviews[0]"]
    );
    let facts = json!([{"label": "L"}, {"label": "M"}, {"label": "L"}]);
    assert_eq!(
        with("/tools/0/facts", facts),
        ["tools[0].facts[2].label: \"L\" is already tools[0].facts[0]"]
    );
    let again = json!({"tools": ["b", "a"]});
    assert_eq!(
        with("/comparisons/-", again),
        ["comparisons[1].tools: \"a\" and \"b\" are already comparisons[0]"]
    );
    // A record that cannot be built for another reason counts too.
    let again = json!({"slug": "a"});
    assert_eq!(
        with("/tools/-", again).last().map(String::as_str),
        Some("tools[1].slug: \"a\" is already tools[0]")
    );
    // The index counts what the file has, not what could be read.
    let mut file = least();
    file["tools"] = json!([1, file["tools"][0], file["tools"][0]]);
    assert_eq!(
        lines(&file.to_string()),
        ["tools[0]: expected an object, found a number", "tools[2].slug: \"a\" is already tools[1]"]
    );
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let text =
        r#"{"format": "shiptally-catalogue/1", "categories": [{"slug": "c", "name": "A", "name": "B"}]}"#;
    assert_eq!(lines(text), ["categories[0].name: stands here twice"]);
}

#[test]
fn a_comparison_has_two_different_tools() {
    let tools = |tools: Value| with("/comparisons/0/tools", tools);
    assert_eq!(tools(json!(["a", "a"])), ["comparisons[0].tools: \"a\" cannot be compared with itself"]);
    assert_eq!(tools(json!(["a"])), ["comparisons[0].tools: expected two tools, found 1"]);
    assert_eq!(tools(json!(["a", "b", "c"])), ["comparisons[0].tools: expected two tools, found 3"]);
    assert_eq!(tools(json!(["a", 1])), ["comparisons[0].tools[1]: expected text, found a number"]);
    assert_eq!(tools(json!("a")), ["comparisons[0].tools: expected a list, found text"]);
}

#[test]
fn words_are_among_the_known_ones() {
    assert_eq!(
        with("/tools/0/reviews/0/verdict", json!("maybe")),
        ["tools[0].reviews[0].verdict: \"maybe\" is not ship or skip"]
    );
    assert_eq!(
        with("/tools/0/reviews/0/basis", json!("hearsay")),
        ["tools[0].reviews[0].basis: \"hearsay\" is not hands-on or documents"]
    );
    assert_eq!(
        with("/tools/0/status", json!("gone")),
        ["tools[0].status: \"gone\" is not draft, published or archived"]
    );
    assert_eq!(
        with("/reviewers/0/kind", json!("robot")),
        ["reviewers[0].kind: \"robot\" is not human or ai"]
    );
}

#[test]
fn an_ai_says_which_model_it_is_and_a_human_is_none() {
    assert_eq!(with("/reviewers/0/kind", json!("ai")), ["reviewers[0].model: is required for kind ai"]);
    assert_eq!(with("/reviewers/0/model", json!("M")), ["reviewers[0].model: is only for kind ai"]);
    assert_eq!(with("/reviewers/0/model", Value::Null), [""; 0]);
    assert_eq!(with("/reviewers/0/model", json!("")), [""; 0]);
}

#[test]
fn a_score_is_a_whole_number_from_0_to_100() {
    let score = |value: Value| with("/tools/0/reviews/0/score", value);
    assert_eq!(score(json!(101)), ["tools[0].reviews[0].score: 101 is not between 0 and 100"]);
    assert_eq!(score(json!(-1)), ["tools[0].reviews[0].score: -1 is not between 0 and 100"]);
    assert_eq!(
        score(json!(u64::MAX)),
        [format!("tools[0].reviews[0].score: {} is not between 0 and 100", u64::MAX)]
    );
    assert_eq!(score(json!(8.5)), ["tools[0].reviews[0].score: 8.5 is not a whole number between 0 and 100"]);
    assert_eq!(score(json!("84")), ["tools[0].reviews[0].score: expected a number, found text"]);
    for fine in [json!(0), json!(100), json!(""), Value::Null] {
        assert_eq!(score(fine), [""; 0]);
    }
}

#[test]
fn dates_are_real_days() {
    for bad in
        ["2026-13-01", "2026-02-29", "2026-1-1", "26-01-01", "2026/01/01", "2026-01-01T00:00", "+026-01-01"]
    {
        let expected = format!("tools[0].reviews[0].reviewed_on: \"{bad}\" is not a date (YYYY-MM-DD)");
        assert_eq!(with("/tools/0/reviews/0/reviewed_on", json!(bad)), [expected]);
    }
    for fine in [json!("2024-02-29"), json!(""), Value::Null] {
        assert_eq!(with("/comparisons/0/published_on", fine), [""; 0]);
    }
}

#[test]
fn links_are_http_or_https() {
    for bad in [
        "javascript:alert(1)",
        "ftp://example.org",
        "example.org",
        "//example.org",
        "https://",
        "https:// a",
        " https://example.org",
        "data:text/html,x",
        "https://exa\tmple.org",
    ] {
        let lines = with("/tools/0/website", json!(bad));
        assert_eq!(lines, [format!("tools[0].website: {bad:?} is not an http(s) address")]);
    }
    assert_eq!(tool("website", json!("")).map(|tool| tool.website), Ok(None));
    assert_eq!(tool("website", Value::Null).map(|tool| tool.website), Ok(None));
    let link = "https://Example.org/ä?q=1#x";
    assert_eq!(tool("website", json!(link)).map(|tool| tool.website), Ok(Some(link.to_owned())));
}

#[test]
fn prices_are_decimals_without_a_sign() {
    let plan =
        |key: &str, value: &str| with("/tools/0/pricing", json!({"plans": [{"name": "P", key: value}]}));
    for bad in ["-1", "+1", "1,5", ".5", "5.", "1.23456", "1e3", "free", " 1", "1234567890123"] {
        let expected = format!("tools[0].pricing.plans[0].price: \"{bad}\" is not a price such as \"20.00\"");
        assert_eq!(plan("price", bad), [expected]);
    }
    for fine in ["0", "20.00", "0.0015", ""] {
        assert_eq!(plan("price", fine), [""; 0]);
    }
    assert_eq!(
        plan("currency", "usd"),
        ["tools[0].pricing.plans[0].currency: \"usd\" is not three capital letters"]
    );
    assert_eq!(
        with("/tools/0/pricing", json!({"plans": [{"name": "P", "price": 20}]})),
        ["tools[0].pricing.plans[0].price: expected text, found a number"]
    );
}

#[test]
fn lengths_are_counted_in_characters() {
    assert_eq!(with("/tools/0/name", json!("é".repeat(300))), [""; 0]);
    let expected = "has 301 characters, at most 300 are allowed";
    assert_eq!(with("/tools/0/name", json!("é".repeat(301))), [format!("tools[0].name: {expected}")]);
    assert_eq!(with("/tools/0/tagline", json!("é".repeat(301))), [format!("tools[0].tagline: {expected}")]);
    assert_eq!(with("/tools/0/description", json!("🚀".repeat(10_000))), [""; 0]);
    let expected = "has 10001 characters, at most 10000 are allowed";
    assert_eq!(
        with("/tools/0/description", json!("x".repeat(10_001))),
        [format!("tools[0].description: {expected}")]
    );
    assert_eq!(
        with("/reviewers/0/likes", json!(["x".repeat(10_001)])),
        [format!("reviewers[0].likes[0]: {expected}")]
    );
}

#[test]
fn control_characters_are_refused() {
    assert_eq!(with("/tools/0/description", json!("a\n\tb <b>ü 🚀")), [""; 0]);
    assert_eq!(
        with("/tools/0/description", json!("a\u{0}b")),
        ["tools[0].description: contains the control character U+0000"]
    );
    assert_eq!(
        with("/tools/0/tagline", json!("\u{1b}[31m")),
        ["tools[0].tagline: contains the control character U+001B"]
    );
    assert_eq!(with("/tools/0/name", json!("a\nb")), ["tools[0].name: is more than one line"]);
}

#[test]
fn wrong_types_are_named() {
    assert_eq!(with("/tools", json!({})), ["tools: expected a list, found an object"]);
    assert_eq!(with("/tools/0/name", json!(7)), ["tools[0].name: expected text, found a number"]);
    assert_eq!(with("/tools/0/name", Value::Null), ["tools[0].name: expected text, found null"]);
    assert_eq!(
        with("/tools/0/description", json!(true)),
        ["tools[0].description: expected text, found true or false"]
    );
    assert_eq!(with("/tools/0/pricing", json!("Free")), ["tools[0].pricing: expected an object, found text"]);
    assert_eq!(
        with("/reviewers/0/likes", json!([1])),
        ["reviewers[0].likes[0]: expected text, found a number"]
    );
    assert_eq!(with("/reviewers/0/model", json!(1)), ["reviewers[0].model: expected text, found a number"]);
}

#[test]
fn a_long_value_is_cut_in_the_message() {
    let lines = with("/tools/0/status", json!("x".repeat(500)));
    assert_eq!(
        lines,
        [format!("tools[0].status: \"{}\"… is not draft, published or archived", "x".repeat(60))]
    );
}

#[test]
fn all_problems_come_at_once() {
    let file = json!({
        "format": "x",
        "tools": [{"slug": "A", "colour": 1}, {"slug": "b", "name": "", "category": "c", "tagline": 1, "website": "x",
            "reviews": [{"verdict": "maybe", "score": 900}, 7]}],
        "comparisons": [{"tools": ["a"], "published_on": "soon"}]
    });
    assert_eq!(lines(&file.to_string()).len(), 15, "{:#?}", lines(&file.to_string()));
}

#[test]
fn everything_that_is_given_is_read() {
    let review = json!([{"reviewer": "r", "verdict": "skip", "score": 84, "take": "`x`\n\ny",
        "reviewed_on": "2026-11-01", "basis": "documents"}]);
    let read = tool("reviews", review).map(|mut tool| tool.reviews.remove(0));
    let date = NaiveDate::from_ymd_opt(2026, 11, 1);
    let fields = read.map(|r| (r.verdict, r.score, r.take, r.reviewed_on, r.basis));
    let expected = (Choice::Skip, Some(84), "`x`\n\ny".to_owned(), date, Some(Basis::Documents));
    assert_eq!(fields, Ok(expected));
}

#[test]
fn problems_beyond_the_first_hundred_are_counted() {
    let file = format!(r#"{{"format": "{}", "tools": [{{}}{}]}}"#, super::FORMAT, ",{}".repeat(999));
    let problems = parse(&file).err().unwrap_or_default();
    assert_eq!((problems.first.len(), problems.total), (100, 4000));
    assert_eq!(problems.lines().last().map(String::as_str), Some("and 3,900 more problems"));
}

#[test]
fn a_record_that_holds_more_than_any_real_one_is_not_read_to_its_end() {
    for part in ["{}", "[]", "1", "[[]]", r#"{"a": 1}"#] {
        let many = format!("[{part}{}]", format!(",{part}").repeat(30_000));
        for key in ["facts", "else"] {
            let problems = lines(&format!(r#"{{"tools": [{{"{key}": {many}}}]}}"#));
            let refused = |line: &String| line.contains("is more than a record may hold: 20000 values");
            assert!(problems.iter().any(refused) || problems.len() == 100, "{problems:?}");
        }
    }
}

#[test]
fn a_whole_number_may_be_written_in_any_way() {
    let score = |text: &str| {
        let file = least()
            .to_string()
            .replace(r#""verdict":"ship""#, &format!(r#""verdict":"ship","score":{text}"#));
        parse(&file).map(|file| file.tools[0].reviews[0].score).map_err(|problems| problems.lines())
    };
    for text in ["84", "84.0", "8.4e1", "840e-1", "84.000"] {
        assert_eq!(score(text), Ok(Some(84)), "{text}");
    }
    for (text, fault) in [
        ("84.5", "84.5 is not a whole number between 0 and 100"),
        ("1e300", "1e+300 is not between 0 and 100"),
    ] {
        assert_eq!(score(text), Err(vec![format!("tools[0].reviews[0].score: {fault}")]), "{text}");
    }
}
