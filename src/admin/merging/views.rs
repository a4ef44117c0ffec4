//! The page of a merge.

use askama::Template;

use super::store::{Plan, Source};
use crate::{
    admin::{Desk, form::Fields, records::kind, votes::pieces::tally_words},
    catalogue::RecordKind,
    page::Shell,
    stats::Tally,
    text::{count, join_and},
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
        let votes = plan.votes;
        let comparisons = |n: usize| count(n as u64, "comparison", "comparisons");
        let addresses = count(plan.records.addresses.unsigned_abs(), "address", "addresses");
        let mut lines = vec![format!(
            "{from} ({}) and {into} ({}) become {into} ({}).",
            tally_words(votes.on_source),
            tally_words(votes.on_target),
            tally_words(votes.after()),
        )];
        if votes.on_both > 0 {
            lines.push(format!(
                "{} voted on both: of two votes the one that counts goes on, or if both do, the newer. The other stays \
                 stored with {from}.",
                count(votes.on_both, "account", "accounts"),
            ));
        }
        let dropped: Vec<String> = [(votes.dropped_of_source, &from), (votes.dropped_of_target, &into)]
            .into_iter()
            .filter(|(dropped, _)| dropped.votes() > 0)
            .map(|(dropped, name)| format!("{} on {name}", ships_and_skips(dropped)))
            .collect();
        if !dropped.is_empty() {
            lines.push(format!("Counted now and no longer then: {}.", join_and(&dropped)));
        }
        lines.extend([
            format!(
                "{} of {from} {} on with {into}; {} {} archived, because there is one already.",
                comparisons(plan.records.pointed),
                if plan.records.pointed == 1 { "goes" } else { "go" },
                comparisons(plan.records.archived),
                if plan.records.archived == 1 { "is" } else { "are" },
            ),
            format!("{addresses} of {from} will lead to {into}."),
            format!("{from} is archived; its texts, facts and reviews stay with it in the history."),
        ]);
        Self { name: into, slug, lines }
    }
}

/// `2 ships and 1 skip`, without what there is none of.
fn ships_and_skips(tally: Tally) -> String {
    let parts: Vec<String> = [(tally.ships, "ship", "ships"), (tally.skips, "skip", "skips")]
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| count(n, one, many))
        .collect();
    join_and(&parts)
}
