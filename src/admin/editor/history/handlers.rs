//! The history of a record, and the buttons on it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::load::{self, HistoryQuery};
use super::store::{self, Restoration};
use super::views::{HistoryPage, RefusedAct};
use crate::admin::AdminContext;
use crate::admin::form::{FieldErrors, FormData, SentForm, words};
use crate::admin::paths::history_path;
use crate::catalogue::edit::EditError;
use crate::catalogue::withdraw::{MINUTES, WithdrawError};
use crate::web::error::AppError;
use crate::web::page;

pub(super) async fn show(admin: AdminContext, query: HistoryQuery) -> Result<HttpResponse, AppError> {
    page_of(&admin, query, None, StatusCode::OK).await
}

pub(super) async fn restore(
    admin: AdminContext,
    query: HistoryQuery,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let number = number(&form.0)?;
    let wanted = Restoration {
        record: query.record,
        number,
        keeps_status: form.0.get("status") == "kept",
        seen: form.0.get("token"),
        reason: form.0.trimmed("reason"),
    };
    let user = admin.user.clone();
    let done = match admin.write(move |conn| store::restore(conn, &user, &wanted)).await? {
        Ok(edited) if edited.revision_id.is_some() => {
            Ok(format!("{} is restored to revision {number}.", edited.name))
        }
        Ok(edited) => Ok(format!("{} was not changed.", edited.name)),
        Err(cause) => Err(why_not(cause)?),
    };
    answer(&admin, query, &form.0, done).await
}

pub(super) async fn withdraw(
    admin: AdminContext,
    query: HistoryQuery,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let (number, reason) = (number(&form.0)?, form.0.trimmed("reason"));
    if reason.is_empty() {
        let text = "Enter a reason. Only moderators see it.".to_owned();
        return answer(&admin, query, &form.0, Err((text, StatusCode::UNPROCESSABLE_ENTITY))).await;
    }
    let (user, record) = (admin.user.clone(), query.record);
    let done = match admin.write(move |conn| store::withdraw(conn, &user, record, number, &reason)).await? {
        Ok(edited) => Ok(format!("Undone. Readers no longer see this change to {}.", edited.name)),
        Err(WithdrawError::TooLate) => {
            let text = format!(
                "This was done more than {MINUTES} minutes ago and can no longer be undone. Restore the previous \
                 revision instead; readers see that as a change."
            );
            Err((text, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(WithdrawError::Nothing) => {
            let text = "This change cannot be undone: it was changed again after it.";
            Err((text.to_owned(), StatusCode::CONFLICT))
        }
        Err(WithdrawError::Edit(cause)) => Err(why_not(cause)?),
    };
    answer(&admin, query, &form.0, done).await
}

/// Says what was done; or why nothing was, with the status of the answer.
async fn answer(
    admin: &AdminContext,
    query: HistoryQuery,
    form: &FormData,
    done: Result<String, (String, StatusCode)>,
) -> Result<HttpResponse, AppError> {
    match done {
        Ok(text) => {
            admin.session.flash(text)?;
            Ok(page::see_other(&history_path(query.record)))
        }
        Err((text, status)) => {
            let refused = RefusedAct { text, number: number(form)?, reason: form.get("reason") };
            page_of(admin, query, Some(refused), status).await
        }
    }
}

/// Why a former state was not stored, in words, and the status of the answer.
fn why_not(cause: EditError) -> Result<(String, StatusCode), AppError> {
    match cause {
        EditError::Problems(problems) => {
            Ok((in_words(&FieldErrors::from(problems)), StatusCode::UNPROCESSABLE_ENTITY))
        }
        EditError::Conflict(_) => {
            let text = "Not saved: it was changed after you opened this page. Check the newest revision.";
            Ok((text.to_owned(), StatusCode::CONFLICT))
        }
        other => Err(other.into()),
    }
}

async fn page_of(
    admin: &AdminContext,
    query: HistoryQuery,
    refused: Option<RefusedAct>,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    let history = admin.read(move |conn| load::history_of(conn, query)).await?;
    let shell = admin.shell(format!("History of {}", history.name));
    admin.show_with(&HistoryPage::new(shell, history, refused), status)
}

/// The number of a revision that a form names.
fn number(typed: &FormData) -> Result<i64, AppError> {
    typed.get("number").parse().map_err(|_| AppError::Unprocessable("Choose a valid revision number.".into()))
}

/// What stands against a former state, in a line.
fn in_words(errors: &FieldErrors) -> String {
    let line = |(name, text): (&str, &str)| match name {
        "" | "reason" => text.to_owned(),
        _ => format!("{}: {text}", words(name)),
    };
    errors.iter().map(line).collect::<Vec<_>>().join(" ")
}
