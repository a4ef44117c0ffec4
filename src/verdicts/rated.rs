//! One tool, or two that are compared, with the community's votes.

use std::cmp::Ordering;
use std::sync::Arc;

use super::answer::Answer;
use super::call::Contender;
use super::head_to_head::HeadToHead;
use super::views::{TallyView, percent_or_dash};
use crate::catalogue::{Comparison, Directory, Tool};
use crate::stats::Tally;
use crate::votes::LiveTallies;

/// A tool and the community's votes on it.
#[derive(Debug, Clone, PartialEq)]
pub struct RatedTool {
    pub tool: Arc<Tool>,
    pub tally: Tally,
}

impl RatedTool {
    /// A tool with its newest votes.
    #[must_use]
    pub fn new(tool: &Arc<Tool>, live_tallies: &LiveTallies) -> Self {
        Self { tool: Arc::clone(tool), tally: live_tallies.tally(tool.id) }
    }

    /// Its community figure.
    #[must_use]
    pub fn tally_view(&self) -> TallyView {
        TallyView { name: self.tool.name.clone(), tally: self.tally }
    }
}

/// Two different published tools, in the order of their slugs.
#[derive(Debug, Clone)]
pub struct ToolPair {
    pub tools: [Arc<Tool>; 2],
}

impl ToolPair {
    /// The pair of these two, in order; `None` if they are the same.
    #[must_use]
    pub fn of(a: &Arc<Tool>, b: &Arc<Tool>) -> Option<Self> {
        let tools = match a.slug.cmp(&b.slug) {
            Ordering::Less => [a, b],
            Ordering::Greater => [b, a],
            Ordering::Equal => return None,
        };
        Some(Self { tools: tools.map(Arc::clone) })
    }

    /// The tools of a published comparison.
    #[must_use]
    pub fn of_comparison(directory: &Directory, comparison: &Comparison) -> Option<Self> {
        Self::of(directory.tool_by_id(comparison.first)?, directory.tool_by_id(comparison.second)?)
    }

    /// The ids of both.
    #[must_use]
    pub fn ids(&self) -> [i64; 2] {
        self.tools.each_ref().map(|tool| tool.id)
    }

    /// The one address of their comparison.
    #[must_use]
    pub fn path(&self) -> String {
        let [first, second] = &self.tools;
        format!("/compare/{}-vs-{}", first.slug, second.slug)
    }

    /// "A vs B".
    #[must_use]
    pub fn title(&self) -> String {
        let [first, second] = &self.tools;
        format!("{} vs {}", first.name, second.name)
    }

    /// The pair with its newest votes.
    #[must_use]
    pub fn rated(self, live_tallies: &LiveTallies) -> RatedPair {
        RatedPair { tallies: self.ids().map(|id| live_tallies.tally(id)), pair: self }
    }
}

/// A pair and the community's votes on either tool.
#[derive(Debug, Clone)]
pub struct RatedPair {
    pub pair: ToolPair,
    pub tallies: [Tally; 2],
}

impl RatedPair {
    /// Each tool with its votes.
    #[must_use]
    pub fn sides(&self) -> [RatedTool; 2] {
        let ([a, b], [of_a, of_b]) = (self.pair.tools.clone(), self.tallies);
        [RatedTool { tool: a, tally: of_a }, RatedTool { tool: b, tally: of_b }]
    }

    /// The panel's percents in short: `80% · —`.
    #[must_use]
    pub fn panel_words(&self) -> String {
        self.pair.tools.each_ref().map(|tool| percent_or_dash(tool.panel.ship_percent())).join(" · ")
    }

    /// The same of the community.
    #[must_use]
    pub fn community_words(&self) -> String {
        self.tallies.map(|tally| percent_or_dash(tally.ship_percent())).join(" · ")
    }

    /// Which to ship with, and why.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let [a, b] = self.sides().map(|side| Contender::new(&side.tool, side.tally));
        Answer::weigh(a, b)
    }

    /// Whom the community prefers.
    #[must_use]
    pub fn head_to_head(&self) -> HeadToHead {
        let [first, second] = self.sides().map(|side| side.tally_view());
        HeadToHead { first, second }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
impl RatedTool {
    /// A tool of that name with ships and reviews of the panel, and ships and skips of the community.
    pub(crate) fn sample(name: &str, panel: (u32, u32), votes: (u64, u64)) -> Self {
        let tool = Tool {
            id: 1,
            slug: name.replace(' ', "-").parse().unwrap(),
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
            panel: crate::stats::Panel { ships: panel.0, reviews: panel.1 },
            published_at: chrono::NaiveDateTime::MIN,
            only_ai_reviews: false,
            newest_review_on: None,
        };
        Self { tool: Arc::new(tool), tally: Tally { ships: votes.0, skips: votes.1 } }
    }
}
