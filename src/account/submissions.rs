//! One’s own submissions, and what came of them.

use std::ops::Range;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;
use diesel::QueryResult;

use crate::accounts::{CurrentUser, Visit};
use crate::catalogue::Status;
use crate::db::Db;
use crate::db::sql::counted;
use crate::submissions::store;
use crate::submissions::submission::{Content, Submission, SubmissionStatus, ToolLink};
use crate::text::count;
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::page::{self, Shell};
use crate::web::paging::{Page, PageLinks, address, field, wanted};
use crate::web::ui::Day;

/// How many items the account's own page lists.
const NEWEST: usize = 5;

/// How many items a page of them lists.
const PER_PAGE: usize = 50;

/// Items as a table. Who looked at them is not shown.
#[derive(Template)]
#[template(path = "account/_sent.html")]
pub(super) struct SentList {
    items: Vec<Submission>,
    /// How many there are on all pages.
    total: usize,
    /// The most characters that are shown of what one wrote.
    most: usize,
}

impl HtmlSafe for SentList {}

#[derive(Template)]
#[template(path = "account/sent.html")]
struct SentPage {
    shell: Shell,
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
    let is_shown = !visit.only_looks();
    let (page, items, seen) = app
        .database
        .run(move |conn| {
            let page = Page::nearest(wanted, counted(store::count_of(conn, user.id)?), PER_PAGE);
            let items = sent_by(conn, user.id, page.range())?;
            // The head leads here, so that nothing is new after this, on whatever page of the list it stands.
            let is_seen = is_shown && user.new_answers > 0;
            let seen = if is_seen { Some(store::see_answers(conn, user.id, None)?) } else { None };
            Ok((page, items, seen))
        })
        .await?;
    if let Some(versions) = seen {
        app.freshness.notice(versions);
    }
    let href = |number| address("/account/sent", &[], number);
    let mut shell =
        visit.shell(page.title("My submissions"), "Your submissions to the moderators.", &href(page.number));
    shell.listed = false;
    if is_shown {
        shell.new_answers = 0;
    }
    let list = SentList { items, total: page.total, most: usize::MAX };
    page::show_private(&request, &SentPage { shell, list, pages: page.links(href) }, StatusCode::OK)
}

/// What somebody sent. A tool that is a draft again may have another name than the one that they knew.
fn sent_by(conn: &mut Db, account_id: i64, range: Range<usize>) -> QueryResult<Vec<Submission>> {
    let mut items = store::sent_by(conn, account_id, range)?;
    for tool in items.iter_mut().filter_map(|item| item.tool.as_mut()) {
        if tool.status == Status::Draft {
            tool.name = "A tool that is not listed".to_owned();
        }
    }
    Ok(items)
}

impl SentList {
    /// What was sent lately.
    pub(super) fn newest(conn: &mut Db, account_id: i64) -> QueryResult<Self> {
        let total = counted(store::count_of(conn, account_id)?);
        Ok(Self { items: sent_by(conn, account_id, 0..NEWEST)?, total, most: 120 })
    }

    /// The ids of those whose answer was not looked at before.
    pub(super) fn unseen(&self) -> Vec<i64> {
        self.items.iter().filter(|item| item.is_new).map(|item| item.id).collect()
    }

    pub(super) fn how_many(&self) -> String {
        count(self.total as u64, "submission", "submissions")
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether there are more than are listed here.
    pub(super) fn are_more(&self) -> bool {
        self.total > self.items.len()
    }

    /// What one wrote, or its beginning.
    fn words(&self, item: &Submission) -> String {
        let text = match &item.content {
            Content::Tool(suggestion) => &suggestion.website,
            Content::Correction(correction) => &correction.value,
            Content::Report(report) => &report.words,
        };
        match text.char_indices().nth(self.most) {
            Some((at, _)) => format!("{} …", text.get(..at).unwrap_or(text).trim_end()),
            None => text.clone(),
        }
    }

    fn status(&self, item: &Submission) -> &'static str {
        match item.status {
            SubmissionStatus::Open if item.taken.is_some() => "In review",
            SubmissionStatus::Open => "Pending",
            status => status.label(),
        }
    }

    /// What stands in place of an answer.
    fn no_answer(&self, status: SubmissionStatus) -> &'static str {
        match status {
            SubmissionStatus::Open => "No reply yet",
            SubmissionStatus::Accepted => "Thank you.",
            SubmissionStatus::Declined | SubmissionStatus::Spam => "No reply",
        }
    }
}
