//! What comes of an import: how many records are new or changed, or why it did not happen.

use std::fmt;

use super::problem::ProblemList;

/// What an import did, by kind of record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Categories.
    pub categories: RecordCounts,
    /// Members of the panel.
    pub reviewers: RecordCounts,
    /// Tools with their prices and facts.
    pub tools: RecordCounts,
    /// Reviews.
    pub reviews: RecordCounts,
    /// Comparisons.
    pub comparisons: RecordCounts,
}

/// What became of the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordCounts {
    /// Records that were not there.
    pub new: usize,
    /// Records that were there and differed.
    pub changed: usize,
    /// Records that were there just so.
    pub unchanged: usize,
}

impl Summary {
    /// Whether the catalogue is another than before.
    pub fn changed_anything(&self) -> bool {
        self.kinds().iter().any(|(_, counts)| counts.new + counts.changed > 0)
    }

    /// The counts of each kind, with its name.
    pub fn kinds(&self) -> [(&'static str, RecordCounts); 5] {
        [
            ("categories", self.categories),
            ("reviewers", self.reviewers),
            ("tools", self.tools),
            ("reviews", self.reviews),
            ("comparisons", self.comparisons),
        ]
    }
}

/// One line per kind: `tools: 40 new, 0 changed, 2 unchanged`.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (kind, counts)) in self.kinds().into_iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            let RecordCounts { new, changed, unchanged } = counts;
            write!(f, "{end}{kind}: {new} new, {changed} changed, {unchanged} unchanged")?;
        }
        Ok(())
    }
}

/// Why an import did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file refers to what does not exist.
    #[error("the file has {} problem(s), the first being: {}", .0.total, .0.first.first().map(ToString::to_string).unwrap_or_default())]
    Problems(ProblemList),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] diesel::result::Error),
}
