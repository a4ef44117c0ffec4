//! What the records of a file refer to, and whether they may stand under the addresses that they name.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::fields::{Path, Problems, quoted};
use super::import::{BATCH, ImportError};
use super::record::File;
use crate::catalogue::standing::Standing;
use crate::catalogue::terms::{RecordKind, Status};
use crate::db::Db;
use crate::schema::{categories, redirects, reviewers, tools};
use crate::slug::Slug;

/// Finds references to categories, reviewers and tools that neither the file nor the database has, or whose status
/// forbids them, and addresses that lead to another record.
pub(in crate::catalogue) fn check_references(conn: &mut Db, file: &File) -> Result<(), ImportError> {
    let standing = Standing::load(conn, &file.tools)?;
    let mut known_categories: HashSet<String> = standing.category_slugs().map(str::to_owned).collect();
    known_categories.extend(file.categories.iter().map(|record| record.slug.to_string()));
    let mut known_reviewers: HashSet<String> = standing.reviewer_slugs().map(str::to_owned).collect();
    known_reviewers.extend(file.reviewers.iter().map(|record| record.slug.to_string()));
    let mut known_tools = HashSet::new();
    if !file.comparisons.is_empty() {
        known_tools.extend(tools::table.select(tools::slug).load::<String>(conn)?);
    }
    known_tools.extend(file.tools.iter().map(|record| record.slug.to_string()));

    let former = FormerAddresses::load(conn)?;
    let problems = Problems::default();
    let check = |known: &HashSet<String>, kind: RecordKind, slug: &Slug, path: &Path<'_>| {
        if !known.contains(slug.as_str()) {
            problems.add(path, format!("there is no {kind} {}{}", quoted(slug), former.now_at(kind, slug)));
        }
    };
    let check_address = |kind: RecordKind, slug: &Slug, path: &Path<'_>| {
        if let Some(present) = former.present(kind, slug) {
            let (slug, present) = (quoted(slug), quoted(present));
            problems.add(path, format!("{slug} is a former address of the {kind} {present} and leads to it"));
        }
    };
    let top = Path::Top;
    let list = top.key("categories");
    for (index, category) in file.categories.iter().enumerate() {
        check_address(RecordKind::Category, &category.slug, &list.index(index).key("slug"));
    }
    let list = top.key("reviewers");
    for (index, reviewer) in file.reviewers.iter().enumerate() {
        check_address(RecordKind::Reviewer, &reviewer.slug, &list.index(index).key("slug"));
    }
    let list = top.key("tools");
    for (index, tool) in file.tools.iter().enumerate() {
        let path = list.index(index);
        // One that went into another stays archived under its address, which leads on.
        if !(tool.status == Status::Archived && former.is_taken(&tool.slug)) {
            check_address(RecordKind::Tool, &tool.slug, &path.key("slug"));
        }
        check(&known_categories, RecordKind::Category, &tool.category, &path.key("category"));
        if let Some(fault) = standing.against_category(tool.status, &tool.category) {
            problems.add(&path.key("category"), fault);
        }
        if let Some(draft) = standing.draft_behind(tool.status, &tool.slug)
            && !tool.reviews.iter().any(|review| review.reviewer.as_str() == draft)
        {
            problems.add(
                &path.key("status"),
                format!("cannot be published: {draft}, who reviewed it, is a draft"),
            );
        }
        let reviews = path.key("reviews");
        for (index, review) in tool.reviews.iter().enumerate() {
            let path = reviews.index(index);
            check(&known_reviewers, RecordKind::Reviewer, &review.reviewer, &path.key("reviewer"));
            if let Some(fault) = standing.against_review(tool.status, &tool.slug, &review.reviewer) {
                problems.add(&path.key("reviewer"), fault);
            }
        }
    }
    let list = top.key("comparisons");
    for (index, comparison) in file.comparisons.iter().enumerate() {
        let path = list.index(index);
        let path = path.key("tools");
        for (index, tool) in comparison.tools.iter().enumerate() {
            check(&known_tools, RecordKind::Tool, tool, &path.index(index));
            if comparison.status != Status::Archived && known_tools.contains(tool.as_str()) {
                check_address(RecordKind::Tool, tool, &path.index(index));
            }
        }
    }
    match problems.into_vec() {
        problems if problems.is_empty() => Ok(()),
        problems => Err(ImportError::Problems(problems)),
    }
}

/// The addresses that lead to a record which has another by now.
#[derive(Default)]
struct FormerAddresses {
    /// The present address behind each.
    present: HashMap<(RecordKind, String), String>,
    /// Those of tools that a tool still stands under: it went into the one that its address leads to.
    taken: HashSet<String>,
}

impl FormerAddresses {
    fn load(conn: &mut Db) -> QueryResult<Self> {
        type Rows = Vec<(i16, String, i64)>;
        let rows: Rows =
            redirects::table.select((redirects::kind, redirects::slug, redirects::record_id)).load(conn)?;
        let mut found = Self::default();
        if rows.is_empty() {
            return Ok(found);
        }
        for kind in [RecordKind::Category, RecordKind::Reviewer, RecordKind::Tool] {
            let of_kind: HashMap<&str, i64> = rows
                .iter()
                .filter(|(number, ..)| *number == kind.to_i16())
                .map(|(_, slug, id)| (slug.as_str(), *id))
                .collect();
            let ids: Vec<i64> = of_kind.values().copied().collect();
            let present: HashMap<i64, String> = slugs_of(conn, kind, &ids)?.into_iter().collect();
            for (slug, id) in &of_kind {
                if let Some(present) = present.get(id).filter(|present| present != slug) {
                    found.present.insert((kind, (*slug).to_owned()), present.clone());
                }
            }
        }
        let former: Vec<&String> = found
            .present
            .keys()
            .filter(|(kind, _)| *kind == RecordKind::Tool)
            .map(|(_, slug)| slug)
            .collect();
        for slugs in former.chunks(BATCH) {
            let taken = tools::table.filter(tools::slug.eq_any(slugs.to_vec())).select(tools::slug);
            found.taken.extend(taken.load::<String>(conn)?);
        }
        Ok(found)
    }

    /// The present address of the record that a former one leads to.
    fn present(&self, kind: RecordKind, slug: &Slug) -> Option<&str> {
        self.present.get(&(kind, slug.to_string())).map(String::as_str)
    }

    /// Whether a tool still stands under a former address.
    fn is_taken(&self, slug: &Slug) -> bool {
        self.taken.contains(slug.as_str())
    }

    /// Where a record is now, for the end of a sentence; nothing where it was never there.
    fn now_at(&self, kind: RecordKind, slug: &Slug) -> String {
        self.present(kind, slug).map(|present| format!(": it is {} now", quoted(present))).unwrap_or_default()
    }
}

/// Ids and slugs of these records.
fn slugs_of(conn: &mut Db, kind: RecordKind, ids: &[i64]) -> QueryResult<Vec<(i64, String)>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(BATCH) {
        let ids = ids.to_vec();
        found.extend(match kind {
            RecordKind::Category => categories::table
                .filter(categories::id.eq_any(ids))
                .select((categories::id, categories::slug))
                .load(conn)?,
            RecordKind::Reviewer => reviewers::table
                .filter(reviewers::id.eq_any(ids))
                .select((reviewers::id, reviewers::slug))
                .load(conn)?,
            RecordKind::Tool => {
                tools::table.filter(tools::id.eq_any(ids)).select((tools::id, tools::slug)).load(conn)?
            }
            RecordKind::Comparison => Vec::new(),
        });
    }
    Ok(found)
}
