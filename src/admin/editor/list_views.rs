//! The page of a list of records.

use askama::Template;

use super::filters::{Attention, Filters, Sort};
use super::list::{Cell, ListedRecord, Listing};
use crate::admin::Desk;
use crate::admin::due::REVIEWS_WANTED;
use crate::admin::form::{Pick, capital};
use crate::admin::paths::list_path;
use crate::catalogue::{RecordKind, Status};
use crate::text::count;
use crate::view;
use crate::web::page::Shell;
use crate::web::paging::PageLinks;

#[derive(Template)]
#[template(path = "admin/editor/list.html")]
pub(super) struct ListPage {
    shell: Shell,
    kind: RecordKind,
    title: String,
    path: String,
    q: String,
    selects: Vec<Select>,
    found: String,
    narrows: bool,
    columns: &'static [&'static str],
    /// Those of them that hold numbers.
    figures: &'static [&'static str],
    records: Vec<ListedRecord>,
    pages: PageLinks,
}

/// A select of the form above the list.
struct Select {
    name: &'static str,
    label: &'static str,
    chosen: String,
    picks: Vec<Pick>,
}

view!(ListPage);

impl ListPage {
    pub(super) fn new(desk: &Desk, listing: Listing) -> Self {
        let Listing { filters, page, records, categories } = listing;
        let kind = filters.kind;
        let title = capital(kind.plural());
        let (columns, figures): (&[&str], &[&str]) = match kind {
            RecordKind::Category => (&["Name", "Status", "Tools"], &[]),
            RecordKind::Reviewer => (&["Name", "Status", "Reviews"], &[]),
            RecordKind::Tool => {
                (&["Tool", "Status", "Category", "Reviews", "Price checked", "Changed"], &["Reviews"])
            }
            RecordKind::Comparison => (&["Name", "Status", "Published on"], &[]),
        };
        Self {
            shell: desk.shell(page.title(&title)),
            kind,
            title,
            path: list_path(kind),
            found: count(page.total as u64, kind.as_str(), kind.plural()),
            narrows: filters.narrows(),
            selects: selects(&filters, categories),
            columns,
            figures,
            records,
            pages: page.links(|number| filters.href(number)),
            q: filters.q,
        }
    }

    fn is_tool(&self) -> bool {
        self.kind == RecordKind::Tool
    }

    fn is_few(&self, reviews: &i64) -> bool {
        *reviews < REVIEWS_WANTED
    }
}

fn selects(filters: &Filters, categories: Vec<(String, String)>) -> Vec<Select> {
    let is_tool = filters.kind == RecordKind::Tool;
    let or = |any: &str, picks: Vec<Pick>| std::iter::once(Pick::new("", any)).chain(picks).collect();
    let statuses = Status::ALL.iter().map(|status| Pick::new(status.as_str(), capital(status.as_str())));
    let mut selects = vec![Select {
        name: "status",
        label: "Status",
        chosen: filters.status.map_or("", Status::as_str).to_owned(),
        picks: or("Any status", statuses.collect()),
    }];
    if is_tool {
        let categories = categories.into_iter().map(|(slug, name)| Pick::new(slug, name));
        selects.push(Select {
            name: "category",
            label: "Category",
            chosen: filters.category.clone(),
            picks: or("All categories", categories.collect()),
        });
    }
    let attention = Attention::of(filters.kind);
    if !attention.is_empty() {
        let picks = attention.iter().map(|attention| Pick::new(attention.as_str(), attention.label()));
        selects.push(Select {
            name: "attention",
            label: "To do",
            chosen: filters.attention.map_or("", Attention::as_str).to_owned(),
            picks: or("Any", picks.collect()),
        });
    }
    if is_tool {
        selects.push(Select {
            name: "sort",
            label: "Sort by",
            chosen: filters.sort.as_str().to_owned(),
            picks: Sort::ALL.iter().map(|sort| Pick::new(sort.as_str(), sort.label())).collect(),
        });
    }
    selects
}
