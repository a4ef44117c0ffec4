//! Sessions: opaque keys in the cookie, their state in the database, so that they can be revoked.
//!
//! Only the SHA-256 of a key is stored. Features meet the session as [`TypedSession`]; what they keep in it has a
//! key and a type of their own.

mod device;
mod owned;
mod store;
mod typed;

use actix_session::SessionMiddleware;
use actix_session::config::{CookieContentSecurity, PersistentSession, TtlExtensionPolicy};
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{CookieJar, SameSite};

pub use self::{
    owned::{OwnSession, end_one, end_others, of_account},
    store::{DatabaseSessions, end_all, opens, remove_expired},
    typed::{Credential, Flash, TypedSession},
};
use crate::config::Settings;

/// The middleware that loads and stores sessions; under https the cookie is `__Host-` and Secure.
pub fn middleware(settings: &Settings, sessions: &DatabaseSessions) -> SessionMiddleware<DatabaseSessions> {
    SessionMiddleware::builder(sessions.clone(), settings.secret.cookie_key())
        .cookie_name(cookie_name(settings).to_owned())
        .cookie_secure(settings.https())
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(
            PersistentSession::default()
                .session_ttl(Duration::days(store::SIGNED_IN_DAYS))
                .session_ttl_extension_policy(TtlExtensionPolicy::OnStateChanges),
        )
        .build()
}

fn cookie_name(settings: &Settings) -> &'static str {
    if settings.https() { "__Host-shiptally" } else { "shiptally" }
}

/// The session key in a request's cookie, if this site has made it; the session may be over by now.
pub fn cookie_of(request: &HttpRequest, settings: &Settings) -> Option<String> {
    let (mut jar, name) = (CookieJar::new(), cookie_name(settings));
    jar.add_original(request.cookie(name)?);
    let cookie = jar.signed(&settings.secret.cookie_key()).get(name)?;
    Some(cookie.value().to_owned())
}

/// What the session of a request is called in [`of_account`]; empty where there is none.
pub fn id_of(request: &HttpRequest, settings: &Settings) -> String {
    cookie_of(request, settings).map(|key| store::hash(&key)).unwrap_or_default()
}
