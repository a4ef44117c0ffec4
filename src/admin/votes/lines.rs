//! The lines of lists that several pages on votes have.

use std::collections::BTreeSet;

use super::load::Names;
use super::pieces::{NetworkNumbers, age};
use crate::admin::utc_time::UtcTime;
use crate::integrity::patterns::SuspiciousPattern;
use crate::integrity::selection::Ballot;
use crate::web::ui::VerdictMark;

/// Where the pages on votes are.
pub(super) const PATH: &str = "/admin/votes";

/// What is said beside a reason that readers see.
pub(super) const PUBLIC: &str = "Shown in the public moderation log. Don’t name anyone.";

/// A signal in a list.
pub(super) struct SignalLine {
    pub id: i64,
    pub kind: &'static str,
    pub tool: Option<(i64, String)>,
    pub words: String,
    pub found_at: UtcTime,
}

impl SignalLine {
    pub(super) fn new(signal: &SuspiciousPattern, names: &Names) -> Self {
        Self {
            id: signal.id,
            kind: signal.kind.label(),
            tool: signal.tool_id.and_then(|id| Some((id, names.get(&id)?.clone()))),
            words: signal.words.clone(),
            found_at: UtcTime(signal.found_at),
        }
    }
}

/// A vote in a list.
pub(super) struct BallotLine {
    pub account_id: i64,
    pub handle: String,
    pub tool_id: i64,
    pub tool: String,
    pub mark: VerdictMark,
    pub cast_at: UtcTime,
    pub age: String,
    pub network: Option<usize>,
    pub exclusion_id: Option<i64>,
    pub ticked: bool,
}

impl BallotLine {
    pub(super) fn new(
        ballot: Ballot,
        tools: &Names,
        ticked: &BTreeSet<i64>,
        networks: &mut NetworkNumbers,
    ) -> Self {
        Self {
            account_id: ballot.account_id,
            handle: ballot.handle,
            tool_id: ballot.tool_id,
            tool: tools.get(&ballot.tool_id).cloned().unwrap_or_default(),
            mark: ballot.choice.into(),
            cast_at: UtcTime(ballot.cast_at),
            age: age(ballot.account_since, ballot.cast_at),
            network: ballot.network.map(|network| networks.of(network)),
            exclusion_id: ballot.exclusion_id,
            ticked: ticked.contains(&ballot.account_id),
        }
    }

    /// The lines of a list in which nothing can be ticked.
    pub(super) fn all(ballots: Vec<Ballot>, tools: &Names) -> Vec<Self> {
        let mut networks = NetworkNumbers::default();
        let none = BTreeSet::new();
        ballots.into_iter().map(|ballot| Self::new(ballot, tools, &none, &mut networks)).collect()
    }
}
