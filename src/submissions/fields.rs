//! Single fields: what was typed becomes text or an address that can be kept, or a complaint for the sender.

use url::Url;

use crate::text::{composed, fault_within_a_line, legible};

/// The most characters of a name, as in the catalogue.
pub(super) const NAME_MAX: usize = 300;

/// The most characters of an address.
const LINK_MAX: usize = 2_000;

/// The most characters of any other text.
pub(super) const TEXT_MAX: usize = 2_000;

/// One line: any space within it is a single blank, and there is none around it.
pub(super) fn line(text: &str) -> String {
    let shown: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    composed(&shown.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Lines: they end in `\n`, without space around all of them. What no text can hold is left out.
pub(super) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    legible(text.trim()).trim().to_owned()
}

/// Complains about a name that shows nothing, or that reaches beyond itself.
pub(super) fn within_a_line(text: &str) -> Result<(), String> {
    fault_within_a_line(text).map_or(Ok(()), |fault| Err(format!("It {fault}.")))
}

/// Complains about text that is longer than `most` characters, and says by how much.
pub(super) fn at_most(most: usize, text: &str) -> Result<(), String> {
    let chars = text.chars().count();
    if chars <= most {
        return Ok(());
    }
    let counts = [most, chars].map(|count| crate::text::grouped(count as u64));
    Err(format!("At most {} characters; yours has {}.", counts[0], counts[1]))
}

/// An http(s) address; `https://` goes without saying. Nothing typed is none.
pub(super) fn link(text: &str) -> Result<Option<String>, String> {
    let text = line(text);
    if text.is_empty() {
        return Ok(None);
    }
    at_most(LINK_MAX, &text)?;
    let address = if text.contains("://") { text } else { format!("https://{text}") };
    let is_link = Url::parse(&address).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| host.contains(['.', ':']))
            && url.username().is_empty()
            && url.password().is_none()
    });
    if is_link && !address.contains(' ') {
        Ok(Some(address))
    } else {
        Err("Enter a valid web address, for example https://example.org/page.".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_may_leave_out_what_goes_without_saying() {
        let read = |text: &str| link(text).ok().flatten();
        assert_eq!(read(" example.org ").as_deref(), Some("https://example.org"));
        assert_eq!(read("http://example.org:81/a?b#c").as_deref(), Some("http://example.org:81/a?b#c"));
        assert_eq!(link(" \n"), Ok(None));
        for text in [
            "javascript:alert(1)",
            "ftp://example.org",
            "example",
            "https://",
            "two words.org",
            "mailto:a@b.org",
            "https://me:secret@example.org",
            &format!("https://example.org/{}", "x".repeat(LINK_MAX)),
        ] {
            assert!(link(text).is_err(), "{text}");
        }
    }

    #[test]
    fn too_long_a_text_is_told_by_how_much() {
        assert_eq!(at_most(5, "ééééé"), Ok(()));
        let told = "At most 2,000 characters; yours has 2,001.";
        assert_eq!(at_most(2_000, &"x".repeat(2_001)), Err(told.to_owned()));
    }

    proptest! {
        #[test]
        fn what_is_kept_has_no_hidden_characters_and_stays_as_it_is(text in any::<String>()) {
            let (one, many) = (line(&text), lines(&text));
            prop_assert!(!one.chars().any(char::is_control));
            prop_assert!(!many.chars().any(|char| char.is_control() && char != '\n' && char != '\t'));
            prop_assert_eq!((line(&one), lines(&many)), (one.clone(), many.clone()));
        }
    }
}
