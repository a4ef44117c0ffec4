//! The pages of a reviewer.

use std::sync::Arc;

use askama::Template;

use super::store::Draft;
use crate::accounts::reviewer::LinkedReviewer;
use crate::admin::form::{Fields, Pick};
use crate::catalogue::{Directory, Review, Tool};
use crate::web::page::Shell;
use crate::web::ui::{Day, VerdictMark};

/// What a reviewer has said of a tool, or is about to.
struct OwnReview {
    tool: Arc<Tool>,
    published: Option<Review>,
    draft: Option<Draft>,
}

impl OwnReview {
    fn mark(&self) -> Option<VerdictMark> {
        self.published.as_ref().map(|review| review.verdict.into())
    }

    fn day(&self) -> Option<Day> {
        self.published.as_ref()?.reviewed_on.map(Day)
    }

    fn basis(&self) -> &'static str {
        match &self.published {
            Some(review) => review.basis.map_or("basis not stated", |basis| basis.words()),
            None => "—",
        }
    }

    /// Why a moderator has returned the draft.
    fn note(&self) -> Option<&str> {
        self.draft.as_ref().map(|draft| draft.note.as_str()).filter(|note| !note.is_empty())
    }

    fn status(&self) -> &'static str {
        match (&self.draft, &self.published) {
            (Some(_), _) if self.note().is_some() => "Returned",
            (Some(_), None) => "Waits for a moderator",
            (Some(_), Some(_)) => "Published; a change waits for a moderator",
            (None, _) => "Published",
        }
    }
}

#[derive(Template)]
#[template(path = "admin/reviewing/own.html")]
pub(super) struct OwnListPage {
    shell: Shell,
    reviewer: LinkedReviewer,
    reviews: Vec<OwnReview>,
    /// The tools that they have said nothing of.
    others: Vec<Arc<Tool>>,
    at_once: bool,
}

impl OwnListPage {
    pub(super) fn new(
        shell: Shell,
        reviewer: LinkedReviewer,
        reviews: &[Review],
        drafts: Vec<Draft>,
        directory: &Directory,
        at_once: bool,
    ) -> Self {
        let tool = |id| directory.tool_by_id(id).map(Arc::clone);
        let mut own: Vec<OwnReview> = reviews
            .iter()
            .filter_map(|review| {
                Some(OwnReview { tool: tool(review.tool_id)?, published: Some(review.clone()), draft: None })
            })
            .collect();
        for draft in drafts {
            match own.iter_mut().find(|own| own.tool.id == draft.tool_id) {
                Some(own) => own.draft = Some(draft),
                None => {
                    let Some(tool) = tool(draft.tool_id) else { continue };
                    own.insert(0, OwnReview { tool, published: None, draft: Some(draft) });
                }
            }
        }
        let is_other = |tool: &&Arc<Tool>| own.iter().all(|own| own.tool.id != tool.id);
        let others = directory.tools().iter().filter(is_other).map(Arc::clone).collect();
        Self { shell, reviewer, reviews: own, others, at_once }
    }
}

#[derive(Template)]
#[template(path = "admin/reviewing/own_form.html")]
pub(super) struct OwnFormPage {
    pub shell: Shell,
    pub reviewer: LinkedReviewer,
    pub tool: Arc<Tool>,
    pub form: Fields,
    pub draft: Option<Draft>,
    pub is_published: bool,
    pub at_once: bool,
}

impl OwnFormPage {
    fn verdicts(&self) -> Vec<Pick> {
        picks(&[("", "Choose"), ("ship", "Ship"), ("skip", "Skip")])
    }

    fn bases(&self) -> Vec<Pick> {
        picks(&[("", "Not stated"), ("hands-on", "Hands-on: I used it"), ("documents", "From documents")])
    }

    /// Why a moderator has returned the draft.
    fn note(&self) -> Option<&str> {
        self.draft.as_ref().map(|draft| draft.note.as_str()).filter(|note| !note.is_empty())
    }
}

fn picks(picks: &[(&str, &str)]) -> Vec<Pick> {
    picks.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect()
}
