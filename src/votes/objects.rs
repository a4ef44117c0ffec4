//! What programs are told of votes, as JSON.

use serde::Serialize;

use crate::stats::{Choice, Interval, State, Tally};

/// A tool's tally, in events and in JSON answers.
#[derive(Debug, Serialize)]
pub struct TallyObject<'a> {
    tool: &'a str,
    ships: u64,
    skips: u64,
    votes: u64,
    ship_percent: Option<u8>,
    low: Option<f64>,
    high: Option<f64>,
    state: State,
}

impl<'a> TallyObject<'a> {
    /// The object for a tool and its tally.
    pub fn new(tool: &'a str, tally: Tally) -> Self {
        let interval = tally.interval();
        Self {
            tool,
            ships: tally.ships,
            skips: tally.skips,
            votes: tally.votes(),
            ship_percent: tally.ship_percent(),
            low: interval.map(Interval::low_percent),
            high: interval.map(Interval::high_percent),
            state: tally.state(),
        }
    }
}

/// The tally object, and the vote of whoever asked.
#[derive(Debug, Serialize)]
pub(super) struct CastObject<'a> {
    #[serde(flatten)]
    pub tally: TallyObject<'a>,
    pub your_vote: Option<Choice>,
}
