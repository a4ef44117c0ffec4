//! Passwords: what is accepted, and how they are hashed (Argon2id, m = 19 MiB, t = 2, p = 1, the
//! OWASP cheat sheet's second choice), two at a time and never on an async worker.

use std::str::FromStr;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::web::error::AppError;
use crate::web::page::compute;

/// How many hashes are computed at once: each holds 19 MiB while it runs.
static HASHING: Semaphore = Semaphore::const_new(2);

/// How long somebody waits for a place before being asked to try again.
const PATIENCE: Duration = Duration::from_secs(10);

/// A hash that no password belongs to, checked in place of an unknown account's, so that an
/// answer takes as long whether or not there is such an account. The same parameters as ours.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2hpcHRhbGx5LW5vYm9keQ$\
                      yLvYJPHnFpmAV9+KtQ9nhhL8YGbhsNFLoPWXjEVVGcY";

/// A password that may be used: 10 to 128 characters, not among the most common.
#[derive(Clone)]
pub struct Password(String);

impl FromStr for Password {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.chars().count() {
            0 => Err("Choose a password."),
            1..=9 => Err("Password must have at least 10 characters."),
            129.. => Err("Password must have at most 128 characters."),
            _ if is_common(&text.to_lowercase()) => Err("This password is too common. Choose another."),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// Whether `lower` is in the list of common passwords, or one of them repeated, or one character
/// over and over, or a plain run of digits or letters.
fn is_common(lower: &str) -> bool {
    let repeats =
        (1..=lower.len() / 2).filter(|n| lower.len().is_multiple_of(*n) && lower.is_char_boundary(*n));
    let mut parts =
        repeats.map(|n| &lower[..n]).filter(|part| part.repeat(lower.len() / part.len()) == lower);
    let run = |step: i32| {
        let codes: Vec<i32> = lower.chars().map(|c| c as i32).collect();
        codes
            .windows(2)
            .all(|pair| pair[1] - pair[0] == step || (pair[0] == '9' as i32 && pair[1] == '0' as i32))
    };
    passwords::analyzer::is_common_password(lower)
        || parts.any(|part| part.chars().count() <= 2 || passwords::analyzer::is_common_password(part))
        || run(1)
        || run(-1)
}

impl Password {
    /// Hashes the password on the current thread.
    pub fn hash_now(&self) -> Result<String, String> {
        Argon2::default()
            .hash_password(self.0.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|cause| cause.to_string())
    }

    /// Whether this is the password behind `hash`, computed on the current thread.
    pub fn opens(&self, hash: &str) -> bool {
        PasswordHash::new(hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(self.0.as_bytes(), &parsed).is_ok())
    }

    /// Hashes the password off the async workers. [`AppError::Unavailable`] when too many are waiting.
    pub async fn hash(self) -> Result<String, AppError> {
        off_worker(move || self.hash_now()).await?.map_err(|cause| AppError::internal(&cause))
    }
}

/// Whether `candidate` is the password behind `hash`; without a hash the answer is no, after as
/// long a time. [`AppError::Unavailable`] when too many are waiting.
pub async fn verify(candidate: String, hash: Option<String>) -> Result<bool, AppError> {
    off_worker(move || {
        let stored = hash.as_deref().unwrap_or(NOBODY);
        let right = PasswordHash::new(stored)
            .is_ok_and(|parsed| Argon2::default().verify_password(candidate.as_bytes(), &parsed).is_ok());
        right && hash.is_some()
    })
    .await
}

async fn off_worker<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let permit = tokio::time::timeout(PATIENCE, HASHING.acquire()).await;
    let Ok(Ok(permit)) = permit else { return Err(AppError::Unavailable) };
    // The place is held by the work, not by the request, which may be gone before it is done.
    let held = move || {
        let _permit = permit;
        Ok(work())
    };
    compute(held).await
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_common() {
        const COMMON: &str = "This password is too common. Choose another.";
        for (text, fault) in [
            ("", Some("Choose a password.")),
            ("short one", Some("Password must have at least 10 characters.")),
            ("tallies go up", None),
            (&"långt lösenord ".repeat(8), None),
            (&"ab7 ".repeat(33), Some("Password must have at most 128 characters.")),
            ("1234567890", Some(COMMON)),
            ("Password123", Some(COMMON)),
            ("qwertyuiop", Some(COMMON)),
            ("passwordpassword", Some(COMMON)),
            ("aaaaaaaaaaaa", Some(COMMON)),
            ("abcdefghijkl", Some(COMMON)),
            ("0987654321", Some(COMMON)),
            ("q1w2e3r4t5", Some(COMMON)),
        ] {
            assert_eq!(text.parse::<Password>().err(), fault, "{text}");
        }
    }

    #[test]
    fn the_stand_in_hash_is_a_real_one_that_costs_as_much() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        let ours = "tallies go up".parse::<Password>().unwrap().hash_now().unwrap();
        let ours = PasswordHash::new(&ours).unwrap();
        assert_eq!(parsed.algorithm, ours.algorithm);
        assert_eq!(parsed.params, ours.params);
        assert_eq!(parsed.hash.unwrap().as_ref().len(), ours.hash.unwrap().as_ref().len());
    }

    #[actix_web::test]
    async fn a_password_is_recognised_and_another_is_not() {
        let hash = "tallies go up".parse::<Password>().unwrap().hash().await.unwrap();
        assert!(verify("tallies go up".into(), Some(hash.clone())).await.unwrap());
        assert!(!verify("tallies go down".into(), Some(hash)).await.unwrap());
        assert!(!verify("tallies go up".into(), None).await.unwrap());
    }
}
