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

use crate::config::Settings;
pub use crate::web::client_address::client_address;
use crate::web::error::AppError;
use crate::web::page::{is_unsafe, local_path};
use crate::web::security_event::{self, RequestId, SecurityEvent};

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
            security_event::record(request.request(), SecurityEvent::CrossSiteRefused, None);
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
    if status == 429 {
        security_event::record(response.request(), SecurityEvent::Throttled, None);
    }
    if status < 500 && !tracing::enabled!(tracing::Level::DEBUG) {
        // Finding the route again costs more than all else here.
        return Ok(response);
    }
    let route = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let request_id = RequestId::of(response.request());
    if status >= 500 {
        tracing::warn!(%method, route, status, micros, %request_id, "request failed");
    } else {
        tracing::debug!(%method, route, status, micros, %request_id, "request");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::client_address::tests::headers;

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
