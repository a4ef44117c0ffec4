//! The community's votes on one tool, and what they say.

use std::cmp::Ordering;

use serde::Serialize;

use super::float;
use super::rules::{FORMING_FROM, SETTLED_FROM, Z};

/// How many accounts say ship and how many say skip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Votes that say ship.
    pub ships: u64,
    /// Votes that say skip.
    pub skips: u64,
}

impl Tally {
    /// All votes. Stops at `u64::MAX` where the sum would pass it; the shares below are right even then.
    pub fn votes(self) -> u64 {
        self.ships.saturating_add(self.skips)
    }

    /// Ships in percent of the votes, rounded half up in whole numbers. `None` without votes: `0%` means that all
    /// say skip, which is something else.
    pub fn ship_percent(self) -> Option<u8> {
        let ships = u128::from(self.ships);
        let votes = ships + u128::from(self.skips);
        // floor(100 · ships / votes + 1/2), with both sides of the fraction doubled to stay whole.
        let percent = (200 * ships + votes).checked_div(2 * votes)?;
        u8::try_from(percent).ok()
    }

    /// Ships as a share of the votes, 0 to 1. `None` without votes.
    pub fn ship_share(self) -> Option<f64> {
        (self.votes() > 0).then(|| float(self.ships) / (float(self.ships) + float(self.skips)))
    }

    /// The 95 % Wilson score interval for the share of ships among all who might vote. `None` without votes.
    ///
    /// With s ships, k skips, n = s + k and z = 1.959963984540054 the bounds are
    /// (s + z²/2 ± z·√(s·k/n + z²/4)) / (n + z²). E. B. Wilson, "Probable Inference, the Law of Succession, and
    /// Statistical Inference", Journal of the American Statistical Association 22 (1927), 209–212.
    pub fn interval(self) -> Option<Interval> {
        let share = self.ship_share()?;
        let (ships, skips) = (float(self.ships), float(self.skips));
        let reach = Z * (share * skips + Z * Z / 4.0).sqrt();
        let upper = ships + Z * Z / 2.0 + reach;
        // Both bounds are roots of one quadratic whose product is s²/n / (n + z²). Dividing that by the upper root
        // loses no digits, where subtracting `reach` would; and it is exactly 0 without ships. The comparisons with
        // the share hold in exact arithmetic; here they take off the last rounding error, so that the interval
        // always contains the share and ends at exactly 1 without skips.
        Some(Interval {
            low: (share * ships / upper).min(share),
            high: (upper / (ships + skips + Z * Z)).max(share).min(1.0),
        })
    }

    /// How far the vote has come.
    pub fn state(self) -> State {
        match self.votes() {
            0 => State::None,
            SETTLED_FROM.. => State::Settled,
            FORMING_FROM.. => State::Forming,
            _ => State::Early,
        }
    }

    /// The lower end of [`Tally::interval`], by which tools are ranked; 0 without votes. It cannot tell no votes
    /// from all skips: to put tools in order use [`super::by_community`].
    pub fn lower_bound(self) -> f64 {
        self.interval().map_or(0.0, |interval| interval.low)
    }

    /// What the majority says; `None` without votes.
    pub fn verdict(self) -> Option<Verdict> {
        (self.votes() > 0).then(|| match self.ships.cmp(&self.skips) {
            Ordering::Greater => Verdict::Ship,
            Ordering::Equal => Verdict::Mixed,
            Ordering::Less => Verdict::Skip,
        })
    }
}

/// The range in which the share of ships may well lie; shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// The lower end in percent, rounded to one decimal.
    pub fn low_percent(self) -> f64 {
        to_tenths_of_percent(self.low)
    }

    /// The upper end in percent, rounded to one decimal.
    pub fn high_percent(self) -> f64 {
        to_tenths_of_percent(self.high)
    }
}

fn to_tenths_of_percent(share: f64) -> f64 {
    (share * 1000.0).round() / 10.0
}

/// How far a vote has come, by the number of votes alone.
///
/// The Wilson interval is widest at an even split, where its half-width is z / (2·√(n + z²)). 39 is the smallest n
/// at which that is below 15 percentage points (14.97; at 38 it is 15.15), so from then on no range is wider than
/// ±15 points. The step at 10 is a convention: at most ±26.4 points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// No votes.
    None,
    /// 1 to 9 votes.
    Early,
    /// 10 to 38 votes.
    Forming,
    /// 39 votes or more.
    Settled,
}

impl State {
    /// The words shown to readers.
    pub fn label(self) -> &'static str {
        match self {
            State::None => "No votes",
            State::Early => "Few votes",
            State::Forming => "Still moving",
            State::Settled => "Stable",
        }
    }
}

/// What most say, of reviewers or of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// More than half say ship.
    Ship,
    /// Exactly half say ship.
    Mixed,
    /// Less than half say ship.
    Skip,
}

impl Verdict {
    /// The word shown to readers.
    pub fn label(self) -> &'static str {
        match self {
            Verdict::Ship => "Ship",
            Verdict::Mixed => "Mixed",
            Verdict::Skip => "Skip",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn tally(ships: u64, skips: u64) -> Tally {
        Tally { ships, skips }
    }

    /// Small counts and any counts, as often.
    fn any_count() -> impl Strategy<Value = u64> {
        prop_oneof![0..200_u64, any::<u64>(), Just(u64::MAX)]
    }

    fn bounds(ships: u64, skips: u64) -> (f64, f64) {
        let interval = tally(ships, skips).interval();
        interval.map_or((f64::NAN, f64::NAN), |interval| (interval.low, interval.high))
    }

    #[test]
    fn without_votes_there_are_no_figures() {
        let none = Tally::default();
        assert_eq!(none.ship_percent(), None);
        assert_eq!(none.ship_share(), None);
        assert_eq!(none.interval(), None);
        assert_eq!(none.verdict(), None);
        assert_eq!(none.state(), State::None);
        assert!(none.lower_bound().abs() < f64::MIN_POSITIVE);
    }

    #[test]
    fn the_example_of_the_contract_comes_out() {
        let tally = tally(12, 3);
        let in_percent = |interval: Interval| json!([interval.low_percent(), interval.high_percent()]);
        assert_eq!(tally.votes(), 15);
        assert_eq!(tally.ship_percent(), Some(80));
        assert_eq!(tally.interval().map(in_percent), Some(json!([54.8, 93.0])));
        assert_eq!(tally.state(), State::Forming);
        assert_eq!(tally.verdict(), Some(Verdict::Ship));
    }

    #[test]
    fn intervals_agree_with_published_ones() {
        for (ships, skips, expected) in [
            // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
            // (1998), table I, method 3.
            (81, 182, (0.2553, 0.3662)),
            (15, 133, (0.0624, 0.1605)),
            (0, 20, (0.0, 0.1611)),
            (1, 28, (0.0061, 0.1718)),
            // Without skips the lower bound is n / (n + z²), without ships the upper one z² / (n + z²).
            (1, 0, (0.2065, 1.0)),
            (0, 10, (0.0, 0.2775)),
        ] {
            let (low, high) = bounds(ships, skips);
            let close = |a: f64, b: f64| (a - b).abs() <= 0.000_051;
            assert!(close(low, expected.0) && close(high, expected.1), "{low} to {high}");
        }
    }

    #[test]
    fn an_interval_ends_exactly_where_all_agree() {
        for votes in [1, 3, 7, 10, 39, 1_000_003, u64::MAX] {
            assert_eq!(bounds(0, votes).0.to_bits(), 0.0_f64.to_bits());
            assert_eq!(bounds(votes, 0).1.to_bits(), 1.0_f64.to_bits());
        }
    }

    #[test]
    fn percent_rounds_half_up() {
        // 0.5 % and 12.5 % are halves.
        let tallies = [(1, 199), (1, 200), (1, 7), (2, 1), (0, 5), (u64::MAX, u64::MAX)];
        let percents = tallies.map(|(ships, skips)| tally(ships, skips).ship_percent());
        assert_eq!(percents, [1, 0, 13, 67, 0, 50].map(Some));
    }

    #[test]
    fn states_change_at_1_10_and_39_votes() {
        let states = [0, 1, 9, 10, 38, 39, u64::MAX].map(|ships| tally(ships, 0).state());
        assert_eq!(
            json!(states),
            json!(["none", "early", "early", "forming", "forming", "settled", "settled"])
        );
        assert_eq!(tally(u64::MAX, 1).state(), State::Settled);
    }

    #[test]
    fn settled_means_within_15_points() {
        let half_width = |votes: u64, ships: u64| {
            let (low, high) = bounds(ships, votes - ships);
            (high - low) / 2.0
        };
        assert!((0..=39).all(|ships| half_width(39, ships) < 0.15));
        assert!(half_width(38, 19) > 0.15);
        assert!((half_width(38, 19) - 0.1515).abs() < 0.000_05);
        assert!((half_width(10, 5) - 0.2634).abs() < 0.000_05);
    }

    #[test]
    fn the_verdict_is_the_majority() {
        let labels = [tally(3, 1), tally(2, 2), tally(1, 3)].map(|tally| tally.verdict().map(Verdict::label));
        assert_eq!(labels, [Some("Ship"), Some("Mixed"), Some("Skip")]);
    }

    proptest! {
        #[test]
        fn percent_is_the_nearest_whole_number(ships in any_count(), skips in any_count()) {
            prop_assume!(ships > 0 || skips > 0);
            let percent = tally(ships, skips).ship_percent().map_or(-1, i128::from);
            let votes = i128::from(ships) + i128::from(skips);
            // percent − 1/2 <= 100 · ships / votes < percent + 1/2
            let twice = 200 * i128::from(ships);
            prop_assert!((2 * percent - 1) * votes <= twice && twice < (2 * percent + 1) * votes);
        }

        #[test]
        fn the_interval_contains_the_share(ships in any_count(), skips in any_count()) {
            prop_assume!(ships > 0 || skips > 0);
            let share = tally(ships, skips).ship_share().unwrap_or(f64::NAN);
            let (low, high) = bounds(ships, skips);
            prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
        }

        #[test]
        fn the_interval_of_the_opposite_votes_is_its_mirror(ships in any_count(), skips in any_count()) {
            prop_assume!(ships > 0 || skips > 0);
            let ((low, high), (mirror_low, mirror_high)) = (bounds(ships, skips), bounds(skips, ships));
            prop_assert!((low + mirror_high - 1.0).abs() < 1e-12 && (high + mirror_low - 1.0).abs() < 1e-12);
        }

        #[test]
        fn more_votes_of_the_same_share_narrow_it(ships in 0..1000_u64, skips in 0..1000_u64, times in 2..50_u64) {
            prop_assume!(ships + skips > 0);
            let ((low, high), (later_low, later_high)) = (bounds(ships, skips), bounds(ships * times, skips * times));
            prop_assert!(later_high - later_low < high - low);
        }

        #[test]
        fn one_more_ship_raises_both_ends(ships in 0..100_000_u64, skips in 0..100_000_u64) {
            prop_assume!(ships + skips > 0);
            let ((low, high), (later_low, later_high)) = (bounds(ships, skips), bounds(ships + 1, skips));
            prop_assert!(low < later_low && (high < later_high || skips == 0));
        }
    }
}
