//! The decision table: the two tools point by point; what is missing is called unknown.

use chrono::NaiveDate;

use crate::catalogue::{Fact, Tool, ToolDetail};
use crate::text::rich_inline;
use crate::web::ui::Source;

/// The label of the fact that has a row of its own near the top.
const BEST_FOR: &str = "Best for";

/// A row: a point, and what is known of it for either tool.
pub(super) struct PointRow {
    pub label: String,
    pub cells: [Option<TableCell>; 2],
}

/// What is known of one tool at one point.
pub(super) struct TableCell {
    /// Safe HTML.
    pub html: String,
    pub source: Source,
}

/// Pricing, what each is best for, and then every fact that either has, in the order of the
/// first tool's facts and then the second's.
pub(super) fn points(tools: [(&Tool, &ToolDetail); 2]) -> (PointRow, PointRow, Vec<PointRow>) {
    let pricing =
        PointRow { label: "Pricing".to_owned(), cells: tools.map(|(tool, detail)| price(tool, detail)) };
    let row = |label: &str| PointRow {
        label: label.to_owned(),
        cells: tools.map(|(_, detail)| detail.facts.iter().find(|fact| fact.label == label).map(fact_cell)),
    };
    let mut labels: Vec<&str> = Vec::new();
    for fact in tools.iter().flat_map(|(_, detail)| &detail.facts) {
        if fact.label != BEST_FOR && !labels.contains(&fact.label.as_str()) {
            labels.push(&fact.label);
        }
    }
    (pricing, row(BEST_FOR), labels.into_iter().map(row).collect())
}

fn fact_cell(fact: &Fact) -> TableCell {
    TableCell { html: rich_inline(&fact.value), source: source(fact.source.clone(), fact.checked_on) }
}

fn price(tool: &Tool, detail: &ToolDetail) -> Option<TableCell> {
    let mut lines = Vec::new();
    let text = if detail.price_text.is_empty() { &tool.entry_price } else { &detail.price_text };
    if !text.is_empty() {
        lines.push(rich_inline(text));
    }
    for plan in &detail.plans {
        let mut words = plan.name.clone();
        if let Some(price) = plan.price_text() {
            words = format!("{words}: {price}");
        }
        if !plan.note.is_empty() {
            words = format!("{words} ({})", plan.note);
        }
        lines.push(rich_inline(&words));
    }
    let source = source(tool.price_source.clone(), tool.price_checked_on);
    (!lines.is_empty()).then(|| TableCell { html: lines.join("<br>"), source })
}

fn source(href: Option<String>, checked_on: Option<NaiveDate>) -> Source {
    Source { href, checked_on, between: ", " }
}
