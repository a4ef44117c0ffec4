//! How moderators choose a record by its name or URL slug: what is suggested while they type, and which one they mean.
//! Unlike on public pages, drafts and what is archived are among them.

use std::collections::HashSet;

use actix_web::{HttpResponse, web};
use diesel::prelude::*;
use serde::Serialize;

use super::AdminContext;
use super::form::capital;
use super::searching::ids_with;
use crate::catalogue::{Catalogue, Directory, RecordKind, Status, addresses, redirects, status_rules};
use crate::db::Db;
use crate::db::schema::{categories, tools};
use crate::slug::Slug;
use crate::text::{folded, plain, shown_name, without_backticks};
use crate::web::error::AppError;
use crate::web::page::{self, get, resource};
use crate::web::paging::field;

/// The most tools that are suggested.
const MOST: usize = 8;

/// The most candidates that are named where it is not clear which is meant.
const MOST_CANDIDATES: usize = 5;

/// The most characters that are looked for.
const LONGEST: usize = 200;

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/suggestions", "GET, HEAD").route(get().to(suggest)));
}

/// Of what a tool or category is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(super) struct Candidate {
    pub id: i64,
    pub name: String,
    pub slug: String,
    pub status: Status,
}

impl Candidate {
    /// The name, with the status of what readers do not see.
    pub(super) fn label(&self) -> String {
        match self.status {
            Status::Published => shown_name(&self.name),
            status => format!("{} ({status})", shown_name(&self.name)),
        }
    }
}

/// The rows of such a table as candidates.
macro_rules! candidates {
    ($table:ident) => {
        $table::table.select(($table::id, $table::name, $table::slug, $table::status))
    };
}

/// The tools in whose name or slug `q` stands; those whose name begins with it come first. Of those that readers see, the
/// directory knows.
pub(super) fn matching(
    conn: &mut Db,
    directory: &Directory,
    q: &str,
    most: usize,
) -> QueryResult<Vec<Candidate>> {
    let mut known: Vec<Candidate> = Vec::new();
    for ids in status_rules::hidden_tools(conn)?.chunks(500) {
        known.extend(candidates!(tools).filter(tools::id.eq_any(ids)).load::<Candidate>(conn)?);
    }
    known.extend(directory.tools().iter().map(|tool| Candidate {
        id: tool.id,
        name: plain(&tool.name),
        slug: tool.slug.to_string(),
        status: Status::Published,
    }));
    Ok(among(known, q, most))
}

fn among(known: Vec<Candidate>, q: &str, most: usize) -> Vec<Candidate> {
    let texts = known.iter().map(|one| (one.id, [format!("{} {}", one.name, one.slug)]));
    let found: HashSet<i64> = ids_with(q.trim(), texts).collect();
    let mut found: Vec<Candidate> = known.into_iter().filter(|one| found.contains(&one.id)).collect();
    let q = folded(q.trim());
    found.sort_by_cached_key(|one| {
        let name = folded(&one.name);
        (name != q, !name.starts_with(&q), name, one.slug.clone())
    });
    found.truncate(most);
    found
}

/// The record that somebody means who typed its slug, a former slug of it, or its name; or what to say beside the field.
pub(super) fn find(conn: &mut Db, kind: RecordKind, typed: &str) -> QueryResult<Result<Candidate, String>> {
    let typed: String = typed.trim().chars().filter(|c| *c != '\0').take(LONGEST).collect();
    let slug = typed.to_lowercase();
    // What is no slug is not asked for: PostgreSQL fails on some texts.
    if slug.parse::<Slug>().is_ok()
        && let Some(one) = of_slug(conn, kind, &slug)?
    {
        return Ok(Ok(one));
    }
    let known: Vec<Candidate> = match kind {
        RecordKind::Category => candidates!(categories).load(conn)?,
        _ => candidates!(tools).load(conn)?,
    };
    let name = folded(&typed);
    let mut named = known.iter().filter(|one| folded(&one.name) == name);
    if let (Some(one), None) = (named.next(), named.next()) {
        return Ok(Ok(one.clone()));
    }
    let near = if name.is_empty() { Vec::new() } else { among(known, &typed, MOST_CANDIDATES) };
    Ok(Err(unclear(kind, &typed, &near)))
}

/// The record that has this slug, or had it.
fn of_slug(conn: &mut Db, kind: RecordKind, slug: &str) -> QueryResult<Option<Candidate>> {
    let id = match addresses::id_by_slug(conn, kind, slug)? {
        Some(id) => id,
        None => match redirects::redirected(conn, kind, slug)? {
            Some(id) => id,
            None => return Ok(None),
        },
    };
    match kind {
        RecordKind::Category => candidates!(categories).filter(categories::id.eq(id)).first(conn).optional(),
        _ => candidates!(tools).filter(tools::id.eq(id)).first(conn).optional(),
    }
}

/// What is said where no one record is meant.
fn unclear(kind: RecordKind, typed: &str, near: &[Candidate]) -> String {
    let name = folded(typed);
    let twins = near.iter().filter(|one| folded(&one.name) == name).count();
    let choices: Vec<String> =
        near.iter().map(|one| format!("{} ({})", shown_name(&one.name), one.slug)).collect();
    let choices = choices.join(", ");
    match (near, twins) {
        ([], _) => format!("No {kind} has this name or URL slug."),
        (_, 0) => format!("No {kind} has this name or URL slug. Did you mean {choices}?"),
        _ => format!("Several {} have this name. Enter the URL slug: {choices}.", kind.plural()),
    }
}

/// What a field suggests, in the form of the public suggestions.
#[derive(Serialize)]
struct Suggestions {
    query: String,
    tools: Vec<Suggested>,
}

#[derive(Serialize)]
struct Suggested {
    slug: String,
    name: String,
    category: String,
    tagline: String,
    /// Where it leads, where the field leads somewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

async fn suggest(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let query = admin.request().query_string();
    let q: String = field(query, "q").chars().filter(|c| *c != '\0').take(LONGEST).collect();
    let leads_to_votes = field(query, "for") == "votes";
    let catalogue = admin.shared::<Catalogue>()?;
    let found = admin
        .read(move |conn| {
            let directory = catalogue.current(conn)?;
            let tools = if q.is_empty() { Vec::new() } else { matching(conn, &directory, &q, MOST)? };
            let tools: QueryResult<Vec<Suggested>> =
                tools.into_iter().map(|tool| suggested(conn, tool, leads_to_votes)).collect();
            Ok(Suggestions { query: q, tools: tools? })
        })
        .await?;
    page::show_data(admin.request(), &found, "no-store")
}

fn suggested(conn: &mut Db, tool: Candidate, leads_to_votes: bool) -> QueryResult<Suggested> {
    let (tagline, category): (String, String) = tools::table
        .inner_join(categories::table)
        .filter(tools::id.eq(tool.id))
        .select((tools::tagline, categories::name))
        .first(conn)?;
    let category = plain(&shown_name(&category));
    Ok(Suggested {
        category: match tool.status {
            Status::Published => category,
            status => format!("{} · {category}", capital(status.as_str())),
        },
        name: plain(&shown_name(&tool.name)),
        tagline: without_backticks(&plain(&tagline)),
        path: leads_to_votes.then(|| format!("/admin/votes/tools/{}", tool.id)),
        slug: tool.slug,
    })
}
