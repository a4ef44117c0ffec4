//! The page of a merge.

use askama::Template;

use super::choices::Choice;
use super::store::{MergePlan, MergeSource};
use crate::admin::AdminContext;
use crate::admin::form::Fields;
use crate::admin::paths::form_path;
use crate::admin::votes::pieces::tally_words;
use crate::catalogue::file::State;
use crate::catalogue::{RecordKind, two_apart};
use crate::stats::Tally;
use crate::text::{count, join_and};
use crate::web::page::Shell;

#[derive(Template)]
#[template(path = "admin/merging.html")]
pub(super) struct MergePage {
    shell: Shell,
    source: MergeSource,
    form: Fields,
    choices: Vec<Choice>,
    /// Slug and name of the records that may stay.
    others: Vec<(String, String)>,
}

impl MergePage {
    pub(super) fn new(
        admin: &AdminContext,
        source: MergeSource,
        form: Fields,
        choices: Vec<Choice>,
        others: Vec<(String, String)>,
    ) -> Self {
        let shell = admin.shell(format!("Merge {}", source.state.record.name()));
        Self { shell, source, form, choices, others }
    }

    /// The entry in the admin area.
    fn path(&self) -> String {
        form_path(self.source.kind, Some(self.source.id))
    }

    /// The one that stays, and what will happen, in sentences.
    fn plan(&self) -> Option<(&MergePlan, Vec<String>)> {
        let plan = self.source.plan.as_ref()?.as_ref().ok()?;
        let lines = match self.source.kind {
            RecordKind::Tool => lines_of_tools(&self.source.state, plan),
            _ => lines_of_categories(&self.source.state, plan),
        };
        Some((plan, lines))
    }

    /// What is merged, for the sentence above the form.
    fn is_tool(&self) -> bool {
        self.source.kind == RecordKind::Tool
    }
}

/// What the two are called beside each other; with their slugs where they have one name.
pub(super) fn names(from: &State, into: &State) -> [String; 2] {
    let named = |state: &State| {
        let slug = state.record.slug().map(ToString::to_string).unwrap_or_default();
        (state.record.name(), slug)
    };
    two_apart([named(from), named(into)])
}

fn lines_of_categories(source: &State, plan: &MergePlan) -> Vec<String> {
    let [from, into] = names(source, &plan.state);
    let tools = count(plan.records.tools.unsigned_abs(), "tool", "tools");
    let go = if plan.records.tools == 1 { "goes" } else { "go" };
    let addresses = count(plan.records.addresses.unsigned_abs(), "URL", "URLs");
    vec![
        format!("{tools} of {from} {go} into {into}."),
        format!("{addresses} of {from} will redirect to {into}."),
        format!("{from} is archived. Its texts stay in its history."),
    ]
}

fn lines_of_tools(source: &State, plan: &MergePlan) -> Vec<String> {
    let [from, into] = names(source, &plan.state);
    let votes = plan.votes;
    let comparisons = |n: usize| count(n as u64, "comparison", "comparisons");
    let addresses = count(plan.records.addresses.unsigned_abs(), "URL", "URLs");
    let mut lines = vec![format!(
        "{from} ({}) and {into} ({}) become {into} ({}).",
        tally_words(votes.on_source),
        tally_words(votes.on_target),
        tally_words(votes.after()),
    )];
    if votes.on_both > 0 {
        lines.push(format!(
                "{} voted on both. The vote that counts is kept, or the newer one if both or neither count. The other \
                 stays stored with {from}.",
                count(votes.on_both, "account", "accounts"),
            ));
    }
    if votes.excluded_on_one > 0 {
        lines.push(format!(
            "{} an excluded vote on one tool and a counted vote on the other; the counted vote is kept.",
            count(votes.excluded_on_one, "of these accounts has", "of these accounts have"),
        ));
    }
    let dropped: Vec<String> = [(votes.dropped_of_source, &from), (votes.dropped_of_target, &into)]
        .into_iter()
        .filter(|(dropped, _)| dropped.votes() > 0)
        .map(|(dropped, name)| format!("{} on {name}", ships_and_skips(dropped)))
        .collect();
    if !dropped.is_empty() {
        lines.push(format!("No longer counted after the merge: {}.", dropped.join("; ")));
    }
    let (pointed, archived) = (plan.records.pointed, plan.records.archived);
    if pointed > 0 {
        let go = if pointed == 1 { "moves" } else { "move" };
        lines.push(format!("{} of {from} {go} to {into}.", comparisons(pointed)));
    }
    if archived > 0 {
        let are = if archived == 1 { "is" } else { "are" };
        lines.push(format!(
            "{} of {from} {are} archived, because {into} already has the same one or is the other tool of it.",
            comparisons(archived)
        ));
    }
    lines.push(format!("{addresses} of {from} will redirect to {into}."));
    lines.push(format!("{from} is archived. What is not kept of it below stays in its history."));
    lines
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
