//! From which networks the votes of patterns came. What a network is called here is the keyed hash that votes keep.

use std::collections::HashMap;

use chrono::{Duration, NaiveDateTime};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::select;

use super::SuspiciousPattern;
use crate::db::schema::votes;
use crate::db::{Db, sql};
use crate::stats::rules::{NETWORK_ACCOUNTS, WATCHED_DAYS};
use crate::votes::ExclusionKind;

/// How many accounts of a pattern are looked at.
const MOST_LOOKED_AT: usize = 500;

/// How many of their votes.
const MOST_VOTES: i64 = 5_000;

impl SuspiciousPattern {
    /// The network from which more than half of its votes came, while that is known.
    pub fn network(&self, conn: &mut Db) -> QueryResult<Option<i64>> {
        if self.kind == ExclusionKind::OneNetwork {
            return Ok(self.key.rsplit(':').next().and_then(|number| number.parse().ok()));
        }
        let mut accounts = self.accounts();
        accounts.truncate(MOST_LOOKED_AT);
        let votes =
            votes::table.filter(votes::account_id.eq_any(accounts)).select(votes::network).into_boxed();
        let votes = match self.tool_id {
            Some(tool) => votes.filter(votes::tool_id.eq(tool)),
            None => votes,
        };
        let networks: Vec<Option<i64>> = votes.limit(MOST_VOTES).load(conn)?;
        let mut counts: HashMap<i64, usize> = HashMap::new();
        for network in networks.iter().flatten() {
            *counts.entry(*network).or_default() += 1;
        }
        Ok(counts.into_iter().find(|(_, votes)| votes * 2 > networks.len()).map(|(network, _)| network))
    }
}

/// Whether all votes of the last days of which it is known came from one network, and from enough accounts to wonder.
pub fn is_only_one(conn: &mut Db, now: NaiveDateTime) -> QueryResult<bool> {
    let since = now - Duration::days(WATCHED_DAYS);
    let known = || votes::table.filter(votes::cast_at.ge(since)).filter(votes::network.is_not_null());
    let newest: Option<i64> = known()
        .order(votes::cast_at.desc())
        .select(votes::network.assume_not_null())
        .first(conn)
        .optional()?;
    let Some(network) = newest else { return Ok(false) };
    if select(exists(known().filter(votes::network.ne(network)))).get_result(conn)? {
        return Ok(false);
    }
    let enough = sql::signed(usize::try_from(NETWORK_ACCOUNTS).unwrap_or(usize::MAX));
    let accounts: Vec<i64> = known().select(votes::account_id).distinct().limit(enough).load(conn)?;
    Ok(sql::signed(accounts.len()) == enough)
}
