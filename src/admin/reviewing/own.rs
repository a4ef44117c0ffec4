//! What a reviewer does on their own pages.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;

use super::own_views::{OwnFormPage, OwnListPage};
use super::review;
use super::store::{self, NotPublished};
use crate::accounts::reviewer::{self, LinkedReviewer};
use crate::accounts::{CurrentUser, Visit};
use crate::admin::form::{Fields, FormData, SentForm};
use crate::admin::settings;
use crate::catalogue::edit;
use crate::catalogue::{RecordKind, reviews_by};
use crate::db::Db;
use crate::db::versions::{self, Of};
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::session::TypedSession;

/// The reviewer of whoever asks: to everybody else there is nothing here.
fn writer(conn: &mut Db, user: &CurrentUser) -> Result<LinkedReviewer, AppError> {
    reviewer::writes_for(conn, user.id)?.ok_or_else(AppError::not_found)
}

pub(super) async fn list(
    request: HttpRequest,
    user: CurrentUser,
    visit: Visit,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let (reviewer, reviews, drafts, at_once) = app
        .database
        .run(move |conn| {
            let reviewer = writer(conn, &user)?;
            let reviews = reviews_by(conn, reviewer.id)?;
            let drafts = store::of_reviewer(conn, reviewer.id)?;
            Ok((reviewer, reviews, drafts, settings::reviews_at_once(conn)?))
        })
        .await?;
    let directory = app.catalogue.snapshot().await?;
    let mut shell = visit.shell("Your reviews", "Your reviews of tools.", "/account/reviews");
    shell.listed = false;
    let page = OwnListPage::new(shell, reviewer, &reviews, drafts, &directory, at_once);
    page::show_private(&request, &page, StatusCode::OK)
}

pub(super) async fn form(
    request: HttpRequest,
    user: CurrentUser,
    visit: Visit,
    app: web::Data<App>,
    slug: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    show(&request, user, &visit, &app, &slug, None).await
}

/// Shows the form: what is typed again with what is wrong, else the draft, else what is published.
async fn show(
    request: &HttpRequest,
    user: CurrentUser,
    visit: &Visit,
    app: &App,
    slug: &str,
    sent: Option<Fields>,
) -> Result<HttpResponse, AppError> {
    let directory = app.catalogue.snapshot().await?;
    let tool = directory.tool(slug).ok_or_else(AppError::not_found)?.clone();
    let id = tool.id;
    let (reviewer, published, draft, at_once) = app
        .database
        .run(move |conn| {
            let reviewer = writer(conn, &user)?;
            let state = edit::stored(conn, RecordKind::Tool, id)?.ok_or_else(AppError::not_found)?;
            let published = review::stored(&state, &reviewer.slug);
            let draft = store::of_tool(conn, reviewer.id, id)?;
            Ok((reviewer, published, draft, settings::reviews_at_once(conn)?))
        })
        .await?;
    let status = if sent.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = sent.unwrap_or_else(|| {
        let known = draft.as_ref().map(store::Draft::review).or_else(|| published.clone());
        let mut data = review::to_form(&known.unwrap_or_default());
        if data.get("reviewed_on").is_empty() {
            data.set("reviewed_on", Utc::now().date_naive().to_string());
        }
        Fields::new(data)
    });
    let mut shell = visit.shell(
        format!("Your review of {}", tool.name),
        "Your review of a tool.",
        &format!("/account/reviews/{}", tool.slug),
    );
    shell.listed = false;
    let is_published = published.is_some();
    page::show_private(
        request,
        &OwnFormPage { shell, reviewer, tool, form, draft, is_published, at_once },
        status,
    )
}

/// What became of a form.
enum Outcome {
    Published,
    Waits,
    Removed,
}

pub(super) async fn send(
    request: HttpRequest,
    user: CurrentUser,
    visit: Visit,
    session: TypedSession,
    app: web::Data<App>,
    slug: web::Path<String>,
    SentForm { 0: data }: SentForm,
) -> Result<HttpResponse, AppError> {
    let directory = app.catalogue.snapshot().await?;
    let tool = directory.tool(&slug).ok_or_else(AppError::not_found)?.clone();
    let (by, id, typed) = (user.clone(), tool.id, data.clone());
    let done = app.database.run(move |conn| Ok(conn.write(|conn| take_in(conn, &by, id, &typed)))).await?;
    let (outcome, versions) = match done {
        Ok(done) => done,
        Err(NotPublished::Wrong(errors)) => {
            let form = Fields { errors, ..Fields::new(data) };
            return show(&request, user, &visit, &app, &slug, Some(form)).await;
        }
        Err(NotPublished::Failed(cause)) => return Err(cause),
    };
    app.freshness.notice(versions);
    session.flash(match outcome {
        Outcome::Published => format!("Your review of {} is published.", tool.name),
        Outcome::Waits => format!("Your review of {} waits for a moderator.", tool.name),
        Outcome::Removed => format!("Your draft on {} is removed.", tool.name),
    })?;
    Ok(page::see_other("/account/reviews"))
}

/// Publishes what was typed, keeps it as a draft, or removes the draft that there was.
fn take_in(
    conn: &mut Db,
    user: &CurrentUser,
    tool_id: i64,
    data: &FormData,
) -> Result<(Outcome, versions::Versions), NotPublished> {
    versions::take_turn(conn, Of::Catalogue)?;
    let reviewer = writer(conn, user).map_err(NotPublished::Failed)?;
    let outcome = if data.get("do") == "remove" {
        store::remove(conn, reviewer.id, tool_id)?;
        Outcome::Removed
    } else {
        let review = review::typed(data);
        if settings::reviews_at_once(conn)? {
            store::publish(conn, user, &reviewer, tool_id, &review)?;
            Outcome::Published
        } else {
            let tool = edit::stored(conn, RecordKind::Tool, tool_id)?;
            let tool = tool.ok_or_else(|| NotPublished::Failed(AppError::not_found()))?;
            review::with_review(&tool, &reviewer.slug, &review).map_err(NotPublished::Wrong)?;
            store::save(conn, (user.id, reviewer.id, tool_id), &review)?;
            Outcome::Waits
        }
    };
    Ok((outcome, versions::all(conn)?))
}
