//! Networks of visitors: how wide they are counted, and a form that tells them apart and gives no address away.

use std::net::{IpAddr, Ipv6Addr};

use sha2::{Digest, Sha256};

use crate::config::Secret;

/// The network of so many bits that an IPv6 address lies in; an IPv4 address as it is.
pub fn network(address: IpAddr, bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << (128 - bits))).into(),
        v4 => v4,
    }
}

/// The widest network that one customer is given: the /48 of an IPv6 address, or an IPv4 address.
pub fn widest(address: IpAddr) -> IpAddr {
    network(address, 48)
}

/// The key that hashes of networks are made with: of the /24 of an IPv4 address or the /48 of an IPv6 address. Without it,
/// nobody can try out which address has which hash.
#[derive(Clone)]
pub struct NetworkKey([u8; 32]);

impl NetworkKey {
    /// The key by which votes name networks, of a site with this secret.
    pub fn of_site(secret: &Secret) -> Self {
        Self(secret.network_key("voter"))
    }

    /// The key by which the log names networks, which leads from there to no vote.
    pub fn of_log(secret: &Secret) -> Self {
        Self(secret.network_key("log"))
    }

    /// The hash of the network that an address lies in, the first 64 bits of the SHA-256 of the key and the network.
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        let one = |address: &str, bits| network(address.parse().unwrap(), bits);
        assert_eq!(one("2001:db8::1", 64), one("2001:db8::ffff:1", 64));
        assert_ne!(one("2001:db8::1", 64), one("2001:db8:0:1::1", 64));
        assert_eq!(one("2001:db8::1", 56), one("2001:db8:0:ff::1", 56));
        assert_ne!(one("2001:db8::1", 56), one("2001:db8:0:100::1", 56));
        assert_eq!(one("2001:db8::1", 48), one("2001:db8:0:ffff::1", 48));
        assert_eq!(one("::ffff:192.0.2.1", 64), "192.0.2.1".parse::<IpAddr>().unwrap());
    }

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
