//! What an account is made of: parsed once, into types that cannot be wrong.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use super::Password;
use super::folding::{is_visible, letters, shown_email};
use crate::text::composed;
use crate::web::page::FieldErrors;
use crate::words;

/// What a form for a new account sends, and where to go on afterwards.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignUpForm {
    pub handle: String,
    pub email: String,
    pub password: String,
    pub next: String,
}

impl SignUpForm {
    /// What was typed by somebody who is to have this role on a site of this name, or what is wrong with each field.
    pub fn parse(&self, site_name: &str, role: Role) -> Result<(Handle, Email, Password), FieldErrors> {
        let handle = self.handle.parse::<Handle>().and_then(|handle| handle.for_role(role, site_name));
        let password = self.password.parse::<Password>();
        match (handle, self.email.parse::<Email>(), password) {
            (Ok(handle), Ok(email), Ok(password)) => {
                match password.fits(handle.as_str(), email.as_str(), site_name) {
                    Ok(password) => Ok((handle, email, password)),
                    Err(fault) => Err(FieldErrors::one("password", fault)),
                }
            }
            (handle, email, password) => {
                let mut errors = FieldErrors::default();
                let faults = [("handle", handle.err()), ("email", email.err()), ("password", password.err())];
                for (name, fault) in faults {
                    if let Some(fault) = fault {
                        errors.add(name, fault);
                    }
                }
                Err(errors)
            }
        }
    }
}

/// The public name of an account: 2 to 30 letters, digits, hyphens or underscores, the first and
/// last a letter or digit. Unique without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle(String);

/// Names that seem to speak for a site, without hyphens and underscores.
const RESERVED: [&str; 24] = [
    "abuse",
    "admin",
    "administrator",
    "contact",
    "help",
    "hostmaster",
    "info",
    "mod",
    "moderation",
    "moderator",
    "moderators",
    "noreply",
    "official",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "shiptally",
    "staff",
    "support",
    "system",
    "team",
    "webmaster",
];

impl FromStr for Handle {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let handle = text.trim();
        if handle.is_empty() {
            return Err("Choose a username.");
        }
        if !(2..=30).contains(&handle.chars().count()) {
            return Err("Username must have 2 to 30 characters.");
        }
        let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if !handle.chars().all(inside) || !edge(handle.chars().next()) || !edge(handle.chars().last()) {
            return Err(
                "Username can contain letters (a to z), digits, hyphens and underscores, and must begin and end with a letter or digit.",
            );
        }
        Ok(Self(handle.to_owned()))
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Handle {
    /// The handle as its owner wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that it is compared and looked for in.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The handle, unless it seems to speak for the site, which has this name: only whoever has a part in running it may have that.
    pub fn for_role(self, role: Role, site_name: &str) -> Result<Self, &'static str> {
        let plain = letters(&self.0);
        let is_reserved = RESERVED.contains(&plain.as_str()) || plain == letters(site_name);
        if is_reserved && role < Role::Moderator {
            return Err("This username is reserved. Choose another.");
        }
        Ok(self)
    }
}

/// An e-mail address as it is stored and compared: composed, the local part without regard to the case of the letters
/// from A to Z, the domain as it stands in the DNS (`xn--…`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl FromStr for Email {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let email = text.trim();
        if email.is_empty() {
            return Err("Enter your email address.");
        }
        Self::fold(email).ok_or("Enter a valid email address.")
    }
}

impl Email {
    /// The address as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn fold(email: &str) -> Option<Self> {
        let (typed, domain) = email.rsplit_once('@')?;
        let (local, domain) = (composed(typed), idna::domain_to_ascii(domain).ok()?);
        let folded = format!("{}@{domain}", local.to_ascii_lowercase());
        // A sign that is composed to one of ASCII (the Kelvin sign to K) must not lead to the address of somebody else.
        let ascii = |text: &str| text.chars().filter(char::is_ascii).count();
        let options = email_address::Options::default().without_display_text().without_domain_literal();
        let is_right = folded.len() <= 254
            && local.chars().all(is_visible)
            && ascii(&local) <= ascii(typed)
            && email_address::EmailAddress::parse_with_options(&folded, options).is_ok();
        is_right.then_some(Self(folded))
    }

    /// How the address may be stored: the second is what older versions made of one whose domain is not ASCII.
    pub(super) fn stored_forms(&self) -> [String; 2] {
        [self.0.clone(), shown_email(&self.0)]
    }
}

/// What an account may do; a higher role may do all that a lower one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Role {
    /// Votes, suggests tools, sends corrections.
    Member = 0,
    /// Edits the catalogue and moderates votes.
    Moderator = 1,
    /// Also assigns roles and deletes records permanently.
    Admin = 2,
}

words!(Role { Member = "member", Moderator = "moderator", Admin = "admin" });

impl Role {
    /// The number that the database stores.
    pub fn to_i16(self) -> i16 {
        self as i16
    }

    /// The role behind a stored number; an unknown number has the least rights.
    pub fn from_i16(number: i16) -> Self {
        Self::ALL.iter().copied().find(|role| role.to_i16() == number).unwrap_or(Self::Member)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn handles_are_plain_words() {
        for good in ["ab", "Ada-Lovelace", "x_1", " marlow "] {
            assert!(good.parse::<Handle>().is_ok(), "{good}");
        }
        for bad in ["", "a", "-ab", "ab_", "a b", "a<b", "äb", "a@b", &"a".repeat(31)] {
            assert!(bad.parse::<Handle>().is_err(), "{bad}");
        }
    }

    #[test]
    fn who_does_not_run_the_site_has_no_name_that_says_so() {
        let may = |name: &str, role| name.parse::<Handle>().unwrap().for_role(role, "Tool Court").is_ok();
        for name in ["admin", "Ad-min", "MODERATOR", "support", "tool_court", "ToolCourt", "shiptally"] {
            assert!(!may(name, Role::Member), "{name}");
            assert!(may(name, Role::Moderator), "{name}");
        }
        for name in ["admiral", "supporter", "tool", "court"] {
            assert!(may(name, Role::Member), "{name}");
        }
    }

    #[test]
    fn an_address_is_one_however_it_is_written() {
        for (typed, stored) in [
            ("Ada@Example.ORG", "ada@example.org"),
            (" ada@bücher.example ", "ada@xn--bcher-kva.example"),
            ("ada@BU\u{308}CHER.example", "ada@xn--bcher-kva.example"),
            ("ADA@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("e\u{301}@example.org", "\u{e9}@example.org"),
            // Only the letters from A to Z are without case.
            ("\u{c9}@example.org", "\u{c9}@example.org"),
            ("\u{212b}@example.org", "\u{c5}@example.org"),
            ("I\u{307}@example.org", "\u{130}@example.org"),
        ] {
            assert_eq!(typed.parse::<Email>().map(|e| e.as_str().to_owned()), Ok(stored.into()), "{typed}");
        }
        let no_address = ["", "ada", "ada@", "Ada <ada@example.org>", "a b@example.org", "ada@[127.0.0.1]"];
        assert!("\u{212a}@example.org".parse::<Email>().is_err(), "the Kelvin sign is no k");
        let not_seen =
            ["\u{200b}@example.org", "a\u{202e}b@example.org", "\u{3164}@example.org", "a\u{fffe}@x.org"];
        for bad in no_address.iter().chain(&not_seen) {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
        assert_eq!(shown_email("ada@xn--bcher-kva.example"), "ada@bücher.example");
    }

    proptest! {
        #[test]
        fn folding_an_address_is_idempotent_and_the_same_for_every_form(
            local in "[a-zA-Z\u{e0}-\u{17f}\u{1e00}-\u{1eff}]{1,8}",
            domain in "[a-zA-Z\u{e0}-\u{f6}]{1,12}",
        ) {
            let typed = format!("{local}@{domain}.example");
            let apart = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(&typed);
            let email = typed.parse::<Email>();
            prop_assert_eq!(&apart.parse::<Email>(), &email);
            if let Ok(email) = email {
                prop_assert_eq!(email.as_str().parse::<Email>(), Ok(email.clone()));
                prop_assert_eq!(shown_email(email.as_str()).parse::<Email>(), Ok(email));
            }
        }
    }
}
