//! The strip of a comparison: what counts of either tool, side by side on every screen.

use askama::Template;
use askama::filters::HtmlSafe;

use super::load::ComparedTool;
use crate::catalogue::Directory;
use crate::verdicts::OwnVotes;
use crate::verdicts::panel_marks::PanelMarks;
use crate::verdicts::views::{RatedTool, VoteForm};
use crate::votes::ExcludedVotes;

/// One side of the strip.
#[derive(Debug, Clone, Template)]
#[template(path = "comparisons/_side.html")]
pub(super) struct Side {
    rated: RatedTool,
    marks: PanelMarks,
    vote: VoteForm,
    excluded: ExcludedVotes,
}

impl HtmlSafe for Side {}

impl Side {
    /// The side of a tool on the page at `path`.
    pub(super) fn new(directory: &Directory, side: &ComparedTool, path: &str, own: &OwnVotes) -> Self {
        Self {
            rated: side.rated.clone(),
            marks: PanelMarks::new(directory, &side.detail.reviews),
            vote: VoteForm::new(&side.rated.tool, path, own).without_hint(),
            excluded: side.excluded.clone(),
        }
    }

    /// Who reviewed.
    fn panel_name(&self) -> &'static str {
        if self.rated.tool.only_ai_reviews { "AI reviewers" } else { "Panel" }
    }
}
