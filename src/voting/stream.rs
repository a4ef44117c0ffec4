//! Tallies on the move: what `/live` sends.

use actix_web::{HttpRequest, HttpResponse};
use tokio::sync::watch;

use super::{
    store::Standing,
    views::{TallyObject, TallyView},
};
use crate::{
    catalogue::Tool,
    web::{
        error::AppError,
        live::{Board, Frame, Frames, Streams, event, part},
    },
};

/// The meeting point of votes and open pages.
#[derive(Default)]
pub struct Hub {
    board: Board<i64, Standing>,
    events: Frames<Watched>,
    parts: Frames<Watched>,
    streams: Streams,
}

/// A tool that is watched. Frames go by all of it: after a new name, new readers get new frames.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Watched {
    pub id: i64,
    pub slug: String,
    pub name: String,
}

impl From<&Tool> for Watched {
    fn from(tool: &Tool) -> Self {
        Self { id: tool.id, slug: tool.slug.to_string(), name: tool.name.clone() }
    }
}

impl Hub {
    /// Shows a tool's newest standing to all who watch it.
    pub fn publish(&self, tool_id: i64, standing: &Standing) {
        self.board.publish(&tool_id, standing);
    }

    /// The newest standing of a tool, for features that draw their own frames from it. Publish
    /// what the database holds after calling this.
    pub fn watch(&self, tool_id: i64) -> watch::Receiver<Option<Standing>> {
        self.board.watch(tool_id)
    }

    /// Tally objects of a tool, as events.
    pub fn events(&self, tool: &Watched) -> watch::Receiver<Option<Frame>> {
        let slug = tool.slug.clone();
        self.events.subscribe(tool.clone(), vec![self.watch(tool.id)], move |states: &[Standing]| {
            Frame::new(states.iter().map(|state| tally_event(&slug, state)).collect::<String>())
        })
    }

    /// The community's figure of a tool, as the page shows it.
    pub fn parts(&self, tool: &Watched) -> watch::Receiver<Option<Frame>> {
        let (key, tool) = (tool.clone(), tool.clone());
        self.parts.subscribe(key, vec![self.watch(tool.id)], move |states: &[Standing]| {
            let tallies = states.iter().map(|state| tally_part(&tool.slug, &tool.name, state));
            Frame::new(tallies.collect::<String>())
        })
    }

    /// The answer that carries frames.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when too many streams are open.
    pub fn answer(
        &self,
        request: &HttpRequest,
        frames: Vec<watch::Receiver<Option<Frame>>>,
    ) -> Result<HttpResponse, AppError> {
        self.streams.answer(request, frames)
    }

    /// All streams, to end them when the site stops.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.streams
    }
}

fn tally_event(slug: &str, standing: &Standing) -> String {
    // A struct of numbers and words always serialises.
    let data = serde_json::to_string(&TallyObject::new(slug, standing.tally)).unwrap_or_default();
    event("tally", &data)
}

/// The event that redraws a tool's tally on a page.
#[must_use]
pub fn tally_part(slug: &str, name: &str, standing: &Standing) -> String {
    let view = TallyView { name: name.to_owned(), tally: standing.tally };
    part(&format!("tally-{slug}"), &view.to_string())
}
