//! What the first page shows, and by which rules it is chosen. `/methodology` states them in words.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::lately::LatelyGroup;
use crate::catalogue::changes::Change;
use crate::catalogue::{Comparison, Directory};
use crate::stats::Lead;
use crate::stats::rules::{CONTESTED_BELOW, ENOUGH_VOTES};
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
    /// The reviewed tools with enough votes.
    pub apart: Vec<RatedTool>,
    /// Without the featured ones, whose tallies the page shows already.
    pub wanting: Vec<RatedTool>,
    pub lately: Vec<LatelyGroup>,
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
    /// Whether it is chosen among close contests.
    pub is_contest: bool,
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

/// The reviewed tools on which enough have voted to compare panel and community.
pub(super) fn comparable(tools: impl Iterator<Item = RatedTool>) -> Vec<RatedTool> {
    tools.filter(|rated| rated.tally.votes() >= ENOUGH_VOTES && rated.tool.panel.reviews > 0).collect()
}

/// By how many points the community's percent stands above the panel's, both as they are shown.
pub(super) fn points(rated: &RatedTool) -> i16 {
    let percent = |share: Option<u8>| i16::from(share.unwrap_or_default());
    percent(rated.tally.ship_percent()) - percent(rated.tool.panel.ship_percent())
}

/// Some of the tools that have too few votes yet, which come by name: another six each day, so that all get a turn.
pub(super) fn wanting_votes(tools: impl Iterator<Item = RatedTool>, today: NaiveDate) -> Vec<RatedTool> {
    let mut wanting: Vec<_> = tools.filter(|rated| rated.tally.votes() < ENOUGH_VOTES).collect();
    let days = usize::try_from(today.num_days_from_ce()).unwrap_or_default();
    let turn = days.wrapping_mul(MOST).checked_rem(wanting.len()).unwrap_or_default();
    wanting.rotate_left(turn);
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
        let tools =
            [("some", (3, 4), (10, 10)), ("too-few", (4, 4), (0, 9)), ("unreviewed", (0, 0), (0, 20))];
        let tools = tools.map(|(name, panel, votes)| RatedTool::sample(name, panel, votes));
        let apart = comparable(tools.into_iter());
        assert_eq!(names(&apart), ["some"]);
        assert_eq!(points(&apart[0]), -25);
    }

    #[test]
    fn another_six_tools_with_too_few_votes_get_a_turn_each_day_until_all_had_one() {
        let tools = || {
            let few = (0..15).map(|n| RatedTool::sample(&format!("t{n:02}"), (0, 0), (n % 10, 0)));
            few.chain([RatedTool::sample("full", (0, 0), (10, 0))])
        };
        let turn = |n| wanting_votes(tools(), day(1, n));
        let first = turn(1);
        assert_eq!((first.len(), names(&first)), (6, names(&turn(1))));
        let of_days: Vec<String> = (1..=5).flat_map(turn).map(|rated| rated.tool.name.clone()).collect();
        let mut all = of_days.clone();
        all.sort_unstable();
        all.dedup();
        assert_eq!((of_days.len(), all.len(), all.contains(&"full".to_owned())), (30, 15, false));
        assert!(wanting_votes(std::iter::empty(), day(1, 1)).is_empty());
    }
}
