//! The search over the tools in memory: what [`search::matching`](super::search::matching) finds by FTS5, in the same
//! order, for the many searches that a site gets.
//!
//! It belongs to one [`Directory`](super::Directory) and is made when that is searched first. What counts as a word is
//! decided in [`search`](super::search) for both.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use diesel::prelude::*;

use super::directory::Directory;
use super::search::{Entry, words};
use super::terms::Status;
use crate::db::Db;
use crate::db::schema::{categories, tools};

/// The most tools that are searched in memory; a larger catalogue is searched by its database.
const MOST_TOOLS: i64 = 50_000;

/// The constants of `bm25`, as SQLite has them.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// What `bm25` takes the rarity of a word for that is in more than half of the tools.
const LEAST_RARITY: f64 = 1e-6;

/// Marks in [`Posting::weight`] that the word is in the name.
const IN_NAME: u32 = 1 << 31;

/// The words of all tools, with the tools of each.
#[derive(Debug, Default)]
pub struct Index {
    /// Where each tool stands in the directory, by id. Drafts do not, and count for how rare a word is.
    positions: Vec<Option<u32>>,
    /// How much the length of each tool tells against a word in it, by `bm25`.
    burdens: Vec<f64>,
    /// The words of the name of each tool.
    names: Vec<Box<str>>,
    /// In their order.
    words: Vec<Box<str>>,
    /// How each word begins; see [`start`].
    starts: Vec<u64>,
    /// Where in `postings` each word's begin, and the end of the last.
    begins: Vec<u32>,
    postings: Vec<Posting>,
}

/// What a search finds: tools by their place in the directory, not in order until they are asked for.
#[derive(Debug, Clone, Default)]
pub struct Matches(Vec<Ranked>);

/// A tool that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    /// The better, the smaller; see [`rank`].
    rank: u64,
    /// Where equals stand.
    tool: u32,
    position: u32,
}

impl Matches {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps those whose place is wanted.
    pub fn retain(&mut self, wanted: impl Fn(usize) -> bool) {
        self.0.retain(|found| wanted(found.position as usize));
    }

    /// Their places, in no order.
    pub fn positions(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|found| found.position as usize)
    }

    /// The places of those in this range of the order, best first. What stands behind it is never put in order.
    #[must_use]
    pub fn best(&self, range: Range<usize>) -> Vec<usize> {
        let end = range.end.min(self.0.len());
        if range.start >= end {
            return Vec::new();
        }
        // Twice as many as are wanted, then the better half of them, to which only what is better is added.
        let mut best: Vec<Ranked> = Vec::with_capacity(2 * end);
        let mut worst = None;
        for found in &self.0 {
            if worst.is_none_or(|worst| *found < worst) {
                best.push(*found);
                if best.len() == 2 * end {
                    worst = Some(*best.select_nth_unstable(end - 1).1);
                    best.truncate(end);
                }
            }
        }
        best.sort_unstable();
        best.iter().take(end).skip(range.start).map(|found| found.position as usize).collect()
    }
}

/// From places in order, best first.
impl FromIterator<usize> for Matches {
    fn from_iter<T: IntoIterator<Item = usize>>(places: T) -> Self {
        let places = places.into_iter().filter_map(|place| u32::try_from(place).ok());
        Self((0..).zip(places).map(|(rank, position)| Ranked { rank, tool: 0, position }).collect())
    }
}

/// A tool that has a word.
#[derive(Debug, Clone, Copy)]
struct Posting {
    tool: u32,
    /// How often, each weighted by its field, and [`IN_NAME`].
    weight: u32,
}

/// What is known of a tool that has every word of a query.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    tool: u32,
    /// How many words of the query are in its name.
    in_name: u32,
    score: f64,
}

/// Room to count in, with a place for each tool.
#[derive(Default)]
struct Desk {
    /// All zero between two queries.
    weights: Vec<u32>,
    /// The tools that have the word at hand, as bits.
    have: Vec<u64>,
    /// The tools that have every word so far, as bits.
    have_all: Vec<u64>,
}

impl Desk {
    /// Adds what a tool has of a word, and returns whether that is the first.
    fn add(&mut self, posting: &Posting) -> bool {
        let weight = &mut self.weights[posting.tool as usize];
        let before = *weight;
        *weight = ((before & !IN_NAME) + (posting.weight & !IN_NAME)) | ((before | posting.weight) & IN_NAME);
        before == 0
    }

    /// Makes room for so many tools, of which each has all of no words.
    fn clear(&mut self, tools: usize) {
        self.have_all.clear();
        self.have_all.resize(tools.div_ceil(64), u64::MAX);
    }

    /// Takes in which tools have a word, and returns how many do.
    fn narrow(&mut self, postings: &[Posting]) -> usize {
        self.have.clear();
        self.have.resize(self.have_all.len(), 0);
        for posting in postings {
            self.have[posting.tool as usize / 64] |= 1 << (posting.tool % 64);
        }
        let mut count = 0;
        for (all, have) in self.have_all.iter_mut().zip(&self.have) {
            count += have.count_ones() as usize;
            *all &= have;
        }
        count
    }

    fn has_all(&self, tool: u32) -> bool {
        self.have_all[tool as usize / 64] >> (tool % 64) & 1 == 1
    }

    /// The tools that have every word.
    fn all(&self) -> impl Iterator<Item = u32> {
        let words = (0u32..).zip(&self.have_all).filter(|(_, word)| **word != 0);
        words.flat_map(|(at, word)| {
            let without_lowest = |word: &u64| Some(word & (word - 1)).filter(|word| *word != 0);
            std::iter::successors(Some(*word), without_lowest)
                .map(move |word| at * 64 + word.trailing_zeros())
        })
    }
}

impl Index {
    /// The index of what is stored now, for a directory that is no newer; none for a catalogue that is too large.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) fn load(conn: &mut Db, directory: &Directory) -> QueryResult<Option<Self>> {
        if tools::table.count().get_result::<i64>(conn)? > MOST_TOOLS {
            return Ok(None);
        }
        let categories: HashMap<i64, String> =
            categories::table.select((categories::id, categories::name)).load(conn)?.into_iter().collect();
        let rows: Vec<(i64, i16, i64, String, String, String)> = tools::table
            .order(tools::id)
            .select((
                tools::id,
                tools::status,
                tools::category_id,
                tools::name,
                tools::tagline,
                tools::description,
            ))
            .load(conn)?;
        let published = Status::Published.to_i16();
        let entries = rows.into_iter().map(|(id, status, category, name, tagline, description)| {
            let category = categories.get(&category).map_or("", String::as_str);
            let position = directory.position(id).filter(|_| status == published);
            (Entry::new(id, &name, &tagline, &description, category), position)
        });
        Ok(Some(Self::new(entries)))
    }

    /// An index of these entries, in the order of their ids, each with its place in the directory.
    fn new(entries: impl Iterator<Item = (Entry, Option<usize>)>) -> Self {
        let mut by_word: HashMap<Box<str>, Vec<Posting>> = HashMap::new();
        let mut index = Self::default();
        let mut lengths: Vec<u32> = Vec::new();
        for (tool, (entry, position)) in entries.enumerate() {
            let tool = u32::try_from(tool).unwrap_or(u32::MAX);
            let mut length = 0;
            for (text, weight) in entry.weighted() {
                for word in text.split(' ').filter(|word| !word.is_empty()) {
                    length += 1;
                    let mark = if weight == Entry::NAME_WEIGHT { IN_NAME } else { 0 };
                    let known = match by_word.get_mut(word) {
                        Some(known) => known,
                        None => by_word.entry(word.into()).or_default(),
                    };
                    match known.last_mut().filter(|last| last.tool == tool) {
                        Some(last) => last.weight = (last.weight + weight) | mark,
                        None => known.push(Posting { tool, weight: weight | mark }),
                    }
                }
            }
            lengths.push(length);
            index.positions.push(position.and_then(|position| u32::try_from(position).ok()));
            index.names.push(entry.name().into());
        }
        let all: u64 = lengths.iter().copied().map(u64::from).sum();
        let average = all as f64 / lengths.len() as f64;
        let burden = |length: u32| K1 * (1.0 - B + B * f64::from(length) / average);
        index.burdens = lengths.into_iter().map(burden).collect();
        let mut words: Vec<(Box<str>, Vec<Posting>)> = by_word.into_iter().collect();
        words.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        index.postings.reserve_exact(words.iter().map(|(_, postings)| postings.len()).sum());
        for (word, postings) in words {
            index.begins.push(index.end());
            index.starts.push(start(&word));
            index.words.push(word);
            index.postings.extend(postings);
        }
        index.begins.push(index.end());
        index
    }

    fn end(&self) -> u32 {
        u32::try_from(self.postings.len()).unwrap_or(u32::MAX)
    }

    /// The published tools that `query` finds; see [`search::matching`](super::search::matching) for what is found and
    /// which is better.
    #[must_use]
    pub fn matching(&self, query: &str) -> Matches {
        self.matching_within(query, usize::MAX).unwrap_or_default()
    }

    /// The same, unless it takes more than so many steps; each takes a few nanoseconds.
    #[must_use]
    pub fn matching_within(&self, query: &str, most_steps: usize) -> Option<Matches> {
        thread_local! {
            static DESK: RefCell<Desk> = RefCell::default();
        }
        let words = words(query);
        if words.is_empty() || self.names.is_empty() {
            return Some(Matches::default());
        }
        let postings: Vec<&[Posting]> = words.iter().map(|word| self.beginning_with(word)).collect();
        if postings.iter().map(|postings| postings.len()).sum::<usize>() > most_steps {
            return None;
        }
        let found = DESK.with_borrow_mut(|desk| {
            desk.weights.resize(self.names.len().max(desk.weights.len()), 0);
            self.candidates(&postings, desk)
        });
        let name = words.join(" ");
        let ranked = found.into_iter().filter_map(|Candidate { tool, in_name, score }| {
            let position = (*self.positions.get(tool as usize)?)?;
            let class = if (in_name as usize) < words.len() { 3 } else { self.class(tool, &name) };
            Some(Ranked { rank: rank(class, score), tool, position })
        });
        Some(Matches(ranked.collect()))
    }

    /// The class of a tool that has all words of `name` in its own.
    fn class(&self, tool: u32, name: &str) -> u8 {
        match self.names.get(tool as usize) {
            Some(known) if **known == *name => 0,
            Some(known) if known.starts_with(name) => 1,
            _ => 2,
        }
    }

    /// The tools that have every word, each with its score.
    fn candidates(&self, postings: &[&[Posting]], desk: &mut Desk) -> Vec<Candidate> {
        if postings.iter().any(|postings| postings.is_empty()) {
            return Vec::new();
        }
        if let [only] = postings {
            // Every tool that has it is found.
            let mut found = Vec::with_capacity(only.len());
            for posting in *only {
                if desk.add(posting) {
                    found.push(Candidate { tool: posting.tool, in_name: 0, score: 0.0 });
                }
            }
            let count = found.len();
            self.weigh(&mut found, count, desk);
            return found;
        }
        desk.clear(self.names.len());
        let counts: Vec<usize> = postings.iter().map(|postings| desk.narrow(postings)).collect();
        let mut found: Vec<Candidate> =
            desk.all().map(|tool| Candidate { tool, in_name: 0, score: 0.0 }).collect();
        if found.is_empty() {
            return found;
        }
        for (postings, count) in postings.iter().zip(counts) {
            for posting in *postings {
                if desk.has_all(posting.tool) {
                    desk.add(posting);
                }
            }
            self.weigh(&mut found, count, desk);
        }
        found
    }

    /// Adds what the weights on the desk are worth, of a word that so many tools have, and clears them.
    fn weigh(&self, found: &mut [Candidate], count: usize, desk: &mut Desk) {
        let rarity = self.rarity(count);
        for Candidate { tool, in_name, score } in found {
            let weight = std::mem::take(&mut desk.weights[*tool as usize]);
            *in_name += weight >> 31;
            *score += rarity * share(weight & !IN_NAME, self.burdens[*tool as usize]);
        }
    }

    /// How much it says that a tool has a word which so many have: the "inverse document frequency" of `bm25`.
    fn rarity(&self, tools: usize) -> f64 {
        let rarity = ((self.names.len() as f64 - tools as f64 + 0.5) / (tools as f64 + 0.5)).ln();
        if rarity <= 0.0 { LEAST_RARITY } else { rarity }
    }

    /// The postings of all words that begin so.
    fn beginning_with(&self, beginning: &str) -> &[Posting] {
        // Numbers are compared first, since they lie beside each other and words do not.
        let (least, most) = (start(beginning), last_start(beginning));
        let first = self.starts.partition_point(|start| *start < least);
        let last = first + self.starts[first..].partition_point(|start| *start <= most);
        let alike = self.words.get(first..last).unwrap_or_default();
        let (first, last) = if beginning.len() <= START {
            (first, last)
        } else {
            let before = alike.partition_point(|word| **word < *beginning);
            let many = alike.get(before..).unwrap_or_default();
            let last = first + before + many.partition_point(|word| word.starts_with(beginning));
            (first + before, last)
        };
        let place = |at: usize| self.begins.get(at).map_or(0, |begin| *begin as usize);
        self.postings.get(place(first)..place(last)).unwrap_or_default()
    }
}

/// How many bytes of a word are compared as one number.
const START: usize = 8;

/// The first bytes of a word as a number, so that numbers are in the order of words; no word has a zero byte.
fn start(word: &str) -> u64 {
    start_before(word, 0)
}

/// The largest start of the words that begin so.
fn last_start(beginning: &str) -> u64 {
    start_before(beginning, u8::MAX)
}

fn start_before(word: &str, rest: u8) -> u64 {
    let mut bytes = [rest; START];
    let length = word.len().min(START);
    bytes[..length].copy_from_slice(&word.as_bytes()[..length]);
    u64::from_be_bytes(bytes)
}

/// What so many occurrences are worth in a tool whose length is such a burden, by `bm25`.
fn share(weight: u32, burden: f64) -> f64 {
    let weight = f64::from(weight);
    (weight * (K1 + 1.0)) / (weight + burden)
}

/// Orders by class, of which there are four, then by score, the largest first. Scores are neither negative nor as large
/// as 2^17; divided by 2^16 they are below two, so that the larger of two has the larger bits and the first two of these
/// are zero.
fn rank(class: u8, score: f64) -> u64 {
    const CLASS: u32 = 62;
    u64::from(class) << CLASS | ((1 << CLASS) - 1 - (score / 65_536.0).to_bits())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_part_of_the_order_is_what_stands_there_in_the_whole(
            ranks in prop::collection::vec((0u8..4, prop_oneof![0.0..9.0f64, 0.0..131_071.0, Just(0.5)]), 0..60), begin in 0usize..70, length in 0usize..30,
        ) {
            let found = Matches(
                (0..).zip(&ranks)
                    .map(|(at, (class, score))| Ranked { rank: rank(*class, *score), tool: at, position: at })
                    .collect(),
            );
            let mut order: Vec<usize> = (0..ranks.len()).collect();
            order.sort_by(|a, b| ranks[*a].0.cmp(&ranks[*b].0).then(ranks[*b].1.total_cmp(&ranks[*a].1)));
            let part = order.iter().copied().skip(begin).take(length).collect::<Vec<_>>();
            prop_assert_eq!(found.best(begin..begin + length), part);
        }
    }

    fn found(index: &Index, query: &str) -> Vec<usize> {
        index.matching(query).best(0..usize::MAX)
    }

    fn index(tools: &[(&str, &str)]) -> Index {
        Index::new((0i64..).zip(tools).map(|(id, (name, text))| {
            (
                Entry::new(id, name, "", text, "Category"),
                usize::try_from(id).ok().filter(|_| *text != "draft"),
            )
        }))
    }

    #[test]
    fn names_come_first_and_every_word_counts() {
        let index = index(&[
            ("The Llama", "an animal"),
            ("llamafile", "one file"),
            ("Llama", "weights"),
            ("Ollama", "llama made easy"),
            ("Llama two", "draft"),
        ]);
        assert_eq!(found(&index, "LLAMA"), [2, 1, 0, 3]);
        assert_eq!(found(&index, "llama easy"), [3]);
        assert_eq!(found(&index, "llama llama"), found(&index, "llama"));
        assert_eq!(found(&index, "llama horse"), [0; 0]);
        assert_eq!(found(&index, "lama"), [0; 0]);
        assert_eq!(found(&index, "++"), [0; 0]);
        assert_eq!(index.matching("cat").len(), 4);
        let within = |steps| index.matching_within("llama", steps).map(|found| found.len());
        assert_eq!((within(4), within(5)), (None, Some(4)));
    }

    proptest! {
        #[test]
        fn the_words_that_begin_so_are_found(
            words in prop::collection::btree_set("[abé]{1,12}", 1..60), beginning in "[abé]{1,11}",
        ) {
            let all: Vec<(&str, &str)> = words.iter().map(|word| (word.as_str(), "")).collect();
            let mut found = found(&index(&all), &beginning);
            found.sort_unstable();
            let expected: Vec<usize> =
                (0..).zip(&words).filter(|(_, word)| word.replace('é', "e").starts_with(&beginning.replace('é', "e"))).map(|(at, _)| at).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert_eq!(found(&index(&[]), "llama"), [0; 0]);
    }
}
