//! What the form of a record stands on, fetched with one connection.

use diesel::prelude::*;

use super::difference::Names;
use crate::admin::paths::form_path;
use crate::catalogue::file::{Record, State};
use crate::catalogue::history::{self, Headline};
use crate::catalogue::{Kind, RecordKind, Status, edit, status_rules, tool_names};
use crate::db::Db;
use crate::db::schema::{categories, comparisons, reviewers, tools};
use crate::submissions::submission::Submission;
use crate::text::shown_name;
use crate::web::error::AppError;

/// What the form of a record stands on.
pub(super) struct FormContext {
    pub kind: RecordKind,
    /// The record's id, unless it is new.
    pub id: Option<i64>,
    /// The record as it is stored, unless it is new.
    pub stored: Option<State>,
    /// What the record is called; nothing if it is new.
    pub name: String,
    /// Whether readers ever saw the record.
    pub was_published: bool,
    /// The names of the tools of a comparison, unless it is new.
    pub pair: Option<[String; 2]>,
    /// What somebody sent in that the form answers.
    pub submission: Option<Submission>,
    /// What was last done to a tool.
    pub last: Option<Headline>,
    /// The categories that a tool may be in, in the order of their names.
    pub categories: Vec<Referable>,
    /// Who may review a tool, in the order of the panel.
    pub reviewers: Vec<Referable>,
    /// The slugs of the AIs among them.
    pub ai: Vec<String>,
    /// The records of the same kind before and after it.
    pub neighbours: [Option<i64>; 2],
    /// The names of the tools that are typed into the form of a new comparison.
    pub typed: [Option<String>; 2],
    /// Id, name and status of the tools that a new one may be.
    pub alike: Vec<(i64, String, Status)>,
}

/// A category or reviewer that a tool may refer to.
#[derive(Queryable)]
pub(super) struct Referable {
    pub slug: String,
    pub name: String,
    pub status: Status,
}

impl Referable {
    /// Its name; of what is not published, with its status.
    pub(super) fn label(&self) -> String {
        match self.status {
            Status::Published => shown_name(&self.name),
            status => format!("{} ({status})", shown_name(&self.name)),
        }
    }
}

impl FormContext {
    /// That of a record to which nothing else is known.
    pub(super) fn new(kind: RecordKind, id: Option<i64>, stored: Option<State>) -> Self {
        Self {
            kind,
            id,
            name: stored.as_ref().map(|state| state.record.name()).unwrap_or_default(),
            stored,
            was_published: false,
            pair: None,
            submission: None,
            last: None,
            categories: vec![],
            reviewers: vec![],
            ai: vec![],
            neighbours: [None; 2],
            typed: [None, None],
            alike: vec![],
        }
    }

    pub(super) fn status(&self) -> Option<Status> {
        self.stored.as_ref().map(State::status)
    }

    pub(super) fn token(&self) -> String {
        self.stored.as_ref().map(State::token).unwrap_or_default()
    }

    /// The address of the form.
    pub(super) fn path(&self) -> String {
        form_path(self.kind, self.id)
    }

    pub(super) fn category(&self, slug: &str) -> Option<&Referable> {
        self.categories.iter().find(|known| known.slug == slug)
    }

    /// The names of all reviewers.
    pub(super) fn names(&self) -> Names {
        self.reviewers.iter().map(|known| (known.slug.clone(), known.name.clone())).collect()
    }

    /// That of the record with this id, or of a new one.
    pub(super) fn load(conn: &mut Db, kind: RecordKind, id: Option<i64>) -> Result<Self, AppError> {
        let mut context = Self::new(kind, id, None);
        if let Some(id) = id {
            context = Self::new(
                kind,
                Some(id),
                Some(edit::stored(conn, kind, id)?.ok_or_else(AppError::not_found)?),
            );
            context.neighbours = neighbours(conn, kind, id)?;
            context.was_published = status_rules::was_published(conn, kind, id)?;
            if let Some(Record::Comparison(comparison)) = context.stored.as_ref().map(|state| &state.record) {
                let pair = tool_names(conn, &comparison.tools)?;
                context.name = pair.join(" vs ");
                context.pair = Some(pair);
            }
            if kind == RecordKind::Tool {
                context.last = history::headlines(conn, (kind, id), 0..1)?.pop();
            }
        }
        if kind == RecordKind::Tool {
            context.categories = categories::table
                .order(categories::name)
                .select((categories::slug, categories::name, categories::status))
                .load(conn)?;
            context.reviewers = reviewers::table
                .order(reviewers::id)
                .select((reviewers::slug, reviewers::name, reviewers::status))
                .load(conn)?;
            let is_ai = reviewers::kind.eq(Kind::Ai.to_i16());
            context.ai = reviewers::table.filter(is_ai).select(reviewers::slug).load(conn)?;
        }
        Ok(context)
    }
}

/// The records of a kind before and after this one, in the order in which they were made.
fn neighbours(conn: &mut Db, kind: RecordKind, id: i64) -> QueryResult<[Option<i64>; 2]> {
    macro_rules! around {
        ($table:ident) => {{
            let before = $table::table.filter($table::id.lt(id)).order($table::id.desc());
            let after = $table::table.filter($table::id.gt(id)).order($table::id.asc());
            [
                before.select($table::id).first(conn).optional()?,
                after.select($table::id).first(conn).optional()?,
            ]
        }};
    }
    Ok(match kind {
        RecordKind::Category => around!(categories),
        RecordKind::Reviewer => around!(reviewers),
        RecordKind::Tool => around!(tools),
        RecordKind::Comparison => around!(comparisons),
    })
}
