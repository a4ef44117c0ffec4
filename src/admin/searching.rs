//! How lists of the admin area find what somebody looks for.

use crate::text::folded;

/// The ids of the rows in one of whose texts `q` stands, however either is written, in their order. Looked for here:
/// databases do not agree on what a capital is.
pub(super) fn ids_with<T: IntoIterator<Item = String>>(
    q: &str,
    rows: impl IntoIterator<Item = (i64, T)>,
) -> impl Iterator<Item = i64> {
    let q = folded(q);
    rows.into_iter()
        .filter_map(move |(id, texts)| texts.into_iter().any(|text| folded(&text).contains(&q)).then_some(id))
}
