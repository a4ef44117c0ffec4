//! The page of a record as readers will see it.

use actix_web::HttpResponse;
use askama::Template;

use super::conflict;
use super::context::FormContext;
use super::views::PreviewBar;
use crate::admin::AdminContext;
use crate::admin::form::FormData;
use crate::catalogue::file::{Record, State};
use crate::catalogue::{Catalogue, Status};
use crate::db::Database;
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::{comparisons, reviewers, tools};

/// Draws what was typed, with a bar that leads back to the form, saves, and publishes what readers do not see yet.
pub(super) async fn show(
    admin: &AdminContext,
    context: &FormContext,
    state: State,
    data: &FormData,
) -> Result<HttpResponse, AppError> {
    let (catalogue, live_tallies) = (admin.shared::<Catalogue>()?, admin.shared::<LiveTallies>()?);
    let (request, visit, id) = (admin.request(), &admin.visit, context.id);
    let (action, carried) = (context.path(), conflict::carried(data));
    let may_publish = context.status() != Some(Status::Published);
    let bar = PreviewBar { action, carried, form_key: admin.form_key(), may_publish }.render()?;
    match state.record {
        Record::Category(record) => {
            let load = move |conn: &mut _| {
                tools::CategoryPreview::load(conn, &catalogue, &live_tallies, id, &record)
            };
            admin.read(load).await?.show(request, visit, bar)
        }
        Record::Reviewer(record) => {
            let load = move |conn: &mut _| {
                reviewers::ReviewerPreview::load(conn, &catalogue, &live_tallies, id, &record)
            };
            admin.read(load).await?.show(request, visit, bar)
        }
        Record::Tool(record) => {
            let database = admin.shared::<Database>()?;
            // Not as one read: the directory is loaded in a transaction of its own.
            let load = database
                .run(move |conn| Ok(tools::ToolPreview::of(conn, &catalogue, &live_tallies, *record, id)?));
            load.await?.show(request, visit, bar)
        }
        Record::Comparison(record) => {
            let load = move |conn: &mut _| {
                comparisons::ComparisonPreview::load(conn, &catalogue, &live_tallies, &record)
            };
            match admin.read(load).await? {
                Some(preview) => preview.show(request, visit, bar),
                None => Err(AppError::Unprocessable(
                    "Publish both tools first: this page needs two published tools.".into(),
                )),
            }
        }
    }
}
