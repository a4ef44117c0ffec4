//! The key of a form: a hidden field of every form on a page that is made for one person. It tells one sending of the
//! form from another, so that a double click is recognised, and for whom the page was made, so that what was typed
//! outlives the session. It is signed: nobody makes one for somebody else's account. It is no permission to send, and what
//! is sent with it is kept for its account only while it is new and the account has the password that it had.

use std::fmt;

use chrono::{NaiveDateTime, Utc};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::Secret;
use crate::web::session::Credential;

/// The name of the hidden field, which comes first in its form.
pub const FIELD: &str = "form_key";

/// How many bytes tell one page from another.
const NONCE: usize = 16;
const ACCOUNT: usize = 8;
const HOUR: usize = 8;
const SIGNED: usize = NONCE + ACCOUNT + HOUR + Credential::MARK;
const SIGNATURE: usize = 16;

/// For how many hours what is sent with a key is kept for its account.
const KEEPS_HOURS: i64 = 3 * 24;

/// How many characters a key has.
pub const LENGTH: usize = 2 * (SIGNED + SIGNATURE);

/// How many bytes a form has at least that begins with a key.
pub const BEGINNING: usize = FIELD.len() + 1 + LENGTH;

/// Makes the keys of a site's forms, and reads them.
#[derive(Clone, Default)]
pub struct FormKeys([u8; 32]);

/// Whose page it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub account_id: i64,
    /// The password that they have.
    pub credential: Credential,
}

/// A key that this site has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormKey {
    /// The key as it was sent.
    pub text: String,
    /// Whose page it was; `None` for a visitor's.
    pub account_id: Option<i64>,
    /// In which hour since 1970 it was made.
    hour: i64,
    mark: [u8; Credential::MARK],
}

impl FormKey {
    /// Whether what is sent with this key now may be kept for its account, which has this password.
    pub fn may_keep(&self, credential: &Credential, now: NaiveDateTime) -> bool {
        let age = hour(now) - self.hour;
        self.account_id.is_some() && age < KEEPS_HOURS && self.mark == credential.mark()
    }
}

fn hour(time: NaiveDateTime) -> i64 {
    time.and_utc().timestamp() / 3600
}

impl FormKeys {
    /// Those of a site with this secret.
    pub fn of_site(secret: &Secret) -> Self {
        Self(secret.form_key())
    }

    /// A new key for a page that is made for this account, or for a visitor.
    pub fn issue(&self, owner: Option<&Owner>) -> String {
        let account_id = owner.map_or(0, |owner| owner.account_id);
        let mark = owner.map(|owner| owner.credential.mark()).unwrap_or_default();
        let bytes = [
            rand::random::<[u8; NONCE]>().as_slice(),
            &account_id.to_be_bytes(),
            &hour(Utc::now().naive_utc()).to_be_bytes(),
            &mark,
        ]
        .concat();
        // In capitals, which spell nobody's name in a page.
        hex::encode_upper([bytes.as_slice(), &self.sign(&bytes)].concat())
    }

    /// What a key says, if this site has made it.
    pub fn read(&self, text: &str) -> Option<FormKey> {
        let bytes = hex::decode(text).ok().filter(|_| text.len() == LENGTH)?;
        let (signed, signature) = bytes.split_at(SIGNED);
        if !bool::from(self.sign(signed).ct_eq(signature)) {
            return None;
        }
        let (account, rest) = signed.get(NONCE..)?.split_first_chunk::<ACCOUNT>()?;
        let (hour, mark) = rest.split_first_chunk::<HOUR>()?;
        Some(FormKey {
            text: text.to_owned(),
            account_id: Some(i64::from_be_bytes(*account)).filter(|id| *id != 0),
            hour: i64::from_be_bytes(*hour),
            mark: mark.try_into().ok()?,
        })
    }

    /// The key that a form begins with, urlencoded as browsers send it.
    pub fn at_beginning(&self, body: &[u8]) -> Option<FormKey> {
        let text = body.strip_prefix(FIELD.as_bytes())?.strip_prefix(b"=")?.get(..LENGTH)?;
        self.read(std::str::from_utf8(text).ok()?)
    }

    /// What tells one form from another without giving away what was typed.
    pub fn digest(&self, parts: &[&str]) -> String {
        let mut digest = Sha256::new_with_prefix(self.0);
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        // A part of the hash: nothing can be appended to what it was made of.
        hex::encode(&digest.finalize()[..24])
    }

    /// The first half of the SHA-256 of the secret key and these bytes, both of fixed length.
    fn sign(&self, bytes: &[u8]) -> [u8; SIGNATURE] {
        let digest = Sha256::new_with_prefix(self.0).chain_update(bytes).finalize();
        let mut signature = [0; SIGNATURE];
        signature.copy_from_slice(&digest[..SIGNATURE]);
        signature
    }
}

impl fmt::Debug for FormKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormKeys(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_says_for_whom_it_was_made_and_to_nobody_else(
            account in proptest::option::of(1..i64::MAX), place in 0..LENGTH, digit in 0_u8..16,
        ) {
            let (site, other) = (FormKeys([1; 32]), FormKeys([2; 32]));
            let credential = Credential::of(&format!("hash {account:?}"));
            let owner = account.map(|account_id| Owner { account_id, credential });
            let key = site.issue(owner.as_ref());
            prop_assert_eq!(site.read(&key).map(|key| key.account_id), Some(account));
            prop_assert_eq!(other.read(&key), None);
            let body = format!("{FIELD}={key}&name=x");
            prop_assert_eq!(site.at_beginning(body.as_bytes()), site.read(&key));
            prop_assert_eq!(site.at_beginning(&body.as_bytes()[..BEGINNING - 1]), None);
            let mut bent: Vec<char> = key.chars().collect();
            bent[place] = char::from(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 });
            let bent: String = bent.into_iter().collect();
            prop_assert_eq!(site.read(&bent).is_some(), bent == key);
        }

        #[test]
        fn whatever_is_no_key_is_refused(text in ".{0,90}") {
            prop_assert_eq!(FormKeys([1; 32]).read(&text), None);
        }
    }

    #[test]
    fn the_parts_of_a_form_do_not_run_into_each_other() {
        let keys = FormKeys([1; 32]);
        assert_ne!(keys.digest(&["ab", "c"]), keys.digest(&["a", "bc"]));
        assert_ne!(keys.issue(None), keys.issue(None));
    }

    #[test]
    fn a_key_keeps_forms_for_three_days_and_for_one_password() {
        let keys = FormKeys([1; 32]);
        let (one, other) = (Credential::of("one"), Credential::of("other"));
        let owner = Owner { account_id: 7, credential: one.clone() };
        let now = Utc::now().naive_utc();
        let keeps = |key: &str, credential: &Credential, hours: i64| {
            let later = now + chrono::TimeDelta::hours(hours);
            keys.read(key).is_some_and(|key| key.may_keep(credential, later))
        };
        let key = keys.issue(Some(&owner));
        assert!(keeps(&key, &one, 0) && keeps(&key, &one, 71));
        assert!(!keeps(&key, &one, 73) && !keeps(&key, &other, 0));
        assert!(!keeps(&keys.issue(None), &one, 0));
    }
}
