//! One’s own submissions, and what came of them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;
use diesel::QueryResult;

use crate::accounts::{CurrentUser, Visit};
use crate::db::Db;
use crate::db::sql::counted;
use crate::submissions::store;
use crate::submissions::submission::{Content, Status, Subject, Submission};
use crate::text::{count, rich_inline};
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::page::{self, Shell};
use crate::web::paging::{Page, PageLinks, address, field, wanted};
use crate::web::ui::Day;

/// How many items the account's own page lists.
const NEWEST: usize = 5;

/// How many items a page of them lists.
const PER_PAGE: usize = 50;

/// What was sent lately.
pub(super) struct Newest {
    pub list: SentList,
    /// How many there are in all, in words.
    pub how_many: String,
    pub are_more: bool,
}

pub(super) fn newest(conn: &mut Db, account_id: i64) -> QueryResult<Newest> {
    let total = total(conn, account_id)?;
    let items = store::sent_by(conn, account_id, 0..NEWEST)?;
    Ok(Newest {
        how_many: how_many(total),
        are_more: total > items.len(),
        list: SentList::new(items, clipped),
    })
}

#[derive(Template)]
#[template(path = "account/sent.html")]
struct SentPage {
    shell: Shell,
    how_many: String,
    list: SentList,
    pages: PageLinks,
}

pub(super) async fn show(
    request: HttpRequest,
    user: CurrentUser,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let wanted = wanted(&field(request.query_string(), "page"));
    let (page, items) = app
        .database
        .run(move |conn| {
            let page = Page::nearest(wanted, total(conn, user.id)?, PER_PAGE);
            Ok((page, store::sent_by(conn, user.id, page.range())?))
        })
        .await?;
    let href = |number| address("/account/sent", &[], number);
    let mut shell =
        visit.shell(page.title("My submissions"), "Your submissions to the moderators.", &href(page.number));
    shell.listed = false;
    let sent = SentPage {
        shell,
        how_many: how_many(page.total),
        list: SentList::new(items, str::to_owned),
        pages: page.links(href),
    };
    page::show_private(&request, &sent, StatusCode::OK)
}

fn total(conn: &mut Db, account_id: i64) -> QueryResult<usize> {
    Ok(counted(store::count_of(conn, account_id)?))
}

fn how_many(total: usize) -> String {
    count(total as u64, "submission", "submissions")
}

/// The beginning of a text that may be long.
fn clipped(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{} …", text.get(..at).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// Items as a table. Who looked at them is not shown.
#[derive(Template)]
#[template(path = "account/_sent.html")]
pub(super) struct SentList {
    lines: Vec<SentLine>,
}

impl HtmlSafe for SentList {}

impl SentList {
    /// `shown` makes of what one wrote what is shown of it.
    fn new(items: Vec<Submission>, shown: fn(&str) -> String) -> Self {
        Self { lines: items.into_iter().map(|item| SentLine::new(item, shown)).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// One item.
struct SentLine {
    title: String,
    /// The tool it is about, if readers find it.
    href: Option<String>,
    kind: &'static str,
    /// What one wrote.
    words: String,
    day: Day,
    status: Status,
    state: &'static str,
    decided: Option<Day>,
    /// As HTML.
    answer: String,
    /// The address and name of the entry that came of it.
    outcome: Option<(String, String)>,
}

impl SentLine {
    fn new(item: Submission, words: fn(&str) -> String) -> Self {
        let shown = |tool: &Subject| tool.is_published.then(|| format!("/tools/{}", tool.slug));
        Self {
            title: item.title(),
            href: item.tool.as_ref().and_then(shown),
            kind: item.content.kind().label(),
            words: match &item.content {
                Content::Tool(suggestion) => words(&suggestion.website),
                Content::Correction(correction) => words(&correction.value),
                Content::Report(report) => words(&report.words),
            },
            day: Day(item.made_at.date()),
            status: item.status,
            state: match item.status {
                Status::Open if item.taken.is_some() => "In review",
                Status::Open => "Pending",
                status => status.label(),
            },
            decided: item.decided.as_ref().map(|(_, at)| Day(at.date())),
            answer: rich_inline(&item.answer),
            outcome: item.outcome.and_then(|tool| Some((shown(&tool)?, tool.name))),
        }
    }

    /// What stands in place of an answer.
    fn no_answer(&self) -> &'static str {
        match self.status {
            Status::Open => "No reply yet",
            Status::Accepted => "Thank you.",
            Status::Declined | Status::Spam => "No reply",
        }
    }
}
