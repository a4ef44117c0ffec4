//! What a word is, for texts that are searched and for what is typed to search them.
//!
//! Neither database decides it: both hold and are asked for the words that [`words`] makes, which are letters and digits,
//! single symbols, and the few signs of [`ENDINGS`] and [`DOTTED`]. So both find the same, whatever their own tokenizers and locales do.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, Script};
use icu_properties::script::ScriptWithExtensions;

use crate::text::folded;

/// The number of the rules in this file, raised with every change of what [`words`] returns: an index that was made by
/// other rules is made anew.
pub(super) const RULES: i64 = 2;

/// The most characters of a word that count: PostgreSQL takes no words above 2,046 bytes.
const MOST_CHARS: usize = 100;

/// What belongs to a word that it follows: `c++`, `c#`.
const ENDINGS: [&str; 2] = ["++", "#"];

/// What is a word of its own with a dot before it, and still one without: `.net`.
const DOTTED: &str = "net";

/// Scripts that put no space between words, or not between all.
const UNSPACED: [Script; 8] = [
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Hangul,
    Script::Thai,
    Script::Lao,
    Script::Khmer,
    Script::Myanmar,
];

/// The words of a text, in order. Where no spaces tell words apart, each character stands with the one behind it, and
/// the last alone, so that every part of such a text begins a word. A symbol, such as a rocket, is a word of its own.
pub(super) fn words(text: &str) -> Vec<String> {
    let text = folded(text);
    let mut words = Vec::new();
    let mut rest = text.as_str();
    while let Some(begin) = rest.find(|char: char| char.is_alphanumeric() || is_symbol(char)) {
        let (before, from_here) = rest.split_at(begin);
        if let Some(symbol) = from_here.chars().next().filter(|char| is_symbol(*char)) {
            words.push(symbol.to_string());
            rest = from_here.get(symbol.len_utf8()..).unwrap_or_default();
            continue;
        }
        let end = from_here.find(|char: char| !char.is_alphanumeric()).unwrap_or(from_here.len());
        let (run, behind) = from_here.split_at(end);
        if run == DOTTED && before.ends_with('.') {
            words.push(format!(".{run}"));
        }
        cut(run, &mut words);
        if let Some(ending) = ENDINGS.into_iter().find(|ending| behind.starts_with(ending))
            && let Some(word) = words.last_mut()
        {
            word.push_str(ending);
        }
        rest = behind;
    }
    words
}

/// A picture, a sign of mathematics or of a currency. Those of ASCII are signs between words, as people type them.
fn is_symbol(char: char) -> bool {
    let symbols =
        [GeneralCategory::OtherSymbol, GeneralCategory::MathSymbol, GeneralCategory::CurrencySymbol];
    !char.is_ascii()
        && !char.is_alphanumeric()
        && symbols.contains(&CodePointMapData::<GeneralCategory>::new().get(char))
}

/// The words of a text in one line.
pub(super) fn joined(text: &str) -> String {
    words(text).join(" ")
}

/// Cuts letters and digits that follow each other into words.
fn cut(run: &str, words: &mut Vec<String>) {
    let scripts = ScriptWithExtensions::new();
    let unspaced = |char: &char| UNSPACED.into_iter().any(|script| scripts.has_script(*char, script));
    let chars: Vec<char> = run.chars().collect();
    for part in chars.chunk_by(|a, b| unspaced(a) == unspaced(b)) {
        if part.first().is_some_and(unspaced) {
            words.extend((1..part.len()).map(|at| part[at - 1..=at].iter().collect()));
            words.extend(part.last().map(ToString::to_string));
        } else {
            words.push(part.iter().take(MOST_CHARS).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn everything_but_letters_and_digits_separates() {
        assert_eq!(words("llama.cpp  GPT-4o"), ["llama", "cpp", "gpt", "4o"]);
        assert_eq!(words("GPT-4o'; DROP \"x\"*"), ["gpt", "4o", "drop", "x"]);
        assert_eq!(words("++ # .  …"), [""; 0]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn each_symbol_is_a_word() {
        assert_eq!(words("🚀🚀 to the∞ 👍🏽"), ["🚀", "🚀", "to", "the", "∞", "👍"]);
    }

    #[test]
    fn names_with_signs_stay_whole() {
        assert_eq!(words("C++, C#/F#; c++20"), ["c++", "c#", "f#", "c++", "20"]);
        assert_eq!(words(".NET and ASP.net"), [".net", "net", "and", "asp", ".net", "net"]);
        assert_eq!(words("issue #5, a+b, 10+, internet"), ["issue", "5", "a", "b", "10", "internet"]);
        assert_eq!(words(".network"), ["network"]);
    }

    #[test]
    fn case_marks_and_ways_of_writing_do_not_matter() {
        for (one, other) in [
            ("Café", "CAFE\u{301}"),
            ("İzmir", "izmir"),
            ("Straße", "STRASSE"),
            ("ﬃ Ⅷ ①", "FFI viii 1"),
            ("Ｆｕｌｌ", "full"),
            ("soft\u{ad}hy\u{200d}phen\u{feff}", "softhyphen"),
            ("Łódź Øre đ", "lodz ore d"),
            ("ΟΔΟΣ", "οδος"),
            ("ﾃﾞｰﾀ", "データ"),
            ("한국", "한국"),
        ] {
            assert_eq!(words(one), words(other), "{one}");
        }
    }

    #[test]
    fn where_nothing_separates_words_pairs_of_characters_do() {
        assert_eq!(words("日本語AI検"), ["日本", "本語", "語", "ai", "検"]);
        assert_eq!(words("サーバー"), ["サー", "ーハ", "ハー", "ー"]);
        assert_eq!(words("ไทย"), ["ไท", "ทย", "ย"]);
    }

    #[test]
    fn of_a_long_word_a_hundred_characters_count() {
        assert_eq!(words(&"x".repeat(5_000)), ["x".repeat(100)]);
    }

    proptest! {
        #[test]
        fn words_are_safe_to_ask_for_and_the_same_however_a_text_is_composed(text in any::<String>()) {
            let found = words(&text);
            let has_sign = |char: char| !char.is_alphanumeric() && !"+#.".contains(char) && !is_symbol(char);
            prop_assert!(found.iter().all(|word| !word.is_empty() && !word.contains(has_sign)), "{found:?}");
            let taken_apart = DecomposingNormalizerBorrowed::new_nfd().normalize(&text).into_owned();
            prop_assert_eq!(&words(&taken_apart), &found);
            let together = ComposingNormalizerBorrowed::new_nfc().normalize(&text).into_owned();
            prop_assert_eq!(words(&together), found);
        }
    }
}
