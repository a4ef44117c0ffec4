//! What the status of categories and reviewers allows: readers see nothing of a draft, and nobody joins what is
//! archived.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::file::record::ToolRecord;
use super::terms::{RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{categories, reviewers, reviews, tools};

/// What is stored of categories and reviewers, for tools that refer to them.
pub(super) struct Standing {
    categories: HashMap<String, Status>,
    reviewers: HashMap<String, Status>,
    /// Tool and reviewer of each review that is there already by a reviewer who is not published.
    reviewed: HashSet<(String, String)>,
}

/// Up to this many tools only their own reviews are read.
const FEW: usize = 100;

impl Standing {
    pub(super) fn load(conn: &mut Db, tool_records: &[ToolRecord]) -> QueryResult<Self> {
        let categories = categories::table
            .select((categories::slug, categories::status))
            .load::<(String, Status)>(conn)?;
        let reviewers =
            reviewers::table.select((reviewers::slug, reviewers::status)).load::<(String, Status)>(conn)?;
        let mut reviewed = HashSet::new();
        let published = Status::Published;
        if !tool_records.is_empty() && reviewers.iter().any(|(_, status)| *status != published) {
            let mut query = reviews::table
                .inner_join(reviewers::table)
                .inner_join(tools::table)
                .filter(reviewers::status.ne(published))
                .select((tools::slug, reviewers::slug))
                .into_boxed();
            if tool_records.len() <= FEW {
                query =
                    query.filter(tools::slug.eq_any(tool_records.iter().map(|record| record.slug.as_str())));
            }
            reviewed.extend(query.load::<(String, String)>(conn)?);
        }
        Ok(Self {
            categories: categories.into_iter().collect(),
            reviewers: reviewers.into_iter().collect(),
            reviewed,
        })
    }

    pub(super) fn category_slugs(&self) -> impl Iterator<Item = &str> {
        self.categories.keys().map(String::as_str)
    }

    pub(super) fn reviewer_slugs(&self) -> impl Iterator<Item = &str> {
        self.reviewers.keys().map(String::as_str)
    }

    /// Why a tool of this status cannot be in a category.
    pub(super) fn against_category(&self, status: Status, category: &str) -> Option<&'static str> {
        // One that is not stored comes with the file, and is published.
        match self.categories.get(category)? {
            _ if status != Status::Published => None,
            Status::Published => None,
            Status::Draft => Some("is a draft: publish the category before its tools"),
            Status::Archived => Some("is archived: restore the category before its tools are published"),
        }
    }

    /// A draft who has reviewed this tool, which therefore cannot be published.
    pub(super) fn draft_behind(&self, status: Status, tool: &str) -> Option<&str> {
        let is_draft = |reviewer: &String| self.reviewers.get(reviewer) == Some(&Status::Draft);
        let mut theirs =
            self.reviewed.iter().filter(|(other, _)| other == tool).map(|(_, reviewer)| reviewer);
        theirs.find(|reviewer| status == Status::Published && is_draft(reviewer)).map(String::as_str)
    }

    /// Why a reviewer cannot have a review of this tool.
    pub(super) fn against_review(&self, status: Status, tool: &str, reviewer: &str) -> Option<&'static str> {
        match self.reviewers.get(reviewer)? {
            Status::Published => None,
            Status::Draft if status == Status::Published => {
                Some("is a draft: publish the reviewer before tools with their reviews")
            }
            Status::Draft => None,
            Status::Archived if self.reviewed.contains(&(tool.to_owned(), reviewer.to_owned())) => None,
            Status::Archived => Some("is archived and reviews no more"),
        }
    }
}

/// Why a category or reviewer that is stored cannot get this status.
pub(super) fn against_status(
    conn: &mut Db,
    kind: RecordKind,
    id: i64,
    status: Status,
) -> QueryResult<Option<String>> {
    let published = tools::status.eq(Status::Published);
    let (count, what): (i64, _) = match (kind, status) {
        (RecordKind::Category, Status::Draft | Status::Archived) => {
            let tools = tools::table.filter(published).filter(tools::category_id.eq(id));
            (tools.count().get_result(conn)?, "published tools are in it: move or archive them first")
        }
        (RecordKind::Reviewer, Status::Draft) => {
            let reviews = reviews::table.inner_join(tools::table).filter(published);
            let reviews = reviews.filter(reviews::reviewer_id.eq(id));
            (
                reviews.count().get_result(conn)?,
                "published tools have their reviews: archive the reviewer instead",
            )
        }
        _ => return Ok(None),
    };
    Ok((count > 0).then(|| format!("{count} {what}")))
}
