//! Two tools that are compared, and the community's votes on them.

use std::cmp::Ordering;
use std::sync::Arc;

use super::answer::Answer;
use super::head_to_head::HeadToHead;
use super::views::{RatedTool, percent_or_dash};
use crate::catalogue::{Comparison, Directory, Tool, tell_apart};
use crate::stats::Tally;
use crate::text::{rich_inline, sentence};
use crate::votes::Tallies;

/// Two different published tools, on a page in the order of their slugs.
#[derive(Debug, Clone)]
pub struct ToolPair {
    pub tools: [Arc<Tool>; 2],
}

impl ToolPair {
    /// The pair of these two, in order and told apart; `None` if they are the same.
    pub fn of(a: &Arc<Tool>, b: &Arc<Tool>) -> Option<Self> {
        let tools = match a.slug.cmp(&b.slug) {
            Ordering::Less => [a, b],
            Ordering::Greater => [b, a],
            Ordering::Equal => return None,
        };
        let mut tools = tools.map(Arc::clone);
        tell_apart(&mut tools);
        Some(Self { tools })
    }

    /// The tools of a published comparison.
    pub fn of_comparison(directory: &Directory, comparison: &Comparison) -> Option<Self> {
        Self::of(directory.tool_by_id(comparison.first)?, directory.tool_by_id(comparison.second)?)
    }

    /// The ids of both.
    pub fn ids(&self) -> [i64; 2] {
        self.tools.each_ref().map(|tool| tool.id)
    }

    /// The one address of their comparison.
    pub fn path(&self) -> String {
        let [first, second] = &self.tools;
        format!("/compare/{}-vs-{}", first.slug, second.slug)
    }

    /// "A vs B".
    pub fn title(&self) -> String {
        let [first, second] = &self.tools;
        format!("{} vs {}", first.name, second.name)
    }

    /// For whom each of the two is the better pick, as an editor says it, as safe HTML; each with the name.
    pub fn picks(&self, said: &Comparison) -> Vec<(&str, String)> {
        let picks = self.tools.iter().zip([&said.pick_first_if, &said.pick_second_if]);
        picks
            .filter(|(_, when)| !when.trim().is_empty())
            .map(|(tool, when)| (tool.name.as_str(), rich_inline(&sentence(when))))
            .collect()
    }

    /// The pair with its votes.
    pub fn rated(self, tallies: &Tallies) -> RatedPair {
        let tally = |id| tallies.get(&id).copied().unwrap_or_default();
        RatedPair { tallies: self.ids().map(tally), pair: self }
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
    pub fn sides(&self) -> [RatedTool; 2] {
        let ([a, b], [of_a, of_b]) = (self.pair.tools.clone(), self.tallies);
        [RatedTool { tool: a, tally: of_a }, RatedTool { tool: b, tally: of_b }]
    }

    /// The panel's percents in short: `80% · —`.
    pub fn panel_words(&self) -> String {
        self.pair.tools.each_ref().map(|tool| percent_or_dash(tool.panel.ship_percent())).join(" · ")
    }

    /// The same of the community.
    pub fn community_words(&self) -> String {
        self.tallies.map(|tally| percent_or_dash(tally.ship_percent())).join(" · ")
    }

    /// Which to ship with, and why.
    pub fn answer(&self) -> Answer {
        let [first, second] = self.sides();
        Answer::weigh(first, second)
    }

    /// Whom the community prefers.
    pub fn head_to_head(&self) -> HeadToHead {
        let [first, second] = self.sides();
        HeadToHead { first, second }
    }
}
