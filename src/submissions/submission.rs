//! What may be sent, and what becomes of it.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::choices::choices;
use crate::words;

/// What kind of thing somebody sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A tool that the site does not have.
    Tool,
    /// Something about a tool that is not right.
    Correction,
    /// An entry or a take that should not stand as it does.
    Report,
}
words!(Kind { Tool = 0 "tool", Correction = 1 "correction", Report = 2 "report" });

impl Kind {
    /// The words that people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tool => "New tool",
            Self::Correction => "Correction",
            Self::Report => "Report",
        }
    }
}

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It waits for a moderator.
    Open,
    /// It was taken over into the catalogue, or seen to.
    Accepted,
    /// It was not, and the sender was told why.
    Declined,
    /// It was not worth a reason.
    Spam,
}
words!(Status { Open = 0 "open", Accepted = 1 "accepted", Declined = 2 "declined", Spam = 3 "spam" });

impl Status {
    /// The words that people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Accepted => "Accepted",
            Self::Declined => "Declined",
            Self::Spam => "Declined as spam",
        }
    }
}

choices! {
    /// What a correction is about.
    Field {
        Price = "price" "The price",
        Fact = "fact" "A fact",
        Link = "link" "The website",
        Name = "name" "The name",
        Category = "category" "The category",
        Description = "description" "The description",
        Other = "other" "Something else",
    }
}

impl Field {
    /// Whether a correction of it must say where it can be checked.
    pub fn needs_source(self) -> bool {
        matches!(self, Self::Price | Self::Fact)
    }

    /// Whether what is corrected may stand in the description.
    pub fn may_be_in_description(self) -> bool {
        matches!(self, Self::Description | Self::Other)
    }
}

choices! {
    /// Why something is reported.
    Reason {
        Wrong = "wrong" "It is wrong",
        Outdated = "outdated" "It is out of date",
        Advert = "advert" "It reads like an advertisement",
        Offensive = "offensive" "It is offensive",
        Rights = "rights" "Copied content or private information",
        Other = "other" "Something else",
    }
}

/// A tool that somebody misses; its name stands in the item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// An http(s) address.
    pub website: String,
    /// The slug of a category, or empty where the sender was not sure.
    pub category: String,
    /// Why it belongs here.
    pub why: String,
}

/// How something about a tool should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What it is about.
    pub field: Field,
    /// What should stand there.
    pub value: String,
    /// An http(s) address that says so, or empty.
    pub source: String,
    /// Anything else that the sender wants to say; possibly empty.
    pub why: String,
}

/// What is wrong with an entry or a take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The kind of reason.
    pub reason: Reason,
    /// The sender's own words.
    pub words: String,
}

/// What a form held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A tool that somebody misses.
    Tool(Suggestion),
    /// How something should be.
    Correction(Correction),
    /// What is wrong.
    Report(Report),
}

impl Content {
    /// What kind of item it makes.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Tool(_) => Kind::Tool,
            Self::Correction(_) => Kind::Correction,
            Self::Report(_) => Kind::Report,
        }
    }

    /// The JSON object that the database keeps; the same content always gives the same text.
    pub fn to_json(&self) -> String {
        let written = match self {
            Self::Tool(suggestion) => serde_json::to_string(suggestion),
            Self::Correction(correction) => serde_json::to_string(correction),
            Self::Report(report) => serde_json::to_string(report),
        };
        // Texts and words always make an object.
        written.unwrap_or_default()
    }

    /// What [`Self::to_json`] wrote for an item of this kind.
    pub fn from_json(kind: Kind, text: &str) -> Option<Self> {
        match kind {
            Kind::Tool => serde_json::from_str(text).map(Self::Tool),
            Kind::Correction => serde_json::from_str(text).map(Self::Correction),
            Kind::Report => serde_json::from_str(text).map(Self::Report),
        }
        .ok()
    }
}

/// Something that is about to be sent.
#[derive(Clone, Debug)]
pub struct NewSubmission {
    /// The tool that it is about.
    pub tool_id: Option<i64>,
    /// Whose take it is about.
    pub reviewer_id: Option<i64>,
    /// The name of a tool that somebody misses, else empty.
    pub name: String,
    /// What the form held.
    pub content: Content,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: i64,
    pub handle: String,
}

/// A tool that an item is about, of whatever status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub id: i64,
    pub slug: String,
    pub name: String,
    /// Whether readers find it.
    pub is_published: bool,
}

/// An item as it is stored, with the names of all it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    pub id: i64,
    pub status: Status,
    pub sender: Person,
    pub tool: Option<Subject>,
    /// The slug and name of the reviewer whose take it is about.
    pub reviewer: Option<(String, String)>,
    /// The name of a tool that somebody misses, else empty.
    pub name: String,
    pub content: Content,
    /// Which moderator works on it, and since when.
    pub taken: Option<(Person, NaiveDateTime)>,
    /// Who decided on it, if the account is still there, and when.
    pub decided: Option<(Option<Person>, NaiveDateTime)>,
    /// What the sender reads.
    pub answer: String,
    /// The entry that came of it.
    pub outcome: Option<Subject>,
    pub made_at: NaiveDateTime,
}

impl Submission {
    /// What it is about in a few words, for lists and the log: `Amber: the price`.
    pub fn title(&self) -> String {
        let tool = self.tool.as_ref().map_or("a deleted tool", |tool| tool.name.as_str());
        match &self.content {
            Content::Tool(_) => self.name.clone(),
            Content::Correction(correction) => format!("{tool}: {}", lower_first(correction.field.label())),
            Content::Report(_) => match &self.reviewer {
                Some((_, reviewer)) => format!("{tool}: review by {reviewer}"),
                None => format!("{tool}: whole page"),
            },
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_read_as_it_was_written() {
        let all = [
            Content::Tool(Suggestion {
                website: "https://a.example/".into(),
                category: String::new(),
                why: "“x”\n".into(),
            }),
            Content::Correction(Correction {
                field: Field::Price,
                value: "$5".into(),
                source: "https://a.example/".into(),
                why: String::new(),
            }),
            Content::Report(Report { reason: Reason::Advert, words: "Everywhere".into() }),
        ];
        for content in all {
            assert_eq!(Content::from_json(content.kind(), &content.to_json()), Some(content));
        }
        assert_eq!(Content::from_json(Kind::Report, "{}"), None);
    }

    /// The database keeps these numbers, and forms send these words: neither may change.
    #[test]
    fn numbers_and_words_are_those_that_are_stored_and_sent() {
        let kinds =
            [(Kind::Tool, 0, "tool"), (Kind::Correction, 1, "correction"), (Kind::Report, 2, "report")];
        for (kind, number, word) in kinds {
            assert_eq!((kind.to_i16(), kind.as_str()), (number, word));
            assert_eq!((Kind::from_i16(number), Kind::from_word(word)), (Some(kind), Some(kind)));
        }
        let statuses = [
            (Status::Open, 0, "open"),
            (Status::Accepted, 1, "accepted"),
            (Status::Declined, 2, "declined"),
            (Status::Spam, 3, "spam"),
        ];
        for (status, number, word) in statuses {
            assert_eq!((status.to_i16(), status.as_str()), (number, word));
            assert_eq!((Status::from_i16(number), Status::from_word(word)), (Some(status), Some(status)));
        }
        let fields = [
            (Field::Price, "price"),
            (Field::Fact, "fact"),
            (Field::Link, "link"),
            (Field::Name, "name"),
            (Field::Category, "category"),
            (Field::Description, "description"),
            (Field::Other, "other"),
        ];
        for (field, word) in fields {
            assert_eq!((field.as_str(), Field::from_word(word)), (word, Some(field)));
            assert_eq!(serde_json::to_string(&field).ok(), Some(format!("\"{word}\"")), "in what is stored");
        }
        let reasons = [
            (Reason::Wrong, "wrong"),
            (Reason::Outdated, "outdated"),
            (Reason::Advert, "advert"),
            (Reason::Offensive, "offensive"),
            (Reason::Rights, "rights"),
            (Reason::Other, "other"),
        ];
        for (reason, word) in reasons {
            assert_eq!((reason.as_str(), Reason::from_word(word)), (word, Some(reason)));
            assert_eq!(serde_json::to_string(&reason).ok(), Some(format!("\"{word}\"")), "in what is stored");
        }
        let counts = (Kind::ALL.len(), Status::ALL.len(), Field::ALL.len(), Reason::ALL.len());
        assert_eq!(counts, (kinds.len(), statuses.len(), fields.len(), reasons.len()), "none is left out");
        assert_eq!((Kind::from_i16(3), Status::from_i16(4), Status::from_i16(-1)), (None, None, None));
        assert_eq!(
            (Kind::from_word("Tool"), Field::from_word(""), Reason::from_word("spam")),
            (None, None, None)
        );
    }
}
