//! What the pages of reviewers show, loaded at once.

use std::sync::Arc;

use super::record::{Agreement, Opinion, agreement};
use crate::{
    catalogue::{Catalogue, Directory, Review, Reviewer, Tool, reviews_by},
    db::Db,
    stats::Tally,
    votes,
    web::error::{AppError, NotFound, Suggestion},
};

/// A member of the panel and how often the community agrees.
pub(super) struct Member {
    pub reviewer: Reviewer,
    pub agreement: Agreement,
}

/// The panel, in its order.
pub(super) fn panel(conn: &mut Db, catalogue: &Catalogue) -> Result<Vec<Member>, AppError> {
    let directory = catalogue.current(conn)?;
    let tallies = votes::tallies::all_tallies(conn)?;
    let tally = |id: i64| tallies.get(&id).copied().unwrap_or_default();
    let member = |reviewer: &Reviewer| {
        let opinions = reviewer
            .verdicts
            .iter()
            .map(|(tool_id, verdict)| Opinion { verdict: *verdict, community: tally(*tool_id) });
        Member { reviewer: reviewer.clone(), agreement: agreement(opinions) }
    };
    Ok(directory.reviewers().iter().map(member).collect())
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
    Here(Box<Profile>),
    /// The reviewer is there under another address.
    At(String),
}

/// The profile of the reviewer of this slug.
pub(super) fn profile(conn: &mut Db, catalogue: &Catalogue, slug: &str) -> Result<Found, AppError> {
    let directory = catalogue.current(conn)?;
    let Some(reviewer) = directory.reviewer(slug).cloned() else {
        let lower = slug.to_ascii_lowercase();
        return match directory.reviewer(&lower).or_else(|| directory.reviewer_moved(&lower)) {
            Some(reviewer) => Ok(Found::At(format!("/reviewers/{}", reviewer.slug))),
            None => Err(nobody(&directory)),
        };
    };
    let verdicts = verdicts(conn, &directory, reviewer.id)?;
    Ok(Found::Here(Box::new(Profile { reviewer, verdicts })))
}

/// What a reviewer says about published tools, newest first.
pub(super) fn verdicts(
    conn: &mut Db,
    directory: &Directory,
    reviewer_id: i64,
) -> Result<Vec<Verdict>, AppError> {
    let reviews = reviews_by(conn, reviewer_id)?;
    let tool_ids: Vec<i64> = reviews.iter().map(|(tool_id, _)| *tool_id).collect();
    let standings = votes::tallies::versioned(conn, &tool_ids)?;
    let verdict = |(tool_id, review)| {
        let community = standings.get(&tool_id).map(|standing| standing.tally).unwrap_or_default();
        Some(Verdict { tool: directory.tool_by_id(tool_id)?.clone(), review, community })
    };
    Ok(reviews.into_iter().filter_map(verdict).collect())
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
