//! What moderators do, in words: what the log stores, what the filter above it offers, and the sentences that readers and
//! moderators read.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::SmallInt;

use crate::catalogue::{Act, RecordKind};
use crate::words;

/// What is done, in the past tense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Created,
    Edited,
    Published,
    Archived,
    Restored,
    Undid,
    Merged,
    UndidMerge,
    Deleted,
    Imported,
    Assigned,
    Reassigned,
    Unassigned,
    Accepted,
    Declined,
    DeclinedAsSpam,
    Excluded,
    DismissedPattern,
    ReopenedPattern,
    Suspended,
    LiftedSuspension,
    ChangedRole,
    ChangedLogo,
    LinkedReviewer,
    Returned,
    Changed,
}
words!(Verb {
    Created = "created", Edited = "edited", Published = "published", Archived = "archived", Restored = "restored",
    Undid = "undid a change to", Merged = "merged", UndidMerge = "undid the merge of",
    Deleted = "deleted", Imported = "imported", Assigned = "assigned", Reassigned = "reassigned", Unassigned = "unassigned", Accepted = "accepted",
    Declined = "declined", DeclinedAsSpam = "declined as spam", Excluded = "excluded",
    DismissedPattern = "dismissed a suspicious pattern in", ReopenedPattern = "reopened a suspicious pattern in",
    Suspended = "suspended", LiftedSuspension = "lifted the suspension of", ChangedRole = "changed the role of", ChangedLogo = "changed the logo of",
    LinkedReviewer = "changed the reviewer of", Returned = "returned a draft of",
    Changed = "changed"
});

impl Verb {
    /// The acts that somebody means who asks for this one.
    pub fn meant(self) -> &'static [Self] {
        match self {
            Self::Declined => &[Self::Declined, Self::DeclinedAsSpam],
            other => Self::ALL.iter().position(|one| *one == other).map_or(&[], |at| &Self::ALL[at..=at]),
        }
    }
}

impl From<Act> for Verb {
    fn from(act: Act) -> Self {
        match act {
            Act::Found | Act::Edited => Self::Edited,
            Act::Created => Self::Created,
            Act::Published => Self::Published,
            Act::Archived => Self::Archived,
            Act::Restored => Self::Restored,
            Act::Imported => Self::Imported,
            Act::Merged => Self::Merged,
            Act::Withdrawn => Self::Undid,
            Act::Deleted => Self::Deleted,
        }
    }
}

/// What an act was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SmallInt)]
pub enum Object {
    Category,
    Reviewer,
    Tool,
    Comparison,
    Submission,
    Votes,
    Account,
    Setting,
    Import,
}
words!(Object {
    Category = 0 "category", Reviewer = 1 "reviewer", Tool = 2 "tool", Comparison = 3 "comparison",
    Submission = 4 "submission", Votes = 5 "votes", Account = 6 "account", Setting = 7 "setting", Import = 8 "import"
});

impl From<RecordKind> for Object {
    fn from(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Category => Self::Category,
            RecordKind::Reviewer => Self::Reviewer,
            RecordKind::Tool => Self::Tool,
            RecordKind::Comparison => Self::Comparison,
        }
    }
}

/// The beginning of the sentence that tells of an act, to which the name of what it was done to is the end: `published
/// tool`. For readers the name of an account or a file is its kind already; for everybody that of votes says what they are.
pub fn beginning(verb: &str, object: Option<Object>, is_for_readers: bool) -> String {
    match object {
        None | Some(Object::Votes) => verb.to_owned(),
        Some(Object::Account | Object::Import) if is_for_readers => verb.to_owned(),
        Some(Object::Import) => format!("{verb} catalogue file"),
        Some(object) => format!("{verb} {}", object.as_str()),
    }
}
