//! What may be sent, and what becomes of it.

use chrono::NaiveDateTime;
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::SmallInt;
use serde::{Deserialize, Serialize};

use super::suggested;
use crate::catalogue::Status;
use crate::db::schema::{accounts, tools};
use crate::text::shown_name;

/// Declares an enumeration with the words that people read of each value, and after them what `words!` takes: the
/// number that the database keeps, if any, and the word that it and forms use.
macro_rules! labelled {
    ($(#[$about:meta])* $name:ident { $($variant:ident $label:literal = $($stored:literal)+),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $label] $variant),+
        }

        $crate::words!($name { $($variant = $($stored)+),+ });

        impl $name {
            /// The words that people read.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    };
}

labelled! {
    /// What kind of thing somebody sent: a tool that the site does not have, something about a tool that is not right,
    /// an entry or a take that should not stand as it does.
    #[derive(AsExpression, FromSqlRow)]
    #[diesel(sql_type = SmallInt)]
    SubmissionKind {
        Tool "New tool" = 0 "tool",
        Correction "Correction" = 1 "correction",
        Report "Report" = 2 "report",
    }
}

labelled! {
    /// What became of an item: it waits for a moderator; it was taken over into the catalogue, or seen to; it was not,
    /// and the sender was told why; it was not worth a reason.
    #[derive(AsExpression, FromSqlRow)]
    #[diesel(sql_type = SmallInt)]
    SubmissionStatus {
        Open "Open" = 0 "open",
        Accepted "Accepted" = 1 "accepted",
        Declined "Declined" = 2 "declined",
        Spam "Declined as spam" = 3 "spam",
    }
}

labelled! {
    /// Who has taken an item, as a moderator sees it.
    Holder {
        Nobody "Unassigned" = "free",
        Me "Assigned to me" = "mine",
        Others "Assigned to others" = "taken",
    }
}

labelled! {
    /// What a correction is about.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    Field {
        Price "The price" = "price",
        Fact "A fact" = "fact",
        Link "The website" = "link",
        Name "The name" = "name",
        Category "The category" = "category",
        Description "The description" = "description",
        Other "Something else" = "other",
    }
}

labelled! {
    /// Why something is reported.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    Reason {
        Wrong "It is wrong" = "wrong",
        Outdated "It is out of date" = "outdated",
        Advert "It reads like an advertisement" = "advert",
        Offensive "It is offensive" = "offensive",
        Rights "Copied content or private information" = "rights",
        Other "Something else" = "other",
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

/// A tool that somebody misses; its name stands in the item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolSuggestion {
    /// An http(s) address.
    pub website: String,
    /// The slug of a category, or empty where the sender was not sure.
    pub category: String,
    pub why: String,
}

/// How something about a tool should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
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
    pub reason: Reason,
    /// The sender's own words.
    pub words: String,
}

/// What a form held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Content {
    Tool(ToolSuggestion),
    Correction(Correction),
    Report(Report),
}

impl Content {
    /// What kind of item it makes.
    pub fn kind(&self) -> SubmissionKind {
        match self {
            Self::Tool(_) => SubmissionKind::Tool,
            Self::Correction(_) => SubmissionKind::Correction,
            Self::Report(_) => SubmissionKind::Report,
        }
    }

    /// The JSON object that the database keeps; the same content always gives the same text.
    pub fn to_json(&self) -> String {
        // Texts and words always make an object.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What [`Self::to_json`] wrote for an item of this kind.
    pub fn from_json(kind: SubmissionKind, text: &str) -> Option<Self> {
        match kind {
            SubmissionKind::Tool => serde_json::from_str(text).map(Self::Tool),
            SubmissionKind::Correction => serde_json::from_str(text).map(Self::Correction),
            SubmissionKind::Report => serde_json::from_str(text).map(Self::Report),
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
    pub content: Content,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct AccountName {
    pub id: i64,
    pub handle: String,
}

/// A tool that an item is about, of whatever status.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = tools)]
pub struct ToolLink {
    pub id: i64,
    pub slug: String,
    pub name: String,
    pub status: Status,
}

impl ToolLink {
    /// The address of its page, if readers find it.
    pub fn href(&self) -> Option<String> {
        (self.status == Status::Published).then(|| format!("/tools/{}", self.slug))
    }
}

/// An item as it is stored, with the names of all it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    pub id: i64,
    pub status: SubmissionStatus,
    pub sender: AccountName,
    pub tool: Option<ToolLink>,
    /// The slug and name of the reviewer whose take it is about.
    pub reviewer: Option<(String, String)>,
    /// The name of a tool that somebody misses, else empty.
    pub name: String,
    pub content: Content,
    /// Which moderator works on it, and since when.
    pub taken: Option<(AccountName, NaiveDateTime)>,
    /// Who decided on it, if the account is still there, and when.
    pub decided: Option<(Option<AccountName>, NaiveDateTime)>,
    /// Whether its sender has not looked at the answer yet.
    pub is_new: bool,
    /// What the sender reads.
    pub answer: String,
    /// The entry that came of it.
    pub outcome: Option<ToolLink>,
    pub made_at: NaiveDateTime,
}

impl Submission {
    /// What the sender reads now.
    pub fn answer_now(&self) -> &str {
        match (&self.content, &self.outcome) {
            (Content::Tool(_), Some(tool)) => suggested::up_to_date(&self.answer, tool.status),
            _ => &self.answer,
        }
    }

    /// Whether this moderator works on it, or did until it was decided on.
    pub fn is_taken_by(&self, account_id: i64) -> bool {
        self.taken.as_ref().is_some_and(|(holder, _)| holder.id == account_id)
    }

    /// What it is about in a few words, for lists and the log: `Amber: the price`.
    pub fn title(&self) -> String {
        let tool = self.tool.as_ref().map_or("a deleted tool", |tool| tool.name.as_str());
        match &self.content {
            Content::Tool(_) => shown_name(&self.name),
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
            Content::Tool(ToolSuggestion {
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
        assert_eq!(Content::from_json(SubmissionKind::Report, "{}"), None);
    }

    /// The database keeps these numbers, and forms send these words: neither may change.
    #[test]
    fn numbers_and_words_are_those_that_are_stored_and_sent() {
        use {SubmissionKind as Kind, SubmissionStatus as Status};

        let kinds =
            [(Kind::Tool, 0, "tool"), (Kind::Correction, 1, "correction"), (Kind::Report, 2, "report")];
        assert_eq!(
            Kind::ALL.iter().map(|kind| (*kind, kind.to_i16(), kind.as_str())).collect::<Vec<_>>(),
            kinds
        );
        let statuses = [
            (Status::Open, 0, "open"),
            (Status::Accepted, 1, "accepted"),
            (Status::Declined, 2, "declined"),
            (Status::Spam, 3, "spam"),
        ];
        let all = Status::ALL.iter().map(|status| (*status, status.to_i16(), status.as_str()));
        assert_eq!(all.collect::<Vec<_>>(), statuses);
        for (kind, number, word) in kinds {
            assert_eq!((Kind::from_i16(number), Kind::from_word(word)), (Some(kind), Some(kind)));
        }
        for (status, number, word) in statuses {
            assert_eq!((Status::from_i16(number), Status::from_word(word)), (Some(status), Some(status)));
        }
        assert_eq!((Kind::from_i16(3), Status::from_i16(4), Status::from_i16(-1)), (None, None, None));
        assert_eq!(
            (Kind::from_word("Tool"), Field::from_word(""), Reason::from_word("spam")),
            (None, None, None)
        );

        // What is stored names them as they are declared.
        let fields = ["price", "fact", "link", "name", "category", "description", "other"];
        assert_eq!(Field::ALL.iter().map(|field| field.as_str()).collect::<Vec<_>>(), fields);
        let reasons = ["wrong", "outdated", "advert", "offensive", "rights", "other"];
        assert_eq!(Reason::ALL.iter().map(|reason| reason.as_str()).collect::<Vec<_>>(), reasons);
        for field in Field::ALL {
            assert_eq!(Field::from_word(field.as_str()), Some(*field));
            assert_eq!(serde_json::to_string(field).ok(), Some(format!("\"{}\"", field.as_str())));
        }
        for reason in Reason::ALL {
            assert_eq!(Reason::from_word(reason.as_str()), Some(*reason));
            assert_eq!(serde_json::to_string(reason).ok(), Some(format!("\"{}\"", reason.as_str())));
        }
    }
}
