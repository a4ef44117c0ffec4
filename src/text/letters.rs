//! What a text from outside may consist of, and how it stands among the site's own words.
//!
//! A text of one line, such as a name, is composed (NFC), has something to see in it and nothing that reaches beyond it: no
//! bidirectional controls, no mark that lands on what stands before it. Pages, feeds and logs show it [`isolated`], so that
//! one that runs from right to left leaves its neighbours where they are; what was stored before these rules is made
//! harmless in the same place.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::props::{
    BidiClass, BidiControl, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup,
    NoncharacterCodePoint,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// What begins and ends a text whose direction is its own (FSI, PDI).
const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// Characters that Unicode counts among the symbols or letters, and that show nothing.
const BLANK: [char; 4] = ['\u{2800}', '\u{1d159}', '\u{13441}', '\u{13442}'];

/// What stands in place of a name in which nothing can be seen.
const NO_NAME: &str = "(no name)";

/// The text in composed characters (NFC).
pub fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// What is wrong with the characters of a text of any kind, if anything is: control characters but line breaks and tabs.
pub fn fault(text: &str) -> Option<String> {
    let char = text.chars().find(|char| char.is_control() && !matches!(char, '\n' | '\t'))?;
    Some(format!("contains the control character U+{:04X}", u32::from(char)))
}

/// The same for a text that stands within lines of others, such as a name or a tagline; one without anything in it, not
/// even characters that cannot be seen, passes.
pub fn fault_within_a_line(text: &str) -> Option<String> {
    let text = text.trim();
    let of_kind = |kind: &str, is_of_it: fn(char) -> bool| {
        let char = text.chars().find(|char| is_of_it(*char))?;
        Some(format!("contains the {kind} U+{:04X}", u32::from(char)))
    };
    let others = [
        (text.contains(['\u{2028}', '\u{2029}']), "is more than one line"),
        (!text.is_empty() && !is_seen(text), "has no visible characters"),
        (text.starts_with(is_mark), "begins with a mark that belongs to a letter before it"),
    ];
    fault(text)
        .or_else(|| of_kind("noncharacter", is_noncharacter))
        .or_else(|| of_kind("bidirectional control", is_bidi_control))
        .or_else(|| others.into_iter().find_map(|(is_so, fault)| is_so.then(|| fault.to_owned())))
}

/// A text as it may stand anywhere in a line: without what reaches beyond it, and where it has anything that runs from
/// right to left, between isolates. Any other text is as it was.
pub fn isolated(text: &str) -> String {
    let harmless = |char: &char| !is_bidi_control(*char) && !is_noncharacter(*char);
    // The end of a paragraph would end an isolate.
    let in_a_line = |char| if bidi_class(char) == BidiClass::ParagraphSeparator { ' ' } else { char };
    let text: String = text.chars().filter(harmless).map(in_a_line).collect();
    if turns(&text) { format!("{}{text}{}", ISOLATE[0], ISOLATE[1]) } else { text }
}

/// Whether a text may change the order of what stands around it.
pub fn turns(text: &str) -> bool {
    let from_right = [BidiClass::RightToLeft, BidiClass::ArabicLetter, BidiClass::ArabicNumber];
    text.chars().any(|char| from_right.contains(&bidi_class(char)) || is_bidi_control(char))
}

/// A name as pages show it; there is always something to see, also of one that is older than the rule.
pub fn shown_name(name: &str) -> String {
    if name.is_empty() || is_seen(name) { isolated(name) } else { NO_NAME.to_owned() }
}

/// The same without isolates, for programs and fields.
pub fn plain(shown: &str) -> String {
    shown.replace(ISOLATE, "")
}

/// What a name looks like, however it was typed: names with the same cannot be told apart, or only by their case.
pub fn look(name: &str) -> String {
    if name.is_ascii() {
        return name.trim().to_ascii_lowercase();
    }
    let unseen = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let apart: String = DecomposingNormalizerBorrowed::new_nfkd()
        .normalize_iter(name.chars())
        .filter(|char| !unseen.contains(*char))
        .collect();
    let folded = CaseMapper::new().fold_string(&apart);
    ComposingNormalizerBorrowed::new_nfkc().normalize(&folded).trim().to_owned()
}

/// The text as searches compare it: in compatible characters (NFKC), without case, marks, and what cannot be seen.
pub fn folded(text: &str) -> String {
    let unseen = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let bare: String = DecomposingNormalizerBorrowed::new_nfkd()
        .normalize_iter(text.chars())
        .filter(|char| !is_mark(*char) && !unseen.contains(*char))
        .collect();
    let folded: String = CaseMapper::new().fold_string(&bare).chars().map(without_stroke).collect();
    ComposingNormalizerBorrowed::new_nfkc().normalize(&folded).into_owned()
}

/// The letter that people type instead; Unicode does not take these apart.
fn without_stroke(char: char) -> char {
    match char {
        'đ' => 'd',
        'ı' => 'i',
        'ł' => 'l',
        'ø' => 'o',
        other => other,
    }
}

/// A text without what has no place in any, composed; of a whole XML document, without the characters that XML has no
/// way to write, escaped or not.
pub fn legible(text: &str) -> String {
    let is_legible =
        |char: &char| matches!(char, '\t' | '\n') || (!char.is_control() && !is_noncharacter(*char));
    composed(&text.chars().filter(is_legible).collect::<String>())
}

fn is_seen(text: &str) -> bool {
    let unseen = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let categories = CodePointMapData::<GeneralCategory>::new();
    let shows_nothing = GeneralCategoryGroup::Separator
        .union(GeneralCategoryGroup::Mark)
        .union(GeneralCategoryGroup::Control)
        .union(GeneralCategoryGroup::Format);
    text.chars().any(|char| {
        !shows_nothing.contains(categories.get(char))
            && !unseen.contains(char)
            && !is_noncharacter(char)
            && !BLANK.contains(&char)
    })
}

fn is_mark(char: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(char))
}

fn bidi_class(char: char) -> BidiClass {
    CodePointMapData::<BidiClass>::new().get(char)
}

fn is_bidi_control(char: char) -> bool {
    CodePointSetData::new::<BidiControl>().contains(char)
}

fn is_noncharacter(char: char) -> bool {
    CodePointSetData::new::<NoncharacterCodePoint>().contains(char)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_bidi::{BidiInfo, Level};

    use super::*;

    /// Texts of the characters that make trouble, and any others.
    fn texts() -> impl Strategy<Value = String> {
        let trouble = prop::sample::select(vec![
            'a',
            'é',
            '1',
            ' ',
            '%',
            '(',
            '\u{301}',
            '\u{200b}',
            '\u{ad}',
            '\u{3164}',
            '\u{2800}',
            '\u{202e}',
            '\u{202b}',
            '\u{2066}',
            '\u{2068}',
            '\u{2069}',
            '\u{200f}',
            '\u{61c}',
            '\u{fffe}',
            '\u{1ffff}',
            '\u{fdd0}',
            '\n',
            '\0',
            'א',
            'ب',
            '٣',
            '日',
            '🚀',
            '\u{200d}',
            '\u{1100}',
            '\u{1161}',
            '\u{feff}',
            '\u{2028}',
            '\u{2029}',
        ]);
        prop_oneof![prop::collection::vec(trouble, 0..6).prop_map(String::from_iter), any::<String>()]
    }

    /// The order in which the characters of a line stand on the screen.
    fn on_the_screen(line: &str) -> String {
        let info = BidiInfo::new(line, Some(Level::ltr()));
        let paragraph = info.paragraphs.first();
        paragraph
            .map(|paragraph| info.reorder_line(paragraph, paragraph.range.clone()).into_owned())
            .unwrap_or_default()
    }

    #[test]
    fn a_name_has_something_to_see_and_reaches_nobody_else() {
        for good in [
            "Amber",
            "C++",
            "🚀",
            "אמבר",
            "日本語",
            "soft\u{ad}hyphen",
            "👩\u{200d}🚀",
            "می\u{200c}خواهم",
            "…",
            "",
            "  ",
        ] {
            assert_eq!(fault_within_a_line(good), None, "{good:?}");
        }
        for (bad, fault) in [
            ("\u{200b}", "has no visible characters"),
            ("\u{3164}", "has no visible characters"),
            ("\u{2800} \u{2800}", "has no visible characters"),
            ("\u{ad}", "has no visible characters"),
            ("\u{feff}\u{301}", "has no visible characters"),
            ("\u{301}Amber", "begins with a mark that belongs to a letter before it"),
            ("A\u{202e}B", "contains the bidirectional control U+202E"),
            ("A\u{200f}", "contains the bidirectional control U+200F"),
            ("A\u{fffe}", "contains the noncharacter U+FFFE"),
            ("A\u{1fffe}", "contains the noncharacter U+1FFFE"),
            ("A\u{0}", "contains the control character U+0000"),
            ("A\u{85}B", "contains the control character U+0085"),
        ] {
            assert_eq!(fault_within_a_line(bad).as_deref(), Some(fault), "{bad:?}");
        }
        assert_eq!(fault("a\u{202e}\n\tb"), None, "a text of its own may turn round");
        assert_eq!(fault("a\u{b}").as_deref(), Some("contains the control character U+000B"));
    }

    #[test]
    fn only_what_runs_from_right_to_left_is_isolated_and_old_names_are_harmless() {
        for (name, shown) in [
            ("Amber", "Amber"),
            ("אמבר", "\u{2068}אמבר\u{2069}"),
            ("عنبر 3", "\u{2068}عنبر 3\u{2069}"),
            ("٣", "\u{2068}٣\u{2069}"),
            ("A\u{202e}B", "AB"),
            ("A\u{fffe}\u{2069}B", "AB"),
            ("\u{200b}", "(no name)"),
            ("", ""),
        ] {
            assert_eq!(shown_name(name), shown, "{name:?}");
        }
        assert_eq!(plain(&shown_name("אמבר")), "אמבר");
    }

    #[test]
    fn names_look_alike_however_they_were_typed() {
        for (one, other) in [
            ("Café", "CAFE\u{301}"),
            ("Amber", " am\u{ad}ber"),
            ("\u{2068}אמבר\u{2069}", "אמבר"),
            ("Straße", "STRASSE"),
            ("Ｆｕｌｌ", "full"),
        ] {
            assert_eq!(look(one), look(other), "{one:?}");
        }
        assert_ne!(look("Cafe"), look("Café"));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_visible_and_leaves_its_surroundings_in_order(name in texts()) {
            let name = composed(&name);
            let name = name.trim();
            if fault_within_a_line(name).is_none() && !name.is_empty() {
                prop_assert!(is_seen(name));
                let line = format!("beside {} stand 80%", shown_name(name));
                // No letter of the surroundings is composed with one of the name.
                prop_assert_eq!(composed(&line), line.clone());
                let seen = on_the_screen(&line);
                prop_assert!(seen.starts_with("beside "), "{seen:?}");
                prop_assert!(seen.ends_with(" stand 80%"), "{seen:?}");
            }
        }

        #[test]
        fn whatever_is_stored_is_shown_in_its_place(text in texts()) {
            let shown = shown_name(&text);
            prop_assert_eq!(&shown_name(&shown), &shown);
            prop_assert!(text.is_empty() || is_seen(&shown));
            prop_assert!(!plain(&shown).chars().any(|char| is_bidi_control(char) || is_noncharacter(char)));
            let seen = on_the_screen(&format!("beside {shown} stand 80%"));
            prop_assert!(seen.starts_with("beside ") && seen.ends_with(" stand 80%"), "{seen:?}");
        }

        #[test]
        fn composing_and_looks_are_idempotent_and_the_same_for_nfc_and_nfd(text in any::<String>()) {
            let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(&text).into_owned();
            let together = composed(&text);
            prop_assert_eq!(&composed(&together), &together);
            prop_assert_eq!(&composed(&apart), &together);
            prop_assert_eq!(look(&apart), look(&together));
            prop_assert_eq!(look(&look(&text)), look(&text));
            prop_assert_eq!(folded(&apart), folded(&together));
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
            prop_assert_eq!(fault_within_a_line(&composed(&apart)), fault_within_a_line(&together));
        }
    }
}
