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

/// Frames of tools that are watched, each rendered once for all who watch.
#[derive(Default)]
pub struct TallyFrames {
    events: Frames<WatchedTool>,
    parts: Frames<WatchedTool>,
}

impl TallyFrames {
    /// Tally objects of a tool, as events.
    pub(super) fn events(&self, tool: &Arc<Tool>, tallies: &LiveTallies) -> watch::Receiver<Option<Frame>> {
        subscribe(&self.events, tool, tallies, tally_event)
    }

    /// The community's figure of a tool, as the page shows it.
    pub(super) fn parts(&self, tool: &Arc<Tool>, tallies: &LiveTallies) -> watch::Receiver<Option<Frame>> {
        subscribe(&self.parts, tool, tallies, tally_part)
    }
}

fn subscribe(
    frames: &Frames<WatchedTool>,
    tool: &Arc<Tool>,
    tallies: &LiveTallies,
    render: fn(&RatedTool) -> String,
) -> watch::Receiver<Option<Frame>> {
    let (states, tool) = (tallies.watch(tool.id), Arc::clone(tool));
    let key = (tool.id, tool.slug.to_string(), tool.name.clone());
    frames.subscribe(key, vec![states], move |states: &[VersionedTally]| {
        let rated = states.iter().map(|state| RatedTool { tool: Arc::clone(&tool), tally: state.tally });
        Frame::new(rated.map(|rated| render(&rated)).collect::<String>())
    })
}

fn tally_event(rated: &RatedTool) -> String {
    // A struct of numbers and words always serialises.
    let data = serde_json::to_string(&TallyObject::new(&rated.tool.slug, rated.tally)).unwrap_or_default();
    event("tally", &data)
}

/// The event that redraws a tool's tally on a page.
pub fn tally_part(rated: &RatedTool) -> String {
    part(&format!("tally-{}", rated.tool.slug), &rated.to_string())
}
