//! Limits on how often somebody may try: per account and per address, kept in memory.
//!
//! Each limit is a generic cell rate algorithm (a leaky bucket): a burst, refilled one at a time.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Switch;
use crate::web::error::AppError;

/// How often something may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// So many at once.
    pub burst: u32,
    /// Then one more after each such while; longer than zero.
    pub each: Duration,
}

impl Allowance {
    const fn of(burst: u32, each: Duration) -> Self {
        Self { burst, each }
    }
}

/// Sign-ups from one network.
pub const SIGN_UP_BY_ADDRESS: Allowance = Allowance::of(20, Duration::from_secs(120));
/// Tries to sign in to one account from one network.
pub const SIGN_IN_BY_ACCOUNT_AND_ADDRESS: Allowance = Allowance::of(20, Duration::from_secs(30));
/// Tries to sign in to one account from all networks together.
pub const SIGN_IN_BY_ACCOUNT: Allowance = Allowance::of(500, Duration::from_secs(5));
/// Tries to sign in from one network.
pub const SIGN_IN_BY_ADDRESS: Allowance = Allowance::of(100, Duration::from_secs(5));
/// Votes of one account.
pub const VOTE_BY_ACCOUNT: Allowance = Allowance::of(120, Duration::from_millis(500));
/// Votes from one network.
pub const VOTE_BY_ADDRESS: Allowance = Allowance::of(1200, Duration::from_millis(50));
/// Choices kept for somebody who has yet to sign in, from one network.
pub const PENDING_BY_ADDRESS: Allowance = Allowance::of(60, Duration::from_secs(2));

/// Suggestions, corrections and reports of one account.
pub const SEND_BY_ACCOUNT: Allowance = Allowance::of(10, Duration::from_secs(600));
/// Suggestions, corrections and reports from one network.
pub const SEND_BY_ADDRESS: Allowance = Allowance::of(60, Duration::from_secs(60));

/// All limits of the site.
pub struct RateLimits {
    on: bool,
    sign_up_by_address: Limit<IpAddr>,
    sign_in_by_account_and_address: Limit<(String, IpAddr)>,
    sign_in_by_account: Limit<String>,
    sign_in_by_address: Limit<IpAddr>,
    vote_by_account: Limit<i64>,
    vote_by_address: Limit<IpAddr>,
    pending_by_address: Limit<IpAddr>,
    send_by_account: Limit<i64>,
    send_by_address: Limit<IpAddr>,
}

impl RateLimits {
    /// The limits in force, or none at all when they are off.
    #[must_use]
    pub fn new(switch: Switch) -> Self {
        Self {
            on: switch == Switch::On,
            sign_up_by_address: Limit::new(SIGN_UP_BY_ADDRESS),
            sign_in_by_account_and_address: Limit::new(SIGN_IN_BY_ACCOUNT_AND_ADDRESS),
            sign_in_by_account: Limit::new(SIGN_IN_BY_ACCOUNT),
            sign_in_by_address: Limit::new(SIGN_IN_BY_ADDRESS),
            vote_by_account: Limit::new(VOTE_BY_ACCOUNT),
            vote_by_address: Limit::new(VOTE_BY_ADDRESS),
            pending_by_address: Limit::new(PENDING_BY_ADDRESS),
            send_by_account: Limit::new(SEND_BY_ACCOUNT),
            send_by_address: Limit::new(SEND_BY_ADDRESS),
        }
    }

    /// Counts one attempt to sign up.
    ///
    /// # Errors
    /// [`AppError::TooManyRequests`] beyond the limit.
    pub fn sign_up(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.sign_up_by_address, &network(address))
    }

    /// Counts one attempt to sign in as `login` (as it was typed, whether or not there is such an
    /// account, so that the answer does not tell). Few tries are let through from one network, so
    /// that guessing is slow; many from all networks together, so that nobody is locked out by others.
    ///
    /// # Errors
    /// [`AppError::TooManyRequests`] beyond a limit.
    pub fn sign_in(&self, login: &str, address: IpAddr) -> Result<(), AppError> {
        let network = network(address);
        let login: String = login.to_lowercase().chars().take(254).collect();
        self.check(&self.sign_in_by_address, &network)?;
        self.check(&self.sign_in_by_account_and_address, &(login.clone(), network))?;
        self.check(&self.sign_in_by_account, &login)
    }

    /// Counts one vote.
    ///
    /// # Errors
    /// [`AppError::TooManyRequests`] beyond the limit.
    pub fn vote(&self, account_id: i64, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.vote_by_account, &account_id)?;
        self.check(&self.vote_by_address, &network(address))
    }

    /// Counts one choice kept for somebody who has yet to sign in.
    ///
    /// # Errors
    /// [`AppError::TooManyRequests`] beyond the limit.
    pub fn pending_vote(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.pending_by_address, &network(address))
    }

    /// Counts one suggestion, correction or report.
    ///
    /// # Errors
    /// [`AppError::TooManyRequests`] beyond a limit.
    pub fn send(&self, account_id: i64, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.send_by_account, &account_id)?;
        self.check(&self.send_by_address, &network(address))
    }

    /// Forgets whoever has long been within limits, so that memory stays small.
    pub fn tidy(&self) {
        self.sign_up_by_address.0.retain_recent();
        self.sign_in_by_account_and_address.0.retain_recent();
        self.sign_in_by_account.0.retain_recent();
        self.sign_in_by_address.0.retain_recent();
        self.vote_by_account.0.retain_recent();
        self.vote_by_address.0.retain_recent();
        self.pending_by_address.0.retain_recent();
        self.send_by_account.0.retain_recent();
        self.send_by_address.0.retain_recent();
    }

    fn check<K: Hash + Eq + Clone>(&self, limit: &Limit<K>, key: &K) -> Result<(), AppError> {
        if self.on { limit.check(key) } else { Ok(()) }
    }
}

struct Limit<K: Hash + Eq + Clone>(DefaultKeyedRateLimiter<K>);

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(allowance: Allowance) -> Self {
        let burst = NonZeroU32::new(allowance.burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(allowance.each).unwrap_or(Quota::per_second(NonZeroU32::MIN));
        Self(RateLimiter::keyed(quota.allow_burst(burst)))
    }

    fn check(&self, key: &K) -> Result<(), AppError> {
        self.0.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            AppError::TooManyRequests { retry_after: wait.as_secs() + 1 }
        })
    }
}

/// An IPv4 address, or the /64 of an IPv6 address, which is what one household holds.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => std::net::Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        },
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_the_next_try_is_told_how_long_to_wait() {
        let limits = RateLimits::new(Switch::On);
        let address = "192.0.2.7".parse().unwrap();
        for _ in 0..20 {
            limits.sign_up(address).unwrap();
        }
        let Err(AppError::TooManyRequests { retry_after }) = limits.sign_up(address) else {
            unreachable!("the 21st try is refused");
        };
        assert!((100..=121).contains(&retry_after));
        limits.sign_up("192.0.2.8".parse().unwrap()).unwrap();
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        let one = network("2001:db8::1".parse().unwrap());
        assert_eq!(one, network("2001:db8::ffff:1".parse().unwrap()));
        assert_ne!(one, network("2001:db8:0:1::1".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1".parse::<IpAddr>().unwrap());
    }
}
