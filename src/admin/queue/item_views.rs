//! An item as a page: all that is known of it, and what may be done with it.

use std::sync::Arc;

use askama::Template;
use chrono::Utc;

use super::load::SubmissionSheet;
use super::views::Progress;
use crate::admin::form::{FieldErrors, FormData};
use crate::admin::utc_time::UtcTime;
use crate::catalogue::Tool;
use crate::submissions::current_values::Line;
use crate::submissions::queue;
use crate::submissions::submission::{Content, Status, Subject, Submission};
use crate::text::{count, rich};
use crate::web::page::Shell;
use crate::web::ui::Day;

/// What a form of the page brought that was not accepted.
#[derive(Default)]
pub(super) struct Again {
    pub typed: FormData,
    pub errors: FieldErrors,
    /// Why an act came too late.
    pub problem: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/queue/item.html")]
pub(super) struct ItemPage {
    shell: Shell,
    id: i64,
    title: String,
    kind: &'static str,
    made_at: UtcTime,
    state: Progress,
    /// Labels and texts of what was sent.
    lines: Vec<SentPart>,
    tool: Option<Subject>,
    /// The slug and name of the reviewer whose take it is about.
    reviewer: Option<(String, String)>,
    sender: String,
    /// What became of all that the sender sent.
    record: String,
    stands: Vec<Line>,
    /// As HTML.
    text: Option<String>,
    alike: Vec<Arc<Tool>>,
    others: Vec<Other>,
    /// As HTML.
    answer: String,
    outcome: Option<Subject>,
    doing: Doing,
    typed: FormData,
    errors: FieldErrors,
    problem: Option<String>,
}

/// A part of what was sent.
struct SentPart {
    label: &'static str,
    /// A web address to follow.
    link: Option<String>,
    /// As HTML.
    html: String,
}

/// Another open item about the same.
struct Other {
    id: i64,
    title: String,
    kind: &'static str,
    made_at: Day,
}

/// What may be done with an item.
enum Doing {
    /// Anybody may take it.
    Take,
    /// Somebody else has it; whether it may be taken over without asking.
    TakeOver { holder_id: i64, holder: String, is_left_lying: bool },
    /// It is mine: what the buttons for accepting it are.
    Decide(Accepting),
    /// It is decided.
    Nothing,
}

/// How an item is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Accepting {
    Tool,
    Correction,
    /// A correction of a tool that is gone.
    Lost,
    Report,
}

impl ItemPage {
    pub(super) fn new(shell: Shell, sheet: SubmissionSheet, moderator: i64, again: Again) -> Self {
        let SubmissionSheet { item, sender, stands, text, category, alike, others } = sheet;
        let record = format!(
            "{} accepted, {} declined, {} declined as spam, {} open",
            sender.accepted, sender.declined, sender.spam, sender.open
        );
        Self {
            shell,
            id: item.id,
            title: item.title(),
            kind: item.content.kind().label(),
            made_at: UtcTime(item.made_at),
            state: Progress::of(&item, moderator),
            lines: sent(&item, category.as_deref()),
            doing: Doing::with(&item, moderator),
            record,
            stands,
            text: text.map(|text| rich(&text)),
            alike,
            others: others.iter().map(Other::new).collect(),
            answer: rich(&item.answer),
            tool: item.tool,
            reviewer: item.reviewer,
            sender: item.sender.handle,
            outcome: item.outcome,
            typed: again.typed,
            errors: again.errors,
            problem: again.problem,
        }
    }

    fn others_words(&self) -> String {
        count(self.others.len() as u64, "more open submission", "more open submissions")
    }

    /// What was typed into a field.
    fn typed(&self, name: &str) -> String {
        self.typed.get(name)
    }

    /// Whether the buttons lead on to a form of the admin area.
    fn has_form(&self) -> bool {
        matches!(self.doing, Doing::Decide(Accepting::Tool | Accepting::Correction))
    }
}

impl Doing {
    fn with(item: &Submission, moderator: i64) -> Self {
        if item.status != Status::Open {
            return Self::Nothing;
        }
        match &item.taken {
            None => Self::Take,
            Some((holder, _)) if holder.id == moderator => Self::Decide(match &item.content {
                Content::Tool(_) => Accepting::Tool,
                Content::Correction(_) if item.tool.is_none() => Accepting::Lost,
                Content::Correction(_) => Accepting::Correction,
                Content::Report(_) => Accepting::Report,
            }),
            Some((holder, since)) => Self::TakeOver {
                holder_id: holder.id,
                holder: holder.handle.clone(),
                is_left_lying: queue::is_left_lying(*since, Utc::now().naive_utc()),
            },
        }
    }
}

impl Other {
    fn new(item: &Submission) -> Self {
        Self {
            id: item.id,
            title: item.title(),
            kind: item.content.kind().label(),
            made_at: Day(item.made_at.date()),
        }
    }
}

/// What was sent, part by part.
fn sent(item: &Submission, category: Option<&str>) -> Vec<SentPart> {
    let text = |label, text: &str| SentPart { label, link: None, html: rich(text) };
    let link = |label, address: &str| SentPart {
        label,
        link: (!address.is_empty()).then(|| address.to_owned()),
        html: String::new(),
    };
    match &item.content {
        Content::Tool(suggestion) => {
            vec![
                text("Name", &item.name),
                link("Website", &suggestion.website),
                text("Category", category.unwrap_or(&suggestion.category)),
                text("Why add it", &suggestion.why),
            ]
        }
        Content::Correction(correction) => vec![
            text("Field", correction.field.label()),
            text("Correct value", &correction.value),
            link("Source", &correction.source),
            text("Note", &correction.why),
        ],
        Content::Report(report) => {
            vec![text("Reason", report.reason.label()), text("Details", &report.words)]
        }
    }
}
