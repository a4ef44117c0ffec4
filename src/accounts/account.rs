//! What an account is made of: parsed once, into types that cannot be wrong.

use std::fmt;
use std::str::FromStr;

/// The public name of an account: 2 to 30 letters, digits, hyphens or underscores, the first and
/// last a letter or digit. Unique without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle(String);

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
}

/// An e-mail address, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl FromStr for Email {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let email = text.trim();
        if email.is_empty() {
            return Err("Enter your email address.");
        }
        let options = email_address::Options::default().without_display_text().without_domain_literal();
        match email_address::EmailAddress::parse_with_options(email, options) {
            Ok(_) if email.len() <= 254 => Ok(Self(email.to_lowercase())),
            _ => Err("Enter a valid email address."),
        }
    }
}

impl Email {
    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an account may do; a higher role may do all that a lower one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Role {
    /// Votes, suggests tools, sends corrections.
    Member,
    /// Edits the catalogue and moderates votes.
    Moderator,
    /// Also assigns roles and deletes records permanently.
    Admin,
}

impl Role {
    /// The number that the database stores.
    pub fn to_i16(self) -> i16 {
        match self {
            Self::Member => 0,
            Self::Moderator => 1,
            Self::Admin => 2,
        }
    }

    /// The role behind a stored number; an unknown number has the least rights.
    pub fn from_i16(number: i16) -> Self {
        match number {
            1 => Self::Moderator,
            2 => Self::Admin,
            _ => Self::Member,
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }
}

#[cfg(test)]
mod tests {
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
    fn addresses_are_kept_in_lower_case() {
        assert_eq!(
            "Ada@Example.ORG".parse::<Email>().map(|e| e.as_str().to_owned()),
            Ok("ada@example.org".into())
        );
        for bad in ["", "ada", "ada@", "Ada <ada@example.org>", "a b@example.org", "ada@[127.0.0.1]"] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
