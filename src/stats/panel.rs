//! The panel's reviews of one tool, and how far they stand from the community.

use super::{Tally, Verdict, float};

/// How many reviewers reviewed a tool and how many of them say ship.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Panel {
    /// Reviews that say ship; more than `reviews` counts as all of them.
    pub ships: u32,
    /// All reviews.
    pub reviews: u32,
}

impl Panel {
    /// Reviews that say skip.
    pub fn skips(self) -> u32 {
        self.reviews.saturating_sub(self.ships)
    }

    /// Ships in percent of the reviews, rounded half up. `None` without reviews.
    pub fn ship_percent(self) -> Option<u8> {
        self.tally().ship_percent()
    }

    /// What most reviewers say; `None` without reviews.
    pub fn verdict(self) -> Option<Verdict> {
        self.tally().verdict()
    }

    /// How divided the panel is: 0 when all agree or nobody reviewed, 1 when exactly half say ship. It is the
    /// smaller camp as a share of the largest it could be, 2 · min(ships, skips) / reviews.
    pub fn split(self) -> f64 {
        let Tally { ships, skips } = self.tally();
        match self.reviews {
            0 => 0.0,
            reviews => 2.0 * float(ships.min(skips)) / f64::from(reviews),
        }
    }

    /// The same counts as votes: one rule serves the panel and the community.
    fn tally(self) -> Tally {
        Tally { ships: u64::from(self.ships.min(self.reviews)), skips: u64::from(self.skips()) }
    }
}

/// How far apart the panel and the community are: the difference of their ship shares, 0 to 1. `None` if either
/// says nothing.
pub fn gap(panel: Panel, community: Tally) -> Option<f64> {
    Some((panel.tally().ship_share()? - community.ship_share()?).abs())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn panel(ships: u32, reviews: u32) -> Panel {
        Panel { ships, reviews }
    }

    #[test]
    fn three_of_four_is_75_percent_ship() {
        assert_eq!(panel(3, 4).ship_percent(), Some(75));
        assert_eq!(panel(3, 4).verdict(), Some(Verdict::Ship));
        assert_eq!(panel(2, 4).verdict(), Some(Verdict::Mixed));
        assert_eq!(panel(1, 4).verdict(), Some(Verdict::Skip));
        assert_eq!(panel(3, 4).skips(), 1);
    }

    #[test]
    fn a_panel_without_reviews_says_nothing() {
        assert_eq!(panel(0, 0).ship_percent(), None);
        assert_eq!(panel(0, 0).verdict(), None);
        assert_eq!(panel(7, 0).verdict(), None);
        assert!(panel(0, 0).split().abs() < f64::EPSILON);
    }

    #[test]
    fn an_even_panel_is_the_most_divided() {
        let splits = [0, 1, 2, 3, 4].map(|ships| panel(ships, 4).split().to_string());
        assert_eq!(splits, ["0", "0.5", "1", "0.5", "0"]);
    }

    #[test]
    fn the_gap_is_the_difference_of_the_shares() {
        let community = Tally { ships: 1, skips: 3 };
        assert_eq!(gap(panel(3, 4), community), Some(0.5));
        assert_eq!(gap(panel(0, 4), community), Some(0.25));
        assert_eq!(gap(panel(0, 0), community), None);
        assert_eq!(gap(panel(3, 4), Tally::default()), None);
    }

    proptest! {
        #[test]
        fn split_and_gap_stay_between_0_and_1(
            ships in any::<u32>(), reviews in any::<u32>(), votes in any::<(u64, u64)>(),
        ) {
            let panel = panel(ships, reviews);
            prop_assert!((0.0..=1.0).contains(&panel.split()));
            let gap = gap(panel, Tally { ships: votes.0, skips: votes.1 });
            prop_assert!(gap.is_none_or(|gap| (0.0..=1.0).contains(&gap)));
        }
    }
}
