//! Which tools a list shows, in which order, on which page. What an address asks for and cannot have is left out:
//! a list is never an error.

use std::cmp::{Ordering, Reverse};

use crate::catalogue::{PriceKind, Tool};
use crate::stats::{by_community, gap};
use crate::verdicts::card::MOST_WATCHED;
use crate::verdicts::views::RatedTool;
use crate::web::paging::{address, field, wanted};

/// How many tools a page holds: as many as one stream moves.
pub(super) const PER_PAGE: usize = MOST_WATCHED;

/// The most characters of a query that count.
const MOST_CHARS: usize = 200;

/// What a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ToolFilters {
    /// Words to search for, or empty.
    pub q: String,
    /// The slug of a category.
    pub category: Option<String>,
    /// What it costs, roughly.
    pub price: Option<PriceKind>,
    /// Only open source.
    pub open_source: bool,
    pub sort: ToolSort,
    /// Counted from 1.
    pub page: usize,
}

/// The order of a list. Equals stay in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToolSort {
    /// As the search found them.
    Relevance,
    New,
    Community,
    Votes,
    Panel,
    Divided,
    Gap,
}

impl ToolFilters {
    /// What the query of an address asks for; of a field given twice, the first counts.
    pub(super) fn parse(query: &str) -> Self {
        let field = |name| field(query, name);
        let q = words(&field("q"));
        let category = Some(field("category")).filter(|slug| !slug.is_empty());
        let sort = ToolSort::from_word(&field("sort")).unwrap_or(ToolSort::default_for(&q));
        let price = PriceKind::from_word(&field("price"));
        let open_source = field("open_source") == "1";
        Self { q, category, price, open_source, sort, page: wanted(&field("page")) }
    }

    /// The address of the same list at another page; what goes without saying is left out of it.
    pub(super) fn href(&self, page: usize) -> String {
        let sort = if self.sort == ToolSort::default_for(&self.q) { "" } else { self.sort.word() };
        let category = self.category.as_deref().unwrap_or_default();
        let fields = [
            ("q", self.q.as_str()),
            ("category", category),
            ("price", self.price.map(PriceKind::word).unwrap_or_default()),
            ("open_source", if self.open_source { "1" } else { "" }),
            ("sort", sort),
        ];
        address("/tools", &fields, page)
    }

    /// The same search without filters, at its first page; `None` where there are none.
    pub(super) fn unfiltered(&self) -> Option<Self> {
        let narrow = self.category.is_some() || self.price.is_some() || self.open_source;
        narrow.then(|| Self { category: None, price: None, open_source: false, page: 1, ..self.clone() })
    }

    /// Whether a tool passes all filters; the category by its slug as it is now.
    pub(super) fn let_through(&self, tool: &Tool) -> bool {
        self.category.as_ref().is_none_or(|slug| *slug == *tool.category.slug)
            && self.price.is_none_or(|price| tool.facets.price == Some(price))
            && (!self.open_source || tool.facets.is_open_source)
    }

    /// The one address of what is listed, whatever was searched for and however it is sorted.
    pub(super) fn canonical(&self) -> String {
        Self { q: String::new(), sort: ToolSort::New, ..self.clone() }.href(self.page)
    }
}

/// What to search for, as it counts: single spaces, no control characters, and not too long.
fn words(text: &str) -> String {
    let printable = |word: &str| word.chars().filter(|char| !char.is_control()).collect::<String>();
    let words: Vec<String> = text.split_whitespace().map(printable).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(MOST_CHARS).collect()
}

impl ToolSort {
    /// All that the address can name.
    pub(super) const NAMED: [Self; 6] =
        [Self::New, Self::Community, Self::Votes, Self::Panel, Self::Divided, Self::Gap];

    /// The order that goes without saying: the best match of a search, otherwise the newest.
    pub(super) fn default_for(q: &str) -> Self {
        if q.is_empty() { Self::New } else { Self::Relevance }
    }

    /// The word that addresses use, which is none for the order of a search; the label to choose it by; and what stands
    /// above the list.
    fn words(self) -> [&'static str; 3] {
        match self {
            Self::Relevance => ["", "Best match", "Best match first"],
            Self::New => ["new", "Newest first", "Newest first"],
            Self::Community => ["community", "Community ranking", "Highest community ranking first"],
            Self::Votes => ["votes", "Most votes", "Most votes first"],
            Self::Panel => ["panel", "Panel share", "Highest panel share first"],
            Self::Divided => ["divided", "Most divided panel", "Most divided panel first"],
            Self::Gap => ["gap", "Panel vs community", "Largest gap between panel and community first"],
        }
    }

    pub(super) fn word(self) -> &'static str {
        self.words()[0]
    }

    pub(super) fn label(self) -> &'static str {
        self.words()[1]
    }

    pub(super) fn heading(self) -> &'static str {
        self.words()[2]
    }

    /// Whether the order depends on votes.
    pub(super) fn counts_votes(self) -> bool {
        matches!(self, Self::Community | Self::Votes | Self::Gap)
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::NAMED.into_iter().find(|sort| sort.word() == word)
    }
}

/// The order that tools are put in when this one is asked for: without any votes among them, the panel's, which says
/// something then.
pub(super) fn order_of(tools: &[RatedTool], sort: ToolSort) -> ToolSort {
    let by_votes = matches!(sort, ToolSort::Community | ToolSort::Votes);
    if by_votes && !tools.is_empty() && tools.iter().all(|rated| rated.tally.votes() == 0) {
        ToolSort::Panel
    } else {
        sort
    }
}

/// Puts tools in order. They come by name, or as the search found them, and equals stay so.
pub(super) fn arrange(tools: &mut [RatedTool], sort: ToolSort) {
    match order_of(tools, sort) {
        ToolSort::Relevance => {}
        ToolSort::New => tools.sort_by_key(|rated| Reverse(rated.tool.published_at)),
        ToolSort::Community => tools.sort_by(|a, b| by_community(&a.tally, &b.tally)),
        ToolSort::Votes => tools.sort_by_key(|rated| Reverse(rated.tally.votes())),
        ToolSort::Panel => tools.sort_by(|a, b| {
            largest_first(panel_share(a), panel_share(b))
                .then_with(|| b.tool.panel.reviews.cmp(&a.tool.panel.reviews))
        }),
        ToolSort::Divided => tools.sort_by(|a, b| largest_first(split(a), split(b))),
        ToolSort::Gap => {
            tools.sort_by(|a, b| largest_first(gap(a.tool.panel, a.tally), gap(b.tool.panel, b.tally)));
        }
    }
}

fn panel_share(rated: &RatedTool) -> Option<f64> {
    let panel = rated.tool.panel;
    (panel.reviews > 0).then(|| f64::from(panel.ships.min(panel.reviews)) / f64::from(panel.reviews))
}

/// How divided the panel is; one reviewer alone is of one mind, which says nothing.
fn split(rated: &RatedTool) -> Option<f64> {
    (rated.tool.panel.reviews >= 2).then(|| rated.tool.panel.split())
}

fn largest_first(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        _ => b.is_some().cmp(&a.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::NaiveDate;

    use super::*;

    fn arranged(mut tools: Vec<RatedTool>, sort: ToolSort) -> Vec<String> {
        arrange(&mut tools, sort);
        tools.iter().map(|rated| rated.tool.name.clone()).collect()
    }

    #[test]
    fn an_address_says_only_what_does_not_go_without_saying() {
        for (query, href) in [
            ("", "/tools"),
            ("q=&category=&sort=new&page=1", "/tools"),
            ("q=vector&sort=", "/tools?q=vector"),
            ("q=vector&sort=new", "/tools?q=vector&sort=new"),
            ("page=3&sort=gap&category=a&q=b", "/tools?q=b&category=a&sort=gap&page=3"),
            ("q=%20c%2B%2B%0A%09x&x=y", "/tools?q=c%2B%2B+x"),
            (
                "sort=votes&open_source=1&price=free-to-start&category=a",
                "/tools?category=a&price=free-to-start&open_source=1&sort=votes",
            ),
            ("price=cheap&open_source=yes", "/tools"),
        ] {
            let filters = ToolFilters::parse(query);
            assert_eq!(filters.href(filters.page), href, "{query}");
            assert_eq!(
                ToolFilters::parse(href.trim_start_matches("/tools").trim_start_matches('?')),
                filters
            );
        }
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        for query in [
            "page=-1",
            "page=0",
            "page=two",
            "sort=worst",
            "%ff=%ff&&=&=",
            "q=%20",
            "q=%00",
            "q=%01+%7f%c2%85",
        ] {
            assert_eq!(ToolFilters::parse(query).href(1), "/tools", "{query}");
            assert_eq!(ToolFilters::parse(query).page, 1, "{query}");
        }
        assert_eq!(ToolFilters::parse("q=ve%00ctor%1b+%00+db").q, "vector db");
        assert_eq!(ToolFilters::parse("sort=gap&sort=new").sort, ToolSort::Gap);
        assert_eq!(ToolFilters::parse(&format!("q={}", "x".repeat(5000))).q.len(), MOST_CHARS);
    }

    #[test]
    fn the_canonical_address_keeps_category_and_page() {
        let filters = ToolFilters::parse("q=x&category=a&sort=gap&page=2");
        assert_eq!(filters.canonical(), "/tools?category=a&page=2");
    }

    #[test]
    fn the_newest_stand_first() {
        let mut tools = ["a", "b", "c"].map(|name| RatedTool::sample(name, (0, 0), (0, 0)));
        Arc::make_mut(&mut tools[1].tool).published_at = NaiveDate::MAX.into();
        assert_eq!(arranged(tools.to_vec(), ToolSort::New), ["b", "a", "c"]);
    }

    #[test]
    fn each_order_puts_first_what_it_is_named_for_and_keeps_equals_as_they_came() {
        type Figures<'a> = (&'a str, (u32, u32), (u64, u64));
        let community: &[Figures<'_>] = &[
            ("a", (0, 0), (0, 0)),
            ("b", (0, 0), (1, 0)),
            ("c", (0, 0), (90, 10)),
            ("d", (0, 0), (0, 9)),
            ("e", (0, 0), (0, 0)),
        ];
        // Of equal panels the larger stands first.
        let panel: &[Figures<'_>] = &[
            ("a", (0, 0), (9, 0)),
            ("b", (0, 4), (0, 0)),
            ("c", (2, 4), (0, 0)),
            ("d", (1, 1), (0, 0)),
            ("e", (4, 4), (0, 0)),
        ];
        // One reviewer is no panel.
        let divided: &[Figures<'_>] =
            &[("a", (1, 1), (0, 0)), ("b", (4, 4), (0, 0)), ("c", (1, 4), (0, 0)), ("d", (1, 2), (0, 0))];
        let gap: &[Figures<'_>] =
            &[("a", (4, 4), (0, 0)), ("b", (4, 4), (5, 0)), ("c", (0, 0), (5, 0)), ("d", (0, 4), (5, 0))];
        let votes: &[Figures<'_>] =
            &[("a", (0, 0), (0, 9)), ("b", (4, 4), (0, 0)), ("c", (0, 0), (9, 1)), ("d", (0, 0), (9, 0))];
        // Before the first vote the panel's order stands.
        let unvoted: &[Figures<'_>] = &[("a", (0, 4), (0, 0)), ("b", (3, 4), (0, 0)), ("c", (0, 0), (0, 0))];
        let found: &[Figures<'_>] = &[("b", (0, 4), (0, 9)), ("a", (4, 4), (9, 0))];
        for (sort, tools, expected) in [
            (ToolSort::Community, community, "cbdae"),
            (ToolSort::Votes, votes, "cadb"),
            (ToolSort::Votes, unvoted, "bac"),
            (ToolSort::Community, unvoted, "bac"),
            (ToolSort::Panel, panel, "edcba"),
            (ToolSort::Divided, divided, "dcba"),
            (ToolSort::Gap, gap, "dbac"),
            (ToolSort::Relevance, found, "ba"),
        ] {
            let tools = tools.iter().map(|(name, panel, votes)| RatedTool::sample(name, *panel, *votes));
            assert_eq!(arranged(tools.collect(), sort).concat(), expected, "{sort:?}");
        }
    }
}
