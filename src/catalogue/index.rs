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
use crate::schema::{categories, tools};

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
    /// Every tool, by id; drafts count for how rare a word is.
    tools: Vec<Indexed>,
    /// In their order.
    words: Vec<Box<str>>,
    /// Where in `postings` each word's begin, and the end of the last.
    begins: Vec<u32>,
    postings: Vec<Posting>,
}

#[derive(Debug)]
struct Indexed {
    /// Where it stands in the directory; drafts do not.
    position: Option<u32>,
    /// How many words it has.
    length: u32,
    /// How much its length tells against a word in it, by `bm25`.
    burden: f64,
    /// The words of its name.
    name: Box<str>,
}

/// What a search finds: tools by their place in the directory, not in order until they are asked for.
#[derive(Debug, Clone, Default)]
pub struct Matches(Vec<Ranked>);

/// A tool that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    /// The better, the smaller.
    rank: u128,
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
    pub fn best(mut self, range: Range<usize>) -> Vec<usize> {
        let end = range.end.min(self.0.len());
        if end < self.0.len() {
            self.0.select_nth_unstable(end);
            self.0.truncate(end);
        }
        self.0.sort_unstable();
        self.0.iter().skip(range.start).map(|found| found.position as usize).collect()
    }
}

/// From places in order, best first.
impl FromIterator<usize> for Matches {
    fn from_iter<T: IntoIterator<Item = usize>>(places: T) -> Self {
        let places = places.into_iter().filter_map(|place| u32::try_from(place).ok());
        Self((0..).zip(places).map(|(rank, position)| Ranked { rank, position }).collect())
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
#[derive(Debug, Clone, Copy, Default)]
struct Candidate {
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
    /// Makes room for so many tools, of which each has all of no words.
    fn clear(&mut self, tools: usize) {
        self.weights.resize(tools.max(self.weights.len()), 0);
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
        let (mut tools, mut all) = (Vec::new(), 0u64);
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
            all += u64::from(length);
            let position = position.and_then(|position| u32::try_from(position).ok());
            tools.push(Indexed { position, length, burden: 0.0, name: entry.name().into() });
        }
        let average_length = all as f64 / tools.len() as f64;
        for tool in &mut tools {
            tool.burden = K1 * (1.0 - B + B * f64::from(tool.length) / average_length);
        }
        let mut words: Vec<(Box<str>, Vec<Posting>)> = by_word.into_iter().collect();
        words.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let mut index = Self { tools, ..Self::default() };
        index.postings.reserve_exact(words.iter().map(|(_, postings)| postings.len()).sum());
        for (word, postings) in words {
            index.begins.push(index.end());
            index.words.push(word);
            index.postings.extend(postings);
        }
        index.begins.push(index.end());
        index
    }

    fn end(&self) -> u32 {
        u32::try_from(self.postings.len()).unwrap_or(u32::MAX)
    }

    /// How many steps the search for `query` takes at most, about.
    #[must_use]
    pub fn steps(&self, query: &str) -> usize {
        words(query).iter().map(|word| self.beginning_with(word).len()).sum()
    }

    /// The published tools that `query` finds; see [`search::matching`](super::search::matching) for what is found and
    /// which is better.
    #[must_use]
    pub fn matching(&self, query: &str) -> Matches {
        thread_local! {
            static DESK: RefCell<Desk> = RefCell::default();
        }
        let words = words(query);
        if words.is_empty() || self.tools.is_empty() {
            return Matches::default();
        }
        let found = DESK.with_borrow_mut(|desk| {
            desk.clear(self.tools.len());
            self.candidates(&words, desk)
        });
        let name = words.join(" ");
        let ranked = found.into_iter().filter_map(|(tool, candidate)| {
            let known = self.tools.get(tool as usize)?;
            let class = match () {
                () if (candidate.in_name as usize) < words.len() => 3,
                () if *known.name == *name => 0,
                () if known.name.starts_with(&name) => 1,
                () => 2,
            };
            Some(Ranked { rank: rank(class, candidate.score, tool), position: known.position? })
        });
        Matches(ranked.collect())
    }

    /// The tools that have every word, each with its score.
    fn candidates(&self, words: &[String], desk: &mut Desk) -> Vec<(u32, Candidate)> {
        let postings: Vec<&[Posting]> = words.iter().map(|word| self.beginning_with(word)).collect();
        let counts: Vec<usize> = postings.iter().map(|postings| desk.narrow(postings)).collect();
        let mut found: Vec<(u32, Candidate)> = desk.all().map(|tool| (tool, Candidate::default())).collect();
        if found.is_empty() {
            return found;
        }
        for (postings, count) in postings.into_iter().zip(counts) {
            for posting in postings {
                if !desk.has_all(posting.tool) {
                    continue;
                }
                let weight = &mut desk.weights[posting.tool as usize];
                *weight = ((*weight & !IN_NAME) + (posting.weight & !IN_NAME))
                    | ((*weight | posting.weight) & IN_NAME);
            }
            let rarity = self.rarity(count);
            for (tool, candidate) in &mut found {
                let weight = std::mem::take(&mut desk.weights[*tool as usize]);
                candidate.in_name += weight >> 31;
                candidate.score += rarity * share(weight & !IN_NAME, self.tools[*tool as usize].burden);
            }
        }
        found
    }

    /// How much it says that a tool has a word which so many have: the "inverse document frequency" of `bm25`.
    fn rarity(&self, tools: usize) -> f64 {
        let rarity = ((self.tools.len() as f64 - tools as f64 + 0.5) / (tools as f64 + 0.5)).ln();
        if rarity <= 0.0 { LEAST_RARITY } else { rarity }
    }

    /// The postings of all words that begin so.
    fn beginning_with(&self, beginning: &str) -> &[Posting] {
        let first = self.words.partition_point(|word| **word < *beginning);
        let many = self.words.get(first..).unwrap_or_default();
        let last = first + many.partition_point(|word| word.starts_with(beginning));
        let place = |at: usize| self.begins.get(at).map_or(0, |begin| *begin as usize);
        self.postings.get(place(first)..place(last)).unwrap_or_default()
    }
}

/// What so many occurrences are worth in a tool whose length is such a burden, by `bm25`.
fn share(weight: u32, burden: f64) -> f64 {
    let weight = f64::from(weight);
    (weight * (K1 + 1.0)) / (weight + burden)
}

/// Orders by class, then by score, the largest first, then by number. Of two scores, which are never below zero, the
/// larger has the larger bits.
fn rank(class: u8, score: f64, tool: u32) -> u128 {
    u128::from(class) << 96 | u128::from(!score.to_bits()) << 32 | u128::from(tool)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_part_of_the_order_is_what_stands_there_in_the_whole(
            ranks in prop::collection::vec((0u8..4, 0.0..9.0f64), 0..60), begin in 0usize..70, length in 0usize..30,
        ) {
            let found = Matches(
                (0..).zip(&ranks)
                    .map(|(at, (class, score))| Ranked { rank: rank(*class, *score, at), position: at })
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
        assert_eq!(index.steps("llama"), 5);
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert_eq!(found(&index(&[]), "llama"), [0; 0]);
    }
}
