//! Reads records out of the database, as a catalogue file has them.

use std::collections::HashMap;

use diesel::prelude::*;

use super::record::{
    CategoryRecord, ComparisonRecord, File, Pricing, Record, ReviewRecord, ReviewerRecord, State, ToolRecord,
};
use crate::catalogue::detail::{Fact, Plan, Review};
use crate::catalogue::rows::{
    CategoryRow, ComparisonRow, FactRow, PlanRow, ReviewRow, ReviewerRow, ToolRow, slug, term, texts,
};
use crate::catalogue::terms::{Kind, RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{categories, comparisons, facts, price_plans, reviewers, reviews, tools};
use crate::slug::Slug;

/// Up to this many tools only their own rows are read, beyond it all.
const FEW: usize = 100;

/// The states of stored records by kind and id.
pub(in crate::catalogue) type States = HashMap<(RecordKind, i64), State>;

/// The record with this id as it is stored, with its status.
pub(in crate::catalogue) fn state(conn: &mut Db, kind: RecordKind, id: i64) -> QueryResult<Option<State>> {
    Ok(match kind {
        RecordKind::Category => categories::table
            .find(id)
            .select((CategoryRow::as_select(), categories::status))
            .first::<(CategoryRow, i16)>(conn)
            .optional()?
            .map(category_state)
            .transpose()?,
        RecordKind::Reviewer => reviewers::table
            .find(id)
            .select((ReviewerRow::as_select(), reviewers::status))
            .first::<(ReviewerRow, i16)>(conn)
            .optional()?
            .map(reviewer_state)
            .transpose()?,
        RecordKind::Tool => tool_states(conn, Some(&[id]))?.pop().map(|(_, state)| state),
        RecordKind::Comparison => {
            let row = comparisons::table
                .find(id)
                .select(ComparisonRow::as_select())
                .first::<ComparisonRow>(conn)
                .optional()?;
            match row {
                None => None,
                Some(row) => {
                    let ids = [row.first_tool_id, row.second_tool_id];
                    let slugs = slugs_of_tools(conn, Some(&ids))?;
                    Some(comparison_state(row, &slugs)?)
                }
            }
        }
    })
}

/// The stored ones of the records that a file names.
pub(super) fn named_in(conn: &mut Db, file: &File) -> QueryResult<States> {
    let mut found = States::new();
    if !file.categories.is_empty() {
        let names: Vec<&str> = file.categories.iter().map(|record| record.slug.as_str()).collect();
        let rows = categories::table
            .select((categories::id, CategoryRow::as_select(), categories::status))
            .load::<(i64, CategoryRow, i16)>(conn)?;
        for (id, row, status) in rows {
            if names.contains(&row.slug.as_str()) {
                found.insert((RecordKind::Category, id), category_state((row, status))?);
            }
        }
    }
    if !file.reviewers.is_empty() {
        let names: Vec<&str> = file.reviewers.iter().map(|record| record.slug.as_str()).collect();
        let rows = reviewers::table
            .select((reviewers::id, ReviewerRow::as_select(), reviewers::status))
            .load::<(i64, ReviewerRow, i16)>(conn)?;
        for (id, row, status) in rows {
            if names.contains(&row.slug.as_str()) {
                found.insert((RecordKind::Reviewer, id), reviewer_state((row, status))?);
            }
        }
    }
    if !file.tools.is_empty() {
        let few = match file.tools.len() <= FEW {
            true => Some(
                tools::table
                    .filter(tools::slug.eq_any(file.tools.iter().map(|record| record.slug.as_str())))
                    .select(tools::id)
                    .load::<i64>(conn)?,
            ),
            false => None,
        };
        let names: std::collections::HashSet<&str> =
            file.tools.iter().map(|record| record.slug.as_str()).collect();
        for (id, state) in tool_states(conn, few.as_deref())? {
            if names.contains(state.record.slug().map_or("", Slug::as_str)) {
                found.insert((RecordKind::Tool, id), state);
            }
        }
    }
    if !file.comparisons.is_empty() {
        let slugs = slugs_of_tools(conn, None)?;
        let pairs: std::collections::HashSet<[Slug; 2]> =
            file.comparisons.iter().map(|record| record.clone().sorted().tools).collect();
        let rows = comparisons::table
            .select((comparisons::id, ComparisonRow::as_select()))
            .load::<(i64, ComparisonRow)>(conn)?;
        for (id, row) in rows {
            let state = comparison_state(row, &slugs)?;
            if matches!(&state.record, Record::Comparison(record) if pairs.contains(&record.tools)) {
                found.insert((RecordKind::Comparison, id), state);
            }
        }
    }
    Ok(found)
}

fn tool_states(conn: &mut Db, few: Option<&[i64]>) -> QueryResult<Vec<(i64, State)>> {
    let category_slugs: Slugs =
        slugs_among(categories::table.select((categories::id, categories::slug)).load(conn)?)?;
    let reviewer_slugs: Slugs =
        slugs_among(reviewers::table.select((reviewers::id, reviewers::slug)).load(conn)?)?;
    let mut query = tools::table.order(tools::id).select((tools::id, ToolRow::as_select())).into_boxed();
    if let Some(ids) = few {
        query = query.filter(tools::id.eq_any(ids));
    }
    let rows = query.load::<(i64, ToolRow)>(conn)?;
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let records = tool_records(conn, rows, &category_slugs, &reviewer_slugs, few)?;
    let states = records
        .into_iter()
        .map(|record| State { status: record.status, record: Record::Tool(Box::new(record)) });
    Ok(ids.into_iter().zip(states).collect())
}

fn category_state((row, status): (CategoryRow, i16)) -> QueryResult<State> {
    let status = term(Status::from_i16(status), "categories.status")?;
    Ok(State { record: Record::Category(category(row)?), status })
}

fn reviewer_state((row, status): (ReviewerRow, i16)) -> QueryResult<State> {
    let status = term(Status::from_i16(status), "reviewers.status")?;
    Ok(State { record: Record::Reviewer(reviewer(row)?), status })
}

fn comparison_state(row: ComparisonRow, tool_slugs: &Slugs) -> QueryResult<State> {
    let record = comparison(row, tool_slugs)?;
    Ok(State { status: record.status, record: Record::Comparison(record) })
}

fn slugs_of_tools(conn: &mut Db, few: Option<&[i64]>) -> QueryResult<Slugs> {
    let mut query = tools::table.select((tools::id, tools::slug)).into_boxed();
    if let Some(ids) = few {
        query = query.filter(tools::id.eq_any(ids));
    }
    slugs_among(query.load(conn)?)
}

fn slugs_among(rows: Vec<(i64, String)>) -> QueryResult<Slugs> {
    rows.into_iter().map(|(id, text)| Ok((id, slug(text)?))).collect()
}

/// The whole catalogue as records, in the order of their ids.
pub(super) fn everything(conn: &mut Db) -> QueryResult<File> {
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
        tools: tool_records(conn, tools, &category_slugs, &reviewer_slugs, None)?,
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

/// The records behind rows of tools; `few` are their ids, unless they are all or many.
fn tool_records(
    conn: &mut Db,
    rows: Vec<(i64, ToolRow)>,
    category_slugs: &Slugs,
    reviewer_slugs: &Slugs,
    few: Option<&[i64]>,
) -> QueryResult<Vec<ToolRecord>> {
    let mut query = price_plans::table.order(price_plans::id).select(PlanRow::as_select()).into_boxed();
    if let Some(ids) = few {
        query = query.filter(price_plans::tool_id.eq_any(ids));
    }
    let mut plans: HashMap<i64, Vec<Plan>> = HashMap::new();
    for row in query.load(conn)? {
        plans.entry(row.tool_id).or_default().push(row.plan);
    }
    let mut query = facts::table.order(facts::id).select(FactRow::as_select()).into_boxed();
    if let Some(ids) = few {
        query = query.filter(facts::tool_id.eq_any(ids));
    }
    let mut facts: HashMap<i64, Vec<Fact>> = HashMap::new();
    for row in query.load(conn)? {
        facts.entry(row.tool_id).or_default().push(row.fact);
    }
    let mut query = reviews::table.order(reviews::id).select(ReviewRow::as_select()).into_boxed();
    if let Some(ids) = few {
        query = query.filter(reviews::tool_id.eq_any(ids));
    }
    let mut reviews: HashMap<i64, Vec<ReviewRecord>> = HashMap::new();
    for row in query.load(conn)? {
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
