//! The pages on votes.

use std::collections::BTreeSet;

use askama::Template;

use super::{
    asked::Asked,
    chart::Chart,
    load::{Names, Overview, Preview, SignalVotes, ToolVotes, Undoable, hours_shown},
    pieces::{KindField, Moment, NetworkNumbers, ReasonField, Sent, age, tally_words},
};
use crate::{
    integrity::{
        exclusion::Exclusion,
        patterns::Signal,
        selection::{Ballot, Network, start_of},
        vote_set::MOST,
    },
    stats::Tally,
    text::{count, grouped},
    view,
    votes::ExclusionKind,
    web::{
        page::Shell,
        paging::{PageLinks, address},
        ui::VerdictMark,
    },
};

const PATH: &str = "/admin/votes";

/// What is said beside a reason that readers see.
const PUBLIC: &str = "Readers see it in the moderation log. Name nobody.";

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

/// A signal in a list.
struct SignalLine {
    id: i64,
    kind: &'static str,
    tool: Option<(i64, String)>,
    words: String,
    found_at: Moment,
}

impl SignalLine {
    fn new(signal: &Signal, names: &Names) -> Self {
        Self {
            id: signal.id,
            kind: signal.kind().label(),
            tool: signal.tool_id.and_then(|id| Some((id, names.get(&id)?.clone()))),
            words: signal.words.clone(),
            found_at: Moment(signal.found_at),
        }
    }
}

/// An exclusion in the list.
struct ExclusionLine {
    id: i64,
    kind: &'static str,
    reason: String,
    votes: String,
    by: String,
    at: Moment,
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
                    kind: ExclusionKind::stored(exclusion.kind).label(),
                    reason: exclusion.reason.clone(),
                    votes: grouped(votes.unsigned_abs()),
                    by: by(exclusion).unwrap_or_default(),
                    at: Moment(exclusion.made_at),
                    undone: exclusion.undone_at.is_some(),
                })
                .collect(),
            q,
        }
    }
}

/// A vote in a list.
struct BallotLine {
    account_id: i64,
    handle: String,
    tool_id: i64,
    tool: String,
    mark: VerdictMark,
    cast_at: Moment,
    age: String,
    network: Option<usize>,
    exclusion_id: Option<i64>,
    ticked: bool,
}

impl BallotLine {
    fn new(ballot: Ballot, tools: &Names, ticked: &BTreeSet<i64>, networks: &mut NetworkNumbers) -> Self {
        Self {
            account_id: ballot.account_id,
            handle: ballot.handle,
            tool_id: ballot.tool_id,
            tool: tools.get(&ballot.tool_id).cloned().unwrap_or_default(),
            mark: ballot.choice.into(),
            cast_at: Moment(ballot.cast_at),
            age: age(ballot.account_since, ballot.cast_at),
            network: ballot.network.map(|network| networks.of(network)),
            exclusion_id: ballot.exclusion_id,
            ticked: ticked.contains(&ballot.account_id),
        }
    }

    /// The lines of a list in which nothing can be ticked.
    fn all(ballots: Vec<Ballot>, tools: &Names) -> Vec<Self> {
        let mut networks = NetworkNumbers::default();
        let none = BTreeSet::new();
        ballots.into_iter().map(|ballot| Self::new(ballot, tools, &none, &mut networks)).collect()
    }
}

/// A filter of the list: its words, its address, whether it is in force.
struct Filter {
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
    filters: Vec<Filter>,
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
    pub(super) fn new(shell: Shell, votes: ToolVotes, sent: &Sent) -> Self {
        let ToolVotes {
            tool: (id, slug, name, status),
            tally,
            asked,
            signals,
            hours,
            first_hour,
            networks,
            page,
            ballots,
        } = votes;
        let path = format!("{PATH}/tools/{id}");
        // The path says the tool already.
        let on_page = |asked: Asked| Asked { tool: None, ..asked };
        let href = |asked: Asked| on_page(asked).address(&path, 1);
        let names: Names = [(id, name.clone())].into();
        let mut numbers = NetworkNumbers::default();
        let filters = filters(&asked, &networks, &mut numbers, &signals, href);
        let suggested = asked.suggested(signals.iter().find(|signal| Some(signal.id) == asked.signal));
        let at = Asked { hour: None, ..on_page(asked.clone()) };
        let chart = Chart::new(&hours, first_hour, hours_shown(), |hour| {
            Asked { hour: Some(hour), ..at.clone() }.address(&path, 1)
        });
        let (here, ticked) = (on_page(asked.clone()), sent.ticked());
        Self {
            shell,
            slug,
            is_public: status == 1,
            tally: tally_words(tally),
            signals: signals.iter().map(|signal| SignalLine::new(signal, &names)).collect(),
            chart,
            filters,
            narrowed: narrowed(&asked),
            how_many: count(page.total as u64, "vote", "votes"),
            ballots: ballots
                .into_iter()
                .map(|ballot| BallotLine::new(ballot, &names, &ticked, &mut numbers))
                .collect(),
            pages: page.links(|number| here.address(&path, number)),
            exclude_href: here.address(&format!("{path}/exclude"), page.number),
            confirm_href: asked.address(&format!("{PATH}/confirm"), 1),
            wrong: sent.summary(),
            votes_wrong: sent.complaints.about("votes").map(str::to_owned),
            kind: KindField::new(sent, suggested),
            reason: ReasonField::new("exclude-reason", PUBLIC, sent),
            name,
        }
    }
}

fn filters(
    asked: &Asked,
    networks: &[Network],
    numbers: &mut NetworkNumbers,
    signals: &[Signal],
    href: impl Fn(Asked) -> String,
) -> Vec<Filter> {
    let mut all = vec![
        Filter { words: "All".into(), href: href(Asked::default()), on: !asked.is_narrow() },
        Filter {
            words: "New accounts".into(),
            href: href(Asked { new: !asked.new, ..asked.clone() }),
            on: asked.new,
        },
    ];
    all.extend(signals.iter().map(|signal| {
        let on = asked.signal == Some(signal.id);
        Filter {
            words: format!("Signal: {}", signal.kind().label().to_lowercase()),
            href: href(Asked { signal: (!on).then_some(signal.id), ..asked.clone() }),
            on,
        }
    }));
    all.extend(networks.iter().filter(|network| network.votes > 1).map(|network| {
        let on = asked.network_of == Some(network.account);
        Filter {
            words: format!("Network {} ({})", numbers.of(network.hash), network.votes),
            href: href(Asked { network_of: (!on).then_some(network.account), ..asked.clone() }),
            on,
        }
    }));
    all
}

/// What narrows a list down, in words.
fn narrowed(asked: &Asked) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(hour) = asked.hour {
        let (from, to) = (start_of(hour), start_of(hour + 1));
        parts.push(format!("cast between {} and {} (UTC)", from.format("%-d %b, %H:%M"), to.format("%H:%M")));
    }
    if asked.new {
        parts.push("by accounts that were new".to_owned());
    }
    if asked.network_of.is_some() {
        parts.push("from one network".to_owned());
    }
    if asked.signal.is_some() {
        parts.push("in the signal".to_owned());
    }
    (!parts.is_empty()).then(|| parts.join(", "))
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
    pub(super) fn new(shell: Shell, preview: Preview, sent: &Sent) -> Self {
        let Preview { asked, signal, tools, named } = preview;
        let votes: u64 = tools.iter().map(|(_, _, _, going)| going.votes()).sum();
        let refusal = match votes {
            0 => Some("None of these votes counts as it is.".to_owned()),
            n if n > MOST as u64 => Some(format!(
                "These are {} votes, and {} are left out at a time at most: narrow them down.",
                grouped(n),
                grouped(MOST as u64)
            )),
            _ => None,
        };
        let back = match (asked.tool, asked.signal) {
            (Some(tool), _) => {
                Asked { tool: None, ..asked.clone() }.address(&format!("{PATH}/tools/{tool}"), 1)
            }
            (None, Some(signal)) => format!("{PATH}/signals/{signal}"),
            (None, None) => PATH.to_owned(),
        };
        let words = match &signal {
            Some(signal) => Some(signal.words.clone()),
            None => narrowed(&asked).map(|words| format!("Votes {words}.")),
        };
        Self {
            shell,
            here: asked.address(&format!("{PATH}/confirm"), 1),
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
            kind: KindField::new(sent, asked.suggested(signal.as_ref())),
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
    at: Moment,
    undone: Option<(Moment, String)>,
    /// The account whose votes these are, where it is about all of one.
    subject: Option<(i64, String)>,
    how_many: String,
    ballots: Vec<BallotLine>,
    pages: PageLinks,
    wrong: Vec<(String, String)>,
    undo: ReasonField,
}

impl ExclusionPage {
    pub(super) fn new(shell: Shell, undoable: Undoable, sent: &Sent) -> Self {
        let Undoable { exclusion, page, ballots, tools, handles } = undoable;
        let name = |id: Option<i64>| id.and_then(|id| handles.get(&id).cloned()).unwrap_or_default();
        let path = format!("{PATH}/exclusions/{}", exclusion.id);
        Self {
            shell,
            id: exclusion.id,
            kind: ExclusionKind::stored(exclusion.kind),
            by: name(exclusion.made_by),
            at: Moment(exclusion.made_at),
            undone: exclusion.undone_at.map(|at| (Moment(at), name(exclusion.undone_by))),
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

#[derive(Template)]
#[template(path = "admin/votes/signal.html")]
pub(super) struct SignalPage {
    shell: Shell,
    line: SignalLine,
    dismissed: Option<Moment>,
    how_many: String,
    ballots: Vec<BallotLine>,
    pages: PageLinks,
    confirm_href: String,
    /// What says which accounts were shown.
    token: String,
    wrong: Vec<(String, String)>,
    dismiss: ReasonField,
}

view!(OverviewPage, ToolVotesPage, ConfirmPage, ExclusionPage, SignalPage);

impl SignalPage {
    pub(super) fn new(shell: Shell, votes: SignalVotes, sent: &Sent) -> Self {
        let SignalVotes { signal, page, ballots, tools } = votes;
        let path = format!("{PATH}/signals/{}", signal.id);
        let asked = Asked { signal: Some(signal.id), ..Asked::default() };
        Self {
            shell,
            line: SignalLine::new(&signal, &tools),
            token: signal.token(),
            dismissed: signal.dismissed_at.map(Moment),
            how_many: count(page.total as u64, "vote", "votes"),
            ballots: BallotLine::all(ballots, &tools),
            pages: page.links(|number| address(&path, &[], number)),
            confirm_href: asked.address(&format!("{PATH}/confirm"), 1),
            wrong: sent.summary(),
            dismiss: ReasonField::new(
                "dismiss-reason",
                "A note for other moderators; it stays at the desk.",
                sent,
            ),
        }
    }
}
