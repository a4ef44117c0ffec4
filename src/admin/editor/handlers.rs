//! Listing, writing, previewing, publishing, archiving and restoring records.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::action::{Transition, beside_fields, checked, in_order, record};
use super::context::FormContext;
use super::filters::RecordFilters;
use super::form::fresh;
use super::form_json::change_rows;
use super::list::RecordList;
use super::list_views::ListPage;
use super::many::{self, ManyChange, ManyError};
use super::store::{self, RecordChange, Saved};
use super::views::{ArchivePage, ConflictPage, FormPage};
use super::{alike, conflict, pair, preview, proposal};
use crate::accounts::CurrentUser;
use crate::admin::AdminContext;
use crate::admin::form::{FieldErrors, Fields, FormData, SentForm};
use crate::admin::paths::form_path;
use crate::catalogue::addresses::id_by_pair;
use crate::catalogue::edit::{EditError, Edited};
use crate::catalogue::file::State;
use crate::catalogue::withdraw::MINUTES;
use crate::catalogue::{Act, RecordKind, Status, history};
use crate::db::Db;
use crate::submissions::queue;
use crate::submissions::submission::Submission;
use crate::web::error::AppError;
use crate::web::page::{self, Form};
use crate::web::paging::field;
use crate::web::path_id::PathId;

pub(super) async fn list(kind: RecordKind, admin: AdminContext) -> Result<HttpResponse, AppError> {
    let filters = RecordFilters::parse(kind, admin.request().query_string());
    let listing = admin.read(move |conn| Ok(RecordList::load(conn, filters)?)).await?;
    admin.show(&ListPage::new(&admin, listing))
}

/// Does something to many records of a list.
pub(super) async fn change_many(
    kind: RecordKind,
    admin: AdminContext,
    Form(data): SentForm,
) -> Result<HttpResponse, AppError> {
    let filters = RecordFilters::parse(kind, &data.get("list"));
    let (refused, changed) = match ManyChange::parse(kind, &data) {
        Err(refused) => (vec![refused], Vec::new()),
        Ok(change) => {
            let user = admin.user.clone();
            match admin.write(move |conn| many::apply(conn, &user, &change)).await? {
                Ok(done) => {
                    admin.session.flash(done.words())?;
                    return Ok(page::see_other(&filters.href(filters.page)));
                }
                Err(ManyError::Refused { told, changed }) => (told, changed),
                Err(ManyError::Database(cause)) => return Err(cause.into()),
            }
        }
    };
    let listing = admin.read(move |conn| Ok(RecordList::load(conn, filters)?)).await?;
    admin.show_again(&ListPage::new(&admin, listing).refusing(&data, refused, &changed))
}

pub(super) async fn open(
    kind: RecordKind,
    id: Option<PathId>,
    admin: AdminContext,
) -> Result<HttpResponse, AppError> {
    if kind == RecordKind::Comparison
        && id.is_none()
        && let Some(written) = written_comparison(&admin).await?
    {
        return Ok(page::see_other(&form_path(kind, Some(written))));
    }
    let mut context = load(&admin, kind, id.map(|id| id.0)).await?;
    let saved = admin.saved_form().await?;
    let is_kept = saved.is_some();
    let mut data = match saved {
        Some(saved) => {
            admin
                .session
                .flash_problem("Not saved: you were signed out. Check what you typed and save again.")?;
            conflict::settled(FormData(saved.fields()), &context)
        }
        None => fresh(&context, admin.request().query_string()),
    };
    context.submission = submission(&admin, &data).await?;
    pair::settle(&admin, &mut context, &mut data).await?;
    let mut form = Fields::new(data);
    if !is_kept {
        proposal::fill_in(&context, &mut form.data);
    }
    admin.show(&FormPage::new(&admin, context, form))
}

/// The comparison of the two tools that the address of the form of a new one names, if somebody has written it.
async fn written_comparison(admin: &AdminContext) -> Result<Option<i64>, AppError> {
    let [a, b] = ["a", "b"].map(|name| field(admin.request().query_string(), name));
    admin.read(move |conn| Ok(id_by_pair(conn, [&a, &b])?)).await
}

/// The form was sent: to be changed, previewed, or stored.
pub(super) async fn send(
    kind: RecordKind,
    id: Option<PathId>,
    admin: AdminContext,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut context = load(&admin, kind, id.map(|id| id.0)).await?;
    let mut data = conflict::settled(form.0, &context);
    context.submission = submission(&admin, &data).await?;
    let errors = pair::settle(&admin, &mut context, &mut data).await?;
    if !errors.is_empty() {
        return again(&admin, context, data, errors);
    }
    let (is_tool, button, rows) = (kind == RecordKind::Tool, data.get("do"), data.get("rows"));
    let focus = match button.as_str() {
        _ if is_tool && data.has("rows") => match proposal::choose(&context, &mut data, &rows) {
            None => change_rows(kind, &mut data, &rows),
            focus => focus,
        },
        "preview" => return preview(&admin, context, &data).await,
        "edit" => None,
        button => return store(&admin, context, &data, Transition::of(kind, button)).await,
    };
    admin.show(&FormPage::new(&admin, context, Fields { focus, ..Fields::new(data) }))
}

async fn load(admin: &AdminContext, kind: RecordKind, id: Option<i64>) -> Result<FormContext, AppError> {
    admin.read(move |conn| FormContext::load(conn, kind, id)).await
}

/// What somebody sent in that the form answers.
async fn submission(admin: &AdminContext, data: &FormData) -> Result<Option<Submission>, AppError> {
    match data.get("submission").parse() {
        Ok(id) => admin.read(move |conn| Ok(queue::find(conn, id)?)).await,
        Err(_) => Ok(None),
    }
}

async fn preview(
    admin: &AdminContext,
    context: FormContext,
    data: &FormData,
) -> Result<HttpResponse, AppError> {
    let data = in_order(context.kind, data, context.id.is_none());
    let state = match record(context.kind, &data, context.status().unwrap_or(Status::Draft)) {
        Ok(state) => state,
        Err(errors) => return again(admin, context, data, errors),
    };
    if context.kind == RecordKind::Tool && context.category(&data.trimmed("category")).is_none() {
        let errors = FieldErrors::one("category", "There is no such category.");
        return again(admin, context, data, errors);
    }
    preview::show(admin, &context, state, &data).await
}

async fn store(
    admin: &AdminContext,
    context: FormContext,
    data: &FormData,
    transition: Transition,
) -> Result<HttpResponse, AppError> {
    let (kind, id, before) = (context.kind, context.id, context.status());
    let mut data = in_order(kind, data, context.id.is_none());
    let state = match checked(&context, &data, transition) {
        Ok(state) => state,
        Err(errors) => return again(admin, context, data, errors),
    };
    if id.is_none() {
        let alike = alike::unseen(admin, &state, &mut data).await?;
        if !alike.is_empty() {
            return again(admin, FormContext { alike, ..context }, data, FieldErrors::default());
        }
    }
    let user = admin.user.clone();
    let change = RecordChange {
        id,
        state,
        seen: Some(data.get("token")),
        reason: data.trimmed("reason"),
        submission: data.get("submission").parse().ok().filter(|_| kind == RecordKind::Tool),
    };
    match admin.write(move |conn| store::save_answering(conn, &user, &change)).await? {
        Ok(Saved { edited, settled }) => {
            let told = [Some(done(before, &edited)), settled.map(str::to_owned)];
            admin.session.flash(told.into_iter().flatten().collect::<Vec<_>>().join(" "))?;
            let another = data.get("do").ends_with("-another");
            Ok(page::see_other(&form_path(kind, (!another).then_some(edited.id))))
        }
        Err(EditError::Conflict(_)) => show_conflict(admin, kind, id, &data, transition).await,
        Err(EditError::Problems(problems)) => again(admin, context, data, beside_fields(problems)),
        Err(cause) => Err(cause.into()),
    }
}

/// What was stored since the editor looked, and what the editor typed.
async fn show_conflict(
    admin: &AdminContext,
    kind: RecordKind,
    id: Option<i64>,
    data: &FormData,
    transition: Transition,
) -> Result<HttpResponse, AppError> {
    let token = data.get("token");
    let context = load(admin, kind, id).await?;
    let record = (kind, id.unwrap_or_default());
    let seen = admin.read(move |conn| Ok(history::seen(conn, record, &token)?)).await?;
    let Some(stored) = &context.stored else { return Err(AppError::not_found()) };
    let units = conflict::units(stored, data, seen.as_ref(), &context.names());
    let page = ConflictPage::new(admin, context, transition, units, conflict::carried(data));
    admin.show_with(&page, StatusCode::CONFLICT)
}

fn again(
    admin: &AdminContext,
    context: FormContext,
    data: FormData,
    errors: FieldErrors,
) -> Result<HttpResponse, AppError> {
    admin.show_again(&FormPage::new(admin, context, Fields { errors, ..Fields::new(data) }))
}

/// What was done, in a sentence or two.
fn done(before: Option<Status>, edited: &Edited) -> String {
    let (name, after) = (&edited.name, edited.after.status());
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
    admin: AdminContext,
) -> Result<HttpResponse, AppError> {
    let context = load(&admin, kind, Some(id)).await?;
    admin.show(&ArchivePage::new(&admin, &context, Fields::default()))
}

pub(super) async fn archive(
    kind: RecordKind,
    PathId(id): PathId,
    admin: AdminContext,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let context = load(&admin, kind, Some(id)).await?;
    let reason = form.0.trimmed("reason");
    let errors = if reason.is_empty() {
        FieldErrors::one("reason", "Enter a reason.")
    } else {
        let archive = move |conn: &mut Db, user: &CurrentUser| {
            store::change_status(conn, user, (kind, id), Status::Archived, reason)
        };
        match change_status(&admin, (kind, id), archive).await? {
            Ok(answer) => return Ok(answer),
            Err(errors) => errors,
        }
    };
    admin.show_again(&ArchivePage::new(&admin, &context, Fields { errors, ..Fields::new(form.0) }))
}

pub(super) async fn restore(
    kind: RecordKind,
    PathId(id): PathId,
    admin: AdminContext,
) -> Result<HttpResponse, AppError> {
    let context = load(&admin, kind, Some(id)).await?;
    if context.status() != Some(Status::Archived) {
        return Err(AppError::Conflict("It is not archived.".into()));
    }
    let restore = move |conn: &mut Db, user: &CurrentUser| store::restore(conn, user, (kind, id));
    match change_status(&admin, (kind, id), restore).await? {
        Ok(answer) => Ok(answer),
        Err(errors) => {
            let data = fresh(&context, "");
            again(&admin, context, data, errors)
        }
    }
}

/// Gives a record another status, as it stands now, and leads back to its form.
async fn change_status(
    admin: &AdminContext,
    (kind, id): (RecordKind, i64),
    change: impl FnOnce(&mut Db, &CurrentUser) -> Result<Edited, EditError> + Send + 'static,
) -> Result<Result<HttpResponse, FieldErrors>, AppError> {
    let user = admin.user.clone();
    match admin.write(move |conn| change(conn, &user)).await? {
        Ok(edited) => {
            let before = edited.before.as_ref().map(State::status);
            let (name, status) = (&edited.name, edited.after.status());
            admin.session.flash(match store::act(before, status) {
                Act::Restored => format!("{name} is restored: {status}."),
                act => format!("{name} is {act}."),
            })?;
            Ok(Ok(page::see_other(&form_path(kind, Some(id)))))
        }
        Err(EditError::Problems(problems)) => Ok(Err(beside_fields(problems))),
        Err(cause) => Err(cause.into()),
    }
}
