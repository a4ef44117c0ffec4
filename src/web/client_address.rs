//! From where a request comes: the peer's address, or what trusted proxies say of it.

use std::net::IpAddr;

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, web};

use crate::config::{Settings, TrustedProxies};

/// The visitor's address: the peer's, or what trusted proxies say of it.
pub fn client_address(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    match request.app_data::<web::Data<Settings>>() {
        Some(settings) => believed_address(peer, request.headers(), &settings.trusted_proxies),
        None => peer,
    }
}

/// What trusted proxies say of the visitor's address. Where both headers are there and disagree,
/// one of them is the visitor's own writing, and neither is believed.
fn believed_address(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> IpAddr {
    let peer = peer.to_canonical();
    let said = |name: &str, read: fn(&str) -> Option<IpAddr>| {
        headers.contains_key(name).then(|| first_untrusted(peer, &hops(headers, name, read), trusted))
    };
    match (said("x-forwarded-for", address_in), said("forwarded", forwarded_for)) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(address), _) | (None, Some(address)) => address,
        (None, None) => peer,
    }
}

/// Walks from the nearest hop outwards; the first address that is no trusted proxy is the visitor's.
fn first_untrusted(peer: IpAddr, hops: &[Option<IpAddr>], trusted: &TrustedProxies) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.0.iter().any(|net| net.contains(ip));
    let mut address = peer;
    for hop in hops.iter().rev() {
        if !is_trusted(&address) {
            break;
        }
        match hop {
            Some(ip) => address = ip.to_canonical(),
            None => break,
        }
    }
    address
}

/// The chain of addresses that proxies noted, farthest first; `None` for what is not an address.
fn hops(headers: &HeaderMap, name: &str, read: fn(&str) -> Option<IpAddr>) -> Vec<Option<IpAddr>> {
    // Bytes that are no text end the walk where they stand, rather than taking their line out of it.
    let lines: Vec<_> =
        headers.get_all(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    lines.iter().flat_map(|line| line.split(',')).map(|part| read(part.trim())).collect()
}

/// The `for=` of one hop of the `Forwarded` header.
fn forwarded_for(hop: &str) -> Option<IpAddr> {
    hop.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then(|| address_in(value.trim_matches('"')))?
    })
}

/// An address with or without a port, IPv6 with or without brackets.
fn address_in(text: &str) -> Option<IpAddr> {
    let bare = text.trim_matches(['[', ']']);
    bare.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
pub(super) mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    pub(in crate::web) fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    fn believed(peer: &str, headers: &HeaderMap) -> String {
        let trusted = "10.0.0.0/8, 127.0.0.1".parse().unwrap();
        believed_address(peer.parse().unwrap(), headers, &trusted).to_string()
    }

    #[test]
    fn a_proxy_is_believed_only_as_far_as_it_is_trusted() {
        let (x, forwarded) = ("x-forwarded-for", "forwarded");
        for (peer, pairs, address) in [
            ("203.0.113.9", &[(x, "198.51.100.1")][..], "203.0.113.9"),
            ("127.0.0.1", &[(x, "198.51.100.1")], "198.51.100.1"),
            // What a visitor writes before the first hop that is not trusted is ignored.
            ("127.0.0.1", &[(x, "1.1.1.1, 198.51.100.1, 10.0.0.2")], "198.51.100.1"),
            ("127.0.0.1", &[(x, "1.1.1.1, nonsense, 10.0.0.2")], "10.0.0.2"),
            ("127.0.0.1", &[], "127.0.0.1"),
            // Headers that disagree are not believed.
            ("127.0.0.1", &[(x, "198.51.100.1"), (forwarded, "for=198.51.100.2")], "127.0.0.1"),
            ("127.0.0.1", &[(x, "198.51.100.1"), (forwarded, "for=198.51.100.1")], "198.51.100.1"),
            (
                "127.0.0.1",
                &[(forwarded, "for=\"[2001:db8::7]:4711\";proto=https, for=10.0.0.2")],
                "2001:db8::7",
            ),
        ] {
            assert_eq!(believed(peer, &headers(pairs)), address, "{peer} {pairs:?}");
        }
    }

    #[test]
    fn a_header_that_is_no_text_is_not_believed() {
        let mut bent = headers(&[("forwarded", "for=10.9.9.9")]);
        let line = HeaderValue::from_bytes(b"\xff, 198.51.100.78").unwrap();
        bent.insert(HeaderName::from_static("x-forwarded-for"), line);
        assert_eq!(believed("127.0.0.1", &bent), "127.0.0.1");
        bent.remove("forwarded");
        assert_eq!(believed("::ffff:127.0.0.1", &bent), "198.51.100.78");
    }
}
