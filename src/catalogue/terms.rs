//! The few words that the catalogue chooses between. In text and JSON they are words, in the database small numbers.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::SmallInt;

use crate::words;

/// Who sees a record. A catalogue file that does not say means everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SmallInt)]
pub enum Status {
    /// Only the admin area: not ready.
    Draft,
    /// Everybody.
    #[default]
    Published,
    /// Only the admin area: no longer shown, but kept with its votes.
    Archived,
}
words!(Status { Draft = 0 "draft", Published = 1 "published", Archived = 2 "archived" });

impl Status {
    /// The number of what everybody sees, for queries.
    pub const PUBLISHED: i16 = Self::Published.to_i16();
}

/// What kind of thing a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SmallInt)]
pub enum RecordKind {
    /// A kind of tool.
    Category,
    /// A member of the panel.
    Reviewer,
    /// A tool with its prices, facts and reviews.
    Tool,
    /// The editorial part of a comparison.
    Comparison,
}
words!(RecordKind { Category = 0 "category", Reviewer = 1 "reviewer", Tool = 2 "tool", Comparison = 3 "comparison" });

impl RecordKind {
    /// The word for many: of a list, in addresses and in a catalogue file.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Category => "categories",
            Self::Reviewer => "reviewers",
            Self::Tool => "tools",
            Self::Comparison => "comparisons",
        }
    }

    /// Where moderators find a record, each with the word for it.
    pub fn moderation_links(self, id: i64) -> Vec<(String, &'static str)> {
        let votes = (self == Self::Tool).then(|| (format!("/admin/votes/tools/{id}"), "Votes"));
        let edit = (format!("/admin/{}/{id}", self.plural()), "Edit");
        [Some(edit), votes, Some((format!("/admin/history/{self}/{id}"), "History"))]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// What made a record what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SmallInt)]
pub enum Act {
    /// Nothing that is known: it was so when the first change was kept.
    Found,
    /// It was made in the admin area.
    Created,
    /// Its texts or figures changed.
    Edited,
    /// Readers see it.
    Published,
    /// Readers no longer see it.
    Archived,
    /// A former state came back.
    Restored,
    /// A catalogue file changed it.
    Imported,
    /// Another entry for the same thing went into it, or it into another.
    Merged,
    /// A change was taken back before readers should have seen it.
    Withdrawn,
    /// It is gone for good.
    Deleted,
}
words!(Act {
    Found = 0 "found", Created = 1 "created", Edited = 2 "edited", Published = 3 "published", Archived = 4 "archived",
    Restored = 5 "restored", Imported = 6 "imported", Merged = 7 "merged", Withdrawn = 8 "withdrawn", Deleted = 9 "deleted"
});

/// What writes a reviewer's verdicts. A catalogue file that does not say means a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SmallInt)]
pub enum Kind {
    /// A person.
    #[default]
    Human,
    /// A language model, whose name is always shown.
    Ai,
}
words!(Kind { Human = 0 "human", Ai = 1 "ai" });

/// What a review rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SmallInt)]
pub enum Basis {
    /// The reviewer used the tool.
    HandsOn,
    /// The reviewer read what is published about it.
    Documents,
}
words!(Basis { HandsOn = 1 "hands-on", Documents = 0 "documents" });

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts that these are all values, each with the number that the database keeps and the word of the file.
    macro_rules! assert_stored {
        ($name:ident: $($variant:ident $number:literal $word:literal),+) => {
            let table = [$(($name::$variant, $number, $word)),+];
            for (value, number, word) in table {
                assert_eq!((value.to_i16(), value.as_str()), (number, word));
                assert_eq!(($name::from_i16(number), $name::from_word(word)), (Some(value), Some(value)));
            }
            assert_eq!($name::ALL.len(), table.len(), "none is left out");
        };
    }

    /// Databases and files hold these already: neither numbers nor words may change.
    #[test]
    fn numbers_and_words_are_those_that_are_stored_and_sent() {
        assert_stored!(Status: Draft 0 "draft", Published 1 "published", Archived 2 "archived");
        assert_stored!(RecordKind: Category 0 "category", Reviewer 1 "reviewer", Tool 2 "tool",
            Comparison 3 "comparison");
        assert_stored!(Act: Found 0 "found", Created 1 "created", Edited 2 "edited", Published 3 "published",
            Archived 4 "archived", Restored 5 "restored", Imported 6 "imported", Merged 7 "merged",
            Withdrawn 8 "withdrawn", Deleted 9 "deleted");
        assert_stored!(Kind: Human 0 "human", Ai 1 "ai");
        assert_stored!(Basis: HandsOn 1 "hands-on", Documents 0 "documents");
        assert_eq!((Status::from_word("Draft"), Status::from_i16(3), Act::from_i16(-1)), (None, None, None));
    }
}
