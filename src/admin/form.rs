//! A form of the desk: what was typed, name by name, and what is wrong with it, so that it can be shown again as it
//! was, each complaint beside its field.

use std::collections::BTreeMap;

use crate::catalogue::file::Problem;

/// What was typed, in the order of the form. A name may stand there more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// The first value under a name, or nothing. Browsers send line breaks as two characters; here they are one.
    pub(super) fn get(&self, name: &str) -> String {
        let value = self.0.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value);
        value.replace("\r\n", "\n")
    }

    /// The same without space around it.
    pub(super) fn trimmed(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }

    /// Puts a value under a name, instead of what is there.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), value.into()));
    }
}

/// What is wrong, by the name of the field; what belongs to no field has the empty name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Complaints(BTreeMap<String, String>);

impl Complaints {
    /// Adds a complaint; the first about a field stays.
    pub(super) fn add(&mut self, name: &str, text: impl Into<String>) {
        self.0.entry(name.to_owned()).or_insert_with(|| text.into());
    }

    /// The complaint about a field.
    pub(super) fn about(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether nothing is wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, for a summary above the form.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

impl From<Vec<Problem>> for Complaints {
    fn from(problems: Vec<Problem>) -> Self {
        let mut complaints = Self::default();
        for problem in problems {
            complaints.add(&problem.path, problem.message);
        }
        complaints
    }
}
