//! How many votes on a tool are excluded and for which kinds of reason, as readers see it: never whose.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::exclusion_kind::ExclusionKind;
use super::store::IDS_AT_ONCE;
use crate::catalogue::Directory;
use crate::db::Db;
use crate::db::schema::{exclusions, votes};
use crate::text::{count, grouped};

/// The votes on a tool that are excluded: how many of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "votes/_excluded.html")]
pub struct ExcludedVotes(BTreeMap<ExclusionKind, u64>);

impl HtmlSafe for ExcludedVotes {}

impl ExcludedVotes {
    /// How many there are.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// `3 votes excluded (2 vote spike, 1 suspended account)`.
    fn words(&self) -> String {
        let kinds: Vec<String> = match self.0.first_key_value() {
            Some((kind, _)) if self.0.len() == 1 => vec![kind.label().to_lowercase()],
            _ => self
                .0
                .iter()
                .map(|(kind, n)| format!("{} {}", grouped(*n), kind.label().to_lowercase()))
                .collect(),
        };
        format!("{} excluded ({})", count(self.total(), "vote", "votes"), kinds.join(", "))
    }
}

/// What is excluded from the tallies of these tools; a tool that all votes count of is missing.
pub fn of_tools(conn: &mut Db, tool_ids: &[i64]) -> QueryResult<HashMap<i64, ExcludedVotes>> {
    let mut groups: Vec<(i64, Option<i64>, i64)> = Vec::new();
    for ids in tool_ids.chunks(IDS_AT_ONCE) {
        let of_these = votes::table
            .filter(votes::tool_id.eq_any(ids))
            .filter(votes::exclusion_id.is_not_null())
            .group_by((votes::tool_id, votes::exclusion_id))
            .select((votes::tool_id, votes::exclusion_id, count_star()));
        groups.append(&mut of_these.load(conn)?);
    }
    let kinds = kinds(conn, groups.iter().filter_map(|(_, exclusion_id, _)| *exclusion_id))?;
    let mut found: HashMap<i64, ExcludedVotes> = HashMap::new();
    for (tool_id, exclusion_id, n) in groups {
        let kind = exclusion_id.and_then(|id| kinds.get(&id)).copied().unwrap_or(ExclusionKind::Other);
        *found.entry(tool_id).or_default().0.entry(kind).or_default() += n.unsigned_abs();
    }
    Ok(found)
}

/// A vote that does not count, as its voter is told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ExcludedVote {
    pub tool_id: i64,
    pub exclusion_id: i64,
    pub kind: ExclusionKind,
    pub reason: String,
    pub made_at: NaiveDateTime,
}

/// The excluded votes of an account, by the exclusions that they fell under, the newest first.
pub fn of_account(conn: &mut Db, account_id: i64) -> QueryResult<Vec<ExcludedVote>> {
    votes::table
        .inner_join(exclusions::table.on(votes::exclusion_id.eq(exclusions::id.nullable())))
        .filter(votes::account_id.eq(account_id))
        .order((exclusions::id.desc(), votes::id.desc()))
        .select((votes::tool_id, exclusions::id, exclusions::kind, exclusions::reason, exclusions::made_at))
        .load(conn)
}

/// Votes of somebody's that fell under one exclusion which they were not told of before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewlyExcluded {
    /// The names of the tools.
    pub tools: Vec<String>,
    pub why: ExcludedVote,
}

/// What is new of these to somebody who was told of exclusions up to `told`.
pub fn news(votes: Vec<ExcludedVote>, told: i64, directory: &Directory) -> Vec<NewlyExcluded> {
    let mut news: Vec<NewlyExcluded> = Vec::new();
    for vote in votes.into_iter().filter(|vote| vote.exclusion_id > told) {
        let tool = directory.tool_by_id(vote.tool_id).map(|tool| tool.name.clone());
        let tool = tool.unwrap_or_else(|| "a tool that is not listed any more".to_owned());
        match news.last_mut() {
            Some(last) if last.why.exclusion_id == vote.exclusion_id => last.tools.push(tool),
            _ => news.push(NewlyExcluded { tools: vec![tool], why: vote }),
        }
    }
    news
}

/// The kinds of these exclusions.
pub fn kinds(conn: &mut Db, ids: impl Iterator<Item = i64>) -> QueryResult<HashMap<i64, ExclusionKind>> {
    let mut kinds = HashMap::new();
    let ids: Vec<i64> = ids.collect::<BTreeSet<i64>>().into_iter().collect();
    for ids in ids.chunks(IDS_AT_ONCE) {
        let of_these = exclusions::table.filter(exclusions::id.eq_any(ids));
        kinds.extend(of_these.select((exclusions::id, exclusions::kind)).load::<(i64, ExclusionKind)>(conn)?);
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_how_many_and_why() {
        let left = |all: &[(ExclusionKind, u64)]| ExcludedVotes(all.iter().copied().collect());
        assert_eq!(
            left(&[(ExclusionKind::Burst, 2), (ExclusionKind::Suspended, 1)]).words(),
            "3 votes excluded (2 vote spike, 1 suspended account)"
        );
        assert_eq!(left(&[(ExclusionKind::NewAccounts, 12)]).words(), "12 votes excluded (new accounts)");
        assert_eq!(left(&[(ExclusionKind::Other, 1)]).words(), "1 vote excluded (other reason)");
        assert_eq!(left(&[]).to_string(), "");
    }
}
