//! Looking at accounts, suspending them, giving roles.

use actix_web::{HttpResponse, web};

use super::super::form::SentForm;
use super::super::votes::pieces::FilledForm;
use super::super::{AdminContext, access};
use super::views::{PeoplePage, PersonPage};
use super::{acts, load};
use crate::accounts::Role;
use crate::accounts::people::{PeopleFilters, Show};
use crate::text::count;
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::{field, wanted};
use crate::web::path_id::PathId;
use crate::web::security_event::SecurityEvent;

pub(super) async fn index(admin: AdminContext) -> Result<HttpResponse, AppError> {
    let query = admin.request().query_string();
    let number = wanted(&field(query, "page"));
    let prefix: String =
        field(query, "q").trim_start_matches('@').chars().filter(|c| *c != '\0').take(30).collect();
    let looked_for = PeopleFilters { prefix, show: Show::parse(&field(query, "show")) };
    let people = admin.read(move |conn| Ok(load::people(conn, looked_for, number)?)).await?;
    let shell = admin.shell(people.page.title("People"));
    admin.show(&PeoplePage::new(shell, people))
}

pub(super) async fn show(admin: AdminContext, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    show_with(&admin, id, FilledForm::default()).await
}

pub(super) async fn suspend(
    admin: AdminContext,
    PathId(id): PathId,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = FilledForm::new("suspend-reason", form.0);
    let reason = sent.reason();
    if !sent.is_right() {
        return show_with(&admin, id, sent).await;
    }
    let user = admin.user.clone();
    let moved = admin.write(move |conn| acts::suspend(conn, &user, id, &reason)).await??;
    moved.tell(&live_tallies);
    admin.record(SecurityEvent::Suspended, Some(id));
    let votes = count(moved.votes as u64, "vote", "votes");
    admin.session.flash(format!("Account suspended and signed out; {votes} excluded."))?;
    Ok(back_to(id))
}

pub(super) async fn lift(
    admin: AdminContext,
    PathId(id): PathId,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = FilledForm::new("lift-reason", form.0);
    let reason = sent.reason();
    if !sent.is_right() {
        return show_with(&admin, id, sent).await;
    }
    let user = admin.user.clone();
    let moved = admin.write(move |conn| acts::lift(conn, &user, id, &reason)).await??;
    moved.tell(&live_tallies);
    admin.record(SecurityEvent::SuspensionLifted, Some(id));
    let votes = count(moved.votes as u64, "vote counts", "votes count");
    admin.session.flash(format!("Suspension lifted; {votes} again."))?;
    Ok(back_to(id))
}

pub(super) async fn exclude(
    admin: AdminContext,
    PathId(id): PathId,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = FilledForm::new("exclude-reason", form.0);
    let (kind, reason) = (sent.kind(), sent.reason());
    if !sent.is_right() {
        return show_with(&admin, id, sent).await;
    }
    let user = admin.user.clone();
    let moved = admin.write(move |conn| acts::exclude(conn, &user, id, kind, &reason)).await??;
    moved.tell(&live_tallies);
    admin.session.flash(format!("{} excluded.", count(moved.votes as u64, "vote", "votes")))?;
    Ok(page::see_other(&format!("/admin/votes/exclusions/{}", moved.exclusion_id)))
}

pub(super) async fn give_role(
    admin: AdminContext,
    PathId(id): PathId,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    admin.admins_only()?;
    let mut sent = FilledForm::new("role", form.0);
    let named = sent.typed.get("role");
    let role = [Role::Member, Role::Moderator, Role::Admin].into_iter().find(|role| role.as_str() == named);
    if role.is_none() {
        sent.errors.add("role", "Choose a role.");
    }
    if !access::is_password(admin.request(), &admin.user, sent.typed.get("password")).await? {
        sent.errors.add("password", "Incorrect password.");
    }
    let (true, Some(role)) = (sent.is_right(), role) else {
        return show_with(&admin, id, sent).await;
    };
    let user = admin.user.clone();
    let changed = admin.write(move |conn| acts::give_role(conn, &user, id, role)).await??;
    if changed {
        admin.record(SecurityEvent::RoleChanged, Some(id));
    }
    let what = if changed { "The role is now" } else { "The role was already" };
    admin.session.flash(format!("{what} {}.", role.as_str()))?;
    // Whoever has just given up their own place in the admin area does not find it any more.
    let is_own = admin.user.id == id && role < Role::Moderator;
    Ok(if is_own { page::see_other("/account") } else { back_to(id) })
}

pub(super) async fn link_reviewer(
    admin: AdminContext,
    PathId(id): PathId,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    admin.admins_only()?;
    let named = form.0.trimmed("reviewer");
    let reviewer_id = match named.parse() {
        Ok(reviewer_id) => Some(reviewer_id),
        Err(_) if named.is_empty() => None,
        Err(_) => return Err(AppError::BadRequest("Choose a reviewer.".into())),
    };
    let user = admin.user.clone();
    let changed = admin.write(move |conn| acts::link_reviewer(conn, &user, id, reviewer_id)).await??;
    if changed {
        admin.record(SecurityEvent::RoleChanged, Some(id));
    }
    admin.session.flash(match (changed, reviewer_id) {
        (false, _) => "Nothing was changed.",
        (true, Some(_)) => "The account writes for this reviewer now.",
        (true, None) => "The account writes for no reviewer now.",
    })?;
    Ok(back_to(id))
}

async fn show_with(admin: &AdminContext, id: i64, sent: FilledForm) -> Result<HttpResponse, AppError> {
    let number = wanted(&field(admin.request().query_string(), "page"));
    let sheet = admin.read(move |conn| load::sheet(conn, id, number)).await?;
    let shell = admin.shell(sheet.page.title(&format!("@{}", sheet.account.handle)));
    let page = PersonPage::new(shell, &admin.user, sheet, sent);
    admin.show_with(&page, page.sent.status())
}

fn back_to(id: i64) -> HttpResponse {
    page::see_other(&format!("/admin/people/{id}"))
}
