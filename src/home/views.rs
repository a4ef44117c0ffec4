//! The first page.

use askama::Template;

use super::front::{Contest, Front};
use super::scatter::Scatter;
use crate::catalogue::ChangeList;
use crate::stats::rules::ENOUGH_VOTES;
use crate::text::{count, isolated};
use crate::verdicts::OwnVotes;
use crate::verdicts::lead::LeadWords;
use crate::verdicts::views::{RatedTool, VoteForm};
use crate::web::page::Shell;
use crate::web::ui::Day;

/// What the page is headed by where the site says nothing else.
const HEADLINE: &str = "Which AI tool should you ship with?";

#[derive(Template)]
#[template(path = "home/front.html")]
pub(super) struct FrontPage {
    pub shell: Shell,
    front: Front,
    changed: ChangeList,
    scatter: Option<Scatter>,
    /// Tools that need votes, with the form.
    wanting: Vec<(RatedTool, VoteForm)>,
}

impl FrontPage {
    pub(super) fn new(shell: Shell, mut front: Front, own: &OwnVotes) -> Self {
        let form = |rated: RatedTool| (rated.clone(), VoteForm::new(&rated.tool, "/", own));
        Self {
            shell,
            changed: ChangeList::of_several(&front.directory, &front.changed),
            scatter: Scatter::of(std::mem::take(&mut front.apart)),
            wanting: std::mem::take(&mut front.wanting).into_iter().map(form).collect(),
            front,
        }
    }

    fn headline(&self) -> String {
        self.shell.site.headline.as_deref().map_or_else(|| HEADLINE.to_owned(), isolated)
    }

    /// What stands below it where the site says nothing else.
    fn lede(&self) -> String {
        let reviewers = self.front.directory.reviewers();
        let mut members = reviewers.iter().filter(|reviewer| !reviewer.former).peekable();
        let only_ai = members.peek().is_some() && members.all(|reviewer| reviewer.is_ai());
        let who = if only_ai { "AI reviewers rate tools" } else { "A panel reviews" };
        format!("{who}, the community votes, and every number shows its margin of error.")
    }

    /// "All 38 tools", and in the singular "The 1 tool".
    fn all(n: usize, one: &str, many: &str) -> String {
        let n = n.try_into().unwrap_or(u64::MAX);
        format!("{} {}", if n == 1 { "The" } else { "All" }, count(n, one, many))
    }
}

impl Contest {
    /// Who is ahead, how surely, and how many votes could change it.
    fn figure(&self) -> String {
        let [first, second] = self.rated.sides();
        LeadWords::of(&first, &second).in_short()
    }
}
