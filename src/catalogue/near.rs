//! What may have been meant by a name that no tool or category has.

use std::sync::Arc;

use super::directory::{Category, Directory, Tool};
use super::names::Rule;

/// How alike two names must be to be offered, 0 to 1.
const NEAR_ENOUGH: f64 = 0.84;

/// What is near: the rule of this file in numbers.
const RULE: Rule = Rule { least: NEAR_ENOUGH, longer: 2, part: 3 };

/// How many characters of what is wanted count.
const MOST_CHARS: usize = 100;

/// The published tools whose slug or name is near `wanted`, at most `most`, nearest first.
///
/// Near is a Jaro–Winkler similarity of 0.84 or more, or that one contains the other (three characters or more).
#[must_use]
pub fn near_tools<'a>(directory: &'a Directory, wanted: &str, most: usize) -> Vec<&'a Arc<Tool>> {
    let Some(wanted) = Wanted::new(wanted) else { return Vec::new() };
    let candidates = directory.names_index().candidates(&wanted.text, RULE);
    let tools = candidates.into_iter().filter_map(|at| {
        let at = at as usize;
        Some((directory.tools().get(at)?, directory.names().get(at)?.as_str()))
    });
    nearest(tools.map(|(tool, name)| (tool, [tool.slug.as_str(), name])), &wanted, most)
}

/// The same for categories.
#[must_use]
pub fn near_categories<'a>(directory: &'a Directory, wanted: &str, most: usize) -> Vec<&'a Category> {
    let names: Vec<String> =
        directory.categories().iter().map(|category| category.name.to_lowercase()).collect();
    let categories = directory.categories().iter().zip(&names);
    let Some(wanted) = Wanted::new(wanted) else { return Vec::new() };
    nearest(
        categories.map(|(category, name)| (category, [category.slug.as_str(), name.as_str()])),
        &wanted,
        most,
    )
}

/// The items near `wanted`, nearest first; each comes with its slug and its name in lower case.
fn nearest<'a, 'n, T>(
    items: impl Iterator<Item = (&'a T, [&'n str; 2])>,
    wanted: &Wanted,
    most: usize,
) -> Vec<&'a T> {
    // The best so far, best first. What cannot beat the last of them is not compared letter by letter.
    let mut near: Vec<(f64, &T)> = Vec::new();
    for (item, names) in items {
        let floor = near.get(most.wrapping_sub(1)).map_or(NEAR_ENOUGH, |(worst, _)| *worst);
        let likeness = names.into_iter().filter_map(|name| wanted.likeness(name, floor)).reduce(f64::max);
        if let Some(likeness) = likeness.filter(|likeness| *likeness >= floor) {
            // Equals stay in the order of the directory.
            near.insert(near.partition_point(|(other, _)| *other >= likeness), (likeness, item));
            near.truncate(most);
        }
    }
    near.into_iter().map(|(_, item)| item).collect()
}

/// What is seen of a name at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Glance {
    /// Which characters it has, 64 kinds told apart. Every kind stands for one character at least.
    letters: u64,
    /// How many it has.
    chars: u32,
}

impl Glance {
    /// A glance at a text in lower case.
    fn at(text: &str) -> Self {
        let start = Self { letters: 0, chars: 0 };
        text.chars().fold(start, |seen, char| Self {
            letters: seen.letters | 1 << (u32::from(char) % 64),
            chars: seen.chars + 1,
        })
    }

    /// Whether a text of this kind may contain one of the other kind.
    fn may_contain(self, other: Self) -> bool {
        other.letters & !self.letters == 0 && other.chars <= self.chars
    }
}

/// What is looked for, in lower case, and what is cheap to compare of it.
struct Wanted {
    text: String,
    glance: Glance,
}

impl Wanted {
    fn new(wanted: &str) -> Option<Self> {
        // Long input costs time and is near to nothing anyway.
        let text: String = wanted.trim().to_lowercase().chars().take(MOST_CHARS).collect();
        (!text.is_empty()).then(|| Self { glance: Glance::at(&text), text })
    }

    /// How alike it is to a lower-case name, 0 to 1; none where it is less than `floor` at a glance.
    /// Containment counts as near at once, and the more so the larger the part.
    fn likeness(&self, name: &str, floor: f64) -> Option<f64> {
        let (ours, theirs) = (self.glance, Glance::at(name));
        let (short, long) = (ours.chars.min(theirs.chars), ours.chars.max(theirs.chars));
        let contained = short as usize >= RULE.part
            && if ours.chars < theirs.chars {
                theirs.may_contain(ours) && name.contains(&self.text)
            } else {
                ours.may_contain(theirs) && self.text.contains(name)
            };
        let share = f64::from(short) / f64::from(long.max(1));
        let part = contained.then_some(NEAR_ENOUGH + (1.0 - NEAR_ENOUGH) * share);
        // To compare letter by letter takes time; most names differ too much in length or letters to be worth it.
        let worth_it = short as usize * RULE.longer >= long as usize
            && self.at_most(theirs, common_start(&self.text, name)) >= floor;
        let alike = worth_it.then(|| strsim::jaro_winkler(&self.text, name));
        part.into_iter().chain(alike).reduce(f64::max)
    }

    /// The largest Jaro–Winkler similarity that is possible. Letters that the other lacks cannot match, which bounds
    /// Jaro's similarity; Winkler adds a tenth of what is missing for each of the first four that are the same.
    fn at_most(&self, other: Glance, same: u8) -> f64 {
        let Glance { letters, chars } = self.glance;
        let lacking = |ours: u64, theirs: u64| (ours & !theirs).count_ones();
        let matches =
            (chars - lacking(letters, other.letters)).min(other.chars - lacking(other.letters, letters));
        let (m, ours, theirs) = (f64::from(matches), f64::from(chars.max(1)), f64::from(other.chars.max(1)));
        let jaro = (m / ours + m / theirs + 1.0) / 3.0;
        // A little more, for rounding.
        jaro + 0.1 * f64::from(same) * (1.0 - jaro) + 1e-9
    }
}

/// How many of the first four characters are the same.
fn common_start(a: &str, b: &str) -> u8 {
    a.chars().zip(b.chars()).take(4).take_while(|(a, b)| a == b).fold(0, |count, _| count + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_glance_never_rules_out_what_is_near(wanted in "[a-dé-]{1,9}", name in "[a-dé-]{1,9}") {
            let alike = strsim::jaro_winkler(&wanted, &name);
            let contains = (wanted.contains(&name), name.contains(&wanted));
            let wanted = Wanted { glance: Glance::at(&wanted), text: wanted };
            let at = Glance::at(&name);
            prop_assert!(wanted.at_most(at, common_start(&wanted.text, &name)) >= alike);
            prop_assert!(!contains.0 || wanted.glance.may_contain(at));
            prop_assert!(!contains.1 || at.may_contain(wanted.glance));
        }
    }
}
