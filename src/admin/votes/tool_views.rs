//! The page of the votes on a tool.

use std::collections::BTreeSet;

use askama::Template;

use super::chart::Chart;
use super::load::{BallotList, OnTool, ToolVotes, hours_shown};
use super::pieces::{FilledForm, tally_words};
use super::query::{PATH, VotesQuery};
use crate::admin::utc_time::UtcTime;
use crate::catalogue::Status;
use crate::text::count;
use crate::votes::ExclusionKind;
use crate::web::page::Shell;
use crate::web::paging::PageLinks;
use crate::web::ui::VerdictMark;

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
    signals: Vec<OnTool>,
    chart: Chart,
    filters: Vec<FilterLink>,
    /// What the list is narrowed down to, in words.
    narrowed: Option<String>,
    how_many: String,
    votes: BallotList,
    ticked: BTreeSet<i64>,
    pages: PageLinks,
    /// Where ticked votes are sent to.
    exclude_href: String,
    confirm_href: String,
    suggested: Option<ExclusionKind>,
    pub sent: FilledForm,
}

impl ToolVotesPage {
    pub(super) fn new(shell: Shell, found: ToolVotes, sent: FilledForm) -> Self {
        let filters = filters(&found);
        let ToolVotes {
            tool: (id, slug, name, status),
            tally,
            query,
            signals,
            hours,
            first_hour,
            page,
            votes,
            ..
        } = found;
        let path = format!("{PATH}/tools/{id}");
        let here = on_page(&query);
        let signal = signals.iter().find(|(signal, _)| Some(signal.id) == query.signal);
        let suggested = query.suggested(signal.map(|(signal, _)| signal));
        let at = VotesQuery { hour: None, ..here.clone() };
        let chart = Chart::new(&hours, first_hour, hours_shown(), |hour| {
            VotesQuery { hour: Some(hour), ..at.clone() }.address(&path, 1)
        });
        Self {
            shell,
            slug,
            name,
            is_public: status == Status::PUBLISHED,
            tally: tally_words(tally),
            signals,
            chart,
            filters,
            narrowed: query.in_words(),
            how_many: count(page.total as u64, "vote", "votes"),
            votes,
            ticked: sent.ticked(),
            pages: page.links(|number| here.address(&path, number)),
            exclude_href: here.address(&format!("{path}/exclude"), page.number),
            confirm_href: query.address(&format!("{PATH}/confirm"), 1),
            suggested,
            sent,
        }
    }
}

/// The same query at the page of its tool, whose path says the tool already.
fn on_page(query: &VotesQuery) -> VotesQuery {
    VotesQuery { tool: None, ..query.clone() }
}

fn filters(found: &ToolVotes) -> Vec<FilterLink> {
    let (path, query) = (format!("{PATH}/tools/{}", found.tool.0), on_page(&found.query));
    let link =
        |words: String, on: bool, query: VotesQuery| FilterLink { words, href: query.address(&path, 1), on };
    let mut all = vec![
        link("All".into(), !query.is_narrow(), VotesQuery::default()),
        link("New accounts".into(), query.new, VotesQuery { new: !query.new, ..query.clone() }),
    ];
    all.extend(found.signals.iter().map(|(signal, _)| {
        let on = query.signal == Some(signal.id);
        let words = format!("Pattern: {}", signal.kind.label().to_lowercase());
        link(words, on, VotesQuery { signal: (!on).then_some(signal.id), ..query.clone() })
    }));
    all.extend(found.networks.iter().map(|network| {
        let on = query.network_of == Some(network.account);
        let number = found.votes.number(network.hash).unwrap_or_default();
        let words = format!("Network {number} ({})", network.votes);
        link(words, on, VotesQuery { network_of: (!on).then_some(network.account), ..query.clone() })
    }));
    all
}
