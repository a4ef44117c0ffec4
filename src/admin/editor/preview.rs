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
use crate::web::session::Flash;
use crate::{comparisons, reviewers, tools};

/// Draws what was typed: a tool with a bar that leads back to its form, others for a window of their own.
pub(super) async fn show(
    admin: &AdminContext,
    context: &FormContext,
    state: State,
    data: &FormData,
) -> Result<HttpResponse, AppError> {
    let (catalogue, live_tallies) = (admin.shared::<Catalogue>()?, admin.shared::<LiveTallies>()?);
    let (request, visit, id) = (admin.request(), &admin.visit, context.id);
    let notice = Flash { problem: false, text: "Preview: nothing is saved yet.".to_owned() };
    match state.record {
        Record::Category(record) => {
            let load = move |conn: &mut _| {
                tools::CategoryPreview::load(conn, &catalogue, &live_tallies, id, &record)
            };
            admin.read(load).await?.show(request, visit, notice)
        }
        Record::Reviewer(record) => {
            let load = move |conn: &mut _| {
                reviewers::ReviewerPreview::load(conn, &catalogue, &live_tallies, id, &record)
            };
            admin.read(load).await?.show(request, visit, notice)
        }
        Record::Tool(record) => {
            let database = admin.shared::<Database>()?;
            // Not as one read: the directory is loaded in a transaction of its own.
            let load = database
                .run(move |conn| Ok(tools::ToolPreview::of(conn, &catalogue, &live_tallies, *record, id)?));
            let (action, carried) = (context.path(), conflict::carried(data));
            let may_publish = context.status() != Some(Status::Published);
            let bar = PreviewBar { action, carried, form_key: admin.form_key(), may_publish };
            load.await?.send(request, visit, bar.render()?)
        }
        Record::Comparison(record) => {
            let load = move |conn: &mut _| {
                comparisons::ComparisonPreview::load(conn, &catalogue, &live_tallies, &record)
            };
            match admin.read(load).await? {
                Some(preview) => preview.show(request, visit, notice),
                None => Err(AppError::Unprocessable(
                    "Publish both tools first: this page needs two published tools.".into(),
                )),
            }
        }
    }
}
