//! What the columns of the catalogue's tables hold as text and numbers, as values that cannot be wrong.

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use crate::slug::Slug;

/// The value that a stored number stands for; an error, as of a column of the wrong type, when it stands for none.
pub(super) fn term<T>(value: Option<T>, column: &str) -> QueryResult<T> {
    value.ok_or_else(|| {
        DieselError::DeserializationError(format!("{column} holds a number without a meaning").into())
    })
}

/// The texts of a JSON array that a column holds.
pub(super) fn texts(column: &str) -> QueryResult<Vec<String>> {
    serde_json::from_str(column).map_err(|cause| DieselError::DeserializationError(Box::new(cause)))
}

/// The slug that a column holds.
pub(super) fn slug(column: String) -> QueryResult<Slug> {
    column.try_into().map_err(|cause| DieselError::DeserializationError(Box::new(cause)))
}
