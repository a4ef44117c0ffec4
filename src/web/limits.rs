//! Limits on how often somebody may try: per account and per address, kept in memory.
//!
//! Each limit is a generic cell rate algorithm (a leaky bucket): a burst, refilled one at a time.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Switch;
use crate::web::error::AppError;

/// All limits of the site.
pub struct RateLimits {
    on: bool,
    vote_by_account: Limit,
    vote_by_network: Limit,
    pending_by_network: Limit,
    send_by_account: Limit,
    send_by_network: Limit,
    sign_up_by_network: Limit,
    sign_in_by_login_and_network: Limit,
    sign_in_by_login: Limit,
    sign_in_by_network: Limit,
}

/// How often something may be tried.
pub struct Limit {
    /// What is tried, in words.
    pub action: &'static str,
    /// So many at once.
    pub burst: u32,
    /// Then one more after each such while; longer than zero.
    pub each: Duration,
    tries: DefaultKeyedRateLimiter<Key>,
}

/// Whose tries are counted together.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(i64),
    Network(IpAddr),
    Login(String),
    LoginFrom(String, IpAddr),
}

impl RateLimits {
    /// The limits in force, or none at all when they are off.
    pub fn new(switch: Switch) -> Self {
        let (millis, seconds) = (Duration::from_millis, Duration::from_secs);
        let limit = Limit::new;
        Self {
            on: switch == Switch::On,
            vote_by_account: limit("Votes of one account", 120, millis(500)),
            vote_by_network: limit("Votes from one network", 1200, millis(50)),
            pending_by_network: limit("Votes before sign-in, from one network", 60, seconds(2)),
            send_by_account: limit("Suggestions, corrections and reports of one account", 10, seconds(600)),
            send_by_network: limit("Suggestions, corrections and reports from one network", 60, seconds(60)),
            sign_up_by_network: limit("New accounts from one network", 20, seconds(120)),
            sign_in_by_login_and_network: limit(
                "Sign-in attempts for one account from one network",
                20,
                seconds(30),
            ),
            sign_in_by_login: limit("Sign-in attempts for one account from all networks", 500, seconds(5)),
            sign_in_by_network: limit("Sign-in attempts from one network", 100, seconds(5)),
        }
    }

    /// Every limit, in the order in which /methodology lists them; `None` when they are off.
    pub fn in_force(&self) -> Option<[&Limit; 9]> {
        self.on.then_some(self.all())
    }

    fn all(&self) -> [&Limit; 9] {
        [
            &self.vote_by_account,
            &self.vote_by_network,
            &self.pending_by_network,
            &self.send_by_account,
            &self.send_by_network,
            &self.sign_up_by_network,
            &self.sign_in_by_login_and_network,
            &self.sign_in_by_login,
            &self.sign_in_by_network,
        ]
    }

    /// Counts one attempt to sign up. Like all that follow, answers [`AppError::TooManyRequests`] beyond a limit.
    pub fn sign_up(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.sign_up_by_network, &Key::Network(network(address)))
    }

    /// Counts one attempt to sign in as `login` (as it was typed, whether or not there is such an
    /// account, so that the answer does not tell). Few tries are let through from one network, so
    /// that guessing is slow; many from all networks together, so that nobody is locked out by others.
    pub fn sign_in(&self, login: &str, address: IpAddr) -> Result<(), AppError> {
        let network = network(address);
        let login: String = login.to_lowercase().chars().take(254).collect();
        self.check(&self.sign_in_by_network, &Key::Network(network))?;
        self.check(&self.sign_in_by_login_and_network, &Key::LoginFrom(login.clone(), network))?;
        self.check(&self.sign_in_by_login, &Key::Login(login))
    }

    /// Counts one vote.
    pub fn vote(&self, account_id: i64, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.vote_by_account, &Key::Account(account_id))?;
        self.check(&self.vote_by_network, &Key::Network(network(address)))
    }

    /// Counts one choice kept for somebody who has yet to sign in.
    pub fn pending_vote(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.pending_by_network, &Key::Network(network(address)))
    }

    /// Counts one suggestion, correction or report.
    pub fn send(&self, account_id: i64, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.send_by_account, &Key::Account(account_id))?;
        self.check(&self.send_by_network, &Key::Network(network(address)))
    }

    /// Forgets whoever has long been within limits, so that memory stays small.
    pub fn tidy(&self) {
        self.all().iter().for_each(|limit| limit.tries.retain_recent());
    }

    fn check(&self, limit: &Limit, key: &Key) -> Result<(), AppError> {
        if !self.on {
            return Ok(());
        }
        limit.tries.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            AppError::TooManyRequests { retry_after: wait.as_secs() + 1 }
        })
    }
}

impl Limit {
    fn new(action: &'static str, burst: u32, each: Duration) -> Self {
        let at_once = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(each).unwrap_or(Quota::per_second(NonZeroU32::MIN));
        Self { action, burst, each, tries: RateLimiter::keyed(quota.allow_burst(at_once)) }
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
