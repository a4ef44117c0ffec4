//! The page of a merge.

use askama::Template;

use super::store::{Plan, Source};
use crate::{
    admin::{Desk, form::Fields, records::kind},
    catalogue::RecordKind,
    page::Shell,
    text::count,
    view,
};

#[derive(Template)]
#[template(path = "admin/merging.html")]
pub(super) struct MergePage {
    shell: Shell,
    name: String,
    /// The entry at the desk.
    path: String,
    form: Fields,
    plan: Option<PlanView>,
    tools: Vec<(String, String)>,
}

view!(MergePage);

/// What will happen.
struct PlanView {
    name: String,
    slug: String,
    lines: Vec<String>,
}

impl MergePage {
    pub(super) fn new(
        desk: &Desk,
        source: &Source,
        plan: Option<&Plan>,
        form: Fields,
        tools: Vec<(String, String)>,
    ) -> Self {
        let name = source.state.record.name();
        Self {
            shell: desk.shell(format!("Merge {name}")),
            path: kind::path(RecordKind::Tool, source.id),
            plan: plan.map(|plan| PlanView::new(source, plan)),
            name,
            form,
            tools,
        }
    }
}

impl PlanView {
    fn new(source: &Source, plan: &Plan) -> Self {
        let (from, into) = (source.state.record.name(), plan.state.record.name());
        let slug = plan.state.record.slug().map(ToString::to_string).unwrap_or_default();
        let votes = |n: i64| count(n.unsigned_abs(), "vote", "votes");
        let accounts = count(plan.votes.on_both.unsigned_abs(), "account", "accounts");
        let comparisons = |n: usize| count(n as u64, "comparison", "comparisons");
        let addresses = count(plan.records.addresses.unsigned_abs(), "address", "addresses");
        let lines = vec![
            format!(
                "{} on {from} and {} on {into} become {} on {into}.",
                votes(plan.votes.on_source),
                votes(plan.votes.on_target),
                votes(plan.votes.on_source + plan.votes.on_target - plan.votes.on_both),
            ),
            format!(
                "{accounts} voted on both: the newer vote counts, the older one stays stored with {from}."
            ),
            format!(
                "{} of {from} {} on with {into}; {} {} archived, because there is one already.",
                comparisons(plan.records.pointed),
                if plan.records.pointed == 1 { "goes" } else { "go" },
                comparisons(plan.records.archived),
                if plan.records.archived == 1 { "is" } else { "are" },
            ),
            format!("{addresses} of {from} will lead to {into}."),
            format!("{from} is archived; its texts, facts and reviews stay with it in the history."),
        ];
        Self { name: into, slug, lines }
    }
}
