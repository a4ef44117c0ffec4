//! The pages of tools: the list, and one of them.

use std::sync::Arc;

use askama::Template;

use super::listing::{Filters, Listed, Sort};
use super::load::{Listing, Sheet};
use super::reviews::{Take, panel_words, takes};
use crate::accounts::Visit;
use crate::catalogue::{Category, ChangeList, Comparison, Directory, Fact, PriceHistory, Tool, ToolDetail};
use crate::text::{count, rich_inline};
use crate::verdicts::OwnVotes;
use crate::verdicts::card::{Card, CardParts, Row, live_path};
use crate::verdicts::views::percent_or_dash;
use crate::web::page::Shell;
use crate::web::paging::{self, Page, PageLinks};
use crate::web::ui::{Day, Source, suggested};

/// Up to how many changes stand on a tool's page; a link leads to all.
const MOST_CHANGES: usize = 8;

/// All tools, or those that fit.
#[derive(Template)]
#[template(path = "tools/index.html")]
pub(super) struct IndexPage {
    pub shell: Shell,
    q: String,
    /// Words for what was found.
    found: String,
    /// Words for the order.
    order: &'static str,
    categories: Vec<Pick>,
    sorts: Vec<Pick>,
    rows: Vec<Row>,
    near: Vec<Link>,
    /// The same search without its category.
    wider: Option<String>,
    pages: PageLinks,
}

/// One value of a select.
struct Pick {
    value: String,
    label: String,
    chosen: bool,
}

/// A link and its words.
pub(super) struct Link {
    pub href: String,
    pub label: String,
}

/// One tool.
#[derive(Template)]
#[template(path = "tools/show.html")]
pub(super) struct ToolPage {
    pub shell: Shell,
    /// HTML to stand on top of it; only a preview has any.
    pub bar: String,
    slug: String,
    name: String,
    tagline: String,
    category: String,
    category_slug: String,
    reviewed: Option<Day>,
    price_checked: Option<Day>,
    card: Card,
    /// The other tools of its category, unless they are too many.
    peers: Vec<Arc<Tool>>,
    pairs: Vec<Pair>,
    panel: String,
    only_ai_reviews: bool,
    takes: Vec<Take>,
    price: String,
    price_source: Source,
    prices: PriceHistory,
    detail: Arc<ToolDetail>,
    changes: ChangeList,
    alternatives: Vec<Row>,
}

/// A link to the comparison with another tool, and the community's share of that.
struct Pair {
    href: String,
    name: String,
    percent: String,
}

impl IndexPage {
    pub(super) fn new(visit: &Visit, listing: Listing) -> Self {
        let Listing { directory, filters, page, shown, near } = listing;
        let category = filters.category.as_deref().and_then(|slug| directory.category(slug));
        let found = found_words(&filters, category, page.total);
        let mut shell = visit.shell(
            list_title(&filters, category, page),
            format!("{found}: panel verdicts, prices, and community votes with their margin of error."),
            &filters.canonical(),
        );
        shell.listed = filters.q.is_empty();
        shell.live = live_path(slugs(&shown));
        let wider = (page.total == 0 && category.is_some() && !filters.q.is_empty())
            .then(|| Filters { category: None, ..filters.clone() }.href(1));
        Self {
            shell,
            found,
            order: filters.sort.heading(),
            categories: category_choices(&directory, filters.category.as_deref()),
            sorts: sort_choices(&filters),
            rows: rows(&shown),
            near: near.iter().map(|tool| tool_link(tool)).collect(),
            wider,
            pages: page.links(|number| filters.href(number)),
            q: filters.q,
        }
    }
}

impl IndexPage {
    /// The form for a tool that is missing; where nothing was found, with the name that was looked for.
    fn suggest_href(&self) -> String {
        let name = if self.rows.is_empty() { self.q.as_str() } else { "" };
        paging::address("/submit", &[("name", name)], 1)
    }
}

fn list_title(filters: &Filters, category: Option<&Category>, page: Page) -> String {
    page.title(&match (filters.q.as_str(), category) {
        ("", None) => "Tools".to_owned(),
        ("", Some(category)) => format!("Tools in {}", category.name),
        (q, _) => format!("“{q}” in tools"),
    })
}

/// `38 tools`, `2 tools match “vector”`, `No tool matches “vector” in Search and Research`.
fn found_words(filters: &Filters, category: Option<&Category>, total: usize) -> String {
    let place = category.map(|category| format!(" in {}", category.name)).unwrap_or_default();
    let number = if total == 0 { "No tool".to_owned() } else { count(total as u64, "tool", "tools") };
    match (filters.q.as_str(), total) {
        ("", 0) => format!("No tools{place} yet"),
        ("", _) => format!("{number}{place}"),
        (q, 0 | 1) => format!("{number} matches “{q}”{place}"),
        (q, _) => format!("{number} match “{q}”{place}"),
    }
}

fn category_choices(directory: &Directory, chosen: Option<&str>) -> Vec<Pick> {
    let all = Pick { value: String::new(), label: "All categories".into(), chosen: chosen.is_none() };
    let each = directory.categories().iter().map(|category| Pick {
        value: category.slug.to_string(),
        label: category.name.clone(),
        chosen: chosen == Some(category.slug.as_str()),
    });
    std::iter::once(all).chain(each).collect()
}

/// The orders to choose from. The one that goes without saying has no value, so that whoever begins to search from
/// the list of the newest gets the best match first.
fn sort_choices(filters: &Filters) -> Vec<Pick> {
    let usual = Sort::default_for(&filters.q);
    let others = Sort::NAMED.into_iter().filter(|sort| *sort != usual);
    std::iter::once(usual)
        .chain(others)
        .map(|sort| Pick {
            value: if sort == usual { "" } else { sort.word() }.to_owned(),
            label: sort.label().to_owned(),
            chosen: sort == filters.sort,
        })
        .collect()
}

impl ToolPage {
    pub(super) fn new(visit: &Visit, sheet: Sheet, own: &OwnVotes) -> Self {
        let Sheet { directory, listed, detail, excluded, peers, alternatives, compared } = sheet;
        let Listed { tool, tally } = listed;
        let path = format!("/tools/{}", tool.slug);
        let mut shell = visit.shell(tool.name.clone(), description(&tool), &path);
        shell.live = live_path(std::iter::once(tool.slug.as_str()).chain(slugs(&alternatives)));
        let card = Card::from(CardParts {
            tool: &tool,
            description: &detail.description,
            tally,
            page: &path,
            own,
            excluded,
            solo: true,
        });
        Self {
            shell,
            bar: String::new(),
            slug: tool.slug.to_string(),
            name: tool.name.clone(),
            tagline: tool.tagline.clone(),
            category: tool.category.name.clone(),
            category_slug: tool.category.slug.to_string(),
            reviewed: tool.newest_review_on.map(Day),
            price_checked: tool.price_checked_on.map(Day),
            card,
            peers: suggested(&peers).to_vec(),
            pairs: compared.iter().filter_map(|(pair, other)| Pair::new(&directory, pair, other)).collect(),
            panel: panel_words(tool.panel, tool.only_ai_reviews),
            only_ai_reviews: tool.only_ai_reviews,
            takes: takes(&directory, tool.panel, &detail.reviews),
            price: rich_inline(&detail.price_text),
            price_source: source(tool.price_source.clone(), tool.price_checked_on),
            prices: PriceHistory::of(&detail.changes),
            changes: ChangeList::of_one_tool(detail.changes.iter().take(MOST_CHANGES)),
            alternatives: rows(&alternatives),
            detail,
        }
    }

    fn fact_source(fact: &Fact) -> Source {
        source(fact.source.clone(), fact.checked_on)
    }

    /// Whether a note is worth a column.
    fn has_notes(&self) -> bool {
        self.detail.plans.iter().any(|plan| !plan.note.is_empty())
    }
}

fn description(tool: &Tool) -> String {
    let figures = "panel verdicts, prices, and community votes with their margin of error.";
    match tool.tagline.trim_end_matches('.') {
        "" => format!("{}: {figures}", tool.name),
        tagline => format!("{}: {tagline}. See {figures}", tool.name),
    }
}

impl Pair {
    fn new(directory: &Directory, pair: &Comparison, other: &Listed) -> Option<Self> {
        let (first, second) = (directory.tool_by_id(pair.first)?, directory.tool_by_id(pair.second)?);
        Some(Self {
            href: format!("/compare/{}-vs-{}", first.slug, second.slug),
            name: other.tool.name.clone(),
            percent: percent_or_dash(other.tally.ship_percent()),
        })
    }
}

fn source(href: Option<String>, checked_on: Option<chrono::NaiveDate>) -> Source {
    Source { href, checked_on, between: ", " }
}

pub(super) fn rows(tools: &[Listed]) -> Vec<Row> {
    tools.iter().map(|listed| Row::new(&listed.tool, listed.tally, None)).collect()
}

pub(super) fn slugs(tools: &[Listed]) -> impl Iterator<Item = &str> {
    tools.iter().map(|listed| listed.tool.slug.as_str())
}

fn tool_link(tool: &Tool) -> Link {
    Link { href: format!("/tools/{}", tool.slug), label: tool.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_said_in_the_right_number() {
        let words = |query, total| found_words(&Filters::parse(query), None, total);
        assert_eq!(words("", 38), "38 tools");
        assert_eq!(words("", 1), "1 tool");
        assert_eq!(words("", 0), "No tools yet");
        assert_eq!(words("q=vector", 2), "2 tools match “vector”");
        assert_eq!(words("q=vector", 1), "1 tool matches “vector”");
        assert_eq!(words("q=vector", 0), "No tool matches “vector”");
    }

    #[test]
    fn whoever_begins_to_search_gets_the_best_match_first() {
        let values = |query| {
            let sorts = sort_choices(&Filters::parse(query));
            sorts.into_iter().map(|sort| (sort.value, sort.chosen)).take(2).collect::<Vec<_>>()
        };
        assert_eq!(values(""), [(String::new(), true), ("community".to_owned(), false)]);
        assert_eq!(values("q=a"), [(String::new(), true), ("new".to_owned(), false)]);
        assert_eq!(values("q=a&sort=new"), [(String::new(), false), ("new".to_owned(), true)]);
    }
}
