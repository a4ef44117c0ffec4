//! What an address asks of a list of records: words, filters, order and page.

use crate::admin::paths::list_path;
use crate::catalogue::{RecordKind, Status};
use crate::web::paging::{address, field, wanted};
use crate::words;

/// The most characters that are searched for.
const LONGEST_SEARCH: usize = 200;

/// Which records, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RecordFilters {
    pub kind: RecordKind,
    /// A part of the name or slug, in whichever case.
    pub q: String,
    pub status: Option<Status>,
    /// Of tools: the slug of a category.
    pub category: String,
    pub attention: Option<Attention>,
    /// Of tools; others come as they were made.
    pub sort: Sort,
    pub page: usize,
}

/// What a record needs somebody for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attention {
    /// A published tool with fewer reviews than a tool should have.
    FewReviews,
    /// A published tool with a price or a fact that was not checked for long.
    Overdue,
    /// A published tool with a price or a fact that nobody has checked.
    Undated,
    /// A draft of a tool that nobody has touched for two weeks.
    Draft,
    /// A published comparison with a side that is not.
    HiddenSide,
}
words!(pub(super) Attention {
    FewReviews = "few-reviews", Overdue = "overdue", Undated = "undated", Draft = "draft", HiddenSide = "side"
});

/// The order of the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// What was touched last comes first.
    #[default]
    Touched,
    Name,
    /// What was not checked for longest comes first.
    Checked,
}
words!(pub(super) Sort { Touched = "", Name = "name", Checked = "checked" });

impl Attention {
    /// The kind of records that may need it.
    pub(super) fn kind(self) -> RecordKind {
        if self == Self::HiddenSide { RecordKind::Comparison } else { RecordKind::Tool }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::FewReviews => "Fewer than four reviews",
            Self::Overdue => "Overdue price or facts",
            Self::Undated => "Price or facts never checked",
            Self::Draft => "Stale drafts",
            Self::HiddenSide => "Unpublished tool",
        }
    }
}

impl Sort {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Touched => "Last changed first",
            Self::Name => "Name",
            Self::Checked => "Oldest price check first",
        }
    }
}

impl RecordFilters {
    /// What a query asks for; whatever makes no sense is ignored.
    pub(super) fn parse(kind: RecordKind, query: &str) -> Self {
        let is_tool = kind == RecordKind::Tool;
        let attention = Attention::from_word(&field(query, "attention"));
        let sort = Sort::from_word(&field(query, "sort"));
        Self {
            kind,
            q: field(query, "q").chars().take(LONGEST_SEARCH).collect(),
            status: Status::from_word(&field(query, "status")),
            category: if is_tool { field(query, "category") } else { String::new() },
            attention: attention.filter(|attention| attention.kind() == kind),
            sort: sort.filter(|_| is_tool).unwrap_or_default(),
            page: wanted(&field(query, "page")),
        }
    }

    /// Records of any status in which this stands.
    pub(super) fn searching(kind: RecordKind, q: &str) -> Self {
        Self { q: q.to_owned(), ..Self::parse(kind, "") }
    }

    /// The address of a page of the same list.
    pub(super) fn href(&self, page: usize) -> String {
        let fields = [
            ("q", self.q.as_str()),
            ("status", self.status.map_or("", Status::as_str)),
            ("category", &self.category),
            ("attention", self.attention.map_or("", Attention::as_str)),
            ("sort", self.sort.as_str()),
        ];
        address(&list_path(self.kind), &fields, page)
    }

    /// Whether anything is left out.
    pub(super) fn narrows(&self) -> bool {
        !self.q.is_empty() || self.status.is_some() || !self.category.is_empty() || self.attention.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_it_asks_for() {
        let tools = |query: &str| RecordFilters::parse(RecordKind::Tool, query);
        let query = "q=am+b&status=draft&category=research&attention=overdue&sort=name&page=3";
        let filters = tools(query);
        assert_eq!(filters.href(3), format!("/admin/tools?{query}"));
        assert!(filters.narrows());
        assert_eq!(tools("status=gone&sort=odd&attention=side").href(1), "/admin/tools");
        assert!(!tools("sort=name&page=2").narrows());
        let comparisons = RecordFilters::parse(RecordKind::Comparison, "category=c&attention=side&sort=name");
        assert_eq!(comparisons.href(1), "/admin/comparisons?attention=side");
    }
}
