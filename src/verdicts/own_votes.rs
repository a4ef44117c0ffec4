//! The votes of whoever looks at a page, which nobody else is shown.

use std::collections::HashMap;

use crate::accounts::Visit;
use crate::db::Database;
use crate::votes::store::{self, OwnVote};
use crate::web::error::AppError;

/// What whoever looks at a page has voted on its tools.
#[derive(Debug, Default)]
pub struct OwnVotes {
    pub(super) is_signed_in: bool,
    pub(super) by_tool: HashMap<i64, OwnVote>,
}

impl OwnVotes {
    /// The votes on these tools by whoever is signed in; a visitor has none.
    pub async fn of(visit: &Visit, database: &Database, tools: Vec<i64>) -> Result<Self, AppError> {
        let Some(account_id) = visit.account_id() else { return Ok(Self::default()) };
        let by_tool = database.run(move |conn| Ok(store::own_votes(conn, account_id, &tools)?)).await?;
        Ok(Self { is_signed_in: true, by_tool })
    }
}
