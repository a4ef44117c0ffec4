//! The one writer of votes: a thread with its own connection that commits what is waiting in
//! groups, and answers each voter only after the commit.

use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use diesel::r2d2::R2D2Connection;
use diesel::result::Error as DieselError;
use tokio::sync::{mpsc, oneshot};

use super::cast::{Cast, cast_all};
use super::live_tallies::LiveTallies;
use super::vote::{Intent, VoteRefusal};
use crate::accounts::CurrentUser;
use crate::config::Voters;
use crate::db::{ConnectError, DatabaseUrl, Db};
use crate::stats::Choice;
use crate::web::error::{AppError, NotFound, is_passing};
use crate::web::network::NetworkKey;

/// How many votes may wait; one more is asked to come back.
const QUEUE: usize = 1024;

/// How long a voter waits for the commit.
const PATIENCE: Duration = Duration::from_secs(8);

/// How long a vote may wait for its turn; one that has waited longer is refused without being tried. With the five
/// seconds for which SQLite waits for a lock, the voter's patience covers both: what is refused is not counted later.
const TURN: Duration = Duration::from_millis(2500);

/// How many votes are committed together at most.
const GROUP: usize = 256;

/// Where votes are handed in. Cloning is cheap; the writer ends with the last clone.
#[derive(Clone)]
pub struct VoteQueue {
    votes: mpsc::Sender<QueuedVote>,
    networks: NetworkKey,
}

/// What is answered to one voter.
type Answer = Result<Result<Cast, VoteRefusal>, AppError>;

struct QueuedVote {
    intent: Intent,
    handed_in: Instant,
    answer: oneshot::Sender<Answer>,
}

impl VoteQueue {
    /// Starts the writer.
    pub fn open(
        url: &DatabaseUrl,
        voters: Voters,
        networks: NetworkKey,
        tallies: Arc<LiveTallies>,
    ) -> Result<Self, ConnectError> {
        let conn = url.connect()?;
        let (sender, votes) = mpsc::channel(QUEUE);
        let writer = Writer { url: url.clone(), conn: Some(conn), voters, tallies };
        std::thread::Builder::new().name("votes".into()).spawn(move || writer.run(votes))?;
        Ok(Self { votes: sender, networks })
    }

    /// Casts a vote for somebody who is signed in.
    pub(super) async fn cast_for(
        &self,
        user: &CurrentUser,
        tool: String,
        choice: Option<Choice>,
        address: IpAddr,
    ) -> Result<Cast, AppError> {
        let network = Some(self.networks.of(address));
        let intent = Intent { account_id: user.id, tool, choice, network };
        self.cast(intent).await?.map_err(|refusal| match refusal {
            VoteRefusal::UnknownTool => AppError::NotFound(NotFound {
                message: "This tool no longer exists.".into(),
                ..NotFound::default()
            }),
            VoteRefusal::NoAccount => AppError::SignInFirst,
            VoteRefusal::Suspended | VoteRefusal::Unconfirmed | VoteRefusal::Excluded(_) => {
                AppError::Forbidden(refusal.to_string())
            }
        })
    }

    /// Hands a vote in and waits until it is durable.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when too many votes are waiting, or its turn does not come within [`TURN`]; the vote is
    /// then not counted. The same when the database does not answer within [`PATIENCE`]; where that is PostgreSQL, it
    /// may then be counted later, and voting again does no harm.
    pub async fn cast(&self, intent: Intent) -> Answer {
        let (answer, written) = oneshot::channel();
        let vote = QueuedVote { intent, handed_in: Instant::now(), answer };
        // The queue is full, or its writer gone.
        self.votes.try_send(vote).map_err(|_| AppError::Unavailable)?;
        match tokio::time::timeout(PATIENCE, written).await {
            Ok(Ok(answer)) => answer,
            // The writer broke down, or the database does not answer.
            Ok(Err(_)) | Err(_) => Err(AppError::Unavailable),
        }
    }
}

struct Writer {
    url: DatabaseUrl,
    /// Missing after it broke; made anew for the next group.
    conn: Option<Db>,
    voters: Voters,
    tallies: Arc<LiveTallies>,
}

impl Writer {
    fn run(mut self, mut votes: mpsc::Receiver<QueuedVote>) {
        while let Some(first) = votes.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(next) = votes.try_recv()
            {
                group.push(next);
            }
            let now = Instant::now();
            let (group, late): (Vec<QueuedVote>, Vec<QueuedVote>) =
                group.into_iter().partition(|vote| now.duration_since(vote.handed_in) < TURN);
            refuse(late);
            if group.is_empty() {
                continue;
            }
            // One group that breaks the code must not end voting: its voters are told to try again.
            if catch_unwind(AssertUnwindSafe(|| self.commit(group))).is_err() {
                tracing::error!("writing votes panicked");
                self.conn = None;
            }
        }
    }

    fn commit(&mut self, group: Vec<QueuedVote>) {
        let intents: Vec<Intent> = group.iter().map(|vote| vote.intent.clone()).collect();
        match self.write(&intents) {
            Ok(outcomes) => self.answer(group, outcomes),
            // One bad vote must not take the others down: each is tried alone.
            Err(cause) if group.len() > 1 && is_about_data(&cause) => {
                for vote in group {
                    // Whoever has waited for long is told so by now, and may have voted elsewhere.
                    let is_late = vote.handed_in.elapsed() >= TURN;
                    if is_late { refuse(vec![vote]) } else { self.commit(vec![vote]) }
                }
            }
            Err(cause) => {
                tracing::error!(%cause, count = group.len(), "votes could not be written");
                let broken = matches!(cause, WriteError::Query(DieselError::BrokenTransactionManager));
                self.conn.take_if(|conn| broken || conn.is_broken());
                refuse(group);
            }
        }
    }

    fn write(&mut self, intents: &[Intent]) -> Result<Vec<Result<Cast, VoteRefusal>>, WriteError> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(self.url.connect()?),
        };
        Ok(cast_all(conn, intents, self.voters, Utc::now().naive_utc())?)
    }

    fn answer(&self, group: Vec<QueuedVote>, outcomes: Vec<Result<Cast, VoteRefusal>>) {
        // Pages learn of it before the voter does, so that the voter's next look is never behind.
        for cast in outcomes.iter().flatten() {
            self.tallies.publish(cast.tool.id, &cast.tally);
        }
        for (vote, outcome) in group.into_iter().zip(outcomes) {
            let _ = vote.answer.send(Ok(outcome));
        }
    }
}

/// Asks these voters to come back.
fn refuse(group: Vec<QueuedVote>) {
    for vote in group {
        let _ = vote.answer.send(Err(AppError::Unavailable));
    }
}

#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error(transparent)]
    Query(#[from] DieselError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

/// Whether the database refused what was written, rather than being busy or away.
fn is_about_data(cause: &WriteError) -> bool {
    match cause {
        WriteError::Query(cause @ DieselError::DatabaseError(..)) => !is_passing(cause),
        WriteError::Query(DieselError::SerializationError(_) | DieselError::QueryBuilderError(_)) => true,
        WriteError::Query(_) | WriteError::Connect(_) => false,
    }
}
