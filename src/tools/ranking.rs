//! A category as a ranking. Tools with few votes stand on a shelf of their own: their range is so wide that a place
//! would say more than is known.

use super::listing::{ToolSort, arrange};
use crate::stats::rules::ENOUGH_VOTES;
use crate::stats::{State, by_community, rank_with_ties};
use crate::verdicts::views::RatedTool;

/// The tools of a category in order.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Ranking {
    /// Tools with ten votes or more, best first, each behind its place, which counts from 1.
    pub placed: Vec<(usize, RatedTool)>,
    /// The others by the same rule, so those without votes last; in the panel's order where there are hardly any votes.
    pub shelf: Vec<RatedTool>,
    /// Whether all of them together have too few votes to be ordered by.
    pub is_by_panel: bool,
}

impl Ranking {
    /// The ranking of these tools, which come by name.
    pub(super) fn new(mut tools: Vec<RatedTool>) -> Self {
        let votes = tools.iter().map(|rated| rated.tally.votes()).fold(0, u64::saturating_add);
        let is_by_panel = !tools.is_empty() && votes < ENOUGH_VOTES;
        arrange(&mut tools, if is_by_panel { ToolSort::Panel } else { ToolSort::Community });
        let (voted, shelf): (Vec<_>, Vec<_>) =
            tools.into_iter().partition(|rated| !matches!(rated.tally.state(), State::None | State::Early));
        let places = rank_with_ties(&voted, |a, b| by_community(&a.tally, &b.tally));
        Self { placed: places.into_iter().zip(voted).collect(), shelf, is_by_panel }
    }

    /// How many tools there are.
    pub(super) fn len(&self) -> usize {
        self.placed.len() + self.shelf.len()
    }

    /// Whoever stands first, more than one if tied.
    pub(super) fn leaders(&self) -> impl Iterator<Item = &RatedTool> {
        self.placed.iter().take_while(|(place, _)| *place == 1).map(|(_, rated)| rated)
    }

    /// `2`, or `2=` for a place that is shared.
    pub(super) fn label(&self, place: usize) -> String {
        let shared = self.placed.iter().filter(|(other, _)| *other == place).count() > 1;
        format!("{place}{}", if shared { "=" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_a_place_and_few_votes_stand_on_the_shelf() {
        let ranking = Ranking::new(vec![
            RatedTool::sample("a", (0, 0), (0, 0)),
            RatedTool::sample("b", (0, 0), (12, 3)),
            RatedTool::sample("c", (0, 0), (9, 0)),
            RatedTool::sample("d", (0, 0), (12, 3)),
            RatedTool::sample("e", (0, 0), (90, 10)),
            RatedTool::sample("f", (0, 0), (0, 10)),
            RatedTool::sample("g", (0, 0), (0, 9)),
        ]);
        let placed: Vec<_> =
            ranking.placed.iter().map(|(place, rated)| (ranking.label(*place), &*rated.tool.name)).collect();
        let place = |label: &str| label.to_owned();
        assert_eq!(placed, [(place("1"), "e"), (place("2="), "b"), (place("2="), "d"), (place("4"), "f")]);
        let shelf: Vec<_> = ranking.shelf.iter().map(|rated| &*rated.tool.name).collect();
        assert_eq!(shelf, ["c", "g", "a"]);
        assert_eq!((ranking.len(), ranking.leaders().count()), (7, 1));
    }

    #[test]
    fn with_fewer_than_ten_votes_in_all_the_panel_orders() {
        let tools = [("a", (1, 4)), ("b", (4, 4))]
            .map(|(name, panel)| RatedTool::sample(name, panel, if name == "a" { (9, 0) } else { (0, 0) }));
        let ranking = Ranking::new(tools.to_vec());
        let shelf: Vec<_> = ranking.shelf.iter().map(|rated| &*rated.tool.name).collect();
        assert_eq!((shelf, ranking.is_by_panel), (vec!["b", "a"], true));
    }

    #[test]
    fn nobody_leads_where_nobody_has_ten_votes() {
        let ranking = Ranking::new(vec![RatedTool::sample("a", (0, 0), (9, 0))]);
        assert_eq!(ranking.leaders().count(), 0);
        assert_eq!(Ranking::new(Vec::new()), Ranking::default());
    }
}
