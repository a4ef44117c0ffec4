//! `--live`: sample accounts go on voting while the demo runs, so that figures move.

use std::time::Duration;

use diesel::prelude::*;
use rand::RngExt;
use rand::seq::IndexedRandom;

use super::samples::DOMAIN;
use crate::cli::{CliError, connect};
use crate::db::DatabaseUrl;
use crate::db::schema::accounts;
use crate::stats::Choice;
use crate::votes::VoteQueue;
use crate::votes::vote::Intent;

/// The tools that are voted on: few, so that one sees them move.
const TOOLS: [&str; 4] = ["code-llama-4", "smolvlm2-2b", "cline", "cursor"];

/// Between how many milliseconds pass from one vote to the next.
const PAUSE: std::ops::Range<u64> = 1000..2000;

/// The sample accounts of the database.
pub(super) fn voters(database: &DatabaseUrl) -> Result<Vec<i64>, CliError> {
    let samples = accounts::table.filter(accounts::email.like(format!("%@{DOMAIN}")));
    let ids: Vec<i64> = samples.select(accounts::id).load(&mut connect(database)?)?;
    if ids.is_empty() {
        let line = "--live: this demo has no sample accounts; start it anew with --fresh";
        return Err(CliError::BadInput(vec![line.into()]));
    }
    Ok(ids)
}

/// Lets a vote in every second or two, for as long as the site runs.
pub(super) async fn vote(queue: VoteQueue, voters: Vec<i64>) {
    loop {
        let pause = Duration::from_millis(rand::rng().random_range(PAUSE));
        tokio::time::sleep(pause).await;
        let intent = {
            let mut rng = rand::rng();
            let (Some(&account_id), Some(tool)) = (voters.choose(&mut rng), TOOLS.choose(&mut rng)) else {
                return;
            };
            let choice = if rng.random_bool(0.6) { Choice::Ship } else { Choice::Skip };
            Intent { account_id, tool: (*tool).to_owned(), choice: Some(choice), network: None }
        };
        // One that is not taken is followed by another.
        let _ = queue.cast(intent).await;
    }
}
