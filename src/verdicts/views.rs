//! The pieces of pages that show votes. The page and its live update render the same piece.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;

use super::own_votes::OwnVotes;
use crate::catalogue::Tool;
use crate::stats::rules::ENOUGH_VOTES;
use crate::stats::{Choice, Panel, State, Tally};
use crate::text::{count, grouped};
use crate::votes::Tallies;
use crate::votes::store::OwnVote;
use crate::web::ui::{Bar, Source, VerdictMark};

/// `80%`, or `—` where there is nothing.
pub fn percent_or_dash(percent: Option<u8>) -> String {
    percent.map_or_else(|| "—".to_owned(), |percent| format!("{percent}%"))
}

/// Where `/methodology` says what a state's label means.
pub fn rule_id(state: State) -> &'static str {
    match state {
        State::None => "states",
        State::Early => "few-votes",
        State::Forming => "still-moving",
        State::Settled => "stable",
    }
}

/// A tool and the community's votes on it. Written, it is the community's figure: the inside of `#tally-SLUG`.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "verdicts/_tally.html")]
pub struct RatedTool {
    pub tool: Arc<Tool>,
    pub tally: Tally,
}

impl HtmlSafe for RatedTool {}

impl RatedTool {
    /// A tool with its votes.
    pub fn new(tool: &Arc<Tool>, tallies: &Tallies) -> Self {
        Self { tool: Arc::clone(tool), tally: tallies.get(&tool.id).copied().unwrap_or_default() }
    }

    /// The panel's figure.
    pub fn panel(&self) -> PanelView {
        PanelView { panel: self.tool.panel }
    }

    /// Where the price is stated, and when that was checked.
    pub fn price_source(&self) -> Source {
        let Tool { price_source, price_checked_on, .. } = &*self.tool;
        Source { href: price_source.clone(), checked_on: *price_checked_on, between: " " }
    }

    /// Whether the price is too long for large letters.
    pub(crate) fn long_price(&self) -> bool {
        self.tool.entry_price.chars().count() > 9
    }

    /// The share as text.
    pub fn percent(&self) -> String {
        percent_or_dash(self.tally.ship_percent())
    }

    /// `54 votes`.
    pub fn votes(&self) -> String {
        count(self.tally.votes(), "vote", "votes")
    }

    /// Both ends of the 95 % interval, in whole percent; in tenths where both ends would read the same.
    pub fn range(&self) -> Option<String> {
        let interval = self.tally.interval()?;
        let [low, high] = [interval.low_percent(), interval.high_percent()];
        let digits = usize::from(format!("{low:.0}") == format!("{high:.0}"));
        Some(format!("{low:.digits$}–{high:.digits$}%"))
    }

    /// The bar of a contest.
    pub fn lane(&self) -> Bar {
        Bar::lane(self.tally)
    }

    /// The community's verdict.
    pub fn verdict(&self) -> Option<VerdictMark> {
        self.tally.verdict().map(Into::into)
    }

    fn bar(&self) -> Bar {
        Bar::whole(self.tally)
    }

    fn ships(&self) -> String {
        grouped(self.tally.ships)
    }

    fn skips(&self) -> String {
        grouped(self.tally.skips)
    }

    /// How far it is from being ranked, where it is not: `9 more votes until it is ranked`.
    fn until_ranked(&self) -> Option<String> {
        let missing = ENOUGH_VOTES.checked_sub(self.tally.votes()).filter(|missing| *missing > 0)?;
        let more = if self.tally.votes() == 0 { "" } else { "more " };
        let votes = if missing == 1 { "vote" } else { "votes" };
        Some(format!("{missing} {more}{votes} until it is ranked"))
    }

    fn state_id(&self) -> &'static str {
        rule_id(self.tally.state())
    }

    fn say(&self) -> String {
        match self.tally.ship_percent() {
            Some(percent) => format!("{}: {percent}% would ship, {}", self.tool.name, self.votes()),
            None => format!("{}: no votes yet", self.tool.name),
        }
    }
}

/// The panel's figure of one tool.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "verdicts/_panel.html")]
pub struct PanelView {
    pub panel: Panel,
}

impl HtmlSafe for PanelView {}

impl PanelView {
    /// The share as text.
    pub fn percent(&self) -> String {
        percent_or_dash(self.panel.ship_percent())
    }

    /// The panel's verdict.
    pub fn mark(&self) -> Option<VerdictMark> {
        self.panel.verdict().map(Into::into)
    }
}

/// The form that casts a vote.
#[derive(Debug, Clone, Template)]
#[template(path = "verdicts/_vote_form.html")]
pub struct VoteForm {
    tool: Arc<Tool>,
    /// Where a browser without JavaScript comes back to.
    next: String,
    /// The vote of whoever looks at it.
    vote: Option<OwnVote>,
    signed_in: bool,
    /// Whether it says how voting goes, where nobody voted yet.
    hint: bool,
}

impl HtmlSafe for VoteForm {}

impl VoteForm {
    /// The form on the page at `path`, for whoever these votes are of.
    pub fn new(tool: &Arc<Tool>, path: &str, own: &OwnVotes) -> Self {
        Self {
            tool: Arc::clone(tool),
            next: format!("{path}#tool-{}", tool.slug),
            vote: own.by_tool.get(&tool.id).cloned(),
            signed_in: own.is_signed_in,
            hint: true,
        }
    }

    /// The same for a page that says once for several forms how voting goes.
    #[must_use]
    pub fn without_hint(self) -> Self {
        Self { hint: false, ..self }
    }

    fn chose(&self, choice: Choice) -> bool {
        self.vote.as_ref().is_some_and(|vote| vote.choice == choice)
    }

    fn can_remove(&self) -> bool {
        self.vote.as_ref().is_some_and(|vote| !vote.is_excluded)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
impl RatedTool {
    /// A tool of that name with ships and reviews of the panel, and ships and skips of the community.
    pub(crate) fn sample(name: &str, panel: (u32, u32), votes: (u64, u64)) -> Self {
        let tool = Tool {
            id: 1,
            slug: crate::slug::Slug::from_name(name).unwrap(),
            name: name.into(),
            category_id: 1,
            category: Arc::new(crate::catalogue::CategoryRef {
                slug: "c".parse().unwrap(),
                name: "C".into(),
            }),
            tagline: String::new(),
            website: None,
            entry_price: String::new(),
            price_source: None,
            price_checked_on: None,
            facets: crate::catalogue::Facets::default(),
            panel: Panel { ships: panel.0, reviews: panel.1 },
            published_at: chrono::NaiveDateTime::MIN,
            only_ai_reviews: false,
            newest_review_on: None,
            logo: None,
        };
        Self { tool: Arc::new(tool), tally: Tally { ships: votes.0, skips: votes.1 } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_range_never_read_the_same() {
        let range = |ships, skips| RatedTool::sample("a", (0, 0), (ships, skips)).range();
        assert_eq!(range(0, 0), None);
        assert_eq!(range(12, 3).as_deref(), Some("55–93%"));
        assert_eq!(range(345_678, 345_600).as_deref(), Some("49.9–50.1%"));
    }
}
