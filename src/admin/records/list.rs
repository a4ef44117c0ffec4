//! The list of the records of one kind: what is asked for, and the rows of a page.

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{Bool, Text},
};

use crate::{
    catalogue::{RecordKind, Status},
    db::{
        Db,
        schema::{categories, comparisons, reviewers, reviews, tools},
        sql::{ESCAPE, containing, limit_and_offset, lower},
    },
    web::{
        paging::{Page, field, wanted},
        ui::Day,
    },
};

/// How many rows a page holds.
const PER_PAGE: usize = 50;

/// The word for comparisons that are published with a side that is not.
pub(super) const SIDE: &str = "side";

/// What an address asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    pub q: String,
    pub status: Option<Status>,
    /// Of comparisons: whether only those that are published with a side that is not.
    pub hidden_side: bool,
    pub page: usize,
}

impl Asked {
    pub(super) fn parse(query: &str) -> Self {
        Self {
            q: field(query, "q").chars().take(200).collect(),
            status: Status::from_word(&field(query, "status")),
            hidden_side: field(query, "attention") == SIDE,
            page: wanted(&field(query, "page")),
        }
    }

    /// What is looked for, as a pattern.
    fn pattern(&self) -> String {
        containing(&self.q.to_lowercase())
    }
}

/// A record in the list.
#[derive(Debug)]
pub(super) struct Row {
    pub id: i64,
    pub name: String,
    pub slug: String,
    pub status: Status,
    pub note: Note,
}

/// What stands at the end of a row.
#[derive(Debug)]
pub(super) enum Note {
    /// How many tools or reviews it has.
    Words(String),
    /// When it was published, if it was.
    Day(Option<Day>),
}

/// One page of the list.
pub(super) struct Listed {
    pub asked: Asked,
    pub page: Page,
    pub rows: Vec<Row>,
}

/// The records of a kind that an address asks for.
pub(super) fn list(conn: &mut Db, kind: RecordKind, asked: Asked) -> QueryResult<Listed> {
    let (page, rows) = match kind {
        RecordKind::Category => categories(conn, &asked)?,
        RecordKind::Reviewer => reviewers(conn, &asked)?,
        RecordKind::Comparison => comparisons(conn, &asked)?,
        RecordKind::Tool => (Page::nearest(1, 0, PER_PAGE), Vec::new()),
    };
    Ok(Listed { asked, page, rows })
}

fn page(asked: &Asked, total: i64) -> (Page, i64, i64) {
    let page = Page::nearest(asked.page, crate::db::sql::counted(total), PER_PAGE);
    let (limit, offset) = limit_and_offset(&page.range());
    (page, limit, offset)
}

fn status(number: i16) -> Status {
    Status::from_i16(number).unwrap_or(Status::Draft)
}

fn counted(number: i64, one: &str, many: &str) -> String {
    crate::text::count(number.unsigned_abs(), one, many)
}

fn categories(conn: &mut Db, asked: &Asked) -> QueryResult<(Page, Vec<Row>)> {
    let filtered = || {
        let mut query = categories::table.into_boxed();
        if let Some(status) = asked.status {
            query = query.filter(categories::status.eq(status.to_i16()));
        }
        if !asked.q.is_empty() {
            let named = lower(categories::name).like(asked.pattern()).escape(ESCAPE);
            query = query.filter(named.or(categories::slug.like(asked.pattern()).escape(ESCAPE)));
        }
        query
    };
    let (page, limit, offset) = page(asked, filtered().count().get_result(conn)?);
    let found: Vec<(i64, String, String, i16)> = filtered()
        .order(categories::id)
        .limit(limit)
        .offset(offset)
        .select((categories::id, categories::name, categories::slug, categories::status))
        .load(conn)?;
    let ids: Vec<i64> = found.iter().map(|row| row.0).collect();
    let counts: Vec<(i64, i64)> = tools::table
        .filter(tools::category_id.eq_any(ids))
        .group_by(tools::category_id)
        .select((tools::category_id, count_star()))
        .load(conn)?;
    Ok((page, rows(found, &counts, ("tool", "tools"))))
}

fn reviewers(conn: &mut Db, asked: &Asked) -> QueryResult<(Page, Vec<Row>)> {
    let filtered = || {
        let mut query = reviewers::table.into_boxed();
        if let Some(status) = asked.status {
            query = query.filter(reviewers::status.eq(status.to_i16()));
        }
        if !asked.q.is_empty() {
            let named = lower(reviewers::name).like(asked.pattern()).escape(ESCAPE);
            query = query.filter(named.or(reviewers::slug.like(asked.pattern()).escape(ESCAPE)));
        }
        query
    };
    let (page, limit, offset) = page(asked, filtered().count().get_result(conn)?);
    let found: Vec<(i64, String, String, i16)> = filtered()
        .order(reviewers::id)
        .limit(limit)
        .offset(offset)
        .select((reviewers::id, reviewers::name, reviewers::slug, reviewers::status))
        .load(conn)?;
    let ids: Vec<i64> = found.iter().map(|row| row.0).collect();
    let counts: Vec<(i64, i64)> = reviews::table
        .filter(reviews::reviewer_id.eq_any(ids))
        .group_by(reviews::reviewer_id)
        .select((reviews::reviewer_id, count_star()))
        .load(conn)?;
    Ok((page, rows(found, &counts, ("review", "reviews"))))
}

fn rows(
    found: Vec<(i64, String, String, i16)>,
    counts: &[(i64, i64)],
    (one, many): (&str, &str),
) -> Vec<Row> {
    found
        .into_iter()
        .map(|(id, name, slug, number)| {
            let count = counts.iter().find(|(other, _)| *other == id).map_or(0, |(_, count)| *count);
            Row { id, name, slug, status: status(number), note: Note::Words(counted(count, one, many)) }
        })
        .collect()
}

diesel::alias!(tools as first_tools: FirstTools, tools as second_tools: SecondTools);

fn comparisons(conn: &mut Db, asked: &Asked) -> QueryResult<(Page, Vec<Row>)> {
    let (first, second) = (first_tools, second_tools);
    let filtered = || {
        let mut query = comparisons::table
            .inner_join(first.on(first.field(tools::id).eq(comparisons::first_tool_id)))
            .inner_join(second.on(second.field(tools::id).eq(comparisons::second_tool_id)))
            .into_boxed();
        if let Some(status) = asked.status {
            query = query.filter(comparisons::status.eq(status.to_i16()));
        }
        if asked.hidden_side {
            let published = Status::Published.to_i16();
            let hidden =
                first.field(tools::status).ne(published).or(second.field(tools::status).ne(published));
            query = query.filter(comparisons::status.eq(published)).filter(hidden);
        }
        if !asked.q.is_empty() {
            // Both names in a row, so that "amber basalt" finds the two.
            query = query.filter(
                sql::<Bool>(
                    "lower(first_tools.name || ' ' || second_tools.name || ' ' || first_tools.slug || '-vs-' || \
                     second_tools.slug) LIKE ",
                )
                .bind::<Text, _>(asked.pattern())
                .sql(&format!(" ESCAPE '{ESCAPE}'")),
            );
        }
        query
    };
    let (page, limit, offset) = page(asked, filtered().count().get_result(conn)?);
    type Found = (i64, (String, String), (String, String), i16, Option<chrono::NaiveDate>);
    let found: Vec<Found> = filtered()
        .order(comparisons::id.desc())
        .limit(limit)
        .offset(offset)
        .select((
            comparisons::id,
            (first.field(tools::name), first.field(tools::slug)),
            (second.field(tools::name), second.field(tools::slug)),
            comparisons::status,
            comparisons::published_on,
        ))
        .load(conn)?;
    let rows = found.into_iter().map(|(id, a, b, number, published_on)| Row {
        id,
        name: format!("{} vs {}", a.0, b.0),
        slug: format!("{}-vs-{}", a.1, b.1),
        status: status(number),
        note: Note::Day(published_on.map(Day)),
    });
    Ok((page, rows.collect()))
}
