//! What the first page shows, and by which rules it is chosen. `/methodology` states them in words.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use crate::catalogue::changes::Change;
use crate::catalogue::{Comparison, Directory, Tool};
use crate::stats::rules::{CONTESTED_BELOW, ENOUGH_VOTES};
use crate::stats::{Lead, gap};
use crate::verdicts::pair::{RatedPair, ToolPair};
use crate::verdicts::views::RatedTool;

/// How many entries a list of the first page has at most.
pub(super) const MOST: usize = 6;

/// The first page of one day.
pub(super) struct Front {
    pub featured: Option<Featured>,
    /// Without the featured one.
    pub newest: Vec<(ToolPair, Option<NaiveDate>)>,
    pub closest: Vec<Contest>,
    pub apart: Vec<RatedTool>,
    pub new_tools: Vec<Arc<Tool>>,
    /// Without the featured ones, whose tallies the page shows already.
    pub wanting: Vec<RatedTool>,
    /// Verdicts that changed, newest first.
    pub changed: Vec<Change>,
    pub directory: Arc<Directory>,
}

impl Front {
    /// The tools whose tallies move on the page.
    pub(super) fn live_slugs(&self) -> impl Iterator<Item = &str> {
        let featured = self.featured.iter().flat_map(|featured| &featured.rated.pair.tools);
        featured.chain(self.wanting.iter().map(|rated| &rated.tool)).map(|tool| tool.slug.as_str())
    }
}

/// The comparison of the day.
pub(super) struct Featured {
    pub rated: RatedPair,
    pub comparison: Comparison,
}

/// A pair of which both have enough votes.
pub(super) struct Contest {
    pub rated: RatedPair,
    /// The chance of the tool that the community more likely prefers, 0.5 to 1.
    chance: f64,
    /// Votes on both together.
    votes: u64,
}

/// The one of `items` whose turn it is: they take turns by the day of the year, beginning on 1 January with the first.
pub(super) fn of_the_day<T>(items: &[T], today: NaiveDate) -> Option<&T> {
    let turn = usize::try_from(today.ordinal0()).ok()?.checked_rem(items.len())?;
    items.get(turn)
}

/// The contests in which it is least clear whom the community prefers; of equally close ones first that with more
/// votes. Where a tool has too few votes nobody leads, and what is as good as decided is no contest.
pub(super) fn closest(pairs: impl Iterator<Item = RatedPair>) -> Vec<Contest> {
    let mut contests: Vec<Contest> = pairs.filter_map(contest).collect();
    contests.retain(|contest| contest.chance < CONTESTED_BELOW);
    contests.sort_by(|a, b| a.chance.total_cmp(&b.chance).then_with(|| b.votes.cmp(&a.votes)));
    contests.truncate(MOST);
    contests
}

fn contest(rated: RatedPair) -> Option<Contest> {
    let [first, second] = rated.tallies;
    if first.votes().min(second.votes()) < ENOUGH_VOTES {
        return None;
    }
    let chance = Lead::between(first, second).chance()?;
    Some(Contest { chance, votes: first.votes().saturating_add(second.votes()), rated })
}

/// The reviewed tools with enough votes on which panel and community are furthest apart.
pub(super) fn furthest_apart(tools: impl Iterator<Item = RatedTool>) -> Vec<RatedTool> {
    let mut apart: Vec<(f64, RatedTool)> = tools
        .filter(|rated| rated.tally.votes() >= ENOUGH_VOTES)
        .filter_map(|rated| Some((gap(rated.tool.panel, rated.tally)?, rated)))
        .filter(|(_, rated)| points(rated) != 0)
        .collect();
    apart.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    apart.into_iter().map(|(_, rated)| rated).take(MOST).collect()
}

/// By how many points the community's percent stands above the panel's, both as they are shown.
pub(super) fn points(rated: &RatedTool) -> i16 {
    let percent = |share: Option<u8>| i16::from(share.unwrap_or_default());
    percent(rated.tally.ship_percent()) - percent(rated.tool.panel.ship_percent())
}

/// The tools that were published last, newest first.
pub(super) fn newest(tools: &[Arc<Tool>]) -> Vec<Arc<Tool>> {
    let mut tools = tools.to_vec();
    tools.sort_by_key(|tool| Reverse(tool.published_at));
    tools.truncate(MOST);
    tools
}

/// The tools with the fewest votes, as long as these are not enough yet; of equals first the newest.
pub(super) fn wanting_votes(tools: impl Iterator<Item = RatedTool>) -> Vec<RatedTool> {
    let mut wanting: Vec<_> = tools.filter(|rated| rated.tally.votes() < ENOUGH_VOTES).collect();
    wanting.sort_by_key(|rated| (rated.tally.votes(), Reverse(rated.tool.published_at)));
    wanting.truncate(MOST);
    wanting
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn names(tools: &[RatedTool]) -> Vec<&str> {
        tools.iter().map(|rated| rated.tool.name.as_str()).collect()
    }

    #[test]
    fn the_feature_stays_for_a_day_and_everybody_gets_a_turn() {
        let items = ["a", "b", "c"];
        let turns: Vec<_> = (1..=4).map(|n| *of_the_day(&items, day(1, n)).unwrap()).collect();
        assert_eq!(turns, ["a", "b", "c", "a"]);
        assert_eq!(of_the_day(&["only"], day(11, 22)), Some(&"only"));
        assert_eq!(of_the_day::<&str>(&[], day(11, 22)), None);
    }

    #[test]
    fn the_closest_contest_comes_first_and_one_without_votes_or_doubt_is_none() {
        let pairs = [
            ("decided", [(40, 2), (20, 30)]),
            ("clear", [(15, 10), (12, 13)]),
            ("even", [(10, 10), (10, 10)]),
            ("unopened", [(9, 1), (0, 0)]),
            ("too few votes", [(5, 4), (5, 5)]),
            ("close", [(10, 10), (12, 10)]),
            ("even and busier", [(80, 20), (80, 20)]),
        ];
        let contests = closest(pairs.into_iter().map(|(name, votes)| {
            let [first, second] = votes.map(|votes| RatedTool::sample(name, (0, 0), votes));
            let tallies = [first.tally, second.tally];
            RatedPair { pair: ToolPair { tools: [first.tool, second.tool] }, tallies }
        }));
        let names: Vec<_> =
            contests.iter().map(|contest| contest.rated.pair.tools[0].name.as_str()).collect();
        assert_eq!(names, ["even and busier", "even", "close", "clear"]);
        assert!(contests.iter().all(|contest| (0.5..CONTESTED_BELOW).contains(&contest.chance)));
    }

    #[test]
    fn panel_and_community_are_compared_only_where_enough_have_voted() {
        let tools = [
            ("agrees", (3, 4), (15, 5)),
            ("some", (3, 4), (10, 10)),
            ("most", (4, 4), (2, 18)),
            ("too-few", (4, 4), (0, 9)),
            ("unreviewed", (0, 0), (0, 20)),
        ];
        let tools = tools.map(|(name, panel, votes)| RatedTool::sample(name, panel, votes));
        let apart = furthest_apart(tools.into_iter());
        assert_eq!(names(&apart), ["most", "some"]);
        assert_eq!(points(&apart[0]), -90);
    }

    #[test]
    fn newest_tools_come_first() {
        let tools = [("a", 3), ("b", 9), ("c", 3)].map(|(name, on)| {
            let mut tool = RatedTool::sample(name, (0, 0), (0, 0)).tool;
            Arc::make_mut(&mut tool).published_at = day(5, on).into();
            tool
        });
        let newest = newest(&tools);
        assert_eq!(newest.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(), ["b", "a", "c"]);
    }

    #[test]
    fn tools_with_the_fewest_votes_want_votes_until_there_are_enough() {
        let tools = [("full", 10), ("some", 4), ("none", 0), ("nine", 9)]
            .map(|(name, ships)| RatedTool::sample(name, (0, 0), (ships, 0)));
        assert_eq!(names(&wanting_votes(tools.into_iter())), ["none", "some", "nine"]);
    }
}
