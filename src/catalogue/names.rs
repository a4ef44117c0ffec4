//! Which of many names may be near a given one: found by counting over all of them at once, so that only a few have
//! to be compared letter by letter.
//!
//! For each kind of character there is a row of bits, one for each name, that says whether the name has it, another
//! that says whether it has it twice, and one for three times. How many characters of a wanted name another lacks is
//! then counted for 256 names in a few steps.

use std::collections::HashMap;
use std::ops::Range;

/// How many kinds of characters are told apart.
pub(super) const KINDS: usize = 64;

/// How many occurrences of one kind are told apart; those beyond are taken to be in every name.
const TIMES: usize = 3;

/// What names have a bit in that are counted together.
type Block = wide::u64x4;

/// How many words a block has.
const WORDS: usize = 4;

/// How many names a block has.
const IN_BLOCK: usize = 64 * WORDS;

/// How many bits a name's count of lacking characters has; it stays at the largest number.
const PLANES: usize = 4;

/// Up to how many characters at the start of two names count when they are the same, by Winkler.
const STARTS: usize = 4;

/// Names in groups of equal length.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The item of each bit; each group begins with a new block.
    items: Vec<u32>,
    groups: Vec<Group>,
    /// A row of blocks for each kind of character and number of times; see [`marks`].
    rows: Vec<Vec<Block>>,
    /// A row of blocks for each kind of character that a name may have in its first place, its second, and so on.
    starts: [Vec<Vec<Block>>; STARTS],
    /// The items that have exactly this name.
    by_name: HashMap<Box<str>, Vec<u32>>,
}

/// Names of one length.
#[derive(Debug)]
struct Group {
    chars: usize,
    blocks: Range<usize>,
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
        let mut found = Self {
            rows: vec![Vec::new(); KINDS * TIMES],
            starts: std::array::from_fn(|_| vec![Vec::new(); KINDS]),
            ..Self::default()
        };
        let mut by_length: Vec<Vec<(u32, &str)>> = Vec::new();
        for (item, [one, two]) in (0u32..).zip(names) {
            for name in [one, two] {
                found.by_name.entry(name.into()).or_default().push(item);
            }
            // Most slugs are the name with hyphens, and one place counts for both.
            let both = if one.chars().map(kind).eq(two.chars().map(kind)) { &[one][..] } else { &[one, two] };
            for name in both {
                let chars = name.chars().count();
                if by_length.len() <= chars {
                    by_length.resize(chars + 1, Vec::new());
                }
                by_length[chars].push((item, name));
            }
        }
        for (chars, names) in by_length.into_iter().enumerate().filter(|(_, names)| !names.is_empty()) {
            let begin = found.items.len() / IN_BLOCK;
            for chunk in names.chunks(IN_BLOCK) {
                found.add_block(chunk);
            }
            found.groups.push(Group { chars, blocks: begin..found.items.len() / IN_BLOCK });
        }
        found
    }

    fn add_block(&mut self, names: &[(u32, &str)]) {
        let mut rows = [[0u64; WORDS]; KINDS * TIMES];
        let mut starts = [[[0u64; WORDS]; KINDS]; STARTS];
        for (at, (item, name)) in names.iter().enumerate() {
            let (word, bit) = (at / 64, 1 << (at % 64));
            self.items.push(*item);
            for mark in marks(name) {
                rows[mark][word] |= bit;
            }
            for (start, char) in starts.iter_mut().zip(name.chars()) {
                start[kind(char)][word] |= bit;
            }
        }
        self.items.resize(self.items.len().next_multiple_of(IN_BLOCK), u32::MAX);
        let all = self.rows.iter_mut().chain(self.starts.iter_mut().flatten());
        for (row, block) in all.zip(rows.into_iter().chain(starts.into_iter().flatten())) {
            row.push(Block::new(block));
        }
    }

    /// The items of which a name may be near `wanted`, which is in lower case, in their order. None that is near is
    /// missing.
    pub(super) fn candidates(&self, wanted: &str, rule: Rule) -> Vec<u32> {
        let mut found = Vec::new();
        self.parts_of(wanted, rule, &mut found);
        let chars = wanted.chars().count();
        let marks = marks(wanted);
        let starts: Vec<usize> = wanted.chars().take(STARTS).map(kind).collect();
        for group in &self.groups {
            let most = |same_start| most_lacking(chars, group.chars, rule, same_start);
            let most = [most(0), most(1), most(2), most(3), most(4)];
            // The more begins alike, the more may be lacking.
            if most[STARTS].is_some() {
                for at in group.blocks.clone() {
                    self.near_in(at, &marks, &starts, &most[..=starts.len()], &mut found);
                }
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

    /// Adds the items of a block that lack no more of these marks than they may: `most[n]`, if any, where the first `n`
    /// characters are of the kinds in `starts`.
    fn near_in(
        &self,
        at: usize,
        marks: &[usize],
        starts: &[usize],
        most: &[Option<usize>],
        found: &mut Vec<u32>,
    ) {
        let lacking = self.lacking(at, marks);
        let (mut near, mut alike) = (Block::ZERO, !Block::ZERO);
        for (same, most) in most.iter().enumerate() {
            if same > 0 {
                alike &= self.starts[same - 1][starts[same - 1]][at];
                if alike == Block::ZERO {
                    break;
                }
            }
            if let Some(most) = most {
                near |= lacking.at_most(*most) & alike;
            }
        }
        for (word, mut few) in near.to_array().into_iter().enumerate() {
            while few != 0 {
                let bit = few.trailing_zeros() as usize;
                few &= few - 1;
                let item = self.items.get(at * IN_BLOCK + word * 64 + bit);
                found.extend(item.filter(|item| **item != u32::MAX));
            }
        }
    }

    /// How many of these marks the names of a block lack.
    fn lacking(&self, at: usize, marks: &[usize]) -> Counts {
        let mut counts = Counts { planes: [Block::ZERO; PLANES], over: Block::ZERO };
        // Three at a time, since one addition of three digits costs as much as two of two.
        for marks in marks.chunks(3) {
            let lacks = |number: usize| marks.get(number).map_or(Block::ZERO, |mark| !self.rows[*mark][at]);
            let (ones, twos) = add(lacks(0), lacks(1), lacks(2));
            counts.add(ones, twos);
        }
        counts
    }
}

/// The two binary digits of each of the sums of three digits.
fn add(a: Block, b: Block, c: Block) -> (Block, Block) {
    let half = a ^ b;
    (half ^ c, a & b | half & c)
}

/// A number for each name of a block.
struct Counts {
    /// Their binary digits, the lowest first.
    planes: [Block; PLANES],
    /// Those that are larger than their digits can say.
    over: Block,
}

impl Counts {
    /// Adds a number of two binary digits to each.
    fn add(&mut self, ones: Block, twos: Block) {
        let [first, second, rest @ ..] = &mut self.planes;
        let (sum, carry) = (*first ^ ones, *first & ones);
        *first = sum;
        let (sum, mut carry) = add(*second, twos, carry);
        *second = sum;
        for plane in rest {
            (*plane, carry) = (*plane ^ carry, *plane & carry);
        }
        self.over |= carry;
    }

    /// Which of them are at most so large.
    fn at_most(&self, most: usize) -> Block {
        if most >> PLANES > 0 {
            return !Block::ZERO;
        }
        // Compared from the highest digit down: less already, or equal so far.
        let (mut less, mut equal) = (Block::ZERO, !self.over);
        for (digit, plane) in self.planes.iter().enumerate().rev() {
            if most >> digit & 1 == 1 {
                less |= equal & !*plane;
                equal &= *plane;
            } else {
                equal &= !*plane;
            }
        }
        less | equal
    }
}

/// The kind of a lower-case character: letters and digits of ASCII have one each, and a space that of the hyphen which
/// slugs have in its place.
pub(super) fn kind(char: char) -> usize {
    const OTHERS: usize = 37;
    match char {
        'a'..='z' => char as usize - 'a' as usize,
        '0'..='9' => char as usize - '0' as usize + 26,
        '-' | ' ' => 36,
        _ => OTHERS + char as usize % (KINDS - OTHERS),
    }
}

/// How many of its characters a name of `ours` characters may lack in one of `theirs` of which at most the first
/// `same_start` are the same, and be near all the same; none where it cannot be.
///
/// Winkler adds to Jaro's similarity a tenth of what is missing for each of those. What is then still needed is a
/// similarity of `jaro`, for which at least (3 · jaro − 1) · ours · theirs / (ours + theirs) characters
/// have to match. Every one that is lacking does not.
fn most_lacking(ours: usize, theirs: usize, rule: Rule, same_start: u8) -> Option<usize> {
    let (short, long) = (ours.min(theirs), ours.max(theirs));
    // One that contains the other has all of it.
    let contained = (ours <= theirs && ours >= rule.part).then_some(0);
    if short * rule.longer < long {
        return contained;
    }
    let both = (ours * theirs) as f64 / (ours + theirs) as f64;
    let added = 0.1 * f64::from(same_start);
    let jaro = (rule.least - added) / (1.0 - added);
    // A little less, for rounding.
    let matching = ((3.0 * jaro - 1.0) * both - 1e-6).ceil() as usize;
    if matching > short { contained } else { Some(ours - matching) }
}

/// The rows that a name has a bit in, one for each of its characters: its kind, the first, second or third time.
fn marks(name: &str) -> Vec<usize> {
    let mut times = [0; KINDS];
    name.chars()
        .filter_map(|char| {
            let kind = kind(char);
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
            wanted in "[a-eé -]{1,16}",
            names in prop::collection::vec(["[a-eé-]{1,16}", "[a-c ]{2,7}"], 0..150),
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
    fn nothing_near_is_missing_among_many_of_one_length() {
        let letter = |n: u32, at: u32| char::from(b"abcd"[(n >> (2 * at) & 3) as usize]);
        let names: Vec<String> = (0..1024).map(|n| (0..5).map(|at| letter(n, at)).collect()).collect();
        let index = Names::new(names.iter().map(|name| [name.as_str(), "other"]));
        for wanted in ["abcda", "xbcda", "ddddd", "abc", "dabcdab", "bad dab"] {
            let candidates = index.candidates(wanted, RULE);
            let missed: Vec<&String> = (0..)
                .zip(&names)
                .filter(|(item, name)| is_near(wanted, name) && !candidates.contains(item))
                .map(|(_, name)| name)
                .collect();
            assert!(missed.is_empty(), "{wanted}: {missed:?}");
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
