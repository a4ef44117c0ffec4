//! What this process knows of the newest versions, so that a copy in memory can be judged without a
//! query: which version of catalogue and accounts is stored, and at which version of all votes each
//! tool last changed.
//!
//! Whoever changes something in this process tells it here after the commit and before answering;
//! what other processes change is noticed by whoever follows the database, and what is in memory counts only while that was
//! lately: see [`Lease`].

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::db::lease::Lease;
use crate::db::versions::Versions;

/// The newest versions that are known.
#[derive(Debug, Default)]
pub struct Freshness {
    catalogue: AtomicI64,
    accounts: AtomicI64,
    /// Begins with the stored version of all votes and rises with every change that is told here. It is a count of this
    /// process: one stored version may stand for the votes on many tools, which are told one after the other.
    votes: AtomicI64,
    /// At which count the votes on a tool last changed; tools that have not changed since the start are missing.
    tools: RwLock<HashMap<i64, i64>>,
    lease: Lease,
}

/// How long something is remembered without being asked for anew.
const REMEMBERED: Duration = Duration::from_secs(30);

/// How many things are remembered at most.
const MOST_REMEMBERED: u64 = 100_000;

/// A short memory of what depends on accounts and sessions: an entry counts for half a minute, and
/// only while no account has changed since it was asked for.
pub struct Recent<K, V> {
    entries: moka::sync::Cache<K, (V, AskedAt)>,
    /// How often something was forgotten: what was asked for before that may be what was forgotten.
    forgotten: AtomicI64,
    freshness: Arc<Freshness>,
}

/// When something was asked for, as versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedAt {
    accounts: i64,
    forgotten: i64,
}

impl<K, V> Recent<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// An empty memory.
    pub fn new(freshness: Arc<Freshness>) -> Self {
        let entries =
            moka::sync::Cache::builder().max_capacity(MOST_REMEMBERED).time_to_live(REMEMBERED).build();
        Self { entries, forgotten: AtomicI64::new(0), freshness }
    }

    /// Now; to be taken before the database is asked.
    pub fn moment(&self) -> AskedAt {
        AskedAt { accounts: self.freshness.accounts(), forgotten: self.forgotten.load(Ordering::Acquire) }
    }

    /// What is remembered of `key`, if it still counts.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.entries
            .get(key)
            .filter(|(_, asked)| asked.accounts >= self.freshness.accounts())
            .map(|(value, _)| value)
    }

    /// Remembers what the database answered when it was asked at this moment, unless something was
    /// forgotten since.
    pub fn remember(&self, key: K, value: V, asked: AskedAt) {
        if asked.forgotten == self.forgotten.load(Ordering::Acquire) {
            self.entries.insert(key, (value, asked));
        }
    }

    /// Forgets `key`.
    pub fn forget<Q: Hash + Eq + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        self.entries.invalidate(key);
    }
}

/// On which votes something depends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Votes {
    /// The votes on these tools.
    Of(Vec<i64>),
    /// All votes.
    All,
}

impl Freshness {
    /// Begins with what is stored.
    pub fn new(stored: Versions) -> Self {
        let fresh = Self { votes: stored.votes.into(), ..Self::default() };
        fresh.notice(stored);
        fresh
    }

    /// For how long all of this counts.
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Takes notice of the versions of catalogue and accounts; older ones than are known change nothing. Of votes notice
    /// is taken tool by tool, by [`notice_tool`](Self::notice_tool).
    pub fn notice(&self, versions: Versions) {
        self.catalogue.fetch_max(versions.catalogue, Ordering::AcqRel);
        self.accounts.fetch_max(versions.accounts, Ordering::AcqRel);
    }

    /// Takes notice of a change of the votes on a tool, which has to be in memory by now.
    pub fn notice_tool(&self, tool_id: i64) {
        let mut tools = self.tools.write().unwrap_or_else(PoisonError::into_inner);
        let count = self.votes.fetch_add(1, Ordering::AcqRel) + 1;
        tools.insert(tool_id, count);
    }

    /// The newest versions. Taken before something is loaded, they say how new it is at least.
    pub fn now(&self) -> Versions {
        Versions {
            catalogue: self.catalogue.load(Ordering::Acquire),
            accounts: self.accounts.load(Ordering::Acquire),
            votes: self.votes.load(Ordering::Acquire),
        }
    }

    /// The version of accounts and sessions.
    pub fn accounts(&self) -> i64 {
        self.accounts.load(Ordering::Acquire)
    }

    /// The versions that something must have been made from to be fresh: for votes, the last change
    /// of any tool it shows.
    pub fn wanted(&self, votes: &Votes) -> Versions {
        let mut wanted = self.now();
        if let Votes::Of(ids) = votes {
            let tools = self.tools.read().unwrap_or_else(PoisonError::into_inner);
            wanted.votes = ids.iter().filter_map(|id| tools.get(id)).copied().max().unwrap_or_default();
        }
        wanted
    }
}

/// Whether something made from `made` is as new as `wanted`.
pub fn is_fresh(made: Versions, wanted: Versions) -> bool {
    made.catalogue >= wanted.catalogue && made.accounts >= wanted.accounts && made.votes >= wanted.votes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tools_that_are_shown_count() {
        let fresh = Freshness::new(Versions { catalogue: 1, accounts: 1, votes: 7 });
        let made = fresh.now();
        let shown = Votes::Of(vec![1, 2]);
        fresh.notice_tool(3);
        assert!(is_fresh(made, fresh.wanted(&shown)));
        assert!(!is_fresh(made, fresh.wanted(&Votes::All)));
        fresh.notice_tool(2);
        assert!(!is_fresh(made, fresh.wanted(&shown)));
        assert!(is_fresh(fresh.now(), fresh.wanted(&shown)));
    }

    #[test]
    fn older_news_change_nothing() {
        let fresh = Freshness::new(Versions { catalogue: 5, accounts: 5, votes: 5 });
        fresh.notice(Versions { catalogue: 4, accounts: 6, votes: 1 });
        assert_eq!(fresh.now(), Versions { catalogue: 5, accounts: 6, votes: 5 });
        fresh.notice(Versions { catalogue: 7, accounts: 7, votes: 9 });
        assert_eq!(fresh.now(), Versions { catalogue: 7, accounts: 7, votes: 5 });
    }
}
