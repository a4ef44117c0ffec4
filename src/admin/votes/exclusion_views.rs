//! The pages of votes that are to be left out, or were.

use askama::Template;

use super::lines::{BallotLine, PATH, PUBLIC};
use super::load::{ExclusionPreview, Undoable};
use super::pieces::{FilledForm, KindField, ReasonField, tally_words};
use super::query::VotesQuery;
use crate::admin::utc_time::UtcTime;
use crate::integrity::vote_set::MOST;
use crate::stats::Tally;
use crate::text::{count, grouped};
use crate::votes::ExclusionKind;
use crate::web::page::Shell;
use crate::web::paging::{PageLinks, address};

#[derive(Template)]
#[template(path = "admin/votes/confirm.html")]
pub(super) struct ConfirmPage {
    shell: Shell,
    /// The address of the form, which asks for the same votes.
    here: String,
    back: String,
    words: Option<String>,
    votes: String,
    /// The votes by name, as the form sends them.
    named: String,
    /// What stands against leaving them out: there are none, or too many.
    refusal: Option<String>,
    tools: Vec<PreviewLine>,
    wrong: Vec<(String, String)>,
    kind: KindField,
    reason: ReasonField,
}

/// How the tally of a tool would move.
struct PreviewLine {
    id: i64,
    name: String,
    votes: String,
    before: String,
    after: String,
}

impl ConfirmPage {
    pub(super) fn new(shell: Shell, preview: ExclusionPreview, sent: &FilledForm) -> Self {
        let ExclusionPreview { query, signal, tools, named } = preview;
        let votes: u64 = tools.iter().map(|(_, _, _, going)| going.votes()).sum();
        let refusal = match votes {
            0 => Some("None of these votes counts at the moment.".to_owned()),
            n if n > MOST as u64 => Some(format!(
                "These are {} votes; at most {} can be excluded at a time. Narrow the list.",
                grouped(n),
                grouped(MOST as u64)
            )),
            _ => None,
        };
        let back = match (query.tool, query.signal) {
            (Some(tool), _) => {
                VotesQuery { tool: None, ..query.clone() }.address(&format!("{PATH}/tools/{tool}"), 1)
            }
            (None, Some(signal)) => format!("{PATH}/signals/{signal}"),
            (None, None) => PATH.to_owned(),
        };
        let words = match &signal {
            Some(signal) => Some(signal.words.clone()),
            None => query.in_words().map(|words| format!("Votes {words}.")),
        };
        Self {
            shell,
            here: query.address(&format!("{PATH}/confirm"), 1),
            back,
            words,
            votes: count(votes, "vote", "votes"),
            named: if refusal.is_none() { named.to_string() } else { String::new() },
            refusal,
            tools: tools
                .into_iter()
                .map(|(id, name, tally, going)| PreviewLine {
                    id,
                    name,
                    votes: grouped(going.votes()),
                    before: tally_words(tally),
                    after: tally_words(Tally {
                        ships: tally.ships.saturating_sub(going.ships),
                        skips: tally.skips.saturating_sub(going.skips),
                    }),
                })
                .collect(),
            wrong: sent.summary(),
            kind: KindField::new(sent, query.suggested(signal.as_ref())),
            reason: ReasonField::new("exclude-reason", PUBLIC, sent),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/votes/exclusion.html")]
pub(super) struct ExclusionPage {
    shell: Shell,
    id: i64,
    kind: ExclusionKind,
    reason: String,
    by: String,
    at: UtcTime,
    undone: Option<(UtcTime, String)>,
    /// The account whose votes these are, where it is about all of one.
    subject: Option<(i64, String)>,
    how_many: String,
    ballots: Vec<BallotLine>,
    pages: PageLinks,
    wrong: Vec<(String, String)>,
    undo: ReasonField,
}

impl ExclusionPage {
    pub(super) fn new(shell: Shell, undoable: Undoable, sent: &FilledForm) -> Self {
        let Undoable { exclusion, page, ballots, tools, handles } = undoable;
        let name = |id: Option<i64>| id.and_then(|id| handles.get(&id).cloned()).unwrap_or_default();
        let path = format!("{PATH}/exclusions/{}", exclusion.id);
        Self {
            shell,
            id: exclusion.id,
            kind: exclusion.kind,
            by: name(exclusion.made_by),
            at: UtcTime(exclusion.made_at),
            undone: exclusion.undone_at.map(|at| (UtcTime(at), name(exclusion.undone_by))),
            subject: exclusion.subject_id.map(|id| (id, name(Some(id)))),
            reason: exclusion.reason,
            how_many: count(page.total as u64, "vote", "votes"),
            ballots: BallotLine::all(ballots, &tools),
            pages: page.links(|number| address(&path, &[], number)),
            wrong: sent.summary(),
            undo: ReasonField::new("undo-reason", PUBLIC, sent),
        }
    }
}
