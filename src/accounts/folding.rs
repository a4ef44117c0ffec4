//! How names, addresses and passwords are written alike, whatever keyboard or system they come from.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The letters and digits of a text, in lower case, to look for a name in it however it is written.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A stored address as people write it, its domain in the letters of its language.
pub fn shown_email(stored: &str) -> String {
    match stored.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", idna::domain_to_unicode(domain).0),
        None => stored.to_owned(),
    }
}

/// Whether a character can be seen and leaves what stands around it alone.
pub(super) fn is_visible(c: char) -> bool {
    let hidden = GeneralCategoryGroup::Other.union(GeneralCategoryGroup::Separator);
    !hidden.contains(CodePointMapData::<GeneralCategory>::new().get(c))
        && !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        && c != '\u{2800}'
}
