//! Passwords: what is accepted, and how they are hashed (Argon2id, m = 19 MiB, t = 2, p = 1, the
//! OWASP cheat sheet's second choice), never on an async worker.

use std::str::FromStr;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::folding::{letters, shown_email};
use super::hashing::{self, Caller};
use crate::text::composed;
use crate::web::error::AppError;

/// A hash that no password belongs to, checked in place of an unknown account's, so that an
/// answer takes as long whether or not there is such an account. The same parameters as ours.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2hpcHRhbGx5LW5vYm9keQ$\
                      yLvYJPHnFpmAV9+KtQ9nhhL8YGbhsNFLoPWXjEVVGcY";

/// How many letters or digits a name has at least that no password may contain: shorter ones stand in many words.
const NAME_LETTERS: usize = 3;

/// A password that may be used: 10 to 128 characters, composed as Unicode has it, not among the most common.
#[derive(Clone)]
pub struct Password(String);

impl FromStr for Password {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = composed(text);
        match text.chars().count() {
            0 => Err("Choose a password."),
            1..=9 => Err("Password must have at least 10 characters."),
            129.. => Err("Password must have at most 128 characters."),
            _ if is_common(&text.to_lowercase()) => Err("This password is too common. Choose another."),
            _ => Ok(Self(text)),
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

/// A new password for an account that is stored.
pub fn new_password(
    text: &str,
    handle: &str,
    email: &str,
    site_name: &str,
) -> Result<Password, &'static str> {
    text.parse::<Password>()?.fits(handle, email, site_name)
}

impl Password {
    /// The password, unless whoever knows the account guesses it first.
    pub fn fits(self, handle: &str, email: &str, site_name: &str) -> Result<Self, &'static str> {
        let password = letters(&self.0);
        let contains = |name: &str| name.chars().count() >= NAME_LETTERS && password.contains(name);
        let local = letters(email.rsplit_once('@').map_or("", |(local, _)| local));
        let shown = shown_email(email);
        if contains(&letters(email)) || contains(&letters(&shown)) || !local.is_empty() && password == local {
            Err("Password must not be your email address.")
        } else if contains(&letters(handle)) {
            Err("Password must not contain your username.")
        } else if contains(&letters(site_name)) {
            Err("Password must not contain the name of this site.")
        } else {
            Ok(self)
        }
    }

    /// Hashes the password on the current thread.
    pub fn hash_now(&self) -> Result<String, String> {
        Argon2::default()
            .hash_password(self.0.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|cause| cause.to_string())
    }

    /// Whether this is the password behind `hash`, computed on the current thread.
    pub fn opens(&self, hash: &str) -> bool {
        opens(&self.0, hash)
    }

    /// Hashes the password off the async workers. [`AppError::Unavailable`] when too many are waiting.
    pub async fn hash(self, caller: Caller) -> Result<String, AppError> {
        hashing::run(caller, move || self.hash_now()).await?.map_err(|cause| AppError::internal(&cause))
    }
}

/// Whether `candidate` is the password behind `hash`; without a hash the answer is no, after as
/// long a time. [`AppError::Unavailable`] when too many are waiting.
pub async fn verify(candidate: String, hash: Option<String>, caller: Caller) -> Result<bool, AppError> {
    hashing::run(caller, move || {
        let stored = hash.as_deref().unwrap_or(NOBODY);
        let usual = composed(&candidate);
        // Older versions hashed what was sent.
        let right = opens(&usual, stored) || usual != candidate && opens(&candidate, stored);
        right && hash.is_some()
    })
    .await
}

fn opens(text: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|parsed| Argon2::default().verify_password(text.as_bytes(), &parsed).is_ok())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use proptest::prelude::*;

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
        let caller = || Caller::stranger([192, 0, 2, 1].into());
        let hash = "tallies go up".parse::<Password>().unwrap().hash(caller()).await.unwrap();
        assert!(verify("tallies go up".into(), Some(hash.clone()), caller()).await.unwrap());
        assert!(!verify("tallies go down".into(), Some(hash), caller()).await.unwrap());
        assert!(!verify("tallies go up".into(), None, caller()).await.unwrap());
    }

    #[actix_web::test]
    async fn a_password_is_the_same_however_a_keyboard_composes_it() {
        let caller = || Caller::stranger([192, 0, 2, 1].into());
        let (composed, apart) = ("Pässwort-größe-é", "Pa\u{308}sswort-gro\u{308}ße-e\u{301}");
        let hash = composed.parse::<Password>().unwrap().hash_now().unwrap();
        let as_sent = Argon2::default().hash_password(apart.as_bytes()).unwrap().to_string();
        for (typed, stored, is_right) in [
            (composed, &hash, true),
            (apart, &hash, true),
            ("Passwort-grosse-e", &hash, false),
            // What an older version stored.
            (apart, &as_sent, true),
        ] {
            let right = verify(typed.into(), Some(stored.clone()), caller()).await.unwrap();
            assert_eq!(right, is_right, "{typed}");
        }
        assert_eq!(apart.parse::<Password>().unwrap().0, composed);
    }

    #[test]
    fn a_password_says_nothing_that_is_known_of_the_account() {
        let fault = |text: &str| {
            new_password(text, "Ada-99", "lovelace.ada@xn--bcher-kva.example", "Tool Court").err()
        };
        const USERNAME: Option<&str> = Some("Password must not contain your username.");
        const SITE: Option<&str> = Some("Password must not contain the name of this site.");
        const EMAIL: Option<&str> = Some("Password must not be your email address.");
        for (text, expected) in [
            ("correct horse battery", None),
            ("a tool and a court", None),
            ("my-ADA-99-password", USERNAME),
            ("ada99ada99", USERNAME),
            ("ToolCourt2026", SITE),
            ("i like tool court", SITE),
            ("Lovelace.Ada@bücher.example", EMAIL),
            ("lovelace.ada@xn--bcher-kva.example", EMAIL),
            ("lovelace.ada", EMAIL),
        ] {
            assert_eq!(fault(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn composing_is_idempotent_and_the_same_for_every_form(text in "\\PC{0,20}") {
            let once = composed(&text);
            let apart = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(&text);
            prop_assert_eq!(composed(&apart), once.clone());
            prop_assert_eq!(composed(&once), once);
        }
    }
}
