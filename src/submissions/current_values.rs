//! What an entry says now, beside which a correction is read and written.

use crate::catalogue::{Tool, ToolDetail};

/// One thing that an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    /// Empty where the entry says nothing.
    pub value: String,
}

/// What the entry of a tool says of all that can be corrected, in the order of the form.
pub fn lines(tool: &Tool, detail: &ToolDetail) -> Vec<Line> {
    let line = |label: &str, value: &str| Line { label: label.to_owned(), value: value.to_owned() };
    let mut lines = vec![
        line("Name", &tool.name),
        line("Category", &tool.category.name),
        line("Website", tool.website.as_deref().unwrap_or_default()),
        line("Price", &price(tool, detail)),
    ];
    for plan in &detail.plans {
        let label = format!("Plan “{}”", plan.name);
        lines.push(line(&label, &plan.price_text().unwrap_or_default()));
    }
    lines.extend(detail.facts.iter().map(|fact| line(&fact.label, &fact.value)));
    lines
}

fn price(tool: &Tool, detail: &ToolDetail) -> String {
    let texts = [tool.entry_price.as_str(), detail.price_text.as_str()];
    let stated: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    if texts[0] == texts[1] { texts[0].to_owned() } else { stated.join(": ") }
}
