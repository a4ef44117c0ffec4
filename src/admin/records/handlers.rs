//! Listing, writing, previewing, publishing, archiving and restoring.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::Utc;

use super::{
    kind,
    list::{self, Asked},
    store::{self, Deed},
    views::{ArchivePage, FormPage, ListPage},
};
use crate::{
    admin::{
        Desk,
        form::{Complaints, Fields, Typed},
    },
    catalogue::{
        Act, Catalogue, RecordKind, Status,
        edit::EditError,
        file::{Record, State},
    },
    comparisons, reviewers, tools,
    voting::Standings,
    web::{
        error::AppError,
        page::{self, Form},
        session::Flash,
        ui::suggested,
    },
};

type Pairs = Form<Vec<(String, String)>>;

pub(super) async fn list(kind: RecordKind, desk: Desk) -> Result<HttpResponse, AppError> {
    let asked = Asked::parse(desk.request().query_string());
    let listed = desk.read(move |conn| Ok(list::list(conn, kind, asked)?)).await?;
    desk.show(&ListPage::new(&desk, kind, listed))
}

pub(super) async fn new(kind: RecordKind, desk: Desk) -> Result<HttpResponse, AppError> {
    let mut typed = Typed::default();
    if kind == RecordKind::Reviewer {
        typed.set("kind", "human");
    }
    let tools = names_of_tools(kind, &desk).await?;
    desk.show(&FormPage::new(&desk, kind, None, Fields::new(typed), tools))
}

pub(super) async fn edit(
    kind: RecordKind,
    desk: Desk,
    id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let (id, state) = stored(kind, &desk, &id).await?;
    let fields = Fields::new(store::typed(&state));
    desk.show(&FormPage::new(&desk, kind, Some((id, &state)), fields, Vec::new()))
}

/// The form was sent: to be previewed, stored, or stored and published.
pub(super) async fn save(
    kind: RecordKind,
    id: Option<web::Path<String>>,
    desk: Desk,
    catalogue: web::Data<Catalogue>,
    form: Pairs,
) -> Result<HttpResponse, AppError> {
    let mut typed = Typed(form.0);
    let stored = match id {
        Some(id) => Some(stored(kind, &desk, &id).await?),
        None => None,
    };
    let before = stored.as_ref().map(|(_, state)| state.status);
    let publishes = typed.get("do") == "publish";
    if publishes && kind == RecordKind::Comparison && typed.trimmed("published_on").is_empty() {
        typed.set("published_on", Utc::now().date_naive().to_string());
    }
    let status = if publishes { Status::Published } else { before.unwrap_or(Status::Draft) };
    let state = match store::read(kind, &typed, status) {
        Ok(state) => state,
        Err(problems) => {
            let complaints = store::complaints(problems);
            return again(kind, &desk, stored.as_ref(), typed, complaints, StatusCode::UNPROCESSABLE_ENTITY)
                .await;
        }
    };
    // The tools of a comparison stand in order from here on, and with them what is said of each.
    for (name, value) in store::typed(&state).0 {
        typed.set(&name, value);
    }
    let id = stored.as_ref().map(|(id, _)| *id);
    if typed.get("do") == "preview" {
        return preview(&desk, catalogue, id, state).await;
    }
    let act = match before {
        _ if publishes && before != Some(Status::Published) => Act::Published,
        None => Act::Created,
        Some(_) => Act::Edited,
    };
    let (user, reason, seen) = (desk.user.clone(), typed.trimmed("reason"), typed.get("token"));
    let done = desk
        .write(move |conn| {
            let seen = id.is_some().then_some(seen.as_str());
            store::store(conn, &user, &Deed { id, seen, state: &state, act, reason: &reason })
        })
        .await?;
    match done {
        Ok(edited) => {
            desk.session.flash(match edited.revision_id {
                Some(_) => format!("{} is {act}.", edited.after.record.name()),
                None => "Nothing differs from what is stored.".to_owned(),
            })?;
            Ok(page::see_other(&kind::path(kind, edited.id)))
        }
        Err(EditError::Conflict(theirs)) => {
            let stored = (id.unwrap_or_default(), *theirs);
            again(kind, &desk, Some(&stored), typed, Complaints::default(), StatusCode::CONFLICT).await
        }
        Err(EditError::Problems(problems)) => {
            let complaints = store::complaints(problems);
            again(kind, &desk, stored.as_ref(), typed, complaints, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(EditError::Gone) => Err(AppError::not_found()),
        Err(EditError::Database(cause)) => Err(cause.into()),
    }
}

pub(super) async fn ask_to_archive(
    kind: RecordKind,
    desk: Desk,
    id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let (id, state) = stored(kind, &desk, &id).await?;
    desk.show(&ArchivePage::new(&desk, kind, id, &state, Fields::default()))
}

pub(super) async fn archive(
    kind: RecordKind,
    desk: Desk,
    id: web::Path<String>,
    form: Pairs,
) -> Result<HttpResponse, AppError> {
    let (id, state) = stored(kind, &desk, &id).await?;
    let typed = Typed(form.0);
    let reason = typed.trimmed("reason");
    let mut fields = Fields::new(typed);
    if reason.is_empty() {
        fields.complaints.add("reason", "Please say why.");
        return desk.show_again(&ArchivePage::new(&desk, kind, id, &state, fields));
    }
    match put(kind, &desk, id, Status::Archived, Act::Archived, reason).await? {
        Ok(()) => Ok(page::see_other(&kind::path(kind, id))),
        Err(complaints) => {
            fields.complaints = complaints;
            desk.show_again(&ArchivePage::new(&desk, kind, id, &state, fields))
        }
    }
}

pub(super) async fn restore(
    kind: RecordKind,
    desk: Desk,
    id: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let (id, state) = stored(kind, &desk, &id).await?;
    if state.status != Status::Archived {
        return Err(AppError::Conflict("It is not archived.".into()));
    }
    match put(kind, &desk, id, Status::Published, Act::Restored, String::new()).await? {
        Ok(()) => Ok(page::see_other(&kind::path(kind, id))),
        Err(complaints) => {
            let fields = Fields { complaints, ..Fields::new(store::typed(&state)) };
            desk.show_again(&FormPage::new(&desk, kind, Some((id, &state)), fields, Vec::new()))
        }
    }
}

/// Gives a record another status, as it stands now.
async fn put(
    kind: RecordKind,
    desk: &Desk,
    id: i64,
    status: Status,
    act: Act,
    reason: String,
) -> Result<Result<(), Complaints>, AppError> {
    let user = desk.user.clone();
    let done = desk
        .write(move |conn| {
            let state = store::stored(conn, kind, id)?.ok_or(EditError::Gone)?.with_status(status);
            store::store(conn, &user, &Deed { id: Some(id), seen: None, state: &state, act, reason: &reason })
        })
        .await?;
    match done {
        Ok(edited) => {
            desk.session.flash(format!("{} is {act}.", edited.after.record.name()))?;
            Ok(Ok(()))
        }
        Err(EditError::Problems(problems)) => Ok(Err(store::complaints(problems))),
        Err(EditError::Database(cause)) => Err(cause.into()),
        Err(EditError::Gone | EditError::Conflict(_)) => Err(AppError::not_found()),
    }
}

/// Shows a form again as it was typed: with complaints, or beside what somebody else stored meanwhile.
async fn again(
    kind: RecordKind,
    desk: &Desk,
    stored: Option<&(i64, State)>,
    typed: Typed,
    complaints: Complaints,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    let seen = typed.get("token");
    let fields = Fields { complaints, ..Fields::new(typed) };
    let tools = if stored.is_none() { names_of_tools(kind, desk).await? } else { Vec::new() };
    let mut form = FormPage::new(desk, kind, stored.map(|(id, state)| (*id, state)), fields, tools);
    match stored {
        Some((_, theirs)) if status == StatusCode::CONFLICT => form = form.in_conflict(theirs),
        // What was seen stays what was seen: the next try must notice what others stored.
        _ => form.keep_seen(seen),
    }
    page::show_private(desk.request(), &form, status)
}

/// The page as readers will see it, in a window of its own.
async fn preview(
    desk: &Desk,
    catalogue: web::Data<Catalogue>,
    id: Option<i64>,
    state: State,
) -> Result<HttpResponse, AppError> {
    let notice = |text: &str| Flash { problem: false, text: text.to_owned() };
    let usual = notice("A preview: nothing is saved yet.");
    let request: &HttpRequest = desk.request();
    let standings = desk.shared::<Standings>()?;
    match state.record {
        Record::Category(record) => {
            let load =
                move |conn: &mut _| tools::CategoryPreview::load(conn, &catalogue, &standings, id, &record);
            desk.read(load).await?.show(request, &desk.visit, usual)
        }
        Record::Reviewer(record) => {
            let load =
                move |conn: &mut _| reviewers::Preview::load(conn, &catalogue, &standings, id, &record);
            desk.read(load).await?.show(request, &desk.visit, usual)
        }
        Record::Comparison(record) => {
            let load = move |conn: &mut _| comparisons::Preview::load(conn, &catalogue, &standings, &record);
            match desk.read(load).await? {
                Some(preview) => preview.show(request, &desk.visit, usual),
                None => Err(AppError::Unprocessable(
                    "Readers do not see both tools yet, so there is no page to look at.".into(),
                )),
            }
        }
        Record::Tool(_) => Err(AppError::not_found()),
    }
}

async fn stored(kind: RecordKind, desk: &Desk, id: &str) -> Result<(i64, State), AppError> {
    let id = kind::number(id)?;
    let state = desk.read(move |conn| Ok(store::stored(conn, kind, id)?)).await?;
    Ok((id, state.ok_or_else(AppError::not_found)?))
}

/// What the fields of a comparison suggest, where there are not too many tools.
async fn names_of_tools(kind: RecordKind, desk: &Desk) -> Result<Vec<(String, String)>, AppError> {
    if kind != RecordKind::Comparison {
        return Ok(Vec::new());
    }
    let Some(catalogue) = desk.request().app_data::<web::Data<Catalogue>>().cloned() else {
        return Ok(Vec::new());
    };
    let directory = desk.read(move |conn| Ok(catalogue.current(conn)?)).await?;
    let tools = suggested(directory.tools());
    Ok(tools.iter().map(|tool| (tool.slug.to_string(), tool.name.clone())).collect())
}
