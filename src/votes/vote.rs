//! The rules of a vote: what it changes in a tally, and who may cast it.

use std::ops::AddAssign;

use super::exclusion_kind::ExclusionKind;
use crate::config::Voters;
use crate::stats::Choice;

/// What somebody wants their vote on a tool to be; `None` removes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    pub account_id: i64,
    /// The tool's slug.
    pub tool: String,
    pub choice: Option<Choice>,
    /// A keyed hash of the network it comes from, where that is known.
    pub network: Option<i64>,
}

/// By how much a tally moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delta {
    pub ships: i64,
    pub skips: i64,
}

impl AddAssign for Delta {
    fn add_assign(&mut self, other: Self) {
        self.ships += other.ships;
        self.skips += other.skips;
    }
}

/// What changes in a tally when one account's vote goes from `old` to `new`: all nine cases.
pub fn delta(old: Option<Choice>, new: Option<Choice>) -> Delta {
    let change = |choice| i64::from(new == Some(choice)) - i64::from(old == Some(choice));
    Delta { ships: change(Choice::Ship), skips: change(Choice::Skip) }
}

/// What must be known of an account before it votes.
#[derive(Debug, Clone, Copy)]
pub struct Voter {
    pub suspended: bool,
    pub verified: bool,
}

/// Why a vote is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VoteRefusal {
    /// There is no published tool of that name.
    #[error("There is no such tool.")]
    UnknownTool,
    /// The account is gone.
    #[error("Sign in first.")]
    NoAccount,
    /// The account is suspended.
    #[error("This account is suspended, so it cannot vote.")]
    Suspended,
    /// The account's address is not confirmed, and this site wants that.
    #[error("Confirm your email address before you vote.")]
    Unconfirmed,
    /// The account's vote on the tool is one that moderators have excluded.
    #[error(
        "Moderators excluded your vote on this tool: it was {}. It is stored but does not count. You cannot change or \
         remove it.",
        .0.of_a_vote()
    )]
    Excluded(ExclusionKind),
}

/// Whether an account may vote on a site where `voters` may, or why not.
pub fn may_vote(voter: Option<Voter>, voters: Voters) -> Result<(), VoteRefusal> {
    match voter {
        None => Err(VoteRefusal::NoAccount),
        Some(Voter { suspended: true, .. }) => Err(VoteRefusal::Suspended),
        Some(Voter { verified: false, .. }) if voters == Voters::Verified => Err(VoteRefusal::Unconfirmed),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn votes() -> impl Strategy<Value = Option<Choice>> {
        prop_oneof![Just(None), Just(Some(Choice::Ship)), Just(Some(Choice::Skip))]
    }

    fn counted(vote: Option<Choice>) -> (i64, i64) {
        (i64::from(vote == Some(Choice::Ship)), i64::from(vote == Some(Choice::Skip)))
    }

    proptest! {
        #[test]
        fn a_delta_turns_the_count_of_the_old_vote_into_that_of_the_new(old in votes(), new in votes()) {
            let change = delta(old, new);
            let before = counted(old);
            prop_assert_eq!((before.0 + change.ships, before.1 + change.skips), counted(new));
        }

        #[test]
        fn a_row_of_changes_counts_like_its_last(row in proptest::collection::vec(votes(), 0..20)) {
            let mut tally = (0, 0);
            let mut vote = None;
            for next in row {
                let change = delta(vote, next);
                tally = (tally.0 + change.ships, tally.1 + change.skips);
                vote = next;
            }
            prop_assert_eq!(tally, counted(vote));
        }
    }

    #[test]
    fn who_may_vote_depends_on_the_account_and_the_site() {
        let voter = |suspended, verified| Some(Voter { suspended, verified });
        assert_eq!(may_vote(voter(false, false), Voters::Anyone), Ok(()));
        assert_eq!(may_vote(voter(false, false), Voters::Verified), Err(VoteRefusal::Unconfirmed));
        assert_eq!(may_vote(voter(false, true), Voters::Verified), Ok(()));
        assert_eq!(may_vote(voter(true, true), Voters::Anyone), Err(VoteRefusal::Suspended));
        assert_eq!(may_vote(None, Voters::Anyone), Err(VoteRefusal::NoAccount));
    }
}
