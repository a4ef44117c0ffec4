//! The table, for people and for machines.

use serde::Serialize;

/// What must hold.
#[derive(Clone, Copy)]
pub(crate) enum Budget {
    /// The ratio is at least this.
    Ratio(f64),
    /// The figure is at most this.
    AtMost(f64),
    /// It is told, and nothing is asked of it.
    Told,
}

/// One row.
#[derive(Serialize)]
pub(crate) struct Row {
    pub name: String,
    pub figure: f64,
    pub unit: &'static str,
    /// What it is measured against, in the same run.
    pub limit: Option<f64>,
    pub ratio: Option<f64>,
    pub budget: String,
    pub ok: bool,
}

impl Row {
    /// A figure against its limit, from pairs that were measured next to each other.
    pub(crate) fn against(
        name: impl Into<String>,
        unit: &'static str,
        figures: &[f64],
        limits: &[f64],
        budget: f64,
    ) -> Self {
        let ratios: Vec<f64> = figures.iter().zip(limits).map(|(figure, limit)| figure / limit).collect();
        Self::new(
            name,
            unit,
            median(figures),
            Some(median(limits)),
            Some(median(&ratios)),
            Budget::Ratio(budget),
        )
    }

    /// What gets smaller when it gets better, on large data against small.
    pub(crate) fn smaller(
        name: impl Into<String>,
        unit: &'static str,
        large: f64,
        small: f64,
        budget: f64,
    ) -> Self {
        Self::new(name, unit, large, Some(small), Some(small / large), Budget::Ratio(budget))
    }

    /// A figure that stays below a number.
    pub(crate) fn at_most(name: impl Into<String>, unit: &'static str, figure: f64, budget: f64) -> Self {
        Self::new(name, unit, figure, None, None, Budget::AtMost(budget))
    }

    /// A figure that stays below a number, told with what it compares to.
    pub(crate) fn beside(
        name: impl Into<String>,
        unit: &'static str,
        figure: f64,
        other: f64,
        budget: f64,
    ) -> Self {
        Self::new(name, unit, figure, Some(other), Some(figure / other), Budget::AtMost(budget))
    }

    /// A figure beside another, with a ratio that was measured by turns, and no budget.
    pub(crate) fn of(
        name: impl Into<String>,
        unit: &'static str,
        figure: f64,
        other: f64,
        ratio: f64,
    ) -> Self {
        Self::new(name, unit, figure, Some(other), Some(ratio), Budget::Told)
    }

    /// The same without a budget.
    pub(crate) fn told(self) -> Self {
        Self { ok: true, budget: "–".into(), ..self }
    }

    /// A figure that has no budget.
    pub(crate) fn bare(name: impl Into<String>, unit: &'static str, figure: f64) -> Self {
        Self::new(name, unit, figure, None, None, Budget::Told)
    }

    fn new(
        name: impl Into<String>,
        unit: &'static str,
        figure: f64,
        limit: Option<f64>,
        ratio: Option<f64>,
        budget: Budget,
    ) -> Self {
        let (ok, budget) = match budget {
            Budget::Ratio(least) => (ratio.is_some_and(|ratio| ratio >= least), format!("≥ {least:.2}")),
            Budget::AtMost(most) => (figure <= most, format!("≤ {most}")),
            Budget::Told => (true, "–".into()),
        };
        Self { name: name.into(), figure, unit, limit, ratio, budget, ok }
    }
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        n if n.is_multiple_of(2) => (sorted[middle - 1] + sorted[middle]) / 2.0,
        _ => sorted[middle],
    }
}

fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => {
            let digits = format!("{value:.0}");
            let mut text = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    text.push(',');
                }
                text.push(digit);
            }
            text
        }
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// Prints the table.
#[expect(clippy::print_stdout, reason = "the table is the output")]
pub(crate) fn print(rows: &[Row]) {
    let cells: Vec<[String; 6]> = rows
        .iter()
        .map(|row| {
            [
                row.name.clone(),
                format!("{} {}", number(row.figure), row.unit),
                row.limit.map_or("–".into(), number),
                row.ratio.map_or("–".into(), |ratio| format!("{ratio:.2}")),
                row.budget.clone(),
                if row.ok { "ok" } else { "short" }.into(),
            ]
        })
        .collect();
    let heads = ["what", "figure", "limit", "ratio", "budget", ""].map(str::to_owned);
    let mut widths = [0; 6];
    for line in cells.iter().chain([&heads]) {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let rules = widths.map(|width| "-".repeat(width));
    for line in [&heads, &rules].into_iter().chain(&cells) {
        let [name, rest @ ..] = line;
        let numbers: String =
            rest.iter().zip(&widths[1..]).map(|(cell, width)| format!(" | {cell:>width$}")).collect();
        println!("| {name:<width$}{numbers} |", width = widths[0]);
    }
}
