//! The name of a tool, a reviewer or a category in an address, and the two names in the address of a comparison.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use deunicode::deunicode_char;
use serde::{Deserialize, Serialize};

/// Words of `a`–`z` and `0`–`9` joined by single hyphens, at most 100 characters, never containing `-vs-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Slug(String);

impl Slug {
    /// The most characters a slug may have.
    pub const MAX_CHARS: usize = 100;

    /// The slug of a name, as near as it gets, if anything of it is left. Only Latin letters are spelt out: how others
    /// are read depends on the language.
    pub fn from_name(name: &str) -> Option<Self> {
        let is_latin = |letter: char| letter < '\u{250}' || ('\u{1e00}'..='\u{1eff}').contains(&letter);
        let plain: String = name
            .chars()
            .map(|letter| deunicode_char(letter).filter(|_| is_latin(letter)).unwrap_or(" "))
            .collect::<String>()
            .to_ascii_lowercase();
        let words =
            plain.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut slug = words.collect::<Vec<_>>().join("-");
        while slug.contains(JOINT) {
            slug = slug.replace(JOINT, "-");
        }
        slug.truncate(Self::MAX_CHARS);
        slug.trim_end_matches('-').parse().ok()
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Every way to read `text` as `A-vs-B`, in the order they stand in, equal or not. Mostly there is one; `a-vs-vs-b`
/// can be `a` and `vs-b` or `a-vs` and `b`, and only whoever knows the tools can tell.
pub fn pairs(text: &str) -> Vec<(Slug, Slug)> {
    if text.len() > 2 * Slug::MAX_CHARS + JOINT.len() {
        return Vec::new();
    }
    let joints = (0..text.len()).filter(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(JOINT)));
    joints
        .filter_map(|at| Some((text.get(..at)?.parse().ok()?, text.get(at + JOINT.len()..)?.parse().ok()?)))
        .collect()
}

/// Every way to read `text` as three to `most` slugs. A slug has no joint inside, so at each there are two ways at most.
pub fn groups(text: &str, most: usize) -> Vec<Vec<Slug>> {
    fn read(text: &str, most: usize, before: &mut Vec<Slug>, all: &mut Vec<Vec<Slug>>) {
        if let Ok(last) = text.parse() {
            if before.len() >= 2 {
                all.push(before.iter().cloned().chain([last]).collect());
            }
            return;
        }
        if before.len() + 1 == most {
            return;
        }
        let joints = (0..text.len()).filter(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(JOINT)));
        for at in joints.take(2) {
            let (Some(Ok(slug)), Some(rest)) = (text.get(..at).map(str::parse), text.get(at + JOINT.len()..))
            else {
                continue;
            };
            before.push(slug);
            read(rest, most, before, all);
            before.pop();
        }
    }
    let mut all = Vec::new();
    if text.len() <= most * (Slug::MAX_CHARS + JOINT.len()) {
        read(text, most, &mut Vec::new(), &mut all);
    }
    all
}

/// What stands between the two slugs in the address of a comparison, and therefore in no slug.
const JOINT: &str = "-vs-";

impl TryFrom<String> for Slug {
    type Error = NotASlug;

    fn try_from(text: String) -> Result<Slug, NotASlug> {
        let is_word = |word: &str| {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            !word.is_empty() && word.bytes().all(fits)
        };
        let fault = if text.len() > Slug::MAX_CHARS {
            "longer than 100 characters"
        } else if !text.split('-').all(is_word) {
            "lower-case letters and digits in words joined by single hyphens"
        } else if text.contains(JOINT) {
            "`-vs-` is kept for the addresses of comparisons"
        } else {
            return Ok(Slug(text));
        };
        Err(NotASlug { start: text.chars().take(40).collect(), fault })
    }
}

impl FromStr for Slug {
    type Err = NotASlug;

    fn from_str(text: &str) -> Result<Slug, NotASlug> {
        Slug::try_from(text.to_owned())
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Deref for Slug {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> String {
        slug.0
    }
}

/// A text that is no slug: its first 40 characters, for the message, and what is wrong. They are quoted as in Rust
/// source, so that a line break in the text cannot break the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{start:?} is not a slug: {fault}")]
pub struct NotASlug {
    start: String,
    fault: &'static str,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn slug(text: &str) -> Option<Slug> {
        text.parse().ok()
    }

    fn pair(first: &str, second: &str) -> Vec<(Slug, Slug)> {
        slug(first).zip(slug(second)).into_iter().collect()
    }

    fn message(text: &str) -> String {
        text.parse::<Slug>().map_or_else(|fault| fault.to_string(), String::from)
    }

    #[test]
    fn words_joined_by_single_hyphens_are_slugs() {
        for text in
            ["a", "7", "smolvlm2-2b", "code-llama-4", "vs", "a-vs", "vs-b", "advs-b", &"x".repeat(100)]
        {
            assert_eq!(slug(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        for text in ["", "-", "-a", "a-", "a--b", "A", "a b", "a_b", "é", "a\n", "٣", "a/b", "a.b"] {
            assert!(message(text).ends_with("in words joined by single hyphens"), "{text:?}");
        }
        let expected =
            "\"Bad Slug\" is not a slug: lower-case letters and digits in words joined by single hyphens";
        assert_eq!(message("Bad Slug"), expected);
        let expected = format!("\"{}\" is not a slug: longer than 100 characters", "x".repeat(40));
        assert_eq!(message(&"x".repeat(101)), expected);
        assert!(message("a-vs-b").ends_with("`-vs-` is kept for the addresses of comparisons"));
        assert!(!message("a\nb").contains('\n'));
    }

    #[test]
    fn a_name_makes_a_slug() {
        for (name, made) in [
            ("Code Llama 4", "code-llama-4"),
            ("  Crème brûlée! ", "creme-brulee"),
            ("Straße, Łódź & Ærø", "strasse-lodz-aero"),
            ("A vs B", "a-b"),
            ("A vs vs B", "a-b"),
            ("日本 3", "3"),
        ] {
            assert_eq!(Slug::from_name(name), slug(made));
        }
        assert_eq!(Slug::from_name("日本"), None);
        assert_eq!(Slug::from_name(&"abc ".repeat(50)).map(|slug| slug.len()), Some(99));
    }

    #[test]
    fn json_carries_slugs_as_checked_strings() {
        assert_eq!(json!(slug("a-b")), json!("a-b"));
        assert_eq!(serde_json::from_value(json!("a-b")).ok(), slug("a-b"));
        let refused = serde_json::from_value::<Slug>(json!("A")).map_err(|fault| fault.to_string());
        assert_eq!(refused, Err(message("A")));
    }

    #[test]
    fn an_address_of_a_comparison_has_exactly_one_joint() {
        assert_eq!(pairs("a-vs-b"), pair("a", "b"));
        assert_eq!(pairs("b-2-vs-a-1"), pair("b-2", "a-1"));
        assert_eq!(pairs("a-vs-a"), pair("a", "a"));
        assert_eq!(pairs("a-vs-vs-b"), [pair("a", "vs-b"), pair("a-vs", "b")].concat());
        assert_eq!(pairs("vs-vs-vs"), pair("vs", "vs"));
        for text in ["", "a", "-vs-", "a-vs-", "-vs-b", "a-vs-b-vs-c", "A-vs-b", "a-vs-b-", "a-VS-b"] {
            assert_eq!(pairs(text), vec![], "{text:?}");
        }
    }

    #[test]
    fn an_address_of_several_is_read_in_every_way_that_slugs_allow() {
        let read = |text: &str| -> Vec<String> {
            let join = |slugs: Vec<Slug>| slugs.iter().map(Slug::as_str).collect::<Vec<_>>().join("|");
            groups(text, 5).into_iter().map(join).collect()
        };
        assert_eq!(read("a-vs-b-vs-c"), ["a|b|c"]);
        assert_eq!(read("a-vs-b-vs-c-vs-d-vs-e"), ["a|b|c|d|e"]);
        assert_eq!(read("a-vs-vs-b-vs-c"), ["a|vs-b|c", "a-vs|b|c"]);
        for text in ["", "a", "a-vs-b", "a-vs-b-vs-", "a-vs-b-vs-c-vs-d-vs-e-vs-f", "A-vs-b-vs-c"] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn several_slugs_joined_are_among_the_readings(
            parts in prop::collection::vec("(vs-|)[a-z0-9]{1,4}(-vs|)", 3..=5),
        ) {
            let slugs: Vec<Slug> = parts.iter().filter_map(|part| part.parse().ok()).collect();
            prop_assert!(groups(&parts.join("-vs-"), 5).contains(&slugs), "{parts:?}");
        }

        #[test]
        fn two_slugs_joined_are_split_again(a in "[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}", b in "[a-z0-9]{1,9}") {
            prop_assume!(!a.contains("-vs-") && !a.ends_with("-vs"));
            prop_assert_eq!(pairs(&format!("{a}-vs-{b}")), pair(&a, &b));
        }

        #[test]
        fn what_is_made_of_a_name_is_a_slug(name in "[a-z ß-]{0,3}vs[a-z -]{0,9}|.{0,120}") {
            if let Some(made) = Slug::from_name(&name) {
                prop_assert_eq!(slug(&made), Some(made));
            }
        }

        #[test]
        fn a_slug_makes_itself(text in "[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}") {
            prop_assume!(slug(&text).is_some());
            prop_assert_eq!(Slug::from_name(&text), slug(&text));
        }

        #[test]
        fn any_text_is_a_slug_or_refused_as_the_rule_says(text in "[a-b\\-vsA ]{0,12}|.{0,12}") {
            let words = text.split('-').all(|word| {
                !word.is_empty() && word.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9'))
            });
            prop_assert_eq!(text.parse::<Slug>().is_ok(), words && !text.contains("-vs-"));
            let whole = pairs(&text).iter().all(|pair| format!("{}-vs-{}", pair.0, pair.1) == text);
            prop_assert!(whole);
        }
    }
}
