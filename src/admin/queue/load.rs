//! What the pages of the queue show.

use std::sync::Arc;

use diesel::prelude::*;

use super::filters::QueueFilters;
use crate::catalogue::{Catalogue, Tool, tool_detail};
use crate::db::Db;
use crate::db::sql::counted;
use crate::submissions::current_values::{self, Line};
use crate::submissions::store::{self, Record};
use crate::submissions::submission::{Content, Submission};
use crate::submissions::{duplicates, queue};
use crate::web::error::AppError;
use crate::web::paging::Page;

/// How many items a page lists.
const PER_PAGE: usize = 50;

/// One page of the queue.
pub(super) struct QueueSlice {
    pub filters: QueueFilters,
    pub page: Page,
    pub items: Vec<Submission>,
}

pub(super) fn listing(
    conn: &mut Db,
    filters: QueueFilters,
    moderator: i64,
    page: usize,
) -> Result<QueueSlice, AppError> {
    let wanted = filters.wanted(moderator);
    let total = counted(queue::count(conn, &wanted)?);
    let page = Page::nearest(page, total, PER_PAGE);
    let items = queue::list(conn, &wanted, page.range())?;
    Ok(QueueSlice { filters, page, items })
}

/// An item and what helps to decide on it.
pub(super) struct SubmissionSheet {
    pub item: Submission,
    pub sender: Record,
    /// What the entry says now of what may be corrected.
    pub stands: Vec<Line>,
    /// The take or the description that it is about.
    pub text: Option<String>,
    /// The name of the category of a suggested tool.
    pub category: Option<String>,
    /// Published tools that a suggested one may be.
    pub alike: Vec<Arc<Tool>>,
    /// Other open items about the same tool.
    pub others: Vec<Submission>,
}

pub(super) fn sheet(conn: &mut Db, catalogue: &Catalogue, id: i64) -> Result<SubmissionSheet, AppError> {
    let item = queue::find(conn, id)?.ok_or_else(AppError::not_found)?;
    let sender = store::record_of(conn, item.sender.id)?;
    let mut sheet = SubmissionSheet {
        sender,
        stands: Vec::new(),
        text: None,
        category: None,
        alike: Vec::new(),
        others: others(conn, &item)?,
        item,
    };
    let directory = catalogue.current(conn)?;
    if let Content::Tool(suggestion) = &sheet.item.content {
        sheet.category = directory.category(&suggestion.category).map(|category| category.name.clone());
        let alike = duplicates::tools(&directory, &sheet.item.name, &suggestion.website);
        sheet.alike = alike.into_iter().cloned().collect();
    }
    // Of what is not published, the form in the admin area tells all.
    if let Some(tool) = sheet.item.tool.as_ref().and_then(|tool| directory.tool_by_id(tool.id)) {
        let detail = tool_detail(conn, tool.id)?;
        let reviewer = sheet.item.reviewer.as_ref().and_then(|(slug, _)| directory.reviewer(slug));
        let of = |id| detail.reviews.iter().find(|review| review.reviewer_id == id);
        sheet.text = match (&sheet.item.content, reviewer) {
            (_, Some(reviewer)) => of(reviewer.id).map(|review| review.take.clone()),
            (Content::Correction(correction), _) if !correction.field.may_be_in_description() => None,
            _ => Some(detail.description.clone()),
        };
        sheet.stands = current_values::lines(tool, &detail);
    }
    Ok(sheet)
}

/// Open items about the same tool, or that miss one of the same name.
fn others(conn: &mut Db, item: &Submission) -> QueryResult<Vec<Submission>> {
    let mut found = match &item.tool {
        Some(tool) => queue::open_about(conn, tool.id)?,
        None => {
            let mut found = Vec::new();
            for waiting in duplicates::waiting(conn, &item.name)? {
                found.extend(queue::find(conn, waiting.id)?);
            }
            found
        }
    };
    found.retain(|other| other.id != item.id);
    Ok(found)
}
