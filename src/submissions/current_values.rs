//! What an entry says now, beside which a correction is read and written.

use super::submission::Field;
use crate::catalogue::file::ToolRecord;
use crate::catalogue::{Plan, Tool, ToolDetail};

/// One thing that an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentValue {
    pub label: String,
    /// Empty where the entry says nothing.
    pub value: String,
}

/// What the entry of a tool says of all that can be corrected, in the order of the form.
pub fn of(tool: &Tool, detail: &ToolDetail) -> Vec<CurrentValue> {
    let value = |label: &str, value: &str| CurrentValue { label: label.to_owned(), value: value.to_owned() };
    let mut values = vec![
        value("Name", &tool.name),
        value("Category", &tool.category.name),
        value("Website", tool.website.as_deref().unwrap_or_default()),
        value("Starting price", &tool.entry_price),
        value("Pricing", &detail.price_text),
    ];
    for plan in &detail.plans {
        let label = format!("Plan “{}”", plan.name);
        values.push(value(&label, &plan.price_text().unwrap_or_default()));
    }
    values.extend(detail.facts.iter().map(|fact| value(&fact.label, &fact.value)));
    values
}

/// What the record of a tool says of what a correction is about; nothing where that is something else. Unlike [`of`], also
/// where readers do not see the tool. `category` is the name of its category.
pub fn of_field(field: Field, tool: &ToolRecord, category: &str) -> Vec<CurrentValue> {
    let value = |label: &str, value: &str| CurrentValue { label: label.to_owned(), value: value.to_owned() };
    match field {
        Field::Name => vec![value("Name", &tool.name)],
        Field::Category => vec![value("Category", category)],
        Field::Link => vec![value("Website", tool.website.as_deref().unwrap_or_default())],
        Field::Description => vec![value("Tagline", &tool.tagline), value("Description", &tool.description)],
        Field::Fact => {
            let facts = tool.facts.iter().flatten();
            facts.map(|fact| value(&fact.label, &fact.value)).collect()
        }
        Field::Price => {
            let Some(pricing) = &tool.pricing else { return Vec::new() };
            let plan =
                |plan: &Plan| value(&format!("Plan “{}”", plan.name), &plan.price_text().unwrap_or_default());
            let said = [value("Starting price", &pricing.entry), value("Pricing", &pricing.text)];
            said.into_iter().chain(pricing.plans.iter().map(plan)).collect()
        }
        Field::Other => Vec::new(),
    }
}
