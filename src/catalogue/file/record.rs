//! The records of a catalogue file, checked: what cannot be stored cannot be built by [`super::parse`].
//!
//! The order of the fields is the order of the keys in an exported file.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::check;
use super::problem::{Path, Problem, Problems};
use super::schema;
use crate::catalogue::terms::{Basis, Kind, RecordKind, Status};
use crate::db::schema::{categories, facts, price_plans, reviewers};
use crate::slug::Slug;
use crate::stats::Choice;
use crate::text::shown_name;

/// A catalogue file. Absent arrays are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = categories)]
pub struct CategoryRecord {
    /// Its name in addresses.
    #[diesel(deserialize_as = String, serialize_as = String)]
    pub slug: Slug,
    /// Its name as shown.
    pub name: String,
    /// Catalogue text.
    #[serde(default)]
    pub description: String,
    /// Who sees it.
    #[serde(default)]
    pub status: Status,
}

/// A member of the panel.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = reviewers, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ReviewerRecord {
    /// Their name in addresses.
    #[diesel(deserialize_as = String, serialize_as = String)]
    pub slug: Slug,
    /// Their name as shown.
    pub name: String,
    /// Their point of view.
    #[serde(default)]
    pub role: String,
    /// One sentence of theirs.
    #[serde(default)]
    pub motto: String,
    /// Catalogue text.
    #[serde(default)]
    pub bio: String,
    /// What wins them over.
    #[diesel(deserialize_as = String, serialize_as = String)]
    #[serde(default)]
    pub likes: Texts,
    /// What does not.
    #[diesel(deserialize_as = String, serialize_as = String)]
    #[serde(default)]
    pub tired_of: Texts,
    /// Person or model.
    #[serde(default)]
    pub kind: Kind,
    /// The model's name, exactly if the kind is AI.
    pub model: Option<String>,
    /// Who sees them.
    #[serde(default)]
    pub status: Status,
}

/// A list of texts, which its column holds as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(pub Vec<String>);

impl TryFrom<String> for Texts {
    type Error = serde_json::Error;

    fn try_from(column: String) -> Result<Self, Self::Error> {
        serde_json::from_str(&column)
    }
}

impl From<Texts> for String {
    fn from(texts: Texts) -> Self {
        serde_json::Value::from(texts.0).to_string()
    }
}

/// A tool with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    #[serde(default)]
    pub description: String,
    /// An http(s) address.
    pub website: Option<String>,
    /// Who sees it.
    #[serde(default)]
    pub status: Status,
    /// `None` leaves what is stored. Boxed, since a file may hold very many tools that do not state it.
    pub pricing: Option<Box<Pricing>>,
    /// `None` leaves what is stored.
    pub facts: Option<Vec<Fact>>,
    /// Each reviewer once. Reviews that are stored and not here stay.
    #[serde(default)]
    pub reviews: Vec<ReviewRecord>,
}

/// What a tool costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    /// The lowest price in a word or two.
    #[serde(default)]
    pub entry: String,
    /// The price in words.
    #[serde(default)]
    pub text: String,
    /// An http(s) address that states it.
    pub source: Option<String>,
    /// When that address was last read.
    pub checked_on: Option<NaiveDate>,
    /// In their maker's order.
    #[serde(default)]
    pub plans: Vec<Plan>,
}

/// One plan that a tool is sold in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = price_plans)]
pub struct Plan {
    /// What its maker calls it.
    pub name: String,
    /// A decimal such as `20.00`, or empty.
    #[serde(default)]
    pub price: String,
    /// Three capital letters, or empty.
    #[serde(default)]
    pub currency: String,
    /// What the price buys: `month`, `seat`, `1M tokens`; possibly empty.
    #[serde(default)]
    pub per: String,
    /// Anything else, possibly empty.
    #[serde(default)]
    pub note: String,
}

/// One checked fact about a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = facts, treat_none_as_default_value = false)]
pub struct Fact {
    /// What it is about; a tool has each label once.
    pub label: String,
    /// What is so.
    #[serde(default)]
    pub value: String,
    /// An http(s) address that says so.
    pub source: Option<String>,
    /// When the source was last read.
    pub checked_on: Option<NaiveDate>,
}

/// One reviewer's verdict on the tool that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRecord {
    /// The slug of a reviewer, whom the file or the database has.
    pub reviewer: Slug,
    /// Ship or skip.
    pub verdict: Choice,
    /// 0 to 100.
    pub score: Option<i16>,
    /// The reasons, as catalogue text.
    #[serde(default)]
    pub take: String,
    /// When it was written.
    pub reviewed_on: Option<NaiveDate>,
    /// What it rests on.
    pub basis: Option<Basis>,
}

/// The editorial part of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonRecord {
    /// The slugs of two different tools, which the file or the database has.
    pub tools: [Slug; 2],
    /// Catalogue text.
    #[serde(default)]
    pub summary: String,
    /// Ends the sentence "pick the first if …".
    #[serde(default)]
    pub pick_first_if: String,
    /// Ends the sentence "pick the second if …".
    #[serde(default)]
    pub pick_second_if: String,
    /// Who sees it.
    #[serde(default)]
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
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Category(_) => RecordKind::Category,
            Self::Reviewer(_) => RecordKind::Reviewer,
            Self::Tool(_) => RecordKind::Tool,
            Self::Comparison(_) => RecordKind::Comparison,
        }
    }

    /// Its name in addresses; a comparison has none of its own.
    pub fn slug(&self) -> Option<&Slug> {
        match self {
            Self::Category(record) => Some(&record.slug),
            Self::Reviewer(record) => Some(&record.slug),
            Self::Tool(record) => Some(&record.slug),
            Self::Comparison(_) => None,
        }
    }

    /// Its name as shown; of a comparison, its two slugs.
    pub fn name(&self) -> String {
        match self {
            Self::Category(record) => shown_name(&record.name),
            Self::Reviewer(record) => shown_name(&record.name),
            Self::Tool(record) => shown_name(&record.name),
            Self::Comparison(record) => format!("{} vs {}", record.tools[0], record.tools[1]),
        }
    }

    /// Its address on the site.
    pub fn href(&self) -> String {
        match self {
            Self::Category(record) => format!("/categories/{}", record.slug),
            Self::Reviewer(record) => format!("/reviewers/{}", record.slug),
            Self::Tool(record) => format!("/tools/{}", record.slug),
            Self::Comparison(record) => format!("/compare/{}-vs-{}", record.tools[0], record.tools[1]),
        }
    }

    /// Who sees it.
    pub fn status(&self) -> Status {
        match self {
            Self::Category(record) => record.status,
            Self::Reviewer(record) => record.status,
            Self::Tool(record) => record.status,
            Self::Comparison(record) => record.status,
        }
    }

    /// The record as the only one of a file.
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

/// How a record is, or was at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What it says.
    pub record: Record,
}

impl State {
    /// Who sees it.
    pub fn status(&self) -> Status {
        self.record.status()
    }

    /// The same with another status.
    pub fn with_status(mut self, status: Status) -> Self {
        match &mut self.record {
            Record::Category(record) => record.status = status,
            Record::Reviewer(record) => record.status = status,
            Record::Tool(record) => record.status = status,
            Record::Comparison(record) => record.status = status,
        }
        self
    }

    /// As JSON: the object of a catalogue file.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(&self.record).unwrap_or_default()
    }

    /// What [`State::to_json`] wrote, or a form filled in that shape.
    ///
    /// # Errors
    /// Every problem, with the path within the record: `pricing.plans[1].price`.
    pub fn from_json(kind: RecordKind, mut value: serde_json::Value) -> Result<Self, Vec<Problem>> {
        let problems = Problems::default();
        check::object(&problems, &Path::Top, schema::of(kind), &mut value);
        let record = match kind {
            RecordKind::Category => check::read(problems, value).map(Record::Category),
            RecordKind::Reviewer => check::read(problems, value).map(Record::Reviewer),
            RecordKind::Tool => check::read(problems, value).map(Record::Tool),
            RecordKind::Comparison => {
                check::read(problems, value).map(|read: ComparisonRecord| Record::Comparison(read.sorted()))
            }
        };
        Ok(record.map_err(|problems| problems.first)?.into())
    }

    /// Tells this state from any other, in 32 hexadecimal digits: what an editor has seen.
    pub fn token(&self) -> String {
        hex::encode(&Sha256::digest(self.to_json().to_string())[..16])
    }
}

impl From<Record> for State {
    fn from(record: Record) -> Self {
        Self { record }
    }
}

impl ComparisonRecord {
    /// The same comparison with the tool first whose slug sorts first.
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
