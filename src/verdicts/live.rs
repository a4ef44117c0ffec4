//! Tallies on the move: the frames that `/live` sends.

use std::sync::Arc;

use tokio::sync::watch;

use super::views::RatedTool;
use crate::catalogue::Tool;
use crate::votes::tally_store::VersionedTally;
use crate::votes::{LiveTallies, TallyObject};
use crate::web::live::{Frame, Frames, event, part};

/// What frames of a tool go by: its id, slug and name. After a new name, new readers get new frames.
type WatchedTool = (i64, String, String);

fn watched(tool: &Tool) -> WatchedTool {
    (tool.id, tool.slug.to_string(), tool.name.clone())
}

/// Frames of tools that are watched, each rendered once for all who watch.
#[derive(Default)]
pub struct TallyFrames {
    events: Frames<WatchedTool>,
    parts: Frames<WatchedTool>,
}

impl TallyFrames {
    /// Tally objects of a tool, as events.
    pub(super) fn events(&self, tool: &Arc<Tool>, tallies: &LiveTallies) -> watch::Receiver<Option<Frame>> {
        let slug = tool.slug.clone();
        self.events.subscribe(
            watched(tool),
            vec![tallies.watch(tool.id)],
            move |states: &[VersionedTally]| {
                Frame::new(states.iter().map(|state| tally_event(&slug, state)).collect::<String>())
            },
        )
    }

    /// The community's figure of a tool, as the page shows it.
    pub(super) fn parts(&self, tool: &Arc<Tool>, tallies: &LiveTallies) -> watch::Receiver<Option<Frame>> {
        let (key, tool) = (watched(tool), Arc::clone(tool));
        self.parts.subscribe(key, vec![tallies.watch(tool.id)], move |states: &[VersionedTally]| {
            let parts = states
                .iter()
                .map(|state| tally_part(&RatedTool { tool: Arc::clone(&tool), tally: state.tally }));
            Frame::new(parts.collect::<String>())
        })
    }
}

fn tally_event(slug: &str, state: &VersionedTally) -> String {
    // A struct of numbers and words always serialises.
    let data = serde_json::to_string(&TallyObject::new(slug, state.tally)).unwrap_or_default();
    event("tally", &data)
}

/// The event that redraws a tool's tally on a page.
pub fn tally_part(rated: &RatedTool) -> String {
    part(&format!("tally-{}", rated.tool.slug), &rated.to_string())
}
