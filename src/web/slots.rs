//! Parts of a page that are not the same for everybody: who is signed in, a line shown once, one's own vote.
//!
//! A template marks such a part by `<!--:NAME-->…<!--:-->` and fills it with what visitors see. What comes from data is
//! escaped, so that no text can look like a mark. The marks are taken out when the page is drawn; where they stood is
//! kept with it, so that the page is drawn once for all and only these parts are put in for each reader.

use std::{collections::HashMap, ops::Range};

use memchr::memmem;

const MARK: &[u8] = b"<!--:";
const END: &str = "-->";

/// A page without marks, and its slots in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Drawing {
    pub text: String,
    pub slots: Vec<Slot>,
}

/// A part that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub name: String,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// What to put into slots, by their names.
pub type Pieces = HashMap<String, String>;

impl Drawing {
    /// Takes the marks out of a page.
    pub(crate) fn of(marked: &str) -> Self {
        let mut drawing = Self { text: String::with_capacity(marked.len()), slots: Vec::new() };
        let (mut rest, mut open) = (marked, None);
        while let Some(at) = memmem::find(rest.as_bytes(), MARK) {
            let (before, mark) = rest.split_at(at);
            let Some((name, after)) = mark[MARK.len()..].split_once(END) else { break };
            drawing.text.push_str(before);
            let here = drawing.text.len();
            open = match open {
                Some((name, begin)) => {
                    drawing.slots.push(Slot { name, range: begin..here });
                    None
                }
                None => Some((name.to_owned(), here)),
            };
            rest = after;
        }
        drawing.text.push_str(rest);
        drawing
    }
}

/// The text with these pieces in its slots. A slot without a piece stays as visitors see it.
pub(crate) fn fill(text: &str, slots: &[Slot], pieces: &Pieces) -> String {
    let more: usize = pieces.values().map(String::len).sum();
    let mut filled = String::with_capacity(text.len() + more);
    let mut done = 0;
    for slot in slots {
        if let Some(piece) = pieces.get(&slot.name) {
            filled.push_str(text.get(done..slot.range.start).unwrap_or_default());
            filled.push_str(piece);
            done = slot.range.end;
        }
    }
    filled.push_str(text.get(done..).unwrap_or_default());
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_page_filled_with_what_it_has_stays_as_it_is(
            parts in prop::collection::vec(("[a-zé<!:-]{0,9}", "[a-z]{1,3}", "[a-zé-]{0,9}"), 0..6), last in "[a-z<!]{0,9}",
        ) {
            // Data cannot hold a mark, because `<` is escaped.
            let parts: Vec<_> = parts.into_iter().map(|(text, name, part)| (text.replace('<', "&lt;"), name, part)).collect();
            let last = last.replace('<', "&lt;");
            let marked: String =
                parts.iter().map(|(text, name, part)| format!("{text}<!--:{name}-->{part}<!--:-->")).collect();
            let plain: String = parts.iter().map(|(text, _, part)| format!("{text}{part}")).collect();
            let drawing = Drawing::of(&(marked + &last));
            prop_assert_eq!(&drawing.text, &(plain + &last));
            let held: Vec<(&str, &str)> =
                drawing.slots.iter().map(|slot| (slot.name.as_str(), &drawing.text[slot.range.clone()])).collect();
            let expected: Vec<(&str, &str)> =
                parts.iter().map(|(_, name, part)| (name.as_str(), part.as_str())).collect();
            prop_assert_eq!(held, expected);
            prop_assert_eq!(fill(&drawing.text, &drawing.slots, &Pieces::new()), drawing.text);
        }
    }

    #[test]
    fn each_slot_gets_its_piece() {
        let drawing = Drawing::of(
            "<p><!--:me-->Sign in<!--:--></p><!--:flash--><!--:--><b><!--:vote a-->0<!--:--></b>",
        );
        assert_eq!(drawing.text, "<p>Sign in</p><b>0</b>");
        let pieces = [("me", "@ada"), ("flash", "Welcome."), ("other", "nowhere")];
        let pieces = pieces.map(|(name, piece)| (name.to_owned(), piece.to_owned())).into();
        assert_eq!(fill(&drawing.text, &drawing.slots, &pieces), "<p>@ada</p>Welcome.<b>0</b>");
    }

    #[test]
    fn a_mark_that_does_not_end_is_text() {
        assert_eq!(Drawing::of("a<!--:b").text, "a<!--:b");
    }
}
