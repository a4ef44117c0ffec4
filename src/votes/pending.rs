//! A choice made before signing in is cast right after it.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::VoteQueue;
use crate::accounts::{AfterSignIn, CurrentUser};
use crate::stats::Choice;
use crate::web::error::AppError;
use crate::web::limits::RateLimits;
use crate::web::session::TypedSession;

/// Under what the choice is kept in the session.
const PENDING: &str = "pending";

/// A choice that somebody made before signing in.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PendingVote {
    /// The tool's slug.
    pub tool: String,
    /// The tool's name.
    pub name: String,
    pub choice: Choice,
}

impl PendingVote {
    /// Keeps it until its voter has signed in.
    pub(super) fn keep(&self, session: &TypedSession) -> Result<(), AppError> {
        session.insert(PENDING, self)
    }
}

/// Casts the kept choice of whoever has just signed in.
pub struct CastPendingVote {
    pub queue: VoteQueue,
    pub limits: Arc<RateLimits>,
}

impl AfterSignIn for CastPendingVote {
    fn waiting(&self, session: &TypedSession) -> Option<String> {
        let kept: PendingVote = session.get(PENDING)?;
        Some(format!("your {} vote for {}", kept.choice.label(), kept.name))
    }

    fn welcome<'a>(
        &'a self,
        user: &'a CurrentUser,
        session: &'a TypedSession,
        address: IpAddr,
    ) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        Box::pin(async move {
            let Some(kept) = session.take::<PendingVote>(PENDING) else { return };
            let outcome = async {
                self.limits.vote(user.id, address)?;
                self.queue.cast_for(user, kept.tool.clone(), Some(kept.choice), address).await
            };
            let told = match outcome.await {
                Ok(cast) => session.flash(cast.receipt()),
                Err(refused) => session.flash_problem(format!(
                    "Your vote for {} was not counted. {}",
                    kept.name,
                    refused.message()
                )),
            };
            // Without the line the vote is still counted, and the page shows it.
            if let Err(cause) = told {
                tracing::warn!(%cause, "a line about a kept vote is lost");
            }
        })
    }
}
