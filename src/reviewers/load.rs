//! What the pages of reviewers show, loaded at once.

use super::record::{Agreement, Stand, agreement};
use super::strictness::{VerdictBar, beside_others};
use crate::catalogue::{Directory, Review, Reviewer, at_its_address, reviews_by};
use crate::db::Db;
use crate::verdicts::views::RatedTool;
use crate::votes::LiveTallies;
use crate::web::error::{AppError, NotFound, Suggestion};

/// A member of the panel and how often the community agrees.
pub(super) struct Member {
    pub reviewer: Reviewer,
    pub agreement: Agreement,
}

/// The panel, in its order.
pub(super) fn panel(directory: &Directory, live_tallies: &LiveTallies) -> Vec<Member> {
    let tallies = live_tallies.all_tallies();
    let tally = |id: i64| tallies.get(&id).copied().unwrap_or_default();
    let member = |reviewer: &Reviewer| {
        let stands = reviewer.verdicts.iter().map(|(tool_id, verdict)| Stand::of(*verdict, tally(*tool_id)));
        Member { agreement: agreement(stands), reviewer: reviewer.clone() }
    };
    directory.reviewers().iter().map(member).collect()
}

/// A reviewer and everything they said.
pub(super) struct Profile {
    pub reviewer: Reviewer,
    /// Newest first.
    pub verdicts: Vec<ReviewedTool>,
    /// How often they say ship, among the others.
    pub beside_others: Vec<VerdictBar>,
}

/// What a reviewer says about a tool, and what the community says.
pub(super) struct ReviewedTool {
    pub rated: RatedTool,
    pub review: Review,
}

impl ReviewedTool {
    pub(super) fn stand(&self) -> Stand {
        Stand::of(self.review.verdict, self.rated.tally)
    }
}

/// The reviewer of an address.
pub(super) fn reviewer(directory: &Directory, slug: &str) -> Result<Option<Reviewer>, AppError> {
    let found = directory.reviewer_now_or_once(&slug.to_ascii_lowercase());
    at_its_address(slug, found.map(|reviewer| (reviewer.clone(), format!("/reviewers/{}", reviewer.slug))))
}

/// A reviewer with what they say about published tools.
pub(super) fn profile(
    conn: &mut Db,
    directory: &Directory,
    live_tallies: &LiveTallies,
    reviewer: Reviewer,
) -> Result<Profile, AppError> {
    let tallies = live_tallies.all_tallies();
    let verdict = |review: Review| {
        let rated = RatedTool::new(directory.tool_by_id(review.tool_id)?, &tallies);
        Some(ReviewedTool { rated, review })
    };
    let verdicts = reviews_by(conn, reviewer.id)?.into_iter().filter_map(verdict).collect();
    let beside_others = beside_others(directory, &reviewer);
    Ok(Profile { reviewer, verdicts, beside_others })
}

/// The error of an address that names no reviewer. The panel is small, so it is offered whole.
pub(super) fn nobody(directory: &Directory) -> AppError {
    let suggestion = |reviewer: &Reviewer| Suggestion {
        href: format!("/reviewers/{}", reviewer.slug),
        label: reviewer.name.clone(),
    };
    AppError::NotFound(NotFound {
        message: "There is no reviewer at this address.".into(),
        suggestions: directory.reviewers().iter().map(suggestion).collect(),
    })
}
