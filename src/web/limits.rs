//! Limits on how often somebody may try: per account and per network, kept in memory.
//!
//! Each limit is a generic cell rate algorithm (a leaky bucket): a burst, refilled one at a time. Who holds a network of
//! IPv6 has many smaller ones, so these are counted at three widths, each with a limit of its own.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::config::Switch;
use crate::web::error::AppError;
use crate::web::network::{network, widest};

/// At which widths IPv6 networks are counted, in bits, and how many per cent of the limit each has: a household has a /64
/// or a /56, an organisation a /48. An IPv4 address is counted once, with the first.
pub const WIDTHS: [(u32, u32); 3] = [(64, 100), (56, 125), (48, 200)];

/// Of how many accounts or networks each limit knows how often they tried; whoever tried last is remembered.
const REMEMBERED: u64 = 20_000;

/// How long a network that gave a wrong password for an account is taken for one that guesses.
const GUESSED: Duration = Duration::from_secs(60 * 60);

/// How long a network is known to an account that has signed in there.
const KNOWN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// All limits of the site, and what passwords told of networks.
pub struct RateLimits {
    on: bool,
    vote_by_account: Limit,
    vote_by_network: Limit,
    pending_by_network: Limit,
    send_by_account: Limit,
    send_by_network: Limit,
    sign_up_by_network: Limit,
    sign_in_by_account_and_network: Limit,
    sign_in_by_account: Limit,
    sign_in_by_network: Limit,
    confirm_by_account: Limit,
    /// Where wrong passwords for an account came from.
    guessed: Cache<(Login, IpAddr), ()>,
    /// Where the right one came from.
    known: Cache<(Login, IpAddr), ()>,
}

/// How often something may be tried.
pub struct Limit {
    /// What is tried, in words.
    pub action: &'static str,
    /// So many at once.
    pub burst: u32,
    /// Then one more after each such while; longer than zero.
    pub each: Duration,
    tries: Cache<Key, Arc<DefaultDirectRateLimiter>>,
}

/// Whom somebody signs in as: one account, by whatever name, or a name that no account has, as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Login {
    Account(i64),
    Unknown(String),
}

/// Whose tries are counted together: of this account, from this network of that many bits.
type Key = (Option<Login>, Option<(IpAddr, u32)>);

impl Login {
    /// A name that no account has.
    pub fn unknown(name: &str) -> Self {
        Self::Unknown(name.trim().to_lowercase().chars().take(254).collect())
    }
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
            sign_in_by_account_and_network: limit(
                "Sign-in attempts for one account from one network",
                20,
                seconds(30),
            ),
            sign_in_by_account: limit(
                "Sign-in attempts for one account, from networks that gave a wrong password",
                100,
                seconds(30),
            ),
            sign_in_by_network: limit("Sign-in attempts from one network", 100, seconds(5)),
            confirm_by_account: limit("Password confirmations of one signed-in account", 20, seconds(30)),
            guessed: Cache::builder().max_capacity(REMEMBERED).time_to_live(GUESSED).build(),
            known: Cache::builder().max_capacity(REMEMBERED).time_to_live(KNOWN).build(),
        }
    }

    /// Every limit, in the order in which /methodology lists them; `None` when they are off.
    pub fn in_force(&self) -> Option<[&Limit; 10]> {
        self.on.then_some([
            &self.vote_by_account,
            &self.vote_by_network,
            &self.pending_by_network,
            &self.send_by_account,
            &self.send_by_network,
            &self.sign_up_by_network,
            &self.sign_in_by_account_and_network,
            &self.sign_in_by_account,
            &self.sign_in_by_network,
            &self.confirm_by_account,
        ])
    }

    /// Counts one attempt to sign up. Like all that follow, answers [`AppError::TooManyRequests`] beyond a limit.
    pub fn sign_up(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.sign_up_by_network, None, Some(address))
    }

    /// Counts one attempt to sign in, as whomever.
    pub fn sign_in_from(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.sign_in_by_network, None, Some(address))
    }

    /// Counts one attempt to sign in as `login` (whether or not there is such an account, so that the answer does not
    /// tell). Few tries are let through from one network, and few from all that guess; whoever has not given a wrong
    /// password is not kept out by those who have, nor is anybody who has signed in there before.
    pub fn sign_in(&self, login: &Login, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.sign_in_by_account_and_network, Some(login), Some(address))?;
        let all = self.check(&self.sign_in_by_account, Some(login), None);
        let pair = (login.clone(), widest(address));
        let guesses = self.guessed.contains_key(&pair) && !self.known.contains_key(&pair);
        if guesses { all } else { Ok(()) }
    }

    /// Notes whether the password was right with which somebody tried to sign in.
    pub fn signed_in(&self, login: Login, address: IpAddr, is_right: bool) {
        let tries = if is_right { &self.known } else { &self.guessed };
        tries.insert((login, widest(address)), ());
    }

    /// Whether this account has signed in from there lately.
    pub fn is_known(&self, login: &Login, address: IpAddr) -> bool {
        self.known.contains_key(&(login.clone(), widest(address)))
    }

    /// Counts one time that somebody who is signed in gives the password again. No stranger gets here.
    pub fn confirm(&self, account_id: i64) -> Result<(), AppError> {
        self.check(&self.confirm_by_account, Some(&Login::Account(account_id)), None)
    }

    /// Counts one vote.
    pub fn vote(&self, account_id: i64, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.vote_by_account, Some(&Login::Account(account_id)), None)?;
        self.check(&self.vote_by_network, None, Some(address))
    }

    /// Counts one choice kept for somebody who has yet to sign in.
    pub fn pending_vote(&self, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.pending_by_network, None, Some(address))
    }

    /// Counts one suggestion, correction or report.
    pub fn send(&self, account_id: i64, address: IpAddr) -> Result<(), AppError> {
        self.check(&self.send_by_account, Some(&Login::Account(account_id)), None)?;
        self.check(&self.send_by_network, None, Some(address))
    }

    fn check(&self, limit: &Limit, login: Option<&Login>, address: Option<IpAddr>) -> Result<(), AppError> {
        if !self.on {
            return Ok(());
        }
        let widths = match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V6(_)) => &WIDTHS[..],
            _ => &WIDTHS[..1],
        };
        widths.iter().try_for_each(|(bits, percent)| {
            let key = (login.cloned(), address.map(|address| (network(address, *bits), *bits)));
            limit.check(key, *percent)
        })
    }
}

impl Limit {
    fn new(action: &'static str, burst: u32, each: Duration) -> Self {
        let tries = Cache::builder()
            .max_capacity(REMEMBERED)
            .eviction_policy(EvictionPolicy::lru())
            // By then all of it is refilled.
            .time_to_idle(each * burst)
            .build();
        Self { action, burst, each, tries }
    }

    /// Counts one try of `key`, which may try so many per cent as often as the limit says.
    fn check(&self, key: Key, percent: u32) -> Result<(), AppError> {
        let quota = quota(self.burst * percent / 100, self.each * 100 / percent);
        let tries = self.tries.get_with(key, || Arc::new(RateLimiter::direct(quota)));
        tries.check().map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            AppError::TooManyRequests { retry_after: wait.as_secs() + 1 }
        })
    }
}

/// So many at once, and one more after each such while.
pub(in crate::web) fn quota(at_once: u32, each: Duration) -> Quota {
    let at_once = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(each).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(at_once)
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

    /// How many of 1,000 sign-ups are let through, from these addresses in turn.
    fn let_through(address: impl Fn(u128) -> u128) -> usize {
        let limits = RateLimits::new(Switch::On);
        let net = u128::from_str_radix("20010db8000100000000000000000000", 16).unwrap();
        let from = |n| IpAddr::from((net + address(n)).to_be_bytes());
        (0..1000).filter(|n| limits.sign_up(from(*n)).is_ok()).count()
    }

    #[test]
    fn a_wider_network_has_a_little_more_however_many_it_holds() {
        assert_eq!(let_through(|n| n), 20, "a /64");
        assert_eq!(let_through(|n| (n % 256) << 64), 25, "a /56");
        assert_eq!(let_through(|n| n << 64), 40, "a /48");
        assert!(let_through(|n| n << 80) == 1000, "many of /48");
    }

    #[test]
    fn whoever_has_not_guessed_is_not_kept_out_by_those_who_guess() {
        let limits = RateLimits::new(Switch::On);
        let (ada, address) = (Login::Account(7), |n: u8| IpAddr::from([192, 0, 2, n]));
        for n in 0..26 {
            for _ in 0..20 {
                let _ = limits.sign_in(&ada, address(n));
                limits.signed_in(ada.clone(), address(n), false);
            }
        }
        assert!(limits.sign_in(&ada, address(25)).is_err(), "they are kept out themselves");
        limits.sign_in(&ada, address(100)).unwrap();
        limits.signed_in(ada.clone(), address(100), false);
        assert!(limits.sign_in(&ada, address(100)).is_err(), "one try for each network");
        limits.signed_in(ada.clone(), address(101), true);
        limits.signed_in(ada.clone(), address(101), false);
        limits.sign_in(&ada, address(101)).unwrap();
        limits.confirm(7).unwrap();
    }
}
