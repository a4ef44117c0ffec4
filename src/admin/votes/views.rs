//! The pages on all votes and on a signal.

use askama::Template;

use super::lines::{BallotLine, PATH, SignalLine};
use super::load::{Overview, SignalVotes};
use super::pieces::{FilledForm, ReasonField};
use super::query::VotesQuery;
use crate::admin::utc_time::UtcTime;
use crate::integrity::exclusion::Exclusion;
use crate::text::{count, grouped};
use crate::web::page::Shell;
use crate::web::paging::{PageLinks, address};

#[derive(Template)]
#[template(path = "admin/votes/index.html")]
pub(super) struct OverviewPage {
    shell: Shell,
    q: String,
    tools: Vec<(i64, String)>,
    people: Vec<(i64, String)>,
    open: Vec<SignalLine>,
    dismissed: Vec<SignalLine>,
    exclusions: Vec<ExclusionLine>,
    how_many: String,
    pages: PageLinks,
}

/// An exclusion in the list.
struct ExclusionLine {
    id: i64,
    kind: &'static str,
    reason: String,
    votes: String,
    by: String,
    at: UtcTime,
    undone: bool,
}

impl OverviewPage {
    pub(super) fn new(shell: Shell, overview: Overview) -> Self {
        let Overview { q, tools, people, open, dismissed, names, page, exclusions, handles } = overview;
        let by = |exclusion: &Exclusion| exclusion.made_by.and_then(|id| handles.get(&id).cloned());
        Self {
            shell,
            tools,
            people: people.into_iter().map(|person| (person.id, person.handle)).collect(),
            open: open.iter().map(|signal| SignalLine::new(signal, &names)).collect(),
            dismissed: dismissed.iter().map(|signal| SignalLine::new(signal, &names)).collect(),
            how_many: count(page.total as u64, "exclusion", "exclusions"),
            pages: page.links(|number| address(PATH, &[("q", &q)], number)),
            exclusions: exclusions
                .iter()
                .map(|(exclusion, votes)| ExclusionLine {
                    id: exclusion.id,
                    kind: exclusion.kind.label(),
                    reason: exclusion.reason.clone(),
                    votes: grouped(votes.unsigned_abs()),
                    by: by(exclusion).unwrap_or_default(),
                    at: UtcTime(exclusion.made_at),
                    undone: exclusion.undone_at.is_some(),
                })
                .collect(),
            q,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/votes/signal.html")]
pub(super) struct SignalPage {
    shell: Shell,
    line: SignalLine,
    dismissed: Option<UtcTime>,
    how_many: String,
    ballots: Vec<BallotLine>,
    pages: PageLinks,
    confirm_href: String,
    /// What says which accounts were shown.
    token: String,
    wrong: Vec<(String, String)>,
    dismiss: ReasonField,
}

impl SignalPage {
    pub(super) fn new(shell: Shell, votes: SignalVotes, sent: &FilledForm) -> Self {
        let SignalVotes { signal, page, ballots, tools } = votes;
        let path = format!("{PATH}/signals/{}", signal.id);
        let query = VotesQuery { signal: Some(signal.id), ..VotesQuery::default() };
        Self {
            shell,
            line: SignalLine::new(&signal, &tools),
            token: signal.token(),
            dismissed: signal.dismissed_at.map(UtcTime),
            how_many: count(page.total as u64, "vote", "votes"),
            ballots: BallotLine::all(ballots, &tools),
            pages: page.links(|number| address(&path, &[], number)),
            confirm_href: query.address(&format!("{PATH}/confirm"), 1),
            wrong: sent.summary(),
            dismiss: ReasonField::new(
                "dismiss-reason",
                "A note for other moderators. Readers do not see it.",
                sent,
            ),
        }
    }
}
