//! The pages of tools: the list, and one of them.

use std::sync::Arc;

use askama::Template;
use chrono::{NaiveDate, Utc};

use super::listing::{ToolFilters, ToolSort};
use super::load::{Listing, Sheet};
use super::reviews::{panel_words, reviews_in_order};
use crate::accounts::Visit;
use crate::catalogue::{
    Category, ChangeList, Fact, PriceHistory, PriceKind, RecordKind, Review, Reviewer, TakeView, Tool,
    told_apart,
};
use crate::text::{count, isolated, rich, sentence, without_backticks};
use crate::verdicts::OwnVotes;
use crate::verdicts::card::{Card, RankingRow, live_path};
use crate::verdicts::over_time::{ShareOverTime, VotesByDay, first_day};
use crate::verdicts::views::{RatedTool, VoteForm};
use crate::votes::VoteHistory;
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
    listing: Listing,
    /// Words for what was found.
    found: String,
    pages: PageLinks,
}

/// One value of a select.
struct SelectOption {
    value: String,
    label: String,
    chosen: bool,
}

/// One tool.
#[derive(Template)]
#[template(path = "tools/show.html")]
pub(super) struct ToolPage {
    pub shell: Shell,
    sheet: Sheet,
    card: Card,
    /// Once there are enough votes.
    over_time: Option<(VotesByDay, ShareOverTime)>,
}

impl IndexPage {
    pub(super) fn new(visit: &Visit, listing: Listing) -> Self {
        let Listing { directory, filters, page, .. } = &listing;
        let category = filters.category.as_deref().and_then(|slug| directory.category(slug));
        let found = found_words(filters, category, page.total);
        let mut shell = visit.shell(
            list_title(filters, category, *page),
            format!("{found}: panel verdicts, prices, and community votes with their margin of error."),
            &filters.canonical(),
        );
        shell.listed = filters.q.is_empty();
        shell.live = live_path(slugs(&listing.shown));
        let pages = page.links(|number| filters.href(number));
        Self { shell, found, pages, listing }
    }

    fn categories(&self) -> Vec<SelectOption> {
        let Listing { directory, filters, .. } = &self.listing;
        let chosen = filters.category.as_deref().unwrap_or_default();
        let option = |slug: &str, name: &str| SelectOption {
            value: slug.to_owned(),
            label: name.to_owned(),
            chosen: slug == chosen,
        };
        let each = directory.categories().iter().map(|category| option(&category.slug, &category.name));
        std::iter::once(option("", "All categories")).chain(each).collect()
    }

    fn sorts(&self) -> Vec<SelectOption> {
        sort_choices(&self.listing.filters)
    }

    fn prices(&self) -> Vec<SelectOption> {
        let chosen = self.listing.filters.price;
        let kind = |kind: PriceKind| SelectOption {
            value: kind.word().to_owned(),
            label: kind.label().to_owned(),
            chosen: chosen == Some(kind),
        };
        let any =
            SelectOption { value: String::new(), label: "Any price".to_owned(), chosen: chosen.is_none() };
        std::iter::once(any).chain(PriceKind::ALL.into_iter().map(kind)).collect()
    }

    /// The order, and where nobody has voted yet, why it is another than was asked for.
    fn heading(&self) -> String {
        let Listing { order, filters, .. } = &self.listing;
        if *order == filters.sort {
            order.heading().to_owned()
        } else {
            format!("No votes yet: {}", order.heading().to_lowercase())
        }
    }

    /// The same search without its filters, where they left nothing.
    fn wider(&self) -> Option<String> {
        let Listing { filters, page, .. } = &self.listing;
        let wider = filters.unfiltered().filter(|_| page.total == 0)?;
        Some(wider.href(wider.page))
    }

    /// The form for a tool that is missing; where nothing was found, with the name that was looked for.
    fn suggest_href(&self) -> String {
        let name = if self.listing.shown.is_empty() { self.listing.filters.q.as_str() } else { "" };
        paging::address("/submit", &[("name", name)], 1)
    }
}

fn list_title(filters: &ToolFilters, category: Option<&Category>, page: Page) -> String {
    page.title(&match (filters.q.as_str(), category) {
        ("", None) => "Tools".to_owned(),
        ("", Some(category)) => format!("Tools in {}", category.name),
        (q, _) => format!("“{}” in tools", isolated(q)),
    })
}

/// `38 tools`, `2 tools match “vector”`, `No tool matches “vector” in Search and Research`.
fn found_words(filters: &ToolFilters, category: Option<&Category>, total: usize) -> String {
    let mut place = category.map(|category| format!(" in {}", category.name)).unwrap_or_default();
    let price = filters.price.map(|price| price.label().to_lowercase());
    let marks = [price, filters.open_source.then(|| "open source".to_owned())];
    let marks: Vec<String> = marks.into_iter().flatten().collect();
    if !marks.is_empty() {
        place = format!("{place} ({})", marks.join(", "));
    }
    let number = if total == 0 { "No tool".to_owned() } else { count(total as u64, "tool", "tools") };
    match (isolated(&filters.q).as_str(), total) {
        ("", 0) => format!("No tools{place} yet"),
        ("", _) => format!("{number}{place}"),
        (q, 0 | 1) => format!("{number} matches “{q}”{place}"),
        (q, _) => format!("{number} match “{q}”{place}"),
    }
}

/// The orders to choose from. The one that goes without saying has no value, so that whoever begins to search from
/// the list of the newest gets the best match first.
fn sort_choices(filters: &ToolFilters) -> Vec<SelectOption> {
    let usual = ToolSort::default_for(&filters.q);
    let others = ToolSort::NAMED.into_iter().filter(|sort| *sort != usual);
    std::iter::once(usual)
        .chain(others)
        .map(|sort| SelectOption {
            value: if sort == usual { "" } else { sort.word() }.to_owned(),
            label: sort.label().to_owned(),
            chosen: sort == filters.sort,
        })
        .collect()
}

impl ToolPage {
    pub(super) fn new(visit: &Visit, sheet: Sheet, own: &OwnVotes) -> Self {
        let tool = &sheet.rated.tool;
        let path = format!("/tools/{}", tool.slug);
        let mut shell = visit.shell(tool.name.clone(), description(tool), &path);
        shell.live = live_path(std::iter::once(tool.slug.as_str()).chain(slugs(&sheet.alternatives)));
        shell.moderate(RecordKind::Tool.moderation_links(tool.id));
        let card = Card {
            rated: sheet.rated.clone(),
            description: rich(&sheet.detail.description),
            vote: VoteForm::new(tool, &path, own),
            excluded: sheet.excluded.clone(),
        };
        let over_time =
            sheet.history.as_deref().and_then(|history| over_time(history, Utc::now().date_naive()));
        Self { shell, card, over_time, sheet }
    }

    /// The other tools of its category, unless they are too many.
    fn peers(&self) -> Vec<Arc<Tool>> {
        told_apart(suggested(&self.sheet.peers))
    }

    /// The id of their list in the page; empty where there are none.
    fn peer_list(&self) -> &'static str {
        if self.peers().is_empty() { "" } else { "peers" }
    }

    fn reviews(&self) -> Vec<(&Reviewer, &Review)> {
        let Sheet { directory, rated, detail, .. } = &self.sheet;
        reviews_in_order(directory, rated.tool.panel, &detail.reviews)
    }

    fn panel_words(&self) -> String {
        let tool = &self.sheet.rated.tool;
        panel_words(tool.panel, tool.only_ai_reviews)
    }

    fn alternatives(&self) -> Vec<RankingRow> {
        rows(&self.sheet.alternatives)
    }

    fn price_source(&self) -> Source {
        let tool = &self.sheet.rated.tool;
        source(tool.price_source.clone(), tool.price_checked_on)
    }

    fn changes(&self) -> ChangeList {
        ChangeList::of_one_tool(self.sheet.detail.changes.iter().take(MOST_CHANGES))
    }

    fn fact_source(fact: &Fact) -> Source {
        source(fact.source.clone(), fact.checked_on)
    }

    /// Whether a note is worth a column.
    fn has_notes(&self) -> bool {
        self.sheet.detail.plans.iter().any(|plan| !plan.note.is_empty())
    }
}

fn over_time(history: &VoteHistory, today: NaiveDate) -> Option<(VotesByDay, ShareOverTime)> {
    let first = first_day(&[history], today)?;
    Some((VotesByDay::new(history, first, today), ShareOverTime::new(None, history, first, today)))
}

fn description(tool: &Tool) -> String {
    let figures = "panel verdicts, prices, and community votes with their margin of error.";
    match sentence(&without_backticks(&tool.tagline)).as_str() {
        "" => format!("{}: {figures}", tool.name),
        tagline => format!("{}: {tagline} See {figures}", tool.name),
    }
}

fn source(href: Option<String>, checked_on: Option<NaiveDate>) -> Source {
    Source { href, checked_on, between: ", " }
}

pub(super) fn rows(tools: &[RatedTool]) -> Vec<RankingRow> {
    tools.iter().map(|rated| RankingRow { rated: rated.clone(), rank: None }).collect()
}

pub(super) fn slugs(tools: &[RatedTool]) -> impl Iterator<Item = &str> {
    tools.iter().map(|rated| rated.tool.slug.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_said_in_the_right_number() {
        let words = |query, total| found_words(&ToolFilters::parse(query), None, total);
        assert_eq!(words("", 38), "38 tools");
        assert_eq!(words("", 1), "1 tool");
        assert_eq!(words("", 0), "No tools yet");
        assert_eq!(words("price=free-to-start&open_source=1", 2), "2 tools (free to start, open source)");
        assert_eq!(words("q=vector", 2), "2 tools match “vector”");
        assert_eq!(words("q=vector", 1), "1 tool matches “vector”");
        assert_eq!(words("q=vector", 0), "No tool matches “vector”");
    }

    #[test]
    fn whoever_begins_to_search_gets_the_best_match_first() {
        let values = |query| {
            let sorts = sort_choices(&ToolFilters::parse(query));
            sorts.into_iter().map(|sort| (sort.value, sort.chosen)).take(2).collect::<Vec<_>>()
        };
        assert_eq!(values(""), [(String::new(), true), ("community".to_owned(), false)]);
        assert_eq!(values("q=a"), [(String::new(), true), ("new".to_owned(), false)]);
        assert_eq!(values("q=a&sort=new"), [(String::new(), false), ("new".to_owned(), true)]);
    }
}
