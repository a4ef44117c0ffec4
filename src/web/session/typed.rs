//! The session of a request, as the features may use it.

use std::collections::HashMap;
use std::net::IpAddr;

use actix_session::{Session, SessionExt, SessionStatus};
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpRequest};
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::Utc;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::device;
use crate::config::Secret;
use crate::web::error::AppError;
use crate::web::network::NetworkKey;

pub(super) const ACCOUNT: &str = "account";
pub(super) const CREDENTIAL: &str = "credential";
/// When the password was last given, in seconds since 1970.
pub(super) const CONFIRMED: &str = "confirmed";
/// From what kind of device somebody has signed in.
pub(super) const DEVICE: &str = "device";
/// From which network a visitor comes, while nobody is signed in.
pub(super) const NETWORK: &str = "network";
const FLASH: &str = "flash";
const FORM: &str = "form";

/// The most bytes of a form that is kept of somebody unknown; the largest that readers send, in whatever letters.
const FORM_BYTES: usize = 18 * 1024;

/// The session of the request, as the features may use it.
#[derive(Clone)]
pub struct TypedSession {
    session: Session,
    /// Whether the page is not shown to anybody by this request: HEAD, or a browser that fetches it in advance.
    /// What is shown once stays for the request that shows it.
    looks_only: bool,
    user_agent: Option<HeaderValue>,
}

/// A line shown once, on the next page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Template)]
#[template(path = "_flash.html")]
pub struct Flash {
    /// Whether it tells of something that went wrong.
    pub problem: bool,
    /// One sentence.
    pub text: String,
}

impl HtmlSafe for Flash {}

/// A form that somebody sent before signing in. It holds no password.
#[derive(Serialize, Deserialize)]
struct SavedForm {
    /// The path that it was sent to.
    path: String,
    /// Its fields, as JSON.
    fields: String,
}

impl TypedSession {
    /// The session of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        let user_agent = request.headers().get(header::USER_AGENT).cloned();
        Self { session: request.get_session(), looks_only: looks_only(request), user_agent }
    }

    /// Whether the page is not shown to anybody by this request, so that it must not use up what is shown once.
    pub fn looks_only(&self) -> bool {
        self.looks_only
    }

    /// The account that is signed in, as the session says; whoever asks must still look it up.
    pub fn account_id(&self) -> Option<i64> {
        self.get(ACCOUNT)
    }

    /// Whether the session was made with this password. One that was opened with the old password
    /// while a new one was being stored is nobody's.
    pub fn is_made_with(&self, password: &Credential) -> bool {
        self.credential().is_some_and(|known| known == *password)
    }

    /// The password that the session was made with.
    pub fn credential(&self) -> Option<Credential> {
        self.get(CREDENTIAL)
    }

    /// Makes this the session of `account_id`, whose password has this hash, under a new key.
    pub fn sign_in(&self, account_id: i64, password_hash: &str) -> Result<(), AppError> {
        self.session.renew();
        self.session.remove(NETWORK);
        let user_agent = self.user_agent.as_ref().and_then(|value| value.to_str().ok());
        self.insert(DEVICE, &device::described(user_agent.unwrap_or_default()))?;
        self.insert(CREDENTIAL, &Credential::of(password_hash))?;
        self.confirm()?;
        self.insert(ACCOUNT, &account_id)
    }

    /// Notes that whoever is signed in has just given their password.
    pub fn confirm(&self) -> Result<(), AppError> {
        self.insert(CONFIRMED, &Utc::now().timestamp())
    }

    /// How long ago, in seconds, the password was given in this session; `None` if that is not known.
    pub fn confirmed_ago(&self) -> Option<i64> {
        let then: i64 = self.get(CONFIRMED)?;
        Some((Utc::now().timestamp() - then).max(0))
    }

    /// Ends the session.
    pub fn sign_out(&self) {
        self.session.purge();
    }

    /// Keeps a line for the next page.
    pub fn flash(&self, text: impl Into<String>) -> Result<(), AppError> {
        self.insert(FLASH, &Flash { problem: false, text: text.into() })
    }

    /// Keeps a line about something that went wrong for the next page.
    pub fn flash_problem(&self, text: impl Into<String>) -> Result<(), AppError> {
        self.insert(FLASH, &Flash { problem: true, text: text.into() })
    }

    /// Whether a line is kept that this page shows.
    pub fn has_flash(&self) -> bool {
        !self.looks_only && self.session.contains_key(FLASH)
    }

    /// Takes the kept line out, if this request shows it.
    pub fn take_flash(&self) -> Option<Flash> {
        if self.looks_only { None } else { self.take(FLASH) }
    }

    /// Notes from which network a visitor comes who is not signed in and whose session keeps something, so that no
    /// network fills the table.
    pub fn comes_from(&self, address: IpAddr, secret: &Secret) -> Result<(), AppError> {
        self.insert(NETWORK, &NetworkKey::of_site(secret).of(address))
    }

    /// Keeps what was typed into the form at `path` until its sender, who is unknown, has signed in, unless it is very
    /// much. Never for a form with a password. Says whether it is kept.
    pub fn keep_form(&self, path: &str, form: &impl Serialize) -> Result<bool, AppError> {
        let fields = serde_json::to_string(form).map_err(|cause| AppError::internal(&cause))?;
        let fits = path.len() + fields.len() <= FORM_BYTES;
        if fits {
            self.insert(FORM, &SavedForm { path: path.to_owned(), fields })?;
        }
        Ok(fits)
    }

    /// Takes out what was typed into the form at a path that is meant, if this request shows it. What was kept of another
    /// form is dropped.
    pub fn take_form<T: DeserializeOwned>(&self, is_meant: impl FnOnce(&str) -> bool) -> Option<T> {
        if self.looks_only {
            return None;
        }
        let form: SavedForm = self.take(FORM)?;
        if is_meant(&form.path) { serde_json::from_str(&form.fields).ok() } else { None }
    }

    /// How the session stands to what it was when the request came.
    pub fn status(&self) -> SessionStatus {
        self.session.status()
    }

    /// What another sending of the same form gives to its sender's session, as JSON: the line for the next page, or of a
    /// session that this one has opened all that it holds. It has no key in it that opens a session.
    pub fn to_restore(&self) -> Option<String> {
        let whole = self.status() == SessionStatus::Renewed;
        let entries = self.session.entries();
        let given: HashMap<_, _> = entries.iter().filter(|(name, _)| whole || *name == FLASH).collect();
        serde_json::to_string(&given).ok().filter(|_| !given.is_empty())
    }

    /// Gives this session what [`to_restore`](Self::to_restore) has taken from another; says whether somebody is signed
    /// in by that.
    pub fn restore(&self, state: &str) -> Result<bool, AppError> {
        let failed = |cause: serde_json::Error| AppError::internal(&cause);
        let entries: HashMap<String, String> = serde_json::from_str(state).map_err(failed)?;
        let signs_in = entries.contains_key(ACCOUNT);
        if signs_in {
            self.session.renew();
            self.session.remove(NETWORK);
        }
        if signs_in || self.account_id().is_some() {
            for (name, value) in entries {
                self.insert(&name, &serde_json::from_str::<serde_json::Value>(&value).map_err(failed)?)?;
            }
        }
        Ok(signs_in)
    }

    /// What is kept under `key`, if it is of this type.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.session.get(key).ok().flatten()
    }

    /// Keeps a value under `key`, which belongs to one feature.
    pub fn insert<T: Serialize>(&self, key: &str, value: &T) -> Result<(), AppError> {
        self.session.insert(key, value).map_err(|cause| AppError::internal(&cause))
    }

    /// Takes out what is kept under `key`.
    pub fn take<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let value = self.get(key);
        if self.session.contains_key(key) {
            self.session.remove(key);
        }
        value
    }
}

/// Whether nobody looks at the answer to a request, or not yet.
fn looks_only(request: &HttpRequest) -> bool {
    let is_prefetch =
        |name: &str| request.headers().get_all(name).any(|value| value.as_bytes().starts_with(b"prefetch"));
    request.method() == Method::HEAD || ["sec-purpose", "purpose", "x-moz"].into_iter().any(is_prefetch)
}

impl FromRequest for TypedSession {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self::of(request)))
    }
}

/// Tells one password hash from another, without giving it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credential(String);

impl Credential {
    /// How many bytes a [`mark`](Self::mark) has.
    pub const MARK: usize = 8;

    /// A few bytes that tell it from another, and give nothing of it away.
    pub fn mark(&self) -> [u8; Self::MARK] {
        let mut mark = [0; Self::MARK];
        mark.copy_from_slice(&Sha256::digest(&self.0)[..Self::MARK]);
        mark
    }

    /// That of the password behind this hash.
    pub fn of(password_hash: &str) -> Self {
        let digest = Sha256::digest(password_hash);
        Self(hex::encode(&digest[..16]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_does_not_give_the_whole_hash_away() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(Credential::of("abc"), Credential("ba7816bf8f01cfea414140de5dae2223".to_owned()));
    }
}
