//! The order in which the community ranks tools, with ties shown as ties.

use std::cmp::Ordering;

use super::Tally;

/// Puts the tool that the community ranks higher first: by the lower end of the Wilson interval, tools without votes
/// last. `Equal` is a tie; what then comes first (the name, say) is the caller's to add for sorting.
pub fn by_community(a: &Tally, b: &Tally) -> Ordering {
    let has_none = |tally: &Tally| tally.votes() == 0;
    has_none(a).cmp(&has_none(b)).then_with(|| b.lower_bound().total_cmp(&a.lower_bound()))
}

/// The rank of each item, counted from 1, where equals share a rank and the next rank leaves a gap for them:
/// "1, 2, 2, 4", the standard competition ranking. The items are already in the order of `compare`; only its
/// `Equal` matters here.
pub fn rank_with_ties<T>(sorted: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Vec<usize> {
    let mut ranks = Vec::with_capacity(sorted.len());
    for (index, item) in sorted.iter().enumerate() {
        let rank = match (index.checked_sub(1), ranks.last()) {
            (Some(before), Some(&rank)) if compare(&sorted[before], item).is_eq() => rank,
            _ => index + 1,
        };
        ranks.push(rank);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tally(ships: u64, skips: u64) -> Tally {
        Tally { ships, skips }
    }

    #[test]
    fn equals_share_a_rank_and_leave_a_gap() {
        let ranks = |keys: &[i32]| rank_with_ties(keys, i32::cmp);
        assert_eq!(ranks(&[9, 7, 7, 4]), [1, 2, 2, 4]);
        assert_eq!(ranks(&[5, 5, 5, 1, 1, 0]), [1, 1, 1, 4, 4, 6]);
        assert_eq!(ranks(&[]), [0; 0]);
    }

    #[test]
    fn many_good_votes_rank_above_one_perfect_vote() {
        let mut tools = [tally(0, 0), tally(0, 10), tally(1, 0), tally(12, 3), tally(90, 10), tally(12, 3)];
        tools.sort_by(by_community);
        let expected = [tally(90, 10), tally(12, 3), tally(12, 3), tally(1, 0), tally(0, 10), tally(0, 0)];
        assert_eq!(tools, expected);
        assert_eq!(rank_with_ties(&tools, by_community), [1, 2, 2, 4, 5, 6]);
    }

    proptest! {
        #[test]
        fn the_order_is_total_and_ranks_follow_it(votes in prop::collection::vec((0..20_u64, 0..20_u64), 0..40)) {
            let mut tools: Vec<Tally> = votes.into_iter().map(|(ships, skips)| tally(ships, skips)).collect();
            tools.sort_by(by_community);
            let ranks = rank_with_ties(&tools, by_community);
            for (rank, tool) in ranks.iter().zip(&tools) {
                let better = tools.iter().filter(|other| by_community(other, tool).is_lt()).count();
                prop_assert_eq!(*rank, better + 1);
            }
        }
    }
}
