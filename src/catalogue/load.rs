//! Loads the [`Directory`]: eleven queries, however many tools there are.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{count_star, max, min, sum};
use diesel::prelude::*;

use super::column::term;
use super::directory::{Category, CategoryRef, Comparison, Directory, FormerAddresses, Reviewer, Tool};
use super::facets::FacetSources;
use super::file::record::ReviewerRecord;
use super::terms::{Kind, Status};
use super::{pictures, status_rules};
use crate::db::Db;
use crate::db::schema::{categories, comparisons, redirects, reviewers, reviews, tools};
use crate::db::versions::{self, Of};
use crate::slug::Slug;
use crate::stats::{Choice, Panel};

impl Directory {
    /// The directory as of now.
    pub fn load(conn: &mut Db) -> QueryResult<Self> {
        conn.read(directory)
    }
}

fn directory(conn: &mut Db) -> QueryResult<Directory> {
    let version = versions::stored(conn, Of::Catalogue)?;
    let mut categories = categories::table
        .order(categories::id)
        .select((Category::as_select(), categories::status))
        .load::<(Category, Status)>(conn)?
        .into_iter()
        .map(|(category, status)| (category.shown(), status))
        .collect::<Vec<_>>();
    let tools = load_tools(conn, &categories)?;
    categories.retain(|(_, status)| *status == Status::Published);
    let categories = categories.into_iter().map(|(category, _)| category).collect();
    let reviewers = load_reviewers(conn)?;
    let comparisons = comparisons::table
        .filter(comparisons::status.eq(Status::Published))
        .select((comparisons::id, Comparison::as_select()))
        .load(conn)?;
    let former_addresses = load_former_addresses(conn)?;
    Ok(Directory::new(version, tools, categories, reviewers, comparisons, former_addresses))
}

fn load_former_addresses(conn: &mut Db) -> QueryResult<FormerAddresses> {
    let mut addresses = FormerAddresses::new();
    let newest_first = redirects::table.order(redirects::id.desc()).select((
        redirects::kind,
        redirects::slug,
        redirects::record_id,
    ));
    for (kind, slug, id) in newest_first.load(conn)? {
        addresses.entry((kind, slug)).or_default().push(id);
    }
    Ok(addresses)
}

/// A published tool as it is stored; its long texts stay in the database, of that on the price what follows from it is kept.
#[derive(Queryable, Selectable)]
#[diesel(table_name = tools)]
struct PublishedTool {
    id: i64,
    #[diesel(deserialize_as = String)]
    slug: Slug,
    name: String,
    category_id: i64,
    tagline: String,
    website: Option<String>,
    price_entry: String,
    price_text: String,
    price_source: Option<String>,
    price_checked_on: Option<NaiveDate>,
    created_at: NaiveDateTime,
    published_at: Option<NaiveDateTime>,
}

fn load_tools(conn: &mut Db, categories: &[(Category, Status)]) -> QueryResult<Vec<Arc<Tool>>> {
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
        .load::<(i64, i64, Option<i64>, Option<Kind>, Option<NaiveDate>)>(conn)?
        .into_iter()
        .map(|(tool_id, reviews, ships, least_kind, newest)| {
            (tool_id, (panel(reviews, ships), least_kind == Some(Kind::Ai), newest))
        })
        .collect();
    let sources = FacetSources::load(conn)?;
    let mut logos = pictures::all_logos(conn)?;
    let rows = tools::table
        .filter(tools::status.eq(Status::Published))
        .select(PublishedTool::as_select())
        .load(conn)?;
    rows.into_iter()
        .map(|row| {
            let (panel, only_ai_reviews, newest_review_on) = panels.get(&row.id).copied().unwrap_or_default();
            let tool = Tool {
                facets: sources.of(row.id, &row.price_entry, &row.price_text),
                id: row.id,
                slug: row.slug,
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
                logo: logos.remove(&row.id),
            };
            Ok(Arc::new(tool.shown()))
        })
        .collect()
}

fn load_reviewers(conn: &mut Db) -> QueryResult<Vec<Reviewer>> {
    let mut verdicts: HashMap<i64, Vec<(i64, Choice)>> = HashMap::new();
    let published = reviews::table.inner_join(tools::table).filter(tools::status.eq(Status::Published));
    let columns = (reviews::reviewer_id, reviews::tool_id, reviews::verdict);
    for (reviewer_id, tool_id, verdict) in published.select(columns).load::<(i64, i64, Choice)>(conn)? {
        verdicts.entry(reviewer_id).or_default().push((tool_id, verdict));
    }
    let rows = status_rules::public_reviewers()
        .order(reviewers::id)
        .select((reviewers::id, ReviewerRecord::as_select()))
        .load::<(i64, ReviewerRecord)>(conn)?;
    let reviewer = |(id, record): (i64, ReviewerRecord)| {
        let verdicts = verdicts.remove(&id).unwrap_or_default();
        let ships = verdicts.iter().filter(|(_, verdict)| *verdict == Choice::Ship).count();
        Reviewer {
            id,
            former: record.status != Status::Published,
            record: record.shown(),
            ships: u32::try_from(ships).unwrap_or(u32::MAX),
            reviews: u32::try_from(verdicts.len()).unwrap_or(u32::MAX),
            verdicts: verdicts.into(),
        }
    };
    Ok(rows.into_iter().map(reviewer).collect())
}

fn panel(reviews: i64, ships: Option<i64>) -> Panel {
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Panel { ships: count(ships.unwrap_or(0)), reviews: count(reviews) }
}
