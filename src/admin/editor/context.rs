//! What the form of a record stands on, fetched with one connection.

use std::collections::HashMap;

use diesel::prelude::*;

use super::difference::Names;
use crate::catalogue::file::State;
use crate::catalogue::history::{self, Headline};
use crate::catalogue::{Catalogue, RecordKind, Status, edit};
use crate::db::Db;
use crate::db::schema::{categories, reviewers};
use crate::web::error::AppError;
use crate::web::ui::suggested;

/// What the form of a record stands on.
pub(super) struct FormContext {
    pub kind: RecordKind,
    /// The record's id, unless it is new.
    pub id: Option<i64>,
    /// The record as it is stored, unless it is new.
    pub stored: Option<State>,
    /// What was last done to a tool.
    pub last: Option<Headline>,
    /// The categories that a tool may be in, in the order of their names.
    pub categories: Vec<Referable>,
    /// Who may review a tool, in the order of the panel.
    pub reviewers: Vec<Referable>,
    /// Slug and name of the tools that a new comparison may be of, where there are not too many.
    pub tools: Vec<(String, String)>,
}

/// A category or reviewer that a tool may refer to.
pub(super) struct Referable {
    pub slug: String,
    pub name: String,
    pub status: Status,
}

impl FormContext {
    pub(super) fn status(&self) -> Option<Status> {
        self.stored.as_ref().map(|state| state.status)
    }

    pub(super) fn token(&self) -> String {
        self.stored.as_ref().map(State::token).unwrap_or_default()
    }

    pub(super) fn category_statuses(&self) -> HashMap<&str, Status> {
        self.categories.iter().map(|known| (known.slug.as_str(), known.status)).collect()
    }

    pub(super) fn names(&self) -> Names {
        self.reviewers.iter().map(|known| (known.slug.clone(), known.name.clone())).collect()
    }

    /// That of the record with this id, or of a new one.
    pub(super) fn load(
        conn: &mut Db,
        catalogue: &Catalogue,
        kind: RecordKind,
        id: Option<i64>,
    ) -> Result<Self, AppError> {
        let mut context = Self {
            kind,
            id,
            stored: None,
            last: None,
            categories: Vec::new(),
            reviewers: Vec::new(),
            tools: Vec::new(),
        };
        if let Some(id) = id {
            context.stored = Some(edit::stored(conn, kind, id)?.ok_or_else(AppError::not_found)?);
        }
        match (kind, id) {
            (RecordKind::Tool, _) => {
                if let Some(id) = id {
                    context.last = history::headlines(conn, (kind, id), 0..1)?.pop();
                }
                let categories = categories::table.order(categories::name).select((
                    categories::slug,
                    categories::name,
                    categories::status,
                ));
                context.categories = referable(categories.load(conn)?);
                let reviewers = reviewers::table.order(reviewers::id).select((
                    reviewers::slug,
                    reviewers::name,
                    reviewers::status,
                ));
                context.reviewers = referable(reviewers.load(conn)?);
            }
            (RecordKind::Comparison, None) => {
                let directory = catalogue.current(conn)?;
                let tools = suggested(directory.tools()).iter();
                context.tools = tools.map(|tool| (tool.slug.to_string(), tool.name.clone())).collect();
            }
            _ => {}
        }
        Ok(context)
    }
}

fn referable(rows: Vec<(String, String, i16)>) -> Vec<Referable> {
    let one = |(slug, name, status)| Referable {
        slug,
        name,
        status: Status::from_i16(status).unwrap_or(Status::Archived),
    };
    rows.into_iter().map(one).collect()
}
