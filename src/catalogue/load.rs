//! Loads the [`Directory`]: eight queries, however many tools there are.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{count_star, max, min, sum};
use diesel::prelude::*;

use super::column::{slug, term};
use super::directory::{Category, CategoryRef, Comparison, Directory, Moved, Reviewer, Tool};
use super::file::record::{CategoryRecord, ReviewerRecord};
use super::rows::ComparisonRow;
use super::terms::{Author, Kind, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{categories, comparisons, redirects, reviewers, reviews, tools};
use crate::db::versions::{self, Of};
use crate::stats::{Choice, Panel};

impl Directory {
    /// The directory as of now.
    pub fn load(conn: &mut Db) -> QueryResult<Self> {
        conn.read(directory)
    }
}

fn directory(conn: &mut Db) -> QueryResult<Directory> {
    debug_assert_eq!(Status::PUBLISHED, Status::Published.to_i16());
    let version = versions::stored(conn, Of::Catalogue)?;
    let mut categories = load_categories(conn)?;
    let tools = load_tools(conn, &categories)?;
    categories.retain(|(_, status)| *status == Status::PUBLISHED);
    let categories = categories.into_iter().map(|(category, _)| category).collect();
    let reviewers = load_reviewers(conn)?;
    let comparisons = comparisons::table
        .filter(comparisons::status.eq(Status::PUBLISHED))
        .select((comparisons::id, ComparisonRow::as_select()))
        .load::<(i64, ComparisonRow)>(conn)?
        .into_iter()
        .map(|(id, row)| (id, Comparison::from(row)))
        .collect();
    let directory = Directory::new(version, tools, categories, reviewers, comparisons);
    Ok(directory.with_moved(load_moved(conn)?))
}

/// Categories of every status, which stands beside each.
fn load_categories(conn: &mut Db) -> QueryResult<Vec<(Category, i16)>> {
    categories::table
        .order(categories::id)
        .select((categories::id, categories::status, CategoryRecord::as_select()))
        .load::<(i64, i16, CategoryRecord)>(conn)?
        .into_iter()
        .map(|(id, status, row)| {
            Ok((Category { id, slug: row.slug, name: row.name, description: row.description }, status))
        })
        .collect()
}

fn load_moved(conn: &mut Db) -> QueryResult<Moved> {
    let mut moved = Moved::default();
    let newest_first = redirects::table.order(redirects::id.desc()).select((
        redirects::kind,
        redirects::slug,
        redirects::record_id,
    ));
    for (kind, slug, id) in newest_first.load::<(i16, String, i64)>(conn)? {
        let of_kind = match term(RecordKind::from_i16(kind), "redirects.kind")? {
            RecordKind::Tool => &mut moved.tools,
            RecordKind::Category => &mut moved.categories,
            RecordKind::Reviewer => &mut moved.reviewers,
            // A comparison is named by its tools.
            RecordKind::Comparison => continue,
        };
        of_kind.entry(slug).or_default().push(id);
    }
    Ok(moved)
}

/// A published tool as it is stored; its long texts stay in the database.
#[derive(Queryable, Selectable)]
#[diesel(table_name = tools)]
struct Row {
    id: i64,
    slug: String,
    name: String,
    category_id: i64,
    tagline: String,
    website: Option<String>,
    price_entry: String,
    price_source: Option<String>,
    price_checked_on: Option<NaiveDate>,
    created_at: NaiveDateTime,
    published_at: Option<NaiveDateTime>,
}

fn load_tools(conn: &mut Db, categories: &[(Category, i16)]) -> QueryResult<Vec<Arc<Tool>>> {
    let category_refs: HashMap<i64, Arc<CategoryRef>> = categories
        .iter()
        .map(|(c, _)| (c.id, Arc::new(CategoryRef { slug: c.slug.clone(), name: c.name.clone() })))
        .collect();
    let panels: HashMap<i64, (Panel, bool, Option<NaiveDate>)> = reviews::table
        .inner_join(reviewers::table)
        .group_by(reviews::tool_id)
        .select((
            reviews::tool_id,
            count_star(),
            sum(reviews::verdict),
            // A person, whose number is 0, comes before an AI.
            min(reviewers::kind),
            max(reviews::reviewed_on),
        ))
        .load::<(i64, i64, Option<i64>, Option<i16>, Option<NaiveDate>)>(conn)?
        .into_iter()
        .map(|(tool_id, reviews, ships, least_kind, newest)| {
            (tool_id, (panel(reviews, ships), least_kind == Some(Kind::Ai.to_i16()), newest))
        })
        .collect();
    let rows = tools::table
        .filter(tools::status.eq(Status::PUBLISHED))
        .select(Row::as_select())
        .load::<Row>(conn)?;
    rows.into_iter()
        .map(|row| {
            let (panel, only_ai_reviews, newest_review_on) = panels.get(&row.id).copied().unwrap_or_default();
            Ok(Arc::new(Tool {
                id: row.id,
                slug: slug(row.slug)?,
                name: row.name,
                category_id: row.category_id,
                category: term(category_refs.get(&row.category_id).cloned(), "tools.category_id")?,
                tagline: row.tagline,
                website: row.website,
                entry_price: row.price_entry,
                price_source: row.price_source,
                price_checked_on: row.price_checked_on,
                panel,
                only_ai_reviews,
                // Every published tool has the time; `verify` reports one that does not.
                published_at: row.published_at.unwrap_or(row.created_at),
                newest_review_on,
            }))
        })
        .collect()
}

fn load_reviewers(conn: &mut Db) -> QueryResult<Vec<Reviewer>> {
    let mut verdicts: HashMap<i64, Vec<(i64, Choice)>> = HashMap::new();
    let published = reviews::table.inner_join(tools::table).filter(tools::status.eq(Status::PUBLISHED));
    for (reviewer_id, tool_id, verdict) in published
        .select((reviews::reviewer_id, reviews::tool_id, reviews::verdict))
        .load::<(i64, i64, i16)>(conn)?
    {
        let verdict = term(Choice::from_i16(verdict), "reviews.verdict")?;
        verdicts.entry(reviewer_id).or_default().push((tool_id, verdict));
    }
    let rows = reviewers::table
        .filter(reviewers::status.ne(Status::Draft.to_i16()))
        .order(reviewers::id)
        .select((reviewers::id, reviewers::status, ReviewerRecord::as_select()))
        .load::<(i64, i16, ReviewerRecord)>(conn)?;
    rows.into_iter()
        .map(|(id, status, row)| {
            let verdicts = verdicts.remove(&id).unwrap_or_default();
            let ships = verdicts.iter().filter(|(_, verdict)| *verdict == Choice::Ship).count();
            Ok(Reviewer {
                id,
                slug: row.slug,
                name: row.name,
                role: row.role,
                motto: row.motto,
                bio: row.bio,
                likes: row.likes.0,
                tired_of: row.tired_of.0,
                author: Author::new(row.kind, row.model),
                ships: u32::try_from(ships).unwrap_or(u32::MAX),
                reviews: u32::try_from(verdicts.len()).unwrap_or(u32::MAX),
                former: status != Status::PUBLISHED,
                verdicts: verdicts.into(),
            })
        })
        .collect()
}

fn panel(reviews: i64, ships: Option<i64>) -> Panel {
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Panel { ships: count(ships.unwrap_or(0)), reviews: count(reviews) }
}

impl From<ComparisonRow> for Comparison {
    fn from(row: ComparisonRow) -> Self {
        Self {
            first: row.first_tool_id,
            second: row.second_tool_id,
            summary: row.summary,
            pick_first_if: row.pick_first_if,
            pick_second_if: row.pick_second_if,
            published_on: row.published_on,
        }
    }
}
