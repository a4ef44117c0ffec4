//! A comparison on the move: one frame redraws every figure of the page that votes change.

use tokio::sync::watch;

use super::views::CommunityCell;
use crate::slug::Slug;
use crate::verdicts::live::tally_part;
use crate::verdicts::pair::{RatedPair, ToolPair};
use crate::votes::LiveTallies;
use crate::votes::tally_store::VersionedTally;
use crate::web::live::{Frame, Frames, part};

/// Frames of comparisons that are watched, by the slugs that were asked for and the version of the catalogue: whoever
/// opens the page after an edit gets frames made from the edited tools.
#[derive(Default)]
pub struct PairFrames(Frames<([Slug; 2], i64)>);

impl PairFrames {
    /// Watches a comparison.
    pub(super) fn watch(
        &self,
        tallies: &LiveTallies,
        pair: ToolPair,
        version: i64,
    ) -> watch::Receiver<Option<Frame>> {
        let key = (pair.tools.each_ref().map(|tool| tool.slug.clone()), version);
        let sources = pair.ids().map(|id| tallies.watch(id)).to_vec();
        self.0.subscribe(key, sources, move |states: &[VersionedTally]| match states {
            [first, second] => Frame::new(events(&pair, [first, second])),
            _ => Frame::new(""),
        })
    }
}

fn events(pair: &ToolPair, states: [&VersionedTally; 2]) -> String {
    let rated = RatedPair { pair: pair.clone(), tallies: states.map(|state| state.tally) };
    let mut frame = String::new();
    for rated in rated.sides() {
        frame.push_str(&tally_part(&rated));
        let id = format!("community-{}", rated.tool.slug);
        frame.push_str(&part(&id, &CommunityCell { rated }.to_string()));
    }
    frame.push_str(&part("answer", &rated.answer().to_string()));
    frame.push_str(&part("contest", &rated.head_to_head().to_string()));
    frame
}
