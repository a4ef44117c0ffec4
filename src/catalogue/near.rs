//! What may have been meant by a name that no tool or category has.

use std::cmp::Ordering;
use std::sync::Arc;

use super::directory::{Category, Directory, Tool};

/// How alike two names must be to be offered, 0 to 1.
const NEAR_ENOUGH: f64 = 0.84;

/// The published tools whose slug or name is near `wanted`, at most `most`, nearest first.
///
/// Near is a Jaro–Winkler similarity of 0.84 or more, or that one contains the other (three characters or more).
#[must_use]
pub fn near_tools<'a>(directory: &'a Directory, wanted: &str, most: usize) -> Vec<&'a Arc<Tool>> {
    nearest(directory.tools(), wanted, most, |tool| (&tool.slug, &tool.name))
}

/// The same for categories.
#[must_use]
pub fn near_categories<'a>(directory: &'a Directory, wanted: &str, most: usize) -> Vec<&'a Category> {
    nearest(directory.categories(), wanted, most, |category| (&category.slug, &category.name))
}

/// The items near `wanted`, nearest first; `names` gives an item's slug and name.
fn nearest<'a, T>(
    items: &'a [T],
    wanted: &str,
    most: usize,
    names: impl Fn(&'a T) -> (&'a str, &'a str),
) -> Vec<&'a T> {
    // Long input costs time and is near to nothing anyway.
    let wanted: String = wanted.trim().to_lowercase().chars().take(100).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let letters = Letters::of(&wanted);
    let alike = |name: &str| if letters.may_be_near(name) { likeness(&wanted, name) } else { 0.0 };
    let mut near: Vec<(f64, &T)> = items
        .iter()
        .map(|item| {
            let (slug, name) = names(item);
            (alike(slug).max(alike(&name.to_lowercase())), item)
        })
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .collect();
    // The sort is stable, so equals stay in the order of the directory.
    near.sort_by(|(a, _), (b, _)| b.partial_cmp(a).unwrap_or(Ordering::Equal));
    near.into_iter().take(most).map(|(_, item)| item).collect()
}

/// How often each letter occurs in a name; what some letters share a place is counted together.
struct Letters {
    counts: [u8; 64],
    length: usize,
}

impl Letters {
    fn of(name: &str) -> Self {
        let mut counts = [0u8; 64];
        let mut length = 0;
        for letter in name.chars() {
            counts[Self::place(letter)] = counts[Self::place(letter)].saturating_add(1);
            length += 1;
        }
        Self { counts, length }
    }

    fn place(letter: char) -> usize {
        letter as usize % 64
    }

    /// Whether [`likeness`] can reach [`NEAR_ENOUGH`], by the letters that both have: that is quick
    /// to say, and of most names says no. Never says no of a name that is near.
    fn may_be_near(&self, name: &str) -> bool {
        let mut left = self.counts;
        let (mut common, mut length) = (0usize, 0usize);
        for letter in name.chars() {
            let count = &mut left[Self::place(letter)];
            if *count > 0 {
                *count -= 1;
                common += 1;
            }
            length += 1;
        }
        if common == self.length.min(length) {
            // One may contain the other.
            return true;
        }
        #[expect(clippy::cast_precision_loss, reason = "names have a few hundred characters at most")]
        let part = |whole: usize| common as f64 / whole as f64;
        // Jaro with no letter out of order, and Winkler with all four first letters alike.
        let jaro = (part(self.length) + part(length) + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro) >= NEAR_ENOUGH
    }
}

/// How alike two lower-case names are, 0 to 1. Containment counts as near at once, and the more so the larger the part.
fn likeness(wanted: &str, name: &str) -> f64 {
    let alike = strsim::jaro_winkler(wanted, name);
    let (short, long) = if wanted.len() < name.len() { (wanted, name) } else { (name, wanted) };
    if short.chars().count() < 3 || !long.contains(short) {
        return alike;
    }
    let (part, whole) = (short.chars().count(), long.chars().count());
    #[expect(clippy::cast_precision_loss, reason = "names have a few hundred characters at most")]
    let share = part as f64 / whole as f64;
    alike.max(NEAR_ENOUGH + (1.0 - NEAR_ENOUGH) * share)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_name_that_is_near_is_never_passed_over(wanted in "[a-cé-]{1,9}", name in "[a-cé-]{0,12}") {
            if likeness(&wanted, &name) >= NEAR_ENOUGH {
                prop_assert!(Letters::of(&wanted).may_be_near(&name));
            }
        }
    }
}
