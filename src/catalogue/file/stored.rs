//! Reads records out of the database, as a catalogue file has them.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::record::{
    CategoryRecord, ComparisonRecord, Fact, File, Plan, Pricing, Record, ReviewRecord, ReviewerRecord, State,
    ToolRecord,
};
use crate::catalogue::column::{slug, term};
use crate::catalogue::detail::Review;
use crate::catalogue::directory::Comparison;
use crate::catalogue::rows::ToolRow;
use crate::catalogue::terms::{RecordKind, Status};
use crate::db::Db;
use crate::db::schema::{categories, comparisons, facts, price_plans, reviewers, reviews, tools};
use crate::slug::Slug;

/// Up to this many tools only their own rows are read, beyond it all: a form that saves one tool must not read ten
/// thousand, and a file of ten thousand must not name each in a query.
pub(super) const FEW: usize = 100;

/// The states of stored records by kind and id.
pub(in crate::catalogue) type States = HashMap<(RecordKind, i64), State>;

/// The record with this id as it is stored, with its status.
pub(in crate::catalogue) fn state(conn: &mut Db, kind: RecordKind, id: i64) -> QueryResult<Option<State>> {
    Ok(match kind {
        RecordKind::Category => categories::table
            .find(id)
            .select(CategoryRecord::as_select())
            .first::<CategoryRecord>(conn)
            .optional()?
            .map(|record| Record::Category(record).into()),
        RecordKind::Reviewer => reviewers::table
            .find(id)
            .select(ReviewerRecord::as_select())
            .first::<ReviewerRecord>(conn)
            .optional()?
            .map(|record| Record::Reviewer(record).into()),
        RecordKind::Tool => tool_states(conn, Some(&[id]))?.pop().map(|(_, state)| state),
        RecordKind::Comparison => {
            let row = comparisons::table
                .find(id)
                .select(Comparison::as_select())
                .first::<Comparison>(conn)
                .optional()?;
            match row {
                None => None,
                Some(row) => {
                    let ids = [row.first, row.second];
                    Some(comparison_state(row, &slugs_of_tools(conn, Some(&ids))?)?)
                }
            }
        }
    })
}

/// The stored ones of the records that a file names.
pub(super) fn named_in(conn: &mut Db, file: &File) -> QueryResult<States> {
    let mut found = States::new();
    if !file.categories.is_empty() {
        let names: HashSet<&Slug> = file.categories.iter().map(|record| &record.slug).collect();
        let rows = categories::table
            .select((categories::id, CategoryRecord::as_select()))
            .load::<(i64, CategoryRecord)>(conn)?;
        for (id, record) in rows.into_iter().filter(|(_, record)| names.contains(&record.slug)) {
            found.insert((RecordKind::Category, id), Record::Category(record).into());
        }
    }
    if !file.reviewers.is_empty() {
        let names: HashSet<&Slug> = file.reviewers.iter().map(|record| &record.slug).collect();
        let rows = reviewers::table
            .select((reviewers::id, ReviewerRecord::as_select()))
            .load::<(i64, ReviewerRecord)>(conn)?;
        for (id, record) in rows.into_iter().filter(|(_, record)| names.contains(&record.slug)) {
            found.insert((RecordKind::Reviewer, id), Record::Reviewer(record).into());
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
        let names: HashSet<&Slug> = file.tools.iter().map(|record| &record.slug).collect();
        for (id, state) in tool_states(conn, few.as_deref())? {
            if state.record.slug().is_some_and(|slug| names.contains(slug)) {
                found.insert((RecordKind::Tool, id), state);
            }
        }
    }
    if !file.comparisons.is_empty() {
        let slugs = slugs_of_tools(conn, None)?;
        let pairs: HashSet<[Slug; 2]> =
            file.comparisons.iter().map(|record| record.clone().sorted().tools).collect();
        let rows = comparisons::table
            .select((comparisons::id, Comparison::as_select()))
            .load::<(i64, Comparison)>(conn)?;
        for (id, row) in rows {
            let state = comparison_state(row, &slugs)?;
            if matches!(&state.record, Record::Comparison(record) if pairs.contains(&record.tools)) {
                found.insert((RecordKind::Comparison, id), state);
            }
        }
    }
    Ok(found)
}

/// The whole catalogue as records, in the order of their ids.
pub(super) fn everything(conn: &mut Db) -> QueryResult<File> {
    let tool_slugs = slugs_of_tools(conn, None)?;
    Ok(File {
        categories: categories::table.order(categories::id).select(CategoryRecord::as_select()).load(conn)?,
        reviewers: reviewers::table.order(reviewers::id).select(ReviewerRecord::as_select()).load(conn)?,
        tools: tool_records(conn, None)?.into_iter().map(|(_, record)| record).collect(),
        comparisons: comparisons::table
            .order(comparisons::id)
            .select(Comparison::as_select())
            .load(conn)?
            .into_iter()
            .map(|row| comparison(row, &tool_slugs))
            .collect::<QueryResult<_>>()?,
    })
}

fn comparison_state(row: Comparison, tool_slugs: &Slugs) -> QueryResult<State> {
    Ok(Record::Comparison(comparison(row, tool_slugs)?).into())
}

fn tool_states(conn: &mut Db, few: Option<&[i64]>) -> QueryResult<Vec<(i64, State)>> {
    let state = |record: ToolRecord| State::from(Record::Tool(Box::new(record)));
    Ok(tool_records(conn, few)?.into_iter().map(|(id, record)| (id, state(record))).collect())
}

/// Slugs by id.
type Slugs = HashMap<i64, Slug>;

fn slugs_of_tools(conn: &mut Db, few: Option<&[i64]>) -> QueryResult<Slugs> {
    let mut query = tools::table.select((tools::id, tools::slug)).into_boxed();
    if let Some(ids) = few {
        query = query.filter(tools::id.eq_any(ids));
    }
    by_id(query.load(conn)?)
}

fn by_id(rows: Vec<(i64, String)>) -> QueryResult<Slugs> {
    rows.into_iter().map(|(id, text)| Ok((id, slug(text)?))).collect()
}

fn slug_of(slugs: &Slugs, id: i64, column: &str) -> QueryResult<Slug> {
    term(slugs.get(&id).cloned(), column)
}

/// The tools as records, each with its id; `few` are the ids of those that are meant, unless all are.
fn tool_records(conn: &mut Db, few: Option<&[i64]>) -> QueryResult<Vec<(i64, ToolRecord)>> {
    let category_slugs = by_id(categories::table.select((categories::id, categories::slug)).load(conn)?)?;
    let reviewer_slugs = by_id(reviewers::table.select((reviewers::id, reviewers::slug)).load(conn)?)?;
    let mut query = tools::table.order(tools::id).select((tools::id, ToolRow::as_select())).into_boxed();
    if let Some(ids) = few {
        query = query.filter(tools::id.eq_any(ids));
    }
    let rows = query.load::<(i64, ToolRow)>(conn)?;
    let (mut plans, mut facts) = (plans(conn, few)?, facts(conn, few)?);
    let mut reviews: HashMap<i64, Vec<ReviewRecord>> = HashMap::new();
    for (_, row) in review_rows(conn, few)? {
        reviews.entry(row.tool_id).or_default().push(review(row, &reviewer_slugs)?);
    }
    rows.into_iter()
        .map(|(id, row)| {
            let record = ToolRecord {
                slug: slug(row.slug)?,
                name: row.name,
                category: slug_of(&category_slugs, row.category_id, "tools.category_id")?,
                tagline: row.tagline,
                description: row.description,
                website: row.website,
                status: term(Status::from_i16(row.status), "tools.status")?,
                pricing: Some(Box::new(Pricing {
                    entry: row.price_entry,
                    text: row.price_text,
                    source: row.price_source,
                    checked_on: row.price_checked_on,
                    plans: plans.remove(&id).unwrap_or_default(),
                })),
                facts: Some(facts.remove(&id).unwrap_or_default()),
                reviews: reviews.remove(&id).unwrap_or_default(),
            };
            Ok((id, record))
        })
        .collect()
}

/// The plans of tools, in their makers' order.
pub(super) fn plans(conn: &mut Db, few: Option<&[i64]>) -> QueryResult<HashMap<i64, Vec<Plan>>> {
    let columns = (price_plans::tool_id, Plan::as_select());
    let mut query = price_plans::table.order(price_plans::id).select(columns).into_boxed();
    if let Some(ids) = few {
        query = query.filter(price_plans::tool_id.eq_any(ids));
    }
    Ok(by_tool(query.load(conn)?))
}

/// The facts of tools, in the order of the file.
pub(super) fn facts(conn: &mut Db, few: Option<&[i64]>) -> QueryResult<HashMap<i64, Vec<Fact>>> {
    let mut query = facts::table.order(facts::id).select((facts::tool_id, Fact::as_select())).into_boxed();
    if let Some(ids) = few {
        query = query.filter(facts::tool_id.eq_any(ids));
    }
    Ok(by_tool(query.load(conn)?))
}

fn by_tool<T>(rows: Vec<(i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut lists: HashMap<i64, Vec<T>> = HashMap::new();
    for (tool_id, row) in rows {
        lists.entry(tool_id).or_default().push(row);
    }
    lists
}

/// The reviews of tools with their ids, oldest first.
pub(super) fn review_rows(conn: &mut Db, few: Option<&[i64]>) -> QueryResult<Vec<(i64, Review)>> {
    let mut query = reviews::table.order(reviews::id).select((reviews::id, Review::as_select())).into_boxed();
    if let Some(ids) = few {
        query = query.filter(reviews::tool_id.eq_any(ids));
    }
    query.load(conn)
}

fn review(row: Review, reviewer_slugs: &Slugs) -> QueryResult<ReviewRecord> {
    let reviewer = slug_of(reviewer_slugs, row.reviewer_id, "reviews.reviewer_id")?;
    let Review { verdict, score, take, reviewed_on, basis, .. } = row;
    Ok(ReviewRecord { reviewer, verdict, score, take, reviewed_on, basis })
}

fn comparison(row: Comparison, tool_slugs: &Slugs) -> QueryResult<ComparisonRecord> {
    let tool = |id| slug_of(tool_slugs, id, "comparisons.first_tool_id and second_tool_id");
    Ok(ComparisonRecord {
        tools: [tool(row.first)?, tool(row.second)?],
        summary: row.summary,
        pick_first_if: row.pick_first_if,
        pick_second_if: row.pick_second_if,
        status: row.status,
        published_on: row.published_on,
    })
}
