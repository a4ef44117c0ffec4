//! Writes the whole catalogue as a file.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use serde::Serialize;

use super::FORMAT;
use super::record::{
    CategoryRecord, ComparisonRecord, File, Pricing, ReviewRecord, ReviewerRecord, ToolRecord,
};
use crate::catalogue::detail::{Fact, Plan, Review};
use crate::catalogue::rows::{
    CategoryRow, ComparisonRow, FactRow, PlanRow, ReviewRow, ReviewerRow, ToolRow, slug, term, texts,
};
use crate::catalogue::terms::{Kind, Status};
use crate::db::Db;
use crate::schema::{categories, comparisons, facts, price_plans, reviewers, reviews, tools};
use crate::slug::Slug;

/// The whole catalogue as the text of a catalogue file: every record of every status in the order of first import,
/// every key present, two spaces per level, a line break at the end. The same catalogue gives the same bytes.
///
/// # Errors
/// When the database cannot be read, or holds what no catalogue file can say.
pub fn export(conn: &mut Db) -> QueryResult<String> {
    #[derive(Serialize)]
    struct Document<'a> {
        format: &'a str,
        categories: &'a [CategoryRecord],
        reviewers: &'a [ReviewerRecord],
        tools: &'a [ToolRecord],
        comparisons: &'a [ComparisonRecord],
    }
    let File { categories, reviewers, tools, comparisons } = conn.read(stored)?;
    let document = Document {
        format: FORMAT,
        categories: &categories,
        reviewers: &reviewers,
        tools: &tools,
        comparisons: &comparisons,
    };
    let mut text = serde_json::to_string_pretty(&document)
        .map_err(|cause| DieselError::DeserializationError(Box::new(cause)))?;
    text.push('\n');
    Ok(text)
}

/// The whole catalogue as records.
fn stored(conn: &mut Db) -> QueryResult<File> {
    let categories = categories::table
        .order(categories::id)
        .select((categories::id, CategoryRow::as_select()))
        .load(conn)?;
    let reviewers =
        reviewers::table.order(reviewers::id).select((reviewers::id, ReviewerRow::as_select())).load(conn)?;
    let category_slugs = slugs(&categories, |row: &CategoryRow| &row.slug)?;
    let reviewer_slugs = slugs(&reviewers, |row: &ReviewerRow| &row.slug)?;
    let tools = tools::table.order(tools::id).select((tools::id, ToolRow::as_select())).load(conn)?;
    let tool_slugs = slugs(&tools, |row: &ToolRow| &row.slug)?;
    Ok(File {
        categories: categories.into_iter().map(|(_, row)| category(row)).collect::<QueryResult<_>>()?,
        reviewers: reviewers.into_iter().map(|(_, row)| reviewer(row)).collect::<QueryResult<_>>()?,
        tools: stored_tools(conn, tools, &category_slugs, &reviewer_slugs)?,
        comparisons: comparisons::table
            .order(comparisons::id)
            .select(ComparisonRow::as_select())
            .load(conn)?
            .into_iter()
            .map(|row| comparison(row, &tool_slugs))
            .collect::<QueryResult<_>>()?,
    })
}

type Slugs = HashMap<i64, Slug>;

fn slugs<R>(rows: &[(i64, R)], column: fn(&R) -> &String) -> QueryResult<Slugs> {
    rows.iter().map(|(id, row)| Ok((*id, slug(column(row).clone())?))).collect()
}

fn slug_of(slugs: &Slugs, id: i64, column: &str) -> QueryResult<Slug> {
    term(slugs.get(&id).cloned(), column)
}

fn category(row: CategoryRow) -> QueryResult<CategoryRecord> {
    Ok(CategoryRecord { slug: slug(row.slug)?, name: row.name, description: row.description })
}

fn reviewer(row: ReviewerRow) -> QueryResult<ReviewerRecord> {
    Ok(ReviewerRecord {
        slug: slug(row.slug)?,
        name: row.name,
        role: row.role,
        motto: row.motto,
        bio: row.bio,
        likes: texts(&row.likes)?,
        tired_of: texts(&row.tired_of)?,
        kind: term(Kind::from_i16(row.kind), "reviewers.kind")?,
        model: row.model,
    })
}

fn stored_tools(
    conn: &mut Db,
    rows: Vec<(i64, ToolRow)>,
    category_slugs: &Slugs,
    reviewer_slugs: &Slugs,
) -> QueryResult<Vec<ToolRecord>> {
    let mut plans: HashMap<i64, Vec<Plan>> = HashMap::new();
    for row in price_plans::table.order(price_plans::id).select(PlanRow::as_select()).load(conn)? {
        plans.entry(row.tool_id).or_default().push(row.plan);
    }
    let mut facts: HashMap<i64, Vec<Fact>> = HashMap::new();
    for row in facts::table.order(facts::id).select(FactRow::as_select()).load(conn)? {
        facts.entry(row.tool_id).or_default().push(row.fact);
    }
    let mut reviews: HashMap<i64, Vec<ReviewRecord>> = HashMap::new();
    for row in reviews::table.order(reviews::id).select(ReviewRow::as_select()).load(conn)? {
        reviews.entry(row.tool_id).or_default().push(review(row, reviewer_slugs)?);
    }
    rows.into_iter()
        .map(|(id, row)| {
            Ok(ToolRecord {
                slug: slug(row.slug)?,
                name: row.name,
                category: slug_of(category_slugs, row.category_id, "tools.category_id")?,
                tagline: row.tagline,
                description: row.description,
                website: row.website,
                status: term(Status::from_i16(row.status), "tools.status")?,
                pricing: Some(Pricing {
                    entry: row.price_entry,
                    text: row.price_text,
                    source: row.price_source,
                    checked_on: row.price_checked_on,
                    plans: plans.remove(&id).unwrap_or_default(),
                }),
                facts: Some(facts.remove(&id).unwrap_or_default()),
                reviews: reviews.remove(&id).unwrap_or_default(),
            })
        })
        .collect()
}

fn review(row: ReviewRow, reviewer_slugs: &Slugs) -> QueryResult<ReviewRecord> {
    let reviewer = slug_of(reviewer_slugs, row.reviewer_id, "reviews.reviewer_id")?;
    let Review { verdict, score, take, reviewed_on, basis, .. } = Review::try_from(row)?;
    Ok(ReviewRecord { reviewer, verdict, score, take, reviewed_on, basis })
}

fn comparison(row: ComparisonRow, tool_slugs: &Slugs) -> QueryResult<ComparisonRecord> {
    let tool = |id| slug_of(tool_slugs, id, "comparisons.first_tool_id and second_tool_id");
    Ok(ComparisonRecord {
        tools: [tool(row.first_tool_id)?, tool(row.second_tool_id)?],
        summary: row.summary,
        pick_first_if: row.pick_first_if,
        pick_second_if: row.pick_second_if,
        status: term(Status::from_i16(row.status), "comparisons.status")?,
        published_on: row.published_on,
    })
}
