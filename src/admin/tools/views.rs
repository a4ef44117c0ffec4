//! The pages of tools at the desk.

use askama::Template;

use super::{
    conflict::Unit,
    form::ToolForm,
    listing::{Attention, Sort},
    load::{Ground, Listing},
    store::Line,
};
use crate::{
    admin::{difference::Tag, due::REVIEWS_WANTED, form::Pick},
    catalogue::{Status, history::Headline},
    text::count,
    view,
    web::{page::Shell, paging::PageLinks, ui::Day},
};

/// The list of all tools.
#[derive(Template)]
#[template(path = "admin/tools/index.html")]
pub(super) struct ToolsPage {
    pub shell: Shell,
    q: String,
    found: String,
    narrows: bool,
    selects: Vec<Select>,
    rows: Vec<Row>,
    pages: PageLinks,
}

/// A select of the form above the list.
struct Select {
    name: &'static str,
    label: &'static str,
    chosen: String,
    picks: Vec<Pick>,
}

/// A line of the list.
struct Row {
    id: i64,
    name: String,
    slug: String,
    status: &'static str,
    category: String,
    reviews: i64,
    lacks_reviews: bool,
    checked: Option<Day>,
    touched: Day,
}

/// The form of a tool.
#[derive(Template)]
#[template(path = "admin/tools/form.html")]
pub(super) struct FormPage {
    pub shell: Shell,
    /// The tool's id, unless it is new.
    id: Option<i64>,
    heading: String,
    status: Option<Status>,
    /// Its page, if readers see it.
    page: Option<String>,
    last: Option<Last>,
    submission: String,
    tool: ToolForm,
    /// Whether whoever is at the desk may delete.
    pub at_admin: bool,
}

/// What was last done to it.
struct Last {
    act: &'static str,
    handle: Option<String>,
    day: Day,
}

/// What two editors want.
#[derive(Template)]
#[template(path = "admin/tools/conflict.html")]
pub(super) struct ConflictPage {
    pub shell: Shell,
    pub id: i64,
    pub name: String,
    /// What was to be done.
    pub step: &'static str,
    pub token: String,
    pub carried: Vec<(String, String)>,
    pub units: Vec<Unit>,
    last: Option<Last>,
    status: Status,
}

/// What stands above a preview.
#[derive(Template)]
#[template(path = "admin/tools/_preview.html")]
pub(super) struct PreviewBar {
    pub action: String,
    pub carried: Vec<(String, String)>,
}

view!(ToolsPage, FormPage, ConflictPage);

impl ToolsPage {
    pub(super) fn new(shell: Shell, listing: Listing) -> Self {
        let Listing { filters, page, lines, categories } = listing;
        let total = u64::try_from(page.total).unwrap_or(u64::MAX);
        let any = |label: &str| vec![Pick::new("", label)];
        let with = |first: Vec<Pick>, rest: Vec<Pick>| first.into_iter().chain(rest).collect();
        let statuses = Status::ALL.iter().map(|status| Pick::new(status.as_str(), capital(status.as_str())));
        let categories = categories.into_iter().map(|(slug, name)| Pick::new(slug, name));
        let attention = Attention::ALL.iter().map(|wanted| Pick::new(wanted.word(), wanted.label()));
        let sorts = Sort::ALL.iter().map(|sort| Pick::new(sort.word(), sort.label()));
        let select =
            |name, label, chosen: &str, picks| Select { name, label, chosen: chosen.to_owned(), picks };
        let selects = vec![
            select(
                "status",
                "Status",
                filters.status.map_or("", Status::as_str),
                with(any("Any status"), statuses.collect()),
            ),
            select(
                "category",
                "Category",
                &filters.category,
                with(any("All categories"), categories.collect()),
            ),
            select(
                "attention",
                "Needs",
                filters.attention.map_or("", Attention::word),
                with(any("Any"), attention.collect()),
            ),
            select("sort", "Sort by", filters.sort.word(), sorts.collect()),
        ];
        Self {
            shell,
            found: count(total, "tool", "tools"),
            narrows: filters.narrows(),
            selects,
            rows: lines.into_iter().map(Row::from).collect(),
            pages: page.links(|number| filters.href(number)),
            q: filters.q,
        }
    }
}

impl From<Line> for Row {
    fn from(line: Line) -> Self {
        let status = Status::from_i16(line.status);
        Self {
            id: line.id,
            name: line.name,
            slug: line.slug,
            status: status.map_or("", Status::as_str),
            category: line.category,
            reviews: line.reviews,
            lacks_reviews: line.reviews < REVIEWS_WANTED,
            checked: line.checked_on.map(Day),
            touched: Day(line.touched_at.date()),
        }
    }
}

impl FormPage {
    pub(super) fn new(shell: Shell, ground: &Ground, tool: ToolForm) -> Self {
        let stored = ground.stored.as_ref();
        let shown = stored.filter(|state| state.status == Status::Published);
        Self {
            shell,
            id: ground.id,
            heading: stored.map_or_else(|| "New tool".to_owned(), |state| state.record.name()),
            status: ground.status(),
            page: shown.map(|state| state.record.href()),
            last: ground.last.as_ref().map(Last::from),
            submission: tool.fields.value("submission"),
            tool,
            at_admin: false,
        }
    }

    fn action(&self) -> String {
        action(self.id)
    }

    fn slug_hint(&self) -> &'static str {
        if self.id.is_some() { "The old one will lead here." } else { "Left empty, it is made of the name." }
    }

    fn is(&self, status: &str) -> bool {
        self.status.is_some_and(|own| own.as_str() == status)
    }
}

/// Where the form of a tool is sent to.
pub(super) fn action(id: Option<i64>) -> String {
    id.map_or_else(|| "/admin/tools/new".to_owned(), |id| format!("/admin/tools/{id}"))
}

impl From<&Headline> for Last {
    fn from(headline: &Headline) -> Self {
        Self {
            act: headline.act.as_str(),
            handle: headline.handle.clone(),
            day: Day(headline.made_at.date()),
        }
    }
}

impl ConflictPage {
    pub(super) fn new(shell: Shell, ground: &Ground, step: &'static str, units: Vec<Unit>) -> Self {
        let stored = ground.stored.as_ref();
        Self {
            shell,
            id: ground.id.unwrap_or_default(),
            name: stored.map(|state| state.record.name()).unwrap_or_default(),
            step,
            token: ground.token(),
            carried: Vec::new(),
            units,
            last: ground.last.as_ref().map(Last::from),
            status: ground.status().unwrap_or(Status::Draft),
        }
    }

    /// What the buttons do, in a word.
    fn verb(&self) -> &'static str {
        match self.step {
            "publish" => "Publish",
            "archive" => "Archive",
            "redraft" => "Restore",
            _ => "Save",
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()))
}
