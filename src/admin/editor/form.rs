//! What stands in the form of a record, and what its selects offer.

use std::iter::once;

use super::context::{FormContext, Referable};
use super::form_json::{add_row, row_numbers, to_form};
use crate::admin::form::{FormData, Pick};
use crate::catalogue::file::State;
use crate::catalogue::{Kind, RecordKind, Status};
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
/// that does not end with one.
pub(super) fn with_rows(mut data: FormData, reviewers: &[Referable]) -> FormData {
    let rows = row_numbers(&data, "reviews");
    let there: Vec<String> = rows.into_iter().map(|row| reviewer(&data, row)).collect();
    for one in reviewers.iter().filter(|one| one.status == Status::Published && !there.contains(&one.slug)) {
        if let Some(name) = add_row(RecordKind::Tool, &mut data, "reviews") {
            data.set(&name, one.slug.as_str());
        }
    }
    for list in ["pricing.plans", "facts"] {
        let last = row_numbers(&data, list).pop();
        let is_empty = |row: usize| {
            let prefix = format!("{list}[{row}].");
            data.0.iter().all(|(name, value)| !name.starts_with(&prefix) || value.is_empty())
        };
        if !last.is_some_and(is_empty) {
            let _ = add_row(RecordKind::Tool, &mut data, list);
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
