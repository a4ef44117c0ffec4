//! A reviewer as readers will see them, before the record is stored.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use super::load::{self, Profile};
use super::views::{ReviewerPage, ReviewerQuery};
use crate::accounts::Visit;
use crate::catalogue::file::ReviewerRecord;
use crate::catalogue::{Catalogue, Reviewer};
use crate::db::Db;
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::web::page;

/// A reviewer who is being described.
pub struct ReviewerPreview(Profile);

impl ReviewerPreview {
    /// Loads what their page shows; `id` is that of the stored record, if there is one.
    pub fn load(
        conn: &mut Db,
        catalogue: &Catalogue,
        live_tallies: &LiveTallies,
        id: Option<i64>,
        record: &ReviewerRecord,
    ) -> Result<Self, AppError> {
        let directory = catalogue.current(conn)?;
        let stored = id.and_then(|id| directory.reviewer_by_id(id)).cloned();
        let reviewer = Reviewer {
            id: id.unwrap_or_default(),
            record: record.clone().shown(),
            ships: stored.as_ref().map_or(0, |reviewer| reviewer.ships),
            reviews: stored.as_ref().map_or(0, |reviewer| reviewer.reviews),
            former: stored.as_ref().is_some_and(|reviewer| reviewer.former),
            verdicts: stored.map(|reviewer| reviewer.verdicts).unwrap_or_default(),
        };
        Ok(Self(load::profile(conn, &directory, live_tallies, reviewer)?))
    }

    /// Their page, under a bar that says what it is.
    pub fn show(self, request: &HttpRequest, visit: &Visit, bar: String) -> Result<HttpResponse, AppError> {
        let mut page = ReviewerPage::new(visit, self.0, &ReviewerQuery::parse(""));
        page.shell.preview(bar);
        page::show_private(request, &page, StatusCode::OK)
    }
}
