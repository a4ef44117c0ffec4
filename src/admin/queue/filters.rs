//! Which items the queue lists, as an address says it.

use crate::submissions::queue::{Holder, Wanted};
use crate::submissions::submission::{Kind, Status};
use crate::web::paging::{address, field};

/// Whose items are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Mine,
    Free,
    Others,
}

impl Who {
    pub(super) const ALL: [Self; 3] = [Self::Free, Self::Mine, Self::Others];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Free => "free",
            Self::Others => "taken",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Mine => "Assigned to me",
            Self::Free => "Unassigned",
            Self::Others => "Assigned to others",
        }
    }
}

/// What an address asks for; what makes no sense in it is as if it were not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QueueFilters {
    pub kind: Option<Kind>,
    pub status: Status,
    pub who: Option<Who>,
    pub q: String,
}

impl QueueFilters {
    pub(super) fn parse(query: &str) -> Self {
        let who = field(query, "who");
        Self {
            kind: Kind::from_word(&field(query, "kind")),
            status: Status::from_word(&field(query, "status")).unwrap_or(Status::Open),
            who: Who::ALL.into_iter().find(|other| other.as_str() == who),
            q: field(query, "q").chars().take(200).collect(),
        }
    }

    /// The address of a page of what is listed.
    pub(super) fn href(&self, page: usize) -> String {
        let status = if self.status == Status::Open { "" } else { self.status.as_str() };
        let fields = [
            ("kind", self.kind.map_or("", Kind::as_str)),
            ("status", status),
            ("who", self.who.map_or("", Who::as_str)),
            ("q", self.q.as_str()),
        ];
        address("/admin/queue", &fields, page)
    }

    /// The same for the database, as this moderator means it.
    pub(super) fn wanted(&self, moderator: i64) -> Wanted {
        let holder = self.who.map(|who| match who {
            Who::Mine => Holder::Is(moderator),
            Who::Others => Holder::IsNot(moderator),
            Who::Free => Holder::Nobody,
        });
        Wanted { status: self.status, kind: self.kind, holder, words: self.q.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_back_to_itself() {
        for query in
            ["", "kind=report&status=spam&who=mine&q=a%26b", "kind=tool&who=taken", "status=declined"]
        {
            let filters = QueueFilters::parse(query);
            let href = filters.href(1);
            assert_eq!(href.trim_start_matches("/admin/queue").trim_start_matches('?'), query);
            assert_eq!(QueueFilters::parse(href.split('?').nth(1).unwrap_or_default()), filters);
        }
        assert_eq!(QueueFilters::parse("kind=x&status=y&who=z&page=2"), QueueFilters::parse(""));
    }
}
