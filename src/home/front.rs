//! What the first page shows, and by which rules it is chosen. `/methodology` states them in words.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use crate::catalogue::changes::Change;
use crate::catalogue::{Comparison, Directory, Tool};
use crate::stats::rules::{CONTESTED_BELOW, ENOUGH_VOTES};
use crate::stats::{Flip, Side, Tally, chance_ahead, gap, votes_to_flip};

/// How many entries a list of the first page has at most.
pub(super) const MOST: usize = 6;

/// The first page of one day.
pub(super) struct Front {
    pub featured: Option<Featured>,
    /// Without the featured one.
    pub newest: Vec<Pair>,
    pub closest: Vec<Contest>,
    pub apart: Vec<Apart>,
    pub new_tools: Vec<Arc<Tool>>,
    /// Without the featured ones, whose tallies the page shows already.
    pub wanting: Vec<(Arc<Tool>, Tally)>,
    /// Verdicts that changed, newest first.
    pub changed: Vec<Change>,
    pub directory: Arc<Directory>,
    /// How many tools are published.
    pub tools: usize,
    /// How many comparisons are published.
    pub comparisons: usize,
}

impl Front {
    /// The tools whose tallies move on the page.
    pub(super) fn live_slugs(&self) -> impl Iterator<Item = &str> {
        let featured =
            self.featured.iter().flat_map(|featured| [&featured.pair.first, &featured.pair.second]);
        featured.chain(self.wanting.iter().map(|(tool, _)| tool)).map(|tool| tool.slug.as_str())
    }
}

/// The comparison of the day.
pub(super) struct Featured {
    pub pair: Pair,
    /// In the order of the pair.
    pub tallies: [Tally; 2],
    pub comparison: Comparison,
}

/// Two tools that a published comparison is about, in the order of their slugs.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub first: Arc<Tool>,
    pub second: Arc<Tool>,
    pub published_on: Option<NaiveDate>,
}

impl Pair {
    /// The address of the comparison.
    pub(super) fn href(&self) -> String {
        format!("/compare/{}-vs-{}", self.first.slug, self.second.slug)
    }
}

/// A pair of which both have enough votes.
pub(super) struct Contest<P = Pair> {
    pub pair: P,
    /// Which of the two the community more likely prefers.
    pub ahead: Side,
    /// How likely, 0.5 to 1.
    pub chance: f64,
    /// What it takes to turn the order.
    pub flip: Flip,
    /// Votes on both together.
    votes: u64,
}

/// A tool on which panel and community may disagree.
#[derive(Debug, Clone)]
pub(super) struct Apart {
    pub tool: Arc<Tool>,
    pub tally: Tally,
}

/// The one of `items` whose turn it is: they take turns by the day of the year, beginning on 1 January with the first.
pub(super) fn of_the_day<T>(items: &[T], today: NaiveDate) -> Option<&T> {
    let turn = usize::try_from(today.ordinal0()).ok()?.checked_rem(items.len())?;
    items.get(turn)
}

/// The contests in which it is least clear whom the community prefers; of equally close ones first that with more
/// votes. Where a tool has too few votes nobody leads, and what is as good as decided is no contest.
pub(super) fn closest<P>(pairs: impl Iterator<Item = (P, [Tally; 2])>) -> Vec<Contest<P>> {
    let mut contests: Vec<Contest<P>> = pairs.filter_map(contest).collect();
    contests.retain(|contest| contest.chance < CONTESTED_BELOW);
    contests.sort_by(|a, b| a.chance.total_cmp(&b.chance).then_with(|| b.votes.cmp(&a.votes)));
    contests.truncate(MOST);
    contests
}

fn contest<P>((pair, [first, second]): (P, [Tally; 2])) -> Option<Contest<P>> {
    if first.votes().min(second.votes()) < ENOUGH_VOTES {
        return None;
    }
    let chance = chance_ahead(first, second)?;
    let flip = votes_to_flip(first, second)?;
    let votes = first.votes().saturating_add(second.votes());
    let (ahead, chance) = if chance >= 0.5 { (Side::First, chance) } else { (Side::Second, 1.0 - chance) };
    Some(Contest { pair, ahead, chance, flip, votes })
}

/// The reviewed tools with enough votes on which panel and community are furthest apart.
pub(super) fn furthest_apart(tools: impl Iterator<Item = Apart>) -> Vec<Apart> {
    let mut apart: Vec<(f64, Apart)> = tools
        .filter(|known| known.tally.votes() >= ENOUGH_VOTES)
        .filter_map(|known| Some((gap(known.tool.panel, known.tally)?, known)))
        .filter(|(_, known)| known.points() != 0)
        .collect();
    apart.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    apart.into_iter().map(|(_, known)| known).take(MOST).collect()
}

impl Apart {
    /// By how many points the community's percent stands above the panel's, both as they are shown.
    pub(super) fn points(&self) -> i16 {
        let percent = |share: Option<u8>| i16::from(share.unwrap_or_default());
        percent(self.tally.ship_percent()) - percent(self.tool.panel.ship_percent())
    }
}

/// The tools that were published last, newest first.
pub(super) fn newest(tools: &[Arc<Tool>]) -> Vec<Arc<Tool>> {
    let mut tools = tools.to_vec();
    tools.sort_by_key(|tool| Reverse(tool.published_at));
    tools.truncate(MOST);
    tools
}

/// The tools with the fewest votes, as long as these are not enough yet; of equals first the newest.
pub(super) fn wanting_votes(tools: impl Iterator<Item = (Arc<Tool>, Tally)>) -> Vec<(Arc<Tool>, Tally)> {
    let mut wanting: Vec<_> = tools.filter(|(_, tally)| tally.votes() < ENOUGH_VOTES).collect();
    wanting.sort_by_key(|(tool, tally)| (tally.votes(), Reverse(tool.published_at)));
    wanting.truncate(MOST);
    wanting
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;
    use crate::catalogue::CategoryRef;
    use crate::stats::Panel;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn tally(ships: u64, skips: u64) -> Tally {
        Tally { ships, skips }
    }

    fn tool(slug: &str, panel: (u32, u32), published: NaiveDate) -> Arc<Tool> {
        Arc::new(Tool {
            id: 0,
            slug: slug.parse().unwrap(),
            name: slug.into(),
            category_id: 1,
            category: Arc::new(CategoryRef { slug: "c".parse().unwrap(), name: "C".into() }),
            tagline: String::new(),
            website: None,
            entry_price: String::new(),
            price_source: None,
            price_checked_on: None,
            panel: Panel { ships: panel.0, reviews: panel.1 },
            published_at: published.and_hms_opt(0, 0, 0).unwrap(),
            only_ai_reviews: false,
            newest_review_on: None,
        })
    }

    fn slugs<'a>(tools: impl Iterator<Item = &'a Arc<Tool>>) -> Vec<&'a str> {
        tools.map(|tool| tool.slug.as_str()).collect()
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
            ("decided", [tally(40, 2), tally(20, 30)]),
            ("clear", [tally(15, 10), tally(12, 13)]),
            ("even", [tally(10, 10), tally(10, 10)]),
            ("unopened", [tally(9, 1), tally(0, 0)]),
            ("too few votes", [tally(5, 4), tally(5, 5)]),
            ("close", [tally(10, 10), tally(12, 10)]),
            ("even and busier", [tally(80, 20), tally(80, 20)]),
        ];
        let contests = closest(pairs.into_iter());
        let names: Vec<_> = contests.iter().map(|contest| contest.pair).collect();
        assert_eq!(names, ["even and busier", "even", "close", "clear"]);
        assert_eq!(contests[2].ahead, Side::Second);
        assert!(contests.iter().all(|contest| (0.5..CONTESTED_BELOW).contains(&contest.chance)));
    }

    #[test]
    fn panel_and_community_are_compared_only_where_enough_have_voted() {
        let known = |slug, panel, tally| Apart { tool: tool(slug, panel, day(1, 1)), tally };
        let apart = furthest_apart(
            [
                known("agrees", (3, 4), tally(15, 5)),
                known("some", (3, 4), tally(10, 10)),
                known("most", (4, 4), tally(2, 18)),
                known("too-few", (4, 4), tally(0, 9)),
                known("unreviewed", (0, 0), tally(0, 20)),
            ]
            .into_iter(),
        );
        assert_eq!(slugs(apart.iter().map(|known| &known.tool)), ["most", "some"]);
        assert_eq!(apart[0].points(), -90);
    }

    #[test]
    fn newest_tools_come_first() {
        let tools: Vec<_> =
            [("a", 3), ("b", 9), ("c", 3)].map(|(slug, on)| tool(slug, (0, 0), day(5, on))).into();
        assert_eq!(slugs(newest(&tools).iter()), ["b", "a", "c"]);
    }

    #[test]
    fn tools_with_the_fewest_votes_want_votes_until_there_are_enough() {
        let tools = [("full", 10), ("some", 4), ("none", 0), ("nine", 9)]
            .map(|(slug, ships)| (tool(slug, (0, 0), day(5, 1)), tally(ships, 0)));
        let wanting = wanting_votes(tools.into_iter());
        assert_eq!(slugs(wanting.iter().map(|(tool, _)| tool)), ["none", "some", "nine"]);
    }
}
