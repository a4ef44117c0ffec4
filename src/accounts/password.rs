//! Passwords: what is accepted, and how they are hashed (Argon2id, m = 19 MiB, t = 2, p = 1, the
//! OWASP cheat sheet's second choice), two at a time and never on an async worker.

use std::str::FromStr;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::web::error::AppError;

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

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Nothing was typed.
    #[error("Choose a password.")]
    Missing,
    /// Fewer than 10 characters.
    #[error("Password must have at least 10 characters.")]
    TooShort,
    /// More than 128 characters.
    #[error("Password must have at most 128 characters.")]
    TooLong,
    /// Among those that are tried first.
    #[error("This password is too common. Choose another.")]
    Common,
}

impl FromStr for Password {
    type Err = BadPassword;

    fn from_str(text: &str) -> Result<Self, BadPassword> {
        let lower = text.to_lowercase();
        match text.chars().count() {
            0 => Err(BadPassword::Missing),
            1..=9 => Err(BadPassword::TooShort),
            129.. => Err(BadPassword::TooLong),
            _ if is_common(&lower) => Err(BadPassword::Common),
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

    /// Hashes the password off the async workers.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when too many are waiting.
    pub async fn hash(self) -> Result<String, AppError> {
        off_worker(move || self.hash_now()).await?.map_err(|cause| AppError::internal(&cause))
    }
}

/// Whether `candidate` is the password behind `hash`; without a hash the answer is no, after as
/// long a time.
///
/// # Errors
/// [`AppError::Unavailable`] when too many are waiting.
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
        work()
    };
    actix_web::web::block(held).await.map_err(|cause| AppError::unavailable(&cause))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<BadPassword> {
        text.parse::<Password>().err()
    }

    #[test]
    fn length_is_the_only_rule_of_composition() {
        assert_eq!(refusal(""), Some(BadPassword::Missing));
        assert_eq!(refusal("short one"), Some(BadPassword::TooShort));
        assert_eq!(refusal("tallies go up"), None);
        assert_eq!(refusal(&"långt lösenord ".repeat(8)), None);
        assert_eq!(refusal(&"ab7 ".repeat(33)), Some(BadPassword::TooLong));
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        for common in [
            "1234567890",
            "Password123",
            "qwertyuiop",
            "passwordpassword",
            "aaaaaaaaaaaa",
            "abcdefghijkl",
            "0987654321",
            "q1w2e3r4t5",
        ] {
            assert_eq!(refusal(common), Some(BadPassword::Common), "{common}");
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
