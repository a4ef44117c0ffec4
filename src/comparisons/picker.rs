//! The picker: two tools by name, and all published comparisons.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

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

/// What an address asks for: the two fields, as far as it has them, and the page of the list below.
#[derive(Debug)]
struct PickerQuery {
    a: Option<String>,
    b: Option<String>,
    page: usize,
}

impl PickerQuery {
    fn parse(query: &str) -> Self {
        Self { a: given(query, "a"), b: given(query, "b"), page: wanted(&field(query, "page")) }
    }
}

/// One of the two fields: as it was typed, what it names, and what is wrong with it.
#[derive(Debug, Default)]
struct Field {
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
            tool: None,
        })
    }

    fn is_unknown(&self) -> bool {
        !self.typed.is_empty() && self.tool.is_none()
    }

    /// Addresses of the picker with a near tool in this field, which is called `key`, and the names of those tools. The
    /// other field stays as it is.
    fn offers(&self, key: &'static str, other: &Self) -> Vec<(String, String)> {
        let near = self.near.iter().filter(|tool| tool.slug.as_str() != other.typed);
        near.map(|tool| {
            let (near, other) = (tool.slug.as_str(), other.typed.as_str());
            let fields = if key == "a" { [("a", near), ("b", other)] } else { [("a", other), ("b", near)] };
            (address("/compare", &fields, 1), tool.name.clone())
        })
        .collect()
    }
}

#[derive(Template)]
#[template(path = "comparisons/picker.html")]
struct PickerPage {
    shell: Shell,
    form: PickerForm,
}

impl PickerPage {
    fn fields(&self) -> [(&'static str, &'static str, &Field, &Field); 2] {
        let PickerForm { first, second, .. } = &self.form;
        [("a", "First tool", first, second), ("b", "Second tool", second, first)]
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
    first: Field,
    second: Field,
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
        let wrong = [("a", &form.first), ("b", &form.second)];
        shell.wrong = wrong.into_iter().find(|(_, field)| field.complaint.is_some()).map(|(name, _)| name);
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
    let asked = query.a.is_some() || query.b.is_some();
    let first = Field::read(conn, &directory, query.a.as_deref(), asked)?;
    let mut second = Field::read(conn, &directory, query.b.as_deref(), asked)?;
    if let (Some(left), Some(right)) = (&first.tool, &second.tool) {
        match ToolPair::of(left, right) {
            Some(pair) => return Ok(Picked::Path(pair.path())),
            None => second.complaint = Some("Choose two different tools.".to_owned()),
        }
    }
    let status = if first.is_unknown() || second.is_unknown() {
        StatusCode::NOT_FOUND
    } else if first.complaint.is_some() || second.complaint.is_some() {
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
    Ok(Picked::Form(Box::new(PickerForm { status, first, second, directory, published, page })))
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
