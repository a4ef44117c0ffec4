//! The recipe of the sample votes. From one seed, the same tools and the same moment it always makes the same:
//!
//! - [`ACCOUNTS`] accounts, each made on one of the 30 days before the [`DAYS`] days of votes begin.
//! - The tools, shuffled: [`SILENT`] get no vote, [`FEW`] one to nine, [`UNDECIDED`] 20 to 45 of which about half are ships,
//!   the others 40 to 150. Of those the share of ships lies around that of the panel (a quarter, and half of the panel's
//!   share, by up to 20 points more or less) and drifts over time by up to 25 points.
//! - Two tools are a close contest ([`CONTEST`]): 43 ships of 61 votes against 41 of 60.
//! - One has a spike ([`SPIKED`]): 24 ships within one hour, two days ago.
//! - One had votes of [`BOUGHT`] accounts that were made within the hour ([`EXCLUDED`]), 40 days ago: moderators have
//!   excluded them.
//! - Each vote is cast at a moment that chance picks from those days, by another account.

use chrono::{Duration, NaiveDateTime};
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::{SliceRandom, index};
use rand::{RngExt, SeedableRng};

use crate::integrity::selection::{hour_of, start_of};
use crate::stats::Choice;

/// What chance begins with.
pub(super) const SEED: u64 = 13;
/// For how many days there are votes.
pub(super) const DAYS: i64 = 120;
/// How many accounts vote.
pub(super) const ACCOUNTS: usize = 240;
/// How many accounts were made for the excluded votes alone.
pub(super) const BOUGHT: usize = 14;
const SILENT: usize = 3;
const FEW: usize = 5;
const UNDECIDED: usize = 7;
const CONTEST: [(&str, usize, usize); 2] = [("code-llama-4", 43, 61), ("smolvlm2-2b", 41, 60)];
const SPIKED: &str = "browser-use";
const EXCLUDED: &str = "continue";

/// A tool to vote on.
pub(super) struct SampleTool {
    pub id: i64,
    pub slug: String,
    /// Which share of the panel says ship.
    pub panel: f64,
}

/// A vote; `account` counts from 0, those of the excluded votes last.
pub(super) struct SampleVote {
    pub account: usize,
    pub tool_id: i64,
    pub choice: Choice,
    pub at: NaiveDateTime,
    /// Whether moderators have excluded it.
    pub excluded: bool,
}

/// What the recipe makes.
pub(super) struct Samples {
    /// When each account was made.
    pub accounts: Vec<NaiveDateTime>,
    pub votes: Vec<SampleVote>,
}

/// Follows the recipe for these tools, which come in the order of their slugs.
pub(super) fn samples(tools: &[SampleTool], now: NaiveDateTime) -> Samples {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let begin = now - Duration::days(DAYS);
    let mut accounts: Vec<NaiveDateTime> =
        (0..ACCOUNTS).map(|_| begin - Duration::minutes(rng.random_range(2 * 1440..30 * 1440))).collect();
    let mut votes = Vec::new();
    let (named, mut others): (Vec<&SampleTool>, Vec<&SampleTool>) =
        tools.iter().partition(|tool| is_named(&tool.slug));
    others.shuffle(&mut rng);
    for (place, tool) in others.into_iter().enumerate() {
        votes.extend(tally(&mut rng, tool, place, now));
    }
    for tool in named {
        if let Some((_, ships, all)) = CONTEST.iter().find(|(slug, ..)| *slug == tool.slug) {
            let mut choices: Vec<Choice> =
                (0..*all).map(|n| if n < *ships { Choice::Ship } else { Choice::Skip }).collect();
            choices.shuffle(&mut rng);
            votes.extend(cast(&mut rng, tool.id, &choices, now));
        } else {
            votes.extend(tally(&mut rng, tool, usize::MAX, now));
        }
    }
    if let Some(tool) = tools.iter().find(|tool| tool.slug == SPIKED) {
        let hour = start_of(hour_of(now - Duration::days(2)));
        let free = free_accounts(&votes, tool.id);
        votes.extend(in_one_hour(&mut rng, tool.id, free.into_iter().take(24), hour));
    }
    if let Some(tool) = tools.iter().find(|tool| tool.slug == EXCLUDED) {
        let hour = start_of(hour_of(now - Duration::days(40)));
        accounts.extend((0..BOUGHT).map(|_| hour - Duration::minutes(rng.random_range(1..50))));
        let bought = in_one_hour(&mut rng, tool.id, ACCOUNTS..ACCOUNTS + BOUGHT, hour);
        votes.extend(bought.into_iter().map(|vote| SampleVote { excluded: true, ..vote }));
    }
    Samples { accounts, votes }
}

/// Whether the recipe has its own words for a tool.
fn is_named(slug: &str) -> bool {
    [SPIKED, EXCLUDED].contains(&slug) || CONTEST.iter().any(|(name, ..)| *name == slug)
}

/// The votes on a tool by its place among the shuffled ones.
fn tally(
    rng: &mut Xoshiro256PlusPlus,
    tool: &SampleTool,
    place: usize,
    now: NaiveDateTime,
) -> Vec<SampleVote> {
    let (few, undecided) = (SILENT + FEW, SILENT + FEW + UNDECIDED);
    let is_undecided = (few..undecided).contains(&place);
    let count = match place {
        0..SILENT => 0,
        _ if place < few => rng.random_range(1..=9),
        _ if is_undecided => rng.random_range(20..=45),
        _ => rng.random_range(40..=150),
    };
    let (share, drift) = if is_undecided {
        (0.5, 0.0)
    } else {
        (0.25 + 0.5 * tool.panel + rng.random_range(-0.2..0.2), rng.random_range(-0.25..0.25))
    };
    let choices: Vec<Choice> = (0..count)
        .map(|n| {
            let passed = f64::from(n) / f64::from(count);
            let share: f64 = share + drift * (passed - 0.5);
            if rng.random_bool(share.clamp(0.05, 0.95)) { Choice::Ship } else { Choice::Skip }
        })
        .collect();
    cast(rng, tool.id, &choices, now)
}

/// Casts these votes, in their order, by different accounts.
fn cast(
    rng: &mut Xoshiro256PlusPlus,
    tool_id: i64,
    choices: &[Choice],
    now: NaiveDateTime,
) -> Vec<SampleVote> {
    let mut minutes: Vec<i64> = choices.iter().map(|_| rng.random_range(10..DAYS * 1440)).collect();
    minutes.sort_unstable_by(|a, b| b.cmp(a));
    let accounts = index::sample(rng, ACCOUNTS, choices.len());
    let votes = choices.iter().zip(minutes).zip(accounts);
    votes
        .map(|((&choice, ago), account)| SampleVote {
            account,
            tool_id,
            choice,
            at: now - Duration::minutes(ago),
            excluded: false,
        })
        .collect()
}

/// Ships of these accounts within the hour that begins so.
fn in_one_hour(
    rng: &mut Xoshiro256PlusPlus,
    tool_id: i64,
    accounts: impl IntoIterator<Item = usize>,
    hour: NaiveDateTime,
) -> Vec<SampleVote> {
    let mut at = || hour + Duration::seconds(rng.random_range(60..3500));
    accounts
        .into_iter()
        .map(|account| SampleVote { account, tool_id, choice: Choice::Ship, at: at(), excluded: false })
        .collect()
}

/// The accounts without a vote on a tool.
fn free_accounts(votes: &[SampleVote], tool_id: i64) -> Vec<usize> {
    let mut free = vec![true; ACCOUNTS];
    for vote in votes.iter().filter(|vote| vote.tool_id == tool_id) {
        free[vote.account] = false;
    }
    (0..ACCOUNTS).filter(|account| free[*account]).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;
    use crate::stats::Tally;

    fn made() -> Samples {
        let slugs = ["code-llama-4", SPIKED, EXCLUDED, "smolvlm2-2b"].map(str::to_owned).into_iter();
        let slugs = slugs.chain((0..34).map(|n| format!("tool-{n:02}")));
        let tools: Vec<SampleTool> =
            slugs.zip(1..).map(|(slug, id)| SampleTool { id, slug, panel: 0.75 }).collect();
        samples(&tools, start_of(500_000) + Duration::minutes(20))
    }

    #[test]
    fn the_same_seed_makes_the_same_votes() {
        let [first, second] = [made(), made()].map(|samples| {
            let votes = samples.votes.iter().map(|vote| (vote.account, vote.tool_id, vote.choice, vote.at));
            (samples.accounts.clone(), votes.collect::<Vec<_>>())
        });
        assert_eq!(first, second);
    }

    #[test]
    fn each_account_votes_once_on_a_tool_after_it_was_made_and_before_now() {
        let (samples, now) = (made(), start_of(500_000) + Duration::minutes(20));
        let pairs: HashSet<(usize, i64)> =
            samples.votes.iter().map(|vote| (vote.account, vote.tool_id)).collect();
        assert_eq!(pairs.len(), samples.votes.len());
        for vote in &samples.votes {
            assert!(samples.accounts[vote.account] < vote.at && vote.at < now);
            assert!(vote.at >= now - Duration::days(DAYS));
        }
    }

    #[test]
    fn the_votes_are_what_the_recipe_says() {
        let mut tallies: HashMap<i64, Tally> = HashMap::new();
        for vote in made().votes.iter().filter(|vote| !vote.excluded) {
            let tally = tallies.entry(vote.tool_id).or_default();
            match vote.choice {
                Choice::Ship => tally.ships += 1,
                Choice::Skip => tally.skips += 1,
            }
        }
        assert_eq!(
            (tallies[&1], tallies[&4]),
            (Tally { ships: 43, skips: 18 }, Tally { ships: 41, skips: 19 })
        );
        let with =
            |least: u64, most: u64| tallies.values().filter(|t| (least..=most).contains(&t.votes())).count();
        assert_eq!((38 - tallies.len(), with(1, 9), with(20, 400)), (SILENT, FEW, 30));
        assert_eq!(made().votes.iter().filter(|vote| vote.excluded).count(), BOUGHT);
    }
}
