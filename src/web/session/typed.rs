//! The session of a request, as the features may use it.

use actix_session::{Session, SessionExt};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use askama::Template;
use askama::filters::HtmlSafe;
use chrono::Utc;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::web::error::AppError;

pub(super) const ACCOUNT: &str = "account";
pub(super) const CREDENTIAL: &str = "credential";
/// When the password was last given, in seconds since 1970.
pub(super) const CONFIRMED: &str = "confirmed";
const FLASH: &str = "flash";
const FORM: &str = "form";

/// The most bytes of a form that is kept.
const FORM_BYTES: usize = 16 * 1024;

/// The session of the request, as the features may use it.
#[derive(Clone)]
pub struct TypedSession(Session);

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
    /// Its fields, urlencoded.
    fields: String,
}

impl TypedSession {
    /// The session of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        Self(request.get_session())
    }

    /// The account that is signed in, as the session says; whoever asks must still look it up.
    pub fn account_id(&self) -> Option<i64> {
        self.get(ACCOUNT)
    }

    /// Whether the session was made with this password. One that was opened with the old password
    /// while a new one was being stored is nobody's.
    pub fn is_made_with(&self, password: &Credential) -> bool {
        self.get::<Credential>(CREDENTIAL).is_some_and(|known| known == *password)
    }

    /// Makes this the session of `account_id`, whose password has this hash, under a new key.
    pub fn sign_in(&self, account_id: i64, password_hash: &str) -> Result<(), AppError> {
        self.0.renew();
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
        self.0.purge();
    }

    /// Keeps a line for the next page.
    pub fn flash(&self, text: impl Into<String>) -> Result<(), AppError> {
        self.insert(FLASH, &Flash { problem: false, text: text.into() })
    }

    /// Keeps a line about something that went wrong for the next page.
    pub fn flash_problem(&self, text: impl Into<String>) -> Result<(), AppError> {
        self.insert(FLASH, &Flash { problem: true, text: text.into() })
    }

    /// Whether a line is kept for the next page.
    pub fn has_flash(&self) -> bool {
        self.0.contains_key(FLASH)
    }

    /// Takes the kept line out.
    pub fn take_flash(&self) -> Option<Flash> {
        self.take(FLASH)
    }

    /// Keeps what was typed into the form at `path` until its sender has signed in, unless it is very much. Never for a
    /// form with a password. Says whether it is kept.
    pub fn keep_form(&self, path: &str, fields: String) -> Result<bool, AppError> {
        let fits = path.len() + fields.len() <= FORM_BYTES;
        if fits {
            self.insert(FORM, &SavedForm { path: path.to_owned(), fields })?;
        }
        Ok(fits)
    }

    /// Takes out what was typed into the form at `path`, urlencoded. What was kept of another form is dropped.
    pub fn take_form(&self, path: &str) -> Option<String> {
        self.take(FORM).filter(|form: &SavedForm| form.path == path).map(|form| form.fields)
    }

    /// What is kept under `key`, if it is of this type.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.0.get(key).ok().flatten()
    }

    /// Keeps a value under `key`, which belongs to one feature.
    pub fn insert<T: Serialize>(&self, key: &str, value: &T) -> Result<(), AppError> {
        self.0.insert(key, value).map_err(|cause| AppError::internal(&cause))
    }

    /// Takes out what is kept under `key`.
    pub fn take<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let value = self.get(key);
        if self.0.contains_key(key) {
            self.0.remove(key);
        }
        value
    }
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
