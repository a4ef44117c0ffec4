//! How a reviewer's verdicts compare with what the community says.

use crate::stats::rules::ENOUGH_VOTES;
use crate::stats::{Choice, Tally, Verdict};

/// A reviewer's verdict on a tool, beside the community's votes on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opinion {
    pub verdict: Choice,
    pub community: Tally,
}

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

impl Opinion {
    pub(super) fn stand(self) -> Stand {
        if self.community.votes() < ENOUGH_VOTES {
            return Stand::TooFew;
        }
        match (self.community.verdict(), self.verdict) {
            (Some(Verdict::Ship), Choice::Ship) | (Some(Verdict::Skip), Choice::Skip) => Stand::Agrees,
            (Some(Verdict::Ship), Choice::Skip) | (Some(Verdict::Skip), Choice::Ship) => Stand::Differs,
            (Some(Verdict::Mixed) | None, _) => Stand::Mixed,
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
pub(super) fn agreement(opinions: impl Iterator<Item = Opinion>) -> Agreement {
    opinions.fold(Agreement::default(), |mut sum, opinion| {
        let count = match opinion.stand() {
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

    fn opinion(verdict: Choice, ships: u64, skips: u64) -> Opinion {
        Opinion { verdict, community: Tally { ships, skips } }
    }

    #[test]
    fn a_verdict_agrees_when_it_equals_the_label_of_enough_votes() {
        assert_eq!(opinion(Choice::Ship, 6, 4).stand(), Stand::Agrees);
        assert_eq!(opinion(Choice::Skip, 6, 4).stand(), Stand::Differs);
        assert_eq!(opinion(Choice::Skip, 4, 6).stand(), Stand::Agrees);
        assert_eq!(opinion(Choice::Ship, 9, 0).stand(), Stand::TooFew);
    }

    #[test]
    fn mixed_counts_as_neither() {
        let opinions = [
            opinion(Choice::Ship, 5, 5),
            opinion(Choice::Skip, 5, 5),
            opinion(Choice::Ship, 8, 2),
            opinion(Choice::Ship, 2, 8),
            opinion(Choice::Skip, 0, 0),
        ];
        let sum = agreement(opinions.into_iter());
        assert_eq!(sum, Agreement { agrees: 1, differs: 1, mixed: 2, too_few: 1 });
        assert_eq!(sum.compared(), 2);
    }
}
