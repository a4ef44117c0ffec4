//! The records of a catalogue file, checked: what cannot be stored cannot be built by [`super::parse`].
//!
//! The order of the fields is the order of the keys in an exported file.

use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{FORMAT, Problem, parse};
use crate::catalogue::detail::{Fact, Plan};
use crate::catalogue::terms::{Basis, Kind, RecordKind, Status};
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

/// A record of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Record {
    /// A kind of tool.
    Category(CategoryRecord),
    /// A member of the panel.
    Reviewer(ReviewerRecord),
    /// A tool with everything that belongs to it.
    Tool(Box<ToolRecord>),
    /// The editorial part of a comparison.
    Comparison(ComparisonRecord),
}

impl Record {
    /// Of which kind it is.
    #[must_use]
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Category(_) => RecordKind::Category,
            Self::Reviewer(_) => RecordKind::Reviewer,
            Self::Tool(_) => RecordKind::Tool,
            Self::Comparison(_) => RecordKind::Comparison,
        }
    }

    /// Its name in addresses; a comparison has none of its own.
    #[must_use]
    pub fn slug(&self) -> Option<&Slug> {
        match self {
            Self::Category(record) => Some(&record.slug),
            Self::Reviewer(record) => Some(&record.slug),
            Self::Tool(record) => Some(&record.slug),
            Self::Comparison(_) => None,
        }
    }

    /// Its name as shown; of a comparison, its two slugs.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Category(record) => record.name.clone(),
            Self::Reviewer(record) => record.name.clone(),
            Self::Tool(record) => record.name.clone(),
            Self::Comparison(record) => format!("{} vs {}", record.tools[0], record.tools[1]),
        }
    }

    /// Its address on the site.
    #[must_use]
    pub fn href(&self) -> String {
        match self {
            Self::Category(record) => format!("/categories/{}", record.slug),
            Self::Reviewer(record) => format!("/reviewers/{}", record.slug),
            Self::Tool(record) => format!("/tools/{}", record.slug),
            Self::Comparison(record) => format!("/compare/{}-vs-{}", record.tools[0], record.tools[1]),
        }
    }

    /// The record as the only one of a file.
    #[must_use]
    pub fn into_file(self) -> File {
        let mut file = File::default();
        match self {
            Self::Category(record) => file.categories.push(record),
            Self::Reviewer(record) => file.reviewers.push(record),
            Self::Tool(record) => file.tools.push(*record),
            Self::Comparison(record) => file.comparisons.push(record),
        }
        file
    }
}

/// A record and who sees it. A catalogue file has the status of tools and comparisons in the record, and
/// none for categories and reviewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What it says.
    pub record: Record,
    /// Who sees it.
    pub status: Status,
}

impl State {
    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: Status) -> Self {
        self.status = status;
        match &mut self.record {
            Record::Tool(record) => record.status = status,
            Record::Comparison(record) => record.status = status,
            Record::Category(_) | Record::Reviewer(_) => {}
        }
        self
    }

    /// As JSON: the object of a catalogue file, with `status` for every kind.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let mut value = serde_json::to_value(&self.record).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.insert("status".into(), self.status.as_str().into());
        }
        value
    }

    /// What [`State::to_json`] wrote, or a form filled in that shape.
    ///
    /// # Errors
    /// Every problem, with the path within the record: `pricing.plans[1].price`.
    pub fn from_json(kind: RecordKind, mut value: serde_json::Value) -> Result<Self, Vec<Problem>> {
        let mut status = None;
        if matches!(kind, RecordKind::Category | RecordKind::Reviewer)
            && let Some(object) = value.as_object_mut()
        {
            let word = object.remove("status");
            status = word.as_ref().and_then(|word| word.as_str()).and_then(Status::from_word);
        }
        let list = match kind {
            RecordKind::Category => "categories",
            RecordKind::Reviewer => "reviewers",
            RecordKind::Tool => "tools",
            RecordKind::Comparison => "comparisons",
        };
        let text = serde_json::json!({ "format": FORMAT, list: [value] }).to_string();
        let file = parse(&text).map_err(|problems| {
            let prefix = format!("{list}[0].");
            let within = |problem: Problem| match problem.path.strip_prefix(&prefix) {
                Some(path) => Problem { path: path.to_owned(), ..problem },
                None => problem,
            };
            problems.into_iter().map(within).collect::<Vec<_>>()
        })?;
        let none = || vec![Problem { path: String::new(), message: "there is no record".into() }];
        let state = match kind {
            RecordKind::Category => file.categories.into_iter().next().map(|record| Self {
                record: Record::Category(record),
                status: status.unwrap_or(Status::Published),
            }),
            RecordKind::Reviewer => file.reviewers.into_iter().next().map(|record| Self {
                record: Record::Reviewer(record),
                status: status.unwrap_or(Status::Published),
            }),
            RecordKind::Tool => file
                .tools
                .into_iter()
                .next()
                .map(|record| Self { status: record.status, record: Record::Tool(Box::new(record)) }),
            RecordKind::Comparison => file
                .comparisons
                .into_iter()
                .next()
                .map(|record| Self { status: record.status, record: Record::Comparison(record.sorted()) }),
        };
        state.ok_or_else(none)
    }

    /// Tells this state from any other, in 32 hexadecimal digits: what an editor has seen.
    #[must_use]
    pub fn token(&self) -> String {
        hex::encode(&Sha256::digest(self.to_json().to_string())[..16])
    }
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
