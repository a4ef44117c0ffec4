//! Every record survives its form, and nothing that is sent stops it.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::catalogue::file::State;
use crate::catalogue::{STARTER, file};
use crate::text::fault_within_a_line;

fn typed(pairs: &[(&str, &str)]) -> FormData {
    FormData(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn tool(pairs: &[(&str, &str)]) -> Value {
    to_json(RecordKind::Tool, &typed(pairs))
}

/// What a record becomes when its form is sent as it is.
fn sent_again(state: &State) -> Result<State, Vec<file::Problem>> {
    let kind = state.record.kind();
    let mut value = to_json(kind, &to_form(kind, &state.to_json()));
    value["status"] = state.status().as_str().into();
    State::from_json(kind, value)
}

#[test]
fn every_record_of_the_starter_catalogue_survives_its_form() {
    let file: Value = serde_json::from_str(STARTER).unwrap_or_default();
    let mut seen = 0;
    for kind in RecordKind::ALL.iter().copied() {
        let list = kind.plural();
        for record in file[list].as_array().into_iter().flatten() {
            let state = State::from_json(kind, record.clone());
            assert_eq!(state.clone().and_then(|state| sent_again(&state)), state);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn rows_in_which_nothing_was_typed_are_dropped() {
    let value = tool(&[
        ("facts[0].label", ""),
        ("facts[0].value", " "),
        ("facts[3].label", "Licence"),
        ("facts[1].source", ""),
        ("pricing.plans[7].note", "by the seat"),
        ("pricing.plans[07].note", "never mind"),
        ("reviews[0].reviewer", "builder"),
        ("reviews[0].score", " "),
        ("reviews[1].reviewer", "skeptic"),
        ("reviews[1].take", "No."),
    ]);
    let facts = json!([{"value": " ", "label": ""}, {"label": "Licence"}]);
    assert_eq!(value["facts"], facts, "a space in a text is a text");
    assert_eq!(value["pricing"], json!({"plans": [{"note": "by the seat"}]}));
    assert_eq!(value["reviews"], json!([{"reviewer": "skeptic", "take": "No."}]));
}

#[test]
fn numbers_are_numbers_and_what_is_none_stays_text() {
    for (text, value) in [
        ("84", json!(84)),
        (" 7 ", json!(7)),
        ("", Value::Null),
        ("8.5", json!(8.5)),
        ("much", json!("much")),
        ("NaN", json!("NaN")),
        ("1e999", json!("1e999")),
    ] {
        let got = tool(&[("reviews[0].score", text), ("reviews[0].take", "x")]);
        assert_eq!(got["reviews"][0]["score"], value, "{text}");
    }
    assert_eq!(tool(&[("name", "84")])["name"], json!("84"));
}

#[test]
fn lines_are_trimmed_and_texts_are_not() {
    let value = tool(&[("name", " A "), ("description", " a\r\n\r\nb ")]);
    assert_eq!((&value["name"], &value["description"]), (&json!("A"), &json!(" a\n\nb ")));
    let reviewer = typed(&[("likes", "Plain files\r\n\r\n  Speed "), ("kind", "human")]);
    let value = to_json(RecordKind::Reviewer, &reviewer);
    assert_eq!(value, json!({"likes": ["Plain files", "Speed"], "kind": "human"}));
}

#[test]
fn a_pair_always_has_both() {
    let value = to_json(RecordKind::Comparison, &typed(&[("tools[1]", "amber")]));
    assert_eq!(value, json!({"tools": ["", "amber"]}));
}

#[test]
fn rows_come_and_go() {
    let kind = RecordKind::Tool;
    let mut form = typed(&[("facts[0].label", "a"), ("facts[2].label", "c"), ("reason", "why")]);
    let first = change_rows(kind, &mut form, "add:facts");
    assert_eq!(first.as_deref(), Some("facts[3].label"));
    assert_eq!(row_numbers(&form, "facts"), [0, 2, 3]);
    assert_eq!(change_rows(kind, &mut form, "remove:facts[0]"), None);
    assert_eq!(row_numbers(&form, "facts"), [2, 3]);
    let tidied = tidy(kind, &form);
    assert_eq!(tidied.get("facts[0].label"), "c");
    assert_eq!((row_numbers(&tidied, "facts"), tidied.get("reason").as_str()), (vec![0], "why"));
    for nonsense in ["add:name", "add:nothing", "remove:name", "remove:facts", "remove:[", "x", "add:"] {
        let before = form.clone();
        assert_eq!(change_rows(kind, &mut form, nonsense), None);
        assert_eq!(form, before, "{nonsense}");
    }
}

/// Names as a form of the admin area has them, and such as it has not.
fn name() -> impl Strategy<Value = String> {
    let part = "(slug|name|facts|reviews|pricing|plans|label|score|take|tools|likes|x)";
    let index = r"(\[[0-9]{0,3}\]|\[|\]|\.|\[99999999999999999999\])?";
    let pattern = format!(r"{part}{index}\.?{part}?{index}\.?{part}?");
    let odd =
        prop::string::string_regex(&pattern).map_or_else(|_| Just(String::new()).boxed(), Strategy::boxed);
    prop_oneof![odd, any::<String>()]
}

/// One line without space around it, as a name may be.
fn line() -> impl Strategy<Value = String> {
    r"[^\p{Cc}\s]([^\p{Cc}]{0,12}[^\p{Cc}\s])?"
        .prop_filter("a name", |text| fault_within_a_line(text).is_none())
}

fn tool_record() -> impl Strategy<Value = Value> {
    let text = r"[^\p{Cc}]{0,6}[\n\t]{0,2}[^\p{Cc}]{0,6}";
    let tagline = text.prop_filter("a tagline", |text| fault_within_a_line(text).is_none());
    let date = "20[0-9]{2}-0[1-9]-1[0-9]";
    let website = prop_oneof![Just(String::new()), Just("https://example.org/a?b=c#d".to_owned())];
    let plans = prop::collection::vec((line(), "([0-9]{1,3}(\\.[0-9]{1,4})?)?", line(), text), 0..4);
    let facts = prop::collection::btree_map(line(), (text, date), 0..4);
    let score = prop::option::of(0..=100_i16);
    let reviews = prop::collection::btree_map("[a-z]{3}", (score, text, any::<bool>(), date), 0..4);
    (line(), tagline, text, website, plans, facts, reviews).prop_map(
        |(name, tagline, description, website, plans, facts, reviews)| {
            let plans = plans.into_iter().map(
                |(name, price, per, note)| json!({"name": name, "price": price, "currency": "EUR", "per": per, "note": note}),
            );
            let facts = facts.into_iter().map(
                |(label, (value, day))| json!({"label": label, "value": value, "checked_on": day}),
            );
            let reviews = reviews.into_iter().map(|(reviewer, (score, take, ships, day))| {
                let (verdict, basis) = if ships { ("ship", "hands-on") } else { ("skip", "") };
                json!({"reviewer": reviewer, "verdict": verdict, "score": score, "take": take, "reviewed_on": day, "basis": basis})
            });
            json!({
                "slug": "a", "name": name, "category": "c", "tagline": tagline, "description": description,
                "website": website, "status": "draft", "facts": facts.collect::<Vec<_>>(),
                "pricing": {"entry": name, "text": tagline, "plans": plans.collect::<Vec<_>>()},
                "reviews": reviews.collect::<Vec<_>>(),
            })
        },
    )
}

proptest! {
    #[test]
    fn a_tool_survives_its_form(record in tool_record()) {
        let state = State::from_json(RecordKind::Tool, record);
        prop_assert!(state.is_ok(), "{:?}", state);
        prop_assert_eq!(state.clone().and_then(|state| sent_again(&state)), state);
    }

    #[test]
    fn nothing_that_is_sent_stops_it(pairs in prop::collection::vec((name(), any::<String>()), 0..30), command in name()) {
        for kind in RecordKind::ALL.iter().copied() {
            let mut form = FormData(pairs.clone());
            let value = to_json(kind, &form);
            let tidied = tidy(kind, &form);
            prop_assert_eq!(to_json(kind, &tidied).to_string().len() >= value.to_string().len(), true);
            prop_assert_eq!(&tidy(kind, &tidied), &tidied, "to tidy up twice changes nothing more");
            let _ = State::from_json(kind, value);
            let _ = change_rows(kind, &mut form, &format!("add:{command}"));
            let _ = change_rows(kind, &mut form, &format!("remove:{command}"));
            let _ = change_rows(kind, &mut form, &command);
        }
    }
}
