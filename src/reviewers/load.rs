//! What the pages of reviewers show, loaded at once.

use std::sync::Arc;

use super::record::{Agreement, Opinion, agreement};
use crate::catalogue::{Directory, Located, Review, Reviewer, Tool, reviews_by};
use crate::db::Db;
use crate::stats::Tally;
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

/// The reviewer of an address.
pub(super) fn reviewer(directory: &Directory, slug: &str) -> Located<Reviewer> {
    let found = directory.reviewer_now_or_once(&slug.to_ascii_lowercase());
    Located::new(slug, found.map(|reviewer| (reviewer.clone(), format!("/reviewers/{}", reviewer.slug))))
}

/// A reviewer with what they say about published tools.
pub(super) fn profile(
    conn: &mut Db,
    directory: &Directory,
    live_tallies: &LiveTallies,
    reviewer: Reviewer,
) -> Result<Profile, AppError> {
    let reviews = reviews_by(conn, reviewer.id)?;
    let tool_ids: Vec<i64> = reviews.iter().map(|review| review.tool_id).collect();
    let tallies = live_tallies.tallies(&tool_ids);
    let verdict = |review: Review| {
        let community = tallies.get(&review.tool_id).copied().unwrap_or_default();
        Some(Verdict { tool: directory.tool_by_id(review.tool_id)?.clone(), review, community })
    };
    let verdicts = reviews.into_iter().filter_map(verdict).collect();
    Ok(Profile { reviewer, verdicts })
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
