//! Showing the forms, and sending what is in them.

use std::sync::Arc;

use actix_web::{HttpResponse, web};

use super::forms::{CorrectForm, ReportForm, SuggestForm};
use super::load::{self, ToolSheet};
use super::sender::{Outcome, Posted, Sender};
use super::views::FormPage;
use crate::catalogue::no_such_tool;
use crate::submissions::current_values;
use crate::submissions::submission::NewSubmission;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::field;

pub(super) async fn suggest_page(sender: Sender) -> Result<HttpResponse, AppError> {
    let (wait, directory) = (sender.wait().await?, sender.catalogue().snapshot().await?);
    let asked = SuggestForm { name: field(sender.query(), "name"), ..SuggestForm::default() };
    let form = sender.kept().unwrap_or(asked);
    let page = FormPage::suggest(sender.shell("Suggest a tool"), &directory, &form);
    sender.show(page, wait)
}

pub(super) async fn suggest(posted: Posted<SuggestForm>) -> Result<HttpResponse, AppError> {
    let Posted { sender, form } = posted;
    sender.wait().await?;
    let directory = sender.catalogue().snapshot().await?;
    let (id, typed, known) = (sender.id, form.clone(), Arc::clone(&directory));
    let read = sender.read(move |conn| load::read_suggestion(conn, &known, id, &typed)).await?;
    let page = FormPage::suggest(sender.shell("Suggest a tool"), &directory, &form);
    match read {
        Err(complaints) => sender.show_again(&page.with_complaints(complaints)),
        Ok((_, alike)) if !alike.is_empty() => sender.show_alike(&page.with_alike(alike, form.key())),
        Ok((item, _)) => send(&sender, item, page, "/account#sent-h").await,
    }
}

pub(super) async fn correct_page(sender: Sender, slug: web::Path<String>) -> Result<HttpResponse, AppError> {
    let sheet = tool(&sender, &slug).await?;
    if *slug != sheet.tool.slug.as_str() {
        return Ok(page::moved(&format!("/tools/{}/correct", sheet.tool.slug)));
    }
    let asked = CorrectForm { field: field(sender.query(), "field"), ..CorrectForm::default() };
    let form = sender.kept().unwrap_or(asked);
    sender.show(correct_form(&sender, &sheet, &form), sheet.wait)
}

pub(super) async fn correct(
    posted: Posted<CorrectForm>,
    slug: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let Posted { sender, form } = posted;
    let sheet = tool(&sender, &slug).await?;
    let page = correct_form(&sender, &sheet, &form);
    match form.parse(&sheet.tool) {
        Err(complaints) => sender.show_again(&page.with_complaints(complaints)),
        Ok(item) => send(&sender, item, page, &format!("/tools/{}", sheet.tool.slug)).await,
    }
}

pub(super) async fn report_page(sender: Sender, slug: web::Path<String>) -> Result<HttpResponse, AppError> {
    let sheet = tool(&sender, &slug).await?;
    if *slug != sheet.tool.slug.as_str() {
        return Ok(page::moved(&format!("/tools/{}/report", sheet.tool.slug)));
    }
    let asked = ReportForm { take: field(sender.query(), "take"), ..ReportForm::default() };
    let form = sender.kept().unwrap_or(asked);
    sender.show(report_form(&sender, &sheet, &form), sheet.wait)
}

pub(super) async fn report(
    posted: Posted<ReportForm>,
    slug: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let Posted { sender, form } = posted;
    let sheet = tool(&sender, &slug).await?;
    let page = report_form(&sender, &sheet, &form);
    let takes: Vec<(i64, &str)> =
        sheet.takes().map(|reviewer| (reviewer.id, reviewer.slug.as_str())).collect();
    match form.parse(&sheet.tool, &takes) {
        Err(complaints) => sender.show_again(&page.with_complaints(complaints)),
        Ok(item) => send(&sender, item, page, &format!("/tools/{}", sheet.tool.slug)).await,
    }
}

/// The published tool of an address, or of an address that it had.
async fn tool(sender: &Sender, slug: &str) -> Result<ToolSheet, AppError> {
    let (wait, directory) = (sender.wait().await?, sender.catalogue().snapshot().await?);
    let Some(tool) = directory.tool_now_or_once(&slug.to_ascii_lowercase()).cloned() else {
        return Err(no_such_tool(directory, slug.to_owned()).await);
    };
    let detail = sender.catalogue().detail(&directory, tool.id).await?;
    Ok(ToolSheet { directory, tool, detail, wait })
}

fn correct_form(sender: &Sender, sheet: &ToolSheet, form: &CorrectForm) -> FormPage {
    let shell = sender.shell(format!("Correct {}", sheet.tool.name));
    FormPage::correct(shell, &sheet.tool, current_values::lines(&sheet.tool, &sheet.detail), form)
}

fn report_form(sender: &Sender, sheet: &ToolSheet, form: &ReportForm) -> FormPage {
    let shell = sender.shell(format!("Report {}", sheet.tool.name));
    let takes: Vec<(&str, &str)> =
        sheet.takes().map(|reviewer| (reviewer.slug.as_str(), reviewer.name.as_str())).collect();
    FormPage::report(shell, &sheet.tool, &takes, form)
}

/// Sends an item and leads on, or shows the form again to somebody who has to wait.
async fn send(
    sender: &Sender,
    item: NewSubmission,
    page: FormPage,
    next: &str,
) -> Result<HttpResponse, AppError> {
    match sender.send(item).await? {
        Outcome::Sent(sent) => sender.thank(sent, next),
        Outcome::Later(wait) => sender.show_later(page, wait),
    }
}
