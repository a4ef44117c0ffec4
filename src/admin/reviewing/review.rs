//! One review as its writer's form has it: an object of a catalogue file, checked by that file's rules.

use serde_json::{Map, Value};

use crate::admin::form::{FieldErrors, FormData};
use crate::catalogue::file::{Record, ReviewRecord, State};
use crate::catalogue::{RecordKind, Review};

/// The fields of the form, as a catalogue file calls them.
const FIELDS: [&str; 5] = ["verdict", "score", "take", "reviewed_on", "basis"];

/// What was typed, as JSON. What was left empty is absent.
pub(super) fn typed(data: &FormData) -> Value {
    let filled = FIELDS.into_iter().filter_map(|name| {
        let text = if name == "take" { data.get(name) } else { data.trimmed(name) };
        let value = match text.parse::<i64>() {
            _ if text.trim().is_empty() => return None,
            Ok(number) if name == "score" => number.into(),
            _ => Value::from(text),
        };
        Some((name.to_owned(), value))
    });
    filled.collect::<Map<_, _>>().into()
}

/// What has to be typed for this review.
pub(super) fn to_form(review: &Value) -> FormData {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = FIELDS.into_iter().map(|name| {
        let value = review.get(name).filter(|value| !value.is_null());
        (name.to_owned(), value.map(text).unwrap_or_default())
    });
    FormData(fields.collect())
}

/// A reviewer's review of a tool as it stands.
pub(super) fn stored(tool: &State, reviewer: &str) -> Option<Value> {
    let reviews = tool.to_json().get("reviews")?.as_array()?.clone();
    reviews.into_iter().find(|review| is_by(review, reviewer))
}

/// The tool with this review by a reviewer, in place of the one that it has of them.
///
/// # Errors
/// What is wrong, by the field of the form.
pub(super) fn with_review(tool: &State, reviewer: &str, review: &Value) -> Result<State, FieldErrors> {
    let mut record = tool.to_json();
    let mut errors = FieldErrors::default();
    if review.get("take").is_none() {
        errors.add("take", "Write what you think of it.");
    }
    let Some(reviews) = record.get_mut("reviews").and_then(Value::as_array_mut) else {
        return Err(FieldErrors::one("", "The tool could not be read."));
    };
    let mut new = review.clone();
    if let Some(fields) = new.as_object_mut() {
        fields.insert("reviewer".to_owned(), reviewer.into());
    }
    let at = reviews.iter().position(|review| is_by(review, reviewer));
    let at = at.unwrap_or_else(|| {
        reviews.push(Value::Null);
        reviews.len() - 1
    });
    if let Some(place) = reviews.get_mut(at) {
        *place = new;
    }
    match State::from_json(RecordKind::Tool, record) {
        Ok(state) if errors.is_empty() => Ok(state),
        Ok(_) => Err(errors),
        Err(problems) => {
            let prefix = format!("reviews[{at}].");
            let within = problems.into_iter().map(|mut problem| {
                problem.path = problem.path.strip_prefix(&prefix).unwrap_or_default().to_owned();
                problem
            });
            errors.extend(FieldErrors::from(within.collect::<Vec<_>>()));
            Err(errors)
        }
    }
}

/// The review by a reviewer in a tool's state, as pages show it.
pub(super) fn shown(tool: &State, reviewer: &str) -> Option<Review> {
    let Record::Tool(record) = &tool.record else { return None };
    let review = record.reviews.iter().find(|review| review.reviewer.as_str() == reviewer)?;
    let ReviewRecord { verdict, score, take, reviewed_on, basis, .. } = review.clone();
    Some(Review { tool_id: 0, reviewer_id: 0, verdict, score, take, reviewed_on, basis })
}

fn is_by(review: &Value, reviewer: &str) -> bool {
    review.get("reviewer").and_then(Value::as_str) == Some(reviewer)
}
