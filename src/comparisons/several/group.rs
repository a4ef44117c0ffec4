//! Which tools are compared at once, and where.

use std::sync::Arc;

use crate::catalogue::{Tool, tell_apart};
use crate::verdicts::pair::ToolPair;

/// The most tools that are compared at once.
pub(in crate::comparisons) const MOST_TOOLS: usize = 5;

/// Three different published tools or more, in the order of their slugs and told apart.
#[derive(Debug, Clone)]
pub(in crate::comparisons) struct ToolGroup {
    pub tools: Vec<Arc<Tool>>,
}

impl ToolGroup {
    /// These tools; none where one stands there twice, or where there are too few or too many.
    pub(in crate::comparisons) fn of(mut tools: Vec<Arc<Tool>>) -> Option<Self> {
        tools.sort_by(|a, b| a.slug.cmp(&b.slug));
        let is_twice = tools.windows(2).any(|two| two[0].id == two[1].id);
        if is_twice || !(3..=MOST_TOOLS).contains(&tools.len()) {
            return None;
        }
        tell_apart(&mut tools);
        Some(Self { tools })
    }

    /// The one address of their comparison.
    pub(in crate::comparisons) fn path(&self) -> String {
        path_of(self.tools.iter())
    }

    /// "A vs B vs C".
    pub(in crate::comparisons) fn title(&self) -> String {
        self.tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>().join(" vs ")
    }

    /// Each two of them.
    pub(super) fn pairs(&self) -> Vec<ToolPair> {
        let with_later = |(n, one): (usize, &Arc<Tool>)| -> Vec<ToolPair> {
            self.tools.iter().skip(n + 1).filter_map(|other| ToolPair::of(one, other)).collect()
        };
        self.tools.iter().enumerate().flat_map(with_later).collect()
    }
}

/// The address of the comparison of two tools or more, which are in order.
pub(super) fn path_of<'a>(tools: impl Iterator<Item = &'a Arc<Tool>>) -> String {
    format!("/compare/{}", tools.map(|tool| tool.slug.as_str()).collect::<Vec<_>>().join("-vs-"))
}
