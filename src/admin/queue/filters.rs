//! Which items the queue lists, as an address says it.

use crate::submissions::submission::{Holder, SubmissionKind, SubmissionStatus};
use crate::web::paging::{address, field};

/// What an address asks for; what makes no sense in it is as if it were not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QueueFilters {
    pub kind: Option<SubmissionKind>,
    pub status: SubmissionStatus,
    pub who: Option<Holder>,
    /// A part of a name, of a text or of the sender's handle; empty for all.
    pub q: String,
}

impl QueueFilters {
    pub(super) fn parse(query: &str) -> Self {
        Self {
            kind: SubmissionKind::from_word(&field(query, "kind")),
            status: SubmissionStatus::from_word(&field(query, "status")).unwrap_or(SubmissionStatus::Open),
            who: Holder::from_word(&field(query, "who")),
            q: field(query, "q").chars().take(200).collect(),
        }
    }

    /// The address of a page of what is listed.
    pub(super) fn href(&self, page: usize) -> String {
        let status = if self.status == SubmissionStatus::Open { "" } else { self.status.as_str() };
        let fields = [
            ("kind", self.kind.map_or("", SubmissionKind::as_str)),
            ("status", status),
            ("who", self.who.map_or("", Holder::as_str)),
            ("q", self.q.as_str()),
        ];
        address("/admin/queue", &fields, page)
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
