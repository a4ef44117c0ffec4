//! The tools of a new comparison, as they are typed: by name or URL slug.

use diesel::QueryResult;

use super::context::FormContext;
use crate::admin::AdminContext;
use crate::admin::choosing::{self, Candidate};
use crate::admin::form::{FieldErrors, FormData};
use crate::catalogue::RecordKind;
use crate::db::Db;
use crate::text::shown_name;
use crate::web::error::AppError;

/// The fields of the two.
const FIELDS: [&str; 2] = ["tools[0]", "tools[1]"];

/// Puts the slugs of the tools that are meant in place of what was typed, and their names into the context. Returns what is
/// wrong where it is not clear which tool is meant.
pub(super) async fn settle(
    admin: &AdminContext,
    context: &mut FormContext,
    data: &mut FormData,
) -> Result<FieldErrors, AppError> {
    let mut errors = FieldErrors::default();
    if context.kind != RecordKind::Comparison || context.id.is_some() {
        return Ok(errors);
    }
    let [a, b] = FIELDS.map(|name| data.trimmed(name));
    let meant = admin.read(move |conn| Ok([meant(conn, &a)?, meant(conn, &b)?])).await?;
    for ((name, meant), typed) in FIELDS.into_iter().zip(meant).zip(&mut context.typed) {
        match meant {
            // That a tool is required, the rules of the catalogue say.
            None => {}
            Some(Ok(tool)) => {
                *typed = Some(shown_name(&tool.name));
                data.replace(name, tool.slug);
            }
            Some(Err(text)) => errors.add(name, text),
        }
    }
    Ok(errors)
}

fn meant(conn: &mut Db, typed: &str) -> QueryResult<Option<Result<Candidate, String>>> {
    if typed.is_empty() {
        return Ok(None);
    }
    choosing::find(conn, RecordKind::Tool, typed).map(Some)
}
