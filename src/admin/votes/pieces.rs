//! Small pieces that the pages on votes and on people share.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;

use crate::admin::form::{FieldErrors, FormData};
use crate::integrity::selection::Ballot;
use crate::integrity::vote_set::VoteSet;
use crate::stats::Tally;
use crate::text::count;
use crate::verdicts::views::percent_or_dash;
use crate::votes::ExclusionKind;

/// How long a reason may be, in characters.
const LONGEST: usize = 500;

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
    pub(super) fn ticked(&self) -> BTreeSet<i64> {
        let accounts = self.typed.0.iter().filter(|(name, _)| name == "account");
        accounts.filter_map(|(_, value)| value.parse().ok()).collect()
    }

    /// The patterns that are ticked, each with its token as it was shown.
    pub(super) fn patterns(&self) -> BTreeMap<i64, String> {
        let ticked = self.typed.0.iter().filter(|(name, _)| name == "pattern");
        let parse = |value: &String| {
            let (id, token) = value.split_once(' ')?;
            Some((id.parse().ok()?, token.to_owned()))
        };
        ticked.filter_map(|(_, value)| parse(value)).collect()
    }

    /// The votes that were shown, by name.
    pub(super) fn votes(&mut self) -> VoteSet {
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

    /// As what its page is sent.
    pub(in crate::admin) fn status(&self) -> StatusCode {
        if self.is_right() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// What stands in the reason field of this id.
    pub(in crate::admin) fn typed_reason(&self, id: &str) -> String {
        if self.form == id { self.typed.get("reason") } else { String::new() }
    }

    /// Whether this kind of reason is chosen: it was sent, or suggests itself.
    pub(in crate::admin) fn is_kind(&self, kind: ExclusionKind, suggested: &Option<ExclusionKind>) -> bool {
        match self.typed.get("kind").as_str() {
            "" => *suggested == Some(kind),
            typed => typed == kind.as_str(),
        }
    }
}

/// `80% · 15 votes`.
pub(in crate::admin) fn tally_words(tally: Tally) -> String {
    format!("{} · {}", percent_or_dash(tally.ship_percent()), count(tally.votes(), "vote", "votes"))
}

/// How old the account was when it voted, in words: `20 minutes`, `5 hours`, `12 days`.
pub(super) fn age(ballot: &Ballot) -> String {
    let seconds = (ballot.cast_at - ballot.account_since).num_seconds().max(0).unsigned_abs();
    match seconds {
        0..3_600 => count(seconds / 60, "minute", "minutes"),
        3_600..172_800 => count(seconds / 3_600, "hour", "hours"),
        _ => count(seconds / 86_400, "day", "days"),
    }
}
