//! What a correction proposes for the fields of its tool: filled in beside what is stored, either of which one press takes.

use super::completed::today;
use super::context::FormContext;
use super::form_json::{row_numbers, to_form};
use crate::admin::form::{FormData, words};
use crate::catalogue::RecordKind;
use crate::catalogue::file::State;
use crate::submissions::submission::{Content, Correction, Field, SubmissionStatus};

/// Up to how many characters a starting price has; what is longer, or does not begin like a price, is told in words.
const ENTRY_MAX: usize = 40;

/// A field of the form for which something is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposed {
    /// The name of the field.
    pub name: String,
    pub stored: String,
    pub proposed: String,
    /// Whether the form begins with it: not where it would replace a long text, of which it may be meant as a part.
    pub is_filled_in: bool,
}

impl Proposed {
    pub(super) fn label(&self) -> String {
        words(&self.name)
    }
}

/// What the open correction that the form answers proposes.
pub(super) fn of(context: &FormContext) -> Vec<Proposed> {
    let (Some(item), Some(stored)) = (&context.submission, &context.stored) else { return Vec::new() };
    let Content::Correction(correction) = &item.content else { return Vec::new() };
    let is_about_it = item.tool.as_ref().is_some_and(|tool| Some(tool.id) == context.id);
    if context.kind != RecordKind::Tool || item.status != SubmissionStatus::Open || !is_about_it {
        return Vec::new();
    }
    let stored = to_form(RecordKind::Tool, &State::to_json(stored));
    fields(context, correction, &stored)
        .into_iter()
        .map(|(name, proposed)| Proposed {
            stored: stored.get(&name),
            is_filled_in: name != "description",
            name,
            proposed,
        })
        .filter(|proposed| proposed.stored != proposed.proposed)
        .collect()
}

/// The fields that a correction is about, each with what it says.
fn fields(context: &FormContext, correction: &Correction, stored: &FormData) -> Vec<(String, String)> {
    let value = correction.value.trim();
    let one = |name: &str| vec![(name.to_owned(), value.to_owned())];
    // Whoever names no source has the moderator look for one.
    let checked = |at: &str| {
        let source = Some(correction.source.clone()).filter(|source| !source.is_empty());
        let days = source.is_some().then(|| (format!("{at}.checked_on"), today().to_string()));
        source.map(|source| (format!("{at}.source"), source)).into_iter().chain(days)
    };
    match correction.field {
        Field::Price => {
            let name = if is_starting_price(value) { "pricing.entry" } else { "pricing.text" };
            one(name).into_iter().chain(checked("pricing")).collect()
        }
        Field::Link => one("website"),
        Field::Name => one("name"),
        Field::Description => one("description"),
        Field::Category => {
            let low = value.to_lowercase();
            let is_it = |slug: &str, name: &str| slug == low || name.to_lowercase() == low;
            let known = context.categories.iter().find(|known| is_it(&known.slug, &known.name));
            known.map(|known| ("category".to_owned(), known.slug.clone())).into_iter().collect()
        }
        // `Licence: MIT`, of a fact that is there.
        Field::Fact => {
            let Some((label, value)) = value.split_once(':') else { return Vec::new() };
            let label = label.trim().to_lowercase();
            let is_it = |row: &usize| stored.get(&format!("facts[{row}].label")).to_lowercase() == label;
            let Some(row) = row_numbers(stored, "facts").into_iter().find(is_it) else { return Vec::new() };
            let at = format!("facts[{row}]");
            let value = (format!("{at}.value"), value.trim().to_owned());
            [value].into_iter().chain(checked(&at)).collect()
        }
        Field::Other => Vec::new(),
    }
}

/// Whether it is what a starting price is said in, `$5 a month` or `Free`, and no sentence about prices.
fn is_starting_price(value: &str) -> bool {
    let first = value.split_whitespace().next().unwrap_or_default().to_lowercase();
    let begins_like_one = ["free", "paid", "from"].contains(&first.as_str())
        || first.starts_with(|letter: char| !letter.is_alphabetic())
            && first.contains(|letter: char| letter.is_ascii_digit());
    begins_like_one && value.chars().count() <= ENTRY_MAX && !value.contains('\n')
}

/// Fills in what is proposed.
pub(super) fn fill_in(context: &FormContext, data: &mut FormData) {
    for proposed in of(context).into_iter().filter(|proposed| proposed.is_filled_in) {
        data.replace(&proposed.name, proposed.proposed);
    }
}

/// Does what a button of name `rows` says, `stored:website` or `proposed:website`, or `today:pricing.checked_on`, and
/// returns the name of the field; `None` where it is another button.
pub(super) fn choose(context: &FormContext, data: &mut FormData, command: &str) -> Option<String> {
    let (which, name) = command.split_once(':')?;
    if which == "today" && name.ends_with("_on") && data.has(name) {
        data.replace(name, today().to_string());
        return Some(name.to_owned());
    }
    if !["stored", "proposed"].contains(&which) {
        return None;
    }
    let all = of(context);
    all.iter().find(|proposed| proposed.name == name)?;
    // A value takes its source, and when that was checked, along: they say where it is from.
    let is_with_it = |proposed: &&Proposed| {
        let is_its_source =
            |end: &str| proposed.name.ends_with(end) && !name.ends_with(".source") && !name.ends_with("_on");
        proposed.name == name || is_its_source(".source") || is_its_source("_on")
    };
    for proposed in all.iter().filter(is_with_it) {
        let value = if which == "stored" { &proposed.stored } else { &proposed.proposed };
        data.replace(&proposed.name, value.as_str());
    }
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_about_prices_is_no_starting_price() {
        for (value, is_one) in [
            ("$5 a month", true),
            ("€12.50", true),
            ("20 USD per month", true),
            ("Free", true),
            ("from $9", true),
            ("Pro is 20 USD a month", false),
            ("It is not free any more", false),
            ("Free for everybody who has been there before the change of last week", false),
            ("", false),
        ] {
            assert_eq!(is_starting_price(value), is_one, "{value}");
        }
    }
}
