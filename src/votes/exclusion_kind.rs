//! The kinds of reasons for which votes are excluded.

use crate::words;

/// For which kind of reason votes are excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExclusionKind {
    Burst,
    NewAccounts,
    SameVotes,
    OneNetwork,
    Suspended,
    Other,
}
words!(ExclusionKind {
    Burst = 0 "burst", NewAccounts = 1 "new-accounts", SameVotes = 2 "same-votes", OneNetwork = 3 "one-network",
    Suspended = 4 "suspended", Other = 5 "other"
});

impl ExclusionKind {
    /// Those that a moderator may choose; a suspended account's votes are excluded by suspending it.
    pub const CHOSEN: [Self; 5] =
        [Self::Burst, Self::NewAccounts, Self::SameVotes, Self::OneNetwork, Self::Other];

    /// The kind that a form names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_word(text).filter(|kind| Self::CHOSEN.contains(kind))
    }

    /// Its name in a list.
    pub fn label(self) -> &'static str {
        match self {
            Self::Burst => "Vote spike",
            Self::NewAccounts => "New accounts",
            Self::SameVotes => "Matching votes",
            Self::OneNetwork => "Same network",
            Self::Suspended => "Suspended account",
            Self::Other => "Other reason",
        }
    }

    /// What such a vote was: “it was …”.
    pub fn of_a_vote(self) -> &'static str {
        match self {
            Self::Burst => "part of a vote spike",
            Self::NewAccounts => "one of many votes by new accounts",
            Self::SameVotes => "one of many matching votes",
            Self::OneNetwork => "one of many votes from the same network",
            Self::Suspended => "cast by a suspended account",
            Self::Other => "excluded for another reason, which is in the moderation log",
        }
    }
}
