//! The largest part of an import: tools with their plans, facts and reviews.
//!
//! What is stored is loaded at the start and compared in memory; what is new goes in by the batch. So an import costs
//! a few statements per hundred tools, and one more for each record that changed.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::dsl::max;
use diesel::prelude::*;

use super::outcome::Summary;
use super::record::{Fact, Plan, Pricing, ReviewRecord, ToolRecord};
use super::stored::{self, FEW};
use crate::catalogue::detail::Review;
use crate::catalogue::rows::ToolRow;
use crate::catalogue::search::{self, Entry};
use crate::catalogue::terms::Status;
use crate::db::Db;
use crate::db::schema::{categories, facts, price_plans, reviewers, reviews, tools};
use crate::db::sql::INSERT_BATCH;
use crate::each;
use crate::slug::Slug;

/// How many tools are written before the next progress is told.
const CHUNK: usize = 250;

/// Writes the tools; what they refer to is there. `advance` is told of each chunk.
pub(super) fn import_tools(
    conn: &mut Db,
    records: &[ToolRecord],
    now: NaiveDateTime,
    summary: &mut Summary,
    advance: &mut impl FnMut(usize),
) -> QueryResult<()> {
    if records.is_empty() {
        return Ok(());
    }
    let stored = Stored::load(conn, records, now)?;
    for records in records.chunks(CHUNK) {
        let fresh_ids = insert_fresh(conn, records, &stored)?;
        let mut pending = Pending::default();
        for record in records {
            let old = stored.tools.get(record.slug.as_str());
            let id = match old {
                Some(old) => old.id,
                None => id_of(&fresh_ids, &record.slug)?,
            };
            import_tool(conn, record, id, old, &stored, summary, &mut pending)?;
        }
        pending.write(conn)?;
        advance(records.len());
    }
    Ok(())
}

/// What the database held before the import, and the time of the import.
struct Stored {
    now: NaiveDateTime,
    categories: HashMap<String, i64>,
    category_names: HashMap<i64, String>,
    reviewers: HashMap<String, i64>,
    tools: HashMap<String, StoredTool>,
    plans: HashMap<i64, Vec<Plan>>,
    facts: HashMap<i64, Vec<Fact>>,
    reviews: HashMap<(i64, i64), (i64, Review)>,
}

struct StoredTool {
    id: i64,
    row: ToolRow,
    published_at: Option<NaiveDateTime>,
}

impl Stored {
    fn load(conn: &mut Db, records: &[ToolRecord], now: NaiveDateTime) -> QueryResult<Self> {
        let categories = categories::table
            .select((categories::id, categories::slug, categories::name))
            .load::<(i64, String, String)>(conn)?;
        let reviewers =
            reviewers::table.select((reviewers::slug, reviewers::id)).load::<(String, i64)>(conn)?;
        let tools = load_tools(conn, records)?;
        let few: Option<Vec<i64>> =
            (records.len() <= FEW).then(|| tools.values().map(|tool| tool.id).collect());
        let few = few.as_deref();
        let reviews = stored::review_rows(conn, few)?.into_iter();
        Ok(Self {
            now,
            categories: categories.iter().map(|(id, slug, _)| (slug.clone(), *id)).collect(),
            category_names: categories.into_iter().map(|(id, _, name)| (id, name)).collect(),
            reviewers: reviewers.into_iter().collect(),
            tools,
            plans: stored::plans(conn, few)?,
            facts: stored::facts(conn, few)?,
            reviews: reviews.map(|(id, row)| ((row.tool_id, row.reviewer_id), (id, row))).collect(),
        })
    }
}

fn load_tools(conn: &mut Db, records: &[ToolRecord]) -> QueryResult<HashMap<String, StoredTool>> {
    let mut query = tools::table.select((tools::id, tools::published_at, ToolRow::as_select())).into_boxed();
    if records.len() <= FEW {
        query = query.filter(tools::slug.eq_any(records.iter().map(|record| record.slug.as_str())));
    }
    let rows = query.load::<(i64, Option<NaiveDateTime>, ToolRow)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, published_at, row)| (row.slug.clone(), StoredTool { id, row, published_at }))
        .collect())
}

#[derive(Insertable)]
#[diesel(table_name = tools, treat_none_as_default_value = false)]
struct NewTool {
    #[diesel(embed)]
    row: ToolRow,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    published_at: Option<NaiveDateTime>,
}

/// Inserts the tools that are not stored, without what belongs to them, and returns their ids by slug.
fn insert_fresh(conn: &mut Db, records: &[ToolRecord], stored: &Stored) -> QueryResult<HashMap<String, i64>> {
    let mut fresh = Vec::new();
    for record in records.iter().filter(|record| !stored.tools.contains_key(record.slug.as_str())) {
        fresh.push(NewTool {
            row: tool_row(record, None, stored)?,
            created_at: stored.now,
            updated_at: stored.now,
            published_at: (record.status == Status::Published).then_some(stored.now),
        });
    }
    if fresh.is_empty() {
        return Ok(HashMap::new());
    }
    let last: Option<i64> = tools::table.select(max(tools::id)).first(conn)?;
    each!(conn, c => diesel::insert_into(tools::table).values(&fresh).execute(c))?;
    let ids =
        tools::table
            .filter(tools::id.gt(last.unwrap_or(0)))
            .select((tools::slug, tools::id))
            .load::<(String, i64)>(conn)?;
    Ok(ids.into_iter().collect())
}

#[derive(Insertable)]
#[diesel(table_name = price_plans)]
struct NewPlan {
    tool_id: i64,
    #[diesel(embed)]
    plan: Plan,
}

#[derive(Insertable)]
#[diesel(table_name = facts, treat_none_as_default_value = false)]
struct NewFact {
    tool_id: i64,
    #[diesel(embed)]
    fact: Fact,
}

/// Rows that wait to be inserted together.
#[derive(Default)]
struct Pending {
    plans: Vec<NewPlan>,
    facts: Vec<NewFact>,
    reviews: Vec<Review>,
    entries: Vec<Entry>,
}

impl Pending {
    fn write(&self, conn: &mut Db) -> QueryResult<()> {
        for rows in self.plans.chunks(INSERT_BATCH) {
            each!(conn, c => diesel::insert_into(price_plans::table).values(rows).execute(c))?;
        }
        for rows in self.facts.chunks(INSERT_BATCH) {
            each!(conn, c => diesel::insert_into(facts::table).values(rows).execute(c))?;
        }
        for rows in self.reviews.chunks(INSERT_BATCH) {
            each!(conn, c => diesel::insert_into(reviews::table).values(rows).execute(c))?;
        }
        search::index_tools(conn, &self.entries)
    }
}

/// Brings one tool up to date; `old` is `None` for one that was just inserted.
fn import_tool(
    conn: &mut Db,
    record: &ToolRecord,
    id: i64,
    old: Option<&StoredTool>,
    stored: &Stored,
    summary: &mut Summary,
    pending: &mut Pending,
) -> QueryResult<()> {
    let row = tool_row(record, old, stored)?;
    let replaced_plans = replace_plans(conn, record, id, stored, pending)?;
    let replaced_facts = replace_facts(conn, record, id, stored, pending)?;
    let reviews_differ = import_reviews(conn, &record.reviews, id, stored, summary, pending)?;
    let has_new_texts = old.is_none_or(|old| {
        let texts =
            |row: &ToolRow| (row.name.clone(), row.tagline.clone(), row.description.clone(), row.category_id);
        texts(&old.row) != texts(&row)
    });
    if has_new_texts {
        let category = stored.category_names.get(&row.category_id).map_or("", String::as_str);
        pending.entries.push(Entry::new(id, &row.name, &row.tagline, &row.description, category));
    }
    let Some(old) = old else {
        summary.tools.new += 1;
        return Ok(());
    };
    let published_at = if record.status == Status::Published {
        old.published_at.or(Some(stored.now))
    } else {
        old.published_at
    };
    let differs = old.row != row || old.published_at != published_at || replaced_plans || replaced_facts;
    if differs {
        summary.tools.changed += 1;
    } else {
        summary.tools.unchanged += 1;
    }
    if differs || reviews_differ {
        diesel::update(tools::table.find(id))
            .set((&row, tools::updated_at.eq(stored.now), tools::published_at.eq(published_at)))
            .execute(conn)?;
    }
    Ok(())
}

/// The tool's row as the record wants it; without `pricing` in the record the price stays as it was.
fn tool_row(record: &ToolRecord, old: Option<&StoredTool>, stored: &Stored) -> QueryResult<ToolRow> {
    let pricing = record.pricing.as_deref().cloned().unwrap_or_else(|| {
        let mut kept = Pricing::default();
        if let Some(StoredTool { row, .. }) = old {
            kept.entry.clone_from(&row.price_entry);
            kept.text.clone_from(&row.price_text);
            kept.source.clone_from(&row.price_source);
            kept.checked_on = row.price_checked_on;
        }
        kept
    });
    Ok(ToolRow {
        slug: record.slug.to_string(),
        name: record.name.clone(),
        category_id: id_of(&stored.categories, &record.category)?,
        tagline: record.tagline.clone(),
        description: record.description.clone(),
        website: record.website.clone(),
        status: record.status.to_i16(),
        price_entry: pricing.entry,
        price_text: pricing.text,
        price_source: pricing.source,
        price_checked_on: pricing.checked_on,
    })
}

/// Returns whether the plans differ from those stored.
fn replace_plans(
    conn: &mut Db,
    record: &ToolRecord,
    id: i64,
    stored: &Stored,
    pending: &mut Pending,
) -> QueryResult<bool> {
    let old = stored.plans.get(&id).map(Vec::as_slice).unwrap_or_default();
    let Some(pricing) = record.pricing.as_ref().filter(|pricing| pricing.plans != old) else {
        return Ok(false);
    };
    if !old.is_empty() {
        diesel::delete(price_plans::table.filter(price_plans::tool_id.eq(id))).execute(conn)?;
    }
    pending.plans.extend(pricing.plans.iter().map(|plan| NewPlan { tool_id: id, plan: plan.clone() }));
    Ok(true)
}

/// Returns whether the facts differ from those stored.
fn replace_facts(
    conn: &mut Db,
    record: &ToolRecord,
    id: i64,
    stored: &Stored,
    pending: &mut Pending,
) -> QueryResult<bool> {
    let old = stored.facts.get(&id).map(Vec::as_slice).unwrap_or_default();
    let Some(facts) = record.facts.as_ref().filter(|facts| facts.as_slice() != old) else {
        return Ok(false);
    };
    if !old.is_empty() {
        diesel::delete(facts::table.filter(facts::tool_id.eq(id))).execute(conn)?;
    }
    pending.facts.extend(facts.iter().map(|fact| NewFact { tool_id: id, fact: fact.clone() }));
    Ok(true)
}

/// Returns whether a review differs from those stored or is new.
fn import_reviews(
    conn: &mut Db,
    records: &[ReviewRecord],
    tool_id: i64,
    stored: &Stored,
    summary: &mut Summary,
    pending: &mut Pending,
) -> QueryResult<bool> {
    let mut differ = false;
    for record in records {
        let row = Review {
            tool_id,
            reviewer_id: id_of(&stored.reviewers, &record.reviewer)?,
            verdict: record.verdict,
            score: record.score,
            take: record.take.clone(),
            reviewed_on: record.reviewed_on,
            basis: record.basis,
        };
        match stored.reviews.get(&(tool_id, row.reviewer_id)) {
            Some((_, old)) if *old == row => {
                summary.reviews.unchanged += 1;
                continue;
            }
            Some((id, _)) => {
                diesel::update(reviews::table.find(id)).set(&row).execute(conn)?;
                summary.reviews.changed += 1;
            }
            None => {
                pending.reviews.push(row);
                summary.reviews.new += 1;
            }
        }
        differ = true;
    }
    Ok(differ)
}

/// The id behind a slug that a file refers to and that was found before.
pub(super) fn id_of(ids: &HashMap<String, i64>, slug: &Slug) -> QueryResult<i64> {
    ids.get(slug.as_str()).copied().ok_or(diesel::result::Error::NotFound)
}
