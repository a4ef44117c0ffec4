//! What stands in the form of a record, and what its selects offer.

use std::iter::once;

use super::completed::today;
use super::context::{FormContext, Referable};
use super::form_json::{add_row, row_numbers, to_form};
use crate::admin::form::{FormData, Pick};
use crate::catalogue::file::State;
use crate::catalogue::{Basis, Kind, RecordKind, Status};
use crate::web::paging::field;

/// What a select says of none.
const NONE: &str = "—";

/// The record as it is stored, or an empty form with what the address says of a new tool.
pub(super) fn fresh(context: &FormContext, query: &str) -> FormData {
    let stored = context.stored.as_ref().map(State::to_json).unwrap_or_default();
    let mut data = to_form(context.kind, &stored);
    match (context.kind, context.id) {
        (RecordKind::Tool, None) => {
            for name in ["name", "website", "category", "description"] {
                data.set(name, field(query, name));
            }
            data.set("pricing.checked_on", today().to_string());
        }
        (RecordKind::Comparison, None) => {
            for (name, key) in [("tools[0]", "a"), ("tools[1]", "b")] {
                data.set(name, field(query, key));
            }
        }
        (RecordKind::Reviewer, None) => data.set("kind", Kind::Human.as_str()),
        _ => {}
    }
    data.set("token", context.token());
    data.set("reason", "");
    let submission = field(query, "submission");
    if context.kind == RecordKind::Tool && submission.parse::<i64>().is_ok() {
        data.set("submission", submission);
    }
    data
}

/// Adds to the form of a tool a block for each reviewer of the panel who has none, and an empty row to each other list
/// that does not end with one. They are of today, and what an AI writes rests on documents.
pub(super) fn with_rows(mut data: FormData, context: &FormContext) -> FormData {
    let reviewers = &context.reviewers;
    let today = today().to_string();
    let rows = row_numbers(&data, "reviews");
    let there: Vec<String> = rows.into_iter().map(|row| reviewer(&data, row)).collect();
    for one in reviewers.iter().filter(|one| one.status == Status::Published && !there.contains(&one.slug)) {
        if let Some(name) = add_row(RecordKind::Tool, &mut data, "reviews") {
            data.set(&name, one.slug.as_str());
            let at = name.trim_end_matches("reviewer");
            data.set(&format!("{at}reviewed_on"), today.as_str());
            if context.ai.contains(&one.slug) {
                data.set(&format!("{at}basis"), Basis::Documents.as_str());
            }
        }
    }
    for list in ["pricing.plans", "facts"] {
        let last = row_numbers(&data, list).pop();
        let is_empty = |row: usize| {
            let prefix = format!("{list}[{row}].");
            let is_typed = |name: &str| name.starts_with(&prefix) && !name.ends_with("checked_on");
            data.0.iter().all(|(name, value)| !is_typed(name) || value.is_empty())
        };
        if !last.is_some_and(is_empty) {
            let _ = add_row(RecordKind::Tool, &mut data, list);
        }
    }
    if let Some(row) = row_numbers(&data, "facts").pop() {
        let at = |key: &str| format!("facts[{row}].{key}");
        if ["label", "value", "source", "checked_on"].iter().all(|key| data.get(&at(key)).is_empty()) {
            data.set(&at("checked_on"), today);
        }
    }
    data
}

/// The slug of the reviewer whose review stands in a row.
pub(super) fn reviewer(data: &FormData, row: usize) -> String {
    data.get(&format!("reviews[{row}].reviewer"))
}

/// None, and the known ones that may be chosen, or are.
pub(super) fn picks(known: &[Referable], is_chosen: impl Fn(&str) -> bool) -> Vec<Pick> {
    let offered = known.iter().filter(|one| one.status != Status::Archived || is_chosen(&one.slug));
    once((String::new(), NONE.to_owned())).chain(offered.map(|one| (one.slug.clone(), one.label()))).collect()
}

/// None, and these words.
pub(super) fn words_or_none<T: Copy>(
    all: &[T],
    word: fn(T) -> &'static str,
) -> Vec<(&'static str, &'static str)> {
    once(("", NONE)).chain(all.iter().map(|one| (word(*one), word(*one)))).collect()
}
