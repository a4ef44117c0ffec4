//! From which network a vote comes, in a form that tells networks apart and gives no address away: a keyed hash of
//! the /24 of an IPv4 address or the /48 of an IPv6 address. It is kept for 30 days.

use std::net::IpAddr;

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::config::Secret;
use crate::db::Db;
use crate::db::schema::votes;
use crate::db::versions::{self, Of};

/// For how many days the hash is kept.
pub const KEPT_DAYS: i64 = 30;

/// How many votes are cleared in one transaction, so that nobody waits long for it.
const AT_ONCE: i64 = 1000;

/// The key that the hashes of a site are made with. Without it, nobody can try out which address has which hash.
#[derive(Clone)]
pub struct NetworkKey([u8; 32]);

impl NetworkKey {
    /// The key of a site with this secret.
    pub fn of_site(secret: &Secret) -> Self {
        Self(secret.network_key())
    }

    /// The hash of the network that an address lies in: the first 64 bits of the SHA-256 of the key and the network.
    /// Key and network have fixed lengths and the rest of the hash is thrown away, so nothing can be appended.
    pub fn of(&self, address: IpAddr) -> i64 {
        let mut network = [0_u8; 7];
        match address.to_canonical() {
            IpAddr::V4(address) => {
                network[0] = 4;
                network[1..4].copy_from_slice(&address.octets()[..3]);
            }
            IpAddr::V6(address) => {
                network[0] = 6;
                network[1..].copy_from_slice(&address.octets()[..6]);
            }
        }
        let digest = Sha256::new_with_prefix(self.0).chain_update(network).finalize();
        let mut first = [0_u8; 8];
        first.copy_from_slice(&digest[..8]);
        i64::from_be_bytes(first)
    }
}

/// Forgets from where the votes came that were cast more than [`KEPT_DAYS`] ago, and returns how many there were.
pub fn forget_old(conn: &mut Db, now: NaiveDateTime) -> QueryResult<usize> {
    let before = now - Duration::days(KEPT_DAYS);
    let old = votes::table.filter(votes::network.is_not_null()).filter(votes::cast_at.lt(before));
    let mut forgotten = 0;
    loop {
        let done = conn.write(|conn| {
            versions::take_turn(conn, Of::Votes)?;
            let ids: Vec<i64> = old.order(votes::cast_at).limit(AT_ONCE).select(votes::id).load(conn)?;
            diesel::update(votes::table.filter(votes::id.eq_any(ids)))
                .set(votes::network.eq(None::<i64>))
                .execute(conn)
        })?;
        if done == 0 {
            return Ok(forgotten);
        }
        forgotten += done;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn key(letter: char) -> NetworkKey {
        NetworkKey::of_site(&format!("{letter}-of-12345678").repeat(6).parse().unwrap())
    }

    proptest! {
        #[test]
        fn one_network_has_one_hash(network in any::<[u8; 3]>(), host in any::<u8>(), other in any::<u8>()) {
            let [a, b, c] = network;
            let (one, two) = (Ipv4Addr::new(a, b, c, host), Ipv4Addr::new(a, b, c, other));
            prop_assert_eq!(key('a').of(one.into()), key('a').of(two.into()));
            prop_assert_eq!(key('a').of(one.into()), key('a').of(two.to_ipv6_mapped().into()));
        }

        #[test]
        fn a_48_is_one_network(network in any::<[u16; 3]>(), one in any::<[u16; 5]>(), two in any::<[u16; 5]>()) {
            let address = |rest: [u16; 5]| {
                let mut parts = [0; 8];
                parts[..3].copy_from_slice(&network);
                parts[0] |= 0x2000;
                parts[3..].copy_from_slice(&rest);
                IpAddr::from(Ipv6Addr::from(parts))
            };
            prop_assert_eq!(key('a').of(address(one)), key('a').of(address(two)));
        }

        #[test]
        fn another_network_or_another_site_has_another_hash(one in any::<[u8; 4]>(), two in any::<[u8; 4]>()) {
            let (first, second) = (Ipv4Addr::from(one), Ipv4Addr::from(two));
            prop_assert_eq!(key('a').of(first.into()) == key('a').of(second.into()), one[..3] == two[..3]);
            prop_assert_ne!(key('a').of(first.into()), key('b').of(first.into()));
        }
    }
}
