//! The key of a form: a hidden field of every form on a page that is made for one person. It tells one sending of the
//! form from another, so that a double click is recognised, and for whom the page was made, so that what was typed
//! outlives the session. It is signed: nobody makes one for somebody else's account. It is no permission to send.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::config::Secret;

/// The name of the hidden field, which comes first in its form.
pub const FIELD: &str = "form_key";

/// How many bytes tell one page from another.
const NONCE: usize = 16;
const ACCOUNT: usize = 8;
const SIGNATURE: usize = 16;

/// How many characters a key has.
pub const LENGTH: usize = 2 * (NONCE + ACCOUNT + SIGNATURE);

/// How many bytes a form has at least that begins with a key.
pub const BEGINNING: usize = FIELD.len() + 1 + LENGTH;

/// Makes the keys of a site's forms, and reads them.
#[derive(Clone, Default)]
pub struct FormKeys([u8; 32]);

/// A key that this site has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormKey {
    /// The key as it was sent.
    pub text: String,
    /// Whose page it was; `None` for a visitor's.
    pub account_id: Option<i64>,
}

impl FormKeys {
    /// Those of a site with this secret.
    pub fn of_site(secret: &Secret) -> Self {
        Self(secret.form_key())
    }

    /// A new key for a page that is made for this account, or for a visitor.
    pub fn issue(&self, account_id: Option<i64>) -> String {
        let mut bytes = [0; NONCE + ACCOUNT];
        bytes[..NONCE].copy_from_slice(&rand::random::<[u8; NONCE]>());
        bytes[NONCE..].copy_from_slice(&account_id.unwrap_or_default().to_be_bytes());
        // In capitals, which spell nobody's name in a page.
        hex::encode_upper([bytes.as_slice(), &self.sign(bytes)].concat())
    }

    /// What a key says, if this site has made it.
    pub fn read(&self, text: &str) -> Option<FormKey> {
        let bytes = hex::decode(text).ok().filter(|_| text.len() == LENGTH)?;
        let (signed, signature) = bytes.split_at(NONCE + ACCOUNT);
        let signed: [u8; NONCE + ACCOUNT] = signed.try_into().ok()?;
        let account: [u8; ACCOUNT] = signed[NONCE..].try_into().ok()?;
        let account_id = Some(i64::from_be_bytes(account)).filter(|id| *id != 0);
        is_same(&self.sign(signed), signature).then(|| FormKey { text: text.to_owned(), account_id })
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
    fn sign(&self, bytes: [u8; NONCE + ACCOUNT]) -> [u8; SIGNATURE] {
        let digest = Sha256::new_with_prefix(self.0).chain_update(bytes).finalize();
        let mut signature = [0; SIGNATURE];
        signature.copy_from_slice(&digest[..SIGNATURE]);
        signature
    }
}

/// Whether two signatures are the same, in a time that does not tell where they differ.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
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
            let key = site.issue(account);
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
        assert_ne!(keys.issue(Some(1)), keys.issue(Some(1)));
    }
}
