//! What came of a correction, as its sender reads it: what was done, and not what was meant.

use diesel::prelude::*;

use crate::catalogue::Status;
use crate::catalogue::edit::Edited;
use crate::catalogue::file::{Record, ToolRecord};
use crate::db::Db;
use crate::db::schema::categories;
use crate::submissions::current_values::{self, CurrentValue};
use crate::submissions::submission::Field;
use crate::text::{around_difference, shown_name};

/// Up to how many characters of a long value are shown.
const LONGEST: usize = 200;

/// What the sender of a correction of this field reads once the tool was stored so; nothing where that did not change
/// what it is about, or took the tool away.
pub(super) fn of_correction(conn: &mut Db, field: Field, edited: &Edited) -> QueryResult<Option<String>> {
    let Some(before) = &edited.before else { return Ok(None) };
    let (Record::Tool(old), Record::Tool(new)) = (&before.record, &edited.after.record) else {
        return Ok(None);
    };
    if edited.after.status() == Status::Archived {
        return Ok(None);
    }
    if field == Field::Other {
        let is_same = **old == ToolRecord { status: old.status, ..ToolRecord::clone(new) };
        return Ok((!is_same).then(|| "Thank you. It has been corrected.".to_owned()));
    }
    let mut said = |tool: &ToolRecord| {
        let category = category_name(conn, &tool.category)?;
        QueryResult::Ok(current_values::of_field(field, tool, &category))
    };
    let changed = changed(said(old)?, said(new)?);
    Ok((!changed.is_empty()).then(|| format!("Thank you. It has been corrected: {}.", changed.join("; "))))
}

fn category_name(conn: &mut Db, slug: &str) -> QueryResult<String> {
    let name: Option<String> = categories::table
        .filter(categories::slug.eq(slug))
        .select(categories::name)
        .first(conn)
        .optional()?;
    Ok(name.map_or_else(|| slug.to_owned(), |name| shown_name(&name)))
}

/// Each value that differs: `Starting price: was Free, now 5 USD`.
fn changed(old: Vec<CurrentValue>, mut new: Vec<CurrentValue>) -> Vec<String> {
    let line = |label: &str, old: &str, new: &str| {
        let (old, new) = around_difference(old, new, LONGEST);
        let [old, new] = [old, new].map(|text| if text.is_empty() { "not stated".to_owned() } else { text });
        format!("{label}: was {old}, now {new}")
    };
    let mut lines = Vec::new();
    for CurrentValue { label, value } in old {
        let at = new.iter().position(|other| other.label == label);
        let now = at.map(|at| new.remove(at).value).unwrap_or_default();
        if now != value {
            lines.push(line(&label, &value, &now));
        }
    }
    let added = new.iter().filter(|added| !added.value.is_empty());
    lines.extend(added.map(|added| line(&added.label, "", &added.value)));
    lines
}
