//! What every request passes and every answer carries: who is asking, from where, and the headers
//! that keep browsers from doing more than the site means.

use std::net::IpAddr;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Version;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};
use url::{Position, Url};

use crate::config::{Settings, TrustedProxies};
use crate::web::error::AppError;
use crate::web::page::{is_unsafe, local_path};

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'; manifest-src 'self'";

const PERMISSIONS_POLICY: &str =
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()";

/// The headers of every answer.
static HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
    (header::PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS_POLICY)),
    (header::CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin")),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
];

/// Adds the headers of [`HEADERS`], and HSTS where visitors come over https.
pub async fn secure_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let https = request.app_data::<web::Data<Settings>>().is_some_and(|settings| settings.https());
    let mut response = next.call(request).await?;
    secure(response.headers_mut(), https);
    Ok(response)
}

/// Adds those headers to an answer.
pub(crate) fn secure(headers: &mut HeaderMap, https: bool) {
    for (name, value) in HEADERS.iter() {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), value.clone());
        }
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}

/// Whether a request says for which host it is, in one word that can be one (RFC 9112, section 3.2).
pub fn names_a_host(request: &HttpRequest) -> bool {
    let mut named = request.headers().get_all(header::HOST);
    match (named.next(), named.next()) {
        (Some(host), None) => is_host(host.as_bytes()),
        // Of old programs none is expected, and new ones have other means.
        (None, _) => request.version() != Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

/// Whether these are the signs of a name or address with or without a port.
fn is_host(text: &[u8]) -> bool {
    let may_be = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:[]%".contains(byte);
    !text.is_empty() && text.iter().all(may_be)
}

/// Refuses requests for no host, and those that could change something and come from another site (contract, section 4).
pub async fn same_site_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !names_a_host(request.request()) {
        return Ok(request.error_response(AppError::BadRequest("The request names no host.".into())));
    }
    if is_unsafe(request.method()) {
        let own = request.app_data::<web::Data<Settings>>().map(|settings| settings.base_url.as_str());
        let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
        if !comes_from_here(request.headers(), own, host) {
            let refused =
                AppError::Forbidden("This form was sent from another site, so nothing was changed.".into());
            return Ok(request.error_response(refused));
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Notes what was asked for and how it went: the route, never the address or what was sent.
pub async fn access_log(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let response = next.call(request).await?;
    let status = response.status().as_u16();
    if status < 500 && !tracing::enabled!(tracing::Level::DEBUG) {
        // Finding the route again costs more than all else here.
        return Ok(response);
    }
    let route = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::warn!(%method, route, status, micros, "request failed");
    } else {
        tracing::debug!(%method, route, status, micros, "request");
    }
    Ok(response)
}

fn comes_from_here(headers: &HeaderMap, base_url: Option<&str>, host: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        // Neither header: no browser of the last years, which all send one of them with a form, and so no cross-site form.
        None => true,
        Some(origin) => is_own(origin, base_url, host),
    }
}

/// The path and query of a page that a browser names as the one before, if it is on this site.
pub fn page_before(referer: &str, base_url: &str, host: Option<&str>) -> Option<String> {
    let referer = Url::parse(referer).ok()?;
    is_own(&referer.origin().ascii_serialization(), Some(base_url), host)
        .then(|| local_path(&referer[Position::BeforePath..Position::AfterQuery]))?
}

/// Whether an origin is the site's own.
fn is_own(origin: &str, base_url: Option<&str>, host: Option<&str>) -> bool {
    let same_host = origin
        .split_once("://")
        .is_some_and(|(scheme, rest)| scheme == "http" && Some(rest) == host && is_loopback(rest));
    Some(origin) == base_url || same_host
}

/// Whether `host` names this machine: reached so, the site may carry another public address.
fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

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
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
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

    #[test]
    fn a_form_from_another_site_is_refused() {
        let (site, origin) = ("sec-fetch-site", "origin");
        for (pairs, is_own) in [
            (&[(site, "same-origin"), (origin, "https://evil.example")][..], true),
            (&[(site, "none")], true),
            (&[(site, "cross-site"), (origin, "https://ships.example")], false),
            (&[(site, "same-site")], false),
            (&[(origin, "https://ships.example")], true),
            (&[(origin, "https://evil.example")], false),
            (&[(origin, "null")], false),
            (&[(origin, "http://127.0.0.1:8080")], true),
        ] {
            let from_here =
                comes_from_here(&headers(pairs), Some("https://ships.example"), Some("127.0.0.1:8080"));
            assert_eq!(from_here, is_own, "{pairs:?}");
        }
    }
}
