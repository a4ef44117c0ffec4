//! The pages and the form of tools at the desk.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{
    conflict,
    form::ToolForm,
    listing::Filters,
    load::{self, Ground},
    store::{self, Change},
    views::{ConflictPage, FormPage, PreviewBar, ToolsPage, action},
    wish::{self, Step, Wish},
};
use crate::{
    admin::{
        Desk,
        form::{Complaints, Typed},
        typed_json::{Shape, change_rows},
    },
    catalogue::{
        Catalogue, RecordKind, Status,
        edit::{EditError, Edited},
        file::Record,
        history, withdraw,
    },
    db::Database,
    tools::preview::Preview,
    votes::LiveTallies,
    web::{
        error::AppError,
        page::{self, Form},
    },
};

type Pairs = Form<Vec<(String, String)>>;

/// What a preview is drawn from.
type Sources = (web::Data<Database>, web::Data<Catalogue>);

pub(super) async fn index(desk: Desk) -> Result<HttpResponse, AppError> {
    let filters = Filters::parse(desk.request().query_string());
    let listing = desk.read(move |conn| Ok(load::listing(conn, filters)?)).await?;
    desk.show(&ToolsPage::new(desk.shell("Tools"), listing))
}

pub(super) async fn new(desk: Desk) -> Result<HttpResponse, AppError> {
    open(desk, None).await
}

pub(super) async fn edit(desk: Desk, id: web::Path<String>) -> Result<HttpResponse, AppError> {
    let id = parsed(&id)?;
    open(desk, Some(id)).await
}

async fn open(desk: Desk, id: Option<i64>) -> Result<HttpResponse, AppError> {
    let ground = desk.read(move |conn| load::ground(conn, id)).await?;
    let form = ToolForm::fresh(&ground, desk.request().query_string());
    desk.show(&form_page(&desk, &ground, form))
}

pub(super) async fn create(desk: Desk, sources: Sources, form: Pairs) -> Result<HttpResponse, AppError> {
    send(desk, sources, None, Typed(form.0)).await
}

pub(super) async fn change(
    desk: Desk,
    sources: Sources,
    id: web::Path<String>,
    form: Pairs,
) -> Result<HttpResponse, AppError> {
    let id = parsed(&id)?;
    send(desk, sources, Some(id), Typed(form.0)).await
}

async fn send(desk: Desk, sources: Sources, id: Option<i64>, typed: Typed) -> Result<HttpResponse, AppError> {
    let ground = desk.read(move |conn| load::ground(conn, id)).await?;
    let mut typed = conflict::settled(typed, &ground);
    match Wish::of(&typed) {
        Wish::Rows(command) => {
            let focus = change_rows(Shape::of(RecordKind::Tool), &mut typed, &command);
            desk.show(&form_page(
                &desk,
                &ground,
                ToolForm::again(&ground, typed, Complaints::default(), focus),
            ))
        }
        Wish::Again => desk.show(&form_page(
            &desk,
            &ground,
            ToolForm::again(&ground, typed, Complaints::default(), None),
        )),
        Wish::Preview => preview(&desk, sources, &ground, typed).await,
        Wish::Store(step) => store(&desk, &ground, typed, step).await,
    }
}

async fn preview(
    desk: &Desk,
    (database, catalogue): Sources,
    ground: &Ground,
    typed: Typed,
) -> Result<HttpResponse, AppError> {
    let typed = wish::in_order(&typed, ground.id.is_none());
    let state = match wish::record(&typed, ground.status().unwrap_or(Status::Draft)) {
        Ok(state) => state,
        Err(complaints) => return again(desk, ground, typed, complaints),
    };
    let Record::Tool(tool) = state.record else { return Err(AppError::not_found()) };
    if !ground.categories.iter().any(|known| known.slug == tool.category.as_str()) {
        let mut complaints = Complaints::default();
        complaints.add("category", "There is no such category.");
        return again(desk, ground, typed, complaints);
    }
    let id = ground.id;
    let standings = desk.shared::<LiveTallies>()?;
    // Not as one read: the directory is loaded in a transaction of its own.
    let drawn = database.run(move |conn| Ok(Preview::of(conn, &catalogue, &standings, *tool, id)?)).await?;
    let bar = PreviewBar { action: action(ground.id), carried: conflict::carried(&typed) };
    drawn.send(desk.request(), &desk.visit, bar.render()?)
}

async fn store(desk: &Desk, ground: &Ground, typed: Typed, step: Step) -> Result<HttpResponse, AppError> {
    let typed = wish::in_order(&typed, ground.id.is_none());
    let state = match wish::wanted(&typed, step, ground.status(), &ground.category_statuses()) {
        Ok(state) => state,
        Err(complaints) => return again(desk, ground, typed, complaints),
    };
    let (user, before) = (desk.user.clone(), ground.status());
    let change = Change {
        id: ground.id,
        state,
        seen: typed.get("token"),
        reason: typed.trimmed("reason"),
        submission: typed.get("submission").parse().ok(),
    };
    match desk.write(move |conn| store::save(conn, &user, &change)).await? {
        Ok(edited) => {
            desk.session.flash(said(before, &edited))?;
            Ok(page::see_other(&action(Some(edited.id))))
        }
        Err(EditError::Conflict(_)) => show_conflict(desk, ground.id, typed, step).await,
        Err(EditError::Problems(problems)) => again(desk, ground, typed, problems.into()),
        Err(EditError::Gone) => Err(AppError::not_found()),
        Err(EditError::Database(cause)) => Err(cause.into()),
    }
}

/// What was stored since the editor looked, and what the editor typed.
async fn show_conflict(
    desk: &Desk,
    id: Option<i64>,
    typed: Typed,
    step: Step,
) -> Result<HttpResponse, AppError> {
    let seen = typed.get("token");
    let (ground, seen) = desk
        .read(move |conn| {
            let ground = load::ground(conn, id)?;
            let record = (RecordKind::Tool, id.unwrap_or_default());
            Ok((ground, history::seen(conn, record, &seen)?))
        })
        .await?;
    let Some(stored) = &ground.stored else { return Err(AppError::not_found()) };
    let units = conflict::units(stored, &typed, seen.as_ref(), &ground.names());
    let mut page = ConflictPage::new(desk.shell("Somebody else changed this"), &ground, step.word(), units);
    page.carried = conflict::carried(&typed).into_iter().filter(|(name, _)| name != "token").collect();
    page::show_private(desk.request(), &page, StatusCode::CONFLICT)
}

fn again(
    desk: &Desk,
    ground: &Ground,
    typed: Typed,
    complaints: Complaints,
) -> Result<HttpResponse, AppError> {
    desk.show_again(&form_page(desk, ground, ToolForm::again(ground, typed, complaints, None)))
}

fn form_page(desk: &Desk, ground: &Ground, form: ToolForm) -> FormPage {
    let title = match &ground.stored {
        Some(state) => format!("Edit {}", state.record.name()),
        None => "New tool".to_owned(),
    };
    let mut page = FormPage::new(desk.shell(title), ground, form);
    page.at_admin = desk.is_admin();
    page
}

/// What was done, in a sentence or two.
fn said(before: Option<Status>, edited: &Edited) -> String {
    let name = edited.after.record.name();
    if edited.revision_id.is_none() {
        return format!("{name} is as it was: nothing differs.");
    }
    let after = edited.after.status;
    let done = match (before, after) {
        (None, Status::Draft) => format!("{name} is kept as a draft."),
        (Some(Status::Archived), Status::Draft) => format!("{name} is a draft again."),
        (before, Status::Published) if before != Some(Status::Published) => {
            format!("{name} is published.")
        }
        (before, Status::Archived) if before != Some(Status::Archived) => format!("{name} is archived."),
        _ => format!("{name} is saved."),
    };
    if before == Some(Status::Published) || after == Status::Published {
        format!("{done} For {} minutes its history offers to withdraw this.", withdraw::MINUTES)
    } else {
        done
    }
}

fn parsed(id: &str) -> Result<i64, AppError> {
    id.parse().map_err(|_| AppError::not_found())
}
