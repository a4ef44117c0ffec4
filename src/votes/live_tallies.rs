//! The newest tally of every tool, in memory, so that a page is drawn without a query.
//!
//! It is loaded once and then told of every change: by the writer of votes for those of this process,
//! by the poller for those of others. Both tell it through [`LiveTallies::publish`], which lets the
//! memory know before pages are told that they are stale: whatever [`Freshness`] knows of, is here.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use diesel::QueryResult;
use tokio::sync::watch;

use super::excluded::{self, ExcludedVotes};
use super::tally_store::{self, VersionedTally};
use crate::db::Db;
use crate::db::freshness::Freshness;
use crate::stats::Tally;
use crate::web::live::Board;

/// Tallies by the id of their tool. A page takes them once, so that it does not contradict itself.
pub type Tallies = HashMap<i64, Tally>;

/// The newest tallies that are known.
#[derive(Default)]
pub struct LiveTallies {
    /// Tools that nobody has voted on are missing.
    known: RwLock<HashMap<i64, LiveTally>>,
    freshness: Arc<Freshness>,
    board: Board<i64, VersionedTally>,
}

/// What is known of the votes on a tool.
#[derive(Default)]
struct LiveTally {
    newest: VersionedTally,
    excluded: ExcludedVotes,
    /// At which revision of the tally that was excluded.
    excluded_at: i64,
}

impl LiveTallies {
    /// Loads what is stored. `freshness` has to know no newer votes than those that were stored when
    /// this was called: what was changed later is told by whoever changes it.
    pub fn load(conn: &mut Db, freshness: Arc<Freshness>) -> QueryResult<Self> {
        let stored = tally_store::all_versioned(conn)?;
        let tools: Vec<i64> = stored.keys().copied().collect();
        let mut excluded = excluded::of_tools(conn, &tools)?;
        let known = stored.into_iter().map(|(id, newest)| {
            (id, LiveTally { newest, excluded: excluded.remove(&id).unwrap_or_default(), excluded_at: 0 })
        });
        Ok(Self { known: RwLock::new(known.collect()), freshness, board: Board::default() })
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<i64, LiveTally>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<i64, LiveTally>> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is left out of a tool's tally.
    pub fn excluded(&self, tool_id: i64) -> ExcludedVotes {
        self.read().get(&tool_id).map(|known| known.excluded.clone()).unwrap_or_default()
    }

    /// Takes notice of a tool's tally after its commit, and tells pages in memory and open streams
    /// of it. One that is older than what is known changes nothing.
    pub fn publish(&self, tool_id: i64, tally: &VersionedTally) {
        self.notice(tool_id, tally, None);
    }

    fn notice(&self, tool_id: i64, tally: &VersionedTally, excluded: Option<ExcludedVotes>) {
        {
            let mut all = self.write();
            let known = all.entry(tool_id).or_default();
            if let Some(excluded) = excluded
                && tally.revision >= known.excluded_at
            {
                (known.excluded, known.excluded_at) = (excluded, tally.revision);
            }
            if tally.revision > known.newest.revision {
                known.newest = *tally;
                // Under the lock: whoever comes with the same finds pages told already.
                self.freshness.notice_tool(tool_id);
            }
        }
        self.board.publish(&tool_id, tally);
    }

    /// Forgets a tool that was deleted, after the commit.
    pub fn forget(&self, tool_id: i64) {
        self.write().remove(&tool_id);
    }

    /// Forgets the tools that were deleted: those that have no tally any more at this version of all votes. One
    /// that was told since is newer, and stays.
    pub(super) fn forget_missing(&self, stored: &HashMap<i64, VersionedTally>, version: i64) {
        self.write().retain(|id, known| known.newest.revision > version || stored.contains_key(id));
    }

    /// The tally of a tool; of one that nobody voted on, zero.
    pub fn tally(&self, tool_id: i64) -> Tally {
        self.read().get(&tool_id).map(|known| known.newest.tally).unwrap_or_default()
    }

    /// The same with how new it is.
    pub fn versioned(&self, tool_id: i64) -> VersionedTally {
        self.read().get(&tool_id).map(|known| known.newest).unwrap_or_default()
    }

    /// The tallies of these tools at one moment; of one that nobody voted on, zero.
    pub fn tallies(&self, tool_ids: &[i64]) -> Tallies {
        let all = self.read();
        let tally = |id| all.get(id).map(|known| known.newest.tally).unwrap_or_default();
        tool_ids.iter().map(|id| (*id, tally(id))).collect()
    }

    /// The tallies of all tools that somebody voted on, at one moment.
    pub fn all_tallies(&self) -> Tallies {
        self.read().iter().map(|(id, known)| (*id, known.newest.tally)).collect()
    }

    /// Watches the tally of a tool, from the newest one on. It watches first and looks after, so that no vote falls in
    /// between.
    pub fn watch(&self, tool_id: i64) -> watch::Receiver<Option<VersionedTally>> {
        let watched = self.board.watch(tool_id);
        let newest = self.read().get(&tool_id).map(|known| known.newest).unwrap_or_default();
        self.board.publish(&tool_id, &newest);
        watched
    }

    /// The tools that somebody watches.
    pub(super) fn watched(&self) -> Vec<i64> {
        self.board.watched()
    }

    /// Ends the watching of tools that readers can see no more: streams of them end, and whoever comes back is shown what
    /// took their place.
    pub(super) fn stop_watching(&self, tool_ids: &[i64]) {
        self.board.close(tool_ids);
    }

    /// The revision of the tally that changed last; 0 before the first vote.
    pub(super) fn newest_revision(&self) -> i64 {
        self.read().values().map(|known| known.newest.revision).max().unwrap_or_default()
    }

    /// What is known of the newest versions.
    pub fn freshness(&self) -> &Freshness {
        &self.freshness
    }
}

/// Tallies that a transaction changed, with what is excluded from them, which may have changed too.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ChangedTallies(Vec<(i64, VersionedTally, ExcludedVotes)>);

impl ChangedTallies {
    /// These tallies, with what is excluded from them now.
    pub fn load(conn: &mut Db, changed: Vec<(i64, VersionedTally)>) -> QueryResult<Self> {
        let tools: Vec<i64> = changed.iter().map(|(id, _)| *id).collect();
        let mut excluded = excluded::of_tools(conn, &tools)?;
        let with_excluded = |(id, tally)| (id, tally, excluded.remove(&id).unwrap_or_default());
        Ok(Self(changed.into_iter().map(with_excluded).collect()))
    }

    /// Tells pages in memory and open streams, after the commit.
    pub fn tell(&self, tallies: &LiveTallies) {
        for (tool_id, tally, excluded) in &self.0 {
            tallies.notice(*tool_id, tally, Some(excluded.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::db::freshness::{Votes, is_fresh};

    fn tally(revision: i64) -> VersionedTally {
        VersionedTally { tally: Tally { ships: revision.unsigned_abs(), skips: 0 }, revision }
    }

    proptest! {
        #[test]
        fn in_whatever_order_news_come_the_newest_is_known(news in prop::collection::vec((1..4i64, 1..50i64), 0..40)) {
            let tallies = LiveTallies::default();
            let mut newest: HashMap<i64, i64> = HashMap::new();
            for (tool, revision) in &news {
                let made = tallies.freshness().now();
                tallies.publish(*tool, &tally(*revision));
                let is_news = newest.get(tool).is_none_or(|known| revision > known);
                let shown = Votes::Of(vec![*tool]);
                prop_assert_eq!(is_fresh(made, tallies.freshness().wanted(&shown)), !is_news);
                newest.entry(*tool).and_modify(|known| *known = (*known).max(*revision)).or_insert(*revision);
            }
            for tool in 1..4 {
                let newest = newest.get(&tool).map(|revision| revision.unsigned_abs());
                prop_assert_eq!(tallies.tallies(&[tool])[&tool].ships, newest.unwrap_or(0));
                prop_assert_eq!(tallies.all_tallies().get(&tool).map(|tally| tally.ships), newest);
            }
        }
    }

    #[test]
    fn a_page_made_after_the_news_is_fresh() {
        let tallies = LiveTallies::default();
        tallies.publish(1, &tally(3));
        let made = tallies.freshness().now();
        assert!(is_fresh(made, tallies.freshness().wanted(&Votes::All)));
        tallies.publish(1, &tally(4));
        assert!(!is_fresh(made, tallies.freshness().wanted(&Votes::All)));
    }

    #[test]
    fn a_page_made_between_two_tallies_of_one_commit_is_stale() {
        let tallies = LiveTallies::default();
        tallies.publish(1, &tally(3));
        // The second of the same commit, or an older one that is told late.
        for (tool, revision) in [(2, 3), (3, 2)] {
            let made = tallies.freshness().now();
            tallies.publish(tool, &tally(revision));
            for shown in [Votes::Of(vec![tool]), Votes::All] {
                assert!(!is_fresh(made, tallies.freshness().wanted(&shown)));
            }
        }
    }

    #[test]
    fn what_was_deleted_is_forgotten_and_what_is_newer_stays() {
        let tallies = LiveTallies::default();
        for (tool, revision) in [(1, 3), (2, 4), (3, 5)] {
            tallies.publish(tool, &tally(revision));
        }
        // As of version 4 only the second has a tally; the third got its own since.
        tallies.forget_missing(&HashMap::from([(2, tally(4))]), 4);
        let mut known: Vec<i64> = tallies.all_tallies().into_keys().collect();
        known.sort_unstable();
        assert_eq!(known, [2, 3]);
        tallies.forget(2);
        assert_eq!(tallies.all_tallies().into_keys().collect::<Vec<_>>(), [3]);
    }
}
