//! The search over the tools in memory: what [`search::matching`](super::search::matching) finds by FTS5, in the same
//! order, for the many searches that a site gets.
//!
//! It belongs to one [`Directory`](super::Directory) and is made when that is searched first. What counts as a word is
//! decided in [`search`](super::search) for both.

use std::cell::RefCell;
use std::collections::HashMap;

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
    /// How many words a tool has on average.
    average_length: f64,
}

#[derive(Debug)]
struct Indexed {
    /// Where it stands in the directory; drafts do not.
    position: Option<u32>,
    /// How many words it has.
    length: u32,
    /// The words of its name.
    name: Box<str>,
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
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
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
            tools.push(Indexed { position, length, name: entry.name().into() });
        }
        let mut words: Vec<(Box<str>, Vec<Posting>)> = by_word.into_iter().collect();
        words.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let mut index = Self { average_length: all as f64 / tools.len() as f64, tools, ..Self::default() };
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

    /// Where the published tools that `query` finds stand in the directory, best first; see
    /// [`search::matching`](super::search::matching) for what is found and which is better.
    #[must_use]
    pub fn matching(&self, query: &str) -> Vec<usize> {
        thread_local! {
            static DESK: RefCell<Desk> = RefCell::default();
        }
        let words = words(query);
        if words.is_empty() || self.tools.is_empty() {
            return Vec::new();
        }
        let mut found = DESK.with_borrow_mut(|desk| {
            desk.clear(self.tools.len());
            self.candidates(&words, desk)
        });
        let name = words.join(" ");
        let mut ranked: Vec<(u8, f64, u32, u32)> = found
            .drain(..)
            .filter_map(|(tool, candidate)| {
                let known = self.tools.get(tool as usize)?;
                let class = match () {
                    () if (candidate.in_name as usize) < words.len() => 3,
                    () if *known.name == *name => 0,
                    () if known.name.starts_with(&name) => 1,
                    () => 2,
                };
                Some((class, candidate.score, tool, known.position?))
            })
            .collect();
        ranked.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        ranked.into_iter().map(|(_, _, _, position)| position as usize).collect()
    }

    /// The tools that have every word, each with its score. The desk is left as it was found.
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
                candidate.score += rarity * self.share(weight & !IN_NAME, self.tools[*tool as usize].length);
            }
        }
        found
    }

    /// How much it says that a tool has a word which so many have: the "inverse document frequency" of `bm25`.
    fn rarity(&self, tools: usize) -> f64 {
        let rarity = ((self.tools.len() as f64 - tools as f64 + 0.5) / (tools as f64 + 0.5)).ln();
        if rarity <= 0.0 { LEAST_RARITY } else { rarity }
    }

    /// What so many occurrences are worth in a tool of so many words, by `bm25`.
    fn share(&self, weight: u32, length: u32) -> f64 {
        let weight = f64::from(weight);
        (weight * (K1 + 1.0)) / (weight + K1 * (1.0 - B + B * f64::from(length) / self.average_length))
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

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(index.matching("LLAMA"), [2, 1, 0, 3]);
        assert_eq!(index.matching("llama easy"), [3]);
        assert_eq!(index.matching("llama llama"), index.matching("llama"));
        assert_eq!(index.matching("llama horse"), [0; 0]);
        assert_eq!(index.matching("lama"), [0; 0]);
        assert_eq!(index.matching("++"), [0; 0]);
        assert_eq!(index.matching("cat").len(), 4);
        assert_eq!(index.steps("llama"), 5);
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert_eq!(index(&[]).matching("llama"), [0; 0]);
    }
}
