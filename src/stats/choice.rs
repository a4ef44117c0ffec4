//! What one person says about one tool: a reviewer in a review, an account in a vote.

use crate::words;

/// Ship or skip. In the database a ship is 1, so that a sum over votes counts the ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Worth shipping with.
    Ship,
    /// Better left alone.
    Skip,
}
words!(Choice { Ship = 1 "ship", Skip = 0 "skip" });

impl Choice {
    /// The word on buttons and in sentences about a vote.
    pub fn label(self) -> &'static str {
        match self {
            Choice::Ship => "Ship",
            Choice::Skip => "Skip",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_choice_survives_text_json_and_the_database() {
        for choice in [Choice::Ship, Choice::Skip] {
            assert_eq!(Choice::from_word(&choice.to_string()), Some(choice));
            assert_eq!(Choice::from_i16(choice.to_i16()), Some(choice));
            assert_eq!(json!(choice), json!(choice.as_str()));
            assert_eq!(serde_json::from_value(json!(choice)).ok(), Some(choice));
        }
        assert_eq!((Choice::Ship.to_i16(), Choice::Skip.to_i16()), (1, 0));
    }

    #[test]
    fn only_the_exact_words_are_choices() {
        for text in ["", "Ship", "ship ", "SKIP", "retract", "1"] {
            assert_eq!(Choice::from_word(text), None, "{text:?}");
            assert!(serde_json::from_value::<Choice>(json!(text)).is_err(), "{text:?}");
        }
        assert_eq!([-1, 2, i16::MAX].map(Choice::from_i16), [None; 3]);
    }
}
