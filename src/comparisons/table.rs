//! The decision table: tools point by point. What is missing is called unknown, sources are footnotes, and rows in which
//! nothing differs are known.

use std::sync::Arc;

use super::load::ComparedTool;
use crate::catalogue::{Fact, Tool};
use crate::text::{count, rich_inline};
use crate::web::ui::Source;

/// The label of the fact that has a row of its own near the top.
const BEST_FOR: &str = "Best for";

/// What the table says of two tools or more, in their order.
pub(super) struct DecisionTable {
    pub pricing: PointRow,
    pub best_for: PointRow,
    /// Every fact that any has, in the order of the first tool's facts, then the second's, and so on.
    pub facts: Vec<PointRow>,
    /// What the footnotes say; the first has the number 1.
    pub sources: Vec<Source>,
    /// Whether all panels say the same, and whether all tools are of one category.
    pub same_panel: bool,
    pub same_category: bool,
}

/// A row: a point, and what is known of it for each tool.
pub(super) struct PointRow {
    pub label: String,
    pub cells: Vec<Option<TableCell>>,
    /// Whether all cells say the same.
    pub is_same: bool,
}

/// What is known of one tool at one point.
pub(super) struct TableCell {
    /// Safe HTML.
    pub html: String,
    /// The number of its footnote; none where no source is given.
    pub source: Option<usize>,
}

impl DecisionTable {
    pub(super) fn new(tools: &[ComparedTool]) -> Self {
        let mut sources = Sources::default();
        let pricing = PointRow::new("Pricing", tools.iter().map(|tool| price(tool, &mut sources)).collect());
        let mut row = |label: &str| {
            let fact =
                |tool: &ComparedTool| tool.detail.facts.iter().find(|fact| fact.label == label).cloned();
            let cells = tools.iter().map(fact).map(|fact| fact.map(|fact| fact_cell(fact, &mut sources)));
            PointRow::new(label, cells.collect())
        };
        let best_for = row(BEST_FOR);
        let mut labels: Vec<&str> = Vec::new();
        for fact in tools.iter().flat_map(|tool| &tool.detail.facts) {
            if fact.label != BEST_FOR && !labels.contains(&fact.label.as_str()) {
                labels.push(&fact.label);
            }
        }
        let facts = labels.into_iter().map(row).collect();
        let all_same = |same: &dyn Fn(&Tool, &Tool) -> bool| {
            tools.windows(2).all(|two| same(&two[0].rated.tool, &two[1].rated.tool))
        };
        Self {
            pricing,
            best_for,
            facts,
            same_panel: all_same(&|a, b| a.panel == b.panel && a.panel.reviews > 0),
            same_category: all_same(&|a, b| {
                Arc::ptr_eq(&a.category, &b.category) || a.category == b.category
            }),
            sources: sources.0,
        }
    }

    /// What the box says that hides the rows in which nothing differs; none where there is none.
    pub(super) fn same_words(&self) -> Option<String> {
        let rows = [&self.pricing, &self.best_for].into_iter().chain(&self.facts);
        let same = rows.filter(|row| row.is_same).count()
            + [self.same_panel, self.same_category].iter().filter(|same| **same).count();
        (same > 0).then(|| format!("Hide {} without a difference", count(same as u64, "row", "rows")))
    }
}

impl PointRow {
    fn new(label: &str, cells: Vec<Option<TableCell>>) -> Self {
        let is_known = cells.iter().all(Option::is_some);
        let mut texts = cells.iter().flatten().map(|cell| cell.html.as_str());
        let first = texts.next();
        let is_same = is_known && texts.all(|text| Some(text) == first);
        Self { label: label.to_owned(), cells, is_same }
    }
}

/// Sources in the order in which the table names them, each once.
#[derive(Default)]
struct Sources(Vec<Source>);

impl Sources {
    fn number(&mut self, source: Source) -> Option<usize> {
        if !source.is_stated() {
            return None;
        }
        let known = self.0.iter().position(|known| *known == source);
        Some(
            1 + known.unwrap_or_else(|| {
                self.0.push(source);
                self.0.len() - 1
            }),
        )
    }
}

fn fact_cell(fact: Fact, sources: &mut Sources) -> TableCell {
    let source = Source { href: fact.source, checked_on: fact.checked_on, between: ", " };
    TableCell { html: rich_inline(&fact.value), source: sources.number(source) }
}

fn price(ComparedTool { rated, detail, .. }: &ComparedTool, sources: &mut Sources) -> Option<TableCell> {
    let tool = &rated.tool;
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
    let source = Source { href: tool.price_source.clone(), checked_on: tool.price_checked_on, between: ", " };
    (!lines.is_empty()).then(|| TableCell { html: lines.join("<br>"), source: sources.number(source) })
}
