//! Small pieces that the pages on votes and on people share.

use std::collections::BTreeSet;

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDateTime;

use super::super::form::{FieldErrors, FormData};
use crate::integrity::vote_set::VoteSet;
use crate::stats::Tally;
use crate::text::count;
use crate::verdicts::views::percent_or_dash;
use crate::votes::ExclusionKind;

/// How long a reason may be, in characters.
const LONGEST: usize = 500;

/// The field in which a moderator says why. Its id tells the forms of one page apart; its name is `reason`.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/votes/_reason.html")]
pub(in crate::admin) struct ReasonField {
    pub id: &'static str,
    pub hint: &'static str,
    pub value: String,
    pub error: Option<String>,
}

impl HtmlSafe for ReasonField {}

impl ReasonField {
    /// The field as it was typed into `sent`, if that was its form.
    pub(in crate::admin) fn new(id: &'static str, hint: &'static str, sent: &FilledForm) -> Self {
        let value = if sent.form == id { sent.typed.get("reason") } else { String::new() };
        Self { id, hint, value, error: sent.errors.about(id).map(str::to_owned) }
    }
}

/// The field that says for which kind of reason votes are left out.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/votes/_kind.html")]
pub(in crate::admin) struct KindField {
    pub chosen: String,
    pub error: Option<String>,
}

impl HtmlSafe for KindField {}

impl KindField {
    /// The field as it was sent, or with a kind that suggests itself.
    pub(in crate::admin) fn new(sent: &FilledForm, suggested: Option<ExclusionKind>) -> Self {
        let typed = sent.typed.get("kind");
        let chosen =
            if typed.is_empty() { suggested.map_or("", ExclusionKind::as_str).to_owned() } else { typed };
        Self { chosen, error: sent.errors.about("kind").map(str::to_owned) }
    }
}

/// A form that was sent and has something wrong with it; the default is a page that nothing was sent to.
#[derive(Debug, Clone, Default)]
pub(in crate::admin) struct FilledForm {
    /// The id of its reason field.
    pub form: &'static str,
    pub typed: FormData,
    pub errors: FieldErrors,
}

impl FilledForm {
    /// A form whose reason field has this id.
    pub(in crate::admin) fn new(form: &'static str, typed: FormData) -> Self {
        Self { form, typed, errors: FieldErrors::default() }
    }

    /// The reason, which must be there.
    pub(in crate::admin) fn reason(&mut self) -> String {
        let reason = self.typed.trimmed("reason");
        if reason.is_empty() {
            self.errors.add(self.form, "Enter a reason.");
        } else if reason.chars().count() > LONGEST {
            self.errors.add(self.form, format!("Reason must have at most {LONGEST} characters."));
        } else if reason.contains('\0') {
            self.errors.add(self.form, "Reason contains a character that cannot be stored.");
        }
        reason
    }

    /// The kind of reason, which must be chosen.
    pub(in crate::admin) fn kind(&mut self) -> ExclusionKind {
        let kind = ExclusionKind::parse(&self.typed.get("kind"));
        if kind.is_none() {
            self.errors.add("kind", "Choose the kind of reason.");
        }
        kind.unwrap_or(ExclusionKind::Other)
    }

    /// The accounts whose votes are ticked, each once.
    pub(in crate::admin) fn ticked(&self) -> BTreeSet<i64> {
        let accounts = self.typed.0.iter().filter(|(name, _)| name == "account");
        accounts.filter_map(|(_, value)| value.parse().ok()).collect()
    }

    /// The votes that were shown, by name.
    pub(in crate::admin) fn votes(&mut self) -> VoteSet {
        let votes = self.typed.get("votes").parse();
        if votes.is_err() {
            self.errors.add("votes", "Check the votes again: the list could not be read.");
        }
        votes.unwrap_or_default()
    }

    /// Whether nothing is wrong.
    pub(in crate::admin) fn is_right(&self) -> bool {
        self.errors.is_empty()
    }

    /// What is wrong, for the top of the page.
    pub(in crate::admin) fn summary(&self) -> Vec<(String, String)> {
        self.errors.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }
}

/// `80% · 15 votes`.
pub(in crate::admin) fn tally_words(tally: Tally) -> String {
    format!("{} · {}", percent_or_dash(tally.ship_percent()), count(tally.votes(), "vote", "votes"))
}

/// What networks are called on a page: numbers in the order in which the page names them. They say nothing beyond the
/// page, so a reason that speaks of one gives nothing away later.
#[derive(Debug, Default)]
pub(super) struct NetworkNumbers(Vec<i64>);

impl NetworkNumbers {
    pub(super) fn of(&mut self, network: i64) -> usize {
        let known = self.0.iter().position(|other| *other == network);
        known.map_or_else(
            || {
                self.0.push(network);
                self.0.len()
            },
            |index| index + 1,
        )
    }
}

/// How old an account was, in words: `20 minutes`, `5 hours`, `12 days`.
pub(in crate::admin) fn age(from: NaiveDateTime, to: NaiveDateTime) -> String {
    let seconds = (to - from).num_seconds().max(0).unsigned_abs();
    match seconds {
        0..3_600 => count(seconds / 60, "minute", "minutes"),
        3_600..172_800 => count(seconds / 3_600, "hour", "hours"),
        _ => count(seconds / 86_400, "day", "days"),
    }
}
