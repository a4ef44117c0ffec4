//! The picker: two tools by name, or up to five, and all published comparisons.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::several::{MOST_TOOLS, ToolGroup};
use crate::accounts::Visit;
use crate::catalogue::{Directory, Tool, near_tools, search, tell_apart, told_apart};
use crate::db::Db;
use crate::db::freshness::Votes;
use crate::text::{count, isolated, look};
use crate::verdicts::pair::{RatedPair, ToolPair};
use crate::votes::{App, LiveTallies};
use crate::web::cache::Rendered;
use crate::web::error::AppError;
use crate::web::page::{self, Shell};
use crate::web::paging::{Page, PageLinks, address, field, given, wanted};
use crate::web::ui::suggested;

/// How many published comparisons a page lists.
const PER_PAGE: usize = 30;

/// The most characters of a tool's name.
const LONGEST_NAME: usize = 300;

/// The fields and what they are called. The first two are always there, the others where they are asked for.
const FIELDS: [(&str, &str); MOST_TOOLS] = [
    ("a", "First tool"),
    ("b", "Second tool"),
    ("c", "Third tool"),
    ("d", "Fourth tool"),
    ("e", "Fifth tool"),
];

/// What an address asks for: the fields, as far as it has them, and the page of the list below.
#[derive(Debug)]
struct PickerQuery {
    tools: [Option<String>; MOST_TOOLS],
    page: usize,
}

impl PickerQuery {
    fn parse(query: &str) -> Self {
        Self { tools: FIELDS.map(|(key, _)| given(query, key)), page: wanted(&field(query, "page")) }
    }
}

/// One of the fields: as it was typed, what it names, and what is wrong with it.
#[derive(Debug, Default)]
struct Field {
    key: &'static str,
    label: &'static str,
    typed: String,
    tool: Option<Arc<Tool>>,
    complaint: Option<String>,
    near: Vec<Arc<Tool>>,
}

impl Field {
    fn read(
        conn: &mut Db,
        directory: &Directory,
        typed: Option<&str>,
        asked: bool,
    ) -> Result<Self, AppError> {
        // No tool has a longer name, and to look for one costs as much as it is long.
        let typed: String = typed.unwrap_or_default().trim().chars().take(LONGEST_NAME).collect();
        if let Some(tool) = named(conn, directory, &typed)? {
            return Ok(Self { typed: tool.slug.to_string(), tool: Some(tool), ..Self::default() });
        }
        let short: String = typed.chars().take(100).collect();
        if short.is_empty() {
            return Ok(Self { complaint: asked.then(|| "Choose a tool.".to_owned()), ..Self::default() });
        }
        Ok(Self {
            complaint: Some(format!("There is no tool called “{}”.", isolated(&short))),
            near: told_apart(near_tools(directory, &short, 3)),
            typed: short,
            ..Self::default()
        })
    }

    fn is_unknown(&self) -> bool {
        !self.typed.is_empty() && self.tool.is_none()
    }
}

#[derive(Template)]
#[template(path = "comparisons/picker.html")]
struct PickerPage {
    shell: Shell,
    form: PickerForm,
}

impl PickerPage {
    /// Addresses of the picker with a near tool in this field, and the names of those tools. The others stay as they are.
    fn offers(&self, field: &Field) -> Vec<(String, String)> {
        let others = || self.form.fields.iter().filter(|other| other.key != field.key);
        let is_free = |tool: &&Arc<Tool>| others().all(|other| other.typed != tool.slug.as_str());
        let with = |tool: &Arc<Tool>| {
            let values = self.form.fields.iter().map(|other| {
                (other.key, if other.key == field.key { tool.slug.as_str() } else { other.typed.as_str() })
            });
            (address("/compare", &values.collect::<Vec<_>>(), 1), tool.name.clone())
        };
        field.near.iter().filter(is_free).map(with).collect()
    }

    fn suggested(&self) -> Vec<Arc<Tool>> {
        told_apart(suggested(self.form.directory.tools()))
    }

    fn total(&self) -> String {
        count(self.form.page.total as u64, "comparison", "comparisons")
    }

    fn pages(&self) -> PageLinks {
        self.form.page.links(href)
    }
}

/// What the query comes to.
enum Picked {
    Path(String),
    Form(Box<PickerForm>),
}

struct PickerForm {
    status: StatusCode,
    fields: Vec<Field>,
    directory: Arc<Directory>,
    published: Vec<RatedPair>,
    page: Page,
}

pub(super) async fn show(
    request: HttpRequest,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let query = PickerQuery::parse(request.query_string());
    let render = async || {
        let (directory, live_tallies) = (app.catalogue.snapshot().await?, Arc::clone(&app.tallies));
        match app.database.run(move |conn| pick(conn, directory, &live_tallies, &query)).await? {
            Picked::Path(path) => Ok(Rendered::Other(page::see_other(&path))),
            Picked::Form(form) if form.status == StatusCode::OK => {
                Rendered::page(&PickerPage::new(&visit, *form), Votes::All)
            }
            Picked::Form(form) => {
                let status = form.status;
                Ok(Rendered::Other(page::show_private(&request, &PickerPage::new(&visit, *form), status)?))
            }
        }
    };
    app.cache.show(&request, visit.audience(), render).await
}

impl PickerPage {
    fn new(visit: &Visit, form: PickerForm) -> Self {
        let mut shell = visit.shell(
            form.page.title("Compare two tools"),
            "Put any two tools side by side: panel verdicts, prices, reviewers and community votes.",
            &href(form.page.number),
        );
        shell.listed = form.status == StatusCode::OK;
        shell.wrong = form.fields.iter().find(|field| field.complaint.is_some()).map(|field| field.key);
        Self { shell, form }
    }
}

/// The address of a page of the published comparisons.
fn href(page: usize) -> String {
    address("/compare", &[], page)
}

fn pick(
    conn: &mut Db,
    directory: Arc<Directory>,
    live_tallies: &LiveTallies,
    query: &PickerQuery,
) -> Result<Picked, AppError> {
    let asked = query.tools.iter().any(Option::is_some);
    let mut fields = Vec::new();
    for ((key, label), typed) in FIELDS.into_iter().zip(&query.tools) {
        if fields.len() < 2 || typed.as_ref().is_some_and(|typed| !typed.trim().is_empty()) {
            let read = Field::read(conn, &directory, typed.as_deref(), asked)?;
            fields.push(Field { key, label, ..read });
        }
    }
    if let Some(path) = path_of(&mut fields) {
        return Ok(Picked::Path(path));
    }
    let status = if fields.iter().any(Field::is_unknown) {
        StatusCode::NOT_FOUND
    } else if fields.iter().any(|field| field.complaint.is_some()) {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = Page::nearest(query.page, directory.comparisons().len(), PER_PAGE);
    let (pairs, tallies) = (page.of(directory.comparisons()).iter(), live_tallies.all_tallies());
    let mut published: Vec<RatedPair> = pairs
        .filter_map(|record| Some(ToolPair::of_comparison(&directory, record)?.rated(&tallies)))
        .collect();
    tell_apart(published.iter_mut().flat_map(|rated| &mut rated.pair.tools));
    Ok(Picked::Form(Box::new(PickerForm { status, fields, directory, published, page })))
}

/// The comparison of what the fields name, where all do; one that repeats another is complained of.
fn path_of(fields: &mut [Field]) -> Option<String> {
    let tools: Vec<Arc<Tool>> = fields.iter().map(|field| field.tool.clone()).collect::<Option<_>>()?;
    for (n, tool) in tools.iter().enumerate() {
        if tools.iter().take(n).any(|earlier| earlier.id == tool.id) {
            let words =
                if tools.len() == 2 { "Choose two different tools." } else { "Choose different tools." };
            fields.get_mut(n)?.complaint = Some(words.to_owned());
            return None;
        }
    }
    match tools.as_slice() {
        [a, b] => ToolPair::of(a, b).map(|pair| pair.path()),
        _ => ToolGroup::of(tools).map(|group| group.path()),
    }
}

/// The tool that somebody typed: by slug, by name, or the one that a search puts first and whose
/// name begins so.
fn named(conn: &mut Db, directory: &Directory, typed: &str) -> Result<Option<Arc<Tool>>, AppError> {
    if typed.is_empty() {
        return Ok(None);
    }
    let lower = typed.to_lowercase();
    let exact = directory
        .tool(&lower)
        .or_else(|| directory.tool_named(typed))
        .or_else(|| directory.tool_now_or_once(&lower));
    if let Some(tool) = exact {
        return Ok(Some(Arc::clone(tool)));
    }
    let (best, begin) = (search::find(conn, directory, typed)?, look(typed));
    let mut begins = best
        .into_iter()
        .take(2)
        .filter_map(|position| directory.tools().get(position))
        .filter(|tool| look(&tool.name).starts_with(&begin));
    match (begins.next(), begins.next()) {
        (Some(only), None) => Ok(Some(Arc::clone(only))),
        _ => Ok(None),
    }
}
