//! Live updates: the newest state per key, and frames rendered from it once for all who watch.
//!
//! A [`Board`] holds the newest state of whatever somebody watches. [`Frames`] turns states into
//! ready-made server-sent events, the first at once and then at most one per [`EVERY`], shared by
//! all subscribers of a key. Both are built on watch channels, so that a slow reader gets the
//! newest state and never a backlog, and holds constant memory.

use std::{
    collections::HashMap,
    convert::Infallible,
    hash::Hash,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web::{self, Bytes},
};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::watch;
use tokio_stream::wrappers::{IntervalStream, WatchStream};

use crate::{
    config::{Settings, Switch},
    error::AppError,
    guard::client_address,
    limits::network,
};

/// The shortest time between two frames of one key.
pub const EVERY: Duration = Duration::from_millis(100);

/// How often a comment shows that a stream is alive.
const HEARTBEAT: Duration = Duration::from_secs(12);

/// How many streams one network may hold open, where limits are kept.
const MOST_OF_ONE_NETWORK: usize = 200;

/// How many streams are held open at once.
const MOST_STREAMS: usize = 20_000;

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

/// One or more server-sent events, ready for the wire.
pub type Frame = Option<Bytes>;

/// Frames per key, each rendered once for all its subscribers.
pub struct Frames<K> {
    topics: Arc<Mutex<HashMap<K, watch::Sender<Frame>>>>,
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
        render: impl Fn(&[S]) -> Bytes + Send + 'static,
    ) -> watch::Receiver<Frame> {
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

/// Renders frames as long as anybody is subscribed.
async fn drive<K: Hash + Eq, S: Versioned>(
    key: K,
    topic: watch::Sender<Frame>,
    topics: Arc<Mutex<HashMap<K, watch::Sender<Frame>>>>,
    mut sources: Vec<watch::Receiver<Option<S>>>,
    render: impl Fn(&[S]) -> Bytes,
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
            () = any_changed(&mut sources) => {}
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
    topic: &'a watch::Sender<Frame>,
    topics: &'a Mutex<HashMap<K, watch::Sender<Frame>>>,
}

impl<K: Hash + Eq> Drop for Leaving<'_, K> {
    fn drop(&mut self) {
        let mut topics = lock(self.topics);
        if topics.get(self.key).is_some_and(|known| known.same_channel(self.topic)) {
            topics.remove(self.key);
        }
    }
}

async fn any_changed<S>(sources: &mut [watch::Receiver<Option<S>>]) {
    let changes = sources.iter_mut().map(|source| {
        Box::pin(async move {
            // A sender that is gone brings no more changes.
            if source.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    });
    futures_util::future::select_all(changes).await;
}

/// What all streams share: how many are open, and the word that the site is closing.
#[derive(Clone)]
pub struct Streams {
    open: Arc<Open>,
    closing: watch::Sender<bool>,
}

/// The open streams: all, and those of each network.
#[derive(Default)]
struct Open {
    all: AtomicUsize,
    by_network: Mutex<HashMap<IpAddr, usize>>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { open: Arc::default(), closing: watch::Sender::new(false) }
    }
}

impl Streams {
    /// Ends all streams, so that the server can stop.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// The answer that carries frames for as long as the reader stays; its headers alone to HEAD,
    /// which would otherwise hold its connection for a body that never comes.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when too many streams are open, [`AppError::TooManyRequests`] when
    /// too many of them belong to one network.
    pub fn answer(
        &self,
        request: &HttpRequest,
        frames: Vec<watch::Receiver<Frame>>,
    ) -> Result<HttpResponse, AppError> {
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((header::CONTENT_TYPE, "text/event-stream"))
            .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
            .insert_header(("X-Accel-Buffering", "no"));
        if *request.method() == Method::HEAD {
            return Ok(answer.finish());
        }
        let place = Place::take(&self.open, request)?;
        let body = self.events(frames).map(move |bytes| {
            let _held = &place;
            Ok::<_, Infallible>(bytes)
        });
        Ok(answer.streaming(body))
    }

    fn events(&self, frames: Vec<watch::Receiver<Frame>>) -> impl Stream<Item = Bytes> + 'static {
        let changes =
            stream::select_all(frames.into_iter().map(WatchStream::new)).filter_map(std::future::ready);
        let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let beats = IntervalStream::new(beat).map(|_| Bytes::from_static(b":\n\n"));
        let mut closing = self.closing.subscribe();
        let closed = async move {
            let _ = closing.wait_for(|closing| *closing).await;
        };
        stream::once(std::future::ready(Bytes::from_static(b"retry: 2000\n\n")))
            .chain(stream::select(changes, beats))
            .take_until(Box::pin(closed))
    }
}

/// A place among the open streams, given back when the stream ends.
struct Place {
    open: Arc<Open>,
    network: IpAddr,
}

impl Place {
    fn take(open: &Arc<Open>, request: &HttpRequest) -> Result<Self, AppError> {
        let network = network(client_address(request));
        let limited = request
            .app_data::<web::Data<Settings>>()
            .is_none_or(|settings| settings.rate_limits == Switch::On);
        open.all.fetch_add(1, Ordering::Relaxed);
        *lock(&open.by_network).entry(network).or_default() += 1;
        // From here on the place is given back, whatever is answered.
        let place = Self { open: Arc::clone(open), network };
        if open.all.load(Ordering::Relaxed) > MOST_STREAMS {
            return Err(AppError::Unavailable);
        }
        if limited && lock(&open.by_network).get(&network).is_some_and(|held| *held > MOST_OF_ONE_NETWORK) {
            return Err(AppError::TooManyRequests { retry_after: 10 });
        }
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.all.fetch_sub(1, Ordering::Relaxed);
        let mut by_network = lock(&self.open.by_network);
        if let Some(held) = by_network.get_mut(&self.network) {
            *held -= 1;
            if *held == 0 {
                by_network.remove(&self.network);
            }
        }
    }
}

/// One server-sent event; `data` is a single line.
#[must_use]
pub fn event(name: &str, data: &str) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// An event that replaces the inside of the page's element `id`.
#[must_use]
pub fn part(id: &str, html: &str) -> String {
    event("part", &serde_json::json!({ "id": id, "html": html }).to_string())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The maps stay whole whatever panics, so a poisoned lock is still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Count(i64);

    impl Versioned for Count {
        fn revision(&self) -> i64 {
            self.0
        }
    }

    fn text(counts: &[Count]) -> Bytes {
        format!("{counts:?}").into()
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

    #[actix_web::test]
    async fn the_first_frame_comes_at_once_and_bursts_are_drawn_together() {
        let (board, frames) = (Board::default(), Frames::default());
        let source = board.watch(1);
        board.publish(&1, &Count(1));
        let mut seen = frames.subscribe("one", vec![source], text);
        seen.changed().await.unwrap();
        assert_eq!(seen.borrow_and_update().as_deref(), Some(&b"[Count(1)]"[..]));
        for n in 2..=500 {
            board.publish(&1, &Count(n));
        }
        seen.changed().await.unwrap();
        assert_eq!(seen.borrow_and_update().as_deref(), Some(&b"[Count(500)]"[..]));
        assert!(tokio::time::timeout(EVERY * 3, seen.changed()).await.is_err(), "nothing more has changed");
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

    #[test]
    fn a_quiet_stream_says_within_fifteen_seconds_that_it_is_alive() {
        assert!(HEARTBEAT < Duration::from_secs(15));
    }

    #[test]
    fn a_part_is_one_line_of_data() {
        assert_eq!(part("x", "<b>\n</b>"), "event: part\ndata: {\"html\":\"<b>\\n</b>\",\"id\":\"x\"}\n\n");
    }
}
