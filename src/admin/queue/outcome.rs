//! What came of a correction, as its sender reads it: what was done, and not what was meant.

use crate::catalogue::Status;
use crate::catalogue::edit::Edited;
use crate::catalogue::file::{Record, ToolRecord};
use crate::submissions::current_values::{self, CurrentValue};
use crate::submissions::submission::Field;
use crate::text::around_difference;

/// Up to how many characters of a long value are shown.
const LONGEST: usize = 200;

/// What the sender of a correction of this field reads once the tool was stored so; nothing where that did not change
/// what it is about, or took the tool away.
pub(super) fn of_correction(field: Field, edited: &Edited) -> Option<String> {
    let before = edited.before.as_ref()?;
    let (Record::Tool(old), Record::Tool(new)) = (&before.record, &edited.after.record) else { return None };
    if edited.after.status == Status::Archived {
        return None;
    }
    if field == Field::Other {
        let is_same = **old == ToolRecord { status: old.status, ..ToolRecord::clone(new) };
        return (!is_same).then(|| "Thank you. It has been corrected.".to_owned());
    }
    let changed = changed(current_values::of_field(field, old), current_values::of_field(field, new));
    (!changed.is_empty()).then(|| format!("Thank you. It has been corrected: {}.", changed.join("; ")))
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
