//! What may have been meant by a name that no tool or category has.

use std::sync::Arc;

use rapidfuzz::distance::jaro_winkler::{Args, BatchComparator};

use super::directory::{Category, Directory, Tool};
use super::names::{KINDS, Rule, kind};
use crate::web::error::{AppError, NotFound, Suggestion};

/// How many near tools an error offers.
const MOST_OFFERED: usize = 5;

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

/// The error of an address that names no tool, with what may have been meant.
#[must_use]
pub fn no_such_tool(directory: &Directory, wanted: &str) -> AppError {
    let suggestions = near_tools(directory, wanted, MOST_OFFERED)
        .into_iter()
        .map(|tool| Suggestion { href: format!("/tools/{}", tool.slug), label: tool.name.clone() })
        .collect();
    AppError::NotFound(NotFound { message: "There is no tool at this address.".into(), suggestions })
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

/// What is looked for, in lower case, and what is cheap to compare of it.
struct Wanted {
    text: String,
    chars: usize,
    /// How many characters of each kind it has.
    kinds: [u8; KINDS],
    jaro_winkler: BatchComparator<char>,
}

impl Wanted {
    fn new(wanted: &str) -> Option<Self> {
        // Long input costs time and is near to nothing anyway.
        let text: String = wanted.trim().to_lowercase().chars().take(MOST_CHARS).collect();
        let mut kinds = [0; KINDS];
        for char in text.chars() {
            kinds[kind(char)] += 1;
        }
        let jaro_winkler = BatchComparator::new(text.chars());
        (!text.is_empty()).then(|| Self { chars: text.chars().count(), kinds, jaro_winkler, text })
    }

    /// How alike it is to a lower-case name, 0 to 1; none where it is less than `floor` at a glance.
    /// Containment counts as near at once, and the more so the larger the part.
    fn likeness(&self, name: &str, floor: f64) -> Option<f64> {
        let (chars, common) = self.glance(name);
        let (short, long) = (self.chars.min(chars), self.chars.max(chars));
        let contained = short >= RULE.part
            && common >= short
            && if self.chars < chars { name.contains(&self.text) } else { self.text.contains(name) };
        #[expect(clippy::cast_precision_loss, reason = "names have a few hundred characters at most")]
        let share = short as f64 / long.max(1) as f64;
        let part = contained.then_some(NEAR_ENOUGH + (1.0 - NEAR_ENOUGH) * share);
        // To compare letter by letter takes time; most names differ too much in length or letters to be worth it.
        let worth_it = short * RULE.longer >= long && self.at_most(name, chars, common) >= floor;
        let near = Args::default().score_cutoff(floor);
        let alike = worth_it.then(|| self.jaro_winkler.similarity_with_args(name.chars(), &near)).flatten();
        part.into_iter().chain(alike).reduce(f64::max)
    }

    /// How many characters a name has, and how many of them this has too, in whatever order.
    fn glance(&self, name: &str) -> (usize, usize) {
        let mut left = self.kinds;
        name.chars().fold((0, 0), |(chars, common), char| {
            let left = &mut left[kind(char)];
            let has = *left > 0;
            *left -= u8::from(has);
            (chars + 1, common + usize::from(has))
        })
    }

    /// The largest Jaro–Winkler similarity that is possible. No more characters can match than both have, which bounds
    /// Jaro's similarity; Winkler adds a tenth of what is missing for each of the first four that are the same.
    fn at_most(&self, name: &str, chars: usize, common: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "names have a few hundred characters at most")]
        let (m, ours, theirs) = (common as f64, self.chars.max(1) as f64, chars.max(1) as f64);
        let jaro = (m / ours + m / theirs + 1.0) / 3.0;
        // A little more, for rounding.
        jaro + 0.1 * f64::from(common_start(&self.text, name)) * (1.0 - jaro) + 1e-9
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
            let contained = wanted.contains(&name) || name.contains(&wanted);
            let Some(wanted) = Wanted::new(&wanted) else { return Ok(()) };
            let likeness = wanted.likeness(&name, NEAR_ENOUGH);
            let lengths = (wanted.text.chars().count(), name.chars().count());
            if lengths.0.min(lengths.1) * RULE.longer >= lengths.0.max(lengths.1) && !contained {
                // Another implementation says the same.
                prop_assert_eq!(likeness.is_some(), alike >= NEAR_ENOUGH);
                prop_assert!(likeness.is_none_or(|likeness| (likeness - alike).abs() < 1e-9));
            }
            let (chars, common) = wanted.glance(&name);
            prop_assert!(wanted.at_most(&name, chars, common) >= alike);
            prop_assert!(!contained || common == chars.min(wanted.chars));
        }
    }
}
