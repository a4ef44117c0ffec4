//! The first page.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;

use super::front::{Apart, Contest, Featured, Front};
use crate::catalogue::{ChangeList, Tool};
use crate::stats::rules::{ENOUGH_VOTES, EVEN_BELOW};
use crate::stats::{Side, Tally};
use crate::text::count;
use crate::verdicts::answer::Answer;
use crate::verdicts::call::Contender;
use crate::verdicts::card::{Row, price_source};
use crate::verdicts::head_to_head::{chance_percent, could_change};
use crate::verdicts::views::{PanelView, TallyView, percent_or_dash};
use crate::web::page::Shell;
use crate::web::ui::{Day, Source};

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
        let only_ai = members.peek().is_some() && members.all(|reviewer| reviewer.author.is_ai());
        let who = if only_ai { "AI reviewers rate tools" } else { "A panel reviews" };
        format!("{who}, the community votes, and every number shows its margin of error.")
    }

    /// "All 38 tools", and in the singular "The 1 tool".
    fn all(n: usize, one: &str, many: &str) -> String {
        let n = n.try_into().unwrap_or(u64::MAX);
        format!("{} {}", if n == 1 { "The" } else { "All" }, count(n, one, many))
    }

    fn wanting(&self) -> impl Iterator<Item = Row> {
        self.front.wanting.iter().map(|(tool, tally)| Row::new(tool, *tally, None))
    }
}

impl Featured {
    fn answer(&self) -> Answer {
        let [first, second] = self.tallies;
        Answer::weigh(Contender::new(&self.pair.first, first), Contender::new(&self.pair.second, second))
    }

    /// For whom each of the two is the better pick, where that is said.
    fn picks(&self) -> Vec<(&str, String)> {
        let picks = [
            (&self.pair.first, &self.comparison.pick_first_if),
            (&self.pair.second, &self.comparison.pick_second_if),
        ];
        picks
            .into_iter()
            .filter(|(_, when)| !when.trim().is_empty())
            .map(|(tool, when)| (tool.name.as_str(), sentence_end(when)))
            .collect()
    }

    fn sides(&self) -> [Mini; 2] {
        let [first, second] = self.tallies;
        [Mini::new(&self.pair.first, first), Mini::new(&self.pair.second, second)]
    }
}

/// The end of a sentence, with its full stop.
fn sentence_end(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

/// A tool's name and its three figures.
#[derive(Template)]
#[template(path = "home/_mini.html")]
struct Mini {
    tool: Arc<Tool>,
    panel: PanelView,
    tally: TallyView,
    price_source: Source,
}

impl HtmlSafe for Mini {}

impl Mini {
    fn new(tool: &Arc<Tool>, tally: Tally) -> Self {
        Self {
            panel: PanelView { panel: tool.panel },
            tally: TallyView { name: tool.name.clone(), tally },
            price_source: price_source(tool),
            tool: Arc::clone(tool),
        }
    }

    fn long_price(&self) -> bool {
        self.tool.entry_price.chars().count() > 9
    }
}

impl Contest {
    /// Who is ahead, how surely, and how many votes could change it.
    fn figure(&self) -> String {
        let ahead = match self.ahead {
            Side::First => &self.pair.first.name,
            Side::Second => &self.pair.second.name,
        };
        let percent = chance_percent(self.chance);
        let words = if self.chance < EVEN_BELOW {
            format!("Nearly tied ({ahead} {percent})")
        } else {
            format!("{ahead} ahead ({percent})")
        };
        match self.flip.votes() {
            Some(votes) => format!("{words} · {}", could_change(votes, "it")),
            None => words,
        }
    }
}

impl Apart {
    /// Both percents, and how far apart they are.
    fn figure(&self) -> String {
        let points = self.points();
        format!(
            "Panel {} · Community {} · Community {} {}",
            percent_or_dash(self.tool.panel.ship_percent()),
            percent_or_dash(self.tally.ship_percent()),
            count(points.unsigned_abs().into(), "point", "points"),
            if points > 0 { "higher" } else { "lower" },
        )
    }
}
