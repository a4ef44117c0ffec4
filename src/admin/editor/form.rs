//! The form of each kind of record: what was typed, and what its selects and lists offer.

use super::context::{FormContext, Referable};
use super::form_json::{add_row, row_numbers, to_form};
use crate::admin::form::{FieldErrors, Fields, FormData, Pick};
use crate::catalogue::file::State;
use crate::catalogue::{Basis, Kind, RecordKind, Status};
use crate::stats::Choice;
use crate::web::paging::field;

/// A form, and what that of its kind offers besides.
pub(super) struct RecordForm {
    pub fields: Fields,
    pub offers: Offers,
}

/// What the form of a kind offers.
pub(super) enum Offers {
    Category,
    Reviewer {
        kinds: Vec<Pick>,
    },
    Tool {
        categories: Vec<Pick>,
        reviewers: Vec<Pick>,
        verdicts: Vec<Pick>,
        bases: Vec<Pick>,
    },
    /// Slug and name of tools to choose from.
    Comparison {
        tools: Vec<(String, String)>,
    },
}

impl RecordForm {
    /// What was typed, shown again.
    pub(super) fn again(
        context: &FormContext,
        mut data: FormData,
        errors: FieldErrors,
        focus: Option<String>,
    ) -> Self {
        let offers = match context.kind {
            RecordKind::Category => Offers::Category,
            RecordKind::Reviewer => Offers::Reviewer {
                kinds: vec![
                    Pick::new(Kind::Human.as_str(), "A person"),
                    Pick::new(Kind::Ai.as_str(), "An AI"),
                ],
            },
            RecordKind::Tool => {
                data = with_room(with_panel(data, &context.reviewers));
                tool_offers(context, &data)
            }
            RecordKind::Comparison => Offers::Comparison { tools: context.tools.clone() },
        };
        Self { fields: Fields { errors, focus, ..Fields::new(data) }, offers }
    }

    /// The record as it is stored, or an empty form.
    pub(super) fn fresh(context: &FormContext, query: &str) -> Self {
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
        Self::again(context, data, FieldErrors::default(), None)
    }

    /// The numbers of the rows of a list.
    pub(super) fn rows(&self, list: &str) -> Vec<usize> {
        row_numbers(&self.fields.data, list)
    }

    /// What is in the head of a reviewer's block.
    pub(super) fn reviewer_name(&self, row: &usize) -> String {
        let slug = reviewer(&self.fields.data, *row);
        let known = match &self.offers {
            Offers::Tool { reviewers, .. } => {
                reviewers.iter().find(|pick| pick.value == slug && !slug.is_empty())
            }
            _ => None,
        };
        known.map_or_else(|| format!("Review {}", row.saturating_add(1)), |pick| pick.label.clone())
    }
}

fn tool_offers(context: &FormContext, data: &FormData) -> Offers {
    let chosen = data.get("category");
    let reviewing: Vec<String> =
        row_numbers(data, "reviews").iter().map(|row| reviewer(data, *row)).collect();
    let words = |words: &[&str]| {
        std::iter::once(nothing()).chain(words.iter().map(|word| Pick::new(*word, *word))).collect()
    };
    Offers::Tool {
        categories: picks(&context.categories, |slug| slug == chosen),
        reviewers: picks(&context.reviewers, |slug| reviewing.iter().any(|other| other == slug)),
        verdicts: words(&[Choice::Ship, Choice::Skip].map(Choice::as_str)),
        bases: words(&Basis::ALL.iter().map(|basis| basis.as_str()).collect::<Vec<_>>()),
    }
}

fn nothing() -> Pick {
    Pick::new("", "—")
}

fn reviewer(data: &FormData, row: usize) -> String {
    data.get(&format!("reviews[{row}].reviewer"))
}

/// The known ones that may be chosen, or are.
fn picks(known: &[Referable], is_chosen: impl Fn(&str) -> bool) -> Vec<Pick> {
    let offered = known.iter().filter(|one| one.status != Status::Archived || is_chosen(&one.slug));
    let label = |one: &Referable| match one.status {
        Status::Published => one.name.clone(),
        status => format!("{} ({status})", one.name),
    };
    std::iter::once(nothing()).chain(offered.map(|one| Pick::new(one.slug.as_str(), label(one)))).collect()
}

/// Adds a block for each reviewer of the panel who has none.
fn with_panel(mut data: FormData, reviewers: &[Referable]) -> FormData {
    let rows = row_numbers(&data, "reviews");
    let there: Vec<String> = rows.into_iter().map(|row| reviewer(&data, row)).collect();
    for one in reviewers.iter().filter(|one| one.status == Status::Published && !there.contains(&one.slug)) {
        if let Some(name) = add_row(RecordKind::Tool, &mut data, "reviews") {
            data.set(&name, one.slug.as_str());
        }
    }
    data
}

/// Adds an empty row to each list that does not end with one.
fn with_room(mut data: FormData) -> FormData {
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
