//! Which votes an address of the admin area asks for.

use crate::db::Db;
use crate::integrity::patterns::{self, SuspiciousPattern};
use crate::integrity::selection::{Selection, network_of, start_of};
use crate::votes::ExclusionKind;
use crate::web::error::{AppError, NotFound};
use crate::web::paging::field;

/// Where the pages on votes are.
pub(super) const PATH: &str = "/admin/votes";

/// What an address says of the votes it asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct VotesQuery {
    pub tool: Option<i64>,
    pub hour: Option<i64>,
    pub new: bool,
    /// The network from which this account voted on the tool.
    pub network_of: Option<i64>,
    pub signal: Option<i64>,
}

impl VotesQuery {
    pub(super) fn parse(query: &str) -> Self {
        let number = |name: &str| field(query, name).parse().ok();
        Self {
            tool: number("tool"),
            // An hour that no date can be made of asks for nothing.
            hour: number("hour").filter(|hour| (0..10_000_000).contains(hour)),
            new: field(query, "new") == "1",
            network_of: number("network_of"),
            signal: number("signal"),
        }
    }

    /// What an address says to ask for the same.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        vec![
            ("tool", text(self.tool)),
            ("hour", text(self.hour)),
            ("new", if self.new { "1".to_owned() } else { String::new() }),
            ("network_of", text(self.network_of)),
            ("signal", text(self.signal)),
        ]
    }

    /// The address of a page of the list at `path`.
    pub(super) fn address(&self, path: &str, page: usize) -> String {
        let fields = self.fields();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        crate::web::paging::address(path, &fields, page)
    }

    /// Whether it asks for less than all votes on a tool.
    pub(super) fn is_narrow(&self) -> bool {
        self.hour.is_some() || self.new || self.network_of.is_some() || self.signal.is_some()
    }

    /// What narrows a list down, in words.
    pub(super) fn in_words(&self) -> Option<String> {
        let mut parts = Vec::new();
        if let Some(hour) = self.hour {
            let (from, to) = (start_of(hour), start_of(hour + 1));
            parts.push(format!(
                "cast between {} and {} (UTC)",
                from.format("%-d %b, %H:%M"),
                to.format("%H:%M")
            ));
        }
        if self.new {
            parts.push("by new accounts".to_owned());
        }
        if self.network_of.is_some() {
            parts.push("from the same network".to_owned());
        }
        if self.signal.is_some() {
            parts.push("in the suspicious pattern".to_owned());
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The kind of reason that suggests itself.
    pub(super) fn suggested(&self, signal: Option<&SuspiciousPattern>) -> Option<ExclusionKind> {
        match (signal, self) {
            (Some(signal), _) => Some(signal.kind),
            (None, Self { hour: Some(_), .. }) => Some(ExclusionKind::Burst),
            (None, Self { network_of: Some(_), .. }) => Some(ExclusionKind::OneNetwork),
            (None, Self { new: true, .. }) => Some(ExclusionKind::NewAccounts),
            (None, _) => None,
        }
    }

    /// The votes that are asked for, and the signal that is named.
    pub(super) fn resolve(&self, conn: &mut Db) -> Result<(Selection, Option<SuspiciousPattern>), AppError> {
        let signal = match self.signal {
            Some(id) => Some(patterns::find(conn, id)?.ok_or_else(|| {
                AppError::NotFound(NotFound {
                    message:
                        "This suspicious pattern no longer exists: its votes were excluded, or it expired."
                            .into(),
                    ..NotFound::default()
                })
            })?),
            None => None,
        };
        let mut selection = match &signal {
            Some(signal) => signal.selection(conn)?,
            None => Selection::default(),
        };
        selection.tool = self.tool.or(selection.tool);
        selection.hour = self.hour.or(selection.hour);
        selection.new |= self.new;
        if let (Some(account), Some(tool)) = (self.network_of, selection.tool) {
            match network_of(conn, tool, account)? {
                Some(network) => selection.network = Some(network),
                // It is forgotten: no vote is known to come from there.
                None => selection.accounts = Some(Vec::new()),
            }
        }
        Ok((selection, signal))
    }
}
