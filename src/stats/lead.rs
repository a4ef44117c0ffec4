//! Two tools head to head: which of them leads, and how sure that is. No page decides this for itself.

use super::flip::higher_share;
use super::rules::{ENOUGH_VOTES, EVEN_BELOW};
use super::{Side, Tally, chance_ahead};

/// What may be said of who leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lead {
    /// There is no contest: one of the two has no votes, or neither has.
    NoVotes,
    /// Either has fewer than [`ENOUGH_VOTES`] votes, or its higher share and the chance point to different tools.
    TooFewVotes {
        /// The chance that the community prefers the first of the two, 0 to 1; so also below.
        first: f64,
    },
    /// The shares are equal, and the chance tells them no more apart than that.
    Tied { first: f64 },
    /// One has the higher share, and the chance is on its side.
    Of {
        leader: Side,
        /// The chance that the community prefers the leader, at least 0.5.
        chance: f64,
    },
}

impl Lead {
    /// Compares the votes on two tools.
    pub fn between(a: Tally, b: Tally) -> Self {
        let Some(first) = chance_ahead(a, b) else { return Self::NoVotes };
        if a.votes().min(b.votes()) < ENOUGH_VOTES {
            return Self::TooFewVotes { first };
        }
        match higher_share(a, b) {
            Some(Side::First) if first >= 0.5 => Self::Of { leader: Side::First, chance: first },
            Some(Side::Second) if first <= 0.5 => Self::Of { leader: Side::Second, chance: 1.0 - first },
            None if first.max(1.0 - first) < EVEN_BELOW => Self::Tied { first },
            _ => Self::TooFewVotes { first },
        }
    }

    /// The chance of the likelier of the two, whether it leads or not: 0.5 to 1. `None` unless both have a vote.
    pub fn chance(self) -> Option<f64> {
        match self {
            Self::NoVotes => None,
            Self::TooFewVotes { first } | Self::Tied { first } => Some(first.max(1.0 - first)),
            Self::Of { chance, .. } => Some(chance),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tally((ships, skips): (u64, u64)) -> Tally {
        Tally { ships, skips }
    }

    fn between(a: (u64, u64), b: (u64, u64)) -> Lead {
        Lead::between(tally(a), tally(b))
    }

    #[test]
    fn a_leader_has_ten_votes_the_higher_share_and_the_chance() {
        // All of 10 is the higher share, but 480 of 485 are likelier to be the better tool.
        assert!(matches!(between((10, 0), (480, 5)), Lead::TooFewVotes { first } if first < 0.2));
        // The same share, and yet not the same.
        assert!(matches!(between((10, 0), (1_000, 0)), Lead::TooFewVotes { .. }));
        assert!(matches!(between((10, 10), (40, 40)), Lead::Tied { .. }));
        assert!(matches!(between((9, 0), (0, 900)), Lead::TooFewVotes { first } if first > 0.99));
        assert!(matches!(between((9, 1), (0, 10)), Lead::Of { leader: Side::First, .. }));
        assert_eq!((between((0, 0), (5, 5)), between((5, 5), (0, 0))), (Lead::NoVotes, Lead::NoVotes));
        assert_eq!(Lead::NoVotes.chance(), None);
    }

    proptest! {
        #[test]
        fn nobody_leads_with_the_lower_share_or_the_lower_chance(
            a in (0..60_u64, 0..60_u64), b in (0..2_000_u64, 0..60_u64),
        ) {
            let lead = between(a, b);
            let turned = match between(b, a) {
                Lead::Of { leader, chance } => {
                    let (_, other) = leader.order(Side::First, Side::Second);
                    Lead::Of { leader: other, chance }
                }
                other => other,
            };
            prop_assert_eq!(std::mem::discriminant(&lead), std::mem::discriminant(&turned));
            if let Lead::Of { leader, chance } = lead {
                let (ahead, behind) = leader.order(a, b);
                prop_assert!(ahead.0 * (behind.0 + behind.1) > behind.0 * (ahead.0 + ahead.1));
                prop_assert!((0.5..=1.0).contains(&chance));
                prop_assert!(a.0 + a.1 >= ENOUGH_VOTES && b.0 + b.1 >= ENOUGH_VOTES);
                let is_same = matches!(turned, Lead::Of { leader: same, .. } if same == leader);
                prop_assert!(is_same);
            }
        }
    }
}
