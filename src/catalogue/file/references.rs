//! What the records of a file refer to, and whether they may stand under the addresses that they name.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::outcome::ImportError;
use super::problem::{Path, Problems, quoted};
use super::record::File;
use crate::catalogue::rows::with_slugs;
use crate::catalogue::status_rules::{self, Standing};
use crate::catalogue::terms::{RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{redirects, tools};
use crate::db::sql::INSERT_BATCH;
use crate::slug::Slug;

/// Finds what an import would have to refuse: addresses that lead to another record, and what [`check_references`] finds.
pub(super) fn check(conn: &mut Db, file: &File) -> Result<(), ImportError> {
    let (taken, problems) = (TakenAddresses::load(conn)?, Problems::default());
    taken.check_addresses(file, &problems);
    find_references(conn, file, &taken, &problems)?;
    problems.none_or(()).map_err(ImportError::Problems)
}

/// Finds references to categories, reviewers and tools that neither the file nor the database has, or whose status
/// forbids them.
pub(in crate::catalogue) fn check_references(conn: &mut Db, file: &File) -> Result<(), ImportError> {
    let (taken, problems) = (TakenAddresses::load(conn)?, Problems::default());
    find_references(conn, file, &taken, &problems)?;
    problems.none_or(()).map_err(ImportError::Problems)
}

fn find_references(
    conn: &mut Db,
    file: &File,
    taken: &TakenAddresses,
    problems: &Problems,
) -> QueryResult<()> {
    let standing = Standing::load(conn, file)?;
    let mut known_tools = HashSet::new();
    if !file.comparisons.is_empty() {
        known_tools.extend(tools::table.select(tools::slug).load::<String>(conn)?);
        known_tools.extend(file.tools.iter().map(|record| record.slug.to_string()));
    }

    let check = |is_known: bool, kind: RecordKind, slug: &Slug, path: &Path<'_>| {
        if !is_known {
            problems.add(path, format!("there is no {kind} {}{}", quoted(slug), taken.now_at(kind, slug)));
        }
    };
    find_forbidden_statuses(conn, file, problems)?;
    let top = Path::Top;
    let list = top.key("tools");
    for (index, tool) in file.tools.iter().enumerate() {
        let path = list.index(index);
        let is_known = standing.has_category(&tool.category);
        check(is_known, RecordKind::Category, &tool.category, &path.key("category"));
        if let Some(fault) = standing.against_category(tool.status, &tool.category) {
            problems.add(&path.key("category"), fault);
        }
        if let Some(secret) = standing.secret_behind(tool.status, &tool.slug)
            && !tool.reviews.iter().any(|review| review.reviewer.as_str() == secret)
        {
            problems.add(
                &path.key("status"),
                format!("cannot be published: {secret}, who reviewed it, was never published"),
            );
        }
        let reviews = path.key("reviews");
        for (index, review) in tool.reviews.iter().enumerate() {
            let path = reviews.index(index);
            let is_known = standing.has_reviewer(&review.reviewer);
            check(is_known, RecordKind::Reviewer, &review.reviewer, &path.key("reviewer"));
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
            check(known_tools.contains(tool.as_str()), RecordKind::Tool, tool, &path.index(index));
            if comparison.status != Status::Archived && known_tools.contains(tool.as_str()) {
                taken.check(RecordKind::Tool, tool, &path.index(index), problems);
            }
        }
    }
    Ok(())
}

/// Finds categories and reviewers that cannot be hidden, because of published tools that the file does not have.
fn find_forbidden_statuses(conn: &mut Db, file: &File, problems: &Problems) -> QueryResult<()> {
    let categories = file.categories.iter().map(|record| (RecordKind::Category, &record.slug, record.status));
    let reviewers = file.reviewers.iter().map(|record| (RecordKind::Reviewer, &record.slug, record.status));
    for (index, (kind, slug, status)) in categories.enumerate().chain(reviewers.enumerate()) {
        if let Some(fault) = status_rules::against_status(conn, kind, slug, status, file)? {
            problems.add(&Path::Top.key(kind.plural()).index(index).key("status"), fault);
        }
    }
    Ok(())
}

/// The addresses that lead to another record: it had them, or one went into it that still stands under them, archived.
#[derive(Default)]
struct TakenAddresses {
    /// The present address behind each.
    present: HashMap<(RecordKind, String), String>,
    /// Those that an archived record stands under.
    under_archived: HashSet<(RecordKind, String)>,
}

impl TakenAddresses {
    fn load(conn: &mut Db) -> QueryResult<Self> {
        let rows: Vec<(i16, String, i64)> = redirects::table
            .order(redirects::id.desc())
            .select((redirects::kind, redirects::slug, redirects::record_id))
            .load(conn)?;
        let mut found = Self::default();
        if rows.is_empty() {
            return Ok(found);
        }
        for kind in [RecordKind::Category, RecordKind::Reviewer, RecordKind::Tool] {
            let of_kind = rows.iter().filter(|(number, ..)| *number == kind.to_i16());
            // Of several the newest, which comes last here, stays.
            let leads: HashMap<&str, i64> = of_kind.rev().map(|(_, slug, id)| (slug.as_str(), *id)).collect();
            let records = records(conn, kind, &leads)?;
            let by_id: HashMap<i64, &str> =
                records.iter().map(|(id, slug, _)| (*id, slug.as_str())).collect();
            let by_slug: HashMap<&str, i16> =
                records.iter().map(|(_, slug, status)| (slug.as_str(), *status)).collect();
            for (slug, id) in leads {
                let Some(present) = by_id.get(&id).filter(|present| **present != slug) else { continue };
                match by_slug.get(slug).copied().and_then(Status::from_i16) {
                    Some(Status::Archived) => drop(found.under_archived.insert((kind, slug.to_owned()))),
                    // Whoever has it goes before what it led to.
                    Some(_) => continue,
                    None => {}
                }
                found.present.insert((kind, slug.to_owned()), (*present).to_owned());
            }
        }
        Ok(found)
    }

    /// Finds the records of a file that stand under an address which leads to another.
    fn check_addresses(&self, file: &File, problems: &Problems) {
        let top = Path::Top;
        let list = top.key("categories");
        for (index, category) in file.categories.iter().enumerate() {
            self.check(RecordKind::Category, &category.slug, &list.index(index).key("slug"), problems);
        }
        let list = top.key("reviewers");
        for (index, reviewer) in file.reviewers.iter().enumerate() {
            self.check(RecordKind::Reviewer, &reviewer.slug, &list.index(index).key("slug"), problems);
        }
        let list = top.key("tools");
        for (index, tool) in file.tools.iter().enumerate() {
            // One that went into another stays archived under its address, which leads on.
            if !(tool.status == Status::Archived && self.is_under_archived(RecordKind::Tool, &tool.slug)) {
                self.check(RecordKind::Tool, &tool.slug, &list.index(index).key("slug"), problems);
            }
        }
    }

    fn check(&self, kind: RecordKind, slug: &Slug, path: &Path<'_>, problems: &Problems) {
        if let Some(present) = self.present(kind, slug) {
            let (slug, present) = (quoted(slug), quoted(present));
            problems.add(path, format!("{slug} is a former address of the {kind} {present} and leads to it: use that one, or leave this out"));
        }
    }

    /// The present address of the record that a former one leads to.
    fn present(&self, kind: RecordKind, slug: &Slug) -> Option<&str> {
        self.present.get(&(kind, slug.to_string())).map(String::as_str)
    }

    /// Whether an archived record still stands under a former address.
    fn is_under_archived(&self, kind: RecordKind, slug: &Slug) -> bool {
        self.under_archived.contains(&(kind, slug.to_string()))
    }

    /// Where a record is now, for the end of a sentence; nothing where it was never there.
    fn now_at(&self, kind: RecordKind, slug: &Slug) -> String {
        self.present(kind, slug).map(|present| format!(": it is {} now", quoted(present))).unwrap_or_default()
    }
}

/// Id, slug and status of the records that former addresses lead to or that stand under them.
fn records(
    conn: &mut Db,
    kind: RecordKind,
    leads: &HashMap<&str, i64>,
) -> QueryResult<Vec<(i64, String, i16)>> {
    let leads: Vec<(&str, i64)> = leads.iter().map(|(slug, id)| (*slug, *id)).collect();
    let mut found = Vec::new();
    for leads in leads.chunks(INSERT_BATCH) {
        let (slugs, ids): (Vec<&str>, Vec<i64>) = leads.iter().copied().unzip();
        with_slugs!(kind, table => {
            let rows = table::table
                .filter(table::slug.eq_any(slugs).or(table::id.eq_any(ids)))
                .select((table::id, table::slug, table::status));
            found.extend(rows.load::<(i64, String, i16)>(conn)?);
        }, {});
    }
    Ok(found)
}
