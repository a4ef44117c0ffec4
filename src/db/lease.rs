//! For how long what is in memory counts: while the last look at the database that succeeded is younger than [`LEASE`].
//!
//! Whatever other processes write is noticed by looking (`votes/poller.rs`), again and again. Should that be late, on a busy
//! machine say, requests wait for a look; one serves all who wait.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::Thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::timeout;

use crate::web::error::AppError;

/// How old the last look may be.
pub const LEASE: Duration = Duration::from_millis(500);

/// How long a request waits for a look.
const PATIENCE: Duration = Duration::from_secs(5);

/// When the database was last looked at.
#[derive(Debug)]
pub struct Lease {
    started: Instant,
    /// When the last look that succeeded began, in microseconds after the start: all that a request needs, as a rule.
    renewed: AtomicU64,
    last: watch::Sender<Look>,
    /// Who looks.
    looker: OnceLock<Thread>,
}

#[derive(Debug, Clone, Copy)]
struct Look {
    began: Instant,
    succeeded: bool,
}

impl Default for Lease {
    /// Begins now, for whoever has just read what is in memory.
    fn default() -> Self {
        let started = Instant::now();
        let last = watch::Sender::new(Look { began: started, succeeded: true });
        Self { started, renewed: AtomicU64::new(0), last, looker: OnceLock::new() }
    }
}

impl Lease {
    /// Names the thread that looks, and is unparked when it shall do so at once.
    pub fn set_looker(&self, looker: Thread) {
        // There is one for as long as the site runs.
        let _ = self.looker.set(looker);
    }

    /// Takes notice of a look that began then and has ended.
    pub fn note(&self, began: Instant, succeeded: bool) {
        if succeeded {
            let age = began.saturating_duration_since(self.started);
            self.renewed.store(u64::try_from(age.as_micros()).unwrap_or(u64::MAX), Ordering::Release);
        }
        self.last.send_replace(Look { began, succeeded });
    }

    /// Whether what is in memory counts.
    pub fn holds(&self) -> bool {
        let renewed = Duration::from_micros(self.renewed.load(Ordering::Acquire));
        self.started.elapsed().saturating_sub(renewed) < LEASE
    }

    /// Whether the last look began at this moment or later, and succeeded.
    pub fn has_looked_since(&self, moment: Instant) -> bool {
        let last = *self.last.borrow();
        last.succeeded && last.began >= moment
    }

    /// Returns once what is in memory counts: at once, as a rule, else after a look.
    /// [`AppError::Unavailable`] if that fails or takes longer than a request waits; why is in the log of who looks.
    pub async fn renew(&self) -> Result<(), AppError> {
        if self.holds() {
            return Ok(());
        }
        let (asked, mut looks) = (Instant::now(), self.last.subscribe());
        if let Some(looker) = self.looker.get() {
            looker.unpark();
        }
        match timeout(PATIENCE, looks.wait_for(|look| look.began >= asked)).await {
            Ok(Ok(look)) if look.succeeded => Ok(()),
            _ => Err(AppError::Unavailable),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize};
    use std::thread;

    use super::*;

    /// A lease that ran out, and what counts the looks of its looker, who looks only when asked.
    fn run_out(succeeds: bool) -> (Arc<Lease>, Arc<AtomicUsize>, impl Drop) {
        struct Stop(Arc<AtomicBool>, Thread);
        impl Drop for Stop {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Release);
                self.1.unpark();
            }
        }
        let started = Instant::now().checked_sub(LEASE * 3).unwrap();
        let lease = Arc::new(Lease { started, ..Lease::default() });
        let (looks, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (of_looker, counted, stopped) = (Arc::clone(&lease), Arc::clone(&looks), Arc::clone(&stop));
        let looker = thread::spawn(move || {
            loop {
                thread::park();
                if stopped.load(Ordering::Acquire) {
                    return;
                }
                let began = Instant::now();
                counted.fetch_add(1, Ordering::AcqRel);
                of_looker.note(began, succeeds);
            }
        });
        lease.set_looker(looker.thread().clone());
        (lease, looks, Stop(stop, looker.thread().clone()))
    }

    #[actix_web::test]
    async fn a_lease_that_ran_out_is_renewed_by_looking_before_anybody_goes_on() {
        let (lease, looks, _stop) = run_out(true);
        assert!(!lease.holds());
        let asked = Instant::now();
        let waiting = futures_util::future::join_all((0..100).map(|_| lease.renew()));
        assert!(waiting.await.into_iter().all(|done| done.is_ok()));
        assert!(lease.has_looked_since(asked));
        let looked = looks.load(Ordering::Acquire);
        assert!((1..100).contains(&looked), "one look serves all who wait: {looked}");
    }

    #[actix_web::test]
    async fn a_look_that_fails_renews_nothing_and_keeps_nobody_waiting() {
        let (lease, _, _stop) = run_out(false);
        let asked = Instant::now();
        assert!(matches!(lease.renew().await, Err(AppError::Unavailable)));
        assert!(asked.elapsed() < PATIENCE);
        assert!(!lease.holds() && !lease.has_looked_since(asked));
    }

    #[test]
    fn a_lease_counts_from_when_the_look_began() {
        let started = Instant::now().checked_sub(LEASE * 3).unwrap();
        let lease = Lease { started, ..Lease::default() };
        lease.note(Instant::now().checked_sub(LEASE).unwrap(), true);
        assert!(!lease.holds(), "a look that took long says how it was when it began");
        lease.note(Instant::now(), true);
        assert!(lease.holds());
        lease.note(Instant::now(), false);
        assert!(lease.holds(), "a look that failed takes nothing back");
    }
}
