//! The page of the votes on a tool.

use askama::Template;

use super::chart::Chart;
use super::lines::{BallotLine, PATH, PUBLIC, SignalLine};
use super::load::{Names, ToolVotes, hours_shown};
use super::pieces::{FilledForm, KindField, NetworkNumbers, ReasonField, tally_words};
use super::query::VotesQuery;
use crate::catalogue::Status;
use crate::integrity::patterns::SuspiciousPattern;
use crate::integrity::selection::Network;
use crate::text::count;
use crate::web::page::Shell;
use crate::web::paging::PageLinks;

/// A filter of the list: its words, its address, whether it is in force.
struct FilterLink {
    words: String,
    href: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "admin/votes/tool.html")]
pub(super) struct ToolVotesPage {
    shell: Shell,
    slug: String,
    name: String,
    is_public: bool,
    tally: String,
    signals: Vec<SignalLine>,
    chart: Chart,
    filters: Vec<FilterLink>,
    /// What the list is narrowed down to, in words.
    narrowed: Option<String>,
    how_many: String,
    ballots: Vec<BallotLine>,
    pages: PageLinks,
    /// Where ticked votes are sent to.
    exclude_href: String,
    confirm_href: String,
    wrong: Vec<(String, String)>,
    votes_wrong: Option<String>,
    kind: KindField,
    reason: ReasonField,
}

impl ToolVotesPage {
    pub(super) fn new(shell: Shell, votes: ToolVotes, sent: &FilledForm) -> Self {
        let ToolVotes {
            tool: (id, slug, name, status),
            tally,
            query,
            signals,
            hours,
            first_hour,
            networks,
            page,
            ballots,
        } = votes;
        let path = format!("{PATH}/tools/{id}");
        // The path says the tool already.
        let on_page = |query: VotesQuery| VotesQuery { tool: None, ..query };
        let href = |query: VotesQuery| on_page(query).address(&path, 1);
        let names: Names = [(id, name.clone())].into();
        let mut numbers = NetworkNumbers::default();
        let filters = filters(&query, &networks, &mut numbers, &signals, href);
        let suggested = query.suggested(signals.iter().find(|signal| Some(signal.id) == query.signal));
        let at = VotesQuery { hour: None, ..on_page(query.clone()) };
        let chart = Chart::new(&hours, first_hour, hours_shown(), |hour| {
            VotesQuery { hour: Some(hour), ..at.clone() }.address(&path, 1)
        });
        let (here, ticked) = (on_page(query.clone()), sent.ticked());
        Self {
            shell,
            slug,
            is_public: status == Status::PUBLISHED,
            tally: tally_words(tally),
            signals: signals.iter().map(|signal| SignalLine::new(signal, &names)).collect(),
            chart,
            filters,
            narrowed: query.in_words(),
            how_many: count(page.total as u64, "vote", "votes"),
            ballots: ballots
                .into_iter()
                .map(|ballot| BallotLine::new(ballot, &names, &ticked, &mut numbers))
                .collect(),
            pages: page.links(|number| here.address(&path, number)),
            exclude_href: here.address(&format!("{path}/exclude"), page.number),
            confirm_href: query.address(&format!("{PATH}/confirm"), 1),
            wrong: sent.summary(),
            votes_wrong: sent.errors.about("votes").map(str::to_owned),
            kind: KindField::new(sent, suggested),
            reason: ReasonField::new("exclude-reason", PUBLIC, sent),
            name,
        }
    }
}

fn filters(
    query: &VotesQuery,
    networks: &[Network],
    numbers: &mut NetworkNumbers,
    signals: &[SuspiciousPattern],
    href: impl Fn(VotesQuery) -> String,
) -> Vec<FilterLink> {
    let mut all = vec![
        FilterLink { words: "All".into(), href: href(VotesQuery::default()), on: !query.is_narrow() },
        FilterLink {
            words: "New accounts".into(),
            href: href(VotesQuery { new: !query.new, ..query.clone() }),
            on: query.new,
        },
    ];
    all.extend(signals.iter().map(|signal| {
        let on = query.signal == Some(signal.id);
        FilterLink {
            words: format!("Pattern: {}", signal.kind.label().to_lowercase()),
            href: href(VotesQuery { signal: (!on).then_some(signal.id), ..query.clone() }),
            on,
        }
    }));
    all.extend(networks.iter().filter(|network| network.votes > 1).map(|network| {
        let on = query.network_of == Some(network.account);
        FilterLink {
            words: format!("Network {} ({})", numbers.of(network.hash), network.votes),
            href: href(VotesQuery { network_of: (!on).then_some(network.account), ..query.clone() }),
            on,
        }
    }));
    all
}
