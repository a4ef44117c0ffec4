//! The first page.

use askama::Template;

use super::front::{Contest, Front, points};
use crate::catalogue::ChangeList;
use crate::stats::rules::ENOUGH_VOTES;
use crate::text::count;
use crate::verdicts::card::RankingRow;
use crate::verdicts::lead::LeadWords;
use crate::verdicts::views::{RatedTool, percent_or_dash};
use crate::web::page::Shell;
use crate::web::ui::Day;

#[derive(Template)]
#[template(path = "home/front.html")]
pub(super) struct FrontPage {
    pub shell: Shell,
    front: Front,
    changed: ChangeList,
}

impl FrontPage {
    pub(super) fn new(shell: Shell, front: Front) -> Self {
        Self { shell, changed: ChangeList::of_several(&front.directory, &front.changed), front }
    }

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

    /// The percents of panel and community, and how far apart they are.
    fn gap(rated: &RatedTool) -> String {
        let points = points(rated);
        format!(
            "Panel {} · Community {} · Community {} {}",
            percent_or_dash(rated.tool.panel.ship_percent()),
            rated.percent(),
            count(points.unsigned_abs().into(), "point", "points"),
            if points > 0 { "higher" } else { "lower" },
        )
    }

    fn wanting(&self) -> impl Iterator<Item = RankingRow> {
        self.front.wanting.iter().map(|rated| RankingRow { rated: rated.clone(), rank: None })
    }
}

impl Contest {
    /// Who is ahead, how surely, and how many votes could change it.
    fn figure(&self) -> String {
        let [first, second] = self.rated.sides();
        LeadWords::of(&first, &second).in_short()
    }
}
