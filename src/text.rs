//! English text for the pages: numbers, plurals, dates, lists, and catalogue text as safe HTML.

use std::borrow::Borrow;
use std::fmt::Display;

use askama::filters::{Escaper, Html};
use chrono::NaiveDate;
use icu_properties::props::{GeneralCategory, SentenceTerminal};
use icu_properties::{CodePointMapData, CodePointSetData};

mod letters;

pub use letters::{
    composed, fault, fault_within_a_line, folded, isolated, legible, look, plain, shown_name, turns,
};

/// Catalogue text as HTML, shown as it was written: markup in it is escaped, a blank line starts a new `<p>`, any
/// other line break becomes `<br>`, and what stands between two backticks of one paragraph becomes `<code>`.
///
/// The result holds no tags but these three, and none of them with attributes. Empty text gives an empty string.
pub fn rich(text: &str) -> String {
    paragraphs(text).iter().map(|paragraph| format!("<p>{paragraph}</p>")).collect()
}

/// The same as [`rich`] for a place that takes no paragraphs: a blank line becomes two `<br>`. What runs from right to
/// left in it leaves alone what stands around it.
pub fn rich_inline(text: &str) -> String {
    let html = paragraphs(text).join("<br><br>");
    if turns(text) { format!("<bdi>{html}</bdi>") } else { html }
}

/// Text as a sentence, trimmed: with a full stop unless it has a mark of its own. Empty text stays empty.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    format!("{text}{}", full_stop(text))
}

/// The full stop that a sentence needs after this text: none after a mark of its own (`!`, `…`, `。`), also where that
/// stands within quotes or brackets, and none after nothing.
pub fn full_stop(text: &str) -> &'static str {
    let is_closing = |character: char| {
        let category = CodePointMapData::<GeneralCategory>::new().get(character);
        matches!(character, '"' | '\'')
            || matches!(category, GeneralCategory::ClosePunctuation | GeneralCategory::FinalPunctuation)
    };
    let is_stop =
        |character| character == '…' || CodePointSetData::new::<SentenceTerminal>().contains(character);
    match text.trim_end().trim_end_matches(is_closing).chars().next_back() {
        Some(last) if !is_stop(last) => ".",
        _ => "",
    }
}

/// Catalogue text for a place that takes no markup: without the backticks of its code spans.
pub fn without_backticks(text: &str) -> String {
    marked_paragraphs(text, "\n", str::to_owned).join("\n\n")
}

/// The number of things with their name, grouped and in the right number: `1 vote`, `2 votes`, `1,234 votes`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// A number with commas between thousands: `1,234,567`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// A date in full: `22 November 2026`.
pub fn long_date(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// A list in words: `a`, `a and b`, `a, b and c`.
pub fn join_and<S: Borrow<str> + Display>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [only] => only.to_string(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// Two texts that differ, each cut to at most `most` characters around the place where they begin to: what was cut away on
/// either side is an ellipsis. So they look different however long they are.
pub fn around_difference(old: &str, new: &str, most: usize) -> (String, String) {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let differs_at = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let is_long = old.len() > most || new.len() > most;
    // A quarter of it says where in the text that is, from the beginning of a word on.
    let from = if is_long && differs_at > most / 2 { differs_at.saturating_sub(most / 4) } else { 0 };
    let from = (from..differs_at).find(|at| *at == 0 || old[*at - 1].is_whitespace()).unwrap_or(from);
    let cut = |text: &[char]| {
        let rest = text.get(from..).unwrap_or_default();
        let shown = rest.iter().take(most);
        let (before, after) = (if from > 0 { "…" } else { "" }, if rest.len() > most { "…" } else { "" });
        format!("{before}{}{after}", shown.collect::<String>())
    };
    (cut(&old), cut(&new))
}

/// The mark of a tool without a picture: the first letter or digit of its name, as a capital; `?` if it has none.
/// A capital may be two characters (`ß` gives `SS`).
pub fn initial(name: &str) -> String {
    match name.chars().find(|character| character.is_alphanumeric()) {
        Some(character) => character.to_uppercase().collect(),
        None => "?".to_owned(),
    }
}

/// The initials of somebody's name: of two words or more their first letters, of one its first two; an article is left out.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> =
        name.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let words = match words.as_slice() {
        [article, rest @ ..] if !rest.is_empty() && article.eq_ignore_ascii_case("the") => rest,
        all => all,
    };
    match words {
        [] => "?".to_owned(),
        [word] => initial(word) + &word.chars().skip(1).take(1).collect::<String>(),
        [first, second, ..] => initial(first) + &initial(second),
    }
}

/// The paragraphs of a text as HTML, their lines trimmed at the end; never an empty one. Lines end in `\n`, `\r\n` (as
/// browsers send them) or `\r`.
fn paragraphs(text: &str) -> Vec<String> {
    let mut html = String::with_capacity(text.len());
    // Writing into memory does not fail.
    let _ = Html.write_escaped_str(&mut html, text);
    marked_paragraphs(&html, "<br>", |code| format!("<code>{code}</code>"))
}

fn marked_paragraphs(text: &str, line_break: &str, mark: impl Fn(&str) -> String) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| code_spans(&lines.join(line_break), &mark)).collect()
}

/// One paragraph, its code spans marked. A backtick without a partner stays a backtick, and so do two with nothing
/// between them.
fn code_spans(paragraph: &str, mark: impl Fn(&str) -> String) -> String {
    let mut marked = String::with_capacity(paragraph.len());
    let mut rest = paragraph;
    while let Some((before, after)) = rest.split_once('`')
        && let Some((code, next)) = after.split_once('`')
    {
        marked.push_str(before);
        marked.push_str(&if code.is_empty() { "``".to_owned() } else { mark(code) });
        rest = next;
    }
    marked + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn initials_leave_out_the_article() {
        let names = ["The Builder", "Ada Lovelace King", "the", "Bo", "x", "—"];
        assert_eq!(names.map(initials), ["Bu", "AL", "Th", "Bo", "X", "?"]);
    }

    #[test]
    fn thousands_are_grouped() {
        let texts = [0, 7, 999, 1_000, 12_345, 123_456, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "7", "999", "1,000", "12,345", "123,456", "1,234,567"]);
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn plurals_are_right() {
        let texts = [0, 1, 2, 1_234].map(|n| count(n, "vote", "votes"));
        assert_eq!(texts, ["0 votes", "1 vote", "2 votes", "1,234 votes"]);
    }

    #[test]
    fn a_sentence_ends_in_one_mark() {
        for (text, expected) in [
            ("you need speed", "you need speed."),
            (" you need speed! ", "you need speed!"),
            ("you pay.", "you pay."),
            ("why not?", "why not?"),
            ("and so on…", "and so on…"),
            ("and so on...", "and so on..."),
            ("速さが必要です。", "速さが必要です。"),
            ("速い！", "速い！"),
            ("هل تدفع؟", "هل تدفع؟"),
            ("तेज़ है।", "तेज़ है।"),
            ("they say “now!”", "they say “now!”"),
            ("you pay (a lot.)", "you pay (a lot.)"),
            ("you say “now”", "you say “now”."),
            ("you run `make`", "you run `make`."),
            ("\"", "\""),
            (" ", ""),
        ] {
            assert_eq!(sentence(text), expected);
        }
    }

    #[test]
    fn plain_text_has_no_backticks_of_code() {
        for (text, expected) in [
            ("run `cargo` now", "run cargo now"),
            ("a ` b\r\n\r\nc ` d", "a ` b\n\nc ` d"),
            ("a `b\nc` <d>", "a b\nc <d>"),
            ("", ""),
        ] {
            assert_eq!(without_backticks(text), expected);
        }
    }

    #[test]
    fn dates_are_written_out() {
        let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).map(long_date);
        assert_eq!(date(2026, 11, 22).as_deref(), Some("22 November 2026"));
        assert_eq!(date(2026, 3, 1).as_deref(), Some("1 March 2026"));
    }

    #[test]
    fn lists_end_in_and() {
        assert_eq!(join_and::<&str>(&[]), "");
        assert_eq!(join_and(&["a"]), "a");
        assert_eq!(join_and(&["a", "b"]), "a and b");
        assert_eq!(join_and(&["a".to_owned(), "b".to_owned(), "c".to_owned()]), "a, b and c");
    }

    #[test]
    fn the_mark_is_the_first_letter_or_digit() {
        let marks = ["smolVLM2", "  «über»", "4all", "ßig", "日本", "…", ""].map(initial);
        assert_eq!(marks, ["S", "Ü", "4", "SS", "日", "?", "?"]);
    }

    #[test]
    fn text_is_shown_as_it_was_written() {
        for (text, html) in [
            // Markup is never obeyed.
            (
                "<script>alert(\"1\" & '2')</script>",
                "<p>&#60;script&#62;alert(&#34;1&#34; &#38; &#39;2&#39;)&#60;/script&#62;</p>",
            ),
            // Blank lines make paragraphs, and line breaks stay.
            ("a\nb\n\n \t\nc\n", "<p>a<br>b</p><p>c</p>"),
            ("\r\n\r\na\r\nb\r\n\r\nc", "<p>a<br>b</p><p>c</p>"),
            (" \n\t\n", ""),
            // Backticks make code only in pairs within a paragraph.
            ("a ` b\n\nc ` d", "<p>a ` b</p><p>c ` d</p>"),
        ] {
            assert_eq!(rich(text), html);
        }
        for (text, html) in [
            ("`a<b>` & c", "<code>a&#60;b&#62;</code> &#38; c"),
            ("a\nb\n\n\nc", "a<br>b<br><br>c"),
            ("", ""),
            ("run `cargo` now", "run <code>cargo</code> now"),
            ("a `b` c ` d", "a <code>b</code> c ` d"),
            ("a ` b\n\nc ` d", "a ` b<br><br>c ` d"),
            ("`` and ```", "`` and ```"),
        ] {
            assert_eq!(rich_inline(text), html);
        }
    }

    /// Text rich in everything that matters here.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof!["[a-c<>&;\"'` \n\r\t]{0,60}", any::<String>()]
    }

    /// What a reader sees, with the backticks of code spans put back.
    fn shown(html: &str) -> String {
        [
            ("<p>", ""),
            ("</p>", "\n\n"),
            ("<br>", "\n"),
            ("<bdi>", ""),
            ("</bdi>", ""),
            ("<code>", "`"),
            ("</code>", "`"),
            ("&#60;", "<"),
            ("&#62;", ">"),
            ("&#34;", "\""),
            ("&#39;", "'"),
            ("&#38;", "&"),
        ]
        .iter()
        .fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    proptest! {
        #[test]
        fn only_our_tags_come_out(text in any_text()) {
            for (html, tags) in [
                (rich(&text), &["<p>", "</p>", "<br>", "<code>", "</code>"][..]),
                (rich_inline(&text), &["<bdi>", "</bdi>", "<br>", "<code>", "</code>"][..]),
            ] {
                let bare = tags.iter().fold(html, |html, tag| html.replace(tag, "\0"));
                prop_assert!(!bare.contains(['<', '>', '"', '\'']), "{bare}");
                prop_assert_eq!(bare.matches('&').count(), ["&#60;", "&#62;", "&#34;", "&#39;", "&#38;"]
                    .iter().map(|entity| bare.matches(entity).count()).sum::<usize>());
            }
        }

        #[test]
        fn every_tag_is_closed_before_its_paragraph_ends(text in any_text()) {
            let html = rich(&text);
            for paragraph in html.split_terminator("</p>") {
                let inner = paragraph.strip_prefix("<p>");
                prop_assert!(inner.is_some_and(|inner| !inner.is_empty() && !inner.contains("<p>")));
                prop_assert_eq!(paragraph.matches("<code>").count(), paragraph.matches("</code>").count());
            }
        }

        #[test]
        fn the_words_stay_the_same(text in any_text()) {
            for html in [rich(&text), rich_inline(&text)] {
                prop_assert!(shown(&html).split_whitespace().eq(text.split_whitespace()), "{html}");
            }
        }

        #[test]
        fn texts_that_differ_look_different_however_long_they_are(
            start in "[a-c ]{0,60}", old in "[a-c ]{0,60}", new in "[a-c ]{0,60}", most in 8_usize..30,
        ) {
            let (old, new) = (format!("{start}{old}"), format!("{start}{new}"));
            let (was, is_now) = around_difference(&old, &new, most);
            prop_assert_eq!(old == new, was == is_now, "{} {}", was, is_now);
            for (text, shown) in [(&old, &was), (&new, &is_now)] {
                prop_assert!(shown.chars().count() <= most + 2);
                prop_assert!(text.contains(shown.trim_matches('…')));
            }
        }

        #[test]
        fn grouping_changes_no_digit(n in any::<u64>()) {
            prop_assert_eq!(grouped(n).replace(',', "").parse(), Ok(n));
        }

        #[test]
        fn every_name_has_a_mark(name in any::<String>()) {
            prop_assert!(!initial(&name).is_empty());
        }
    }
}
