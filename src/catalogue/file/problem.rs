//! What is wrong with a catalogue file, and where.

use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;

use crate::text::count;

/// Something in a file that cannot be taken, and where: `tools[3].name: is required`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The keys and indexes that lead there from the top; a line and column where the text is not JSON at all.
    pub path: String,
    /// What is wrong, in a line.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// Where in the file something stands. It is written out only for a problem.
pub(super) enum Path<'a> {
    Top,
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl Path<'_> {
    pub(super) fn key<'a>(&'a self, key: &'a str) -> Path<'a> {
        Path::Key(self, key)
    }

    pub(super) fn index(&self, index: usize) -> Path<'_> {
        Path::Index(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Top => f.write_str("file"),
            Path::Key(Path::Top, key) => shown(f, key),
            Path::Key(parent, key) => {
                write!(f, "{parent}.")?;
                shown(f, key)
            }
            Path::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// A key as it is when it is a plain word; any other is quoted, because a problem is one line.
fn shown(f: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    let is_plain = |key: &str| key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if !key.is_empty() && key.chars().count() <= 60 && is_plain(key) {
        f.write_str(key)
    } else {
        f.write_str(&quoted(key))
    }
}

/// How many problems are kept; more are only counted.
const MOST_KEPT: usize = 100;

/// What is wrong with a file: its first problems, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemList {
    /// At most a hundred, in the order of the file.
    pub first: Vec<Problem>,
    /// How many there are with those that are not kept.
    pub total: usize,
}

impl ProblemList {
    /// A line for each problem that is kept, and one for the rest.
    pub fn lines(&self) -> Vec<String> {
        let more = self.total.saturating_sub(self.first.len());
        let rest = (more > 0).then(|| format!("and {}", count(more as u64, "more problem", "more problems")));
        self.first.iter().map(ToString::to_string).chain(rest).collect()
    }
}

impl Deref for ProblemList {
    type Target = [Problem];

    fn deref(&self) -> &[Problem] {
        &self.first
    }
}

impl From<Problem> for ProblemList {
    fn from(problem: Problem) -> Self {
        Self { first: vec![problem], total: 1 }
    }
}

/// The problems found so far.
#[derive(Default)]
pub(super) struct Problems(RefCell<ProblemList>);

impl Problems {
    pub(super) fn add(&self, path: &Path<'_>, message: impl Into<String>) {
        let mut found = self.0.borrow_mut();
        found.total += 1;
        if found.first.len() < MOST_KEPT {
            found.first.push(Problem { path: path.to_string(), message: message.into() });
        }
    }

    /// How many there are.
    pub(super) fn total(&self) -> usize {
        self.0.borrow().total
    }

    /// What was asked for, unless there are problems.
    pub(super) fn none_or<T>(self, value: T) -> Result<T, ProblemList> {
        let found = self.0.into_inner();
        if found.total == 0 { Ok(value) } else { Err(found) }
    }
}

/// A text for a message: quoted as in Rust source, so that a line break in it cannot break the message, and cut to
/// 60 characters.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}
