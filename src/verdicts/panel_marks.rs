//! The panel at a glance: a mark for each reviewer of a tool, with their initials.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::catalogue::{Directory, Review};
use crate::stats::Choice;

/// What each reviewer of a tool says, in the order of the panel.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_panel_marks.html")]
pub struct PanelMarks(Vec<ReviewerMark>);

#[derive(Debug, Clone)]
struct ReviewerMark {
    name: String,
    verdict: Choice,
}

impl HtmlSafe for PanelMarks {}

impl PanelMarks {
    /// The marks of these reviews.
    pub fn new(directory: &Directory, reviews: &[Review]) -> Self {
        let mark = |review: &Review| {
            let name = directory.reviewer_by_id(review.reviewer_id)?.name.clone();
            Some(ReviewerMark { name, verdict: review.verdict })
        };
        Self(reviews.iter().filter_map(mark).collect())
    }
}
