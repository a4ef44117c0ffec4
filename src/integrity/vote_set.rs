//! Votes by name: whose, and on which tools. Forms name votes so, and not by an id or by what they have in common, so that
//! what is done to them is done to the votes that were shown: not to those of others who came since, and also to
//! those that their voters cast anew meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::votes;
use crate::stats::Choice;
use crate::votes::store::IDS_AT_ONCE;

/// How many votes are named at a time at most; more would not fit into a form.
pub const MOST: usize = 80_000;

/// Votes by tool and account. As text, `7:1,2;9:2` are those of 1 and 2 on 7 and of 2 on 9.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoteSet(BTreeMap<i64, BTreeSet<i64>>);

/// Id, tool and choice of a vote that counts.
pub(super) type CountedVote = (i64, i64, Choice);

impl VoteSet {
    /// The votes of these accounts on a tool.
    pub fn on_tool(tool: i64, accounts: BTreeSet<i64>) -> Self {
        Self([(tool, accounts)].into())
    }

    /// How many votes are named.
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }

    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those of the votes that count.
    pub(super) fn counted(&self, conn: &mut Db) -> QueryResult<Vec<CountedVote>> {
        let mut found = Vec::new();
        for (tool, accounts) in &self.0 {
            let accounts: Vec<i64> = accounts.iter().copied().collect();
            for accounts in accounts.chunks(IDS_AT_ONCE) {
                let of_these =
                    votes::table.filter(votes::tool_id.eq(tool)).filter(votes::account_id.eq_any(accounts));
                found.extend(counted(conn, of_these.into_boxed())?);
            }
        }
        Ok(found)
    }
}

/// The votes of an account that count.
pub(super) fn counted_of_account(conn: &mut Db, account_id: i64) -> QueryResult<Vec<CountedVote>> {
    counted(conn, votes::table.filter(votes::account_id.eq(account_id)).into_boxed())
}

fn counted(
    conn: &mut Db,
    of_these: votes::BoxedQuery<'_, <Db as Connection>::Backend>,
) -> QueryResult<Vec<CountedVote>> {
    of_these
        .filter(votes::exclusion_id.is_null())
        .select((votes::id, votes::tool_id, votes::choice))
        .load(conn)
}

impl FromIterator<(i64, i64)> for VoteSet {
    /// Of tools and accounts.
    fn from_iter<I: IntoIterator<Item = (i64, i64)>>(votes: I) -> Self {
        let mut set = Self::default();
        for (tool, account) in votes {
            set.0.entry(tool).or_default().insert(account);
        }
        set
    }
}

impl fmt::Display for VoteSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (tool, accounts)) in self.0.iter().enumerate() {
            let accounts: Vec<String> = accounts.iter().map(ToString::to_string).collect();
            write!(f, "{}{tool}:{}", if place > 0 { ";" } else { "" }, accounts.join(","))?;
        }
        Ok(())
    }
}

impl FromStr for VoteSet {
    type Err = ();

    /// Refuses what names no vote, or more than [`MOST`].
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut set = Self::default();
        for part in text.split(';') {
            let (tool, accounts) = part.split_once(':').ok_or(())?;
            let tool: i64 = tool.parse().map_err(drop)?;
            let accounts = accounts.split(',').map(|id| id.parse().map_err(drop));
            set.0.entry(tool).or_default().extend(accounts.collect::<Result<Vec<i64>, ()>>()?);
        }
        if set.len() > MOST { Err(()) } else { Ok(set) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_names_no_vote_is_refused() {
        for text in ["", "7", "7:", "7:a", "a:7", "7:1,", ";7:1", "7:1;", "7:99999999999999999999"] {
            assert_eq!(text.parse::<VoteSet>(), Err(()), "{text:?}");
        }
        let many: Vec<String> = (0..=MOST).map(|id| id.to_string()).collect();
        assert_eq!(format!("7:{}", many.join(",")).parse::<VoteSet>(), Err(()));
    }

    #[test]
    fn as_many_as_there_may_be_fit_into_a_form() {
        // Ids of seven digits, as a site with millions of accounts has them.
        let set: VoteSet = (0..MOST).map(|n| (1, 9_000_000 + i64::try_from(n).unwrap_or_default())).collect();
        assert!(set.to_string().len() < 700 * 1024, "{}", set.to_string().len());
    }

    proptest! {
        #[test]
        fn a_set_is_read_as_it_is_written(votes in prop::collection::vec((any::<i64>(), any::<i64>()), 1..50)) {
            let set: VoteSet = votes.into_iter().collect();
            prop_assert_eq!(set.to_string().parse(), Ok(set));
        }
    }
}
