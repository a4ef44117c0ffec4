//! Frames made from states: once for all who watch, and not too many.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

use super::{Frame, Versioned, lock};

/// The shortest time between two frames of one key.
pub const EVERY: Duration = Duration::from_millis(100);

/// Frames per key, each rendered once for all its subscribers.
pub struct Frames<K> {
    topics: Arc<Mutex<HashMap<K, watch::Sender<Option<Frame>>>>>,
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static> Default for Frames<K> {
    fn default() -> Self {
        Self { topics: Arc::default() }
    }
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static> Frames<K> {
    /// Subscribes to the frames of `key`. The first subscriber's `render` is run whenever one of
    /// `sources` changes, and once at the beginning, when all of them have a state.
    pub fn subscribe<S: Versioned>(
        &self,
        key: K,
        sources: Vec<watch::Receiver<Option<S>>>,
        render: impl Fn(&[S]) -> Frame + Send + 'static,
    ) -> watch::Receiver<Option<Frame>> {
        let mut topics = lock(&self.topics);
        if let Some(topic) = topics.get(&key) {
            return topic.subscribe();
        }
        let topic = watch::Sender::new(None);
        let receiver = topic.subscribe();
        topics.insert(key.clone(), topic.clone());
        tokio::spawn(drive(key, topic, Arc::clone(&self.topics), sources, render));
        receiver
    }
}

/// Renders frames as long as anybody is subscribed and every source can change.
async fn drive<K: Hash + Eq, S: Versioned>(
    key: K,
    topic: watch::Sender<Option<Frame>>,
    topics: Arc<Mutex<HashMap<K, watch::Sender<Option<Frame>>>>>,
    mut sources: Vec<watch::Receiver<Option<S>>>,
    render: impl Fn(&[S]) -> Frame,
) {
    // Whatever ends this, a topic that nobody draws for must not stay: new readers would wait in vain.
    let _leaving = Leaving { key: &key, topic: &topic, topics: &topics };
    loop {
        let states: Option<Vec<S>> =
            sources.iter_mut().map(|source| source.borrow_and_update().clone()).collect();
        if let Some(states) = states {
            topic.send_replace(Some(render(&states)));
            tokio::time::sleep(EVERY).await;
        }
        tokio::select! {
            changed = any_changed(&mut sources) => if changed.is_err() { return },
            () = topic.closed() => {
                // Somebody may subscribe between the last one's leaving and this lock.
                let mut topics = lock(&topics);
                if topic.receiver_count() == 0 {
                    topics.remove(&key);
                    return;
                }
            }
        }
    }
}

/// Takes a topic out of the map when its driver ends, unless another has taken its place.
struct Leaving<'a, K: Hash + Eq> {
    key: &'a K,
    topic: &'a watch::Sender<Option<Frame>>,
    topics: &'a Mutex<HashMap<K, watch::Sender<Option<Frame>>>>,
}

impl<K: Hash + Eq> Drop for Leaving<'_, K> {
    fn drop(&mut self) {
        let mut topics = lock(self.topics);
        if topics.get(self.key).is_some_and(|known| known.same_channel(self.topic)) {
            topics.remove(self.key);
        }
    }
}

/// An error when one of them changes no more.
async fn any_changed<S>(sources: &mut [watch::Receiver<Option<S>>]) -> Result<(), watch::error::RecvError> {
    let changes = sources.iter_mut().map(|source| Box::pin(source.changed()));
    futures_util::future::select_all(changes).await.0
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use actix_web::http::header::ContentEncoding;
    use actix_web::web::Bytes;

    use super::super::Board;
    use super::super::tests::Count;
    use super::*;

    fn text(counts: &[Count]) -> Frame {
        Frame::new(format!("{counts:?}"))
    }

    fn told(seen: &mut watch::Receiver<Option<Frame>>) -> Option<Bytes> {
        seen.borrow_and_update().as_ref().map(|frame| frame.bytes(ContentEncoding::Identity))
    }

    #[actix_web::test]
    async fn the_first_frame_comes_at_once_and_bursts_are_drawn_together() {
        let (board, frames) = (Board::default(), Frames::default());
        let source = board.watch(1);
        board.publish(&1, &Count(1));
        let mut seen = frames.subscribe("one", vec![source], text);
        seen.changed().await.unwrap();
        assert_eq!(told(&mut seen).as_deref(), Some(&b"[Count(1)]"[..]));
        for n in 2..=500 {
            board.publish(&1, &Count(n));
        }
        seen.changed().await.unwrap();
        assert_eq!(told(&mut seen).as_deref(), Some(&b"[Count(500)]"[..]));
        assert!(tokio::time::timeout(EVERY * 3, seen.changed()).await.is_err(), "nothing more has changed");
    }

    #[actix_web::test]
    async fn a_topic_ends_when_one_of_its_sources_is_gone() {
        let (board, frames) = (Board::default(), Frames::default());
        let sources = [1, 2].map(|key| board.watch(key)).to_vec();
        [1, 2].iter().for_each(|key| board.publish(key, &Count(1)));
        let mut seen = frames.subscribe("both", sources, text);
        seen.changed().await.unwrap();
        board.close(&[2]);
        assert!(seen.changed().await.is_err());
        assert!(lock(&frames.topics).is_empty(), "whoever subscribes now gets another");
        assert_eq!(board.watched(), [0; 0], "nor does it hold the other");
    }

    #[actix_web::test]
    async fn a_topic_ends_with_its_last_subscriber() {
        let (board, frames) = (Board::default(), Frames::default());
        board.publish(&1, &Count(1));
        let seen = frames.subscribe("one", vec![board.watch(1)], text);
        drop(seen);
        tokio::time::timeout(Duration::from_secs(5), async {
            while !lock(&frames.topics).is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .unwrap();
    }
}
