//! Which of many names may be near a given one: found by counting over all of them at once, so that only a few have
//! to be compared letter by letter.
//!
//! For each kind of character there is a row of bits, one for each name, that says whether the name has it, another
//! that says whether it has it twice, and one for three times. How many characters of a wanted name another lacks is
//! then counted for 64 names in a few steps.

use std::collections::HashMap;
use std::ops::Range;

/// How many kinds of characters are told apart.
const KINDS: usize = 64;

/// How many occurrences of one kind are told apart; those beyond are taken to be in every name.
const TIMES: usize = 3;

/// How many bits a name's count of lacking characters has; it stays at the largest number.
const PLANES: usize = 4;

/// Names in groups of equal length.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The item of each bit; each group begins with a new word.
    items: Vec<u32>,
    groups: Vec<Group>,
    /// A row of words for each kind of character and number of times; see [`marks`].
    rows: Vec<Vec<u64>>,
    /// The items with a name that begins with these three characters.
    by_start: HashMap<[char; 3], Vec<u32>>,
    /// The items that have exactly this name.
    by_name: HashMap<Box<str>, Vec<u32>>,
}

/// Names of one length.
#[derive(Debug)]
struct Group {
    chars: usize,
    words: Range<usize>,
}

/// How alike names have to be, and which differ too much in length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The least Jaro–Winkler similarity.
    pub least: f64,
    /// How many times as long the longer one may be to be compared.
    pub longer: usize,
    /// The fewest characters of a name that the other may contain instead.
    pub part: usize,
}

impl Names {
    /// These names of items 0, 1, 2 and so on, in lower case.
    pub(super) fn new<'a>(names: impl Iterator<Item = [&'a str; 2]>) -> Self {
        let mut found = Self { rows: vec![Vec::new(); KINDS * TIMES], ..Self::default() };
        let mut by_length: Vec<Vec<(u32, &str)>> = Vec::new();
        for (item, both) in (0u32..).zip(names) {
            for name in both {
                let chars = name.chars().count();
                if by_length.len() <= chars {
                    by_length.resize(chars + 1, Vec::new());
                }
                by_length[chars].push((item, name));
                if let Some(start) = start(name) {
                    found.by_start.entry(start).or_default().push(item);
                }
                found.by_name.entry(name.into()).or_default().push(item);
            }
        }
        for (chars, names) in by_length.into_iter().enumerate().filter(|(_, names)| !names.is_empty()) {
            let begin = found.items.len() / 64;
            for chunk in names.chunks(64) {
                let mut words = [0u64; KINDS * TIMES];
                for (bit, (item, name)) in chunk.iter().enumerate() {
                    found.items.push(*item);
                    for mark in marks(name) {
                        words[mark] |= 1 << bit;
                    }
                }
                found.items.resize(found.items.len().next_multiple_of(64), u32::MAX);
                for (row, word) in found.rows.iter_mut().zip(words) {
                    row.push(word);
                }
            }
            found.groups.push(Group { chars, words: begin..found.items.len() / 64 });
        }
        found
    }

    /// The items of which a name may be near `wanted`, which is in lower case, in their order. None that is near is
    /// missing.
    pub(super) fn candidates(&self, wanted: &str, rule: Rule) -> Vec<u32> {
        let chars = wanted.chars().count();
        let mut found =
            start(wanted).and_then(|start| self.by_start.get(&start)).cloned().unwrap_or_default();
        self.parts_of(wanted, rule, &mut found);
        let marks = marks(wanted);
        for group in &self.groups {
            if let Some(most) = most_lacking(chars, group.chars, rule) {
                self.lacking_at_most(most, &marks, group, &mut found);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Adds the items whose whole name is part of `wanted`.
    fn parts_of(&self, wanted: &str, rule: Rule, found: &mut Vec<u32>) {
        let ends: Vec<usize> = wanted.char_indices().map(|(at, _)| at).chain([wanted.len()]).collect();
        for group in self.groups.iter().filter(|group| (rule.part..ends.len()).contains(&group.chars)) {
            for (begin, end) in ends.iter().zip(&ends[group.chars..]) {
                if let Some(items) = self.by_name.get(&wanted[*begin..*end]) {
                    found.extend(items);
                }
            }
        }
    }

    /// Adds the items of a group that lack at most so many of these marks.
    fn lacking_at_most(&self, most: usize, marks: &[usize], group: &Group, found: &mut Vec<u32>) {
        for at in group.words.clone() {
            // The planes hold the digits of 64 binary numbers.
            let (mut planes, mut over) = ([0u64; PLANES], 0);
            for mark in marks {
                let mut carry = !self.rows[*mark][at];
                for plane in &mut planes {
                    (*plane, carry) = (*plane ^ carry, *plane & carry);
                }
                over |= carry;
            }
            // Compared from the highest digit down: less already, or equal so far.
            let (mut less, mut equal) = (0u64, !over);
            for (digit, plane) in planes.iter().enumerate().rev() {
                let limit = if most >> digit & 1 == 1 { u64::MAX } else { 0 };
                less |= equal & limit & !plane;
                equal &= !(limit ^ plane);
            }
            let mut few = if most >> PLANES > 0 { u64::MAX } else { less | equal };
            while few != 0 {
                let bit = few.trailing_zeros() as usize;
                few &= few - 1;
                found.extend(self.items.get(at * 64 + bit).filter(|item| **item != u32::MAX));
            }
        }
    }
}

/// The first three characters.
fn start(name: &str) -> Option<[char; 3]> {
    let mut chars = name.chars();
    Some([chars.next()?, chars.next()?, chars.next()?])
}

/// How many of its characters a name of `ours` characters may lack in one of `theirs` that does not begin with
/// the same three characters, and be near all the same; none where it cannot be.
///
/// Winkler adds to Jaro's similarity at most a tenth of what is missing for each of two characters. What is then still
/// needed is a similarity of `jaro`, for which at least (3 · jaro − 1) · ours · theirs / (ours + theirs) characters
/// have to match. Every one that is lacking does not.
fn most_lacking(ours: usize, theirs: usize, rule: Rule) -> Option<usize> {
    let (short, long) = (ours.min(theirs), ours.max(theirs));
    // One that contains the other has all of it.
    let contained = (ours <= theirs && ours >= rule.part).then_some(0);
    if short * rule.longer < long {
        return contained;
    }
    let both = (ours * theirs) as f64 / (ours + theirs) as f64;
    let jaro = (rule.least - 0.2) / 0.8;
    // A little less, for rounding.
    let matching = ((3.0 * jaro - 1.0) * both - 1e-6).ceil() as usize;
    if matching > short { contained } else { Some(ours - matching) }
}

/// The rows that a name has a bit in, one for each of its characters: its kind, the first, second or third time.
fn marks(name: &str) -> Vec<usize> {
    let mut times = [0; KINDS];
    name.chars()
        .filter_map(|char| {
            let kind = char as usize % KINDS;
            times[kind] += 1;
            (times[kind] <= TIMES).then(|| (times[kind] - 1) * KINDS + kind)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULE: Rule = Rule { least: 0.84, longer: 2, part: 3 };

    fn is_near(wanted: &str, name: &str) -> bool {
        let (ours, theirs) = (wanted.chars().count(), name.chars().count());
        let (short, long) = (ours.min(theirs), ours.max(theirs));
        let contained = short >= RULE.part && (wanted.contains(name) || name.contains(wanted));
        contained || short * RULE.longer >= long && strsim::jaro_winkler(wanted, name) >= RULE.least
    }

    proptest! {
        #[test]
        fn nothing_near_is_missing(
            wanted in "[a-eé-]{1,16}",
            names in prop::collection::vec(["[a-eé-]{1,16}", "[a-c]{2,5}"], 0..150),
        ) {
            let pairs = names.iter().map(|[slug, name]| [slug.as_str(), name.as_str()]);
            let candidates = Names::new(pairs).candidates(&wanted, RULE);
            for (item, both) in names.iter().enumerate() {
                let near = both.iter().any(|name| is_near(&wanted, name));
                prop_assert!(!near || candidates.contains(&u32::try_from(item).unwrap_or(0)), "{both:?}");
            }
        }
    }

    #[test]
    fn few_are_left_to_compare() {
        let names: Vec<String> = (0..2000).map(|n| format!("{:o}-tool", n * 7919 % 4096)).collect();
        let index = Names::new(names.iter().map(|name| [name.as_str(), "other"]));
        let left = index.candidates("quartz bucket", RULE);
        assert!(left.len() < 20, "{}", left.len());
        assert!(index.candidates("7xtool", RULE).len() < 2000);
        assert_eq!(index.candidates("", RULE), [0u32; 0]);
        assert_eq!(Names::default().candidates("x", RULE), [0u32; 0]);
    }
}
