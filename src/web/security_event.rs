//! What the log says of attacks, and of what people with power did: lines in one form that a machine reads, with the
//! event, the account that it is about and who did it, the network in keyed form, and the request. Never an address, a
//! password or anything that was typed.
//!
//! What visitors can cause as often as they like is told of each network only so often, and in all; the next line says
//! how many were left out.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest, web};
use governor::{DefaultDirectRateLimiter, RateLimiter};
use moka::sync::Cache;

use crate::config::Secret;
use crate::web::client_address::client_address;
use crate::web::limits::quota;
use crate::web::network::NetworkKey;
use crate::words;

/// Something that whoever watches over a site wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecurityEvent {
    /// A wrong password, or that of a suspended account.
    SignInRefused,
    /// More than a limit allows.
    Throttled,
    /// A form that came from another site.
    CrossSiteRefused,
    /// Somebody who is signed in asked for what their role does not open.
    AdminRefused,
    RoleChanged,
    Suspended,
    SuspensionLifted,
    PasswordChanged,
    EmailChanged,
    Exported,
}

words!(SecurityEvent {
    SignInRefused = "sign_in_refused",
    Throttled = "throttled",
    CrossSiteRefused = "cross_site_refused",
    AdminRefused = "admin_refused",
    RoleChanged = "role_changed",
    Suspended = "suspended",
    SuspensionLifted = "suspension_lifted",
    PasswordChanged = "password_changed",
    EmailChanged = "email_changed",
    Exported = "exported",
});

impl SecurityEvent {
    /// Whether anybody can cause it, as often as they like.
    fn is_cheap(self) -> bool {
        matches!(self, Self::SignInRefused | Self::Throttled | Self::CrossSiteRefused | Self::AdminRefused)
    }
}

/// How many lines of one event and network come at once, and after which while one more.
const OF_A_NETWORK: (u32, Duration) = (10, Duration::from_secs(60));

/// The same of all networks together.
const OF_ALL: (u32, Duration) = (500, Duration::from_secs(1));

/// How many events and networks are told apart.
const REMEMBERED: u64 = 10_000;

/// Writes security events into the log.
pub struct SecurityLog {
    key: NetworkKey,
    networks: Cache<(SecurityEvent, i64), Arc<DefaultDirectRateLimiter>>,
    all: DefaultDirectRateLimiter,
    left_out: AtomicU64,
}

fn limiter((at_once, each): (u32, Duration)) -> DefaultDirectRateLimiter {
    RateLimiter::direct(quota(at_once, each))
}

impl SecurityLog {
    /// The security log of a site with this secret.
    pub fn new(secret: &Secret) -> Self {
        Self {
            key: NetworkKey::of_log(secret),
            networks: Cache::new(REMEMBERED),
            all: limiter(OF_ALL),
            left_out: AtomicU64::new(0),
        }
    }

    /// Whether an event from this network is to be written now.
    fn is_due(&self, event: SecurityEvent, network: i64) -> bool {
        if !event.is_cheap() {
            return true;
        }
        let of_network = self.networks.get_with((event, network), || Arc::new(limiter(OF_A_NETWORK)));
        let is_due = of_network.check().is_ok() && self.all.check().is_ok();
        if !is_due {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
        is_due
    }

    fn write(&self, event: SecurityEvent, account: Option<i64>, by: Option<i64>, from: (IpAddr, RequestId)) {
        let (address, request_id) = from;
        let network = self.key.of(address);
        if self.is_due(event, network) {
            let left_out = Some(self.left_out.swap(0, Ordering::Relaxed)).filter(|count| *count > 0);
            tracing::info!(
                event = event.as_str(),
                account,
                by = by.filter(|by| Some(*by) != account),
                network = format!("{network:016x}"),
                %request_id,
                left_out,
                "security event"
            );
        }
    }
}

/// The account that a request was found to be signed in with.
#[derive(Clone, Copy)]
pub struct SignedIn(pub i64);

/// Tells the lines of one request from those of others.
#[derive(Clone, Copy)]
pub struct RequestId(u64);

impl RequestId {
    /// That of this request, given to it when it is first asked for.
    pub fn of(request: &HttpRequest) -> Self {
        let known = request.extensions().get().copied();
        known.unwrap_or_else(|| {
            let new = Self(rand::random());
            request.extensions_mut().insert(new);
            new
        })
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Whether a request was found to be signed in.
pub fn is_signed_in(request: &HttpRequest) -> bool {
    request.extensions().contains::<SignedIn>()
}

/// Notes an event about an account, or else about whoever is signed in.
pub fn record(request: &HttpRequest, event: SecurityEvent, account: Option<i64>) {
    let Some(log) = request.app_data::<web::Data<SecurityLog>>() else { return };
    let by = request.extensions().get::<SignedIn>().map(|signed_in| signed_in.0);
    log.write(event, account.or(by), by, (client_address(request), RequestId::of(request)));
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_network_is_told_a_few_times_and_acts_with_power_always() {
        let log = SecurityLog::new(&"0123456789abcdef".repeat(4).parse().unwrap());
        let due = |event, network| (0..1000).filter(|_| log.is_due(event, network)).count();
        assert_eq!(due(SecurityEvent::Throttled, 1), 10);
        assert_eq!(due(SecurityEvent::Throttled, 2), 10, "another network is told too");
        assert_eq!(due(SecurityEvent::SignInRefused, 1), 10, "and another event");
        assert_eq!(due(SecurityEvent::RoleChanged, 1), 1000);
        assert_eq!(log.left_out.load(Ordering::Relaxed), 3 * 990);
        let of_all: usize = (3..1000).map(|network| due(SecurityEvent::Throttled, network)).sum();
        assert!(of_all < 500, "{of_all}");
    }
}
