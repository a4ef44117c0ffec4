//! The page of more than two tools.

use std::sync::Arc;

use askama::Template;

use super::answer::GroupAnswer;
use super::group::{MOST_TOOLS, ToolGroup, path_of};
use crate::accounts::Visit;
use crate::catalogue::{Directory, Tool};
use crate::comparisons::load::ComparedTool;
use crate::comparisons::scorecard::{ReviewerVerdicts, verdicts};
use crate::comparisons::scores::Scores;
use crate::comparisons::strip::Side;
use crate::comparisons::table::DecisionTable;
use crate::verdicts::OwnVotes;
use crate::verdicts::pair::RatedPair;
use crate::web::page::Shell;

#[derive(Template)]
#[template(path = "comparisons/several.html")]
pub(super) struct SeveralPage {
    shell: Shell,
    tools: Vec<Arc<Tool>>,
    answer: GroupAnswer,
    strip: Vec<Side>,
    table: DecisionTable,
    scores: Option<Scores>,
    verdicts: Vec<ReviewerVerdicts>,
    columns: Vec<ComparedTool>,
    pairs: Vec<RatedPair>,
}

impl SeveralPage {
    pub(super) fn new(
        visit: &Visit,
        directory: &Directory,
        group: &ToolGroup,
        columns: Vec<ComparedTool>,
        pairs: Vec<RatedPair>,
        own: &OwnVotes,
    ) -> Self {
        let answer = GroupAnswer::weigh(columns.iter().map(|column| column.rated.clone()).collect());
        let path = group.path();
        let title = format!("{}: {}", group.title(), answer.finding());
        let mut shell = visit.shell(title, answer.reasons(), &path);
        shell.live = Some(format!("{path}/live"));
        // There are more groups than anybody could look through.
        shell.listed = false;
        Self {
            shell,
            answer,
            strip: columns.iter().map(|column| Side::new(directory, column, &path, own)).collect(),
            table: DecisionTable::new(&columns),
            scores: Scores::of(directory, &columns),
            verdicts: verdicts(directory, &columns),
            tools: group.tools.clone(),
            columns,
            pairs,
        }
    }

    fn has_long_names(&self) -> bool {
        true
    }

    fn may_grow(&self) -> bool {
        self.tools.len() < MOST_TOOLS
    }

    /// The names of the fields of the picker, for the tools that are there and the one to come.
    fn keys(&self) -> impl Iterator<Item = (&'static str, &Arc<Tool>)> {
        ["a", "b", "c", "d", "e"].into_iter().zip(&self.tools)
    }

    fn next_key(&self) -> &'static str {
        ["c", "d", "e"].get(self.tools.len().saturating_sub(2)).copied().unwrap_or("e")
    }

    /// The comparison without this tool.
    fn without(&self, tool: &Tool) -> String {
        path_of(self.tools.iter().filter(|other| other.id != tool.id))
    }
}
