//! A choice made before signing in is cast right after it.

use std::{net::IpAddr, pin::Pin, sync::Arc};

use super::{VoteQueue, handlers};
use crate::{
    accounts::{AfterSignIn, CurrentUser},
    web::{error::AppError, limits::RateLimits, session::TypedSession},
};

/// Casts the kept choice of whoever has just signed in.
pub struct CastPendingVote {
    pub queue: VoteQueue,
    pub limits: Arc<RateLimits>,
}

impl AfterSignIn for CastPendingVote {
    fn welcome<'a>(
        &'a self,
        user: &'a CurrentUser,
        session: &'a TypedSession,
        address: IpAddr,
    ) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        Box::pin(async move {
            let Some(kept) = session.take_pending_vote() else { return };
            let outcome = async {
                self.limits.vote(user.id, address)?;
                let choice = kept.choice.parse().map_err(|_| AppError::Internal)?;
                handlers::cast_for(&self.queue, user, kept.tool.clone(), Some(choice), address).await
            };
            let told = match outcome.await {
                Ok(cast) => session.flash(handlers::receipt(&cast)),
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
