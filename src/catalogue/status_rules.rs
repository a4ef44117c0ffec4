//! Who sees what: which records readers see or saw, and what the status of categories and reviewers allows. Readers see
//! nothing of what was never published, and nobody joins what is archived.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::select;

use super::file::record::File;
use super::history;
use super::terms::{RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{categories, reviewers, reviews, tools};
use crate::text::count;

/// The reviewers whom readers see: the panel, and those who left it after readers had seen them.
#[diesel::dsl::auto_type]
pub(super) fn public_reviewers() -> _ {
    let published: Status = Status::Published;
    let archived: Status = Status::Archived;
    let former = reviewers::status.eq(archived).and(reviewers::published_at.is_not_null());
    reviewers::table.filter(reviewers::status.eq(published).or(former))
}

/// Whether readers see a record of this status. Of what is archived they see reviewers only, and only those whom they saw
/// before.
pub(super) fn is_public(conn: &mut Db, kind: RecordKind, id: i64, status: Status) -> QueryResult<bool> {
    match (kind, status) {
        (_, Status::Published) => Ok(true),
        (RecordKind::Reviewer, Status::Archived) => {
            select(exists(public_reviewers().filter(reviewers::id.eq(id)))).get_result(conn)
        }
        _ => Ok(false),
    }
}

/// The tools that readers do not see, which are few.
pub fn hidden_tools(conn: &mut Db) -> QueryResult<Vec<i64>> {
    let hidden = [Status::Draft, Status::Archived].map(Status::to_i16);
    tools::table.filter(tools::status.eq_any(hidden)).select(tools::id).load(conn)
}

/// Whether readers ever saw a record, whatever its status is.
pub fn was_published(conn: &mut Db, kind: RecordKind, id: i64) -> QueryResult<bool> {
    match kind {
        RecordKind::Tool => tools::table.find(id).select(tools::published_at.is_not_null()).get_result(conn),
        _ => history::was_published(conn, (kind, id)),
    }
}

/// The status to which an archived record goes back: the one that it had before. Of one that was never another here, none
/// but a reviewer is known to readers.
pub fn before_archiving(conn: &mut Db, kind: RecordKind, id: i64) -> QueryResult<Status> {
    if let Some(status) = history::status_before_archiving(conn, (kind, id))? {
        return Ok(status);
    }
    let is_known = is_public(conn, kind, id, Status::Archived)?;
    Ok(if is_known { Status::Published } else { Status::Draft })
}

/// Notes since when readers see each reviewer: whoever is published, or has reviews that are. A catalogue file that brings
/// a former reviewer says no more of it than that. Of a draft they see nothing, whatever it was.
pub(super) fn note_published(conn: &mut Db, now: NaiveDateTime) -> QueryResult<()> {
    let published = Status::Published;
    let shown = reviews::table
        .inner_join(tools::table)
        .filter(reviews::reviewer_id.eq(reviewers::id))
        .filter(tools::status.eq(published));
    let unnoted = reviewers::table.filter(reviewers::published_at.is_null());
    diesel::update(unnoted.filter(reviewers::status.eq(published).or(exists(shown))))
        .set(reviewers::published_at.eq(now))
        .execute(conn)?;
    let noted = reviewers::table.filter(reviewers::published_at.is_not_null());
    diesel::update(noted.filter(reviewers::status.eq(Status::Draft)))
        .set(reviewers::published_at.eq(None::<NaiveDateTime>))
        .execute(conn)?;
    Ok(())
}

/// The categories and reviewers as they will be with a file, for tools that refer to them.
pub(super) struct Standing {
    categories: HashMap<String, Status>,
    reviewers: HashMap<String, ReviewerStanding>,
    /// Tool and reviewer of each review that is there already by a reviewer who is not published.
    reviewed: HashSet<(String, String)>,
}

#[derive(Clone, Copy, Default)]
struct ReviewerStanding {
    /// None of one who comes with the file.
    stored: Option<Status>,
    status: Status,
    is_known: bool,
}

impl ReviewerStanding {
    /// Whether readers shall not learn of the reviewer.
    fn is_secret(self) -> bool {
        match self.status {
            Status::Published => false,
            Status::Draft => true,
            // A former reviewer who comes with a file is known by the reviews that come along.
            Status::Archived => self.stored.is_some() && !self.is_known,
        }
    }
}

/// Up to this many tools only their own reviews are read.
const FEW: usize = 100;

impl Standing {
    pub(super) fn load(conn: &mut Db, file: &File) -> QueryResult<Self> {
        let mut categories: HashMap<String, Status> = categories::table
            .select((categories::slug, categories::status))
            .load::<(String, Status)>(conn)?
            .into_iter()
            .collect();
        categories.extend(file.categories.iter().map(|record| (record.slug.to_string(), record.status)));
        let stored = reviewers::table
            .select((reviewers::slug, reviewers::status, reviewers::published_at.is_not_null()))
            .load::<(String, Status, bool)>(conn)?
            .into_iter();
        let mut reviewers: HashMap<String, ReviewerStanding> = stored
            .map(|(slug, status, is_known)| {
                (slug, ReviewerStanding { stored: Some(status), status, is_known })
            })
            .collect();
        for record in &file.reviewers {
            reviewers.entry(record.slug.to_string()).or_default().status = record.status;
        }
        let hidden = reviewers.iter().filter(|(_, standing)| standing.status != Status::Published);
        let hidden: Vec<&str> = hidden.map(|(slug, _)| slug.as_str()).collect();
        let mut reviewed = HashSet::new();
        if !file.tools.is_empty() && !hidden.is_empty() {
            let mut query = reviews::table
                .inner_join(reviewers::table)
                .inner_join(tools::table)
                .filter(reviewers::slug.eq_any(hidden))
                .select((tools::slug, reviewers::slug))
                .into_boxed();
            if file.tools.len() <= FEW {
                query =
                    query.filter(tools::slug.eq_any(file.tools.iter().map(|record| record.slug.as_str())));
            }
            reviewed.extend(query.load::<(String, String)>(conn)?);
        }
        Ok(Self { categories, reviewers, reviewed })
    }

    pub(super) fn has_category(&self, slug: &str) -> bool {
        self.categories.contains_key(slug)
    }

    pub(super) fn has_reviewer(&self, slug: &str) -> bool {
        self.reviewers.contains_key(slug)
    }

    /// Why a tool of this status cannot be in a category.
    pub(super) fn against_category(&self, status: Status, category: &str) -> Option<&'static str> {
        match self.categories.get(category)? {
            _ if status != Status::Published => None,
            Status::Published => None,
            Status::Draft => Some("is a draft: publish the category before its tools"),
            Status::Archived => Some("is archived: restore the category before its tools are published"),
        }
    }

    /// A reviewer whom readers shall not learn of and who has reviewed this tool, which therefore cannot be published.
    pub(super) fn secret_behind(&self, status: Status, tool: &str) -> Option<&str> {
        let is_secret = |reviewer: &&str| self.reviewers.get(*reviewer).is_some_and(|one| one.is_secret());
        let theirs = self.reviewed.iter().filter(|(other, _)| other == tool);
        let mut theirs =
            theirs.map(|(_, reviewer)| reviewer.as_str()).filter(|_| status == Status::Published);
        theirs.find(is_secret)
    }

    /// Why a reviewer cannot have a review of this tool.
    pub(super) fn against_review(&self, status: Status, tool: &str, reviewer: &str) -> Option<&'static str> {
        let standing = *self.reviewers.get(reviewer)?;
        match standing.status {
            _ if status == Status::Published && standing.is_secret() => {
                Some("is a draft: publish the reviewer before tools with their reviews")
            }
            Status::Archived if standing.stored != Some(Status::Archived) => None,
            Status::Archived if !self.reviewed.contains(&(tool.to_owned(), reviewer.to_owned())) => {
                Some("is archived and reviews no more")
            }
            _ => None,
        }
    }
}

/// Why a category or reviewer cannot get this status. The tools of the file are not looked at: what stands against them is
/// said with them.
pub(super) fn against_status(
    conn: &mut Db,
    kind: RecordKind,
    slug: &str,
    status: Status,
    file: &File,
) -> QueryResult<Option<String>> {
    let published = tools::status.eq(Status::Published);
    let (shown, [one, many], what): (Vec<String>, _, _) = match (kind, status) {
        (RecordKind::Category, Status::Draft | Status::Archived) => {
            let tools = tools::table.inner_join(categories::table).filter(categories::slug.eq(slug));
            (
                tools.filter(published).select(tools::slug).load(conn)?,
                ["published tool is", "published tools are"],
                "in it: move or archive them first",
            )
        }
        (RecordKind::Reviewer, Status::Draft) => {
            let reviews = reviews::table.inner_join(tools::table).inner_join(reviewers::table);
            let reviews = reviews.filter(reviewers::slug.eq(slug));
            (
                reviews.filter(published).select(tools::slug).load(conn)?,
                ["published tool has", "published tools have"],
                "their reviews: archive the reviewer instead",
            )
        }
        _ => return Ok(None),
    };
    let in_file: HashSet<&str> = file.tools.iter().map(|record| record.slug.as_str()).collect();
    let shown = shown.iter().filter(|slug| !in_file.contains(slug.as_str())).count() as u64;
    Ok((shown > 0).then(|| format!("{} {what}", count(shown, one, many))))
}
