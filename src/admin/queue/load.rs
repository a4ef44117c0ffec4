//! What the pages of the queue show.

use std::sync::Arc;

use diesel::prelude::*;

use super::filters::QueueFilters;
use crate::admin::searching::ids_with;
use crate::catalogue::{Catalogue, Tool, tool_detail};
use crate::db::Db;
use crate::db::schema::{accounts, submissions, tools};
use crate::db::sql::{counted, limit_and_offset};
use crate::submissions::current_values::{self, CurrentValue};
use crate::submissions::store::{self, SubmissionRow};
use crate::submissions::submission::{Content, Holder, Submission, SubmissionStatus};
use crate::submissions::{duplicates, queue};
use crate::web::error::AppError;
use crate::web::paging::Page;

/// How many items a page lists.
const PER_PAGE: usize = 50;

/// Through how many items a search looks at most, beginning with the newest.
const LOOKED_THROUGH: i64 = 20_000;

/// One page of the queue.
pub(super) struct QueueSlice {
    pub filters: QueueFilters,
    pub page: Page,
    pub items: Vec<Submission>,
}

/// The items that this moderator asks for: what is open oldest first, what was decided newest first.
pub(super) fn slice(
    conn: &mut Db,
    filters: QueueFilters,
    moderator: i64,
    page: usize,
) -> Result<QueueSlice, AppError> {
    let matching = || {
        let mut query = submissions::table
            .inner_join(accounts::table.on(accounts::id.eq(submissions::account_id)))
            .left_join(tools::table.on(tools::id.nullable().eq(submissions::tool_id)))
            .filter(submissions::status.eq(filters.status.to_i16()))
            .into_boxed();
        if let Some(kind) = filters.kind {
            query = query.filter(submissions::kind.eq(kind.to_i16()));
        }
        query = match filters.who {
            Some(Holder::Me) => query.filter(submissions::taken_by.eq(moderator)),
            Some(Holder::Others) => query.filter(submissions::taken_by.ne(moderator)),
            Some(Holder::Nobody) => query.filter(submissions::taken_by.is_null()),
            None => query,
        };
        query
    };
    let found: Option<Vec<i64>> = match filters.q.as_str() {
        "" => None,
        q => {
            let texts = (submissions::name, submissions::content, accounts::handle, tools::name.nullable());
            type Texts = (String, String, String, Option<String>);
            let newest =
                matching().order((submissions::made_at.desc(), submissions::id.desc())).limit(LOOKED_THROUGH);
            let all: Vec<(i64, Texts)> = newest.select((submissions::id, texts)).load(conn)?;
            let texts =
                |(name, content, handle, tool): Texts| [name, content, handle].into_iter().chain(tool);
            Some(ids_with(q, all.into_iter().map(|(id, all)| (id, texts(all)))).collect())
        }
    };
    let matching = || match &found {
        Some(ids) => matching().filter(submissions::id.eq_any(ids)),
        None => matching(),
    };
    let page = Page::nearest(page, counted(matching().count().get_result(conn)?), PER_PAGE);
    let query = matching().select(SubmissionRow::as_select());
    let query = match filters.status {
        SubmissionStatus::Open => query.order((submissions::made_at.asc(), submissions::id.asc())),
        _ => query.order((submissions::made_at.desc(), submissions::id.desc())),
    };
    let (limit, offset) = limit_and_offset(&page.range());
    let rows = query.offset(offset).limit(limit).load(conn)?;
    Ok(QueueSlice { filters, page, items: store::with_names(conn, rows)? })
}

/// The first items of any status that the queue finds: what is open first, then what was decided last.
pub(in crate::admin) fn search(
    conn: &mut Db,
    q: &str,
    moderator: i64,
    most: usize,
) -> Result<Vec<Submission>, AppError> {
    let mut found = Vec::new();
    for &status in SubmissionStatus::ALL {
        let filters = QueueFilters { kind: None, status, who: None, q: q.to_owned() };
        found.extend(slice(conn, filters, moderator, 1)?.items);
    }
    found.truncate(most);
    Ok(found)
}

/// An item and what helps to decide on it.
pub(super) struct SubmissionSheet {
    pub item: Submission,
    /// How many items of the sender have each status.
    pub sent: [i64; 4],
    /// What the entry says now of what may be corrected.
    pub stands: Vec<CurrentValue>,
    /// The take or the description that it is about.
    pub text: String,
    /// The name of the category of a suggested tool, if there is one.
    pub category: String,
    /// Published tools that a suggested one may be.
    pub alike: Vec<Arc<Tool>>,
    /// Other open items about the same tool.
    pub others: Vec<Submission>,
}

pub(super) fn sheet(conn: &mut Db, catalogue: &Catalogue, id: i64) -> Result<SubmissionSheet, AppError> {
    let item = queue::find(conn, id)?.ok_or_else(AppError::not_found)?;
    let mut sheet = SubmissionSheet {
        sent: store::count_by_status(conn, item.sender.id)?,
        stands: Vec::new(),
        text: String::new(),
        category: String::new(),
        alike: Vec::new(),
        others: others(conn, &item)?,
        item,
    };
    let directory = catalogue.current(conn)?;
    if let Content::Tool(suggestion) = &sheet.item.content {
        let category = directory.category(&suggestion.category);
        sheet.category =
            category.map_or_else(|| suggestion.category.clone(), |category| category.name.clone());
        let alike = duplicates::tools(&directory, &sheet.item.name, &suggestion.website);
        sheet.alike = alike.into_iter().cloned().collect();
    }
    // Of what is not published, the form in the admin area tells all.
    if let Some(tool) = sheet.item.tool.as_ref().and_then(|tool| directory.tool_by_id(tool.id)) {
        let detail = tool_detail(conn, tool.id)?;
        let reviewer = sheet.item.reviewer.as_ref().and_then(|(slug, _)| directory.reviewer(slug));
        let of = |id| detail.reviews.iter().find(|review| review.reviewer_id == id);
        sheet.text = match (&sheet.item.content, reviewer) {
            (_, Some(reviewer)) => of(reviewer.id).map(|review| review.take.clone()).unwrap_or_default(),
            (Content::Correction(correction), _) if !correction.field.may_be_in_description() => {
                String::new()
            }
            _ => detail.description.clone(),
        };
        sheet.stands = current_values::of(tool, &detail);
    }
    Ok(sheet)
}

/// Open items about the same tool, or that miss one of the same name.
fn others(conn: &mut Db, item: &Submission) -> QueryResult<Vec<Submission>> {
    let mut found = match &item.tool {
        Some(tool) => queue::open_about(conn, tool.id)?,
        None => duplicates::waiting(conn, &item.name)?,
    };
    found.retain(|other| other.id != item.id);
    Ok(found)
}
