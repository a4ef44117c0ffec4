//! The records of a catalogue file, checked: what cannot be stored cannot be built by [`super::parse`].
//!
//! The order of the fields is the order of the keys in an exported file.

use chrono::NaiveDate;
use serde::Serialize;

use crate::catalogue::detail::{Fact, Plan};
use crate::catalogue::terms::{Basis, Kind, Status};
use crate::slug::Slug;
use crate::stats::Choice;

/// A catalogue file. Absent arrays are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// Each slug once.
    pub categories: Vec<CategoryRecord>,
    /// Each slug once.
    pub reviewers: Vec<ReviewerRecord>,
    /// Each slug once.
    pub tools: Vec<ToolRecord>,
    /// Each pair once, in whichever order.
    pub comparisons: Vec<ComparisonRecord>,
}

/// A kind of tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryRecord {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name as shown.
    pub name: String,
    /// Catalogue text.
    pub description: String,
}

/// A member of the panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReviewerRecord {
    /// Their name in addresses.
    pub slug: Slug,
    /// Their name as shown.
    pub name: String,
    /// Their point of view.
    pub role: String,
    /// One sentence of theirs.
    pub motto: String,
    /// Catalogue text.
    pub bio: String,
    /// What wins them over.
    pub likes: Vec<String>,
    /// What does not.
    pub tired_of: Vec<String>,
    /// Person or model.
    pub kind: Kind,
    /// The model's name, exactly if the kind is AI.
    pub model: Option<String>,
}

/// A tool with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolRecord {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name as shown.
    pub name: String,
    /// The slug of its category, which the file or the database has.
    pub category: Slug,
    /// One line on what it is.
    pub tagline: String,
    /// Catalogue text.
    pub description: String,
    /// An http(s) address.
    pub website: Option<String>,
    /// Who sees it.
    pub status: Status,
    /// `None` leaves what is stored.
    pub pricing: Option<Pricing>,
    /// `None` leaves what is stored.
    pub facts: Option<Vec<Fact>>,
    /// Each reviewer once. Reviews that are stored and not here stay.
    pub reviews: Vec<ReviewRecord>,
}

/// What a tool costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pricing {
    /// The lowest price in a word or two.
    pub entry: String,
    /// The price in words.
    pub text: String,
    /// An http(s) address that states it.
    pub source: Option<String>,
    /// When that address was last read.
    pub checked_on: Option<NaiveDate>,
    /// In their maker's order.
    pub plans: Vec<Plan>,
}

/// One reviewer's verdict on the tool that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReviewRecord {
    /// The slug of a reviewer, whom the file or the database has.
    pub reviewer: Slug,
    /// Ship or skip.
    pub verdict: Choice,
    /// 0 to 100.
    pub score: Option<i16>,
    /// The reasons, as catalogue text.
    pub take: String,
    /// When it was written.
    pub reviewed_on: Option<NaiveDate>,
    /// What it rests on.
    pub basis: Option<Basis>,
}

/// The editorial part of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComparisonRecord {
    /// The slugs of two different tools, which the file or the database has.
    pub tools: [Slug; 2],
    /// Catalogue text.
    pub summary: String,
    /// Ends the sentence "pick the first if …".
    pub pick_first_if: String,
    /// Ends the sentence "pick the second if …".
    pub pick_second_if: String,
    /// Who sees it.
    pub status: Status,
    /// When it was published.
    pub published_on: Option<NaiveDate>,
}

impl ComparisonRecord {
    /// The same comparison with the tool first whose slug sorts first.
    #[must_use]
    pub fn sorted(self) -> Self {
        let [first, second] = self.tools;
        if first <= second {
            return Self { tools: [first, second], ..self };
        }
        Self {
            tools: [second, first],
            pick_first_if: self.pick_second_if,
            pick_second_if: self.pick_first_if,
            ..self
        }
    }
}
