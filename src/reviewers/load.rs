//! What the pages of reviewers show, loaded at once.

use std::sync::Arc;

use super::record::{Agreement, Opinion, agreement};
use crate::{
    catalogue::{Directory, Review, Reviewer, Tool, reviews_by},
    db::Db,
    stats::Tally,
    votes::LiveTallies,
    web::error::{AppError, NotFound, Suggestion},
};

/// A member of the panel and how often the community agrees.
pub(super) struct Member {
    pub reviewer: Reviewer,
    pub agreement: Agreement,
}

/// The panel, in its order.
pub(super) fn panel(directory: &Directory, standings: &LiveTallies) -> Vec<Member> {
    let tallies = standings.all_tallies();
    let tally = |id: i64| tallies.get(&id).copied().unwrap_or_default();
    let member = |reviewer: &Reviewer| {
        let opinions = reviewer
            .verdicts
            .iter()
            .map(|(tool_id, verdict)| Opinion { verdict: *verdict, community: tally(*tool_id) });
        Member { reviewer: reviewer.clone(), agreement: agreement(opinions) }
    };
    directory.reviewers().iter().map(member).collect()
}

/// A reviewer and everything they said.
pub(super) struct Profile {
    pub reviewer: Reviewer,
    /// Newest first.
    pub verdicts: Vec<Verdict>,
}

/// What a reviewer says about a tool, and what the community says.
pub(super) struct Verdict {
    pub tool: Arc<Tool>,
    pub review: Review,
    pub community: Tally,
}

impl Verdict {
    pub(super) fn opinion(&self) -> Opinion {
        Opinion { verdict: self.review.verdict, community: self.community }
    }
}

/// What an address leads to.
pub(super) enum Found {
    Here(Box<Reviewer>),
    /// The reviewer is there under another address.
    At(String),
}

/// The reviewer of this slug.
pub(super) fn reviewer(directory: &Directory, slug: &str) -> Result<Found, AppError> {
    if let Some(reviewer) = directory.reviewer(slug) {
        return Ok(Found::Here(Box::new(reviewer.clone())));
    }
    let lower = slug.to_ascii_lowercase();
    match directory.reviewer(&lower).or_else(|| directory.reviewer_moved(&lower)) {
        Some(reviewer) => Ok(Found::At(format!("/reviewers/{}", reviewer.slug))),
        None => Err(nobody(directory)),
    }
}

/// A reviewer with what they say about published tools.
pub(super) fn profile(
    conn: &mut Db,
    directory: &Directory,
    standings: &LiveTallies,
    reviewer: Reviewer,
) -> Result<Profile, AppError> {
    let reviews = reviews_by(conn, reviewer.id)?;
    let tool_ids: Vec<i64> = reviews.iter().map(|(tool_id, _)| *tool_id).collect();
    let tallies = standings.tallies(&tool_ids);
    let verdict = |(tool_id, review)| {
        let community = tallies.get(&tool_id).copied().unwrap_or_default();
        Some(Verdict { tool: directory.tool_by_id(tool_id)?.clone(), review, community })
    };
    let verdicts = reviews.into_iter().filter_map(verdict).collect();
    Ok(Profile { reviewer, verdicts })
}

/// The panel is small, so it is offered whole.
fn nobody(directory: &Directory) -> AppError {
    let suggestion = |reviewer: &Reviewer| Suggestion {
        href: format!("/reviewers/{}", reviewer.slug),
        label: reviewer.name.clone(),
    };
    AppError::NotFound(NotFound {
        message: "There is no reviewer at this address.".into(),
        suggestions: directory.reviewers().iter().map(suggestion).collect(),
    })
}
