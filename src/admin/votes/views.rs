//! The pages on all votes, on a signal, and on votes that are to be left out or were.

use askama::Template;

use super::load::{BallotList, ExcludedBallots, ExclusionPreview, OnTool, Overview, PatternGroup, TallyMove};
use super::pieces::{FilledForm, tally_words};
use super::query::{PATH, VotesQuery};
use crate::admin::utc_time::UtcTime;
use crate::integrity::patterns::SuspiciousPattern;
use crate::integrity::vote_set::MOST;
use crate::stats::rules::WATCHED_DAYS;
use crate::text::{count, grouped};
use crate::votes::ExclusionKind;
use crate::web::page::Shell;
use crate::web::paging::{Page, PageLinks, address};
use crate::web::ui::VerdictMark;

#[derive(Template)]
#[template(path = "admin/votes/index.html")]
pub(super) struct OverviewPage {
    shell: Shell,
    overview: Overview,
    how_many: String,
    pages: PageLinks,
    pub sent: FilledForm,
}

impl OverviewPage {
    pub(super) fn new(shell: Shell, overview: Overview, sent: FilledForm) -> Self {
        let how_many = count(overview.page.total as u64, "exclusion", "exclusions");
        let pages = overview.page.links(|number| address(PATH, &[("q", &overview.q)], number));
        Self { shell, overview, how_many, pages, sent }
    }

    fn is_ticked(&self, pattern: &SuspiciousPattern) -> bool {
        self.sent.patterns().contains_key(&pattern.id)
    }

    /// What stands above the patterns that share a network.
    fn group_words(group: &PatternGroup) -> String {
        let accounts = count(group.accounts as u64, "account", "accounts");
        format!("{} patterns from the same network · {accounts}", group.patterns.len())
    }
}

#[derive(Template)]
#[template(path = "admin/votes/signal.html")]
pub(super) struct SignalPage {
    shell: Shell,
    signal: SuspiciousPattern,
    tool: Option<String>,
    how_many: String,
    votes: BallotList,
    pages: PageLinks,
    confirm_href: String,
    pub sent: FilledForm,
}

impl SignalPage {
    pub(super) fn new(shell: Shell, found: (OnTool, Page, BallotList), sent: FilledForm) -> Self {
        let ((signal, tool), page, votes) = found;
        let path = format!("{PATH}/signals/{}", signal.id);
        let query = VotesQuery { signal: Some(signal.id), ..VotesQuery::default() };
        Self {
            shell,
            how_many: count(page.total as u64, "vote", "votes"),
            pages: page.links(|number| address(&path, &[], number)),
            confirm_href: query.address(&format!("{PATH}/confirm"), 1),
            signal,
            tool,
            votes,
            sent,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/votes/exclusion.html")]
pub(super) struct ExclusionPage {
    shell: Shell,
    excluded: ExcludedBallots,
    how_many: String,
    pages: PageLinks,
    pub sent: FilledForm,
}

impl ExclusionPage {
    pub(super) fn new(shell: Shell, excluded: ExcludedBallots, sent: FilledForm) -> Self {
        let path = format!("{PATH}/exclusions/{}", excluded.exclusion.id);
        let how_many = count(excluded.page.total as u64, "vote", "votes");
        let pages = excluded.page.links(|number| address(&path, &[], number));
        Self { shell, excluded, how_many, pages, sent }
    }
}

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
    tools: Vec<TallyMove>,
    suggested: Option<ExclusionKind>,
    pub sent: FilledForm,
}

impl ConfirmPage {
    pub(super) fn new(shell: Shell, preview: ExclusionPreview, sent: FilledForm) -> Self {
        let ExclusionPreview { query, signal, tools, named } = preview;
        let votes: u64 = tools.iter().map(|tool| tool.going.votes()).sum();
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
            tools,
            suggested: query.suggested(signal.as_ref()),
            sent,
        }
    }
}
