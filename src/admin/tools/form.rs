//! The form of a tool: what was typed, with a block for each reviewer of the panel and room for another row.

use super::load::{Ground, Known};
use crate::{
    admin::{
        form::{Complaints, Fields, Pick, Typed},
        typed_json::{Shape, add_row, row_numbers, to_typed},
    },
    catalogue::{Basis, RecordKind, Status, file::State},
    stats::Choice,
    web::paging::field,
};

/// The fields of a form with what its selects offer.
pub(super) struct ToolForm {
    pub fields: Fields,
    pub categories: Vec<Pick>,
    pub reviewers: Vec<Pick>,
    pub verdicts: Vec<Pick>,
    pub bases: Vec<Pick>,
}

impl ToolForm {
    /// What was typed, shown again.
    pub(super) fn again(
        ground: &Ground,
        typed: Typed,
        complaints: Complaints,
        focus: Option<String>,
    ) -> Self {
        let typed = with_room(with_panel(typed, &ground.reviewers));
        let nothing = || Pick::new("", "—");
        let chosen = typed.get("category");
        let reviewing: Vec<String> =
            row_numbers(&typed, "reviews").iter().map(|row| reviewer(&typed, *row)).collect();
        Self {
            categories: picks(&ground.categories, nothing(), |slug| slug == chosen),
            reviewers: picks(&ground.reviewers, nothing(), |slug| {
                reviewing.iter().any(|other| other == slug)
            }),
            verdicts: std::iter::once(nothing())
                .chain(
                    [Choice::Ship, Choice::Skip]
                        .map(|choice| Pick::new(choice.to_string(), choice.to_string())),
                )
                .collect(),
            bases: std::iter::once(nothing())
                .chain(Basis::ALL.iter().map(|basis| Pick::new(basis.as_str(), basis.as_str())))
                .collect(),
            fields: Fields { complaints, focus, ..Fields::new(typed) },
        }
    }

    /// The tool as it is stored, or an empty form.
    pub(super) fn fresh(ground: &Ground, query: &str) -> Self {
        let shape = Shape::of(RecordKind::Tool);
        let stored = ground.stored.as_ref().map(State::to_json).unwrap_or_default();
        let mut typed = to_typed(shape, &stored);
        if ground.id.is_none() {
            for name in ["name", "website", "category", "description"] {
                typed.set(name, field(query, name));
            }
        }
        typed.set("token", ground.token());
        typed.set("reason", "");
        let submission = field(query, "submission");
        if submission.parse::<i64>().is_ok() {
            typed.set("submission", submission);
        }
        Self::again(ground, typed, Complaints::default(), None)
    }

    /// The numbers of the rows of a list.
    pub(super) fn rows(&self, list: &str) -> Vec<usize> {
        row_numbers(&self.fields.typed, list)
    }

    /// What is in the head of a reviewer's block.
    pub(super) fn reviewer_name(&self, row: &usize) -> String {
        let slug = reviewer(&self.fields.typed, *row);
        let known = self.reviewers.iter().find(|pick| pick.value == slug && !slug.is_empty());
        known.map_or_else(|| format!("Review {}", row.saturating_add(1)), |pick| pick.label.clone())
    }
}

fn reviewer(typed: &Typed, row: usize) -> String {
    typed.get(&format!("reviews[{row}].reviewer"))
}

/// The known ones that may be chosen, or are.
fn picks(known: &[Known], nothing: Pick, is_chosen: impl Fn(&str) -> bool) -> Vec<Pick> {
    let offered = known.iter().filter(|one| one.status != Status::Archived || is_chosen(&one.slug));
    let label = |one: &Known| match one.status {
        Status::Published => one.name.clone(),
        status => format!("{} ({status})", one.name),
    };
    std::iter::once(nothing).chain(offered.map(|one| Pick::new(one.slug.as_str(), label(one)))).collect()
}

/// Adds a block for each reviewer of the panel who has none.
fn with_panel(mut typed: Typed, reviewers: &[Known]) -> Typed {
    let shape = Shape::of(RecordKind::Tool);
    let rows = row_numbers(&typed, "reviews");
    let there: Vec<String> = rows.into_iter().map(|row| reviewer(&typed, row)).collect();
    for one in reviewers.iter().filter(|one| one.status == Status::Published && !there.contains(&one.slug)) {
        if let Some(name) = add_row(shape, &mut typed, "reviews") {
            typed.set(&name, one.slug.as_str());
        }
    }
    typed
}

/// Adds an empty row to each list that does not end with one.
fn with_room(mut typed: Typed) -> Typed {
    let shape = Shape::of(RecordKind::Tool);
    for list in ["pricing.plans", "facts"] {
        let last = row_numbers(&typed, list).pop();
        let is_empty = |row: usize| {
            let prefix = format!("{list}[{row}].");
            typed.0.iter().all(|(name, value)| !name.starts_with(&prefix) || value.is_empty())
        };
        if !last.is_some_and(is_empty) {
            let _ = add_row(shape, &mut typed, list);
        }
    }
    typed
}
