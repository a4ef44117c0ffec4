//! A comparison as its readers will see it, before it is stored.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use super::load::{Loaded, load};
use super::views::ComparisonPage;
use crate::accounts::Visit;
use crate::catalogue::file::ComparisonRecord;
use crate::catalogue::{Catalogue, Comparison, tool_detail};
use crate::db::Db;
use crate::verdicts::OwnVotes;
use crate::verdicts::pair::ToolPair;
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::web::page;

/// A comparison that is being written.
pub struct ComparisonPreview(Loaded);

impl ComparisonPreview {
    /// Loads what its page shows; none where readers do not see both tools.
    pub fn load(
        conn: &mut Db,
        catalogue: &Catalogue,
        live_tallies: &LiveTallies,
        record: &ComparisonRecord,
    ) -> Result<Option<Self>, AppError> {
        let directory = catalogue.current(conn)?;
        let [first, second] = record.tools.each_ref().map(|slug| directory.tool(slug));
        let (Some(first), Some(second)) = (first, second) else { return Ok(None) };
        let Some(pair) = ToolPair::of(first, second) else { return Ok(None) };
        let [first, second] = pair.ids();
        let details = [tool_detail(conn, first)?, tool_detail(conn, second)?].map(Arc::new);
        let mut loaded = load(Arc::clone(&directory), live_tallies, pair, details, None);
        loaded.record = Some(Comparison {
            first,
            second,
            summary: record.summary.clone(),
            pick_first_if: record.pick_first_if.clone(),
            pick_second_if: record.pick_second_if.clone(),
            status: record.status,
            published_on: record.published_on,
        });
        Ok(Some(Self(loaded)))
    }

    /// Its page, under a bar that says what it is.
    pub fn show(self, request: &HttpRequest, visit: &Visit, bar: String) -> Result<HttpResponse, AppError> {
        let mut page = ComparisonPage::new(visit, self.0, &OwnVotes::default());
        page.shell.preview(bar);
        page::show_private(request, &page, StatusCode::OK)
    }
}
