//! The page of a list of records.

use askama::Template;

use super::filters::{Attention, Sort};
use super::list::{Cell, RecordList};
use super::many::chosen;
use crate::admin::AdminContext;
use crate::admin::form::{FormData, Pick, capital};
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
    /// What was chosen of it, and why that could not be done.
    chosen: Vec<String>,
    reason: String,
    refused: Vec<String>,
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
        let shell = admin.shell(list.page.title(&title));
        let (chosen, refused) = (Vec::new(), Vec::new());
        Self { shell, title, path: list_path(kind), list, chosen, reason: String::new(), refused }
    }

    /// The same with what was asked for, and why it could not be done. What has changed meanwhile is to be chosen anew.
    pub(super) fn refusing(self, data: &FormData, refused: Vec<String>, changed: &[i64]) -> Self {
        let is_as_it_was = |id: &&str| !changed.iter().any(|changed| changed.to_string() == **id);
        Self {
            chosen: chosen(data).filter(is_as_it_was).map(str::to_owned).collect(),
            reason: data.get("reason"),
            refused,
            ..self
        }
    }

    fn is_chosen(&self, id: &i64) -> bool {
        self.chosen.contains(&id.to_string())
    }

    /// What the address of the list asks for.
    fn query(&self) -> String {
        let href = self.list.filters.href(self.list.page.number);
        href.split_once('?').map_or("", |(_, query)| query).to_owned()
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
