//! What the list and the form of tools need, fetched with one connection.

use std::collections::HashMap;

use chrono::Utc;
use diesel::prelude::*;

use super::{
    listing::{Filters, PER_PAGE},
    store::{self, Line},
};
use crate::{
    admin::difference::Names,
    catalogue::{
        RecordKind, Status, edit,
        file::State,
        history::{self, Headline},
    },
    db::{
        Db,
        schema::{categories, reviewers},
        sql::counted,
    },
    web::{error::AppError, paging::Page},
};

/// One page of the list.
pub(super) struct Listing {
    pub filters: Filters,
    pub page: Page,
    pub lines: Vec<Line>,
    /// Slug and name of every category.
    pub categories: Vec<(String, String)>,
}

pub(super) fn listing(conn: &mut Db, filters: Filters) -> QueryResult<Listing> {
    let stale = store::stale_before(conn, Utc::now().date_naive())?;
    let total = counted(store::count(conn, &filters, stale)?);
    let page = Page::nearest(filters.page, total, PER_PAGE);
    let lines = store::list(conn, &filters, stale, page.range())?;
    let categories =
        categories::table.order(categories::name).select((categories::slug, categories::name)).load(conn)?;
    Ok(Listing { filters, page, lines, categories })
}

/// What the form of a tool stands on.
pub(super) struct Ground {
    /// The tool's id, unless it is new.
    pub id: Option<i64>,
    /// The tool as it is stored, unless it is new.
    pub stored: Option<State>,
    /// What was last done to it.
    pub last: Option<Headline>,
    /// In the order of their names.
    pub categories: Vec<Known>,
    /// The panel, in its order.
    pub reviewers: Vec<Known>,
}

/// A category or reviewer.
pub(super) struct Known {
    pub slug: String,
    pub name: String,
    pub status: Status,
}

impl Ground {
    pub(super) fn status(&self) -> Option<Status> {
        self.stored.as_ref().map(|state| state.status)
    }

    pub(super) fn token(&self) -> String {
        self.stored.as_ref().map(State::token).unwrap_or_default()
    }

    pub(super) fn category_statuses(&self) -> HashMap<String, Status> {
        self.categories.iter().map(|known| (known.slug.clone(), known.status)).collect()
    }

    pub(super) fn names(&self) -> Names {
        self.reviewers.iter().map(|known| (known.slug.clone(), known.name.clone())).collect()
    }
}

/// The ground of the form of this tool, or of a new one.
pub(super) fn ground(conn: &mut Db, id: Option<i64>) -> Result<Ground, AppError> {
    type Row = (String, String, i16);
    let (stored, last) = match id {
        Some(id) => {
            let state = edit::stored(conn, RecordKind::Tool, id)?.ok_or_else(AppError::not_found)?;
            (Some(state), history::headlines(conn, (RecordKind::Tool, id), 0..1)?.pop())
        }
        None => (None, None),
    };
    let known = |(slug, name, status): Row| Known {
        slug,
        name,
        status: Status::from_i16(status).unwrap_or(Status::Archived),
    };
    let categories: Vec<Row> = categories::table
        .order(categories::name)
        .select((categories::slug, categories::name, categories::status))
        .load(conn)?;
    let reviewers: Vec<Row> = reviewers::table
        .order(reviewers::id)
        .select((reviewers::slug, reviewers::name, reviewers::status))
        .load(conn)?;
    Ok(Ground {
        id,
        stored,
        last,
        categories: categories.into_iter().map(known).collect(),
        reviewers: reviewers.into_iter().map(known).collect(),
    })
}
