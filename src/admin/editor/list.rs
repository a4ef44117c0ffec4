//! The rows of a list of records.

use chrono::{NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::filters::{Attention, RecordFilters, Sort};
use crate::admin::overdue;
use crate::admin::paths::form_path;
use crate::admin::searching::ids_with;
use crate::admin::settings::stale_days;
use crate::catalogue::{RecordKind, Status, history};
use crate::db::Db;
use crate::db::schema::{categories, comparisons, facts, reviewers, reviews, tools};
use crate::db::sql::{counted, limit_and_offset, lower};
use crate::text::{self, isolated, shown_name};
use crate::web::paging::Page;
use crate::web::ui::Day;

/// How many records a page lists.
const PER_PAGE: usize = 50;

/// The most records that a search looks at further; SQLite takes few more numbers in a query.
const MOST_FOUND: usize = 30_000;

/// One page of a list.
pub(super) struct RecordList {
    pub filters: RecordFilters,
    pub page: Page,
    /// Each with what stands in the columns behind its status.
    pub records: Vec<(ListedRecord, Vec<Cell>)>,
    /// Slug and name of every category that tools may be filtered by.
    pub categories: Vec<(String, String)>,
    /// The newest revision of all records.
    pub seen: i64,
}

/// A record in the list.
#[derive(Queryable)]
pub(super) struct ListedRecord {
    pub id: i64,
    pub name: String,
    pub slug: String,
    pub status: Status,
}

impl ListedRecord {
    fn shown(self) -> Self {
        Self { name: shown_name(&self.name), ..self }
    }
}

/// What stands in a column.
pub(super) enum Cell {
    Text(String),
    /// How many reviews a tool has.
    Reviews(i64),
    Day(Day),
    /// Something that never happened and should.
    Never,
}

impl RecordList {
    /// The records that an address asks for.
    pub(super) fn load(conn: &mut Db, filters: RecordFilters) -> QueryResult<Self> {
        let (page, records) = match filters.kind {
            RecordKind::Category => listed_categories(conn, &filters)?,
            RecordKind::Reviewer => listed_reviewers(conn, &filters)?,
            RecordKind::Tool => listed_tools(conn, &filters)?,
            RecordKind::Comparison => listed_comparisons(conn, &filters)?,
        };
        let categories = if filters.kind == RecordKind::Tool {
            categories::table
                .order(categories::name)
                .select((categories::slug, categories::name))
                .load(conn)?
        } else {
            Vec::new()
        };
        Ok(Self { filters, page, records, categories, seen: history::newest(conn)? })
    }
}

/// A record that a search over everything found.
pub(in crate::admin) struct FoundRecord {
    pub href: String,
    pub name: String,
    pub slug: String,
    pub status: Status,
}

/// The first records of a kind that its list finds.
pub(in crate::admin) fn search(conn: &mut Db, kind: RecordKind, q: &str) -> QueryResult<Vec<FoundRecord>> {
    let list = RecordList::load(conn, RecordFilters::searching(kind, q))?;
    let found = |(record, _): (ListedRecord, Vec<Cell>)| FoundRecord {
        href: form_path(kind, Some(record.id)),
        name: record.name,
        slug: record.slug,
        status: record.status,
    };
    Ok(list.records.into_iter().map(found).collect())
}

/// The page that is asked for, or the last one, with its limit and offset.
fn page(filters: &RecordFilters, total: i64) -> (Page, i64, i64) {
    let page = Page::nearest(filters.page, counted(total), PER_PAGE);
    let (limit, offset) = limit_and_offset(&page.range());
    (page, limit, offset)
}

/// The rows of a table that has a name, a slug and a status, as far as these are asked for.
macro_rules! matching {
    ($table:ident, $filters:expr, $found:expr) => {{
        let mut query = $table::table.into_boxed();
        if let Some(status) = $filters.status {
            query = query.filter($table::status.eq(status.to_i16()));
        }
        if let Some(ids) = $found {
            query = query.filter($table::id.eq_any(ids));
        }
        query
    }};
}

/// The ids of the rows of such a table in whose name or slug there is what is searched for; `None` where nothing is.
macro_rules! found {
    ($conn:expr, $table:ident, $filters:expr) => {{
        let rows = || $table::table.select(($table::id, $table::name.concat(" ").concat($table::slug)));
        match $filters.q.as_str() {
            "" => None,
            q => Some(with_words_of(q, rows().load($conn)?)),
        }
    }};
}

/// The ids of the texts in which `q` stands.
fn with_words_of(q: &str, texts: Vec<(i64, String)>) -> Vec<i64> {
    ids_with(q, texts.into_iter().map(|(id, text)| (id, [text]))).take(MOST_FOUND).collect()
}

/// Lists the rows of such a table, each with how many rows of another point at it, and how many of these are of no
/// published tool.
macro_rules! named {
    ($conn:expr, $filters:expr, $table:ident, $belonging:ident . $to:ident, $of_tools:expr, $words:expr) => {{
        let found = found!($conn, $table, $filters);
        let total = matching!($table, $filters, &found).count().get_result($conn)?;
        let (page, limit, offset) = page($filters, total);
        let belonging = $belonging::table.filter($belonging::$to.eq($table::id)).count().single_value();
        let hidden = $of_tools.filter(tools::status.ne(Status::PUBLISHED));
        let hidden = hidden.filter($belonging::$to.eq($table::id)).count().single_value();
        let rows: Vec<(ListedRecord, Option<i64>, Option<i64>)> = matching!($table, $filters, &found)
            .order($table::id)
            .limit(limit)
            .offset(offset)
            .select((($table::id, $table::name, $table::slug, $table::status), belonging, hidden))
            .load($conn)?;
        let cells = |all: Option<i64>, hidden: Option<i64>| {
            vec![Cell::Text(with_hidden(all.unwrap_or_default(), hidden.unwrap_or_default(), $words))]
        };
        Ok((
            page,
            rows.into_iter().map(|(record, all, hidden)| (record.shown(), cells(all, hidden))).collect(),
        ))
    }};
}

/// A page and the records on it, each with what stands in the columns behind its status.
type PageOfRecords = (Page, Vec<(ListedRecord, Vec<Cell>)>);

fn listed_categories(conn: &mut Db, filters: &RecordFilters) -> QueryResult<PageOfRecords> {
    named!(conn, filters, categories, tools.category_id, tools::table, ("tool", "tools"))
}

fn listed_reviewers(conn: &mut Db, filters: &RecordFilters) -> QueryResult<PageOfRecords> {
    let of_tools = reviews::table.inner_join(tools::table);
    named!(conn, filters, reviewers, reviews.reviewer_id, of_tools, ("review", "reviews"))
}

/// A count of which readers see a part: `3 tools, 1 of them unpublished`.
fn with_hidden(all: i64, hidden: i64, (one, many): (&str, &str)) -> String {
    let words = text::count(all.unsigned_abs(), one, many);
    match hidden {
        0 => words,
        hidden if hidden == all => format!("{words}, unpublished"),
        hidden => format!("{words}, {hidden} of them unpublished"),
    }
}

diesel::alias!(tools as first_tools: FirstTools, tools as second_tools: SecondTools);

fn listed_comparisons(conn: &mut Db, filters: &RecordFilters) -> QueryResult<PageOfRecords> {
    let (first, second) = (first_tools, second_tools);
    let slug = first.field(tools::slug).concat("-vs-").concat(second.field(tools::slug));
    let pairs = || {
        comparisons::table
            .inner_join(first.on(first.field(tools::id).eq(comparisons::first_tool_id)))
            .inner_join(second.on(second.field(tools::id).eq(comparisons::second_tool_id)))
    };
    let found = match filters.q.as_str() {
        "" => None,
        q => {
            // Both names in a row, so that "amber basalt" finds the two.
            let names = first.field(tools::name).concat(" ").concat(second.field(tools::name));
            let texts = pairs().select((comparisons::id, names.concat(" ").concat(slug))).load(conn)?;
            Some(with_words_of(q, texts))
        }
    };
    let filtered = || {
        let mut query = pairs().into_boxed();
        if let Some(status) = filters.status {
            query = query.filter(comparisons::status.eq(status.to_i16()));
        }
        if filters.attention == Some(Attention::HiddenSide) {
            let hidden = first.field(tools::status).ne(Status::PUBLISHED);
            let hidden = hidden.or(second.field(tools::status).ne(Status::PUBLISHED));
            query = query.filter(comparisons::status.eq(Status::PUBLISHED)).filter(hidden);
        }
        if let Some(ids) = &found {
            query = query.filter(comparisons::id.eq_any(ids));
        }
        query
    };
    let (page, limit, offset) = page(filters, filtered().count().get_result(conn)?);
    type Columns = (i64, String, String, String, Status);
    let rows: Vec<(Columns, Option<NaiveDate>)> = filtered()
        .order(comparisons::id.desc())
        .limit(limit)
        .offset(offset)
        .select((
            (comparisons::id, first.field(tools::name), second.field(tools::name), slug, comparisons::status),
            comparisons::published_on,
        ))
        .load(conn)?;
    let cells = |day: Option<NaiveDate>| {
        vec![day.map_or_else(|| Cell::Text("—".to_owned()), |day| Cell::Day(Day(day)))]
    };
    let record = |(id, first, second, slug, status): Columns| {
        let name = format!("{} vs {}", shown_name(&first), shown_name(&second));
        ListedRecord { id, name, slug, status }
    };
    let rows = rows.into_iter().map(|(columns, published_on)| (record(columns), cells(published_on)));
    Ok((page, rows.collect()))
}

fn listed_tools(conn: &mut Db, filters: &RecordFilters) -> QueryResult<PageOfRecords> {
    let stale = overdue::unchecked_before(Utc::now().date_naive(), stale_days(conn)?);
    let found = found!(conn, tools, filters);
    let total = matching_tools(filters, &found, stale).count().get_result(conn)?;
    let (page, limit, offset) = page(filters, total);
    let query = matching_tools(filters, &found, stale);
    let sorted = match filters.sort {
        Sort::Touched => query.order((tools::updated_at.desc(), tools::id.desc())),
        Sort::Name => query.order((lower(tools::name), tools::id)),
        Sort::Checked => query.order((
            tools::price_checked_on.is_null().desc(),
            tools::price_checked_on.asc(),
            tools::id.asc(),
        )),
    };
    let category = categories::table.filter(categories::id.eq(tools::category_id));
    type Columns = (Option<String>, Option<i64>, Option<NaiveDate>, NaiveDateTime);
    let rows: Vec<(ListedRecord, Columns)> = sorted
        .limit(limit)
        .offset(offset)
        .select((
            (tools::id, tools::name, tools::slug, tools::status),
            (
                category.select(categories::name).single_value(),
                reviews::table.filter(reviews::tool_id.eq(tools::id)).count().single_value(),
                tools::price_checked_on,
                tools::updated_at,
            ),
        ))
        .load(conn)?;
    let cells = |(category, reviews, checked_on, touched_at): Columns| {
        vec![
            Cell::Text(isolated(&category.unwrap_or_default())),
            Cell::Reviews(reviews.unwrap_or_default()),
            checked_on.map_or(Cell::Never, |day| Cell::Day(Day(day))),
            Cell::Day(Day(touched_at.date())),
        ]
    };
    Ok((page, rows.into_iter().map(|(record, columns)| (record.shown(), cells(columns))).collect()))
}

/// The tools that an address asks for. A check before `stale` is overdue.
fn matching_tools<'a>(
    filters: &RecordFilters,
    found: &Option<Vec<i64>>,
    stale: NaiveDate,
) -> tools::BoxedQuery<'a, <Db as Connection>::Backend> {
    let mut query = matching!(tools, filters, found.clone());
    if !filters.category.is_empty() {
        let id = categories::table
            .filter(categories::slug.eq(filters.category.clone()))
            .select(categories::id)
            .single_value();
        query = query.filter(tools::category_id.nullable().eq(id));
    }
    match filters.attention {
        None | Some(Attention::HiddenSide) => query,
        Some(Attention::FewReviews) => {
            let reviews = reviews::table.filter(reviews::tool_id.eq(tools::id)).count().single_value();
            query
                .filter(tools::status.eq(Status::PUBLISHED))
                .filter(reviews.lt(Some(overdue::REVIEWS_WANTED)))
        }
        Some(Attention::Overdue) => {
            let facts = facts::table.filter(facts::tool_id.eq(tools::id)).filter(facts::checked_on.lt(stale));
            let is_overdue = tools::price_checked_on.lt(stale).or(exists(facts));
            query.filter(tools::status.eq(Status::PUBLISHED)).filter(is_overdue)
        }
        Some(Attention::Undated) => {
            let stated = tools::price_entry.ne("").or(tools::price_text.ne(""));
            let facts = facts::table.filter(facts::tool_id.eq(tools::id)).filter(facts::checked_on.is_null());
            let is_undated = tools::price_checked_on.is_null().and(stated).or(exists(facts));
            query.filter(tools::status.eq(Status::PUBLISHED)).filter(is_undated)
        }
        Some(Attention::Draft) => query
            .filter(tools::status.eq(Status::Draft.to_i16()))
            .filter(tools::updated_at.lt(overdue::untouched_before(Utc::now().date_naive()))),
    }
}
