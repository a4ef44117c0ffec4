//! More than two tools: three to five in one decision table, by the rules of a comparison of two. Two stay the main case.

mod answer;
mod group;
mod views;

use std::sync::Arc;

use self::views::SeveralPage;
use super::load::ComparedTool;
use crate::accounts::Visit;
use crate::catalogue::Directory;
use crate::db::freshness::Votes;
use crate::verdicts::OwnVotes;
use crate::verdicts::views::RatedTool;
use crate::votes::App;
use crate::web::cache::Rendered;
use crate::web::error::AppError;

pub(super) use self::{
    answer::GroupAnswer,
    group::{MOST_TOOLS, ToolGroup},
};

/// The page of these tools.
pub(super) async fn render(
    visit: &Visit,
    app: &App,
    directory: Arc<Directory>,
    group: ToolGroup,
) -> Result<Rendered, AppError> {
    let ids: Vec<i64> = group.tools.iter().map(|tool| tool.id).collect();
    let own = OwnVotes::of(visit, &app.database, ids.clone()).await?;
    let tallies = app.tallies.tallies(&ids);
    let mut columns = Vec::new();
    for tool in &group.tools {
        columns.push(ComparedTool {
            rated: RatedTool::new(tool, &tallies),
            detail: app.catalogue.detail(&directory, tool.id).await?,
            excluded: app.tallies.excluded(tool.id),
        });
    }
    let pairs = group.pairs().into_iter().map(|pair| pair.rated(&tallies)).collect();
    let page = SeveralPage::new(visit, &directory, &group, columns, pairs, &own);
    // There are so many groups that few are asked for twice.
    Ok(Rendered::page(&page, Votes::Of(ids))?.asked_once())
}
