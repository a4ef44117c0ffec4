//! What the records of a catalogue file consist of: each key, in the order of the file, with the type of its value. The
//! reader of files checks by this, and so do the forms in which moderators fill records in.

use crate::catalogue::terms::{Basis, Kind, RecordKind, Status};
use crate::stats::Choice;

/// What the key `format` holds in every catalogue file.
pub const FORMAT: &str = "shiptally-catalogue/1";

/// The keys of an object and the types of their values.
pub type Schema = &'static [(&'static str, FieldType)];

/// What a value may be. What is not required may be absent.
#[derive(Clone, Copy, Debug)]
pub enum FieldType {
    /// A slug, which is required.
    Slug,
    /// A required text of one line with something in it, at most 300 characters.
    Name,
    /// A required text of at most 300 characters, possibly empty.
    Tagline,
    /// A text of at most 10,000 characters, for which a form has one line.
    Line,
    /// A text of at most 10,000 characters.
    Text,
    /// A list of such texts.
    Texts,
    /// A text of at most 300 characters, or none.
    OptionalName,
    /// An http(s) address, or none.
    Link,
    /// A date, or none.
    Date,
    /// A whole number from 0 to 100, or none.
    Score,
    /// A decimal without a sign, with at most four digits behind the point, or an empty text.
    Price,
    /// Three capital letters, or an empty text.
    Currency,
    /// One of a few words.
    Word(Presence, Word),
    /// The slugs of two different tools, which are required.
    Pair,
    /// An object of its own.
    Object(Schema),
    /// Any number of objects.
    Rows(Rows, Schema),
}

/// Whether a word has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has.
    Required,
    /// Absent, it is the default.
    Default,
    /// Absent, null or empty, it is none.
    Optional,
}

/// The words among which one is chosen.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Whether a text is one of them.
    pub is_known: fn(&str) -> bool,
    /// All of them, for a message: `ship or skip`.
    pub choices: &'static str,
}

/// What tells the objects of a list apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Nothing: two may be alike.
    Alike,
    /// Their first key, of which each value stands there once.
    Keyed,
    /// The same; and each stands for itself, whatever their order.
    Unordered,
}

const STATUS: FieldType = FieldType::Word(
    Presence::Default,
    Word { is_known: |word| Status::from_word(word).is_some(), choices: "draft, published or archived" },
);

/// A whole file, but for its format.
pub(super) const FILE: Schema = &[
    ("categories", FieldType::Rows(Rows::Keyed, CATEGORY)),
    ("reviewers", FieldType::Rows(Rows::Keyed, REVIEWER)),
    ("tools", FieldType::Rows(Rows::Keyed, TOOL)),
    ("comparisons", FieldType::Rows(Rows::Keyed, COMPARISON)),
];

const CATEGORY: Schema = &[
    ("slug", FieldType::Slug),
    ("name", FieldType::Name),
    ("description", FieldType::Text),
    ("status", STATUS),
];

const REVIEWER: Schema = &[
    ("slug", FieldType::Slug),
    ("name", FieldType::Name),
    ("role", FieldType::Line),
    ("motto", FieldType::Line),
    ("bio", FieldType::Text),
    ("likes", FieldType::Texts),
    ("tired_of", FieldType::Texts),
    (
        "kind",
        FieldType::Word(
            Presence::Default,
            Word { is_known: |word| Kind::from_word(word).is_some(), choices: "human or ai" },
        ),
    ),
    ("model", FieldType::OptionalName),
    ("status", STATUS),
];

const TOOL: Schema = &[
    ("slug", FieldType::Slug),
    ("name", FieldType::Name),
    ("category", FieldType::Slug),
    ("tagline", FieldType::Tagline),
    ("description", FieldType::Text),
    ("website", FieldType::Link),
    ("status", STATUS),
    ("pricing", FieldType::Object(PRICING)),
    ("facts", FieldType::Rows(Rows::Keyed, FACT)),
    ("reviews", FieldType::Rows(Rows::Unordered, REVIEW)),
];

const PRICING: Schema = &[
    ("entry", FieldType::Line),
    ("text", FieldType::Text),
    ("source", FieldType::Link),
    ("checked_on", FieldType::Date),
    ("plans", FieldType::Rows(Rows::Alike, PLAN)),
];

const PLAN: Schema = &[
    ("name", FieldType::Name),
    ("price", FieldType::Price),
    ("currency", FieldType::Currency),
    ("per", FieldType::Line),
    ("note", FieldType::Text),
];

const FACT: Schema = &[
    ("label", FieldType::Name),
    ("value", FieldType::Text),
    ("source", FieldType::Link),
    ("checked_on", FieldType::Date),
];

const REVIEW: Schema = &[
    ("reviewer", FieldType::Slug),
    (
        "verdict",
        FieldType::Word(
            Presence::Required,
            Word { is_known: |word| Choice::from_word(word).is_some(), choices: "ship or skip" },
        ),
    ),
    ("score", FieldType::Score),
    ("take", FieldType::Text),
    ("reviewed_on", FieldType::Date),
    (
        "basis",
        FieldType::Word(
            Presence::Optional,
            Word { is_known: |word| Basis::from_word(word).is_some(), choices: "hands-on or documents" },
        ),
    ),
];

const COMPARISON: Schema = &[
    ("tools", FieldType::Pair),
    ("summary", FieldType::Text),
    ("pick_first_if", FieldType::Text),
    ("pick_second_if", FieldType::Text),
    ("status", STATUS),
    ("published_on", FieldType::Date),
];

/// The fields of a record of this kind.
pub fn of(kind: RecordKind) -> Schema {
    match kind {
        RecordKind::Category => CATEGORY,
        RecordKind::Reviewer => REVIEWER,
        RecordKind::Tool => TOOL,
        RecordKind::Comparison => COMPARISON,
    }
}

impl FieldType {
    /// Whether a record without it is incomplete.
    pub(super) fn is_required(self) -> bool {
        matches!(
            self,
            Self::Slug | Self::Name | Self::Tagline | Self::Pair | Self::Word(Presence::Required, _)
        )
    }

    /// Whether null and an empty text mean that there is none.
    pub(super) fn is_nullable(self) -> bool {
        matches!(
            self,
            Self::OptionalName | Self::Link | Self::Date | Self::Score | Self::Word(Presence::Optional, _)
        )
    }
}
