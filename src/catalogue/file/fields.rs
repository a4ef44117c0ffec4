//! Reads single values out of JSON and notes what is wrong with them. A value that cannot be taken is noted and
//! replaced by a default, so that reading goes on and finds the other problems too.

use std::cell::RefCell;
use std::fmt;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::Problem;
use crate::slug::Slug;

/// The most characters of a name, a tagline or a label.
const SHORT: usize = 300;

/// The most characters of any other text.
const LONG: usize = 10_000;

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

/// The problems found so far.
#[derive(Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(super) fn add(&self, path: &Path<'_>, message: impl Into<String>) {
        self.0.borrow_mut().push(Problem { path: path.to_string(), message: message.into() });
    }

    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}

/// One object of the file.
pub(super) struct Fields<'a> {
    problems: &'a Problems,
    path: &'a Path<'a>,
    entries: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The object at `path`, whose keys are among `known`. `None`, and a problem, when there is no object.
    pub(super) fn open(
        problems: &'a Problems,
        path: &'a Path<'a>,
        value: &'a Value,
        known: &[&str],
    ) -> Option<Self> {
        let Value::Object(entries) = value else {
            problems.add(path, expected("an object", value));
            return None;
        };
        for key in entries.keys().filter(|key| !known.contains(&key.as_str())) {
            problems.add(&path.key(key), "unknown key");
        }
        Some(Self { problems, path, entries })
    }

    pub(super) fn path(&self) -> &'a Path<'a> {
        self.path
    }

    /// Notes a problem with the value of `key`.
    pub(super) fn problem(&self, key: &str, message: impl Into<String>) {
        self.problems.add(&self.path.key(key), message);
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.entries.get(key)
    }

    /// A slug, which is required.
    pub(super) fn slug(&self, key: &str) -> Option<Slug> {
        match self.required(key)?.parse() {
            Ok(slug) => Some(slug),
            Err(fault) => {
                self.problem(key, fault.to_string());
                None
            }
        }
    }

    /// A required text of one line with something in it, at most 300 characters.
    pub(super) fn name(&self, key: &str) -> String {
        let name = self.required(key).unwrap_or_default();
        self.check_text(key, name, SHORT);
        if self.entries.get(key).is_some_and(Value::is_string) {
            if name.trim().is_empty() {
                self.problem(key, "is empty");
            } else if name.contains(['\n', '\t']) {
                self.problem(key, "is more than one line");
            }
        }
        name.to_owned()
    }

    /// A required text of at most 300 characters, possibly empty.
    pub(super) fn tagline(&self, key: &str) -> String {
        let text = self.required(key).unwrap_or_default();
        self.check_text(key, text, SHORT);
        text.to_owned()
    }

    /// A text of at most 10,000 characters; empty when absent.
    pub(super) fn text(&self, key: &str) -> String {
        let text = self.optional_text(key).unwrap_or_default();
        self.check_text(key, text, LONG);
        text.to_owned()
    }

    /// The texts of an array; none when absent.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for (index, value) in self.array(key).unwrap_or_default().iter().enumerate() {
            let path = self.path.key(key);
            let path = path.index(index);
            match value {
                Value::String(text) => {
                    check_text(self.problems, &path, text, LONG);
                    texts.push(text.clone());
                }
                other => self.problems.add(&path, expected("text", other)),
            }
        }
        texts
    }

    /// A text that may be null, absent or empty, which are all none.
    pub(super) fn some_text(&self, key: &str) -> Option<String> {
        let text = self.nullable_text(key)?;
        self.check_text(key, text, SHORT);
        Some(text.to_owned())
    }

    /// An http(s) address, or none.
    pub(super) fn link(&self, key: &str) -> Option<String> {
        let text = self.nullable_text(key)?;
        // The parser forgives spaces and line breaks; what is stored must be an address as it stands.
        let is_clean = !text.contains(|c: char| c.is_whitespace() || c.is_control());
        let is_link = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if !is_clean || !url::Url::parse(text).is_ok_and(|url| is_link(&url)) {
            self.problem(key, format!("{} is not an http(s) address", quoted(text)));
        }
        self.check_text(key, text, LONG);
        Some(text.to_owned())
    }

    /// A date, or none.
    pub(super) fn date(&self, key: &str) -> Option<NaiveDate> {
        let text = self.nullable_text(key)?;
        // The parser forgives missing zeros and a sign.
        let is_shaped = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|_| is_shaped && !text.starts_with("0000"));
        if date.is_none() {
            self.problem(key, format!("{} is not a date (YYYY-MM-DD)", quoted(text)));
        }
        date
    }

    /// A whole number from 0 to 100, or none.
    pub(super) fn score(&self, key: &str) -> Option<i16> {
        match self.entries.get(key)? {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            Value::Number(number) => match number.as_i64().and_then(|n| i16::try_from(n).ok()) {
                Some(score) if (0..=100).contains(&score) => Some(score),
                _ if number.is_f64() => {
                    self.problem(key, format!("{number} is not a whole number between 0 and 100"));
                    None
                }
                _ => {
                    self.problem(key, format!("{number} is not between 0 and 100"));
                    None
                }
            },
            other => {
                self.problem(key, expected("a number", other));
                None
            }
        }
    }

    /// A decimal without a sign, with at most four digits behind the point, or an empty text.
    pub(super) fn price(&self, key: &str) -> String {
        let text = self.optional_text(key).unwrap_or_default();
        let is_number = |digits: &str, most: usize| {
            (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_price = match text.split_once('.') {
            Some((whole, part)) => is_number(whole, 12) && is_number(part, 4),
            None => is_number(text, 12),
        };
        if !is_price && !text.is_empty() {
            self.problem(key, format!("{} is not a price such as \"20.00\"", quoted(text)));
        }
        text.to_owned()
    }

    /// Three capital letters, or an empty text.
    pub(super) fn currency(&self, key: &str) -> String {
        let text = self.optional_text(key).unwrap_or_default();
        let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_code && !text.is_empty() {
            self.problem(key, format!("{} is not three capital letters", quoted(text)));
        }
        text.to_owned()
    }

    /// One of a few words, which `choices` lists for the message. `None` when absent; required or not is the caller's.
    pub(super) fn word<T>(&self, key: &str, from_word: fn(&str) -> Option<T>, choices: &str) -> Option<T> {
        let text = self.optional_text(key)?;
        let word = from_word(text);
        if word.is_none() {
            self.problem(key, format!("{} is not {choices}", quoted(text)));
        }
        word
    }

    /// The values of an array. `None` when absent or null is not the same as empty.
    pub(super) fn array(&self, key: &str) -> Option<&'a [Value]> {
        match self.entries.get(key)? {
            Value::Array(values) => Some(values),
            other => {
                self.problem(key, expected("a list", other));
                None
            }
        }
    }

    /// Notes a problem when the key is absent.
    pub(super) fn require(&self, key: &str) {
        if !self.entries.contains_key(key) {
            self.problem(key, "is required");
        }
    }

    fn required(&self, key: &str) -> Option<&'a str> {
        self.require(key);
        self.optional_text(key)
    }

    fn optional_text(&self, key: &str) -> Option<&'a str> {
        match self.entries.get(key)? {
            Value::String(text) => Some(text),
            other => {
                self.problem(key, expected("text", other));
                None
            }
        }
    }

    fn nullable_text(&self, key: &str) -> Option<&'a str> {
        match self.entries.get(key)? {
            Value::Null => None,
            _ => self.optional_text(key).filter(|text| !text.is_empty()),
        }
    }

    fn check_text(&self, key: &str, text: &str, most: usize) {
        check_text(self.problems, &self.path.key(key), text, most);
    }
}

fn check_text(problems: &Problems, path: &Path<'_>, text: &str, most: usize) {
    let chars = text.chars().count();
    if chars > most {
        problems.add(path, format!("has {chars} characters, at most {most} are allowed"));
    }
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        problems.add(path, format!("contains the control character U+{:04X}", u32::from(c)));
    }
}

/// The message for a value of the wrong type.
pub(super) fn expected(wanted: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("expected {wanted}, found {found}")
}

/// A text for a message: quoted as in Rust source, so that a line break in it cannot break the message, and cut to
/// 60 characters.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}
