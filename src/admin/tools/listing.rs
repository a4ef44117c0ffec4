//! What an address asks of the list of tools: words, filters, order and page.

use crate::{
    catalogue::Status,
    web::paging::{address, field, wanted},
};

/// How many tools a page lists.
pub(super) const PER_PAGE: usize = 50;

/// Which tools, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filters {
    /// A part of the name or slug, in whichever case.
    pub q: String,
    pub status: Option<Status>,
    /// The slug of a category.
    pub category: String,
    pub attention: Option<Attention>,
    pub sort: Sort,
    pub page: usize,
}

/// What a tool needs somebody for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attention {
    /// Published, with fewer reviews than a tool should have.
    FewReviews,
    /// Published, with a price or a fact that was not checked for long.
    Stale,
    /// A draft that nobody has touched for two weeks.
    Draft,
}

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

impl Attention {
    pub(super) const ALL: [Self; 3] = [Self::FewReviews, Self::Stale, Self::Draft];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::FewReviews => "few-reviews",
            Self::Stale => "stale",
            Self::Draft => "draft",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::FewReviews => "Fewer than four reviews",
            Self::Stale => "Price or facts stale",
            Self::Draft => "Drafts left lying",
        }
    }
}

impl Sort {
    pub(super) const ALL: [Self; 3] = [Self::Touched, Self::Name, Self::Checked];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Touched => "",
            Self::Name => "name",
            Self::Checked => "checked",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Touched => "Last changed first",
            Self::Name => "Name",
            Self::Checked => "Price checked longest ago",
        }
    }
}

impl Filters {
    /// What a query asks for; whatever makes no sense is ignored.
    pub(super) fn parse(query: &str) -> Self {
        let (attention, sort) = (field(query, "attention"), field(query, "sort"));
        Self {
            q: field(query, "q").chars().take(200).collect(),
            status: Status::from_word(&field(query, "status")),
            category: field(query, "category"),
            attention: Attention::ALL.into_iter().find(|other| other.word() == attention),
            sort: Sort::ALL.into_iter().find(|other| other.word() == sort).unwrap_or_default(),
            page: wanted(&field(query, "page")),
        }
    }

    /// The address of a page of the same list.
    pub(super) fn href(&self, page: usize) -> String {
        let fields = [
            ("q", self.q.as_str()),
            ("status", self.status.map_or("", Status::as_str)),
            ("category", &self.category),
            ("attention", self.attention.map_or("", Attention::word)),
            ("sort", self.sort.word()),
        ];
        address("/admin/tools", &fields, page)
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
        let query = "q=am+b&status=draft&category=research&attention=stale&sort=name&page=3";
        let filters = Filters::parse(query);
        assert_eq!(filters.href(3), format!("/admin/tools?{query}"));
        assert!(filters.narrows());
        assert_eq!(Filters::parse("status=gone&sort=odd&attention=x").href(1), "/admin/tools");
        assert!(!Filters::parse("sort=name&page=2").narrows());
    }
}
