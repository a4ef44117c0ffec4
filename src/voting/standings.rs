//! The newest standing of every tool, in memory, so that a page is drawn without a query.
//!
//! It is loaded once and then told of every change: by the writer of votes for those of this process,
//! by the follower for those of others. Both tell it through [`Standings::publish`], which lets the
//! memory know before pages are told that they are stale: whatever [`Freshness`] knows of, is here.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use diesel::QueryResult;

use super::{
    left_out::{self, LeftOut},
    store::{self, Standing},
    stream::Hub,
};
use crate::{
    db::{Db, freshness::Freshness},
    stats::Tally,
};

/// The newest standings that are known.
#[derive(Default)]
pub struct Standings {
    /// Tools that nobody has voted on are missing.
    known: RwLock<HashMap<i64, Standing>>,
    /// What is left out of the tallies, and at which revision of the tally that was; tools that all
    /// votes count of are missing.
    left_out: RwLock<HashMap<i64, (i64, LeftOut)>>,
    freshness: Arc<Freshness>,
    hub: Arc<Hub>,
}

impl Standings {
    /// Loads what is stored. `freshness` has to know no newer votes than those that were stored when
    /// this was called: what was changed later is told by whoever changes it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(conn: &mut Db, freshness: Arc<Freshness>, hub: Arc<Hub>) -> QueryResult<Self> {
        let known = store::all_standings(conn)?;
        let left_out = left_out::of_all(conn)?.into_iter().map(|(id, left)| (id, (0, left))).collect();
        Ok(Self { known: RwLock::new(known), left_out: RwLock::new(left_out), freshness, hub })
    }

    /// Takes notice of what is left out of a tool's tally since this revision of it; to be told before
    /// [`publish`](Self::publish).
    pub fn leave_out(&self, tool_id: i64, revision: i64, left_out: LeftOut) {
        let mut known = self.left_out.write().unwrap_or_else(PoisonError::into_inner);
        if known.get(&tool_id).is_some_and(|(newest, _)| *newest > revision) {
            return;
        }
        if left_out == LeftOut::default() && !known.contains_key(&tool_id) {
            return;
        }
        known.insert(tool_id, (revision, left_out));
    }

    /// What is left out of a tool's tally.
    #[must_use]
    pub fn left_out(&self, tool_id: i64) -> LeftOut {
        let known = self.left_out.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&tool_id).map(|(_, left_out)| left_out.clone()).unwrap_or_default()
    }

    /// Takes notice of a tool's standing after its commit, and tells pages in memory and open streams
    /// of it. One that is older than what is known changes nothing.
    pub fn publish(&self, tool_id: i64, standing: &Standing) {
        {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            let held = known.entry(tool_id).or_default();
            if standing.revision > held.revision {
                *held = *standing;
            }
        }
        self.freshness.notice_tool(tool_id, standing.revision);
        self.hub.publish(tool_id, standing);
    }

    /// Forgets a tool that was deleted, after the commit.
    pub fn forget(&self, tool_id: i64) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(&tool_id);
        self.left_out.write().unwrap_or_else(PoisonError::into_inner).remove(&tool_id);
    }

    /// Forgets the tools that were deleted: those that have no standing any more at this version of all votes. One
    /// that was told since is newer, and stays.
    pub(super) fn forget_missing(&self, stored: &HashSet<i64>, version: i64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut left_out = self.left_out.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|id, standing| {
            let stays = standing.revision > version || stored.contains(id);
            if !stays {
                left_out.remove(id);
            }
            stays
        });
    }

    /// The tallies of these tools; of one that nobody voted on, zero.
    #[must_use]
    pub fn tallies(&self, tool_ids: &[i64]) -> HashMap<i64, Tally> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        tool_ids.iter().map(|id| (*id, known.get(id).copied().unwrap_or_default().tally)).collect()
    }

    /// The tallies of all tools that somebody voted on.
    #[must_use]
    pub fn all_tallies(&self) -> HashMap<i64, Tally> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(id, standing)| (*id, standing.tally)).collect()
    }

    /// Shows the newest standings to whoever watches these tools. Watch first and call this after, so
    /// that no vote falls in between.
    pub fn show(&self, tool_ids: impl IntoIterator<Item = i64>) {
        for id in tool_ids {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let standing = known.get(&id).copied().unwrap_or_default();
            drop(known);
            self.hub.publish(id, &standing);
        }
    }

    /// What is known of the newest versions.
    #[must_use]
    pub fn freshness(&self) -> &Freshness {
        &self.freshness
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::db::{
        freshness::{Votes, is_fresh},
        versions::Versions,
    };

    fn standing(revision: i64) -> Standing {
        Standing { tally: Tally { ships: revision.unsigned_abs(), skips: 0 }, revision }
    }

    proptest! {
        #[test]
        fn in_whatever_order_news_come_the_newest_is_known(news in prop::collection::vec((1..4i64, 1..50i64), 0..40)) {
            let standings = Standings::default();
            for (tool, revision) in &news {
                standings.publish(*tool, &standing(*revision));
                // What pages are told to show can be shown.
                let wanted = standings.freshness().wanted(&Votes::Of(vec![*tool])).votes;
                prop_assert!(i64::try_from(standings.tallies(&[*tool])[tool].ships).unwrap_or(0) >= wanted);
            }
            for tool in 1..4 {
                let newest = news.iter().filter(|(id, _)| *id == tool).map(|(_, revision)| *revision).max();
                let known = standings.tallies(&[tool])[&tool].ships;
                prop_assert_eq!(known, newest.unwrap_or(0).unsigned_abs());
                prop_assert_eq!(standings.all_tallies().get(&tool).map(|tally| tally.ships), newest.map(i64::unsigned_abs));
            }
        }
    }

    #[test]
    fn a_page_made_after_the_news_is_fresh() {
        let standings = Standings::default();
        standings.publish(1, &standing(3));
        let made = standings.freshness().now();
        assert_eq!(made, Versions { votes: 3, ..Versions::default() });
        assert!(is_fresh(made, standings.freshness().wanted(&Votes::All)));
        standings.publish(1, &standing(4));
        assert!(!is_fresh(made, standings.freshness().wanted(&Votes::All)));
    }

    #[test]
    fn what_was_deleted_is_forgotten_and_what_is_newer_stays() {
        let standings = Standings::default();
        for (tool, revision) in [(1, 3), (2, 4), (3, 5)] {
            standings.publish(tool, &standing(revision));
        }
        // As of version 4 only the second has a tally; the third got its own since.
        standings.forget_missing(&HashSet::from([2]), 4);
        let mut known: Vec<i64> = standings.all_tallies().into_keys().collect();
        known.sort_unstable();
        assert_eq!(known, [2, 3]);
        standings.forget(2);
        assert_eq!(standings.all_tallies().into_keys().collect::<Vec<_>>(), [3]);
    }
}
