//! What may have been meant by a name that no tool or category has.

use std::sync::Arc;

use super::directory::{Category, Directory, Tool};

/// How alike two names must be to be offered, 0 to 1.
const NEAR_ENOUGH: f64 = 0.84;

/// The published tools whose slug or name is near `wanted`, at most `most`, nearest first.
///
/// Near is a Jaro–Winkler similarity of 0.84 or more, or that one contains the other (three characters or more).
#[must_use]
pub fn near_tools<'a>(directory: &'a Directory, wanted: &str, most: usize) -> Vec<&'a Arc<Tool>> {
    let names = directory.names().iter().map(String::as_str);
    let tools = directory.tools().iter().zip(names).map(|(tool, name)| (tool, tool.slug.as_str(), name));
    nearest(tools, wanted, most)
}

/// The same for categories.
#[must_use]
pub fn near_categories<'a>(directory: &'a Directory, wanted: &str, most: usize) -> Vec<&'a Category> {
    let names: Vec<String> =
        directory.categories().iter().map(|category| category.name.to_lowercase()).collect();
    let categories = directory.categories().iter().zip(&names);
    nearest(
        categories.map(|(category, name)| (category, category.slug.as_str(), name.as_str())),
        wanted,
        most,
    )
}

/// The items near `wanted`, nearest first; each comes with its slug and its name in lower case.
fn nearest<'a, 'n, T>(
    items: impl Iterator<Item = (&'a T, &'n str, &'n str)>,
    wanted: &str,
    most: usize,
) -> Vec<&'a T> {
    // Long input costs time and is near to nothing anyway.
    let wanted: String = wanted.trim().to_lowercase().chars().take(100).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let wanted = Wanted { letters: letters(&wanted), chars: wanted.chars().count(), text: wanted };
    // The best so far, best first. What cannot beat the last of them is not compared letter by letter.
    let mut near: Vec<(f64, &T)> = Vec::new();
    for (item, slug, name) in items {
        let floor = near.get(most.wrapping_sub(1)).map_or(NEAR_ENOUGH, |(worst, _)| *worst);
        let likeness =
            [slug, name].into_iter().filter_map(|name| wanted.likeness(name, floor)).reduce(f64::max);
        if let Some(likeness) = likeness.filter(|likeness| *likeness >= floor) {
            // Equals stay in the order of the directory.
            near.insert(near.partition_point(|(other, _)| *other >= likeness), (likeness, item));
            near.truncate(most);
        }
    }
    near.into_iter().map(|(_, item)| item).collect()
}

/// What is looked for, in lower case, and what is cheap to compare of it.
struct Wanted {
    text: String,
    chars: usize,
    letters: u64,
}

impl Wanted {
    /// How alike it is to a lower-case name, 0 to 1; none where it is less than `floor` at a glance.
    /// Containment counts as near at once, and the more so the larger the part.
    fn likeness(&self, name: &str, floor: f64) -> Option<f64> {
        let chars = name.chars().count();
        let (short, long) = if self.chars < chars { (self.chars, chars) } else { (chars, self.chars) };
        let contained = short >= 3
            && if self.chars < chars { name.contains(&self.text) } else { self.text.contains(name) };
        #[expect(clippy::cast_precision_loss, reason = "names have a few hundred characters at most")]
        let share = short as f64 / long.max(1) as f64;
        let part = contained.then_some(NEAR_ENOUGH + (1.0 - NEAR_ENOUGH) * share);
        // To compare letter by letter takes time; most names differ too much in length or letters to be worth it.
        let worth_it = short * 2 >= long && self.at_most(name, chars) >= floor;
        let alike = worth_it.then(|| strsim::jaro_winkler(&self.text, name));
        part.into_iter().chain(alike).reduce(f64::max)
    }

    /// The largest Jaro–Winkler similarity that is possible. Letters that the other lacks cannot match, which bounds
    /// Jaro's similarity; Winkler adds at most four tenths of what is missing.
    fn at_most(&self, name: &str, chars: usize) -> f64 {
        let other = letters(name);
        let lacking = |ours: u64, theirs: u64| (ours & !theirs).count_ones() as usize;
        let matches = (self.chars - lacking(self.letters, other)).min(chars - lacking(other, self.letters));
        #[expect(clippy::cast_precision_loss, reason = "names have a few hundred characters at most")]
        let (m, ours, theirs) = (matches as f64, self.chars.max(1) as f64, chars.max(1) as f64);
        let jaro = (m / ours + m / theirs + 1.0) / 3.0;
        // A little more, for rounding.
        jaro + 0.4 * (1.0 - jaro) + 1e-9
    }
}

/// Which characters a text has, 64 kinds told apart. Every kind stands for one character at least.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |set, char| set | 1 << (u32::from(char) % 64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_glance_never_rules_out_what_is_near(wanted in "[a-dé-]{1,9}", name in "[a-dé-]{1,9}") {
            let alike = strsim::jaro_winkler(&wanted, &name);
            let chars = wanted.chars().count();
            let wanted = Wanted { letters: letters(&wanted), chars, text: wanted };
            prop_assert!(wanted.at_most(&name, name.chars().count()) >= alike);
        }
    }
}
