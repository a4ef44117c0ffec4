//! Open streams: how many there are, what goes out on them, and how they end.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::http::header::{self, ContentEncoding, Encoding};
use actix_web::http::{Method, Version};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse, body};
use futures_util::{Stream, StreamExt};
use tokio::sync::watch;
use tokio::time::Interval;
use tokio_stream::wrappers::WatchStream;

use super::{Frame, lock};
use crate::config::{Settings, Switch};
use crate::web::compressed::negotiated;
use crate::web::error::AppError;
use crate::web::guard::client_address;
use crate::web::network::widest;

/// How often a comment shows that a stream is alive.
const HEARTBEAT: Duration = Duration::from_secs(12);

/// How many streams one network may hold open, where limits are kept.
const MOST_OF_ONE_NETWORK: usize = 200;

/// How many streams are held open at once.
const MOST_STREAMS: usize = 20_000;

/// How a stream begins: by how long to wait, in milliseconds, before connecting anew.
static OPENING: LazyLock<Frame> = LazyLock::new(|| Frame::new("retry: 2000\n\n"));

/// A comment, which shows that a stream is alive.
static ALIVE: LazyLock<Frame> = LazyLock::new(|| Frame::new(":\n\n"));

/// What all streams share: how many are open, and the word that the site is closing.
#[derive(Clone)]
pub struct Streams {
    open: Arc<Count>,
    closing: watch::Sender<bool>,
}

/// The open streams: all, and those of each network.
#[derive(Default)]
struct Count {
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
    /// [`AppError::Unavailable`] when too many streams are open, [`AppError::TooManyRequests`] when
    /// too many of them belong to one network.
    pub fn answer(
        &self,
        request: &HttpRequest,
        frames: Vec<watch::Receiver<Option<Frame>>>,
    ) -> Result<HttpResponse, AppError> {
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((header::CONTENT_TYPE, "text/event-stream"))
            .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header(("X-Accel-Buffering", "no"));
        let encoding = negotiated(request, &[Encoding::gzip(), Encoding::identity()]);
        if encoding != ContentEncoding::Identity {
            answer.insert_header(encoding);
        }
        if *request.method() == Method::HEAD {
            // Nobody knows how long it will be, so nothing is said of it.
            return Ok(answer.body(body::None::new()));
        }
        if request.version() < Version::HTTP_11 {
            // What has no chunks ends with its connection.
            answer.force_close();
        }
        let place = Place::take(&self.open, request)?;
        let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let frames = frames.into_iter().map(WatchStream::new).collect();
        let closing = WatchStream::new(self.closing.subscribe());
        let mut answer =
            answer.streaming(Open { encoding, begun: false, frames, beat, closing, _place: place });
        answer.head_mut().no_chunking(request.version() < Version::HTTP_11);
        Ok(answer)
    }
}

/// A stream that is open: it says how to reconnect, then each newest frame, and something while there is none.
struct Open {
    encoding: ContentEncoding,
    begun: bool,
    frames: Vec<WatchStream<Option<Frame>>>,
    beat: Interval,
    closing: WatchStream<bool>,
    _place: Place,
}

impl Stream for Open {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if !std::mem::replace(&mut this.begun, true) {
            return Poll::Ready(Some(Ok(OPENING.beginning(this.encoding))));
        }
        while let Poll::Ready(word) = this.closing.poll_next_unpin(context) {
            if word != Some(false) {
                return Poll::Ready(None);
            }
        }
        // Frames of one key are rare enough to leave the others their turn.
        let mut at = 0;
        while let Some(frames) = this.frames.get_mut(at) {
            match frames.poll_next_unpin(context) {
                Poll::Ready(Some(Some(frame))) => return Poll::Ready(Some(Ok(frame.bytes(this.encoding)))),
                Poll::Ready(Some(None)) => {}
                // Nobody draws these any more: the reader is to ask anew.
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => at += 1,
            }
        }
        this.beat.poll_tick(context).map(|_| Some(Ok(ALIVE.bytes(this.encoding))))
    }
}

/// A place among the open streams, given back when the stream ends.
struct Place {
    open: Arc<Count>,
    network: IpAddr,
}

impl Place {
    fn take(open: &Arc<Count>, request: &HttpRequest) -> Result<Self, AppError> {
        let network = widest(client_address(request));
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
    use std::future::poll_fn;

    use actix_web::body::MessageBody;
    use actix_web::test::TestRequest;

    use super::*;

    /// What a stream sends next; nothing, once it has ended.
    async fn next<B: MessageBody + Unpin>(body: &mut B) -> Option<String> {
        let bytes = poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await?;
        bytes.ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[actix_web::test]
    async fn a_stream_says_how_to_come_back_then_what_is_newest_until_the_site_closes() -> Result<(), AppError>
    {
        let (first, second) = (watch::Sender::new(None), watch::Sender::new(Some(Frame::new("a"))));
        let streams = Streams::default();
        let frames = vec![first.subscribe(), second.subscribe()];
        let request = TestRequest::default().peer_addr(([127, 0, 0, 1], 9).into()).to_http_request();
        let mut body = streams.answer(&request, frames)?.into_body();
        assert_eq!(next(&mut body).await.as_deref(), Some("retry: 2000\n\n"));
        assert_eq!(next(&mut body).await.as_deref(), Some("a"));
        for newest in ["b", "c", "d"] {
            second.send_replace(Some(Frame::new(newest)));
        }
        assert_eq!(next(&mut body).await.as_deref(), Some("d"), "nobody reads what is no longer so");
        first.send_replace(Some(Frame::new("e")));
        assert_eq!(next(&mut body).await.as_deref(), Some("e"));
        streams.close();
        assert_eq!(next(&mut body).await, None);
        assert_eq!(streams.open.all.load(Ordering::Relaxed), 1, "its place is taken while it is there");
        drop(body);
        assert_eq!(streams.open.all.load(Ordering::Relaxed), 0, "and given back");
        Ok(())
    }
}
