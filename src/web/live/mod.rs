//! Live updates: the newest state per key, and frames rendered from it once for all who watch.
//!
//! A [`Board`] holds the newest state of whatever somebody watches. [`Frames`] turns states into
//! ready-made server-sent events, the first at once and then at most one per [`EVERY`], shared by
//! all subscribers of a key. Both are built on watch channels, so that a slow reader gets the
//! newest state and never a backlog, and holds constant memory.

mod frame;
mod frames;
mod streams;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

pub use self::{
    frame::{Frame, event, part},
    frames::{EVERY, Frames},
    streams::Streams,
};

/// A state of which it is known whether another is newer.
pub trait Versioned: Clone + Send + Sync + 'static {
    /// Rises with every change.
    fn revision(&self) -> i64;
}

/// The newest state of every key that somebody watches.
pub struct Board<K, S> {
    topics: Mutex<HashMap<K, watch::Sender<Option<S>>>>,
}

impl<K: Hash + Eq + Clone, S: Versioned> Default for Board<K, S> {
    fn default() -> Self {
        Self { topics: Mutex::default() }
    }
}

impl<K: Hash + Eq + Clone, S: Versioned> Board<K, S> {
    /// Begins to watch a key. Watch first and load the state after, then [`publish`](Self::publish)
    /// what was loaded: so no change is missed in between.
    pub fn watch(&self, key: K) -> watch::Receiver<Option<S>> {
        lock(&self.topics).entry(key).or_insert_with(|| watch::Sender::new(None)).subscribe()
    }

    /// The keys that are watched.
    pub fn watched(&self) -> Vec<K> {
        let mut topics = lock(&self.topics);
        topics.retain(|_, topic| topic.receiver_count() > 0);
        topics.keys().cloned().collect()
    }

    /// Lets whoever watches one of these keys know that nothing more comes.
    pub fn close(&self, keys: &[K]) {
        let mut topics = lock(&self.topics);
        keys.iter().for_each(|key| drop(topics.remove(key)));
    }

    /// Shows `state` to whoever watches `key`, unless they have seen it or a newer one.
    pub fn publish(&self, key: &K, state: &S) {
        let mut topics = lock(&self.topics);
        let Some(topic) = topics.get(key) else { return };
        if topic.receiver_count() == 0 {
            topics.remove(key);
            return;
        }
        topic.send_if_modified(|known| {
            let newer = known.as_ref().is_none_or(|known| state.revision() > known.revision());
            if newer {
                *known = Some(state.clone());
            }
            newer
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The maps stay whole whatever panics, so a poisoned lock is still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A state to test with.
    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Count(pub i64);

    impl Versioned for Count {
        fn revision(&self) -> i64 {
            self.0
        }
    }

    #[test]
    fn an_older_state_never_replaces_a_newer_one() {
        let board = Board::default();
        let seen = board.watch("a");
        board.publish(&"a", &Count(2));
        board.publish(&"a", &Count(1));
        assert_eq!(*seen.borrow(), Some(Count(2)));
    }

    #[test]
    fn a_key_that_nobody_watches_is_forgotten() {
        let board = Board::default();
        drop(board.watch("a"));
        board.publish(&"a", &Count(1));
        assert!(lock(&board.topics).is_empty());
    }
}
