//! The queue, an item, and what is done with it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use diesel::result::Error as DieselError;

use super::act::{Done, QueueAct, QueueError};
use super::filters::QueueFilters;
use super::views::{ItemPage, QueuePage};
use super::{load, next, replies};
use crate::admin::context::AdminContext;
use crate::admin::form::{Fields, FormData, SentForm};
use crate::catalogue::Catalogue;
use crate::db::{Database, Db};
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::{field, wanted};
use crate::web::path_id::PathId;

/// What an item is shown from.
pub(super) type Data = (web::Data<Database>, web::Data<Catalogue>);

pub(super) async fn list(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let query = admin.request().query_string();
    let (filters, page) = (QueueFilters::parse(query), wanted(&field(query, "page")));
    let moderator = admin.user.id;
    let slice = admin.read(move |conn| load::slice(conn, filters, moderator, page)).await?;
    let shell = admin.shell(slice.page.title("Queue"));
    admin.show(&QueuePage { shell, slice, moderator })
}

/// Leads to the next item, which is assigned to whoever asked; `after` is the one that they were at.
pub(super) async fn next(admin: AdminContext, form: SentForm) -> Result<HttpResponse, AppError> {
    let user = admin.user.clone();
    let after = form.0.get("after").parse().ok();
    let work = move |conn: &mut Db| {
        if let Some(id) = after {
            next::leave(conn, &user, id)?;
        }
        next::assign(conn, &user, after)
    };
    let next = admin.write::<_, DieselError>(work).await??;
    admin.session.flash(match next {
        Some(_) => "Assigned to you.",
        None => "No other submission is waiting for you.",
    })?;
    let path = next.map_or_else(|| "/admin/queue".to_owned(), |item| format!("/admin/queue/{}", item.id));
    Ok(page::see_other(&path))
}

pub(super) async fn show(
    admin: AdminContext,
    PathId(id): PathId,
    data: Data,
) -> Result<HttpResponse, AppError> {
    show_with(&admin, id, data, StatusCode::OK, (Fields::default(), None)).await
}

/// Does something with an item and leads on. What is not done shows the item as it is now, with the reason and with all
/// that was typed.
pub(super) async fn act(
    admin: AdminContext,
    id: i64,
    data: Data,
    typed: FormData,
    act: QueueAct,
) -> Result<HttpResponse, AppError> {
    let (user, sent) = (admin.user.clone(), typed.clone());
    let form = Fields::new(typed);
    let (status, again) = match admin.write(move |conn| act(conn, &user, id, &sent)).await? {
        Ok(Done { path, flash }) => {
            if let Some(flash) = flash {
                admin.session.flash(flash)?;
            }
            return Ok(page::see_other(&path));
        }
        Err(QueueError::Failed(cause)) => return Err(cause),
        Err(QueueError::Late(words)) => (StatusCode::CONFLICT, (form, Some(words))),
        Err(QueueError::Wrong(errors)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, (Fields { errors, ..form }, None))
        }
    };
    show_with(&admin, id, data, status, again).await
}

async fn show_with(
    admin: &AdminContext,
    id: i64,
    (database, catalogue): Data,
    status: StatusCode,
    (form, problem): (Fields, Option<String>),
) -> Result<HttpResponse, AppError> {
    let load = move |conn: &mut Db| Ok((load::sheet(conn, &catalogue, id)?, replies::all(conn)?));
    let (sheet, replies) = database.run(load).await?;
    let shell = admin.shell(sheet.item.title());
    let page = ItemPage { shell, sheet, replies, moderator: admin.user.id, form, problem };
    admin.show_with(&page, status)
}
