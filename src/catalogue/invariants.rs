//! What must hold in the catalogue's tables and cannot be said in their schema.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Nullable, Text};

use super::column;
use super::rows::ToolRow;
use super::search::{self, Entry};
use super::terms::{Basis, Kind, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{categories, comparisons, redirects, reviewers, reviews, tools};
use crate::slug::Slug;
use crate::stats::Choice;

/// Looks for what breaks an invariant, and adds a line for each finding.
type Look = fn(&mut Db, &mut Vec<String>) -> QueryResult<()>;

/// Every invariant of the catalogue, in a line, with what finds where it does not hold.
pub const ALL: &[(&str, Look)] = &[
    ("every reference leads to a row that exists", check_references),
    ("every tool has a readable slug and status, and the search index holds its texts", check_tools),
    ("every reviewer and review is complete and within its range", check_panel),
    ("every comparison has its two tools in the order of their slugs", check_comparisons),
    (
        "published tools are in published categories, with no reviews by whom readers never saw",
        check_standing,
    ),
    ("every former address leads to a record that is there and did not go into another", check_redirects),
];

/// Checks every invariant of the catalogue on one view of the data. Each finding is one line; none is good.
pub fn check(conn: &mut Db) -> QueryResult<Vec<String>> {
    conn.read(|conn| {
        let mut findings = Vec::new();
        ALL.iter().try_for_each(|(_, look)| look(conn, &mut findings))?;
        Ok(findings)
    })
}

#[derive(QueryableByName)]
struct Dangling {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Nullable<Text>)]
    parent: Option<String>,
}

/// SQLite enforces foreign keys only on connections that ask for it, so a file may hold rows that break them.
/// PostgreSQL cannot.
fn check_references(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    if let Db::Sqlite(conn) = conn {
        let rows: Vec<Dangling> =
            sql_query("SELECT \"table\", parent FROM pragma_foreign_key_check").load(conn)?;
        findings.extend(rows.into_iter().map(|row| {
            format!(
                "{}: a row refers to a row of {} that does not exist",
                row.table,
                row.parent.unwrap_or_default()
            )
        }));
    }
    Ok(())
}

fn check_tools(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    let categories: HashMap<i64, (String, String)> = categories::table
        .select((categories::id, categories::slug, categories::name))
        .load::<(i64, String, String)>(conn)?
        .into_iter()
        .map(|(id, slug, name)| (id, (slug, name)))
        .collect();
    for (slug, _) in categories.values() {
        check_slug("categories", slug, findings);
    }
    let rows = tools::table
        .select((tools::id, tools::published_at.is_null(), ToolRow::as_select()))
        .load::<(i64, bool, ToolRow)>(conn)?;
    let mut entries = Vec::with_capacity(rows.len());
    let mut slugs = HashMap::with_capacity(rows.len());
    for (id, never_published, row) in rows {
        check_slug("tools", &row.slug, findings);
        match Status::from_i16(row.status) {
            None => findings.push(format!("tool {}: status {} has no meaning", row.slug, row.status)),
            Some(Status::Published) if never_published => {
                findings.push(format!("tool {}: is published but has no published_at", row.slug));
            }
            Some(_) => {}
        }
        let category = categories.get(&row.category_id).map_or("", |(_, name)| name);
        entries.push(Entry::new(id, &row.name, &row.tagline, &row.description, category));
        slugs.insert(id, row.slug);
    }
    for id in search::wrong_entries(conn, &entries)? {
        findings.push(match slugs.get(&id) {
            Some(slug) => format!("tool {slug}: the search index differs from its texts"),
            None => format!("search index: an entry belongs to tool {id}, which does not exist"),
        });
    }
    Ok(())
}

fn check_panel(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    let rows = reviewers::table
        .select((reviewers::slug, reviewers::kind, reviewers::model, reviewers::likes, reviewers::tired_of))
        .load::<(String, i16, Option<String>, String, String)>(conn)?;
    for (slug, kind, model, likes, tired_of) in rows {
        check_slug("reviewers", &slug, findings);
        match (Kind::from_i16(kind), model) {
            (None, _) => findings.push(format!("reviewer {slug}: kind {kind} has no meaning")),
            (Some(Kind::Ai), None) => findings.push(format!("reviewer {slug}: is an AI without a model")),
            (Some(Kind::Human), Some(_)) => {
                findings.push(format!("reviewer {slug}: is human but has a model"));
            }
            _ => {}
        }
        if column::texts(&likes).is_err() || column::texts(&tired_of).is_err() {
            findings.push(format!("reviewer {slug}: likes or tired_of is not a list of texts"));
        }
    }
    let rows = reviews::table
        .select((reviews::id, reviews::verdict, reviews::score, reviews::basis))
        .load::<(i64, i16, Option<i16>, Option<i16>)>(conn)?;
    for (id, verdict, score, basis) in rows {
        let is_sound = Choice::from_i16(verdict).is_some()
            && score.is_none_or(|score| (0..=100).contains(&score))
            && basis.is_none_or(|basis| Basis::from_i16(basis).is_some());
        if !is_sound {
            findings.push(format!("review {id}: verdict, score or basis is out of range"));
        }
    }
    Ok(())
}

fn check_comparisons(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    let slugs: HashMap<i64, String> =
        tools::table.select((tools::id, tools::slug)).load::<(i64, String)>(conn)?.into_iter().collect();
    let rows = comparisons::table
        .select((
            comparisons::id,
            comparisons::first_tool_id,
            comparisons::second_tool_id,
            comparisons::status,
        ))
        .load::<(i64, i64, i64, i16)>(conn)?;
    for (id, first, second, status) in rows {
        // A tool that is missing is found by the foreign keys.
        if let (Some(first), Some(second)) = (slugs.get(&first), slugs.get(&second))
            && first >= second
        {
            findings.push(format!("comparison {first}, {second}: is not in the order of the slugs"));
        }
        if Status::from_i16(status).is_none() {
            findings.push(format!("comparison {id}: status {status} has no meaning"));
        }
    }
    Ok(())
}

/// Published tools stand in published categories, and have no reviews by drafts.
fn check_standing(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    let published = Status::PUBLISHED;
    let rows = tools::table
        .inner_join(categories::table)
        .filter(tools::status.eq(published))
        .filter(categories::status.ne(published))
        .select((tools::slug, categories::slug))
        .load::<(String, String)>(conn)?;
    let hidden = |(tool, category)| format!("tool {tool}: is published, but its category {category} is not");
    findings.extend(rows.into_iter().map(hidden));
    let rows = reviews::table
        .inner_join(tools::table)
        .inner_join(reviewers::table)
        .filter(tools::status.eq(published))
        .filter(reviewers::published_at.is_null())
        .select((tools::slug, reviewers::slug))
        .load::<(String, String)>(conn)?;
    let hidden = |(tool, reviewer)| {
        format!("tool {tool}: is published with a review by {reviewer}, whom readers never saw")
    };
    findings.extend(rows.into_iter().map(hidden));
    let rows: Vec<(String, i16, bool)> = reviewers::table
        .select((reviewers::slug, reviewers::status, reviewers::published_at.is_null()))
        .load(conn)?;
    let is_wrong = |(_, status, unnoted): &(String, i16, bool)| match Status::from_i16(*status) {
        Some(Status::Draft) => !unnoted,
        Some(Status::Published) => *unnoted,
        _ => false,
    };
    let wrong = rows.into_iter().filter(is_wrong);
    findings.extend(wrong.map(|(slug, ..)| format!("reviewer {slug}: published_at does not fit the status")));
    Ok(())
}

/// A former address leads to a record that is there, and that has not gone into another itself.
fn check_redirects(conn: &mut Db, findings: &mut Vec<String>) -> QueryResult<()> {
    type Rows = Vec<(i16, String, i64)>;
    let rows: Rows = redirects::table
        .order(redirects::id)
        .select((redirects::kind, redirects::slug, redirects::record_id))
        .load(conn)?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut records: HashMap<(RecordKind, i64), (String, i16)> = HashMap::new();
    let mut note = |kind, rows: Vec<(i64, String, i16)>| {
        records.extend(rows.into_iter().map(|(id, slug, status)| ((kind, id), (slug, status))));
    };
    let all = categories::table.select((categories::id, categories::slug, categories::status));
    note(RecordKind::Category, all.load(conn)?);
    let all = reviewers::table.select((reviewers::id, reviewers::slug, reviewers::status));
    note(RecordKind::Reviewer, all.load(conn)?);
    note(RecordKind::Tool, tools::table.select((tools::id, tools::slug, tools::status)).load(conn)?);
    let leads: HashMap<(i16, &str), i64> =
        rows.iter().map(|(kind, slug, id)| ((*kind, slug.as_str()), *id)).collect();
    for (number, slug, id) in &rows {
        let Some(kind) = RecordKind::from_i16(*number) else {
            findings.push(format!("redirects: kind {number} has no meaning"));
            continue;
        };
        let Some((present, status)) = records.get(&(kind, *id)) else {
            findings.push(format!("redirects: {slug} leads to {kind} {id}, which does not exist"));
            continue;
        };
        let leads_on = leads.get(&(*number, present.as_str())).is_some_and(|other| other != id);
        if leads_on && *status == Status::Archived.to_i16() {
            findings
                .push(format!("redirects: {slug} leads to the {kind} {present}, which went into another"));
        }
    }
    Ok(())
}

fn check_slug(table: &str, slug: &str, findings: &mut Vec<String>) {
    if let Err(fault) = slug.parse::<Slug>() {
        findings.push(format!("{table}: {fault}"));
    }
}
