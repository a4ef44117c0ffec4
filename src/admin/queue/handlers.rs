//! The queue, an item, and what is done with it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::act::{self, Accepted, NotDone};
use super::filters::QueueFilters;
use super::item_views::{Again, ItemPage};
use super::load;
use super::views::QueuePage;
use crate::admin::context::AdminContext;
use crate::admin::form::{FormData, SentForm};
use crate::catalogue::Catalogue;
use crate::db::Database;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::{field, wanted};
use crate::web::path_id::PathId;

/// What an item is shown from.
type Data = (web::Data<Database>, web::Data<Catalogue>);

pub(super) async fn list(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let query = admin.request().query_string();
    let (filters, page) = (QueueFilters::parse(query), wanted(&field(query, "page")));
    let moderator = admin.user.id;
    let listing = admin.read(move |conn| load::listing(conn, filters, moderator, page)).await?;
    admin.show(&QueuePage::new(admin.shell(listing.page.title("Queue")), listing, moderator))
}

pub(super) async fn show(
    admin: AdminContext,
    PathId(id): PathId,
    data: Data,
) -> Result<HttpResponse, AppError> {
    show_with(&admin, id, data, StatusCode::OK, Again::default()).await
}

pub(super) async fn take(
    admin: AdminContext,
    PathId(id): PathId,
    data: Data,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let (user, typed) = (admin.user.clone(), form.0);
    let sent = typed.clone();
    match admin.write(move |conn| act::take(conn, &user, id, &sent)).await? {
        Ok(_) => {
            admin.session.flash("Assigned to you.")?;
            Ok(page::see_other(&format!("/admin/queue/{id}")))
        }
        Err(cause) => refuse(&admin, id, data, cause, typed).await,
    }
}

pub(super) async fn release(
    admin: AdminContext,
    PathId(id): PathId,
    data: Data,
    _: SentForm,
) -> Result<HttpResponse, AppError> {
    let user = admin.user.clone();
    match admin.write(move |conn| act::release(conn, &user, id)).await? {
        Ok(item) => {
            admin.session.flash(format!("Unassigned: {}.", item.title()))?;
            Ok(page::see_other("/admin/queue"))
        }
        Err(cause) => refuse(&admin, id, data, cause, FormData::default()).await,
    }
}

pub(super) async fn accept(
    admin: AdminContext,
    PathId(id): PathId,
    data: Data,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let (user, typed) = (admin.user.clone(), form.0);
    let sent = typed.clone();
    match admin.write(move |conn| act::accept(conn, &user, id, &sent)).await? {
        Ok(Accepted::Done) => {
            admin.session.flash("Accepted. The sender sees the answer on their account page.")?;
            Ok(page::see_other("/admin/queue"))
        }
        Ok(Accepted::AtForm(path)) => Ok(page::see_other(&path)),
        Err(cause) => refuse(&admin, id, data, cause, typed).await,
    }
}

pub(super) async fn decline(
    admin: AdminContext,
    PathId(id): PathId,
    data: Data,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let (user, typed) = (admin.user.clone(), form.0);
    let sent = typed.clone();
    match admin.write(move |conn| act::decline(conn, &user, id, &sent)).await? {
        Ok(item) => {
            let line = format!(
                "Declined: {}. @{} sees the reason on their account page.",
                item.title(),
                item.sender.handle
            );
            admin.session.flash(line)?;
            Ok(page::see_other("/admin/queue"))
        }
        Err(cause) => refuse(&admin, id, data, cause, typed).await,
    }
}

/// Shows the item as it is now, with why the act was not done and with all that was typed.
async fn refuse(
    admin: &AdminContext,
    id: i64,
    data: Data,
    cause: NotDone,
    typed: FormData,
) -> Result<HttpResponse, AppError> {
    let (status, again) = match cause {
        NotDone::Gone => return Err(AppError::not_found()),
        NotDone::Database(cause) => return Err(cause.into()),
        NotDone::Late(words) => {
            (StatusCode::CONFLICT, Again { typed, problem: Some(words), ..Again::default() })
        }
        NotDone::Wrong(errors) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Again { typed, errors, ..Again::default() })
        }
    };
    show_with(admin, id, data, status, again).await
}

async fn show_with(
    admin: &AdminContext,
    id: i64,
    data: Data,
    status: StatusCode,
    again: Again,
) -> Result<HttpResponse, AppError> {
    let (database, catalogue) = data;
    let sheet = database.run(move |conn| load::sheet(conn, &catalogue, id)).await?;
    let shell = admin.shell(sheet.item.title());
    page::show_private(admin.request(), &ItemPage::new(shell, sheet, admin.user.id, again), status)
}
