//! A comparison on the move: one frame redraws every figure of the page that votes change.

use actix_web::{HttpRequest, HttpResponse};

use super::find::Pair;
use super::views::CommunityCell;
use crate::verdicts::answer::Answer;
use crate::verdicts::call::Contender;
use crate::verdicts::head_to_head::HeadToHead;
use crate::verdicts::live::tally_part;
use crate::verdicts::views::TallyView;
use crate::votes::LiveTallies;
use crate::votes::tally_store::VersionedTally;
use crate::web::error::AppError;
use crate::web::live::{Frame, Frames, Streams, part};

/// Frames of comparisons that are watched, by tools and version of the catalogue: whoever opens
/// the page after an edit gets frames made from the edited tools.
#[derive(Default)]
pub struct PairFrames(Frames<(i64, i64, i64)>);

impl PairFrames {
    /// The answer that carries a comparison's frames.
    pub(super) fn answer(
        &self,
        request: &HttpRequest,
        streams: &Streams,
        tallies: &LiveTallies,
        pair: Pair,
        version: i64,
    ) -> Result<HttpResponse, AppError> {
        let ids = (pair.first.id, pair.second.id);
        let sources = vec![tallies.watch(ids.0), tallies.watch(ids.1)];
        let frames = self.0.subscribe(
            (ids.0, ids.1, version),
            sources,
            move |states: &[VersionedTally]| match states {
                [first, second] => Frame::new(events(&pair, first, second)),
                _ => Frame::new(""),
            },
        );
        streams.answer(request, vec![frames])
    }
}

fn events(pair: &Pair, first: &VersionedTally, second: &VersionedTally) -> String {
    let sides = [(&pair.first, first), (&pair.second, second)];
    let views = sides.map(|(tool, state)| TallyView { name: tool.name.clone(), tally: state.tally });
    let mut frame = String::new();
    for ((tool, state), view) in sides.iter().zip(&views) {
        frame.push_str(&tally_part(&tool.slug, &tool.name, state));
        let cell = CommunityCell { tally: view.clone() };
        frame.push_str(&part(&format!("community-{}", tool.slug), &cell.to_string()));
    }
    let answer =
        Answer::weigh(Contender::new(&pair.first, first.tally), Contender::new(&pair.second, second.tally));
    frame.push_str(&part("answer", &answer.to_string()));
    let [first, second] = views;
    frame.push_str(&part("contest", &HeadToHead { first, second }.to_string()));
    frame
}
