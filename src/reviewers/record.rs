//! How a reviewer's verdicts compare with what the community says.

use crate::stats::rules::ENOUGH_VOTES;
use crate::stats::{Choice, Tally, Verdict};

/// How one verdict stands to the community's label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    Agrees,
    Differs,
    /// Exactly half of the community says ship: neither agreement nor disagreement.
    Mixed,
    /// Too few have voted to compare.
    TooFew,
}

impl Stand {
    /// How this verdict of a reviewer stands to the community's votes on the same tool.
    pub(super) fn of(verdict: Choice, community: Tally) -> Self {
        if community.votes() < ENOUGH_VOTES {
            return Self::TooFew;
        }
        match (community.verdict(), verdict) {
            (Some(Verdict::Ship), Choice::Ship) | (Some(Verdict::Skip), Choice::Skip) => Self::Agrees,
            (Some(Verdict::Ship), Choice::Skip) | (Some(Verdict::Skip), Choice::Ship) => Self::Differs,
            (Some(Verdict::Mixed) | None, _) => Self::Mixed,
        }
    }
}

/// How often the community agrees with a reviewer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Agreement {
    pub agrees: u64,
    pub differs: u64,
    pub mixed: u64,
    pub too_few: u64,
}

impl Agreement {
    /// Verdicts that can agree or differ.
    pub(super) fn compared(self) -> u64 {
        self.agrees + self.differs
    }
}

/// Counts how a reviewer's verdicts stand.
pub(super) fn agreement(stands: impl Iterator<Item = Stand>) -> Agreement {
    stands.fold(Agreement::default(), |mut sum, stand| {
        let count = match stand {
            Stand::Agrees => &mut sum.agrees,
            Stand::Differs => &mut sum.differs,
            Stand::Mixed => &mut sum.mixed,
            Stand::TooFew => &mut sum.too_few,
        };
        *count += 1;
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stand(verdict: Choice, ships: u64, skips: u64) -> Stand {
        Stand::of(verdict, Tally { ships, skips })
    }

    #[test]
    fn a_verdict_agrees_when_it_equals_the_label_of_enough_votes() {
        assert_eq!(stand(Choice::Ship, 6, 4), Stand::Agrees);
        assert_eq!(stand(Choice::Skip, 6, 4), Stand::Differs);
        assert_eq!(stand(Choice::Skip, 4, 6), Stand::Agrees);
        assert_eq!(stand(Choice::Ship, 9, 0), Stand::TooFew);
    }

    #[test]
    fn mixed_counts_as_neither() {
        let stands = [
            stand(Choice::Ship, 5, 5),
            stand(Choice::Skip, 5, 5),
            stand(Choice::Ship, 8, 2),
            stand(Choice::Ship, 2, 8),
            stand(Choice::Skip, 0, 0),
        ];
        let sum = agreement(stands.into_iter());
        assert_eq!(sum, Agreement { agrees: 1, differs: 1, mixed: 2, too_few: 1 });
        assert_eq!(sum.compared(), 2);
    }
}
