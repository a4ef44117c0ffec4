//! What one person says about one tool: a reviewer in a review, an account in a vote.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Ship or skip. In text and JSON `ship` and `skip`, in the database 1 and 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// Worth shipping with.
    Ship,
    /// Better left alone.
    Skip,
}

impl Choice {
    /// The word that forms and JSON use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Choice::Ship => "ship",
            Choice::Skip => "skip",
        }
    }

    /// The other choice.
    #[must_use]
    pub fn opposite(self) -> Choice {
        match self {
            Choice::Ship => Choice::Skip,
            Choice::Skip => Choice::Ship,
        }
    }

    /// The number that the database keeps: 1 for ship, so that a sum over votes counts the ships.
    #[must_use]
    pub fn to_i16(self) -> i16 {
        match self {
            Choice::Ship => 1,
            Choice::Skip => 0,
        }
    }

    /// The word on buttons and in sentences about a vote.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Choice::Ship => "Ship",
            Choice::Skip => "Skip",
        }
    }

    /// The choice that [`Choice::to_i16`] made this number from; `None` for any other number.
    #[must_use]
    pub fn from_i16(number: i16) -> Option<Choice> {
        match number {
            1 => Some(Choice::Ship),
            0 => Some(Choice::Skip),
            _ => None,
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Choice {
    type Err = NotAChoice;

    /// Takes exactly `ship` and `skip`, as written here.
    fn from_str(text: &str) -> Result<Choice, NotAChoice> {
        match text {
            "ship" => Ok(Choice::Ship),
            "skip" => Ok(Choice::Skip),
            other => Err(NotAChoice(other.chars().take(40).collect())),
        }
    }
}

/// A text that is neither `ship` nor `skip`; holds its first 40 characters, for the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAChoice(String);

impl fmt::Display for NotAChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Quoted as in Rust source, so that a line break in the text cannot break the message.
        write!(f, "{:?} is not ship or skip", self.0)
    }
}

impl std::error::Error for NotAChoice {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BOTH: [Choice; 2] = [Choice::Ship, Choice::Skip];

    #[test]
    fn a_choice_survives_text_json_and_the_database() {
        for choice in BOTH {
            assert_eq!(choice.to_string().parse(), Ok(choice));
            assert_eq!(Choice::from_i16(choice.to_i16()), Some(choice));
            assert_eq!(json!(choice), json!(choice.as_str()));
            assert_eq!(serde_json::from_value(json!(choice)).ok(), Some(choice));
        }
        assert_eq!((Choice::Ship.to_i16(), Choice::Skip.to_i16()), (1, 0));
    }

    #[test]
    fn the_opposite_of_the_opposite_is_the_same() {
        for choice in BOTH {
            assert_ne!(choice.opposite(), choice);
            assert_eq!(choice.opposite().opposite(), choice);
        }
    }

    #[test]
    fn only_the_exact_words_are_choices() {
        for text in ["", "Ship", "ship ", "SKIP", "retract", "1"] {
            assert!(text.parse::<Choice>().is_err(), "{text:?}");
            assert!(serde_json::from_value::<Choice>(json!(text)).is_err(), "{text:?}");
        }
        assert_eq!([-1, 2, i16::MAX].map(Choice::from_i16), [None; 3]);
    }

    #[test]
    fn the_message_quotes_at_most_40_characters_on_one_line() {
        let message = |text: &str| {
            text.parse::<Choice>().map_or_else(|fault| fault.to_string(), |choice| choice.to_string())
        };
        assert_eq!(message("maybe"), "\"maybe\" is not ship or skip");
        assert_eq!(message(&"ü".repeat(41)), format!("\"{}\" is not ship or skip", "ü".repeat(40)));
        assert!(!message("a\nb").contains('\n'));
    }
}
