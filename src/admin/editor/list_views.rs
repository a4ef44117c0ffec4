//! The page of a list of records.

use askama::Template;

use super::filters::{Attention, Sort};
use super::list::{Cell, RecordList};
use crate::admin::AdminContext;
use crate::admin::form::{Pick, capital};
use crate::admin::overdue::REVIEWS_WANTED;
use crate::admin::paths::list_path;
use crate::catalogue::{RecordKind, Status};
use crate::text::count;
use crate::web::page::Shell;
use crate::web::paging::PageLinks;

#[derive(Template)]
#[template(path = "admin/editor/list.html")]
pub(super) struct ListPage {
    shell: Shell,
    title: String,
    path: String,
    list: RecordList,
}

/// A select of the form above the list.
struct Select {
    name: &'static str,
    label: &'static str,
    chosen: String,
    picks: Vec<Pick>,
}

impl ListPage {
    pub(super) fn new(admin: &AdminContext, list: RecordList) -> Self {
        let kind = list.filters.kind;
        let title = capital(kind.plural());
        Self { shell: admin.shell(list.page.title(&title)), title, path: list_path(kind), list }
    }

    fn is_tool(&self) -> bool {
        self.list.filters.kind == RecordKind::Tool
    }

    /// The columns, and those of them that hold numbers.
    fn columns(&self) -> (&'static [&'static str], &'static [&'static str]) {
        match self.list.filters.kind {
            RecordKind::Category => (&["Name", "Status", "Tools"], &[]),
            RecordKind::Reviewer => (&["Name", "Status", "Reviews"], &[]),
            RecordKind::Tool => {
                (&["Tool", "Status", "Category", "Reviews", "Price checked", "Changed"], &["Reviews"])
            }
            RecordKind::Comparison => (&["Name", "Status", "Published on"], &[]),
        }
    }

    fn found(&self) -> String {
        let kind = self.list.filters.kind;
        count(self.list.page.total as u64, kind.as_str(), kind.plural())
    }

    fn pages(&self) -> PageLinks {
        self.list.page.links(|number| self.list.filters.href(number))
    }
}

/// The selects of the form above the list.
fn selects(RecordList { filters, categories, .. }: &RecordList) -> Vec<Select> {
    let select = |name, label, chosen: &str, any: Option<&str>, picks: Vec<Pick>| {
        let any = any.map(|words| (String::new(), words.to_owned()));
        Select { name, label, chosen: chosen.to_owned(), picks: any.into_iter().chain(picks).collect() }
    };
    let pick = |value: &str, words: &str| (value.to_owned(), words.to_owned());
    let statuses =
        Status::ALL.iter().map(|status| pick(status.as_str(), &capital(status.as_str()))).collect();
    let chosen = filters.status.map_or("", Status::as_str);
    let mut selects = vec![select("status", "Status", chosen, Some("Any status"), statuses)];
    let is_tool = filters.kind == RecordKind::Tool;
    if is_tool {
        selects.push(select(
            "category",
            "Category",
            &filters.category,
            Some("All categories"),
            categories.clone(),
        ));
    }
    let attention = Attention::ALL.iter().filter(|one| one.kind() == filters.kind);
    let attention: Vec<Pick> = attention.map(|one| pick(one.as_str(), one.label())).collect();
    if !attention.is_empty() {
        let chosen = filters.attention.map_or("", Attention::as_str);
        selects.push(select("attention", "To do", chosen, Some("Any"), attention));
    }
    if is_tool {
        let sorts = Sort::ALL.iter().map(|sort| pick(sort.as_str(), sort.label())).collect();
        selects.push(select("sort", "Sort by", filters.sort.as_str(), None, sorts));
    }
    selects
}
