//! Showing the forms, and sending what is in them.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::forms::{CorrectForm, ReportForm, SuggestForm};
use super::load::{self, ToolSheet};
use super::sender::{Posted, Sender};
use super::views::SubmissionPage;
use crate::catalogue::no_such_tool;
use crate::web::error::AppError;
use crate::web::paging::field;

pub(super) async fn suggest_page(sender: Sender) -> Result<HttpResponse, AppError> {
    let (wait, directory) = (sender.wait().await?, sender.app.catalogue.snapshot().await?);
    let name = field(sender.request.query_string(), "name");
    let form = sender
        .kept(|path| path == "/submit")
        .await?
        .unwrap_or_else(|| SuggestForm { name, ..SuggestForm::default() });
    sender.show(
        &SubmissionPage::suggest(sender.shell("Suggest a tool"), &directory, &form).with_wait(wait),
        StatusCode::OK,
    )
}

pub(super) async fn suggest(posted: Posted<SuggestForm>) -> Result<HttpResponse, AppError> {
    let Posted { sender, form } = posted;
    sender.wait().await?;
    let directory = sender.app.catalogue.snapshot().await?;
    let page = SubmissionPage::suggest(sender.shell("Suggest a tool"), &directory, &form);
    let item = form.parse(&directory);
    if let Ok(item) = &item
        && form.anyway != form.key()
    {
        let (id, item, known) = (sender.id, item.clone(), Arc::clone(&directory));
        let alike = sender.app.database.run(move |conn| load::alike(conn, &known, id, &item)).await?;
        if !alike.is_empty() {
            return sender.show(&page.with_alike(alike, form.key()), StatusCode::CONFLICT);
        }
    }
    sender.send(page, item, "/account#sent-h").await
}

pub(super) async fn correct_page(sender: Sender, slug: web::Path<String>) -> Result<HttpResponse, AppError> {
    let sheet = tool(&sender, &slug).await?;
    if *slug != sheet.tool.slug.as_str() {
        return Err(AppError::Moved(format!("/tools/{}/correct", sheet.tool.slug)));
    }
    let field = field(sender.request.query_string(), "field");
    let form = sender
        .kept(sheet.is_form("correct"))
        .await?
        .unwrap_or_else(|| CorrectForm { field, ..CorrectForm::default() });
    let page = correct_form(&sender, &sheet, &form).with_wait(sheet.wait);
    sender.show(&page, StatusCode::OK)
}

pub(super) async fn correct(
    posted: Posted<CorrectForm>,
    slug: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let Posted { sender, form } = posted;
    let sheet = tool(&sender, &slug).await?;
    let page = correct_form(&sender, &sheet, &form);
    sender.send(page, form.parse(&sheet.tool), &format!("/tools/{}", sheet.tool.slug)).await
}

pub(super) async fn report_page(sender: Sender, slug: web::Path<String>) -> Result<HttpResponse, AppError> {
    let sheet = tool(&sender, &slug).await?;
    if *slug != sheet.tool.slug.as_str() {
        return Err(AppError::Moved(format!("/tools/{}/report", sheet.tool.slug)));
    }
    let take = field(sender.request.query_string(), "take");
    let form = sender
        .kept(sheet.is_form("report"))
        .await?
        .unwrap_or_else(|| ReportForm { take, ..ReportForm::default() });
    let form = ReportForm { take: sheet.present_reviewer(form.take), ..form };
    let page = report_form(&sender, &sheet, &form).with_wait(sheet.wait);
    sender.show(&page, StatusCode::OK)
}

pub(super) async fn report(
    posted: Posted<ReportForm>,
    slug: web::Path<String>,
) -> Result<HttpResponse, AppError> {
    let Posted { sender, form } = posted;
    let sheet = tool(&sender, &slug).await?;
    let form = ReportForm { take: sheet.present_reviewer(form.take), ..form };
    let page = report_form(&sender, &sheet, &form);
    sender.send(page, form.parse(&sheet), &format!("/tools/{}", sheet.tool.slug)).await
}

/// The published tool of an address, or of an address that it had.
async fn tool(sender: &Sender, slug: &str) -> Result<ToolSheet, AppError> {
    let (wait, directory) = (sender.wait().await?, sender.app.catalogue.snapshot().await?);
    let Some(tool) = directory.tool_now_or_once(&slug.to_ascii_lowercase()).cloned() else {
        return Err(no_such_tool(directory, slug.to_owned()).await);
    };
    let detail = sender.app.catalogue.detail(&directory, tool.id).await?;
    Ok(ToolSheet { directory, tool, detail, wait })
}

fn correct_form(sender: &Sender, sheet: &ToolSheet, form: &CorrectForm) -> SubmissionPage {
    SubmissionPage::correct(sender.shell(format!("Correct {}", sheet.tool.name)), sheet, form)
}

fn report_form(sender: &Sender, sheet: &ToolSheet, form: &ReportForm) -> SubmissionPage {
    SubmissionPage::report(sender.shell(format!("Report {}", sheet.tool.name)), sheet, form)
}
