//! Two tools head to head: how many votes would change their order.

use std::cmp::Ordering;

use super::Tally;

/// The fewest further votes, all skip on the leader or all ship on the other, after which the other's share of ships
/// is strictly greater. `None` unless both have a vote.
///
/// In whole numbers, for any counts: with leader (s, k) and other (t, l) in (ships, skips), the other is ahead when
/// t·k > s·l. The smallest k for which that holds is ⌊s·l / t⌋ + 1, the smallest t is ⌊s·l / k⌋ + 1.
pub fn votes_to_flip(a: Tally, b: Tally) -> Option<Flip> {
    if a.votes() == 0 || b.votes() == 0 {
        return None;
    }
    let Some(leader) = higher_share(a, b) else { return Some(Flip::Tied) };
    let (ahead, behind) = leader.order(a, b);
    let product = cross(ahead, behind);
    // Division by zero is the impossible route: without ships the other stays at 0 %, which no leader falls below,
    // and without skips the leader stays at 100 %, which no other passes. The subtraction cannot go below zero,
    // since the leader leads.
    let beyond = |divisor: u64, now: u64| {
        let most_before = product.checked_div(divisor.into())?;
        Some(most_before.saturating_sub(now.into()) + 1)
    };
    let skips = beyond(behind.ships, ahead.skips);
    let ships = beyond(ahead.skips, behind.ships);
    let (votes, by) = match (skips, ships) {
        (None, None) => return Some(Flip::Never),
        (Some(skips), None) => (skips, FlipBy::SkipsOnLeader),
        (None, Some(ships)) => (ships, FlipBy::ShipsOnOther),
        (Some(skips), Some(ships)) => match skips.cmp(&ships) {
            Ordering::Less => (skips, FlipBy::SkipsOnLeader),
            Ordering::Equal => (skips, FlipBy::Either),
            Ordering::Greater => (ships, FlipBy::ShipsOnOther),
        },
    };
    let votes = u64::try_from(votes).unwrap_or(u64::MAX);
    Some(Flip::After { votes, leader, by })
}

/// What it takes to change the order of two tools' shares of ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flip {
    /// The shares are equal now: one further vote can put either ahead.
    Tied,
    /// The order changes after these votes.
    After {
        /// How many; at least 1, `u64::MAX` for any larger number.
        votes: u64,
        /// Which of the two leads now.
        leader: Side,
        /// What they all have to be.
        by: FlipBy,
    },
    /// All votes of the leader say ship and all of the other skip: neither kind of vote alone changes the order.
    Never,
}

impl Flip {
    /// The number of votes: 1 for a tie, `None` where no number is enough.
    pub fn votes(self) -> Option<u64> {
        match self {
            Flip::Tied => Some(1),
            Flip::After { votes, .. } => Some(votes),
            Flip::Never => None,
        }
    }
}

/// The shortest way to change the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlipBy {
    /// All skip, on the tool that leads.
    SkipsOnLeader,
    /// All ship, on the tool that is behind.
    ShipsOnOther,
    /// As many of the one kind as of the other; the kinds are not mixed.
    Either,
}

/// One of two tools, in the order they were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The first of the two.
    First,
    /// The second of the two.
    Second,
}

impl Side {
    /// The one on this side, and then the other.
    pub fn order<T>(self, first: T, second: T) -> (T, T) {
        match self {
            Side::First => (first, second),
            Side::Second => (second, first),
        }
    }
}

/// Which of two has the greater share of ships; `None` where the shares are equal. Both must have votes.
pub(super) fn higher_share(a: Tally, b: Tally) -> Option<Side> {
    match cross(a, b).cmp(&cross(b, a)) {
        Ordering::Greater => Some(Side::First),
        Ordering::Less => Some(Side::Second),
        Ordering::Equal => None,
    }
}

/// Compares shares without dividing: a is ahead of b when `cross(a, b) > cross(b, a)`.
fn cross(a: Tally, b: Tally) -> u128 {
    u128::from(a.ships) * u128::from(b.skips)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tally(ships: u64, skips: u64) -> Tally {
        Tally { ships, skips }
    }

    fn any_tally() -> impl Strategy<Value = Tally> {
        let count = || prop_oneof![0..20_u64, any::<u64>(), Just(u64::MAX)];
        (count(), count()).prop_map(|(ships, skips)| tally(ships, skips))
    }

    /// Whether the share of ships of `a` is greater, as the definition has it: by division.
    fn is_ahead(a: (u64, u64), b: (u64, u64)) -> bool {
        a.0 * (b.0 + b.1) > b.0 * (a.0 + a.1)
    }

    /// The fewest votes and how, by trying; 2,000 is more than the counts of these tests ever need.
    fn by_trying(a: (u64, u64), b: (u64, u64)) -> Flip {
        let (leader, ahead, behind) = match (is_ahead(a, b), is_ahead(b, a)) {
            (true, _) => (Side::First, a, b),
            (_, true) => (Side::Second, b, a),
            _ => return Flip::Tied,
        };
        for votes in 1..2_000 {
            let by_skips = is_ahead(behind, (ahead.0, ahead.1 + votes));
            let by_ships = is_ahead((behind.0 + votes, behind.1), ahead);
            let by = match (by_skips, by_ships) {
                (true, true) => FlipBy::Either,
                (true, false) => FlipBy::SkipsOnLeader,
                (false, true) => FlipBy::ShipsOnOther,
                (false, false) => continue,
            };
            return Flip::After { votes, leader, by };
        }
        Flip::Never
    }

    #[test]
    fn worked_examples_come_out() {
        let after = |votes, leader, by| Some(Flip::After { votes, leader, by });
        for (a, b, expected) in [
            // 12/15 against 1/2: with 10 skips 12/25 is below, with 9 12/24 is equal; with 4 ships 5/6 is above.
            ((12, 3), (1, 1), after(4, Side::First, FlipBy::ShipsOnOther)),
            // 1/1 against 1/2: 1/2 is equal, 1/3 is below; all ships never pass 100 %.
            ((1, 1), (1, 0), after(2, Side::Second, FlipBy::SkipsOnLeader)),
            // 1/2 against 0/1: nothing is below 0 %, and 2/3 is above.
            ((1, 1), (0, 1), after(2, Side::First, FlipBy::ShipsOnOther)),
            // 2/3 against 1/2: 2/5 is below and 3/4 is above, one vote fewer is a tie or no change.
            ((2, 1), (1, 1), after(2, Side::First, FlipBy::Either)),
            // 100 % against almost 0 %: nearly 2^128 skips, more than can be counted.
            ((u64::MAX, 0), (1, u64::MAX), after(u64::MAX, Side::First, FlipBy::SkipsOnLeader)),
            // Equal shares are a tie whatever the counts.
            ((1, 1), (40, 40), Some(Flip::Tied)),
            ((0, 5), (0, 2), Some(Flip::Tied)),
            ((3, 0), (u64::MAX, 0), Some(Flip::Tied)),
            ((2, 1), (4, 2), Some(Flip::Tied)),
            ((1, 0), (0, 1), Some(Flip::Never)),
            ((0, 7), (9, 0), Some(Flip::Never)),
            // A tool without votes has no contest.
            ((0, 0), (1, 0), None),
            ((1, 0), (0, 0), None),
        ] {
            assert_eq!(votes_to_flip(tally(a.0, a.1), tally(b.0, b.1)), expected);
        }
        assert_eq!((Flip::Tied.votes(), Flip::Never.votes()), (Some(1), None));
    }

    proptest! {
        #[test]
        fn the_formula_finds_what_trying_finds(
            a in (0..30_u64, 0..30_u64), b in (0..30_u64, 0..30_u64),
        ) {
            prop_assume!(a != (0, 0) && b != (0, 0));
            prop_assert_eq!(votes_to_flip(tally(a.0, a.1), tally(b.0, b.1)), Some(by_trying(a, b)));
        }

        #[test]
        fn after_these_votes_the_order_is_changed_and_one_fewer_is_not_enough(
            a in (0..1_000_000_u64, 0..1_000_000_u64), b in (0..1_000_000_u64, 0..1_000_000_u64),
        ) {
            let flip = votes_to_flip(tally(a.0, a.1), tally(b.0, b.1));
            if let Some(Flip::After { votes, leader, by }) = flip {
                let (ahead, behind) = leader.order(a, b);
                let changes = |votes: u64| (
                    is_ahead(behind, (ahead.0, ahead.1 + votes)),
                    is_ahead((behind.0 + votes, behind.1), ahead),
                );
                prop_assert!(is_ahead(ahead, behind));
                prop_assert_eq!(changes(votes - 1), (false, false));
                prop_assert_eq!(changes(votes), (by != FlipBy::ShipsOnOther, by != FlipBy::SkipsOnLeader));
            }
        }

        #[test]
        fn any_counts_have_an_answer_that_does_not_depend_on_the_order(a in any_tally(), b in any_tally()) {
            let mirror = |flip| match flip {
                Flip::After { votes, leader: Side::First, by } => Flip::After { votes, leader: Side::Second, by },
                Flip::After { votes, leader: Side::Second, by } => Flip::After { votes, leader: Side::First, by },
                other => other,
            };
            let flip = votes_to_flip(a, b);
            prop_assert_eq!(flip.is_some(), a.votes() > 0 && b.votes() > 0);
            prop_assert_eq!(flip, votes_to_flip(b, a).map(mirror));
        }
    }
}
