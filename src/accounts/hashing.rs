//! Who may hash a password next. Two hashes are computed at once; many who wait for theirs are a way to keep others out,
//! so each network has a line of its own:
//!
//! - at most two of a network get into the common line, where networks so take turns, however long their own lines are;
//! - whoever signs in from where that account has signed in before overtakes all others: these wait before the places,
//!   not at them;
//! - every line has an end, and whoever finds it full, or waits for long, is asked to try again.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::web::error::AppError;
use crate::web::network::widest;
use crate::web::page::compute;

/// How many hashes are computed at once: each holds 19 MiB while it runs.
const PLACES: usize = 2;

/// How many of one network wait at most.
const LINE: usize = 32;

/// How many wait at most in all: strangers, and as many of those who are known.
const CROWD: usize = 2048;

/// How long somebody waits for a place before being asked to try again.
const PATIENCE: Duration = Duration::from_secs(10);

static HASHING: std::sync::LazyLock<Hashing> = std::sync::LazyLock::new(Hashing::default);

/// For whom a password is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    network: IpAddr,
    is_known: bool,
}

impl Caller {
    /// Somebody at this address of whom nothing is known.
    pub fn stranger(address: IpAddr) -> Self {
        Self { network: widest(address), is_known: false }
    }

    /// Somebody who is signed in at this address, or has been.
    pub fn known(address: IpAddr) -> Self {
        Self { network: widest(address), is_known: true }
    }
}

/// Does the work off the async workers, as soon as it is the caller's turn.
pub(super) async fn run<T: Send + 'static>(
    caller: Caller,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let turn = tokio::time::timeout(PATIENCE, HASHING.turn(caller)).await;
    let Ok(Ok(turn)) = turn else { return Err(AppError::Unavailable) };
    // The place is held by the work, not by the request, which may be gone before it is done.
    let held = move || {
        let _turn = turn;
        Ok(work())
    };
    compute(held).await
}

struct Hashing {
    /// The places themselves, whose line is short.
    places: Arc<Semaphore>,
    /// Strangers pass here first, so that no more of them stand in that line than there are places.
    strangers: Arc<Semaphore>,
    /// How many more may wait, known or not.
    crowds: [Arc<Semaphore>; 2],
    /// The lines of networks in which somebody waits, known or not.
    lines: Arc<Mutex<HashMap<Caller, Line>>>,
}

/// The line of one network: its two foremost, and how many stand in it.
struct Line {
    foremost: Arc<Semaphore>,
    length: usize,
}

impl Default for Hashing {
    fn default() -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self {
            places: semaphore(PLACES),
            strangers: semaphore(PLACES),
            crowds: [semaphore(CROWD), semaphore(CROWD)],
            lines: Arc::default(),
        }
    }
}

impl std::hash::Hash for Caller {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.network, self.is_known).hash(state);
    }
}

/// The right to compute a hash, with all that others wait for; given back in this order.
struct Turn {
    _place: OwnedSemaphorePermit,
    _stranger: Option<OwnedSemaphorePermit>,
    _foremost: OwnedSemaphorePermit,
    _standing: Standing,
    _crowd: OwnedSemaphorePermit,
}

impl Hashing {
    /// Waits for a turn. [`AppError::Unavailable`] at once where too many wait already.
    async fn turn(&self, caller: Caller) -> Result<Turn, AppError> {
        let crowd = Arc::clone(&self.crowds[usize::from(caller.is_known)]);
        let crowd = crowd.try_acquire_owned().map_err(|_| AppError::Unavailable)?;
        let (standing, foremost) = Standing::join(&self.lines, caller)?;
        let foremost = next(foremost).await?;
        let stranger = if caller.is_known { None } else { Some(next(Arc::clone(&self.strangers)).await?) };
        let place = next(Arc::clone(&self.places)).await?;
        Ok(Turn {
            _place: place,
            _stranger: stranger,
            _foremost: foremost,
            _standing: standing,
            _crowd: crowd,
        })
    }
}

async fn next(semaphore: Arc<Semaphore>) -> Result<OwnedSemaphorePermit, AppError> {
    semaphore.acquire_owned().await.map_err(|cause| AppError::internal(&cause))
}

/// A place in the line of a network, given up when this is dropped; the line goes with the last of it.
struct Standing {
    lines: Arc<Mutex<HashMap<Caller, Line>>>,
    caller: Caller,
}

impl Standing {
    fn join(
        lines: &Arc<Mutex<HashMap<Caller, Line>>>,
        caller: Caller,
    ) -> Result<(Self, Arc<Semaphore>), AppError> {
        let mut open = lines.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Line { foremost: Arc::new(Semaphore::new(PLACES)), length: 0 };
        let line = open.entry(caller).or_insert_with(new);
        if line.length >= LINE {
            return Err(AppError::Unavailable);
        }
        line.length += 1;
        let foremost = Arc::clone(&line.foremost);
        drop(open);
        Ok((Self { lines: Arc::clone(lines), caller }, foremost))
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        let mut open = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = open.get_mut(&self.caller) {
            line.length -= 1;
            if line.length == 0 {
                open.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use std::task::Poll;

    use futures_util::future::BoxFuture;
    use futures_util::{FutureExt, poll};

    use super::*;

    type Waiting<'a> = BoxFuture<'a, Result<Turn, AppError>>;

    /// Somebody who has begun to wait; all are told apart by the order of these calls.
    async fn begin(hashing: &Hashing, caller: Caller) -> (Waiting<'_>, Option<Turn>) {
        let mut waiting = hashing.turn(caller).boxed();
        match poll!(&mut waiting) {
            Poll::Ready(turn) => (waiting, Some(turn.unwrap())),
            Poll::Pending => (waiting, None),
        }
    }

    fn stranger(network: u8) -> Caller {
        Caller::stranger([192, 0, 2, network].into())
    }

    #[actix_web::test]
    async fn a_network_that_floods_the_line_delays_others_by_two_places_at_most() {
        let hashing = Hashing::default();
        let (_, first) = begin(&hashing, stranger(1)).await;
        let (_, second) = begin(&hashing, stranger(1)).await;
        let mut flood = Vec::new();
        for _ in 2..LINE {
            let (waiting, turn) = begin(&hashing, stranger(1)).await;
            assert!(turn.is_none());
            flood.push(waiting);
        }
        assert!(matches!(hashing.turn(stranger(1)).await, Err(AppError::Unavailable)), "its line is full");
        let (mut other, turn) = begin(&hashing, stranger(2)).await;
        assert!(turn.is_none(), "both places are taken");
        drop(first);
        assert!(poll!(&mut other).is_ready(), "whoever came last of all but first of their network is next");
        drop((second, flood, other));
        assert!(hashing.lines.lock().unwrap().is_empty(), "nothing is kept of those who are gone");
    }

    #[actix_web::test]
    async fn whoever_is_known_overtakes_all_who_are_not() {
        let hashing = Hashing::default();
        let (_, first) = begin(&hashing, stranger(1)).await;
        let (_, second) = begin(&hashing, stranger(2)).await;
        let mut crowd = Vec::new();
        for network in 3..100 {
            let (waiting, turn) = begin(&hashing, stranger(network)).await;
            assert!(turn.is_none());
            crowd.push(waiting);
        }
        let (mut owner, turn) = begin(&hashing, Caller::known([192, 0, 2, 1].into())).await;
        assert!(turn.is_none());
        drop(first);
        assert!(poll!(&mut crowd[0]).is_pending(), "a stranger waits");
        assert!(poll!(&mut owner).is_ready(), "the owner does not");
        drop(second);
        assert!(poll!(&mut crowd[0]).is_ready());
    }

    #[actix_web::test]
    async fn addresses_of_one_48_stand_in_one_line() {
        let caller = |address: &str| Caller::stranger(address.parse().unwrap());
        assert_eq!(caller("2001:db8:1:2::3"), caller("2001:db8:1:ffff::4"));
        assert_ne!(caller("2001:db8:1::"), caller("2001:db8:2::"));
    }
}
