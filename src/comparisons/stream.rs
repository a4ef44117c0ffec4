//! A comparison on the move: one frame redraws every figure of the page that votes change.

use std::sync::Arc;

use tokio::sync::watch;

use super::several::{GroupAnswer, ToolGroup};
use super::views::CommunityCell;
use crate::slug::Slug;
use crate::verdicts::live::tally_part;
use crate::verdicts::pair::{RatedPair, ToolPair};
use crate::verdicts::views::RatedTool;
use crate::votes::LiveTallies;
use crate::votes::tally_store::VersionedTally;
use crate::web::live::{Frame, Frames, part};

/// Frames of comparisons that are watched, by the slugs that were asked for and the version of the catalogue: whoever
/// opens the page after an edit gets frames made from the edited tools.
#[derive(Default)]
pub struct ComparisonFrames(Frames<(Vec<Slug>, i64)>);

impl ComparisonFrames {
    /// Watches a comparison.
    pub(super) fn watch(
        &self,
        tallies: &LiveTallies,
        pair: ToolPair,
        version: i64,
    ) -> watch::Receiver<Option<Frame>> {
        let key = (pair.tools.each_ref().map(|tool| tool.slug.clone()).to_vec(), version);
        let sources = pair.ids().map(|id| tallies.watch(id)).to_vec();
        self.0.subscribe(key, sources, move |states: &[VersionedTally]| match states {
            [first, second] => Frame::new(events(&pair, [first, second])),
            _ => Frame::new(""),
        })
    }

    /// Watches a comparison of more than two.
    pub(super) fn watch_group(
        &self,
        tallies: &LiveTallies,
        group: ToolGroup,
        version: i64,
    ) -> watch::Receiver<Option<Frame>> {
        let key = (group.tools.iter().map(|tool| tool.slug.clone()).collect(), version);
        let sources = group.tools.iter().map(|tool| tallies.watch(tool.id)).collect();
        self.0.subscribe(key, sources, move |states: &[VersionedTally]| {
            let rated = group.tools.iter().zip(states);
            let rated: Vec<RatedTool> =
                rated.map(|(tool, state)| RatedTool { tool: Arc::clone(tool), tally: state.tally }).collect();
            let mut frame: String = rated.iter().map(figures).collect();
            frame.push_str(&part("answer", &GroupAnswer::weigh(rated).to_string()));
            Frame::new(frame)
        })
    }
}

/// The figures of a tool.
fn figures(rated: &RatedTool) -> String {
    let cell = CommunityCell { rated: rated.clone() };
    tally_part(rated) + &part(&format!("community-{}", rated.tool.slug), &cell.to_string())
}

fn events(pair: &ToolPair, states: [&VersionedTally; 2]) -> String {
    let rated = RatedPair { pair: pair.clone(), tallies: states.map(|state| state.tally) };
    let mut frame: String = rated.sides().iter().map(figures).collect();
    frame.push_str(&part("answer", &rated.answer().to_string()));
    frame.push_str(&part("contest", &rated.head_to_head().to_string()));
    frame
}
