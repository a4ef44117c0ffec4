//! Listing, writing, previewing, publishing, archiving and restoring records.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::action::{FormAction, Transition, beside_fields, checked, in_order, record};
use super::context::FormContext;
use super::filters::Filters;
use super::form::fresh;
use super::form_json::change_rows;
use super::list::Listing;
use super::list_views::ListPage;
use super::store::{self, Change};
use super::views::{ArchivePage, ConflictPage, FormPage};
use super::{conflict, preview};
use crate::admin::Desk;
use crate::admin::form::{FieldErrors, Fields, FormData, SentForm};
use crate::admin::paths::form_path;
use crate::catalogue::edit::{EditError, Edited};
use crate::catalogue::withdraw::MINUTES;
use crate::catalogue::{Catalogue, RecordKind, Status, history};
use crate::web::error::AppError;
use crate::web::page;
use crate::web::path_id::PathId;

pub(super) async fn list(kind: RecordKind, desk: Desk) -> Result<HttpResponse, AppError> {
    let filters = Filters::parse(kind, desk.request().query_string());
    let listing = desk.read(move |conn| Ok(Listing::load(conn, filters)?)).await?;
    desk.show(&ListPage::new(&desk, listing))
}

pub(super) async fn open(kind: RecordKind, id: Option<PathId>, desk: Desk) -> Result<HttpResponse, AppError> {
    let context = load(&desk, kind, id.map(|id| id.0)).await?;
    let form = Fields::new(fresh(&context, desk.request().query_string()));
    desk.show(&FormPage::new(&desk, context, form))
}

/// The form was sent: to be changed, previewed, or stored.
pub(super) async fn send(
    kind: RecordKind,
    id: Option<PathId>,
    desk: Desk,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let context = load(&desk, kind, id.map(|id| id.0)).await?;
    let mut data = conflict::settled(form.0, &context);
    let focus = match FormAction::of(kind, &data) {
        FormAction::ChangeRows(command) => change_rows(kind, &mut data, &command),
        FormAction::Edit => None,
        FormAction::Preview => return preview(&desk, context, &data).await,
        FormAction::Store(transition) => return store(&desk, context, &data, transition).await,
    };
    desk.show(&FormPage::new(&desk, context, Fields { focus, ..Fields::new(data) }))
}

async fn load(desk: &Desk, kind: RecordKind, id: Option<i64>) -> Result<FormContext, AppError> {
    let catalogue = desk.shared::<Catalogue>()?;
    desk.read(move |conn| FormContext::load(conn, &catalogue, kind, id)).await
}

async fn preview(desk: &Desk, context: FormContext, data: &FormData) -> Result<HttpResponse, AppError> {
    let data = in_order(context.kind, data, context.id.is_none());
    let state = match record(context.kind, &data, context.status().unwrap_or(Status::Draft)) {
        Ok(state) => state,
        Err(errors) => return again(desk, context, data, errors),
    };
    if context.kind == RecordKind::Tool && context.category(&data.trimmed("category")).is_none() {
        let errors = FieldErrors::one("category", "There is no such category.");
        return again(desk, context, data, errors);
    }
    preview::show(desk, &context, state, &data).await
}

async fn store(
    desk: &Desk,
    context: FormContext,
    data: &FormData,
    transition: Transition,
) -> Result<HttpResponse, AppError> {
    let (kind, id, before) = (context.kind, context.id, context.status());
    let data = in_order(kind, data, context.id.is_none());
    let state = match checked(&context, &data, transition) {
        Ok(state) => state,
        Err(errors) => return again(desk, context, data, errors),
    };
    let user = desk.user.clone();
    let change = Change {
        id,
        state,
        seen: Some(data.get("token")),
        reason: data.trimmed("reason"),
        submission: data.get("submission").parse().ok().filter(|_| kind == RecordKind::Tool),
    };
    match desk.write(move |conn| store::save(conn, &user, &change)).await? {
        Ok(edited) => {
            desk.session.flash(done(before, &edited))?;
            Ok(page::see_other(&form_path(kind, Some(edited.id))))
        }
        Err(EditError::Conflict(_)) => show_conflict(desk, kind, id, &data, transition).await,
        Err(EditError::Problems(problems)) => again(desk, context, data, beside_fields(problems)),
        Err(cause) => Err(cause.into()),
    }
}

/// What was stored since the editor looked, and what the editor typed.
async fn show_conflict(
    desk: &Desk,
    kind: RecordKind,
    id: Option<i64>,
    data: &FormData,
    transition: Transition,
) -> Result<HttpResponse, AppError> {
    let token = data.get("token");
    let context = load(desk, kind, id).await?;
    let record = (kind, id.unwrap_or_default());
    let seen = desk.read(move |conn| Ok(history::seen(conn, record, &token)?)).await?;
    let Some(stored) = &context.stored else { return Err(AppError::not_found()) };
    let units = conflict::units(stored, data, seen.as_ref(), &context.names());
    let page = ConflictPage::new(desk, context, transition, units, conflict::carried(data));
    page::show_private(desk.request(), &page, StatusCode::CONFLICT)
}

fn again(
    desk: &Desk,
    context: FormContext,
    data: FormData,
    errors: FieldErrors,
) -> Result<HttpResponse, AppError> {
    desk.show_again(&FormPage::new(desk, context, Fields { errors, ..Fields::new(data) }))
}

/// What was done, in a sentence or two.
fn done(before: Option<Status>, edited: &Edited) -> String {
    let (name, after) = (edited.after.record.name(), edited.after.status);
    let is_tool = edited.after.record.kind() == RecordKind::Tool;
    match edited.revision_id {
        None if is_tool => return format!("{name} was not changed."),
        None => return "Nothing was changed.".to_owned(),
        Some(_) if !is_tool => return format!("{name} is {}.", store::act(before, after)),
        Some(_) => {}
    }
    let done = match (before, after) {
        (None, Status::Draft) => "saved as a draft",
        (Some(Status::Archived), Status::Draft) => "a draft again",
        (before, Status::Published) if before != Some(Status::Published) => "published",
        (before, Status::Archived) if before != Some(Status::Archived) => "archived",
        _ => "saved",
    };
    let mut text = format!("{name} is {done}.");
    if before == Some(Status::Published) || after == Status::Published {
        text.push_str(&format!(" You can undo this in its history for {MINUTES} minutes."));
    }
    text
}

pub(super) async fn ask_to_archive(
    kind: RecordKind,
    PathId(id): PathId,
    desk: Desk,
) -> Result<HttpResponse, AppError> {
    let context = load(&desk, kind, Some(id)).await?;
    desk.show(&ArchivePage::new(&desk, &context, Fields::default()))
}

pub(super) async fn archive(
    kind: RecordKind,
    PathId(id): PathId,
    desk: Desk,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let context = load(&desk, kind, Some(id)).await?;
    let reason = form.0.trimmed("reason");
    let errors = if reason.is_empty() {
        FieldErrors::one("reason", "Enter a reason.")
    } else {
        match change_status(&desk, (kind, id), Status::Archived, reason).await? {
            Ok(answer) => return Ok(answer),
            Err(errors) => errors,
        }
    };
    desk.show_again(&ArchivePage::new(&desk, &context, Fields { errors, ..Fields::new(form.0) }))
}

pub(super) async fn restore(
    kind: RecordKind,
    PathId(id): PathId,
    desk: Desk,
) -> Result<HttpResponse, AppError> {
    let context = load(&desk, kind, Some(id)).await?;
    if context.status() != Some(Status::Archived) {
        return Err(AppError::Conflict("It is not archived.".into()));
    }
    match change_status(&desk, (kind, id), Status::Published, String::new()).await? {
        Ok(answer) => Ok(answer),
        Err(errors) => {
            let data = fresh(&context, "");
            again(&desk, context, data, errors)
        }
    }
}

/// Gives a record another status, as it stands now, and leads back to its form.
async fn change_status(
    desk: &Desk,
    (kind, id): (RecordKind, i64),
    status: Status,
    reason: String,
) -> Result<Result<HttpResponse, FieldErrors>, AppError> {
    let user = desk.user.clone();
    match desk.write(move |conn| store::change_status(conn, &user, (kind, id), status, reason)).await? {
        Ok(edited) => {
            let before = edited.before.as_ref().map(|state| state.status);
            let (name, act) = (edited.after.record.name(), store::act(before, status));
            desk.session.flash(format!("{name} is {act}."))?;
            Ok(Ok(page::see_other(&form_path(kind, Some(id)))))
        }
        Err(EditError::Problems(problems)) => Ok(Err(beside_fields(problems))),
        Err(cause) => Err(cause.into()),
    }
}
