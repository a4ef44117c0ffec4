//! What an entry says now, beside which a correction is read and written.

use crate::catalogue::{Tool, ToolDetail};

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
        value("Price", &price(tool, detail)),
    ];
    for plan in &detail.plans {
        let label = format!("Plan “{}”", plan.name);
        values.push(value(&label, &plan.price_text().unwrap_or_default()));
    }
    values.extend(detail.facts.iter().map(|fact| value(&fact.label, &fact.value)));
    values
}

fn price(tool: &Tool, detail: &ToolDetail) -> String {
    let texts = [tool.entry_price.as_str(), detail.price_text.as_str()];
    let stated: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    if texts[0] == texts[1] { texts[0].to_owned() } else { stated.join(": ") }
}
