//! Tallies on the move: the frames that `/live` sends.

use tokio::sync::watch;

use super::views::TallyView;
use crate::catalogue::Tool;
use crate::votes::tally_store::VersionedTally;
use crate::votes::{LiveTallies, TallyObject};
use crate::web::live::{Frame, Frames, event, part};

/// A tool that is watched. Frames go by all of it: after a new name, new readers get new frames.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct WatchedTool {
    id: i64,
    slug: String,
    name: String,
}

impl From<&Tool> for WatchedTool {
    fn from(tool: &Tool) -> Self {
        Self { id: tool.id, slug: tool.slug.to_string(), name: tool.name.clone() }
    }
}

/// Frames of tools that are watched, each rendered once for all who watch.
#[derive(Default)]
pub struct TallyFrames {
    events: Frames<WatchedTool>,
    parts: Frames<WatchedTool>,
}

impl TallyFrames {
    /// Tally objects of a tool, as events.
    pub(super) fn events(&self, tool: &WatchedTool, tallies: &LiveTallies) -> watch::Receiver<Option<Frame>> {
        let slug = tool.slug.clone();
        self.events.subscribe(
            tool.clone(),
            vec![tallies.watch(tool.id)],
            move |states: &[VersionedTally]| {
                Frame::new(states.iter().map(|state| tally_event(&slug, state)).collect::<String>())
            },
        )
    }

    /// The community's figure of a tool, as the page shows it.
    pub(super) fn parts(&self, tool: &WatchedTool, tallies: &LiveTallies) -> watch::Receiver<Option<Frame>> {
        let (key, tool) = (tool.clone(), tool.clone());
        self.parts.subscribe(key, vec![tallies.watch(tool.id)], move |states: &[VersionedTally]| {
            let parts = states.iter().map(|state| tally_part(&tool.slug, &tool.name, state));
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
pub fn tally_part(slug: &str, name: &str, state: &VersionedTally) -> String {
    let view = TallyView { name: name.to_owned(), tally: state.tally };
    part(&format!("tally-{slug}"), &view.to_string())
}
