//! What was done lately, for the first page: tools added, reviewed, prices checked, corrections accepted. What was done
//! to many tools on one day is one line.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};

use crate::catalogue::{Directory, Tool, told_apart};

/// How many lines there are at most, and how many tools one names.
const MOST_LINES: usize = 6;
const MOST_NAMED: usize = 4;

/// What was done to some tools on one day.
pub(super) struct LatelyGroup {
    pub day: NaiveDate,
    pub kind: LatelyKind,
    pub tools: Vec<Arc<Tool>>,
    /// How many more there are.
    pub more: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LatelyKind {
    Correction,
    Review,
    PriceCheck,
    Added,
}

impl LatelyKind {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Correction => "Corrected",
            Self::Review => "Reviewed",
            Self::PriceCheck => "Price checked",
            Self::Added => "Added",
        }
    }
}

/// The newest groups; `corrections` are accepted ones, each with the id of its tool and when that was.
pub(super) fn lately(directory: &Directory, corrections: &[(i64, NaiveDateTime)]) -> Vec<LatelyGroup> {
    let corrected = corrections.iter().filter_map(|(tool_id, at)| {
        Some((at.date(), LatelyKind::Correction, directory.tool_by_id(*tool_id)?))
    });
    let known = directory.tools().iter().flat_map(|tool| {
        [
            (Some(tool.published_at.date()), LatelyKind::Added),
            (tool.newest_review_on, LatelyKind::Review),
            (tool.price_checked_on, LatelyKind::PriceCheck),
        ]
        .into_iter()
        .filter_map(move |(day, kind)| Some((day?, kind, tool)))
    });
    grouped(known.chain(corrected))
}

fn grouped<'a>(events: impl Iterator<Item = (NaiveDate, LatelyKind, &'a Arc<Tool>)>) -> Vec<LatelyGroup> {
    let mut groups: BTreeMap<(Reverse<NaiveDate>, LatelyKind), Vec<&Arc<Tool>>> = BTreeMap::new();
    for (day, kind, tool) in events {
        let key = (Reverse(day), kind);
        // What is older than all that is shown costs a comparison: there may be very many tools.
        if groups.len() == MOST_LINES && groups.last_key_value().is_some_and(|(last, _)| key > *last) {
            continue;
        }
        let tools = groups.entry(key).or_default();
        // Several corrections of one tool on a day are one.
        if kind != LatelyKind::Correction || !tools.iter().any(|other| other.id == tool.id) {
            tools.push(tool);
        }
        if groups.len() > MOST_LINES {
            groups.pop_last();
        }
    }
    let group = |((Reverse(day), kind), tools): ((Reverse<NaiveDate>, LatelyKind), Vec<&Arc<Tool>>)| {
        let more = tools.len().saturating_sub(MOST_NAMED);
        LatelyGroup { day, kind, tools: told_apart(tools.into_iter().take(MOST_NAMED)), more }
    };
    groups.into_iter().map(group).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;
    use crate::verdicts::views::RatedTool;

    #[test]
    fn what_was_done_on_one_day_is_one_line_and_the_newest_day_comes_first() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let tools: Vec<Arc<Tool>> = (1..=6)
            .map(|id| {
                let mut tool = RatedTool::sample(&format!("T{id}"), (0, 0), (0, 0)).tool;
                Arc::make_mut(&mut tool).id = id;
                tool
            })
            .collect();
        let older = (1..=20).map(|n| (day(n % 3 + 1), LatelyKind::Review, &tools[0]));
        let checked = tools.iter().map(|tool| (day(4), LatelyKind::PriceCheck, tool));
        let newer = [
            (day(4), LatelyKind::Review, &tools[0]),
            (day(9), LatelyKind::Correction, &tools[5]),
            (day(9), LatelyKind::Correction, &tools[5]),
            (day(9), LatelyKind::Added, &tools[5]),
        ];
        let lines: Vec<String> = grouped(older.chain(checked).chain(newer))
            .iter()
            .map(|group| format!("{} {} {}+{}", group.day, group.kind.label(), group.tools.len(), group.more))
            .collect();
        assert_eq!(
            lines,
            [
                "2026-11-09 Corrected 1+0",
                "2026-11-09 Added 1+0",
                "2026-11-04 Reviewed 1+0",
                "2026-11-04 Price checked 4+2",
                "2026-11-03 Reviewed 4+3",
                "2026-11-02 Reviewed 4+3",
            ]
        );
    }
}
