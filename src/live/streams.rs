//! Open streams: how many there are, what goes out on them, and how they end.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::IpAddr,
    sync::{
        Arc, Mutex,
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

use super::{Frame, lock};
use crate::{
    config::{Settings, Switch},
    error::AppError,
    guard::client_address,
    limits::network,
};

/// How often a comment shows that a stream is alive.
const HEARTBEAT: Duration = Duration::from_secs(12);

/// How many streams one network may hold open, where limits are kept.
const MOST_OF_ONE_NETWORK: usize = 200;

/// How many streams are held open at once.
const MOST_STREAMS: usize = 20_000;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_stream_says_within_fifteen_seconds_that_it_is_alive() {
        assert!(HEARTBEAT < Duration::from_secs(15));
    }
}
