//! Looking at accounts, suspending them, giving roles.

use actix_web::{HttpResponse, web};

use super::super::form::SentForm;
use super::super::votes::pieces::Sent;
use super::super::{Desk, door};
use super::views::{PeoplePage, PersonPage};
use super::{acts, load};
use crate::accounts::Role;
use crate::accounts::people::{Show, Wanted};
use crate::text::count;
use crate::votes::LiveTallies;
use crate::web::error::AppError;
use crate::web::page;
use crate::web::paging::{field, wanted};
use crate::web::path_id::PathId;

pub(super) async fn index(desk: Desk) -> Result<HttpResponse, AppError> {
    let query = desk.request().query_string();
    let number = wanted(&field(query, "page"));
    let prefix: String =
        field(query, "q").trim_start_matches('@').chars().filter(|c| *c != '\0').take(30).collect();
    let looked_for = Wanted { prefix, show: Show::parse(&field(query, "show")) };
    let people = desk.read(move |conn| Ok(load::people(conn, looked_for, number)?)).await?;
    let shell = desk.shell(people.page.title("People"));
    desk.show(&PeoplePage::new(shell, people))
}

pub(super) async fn show(desk: Desk, PathId(id): PathId) -> Result<HttpResponse, AppError> {
    show_with(&desk, id, Sent::default()).await
}

pub(super) async fn suspend(
    desk: Desk,
    PathId(id): PathId,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = Sent::new("suspend-reason", form.0);
    let reason = sent.reason();
    if !sent.is_right() {
        return show_with(&desk, id, sent).await;
    }
    let user = desk.user.clone();
    let moved = desk.write(move |conn| acts::suspend(conn, &user, id, &reason)).await??;
    moved.tell(&live_tallies);
    let votes = count(moved.votes as u64, "vote", "votes");
    desk.session.flash(format!("Account suspended and signed out; {votes} excluded."))?;
    Ok(back_to(id))
}

pub(super) async fn lift(
    desk: Desk,
    PathId(id): PathId,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = Sent::new("lift-reason", form.0);
    let reason = sent.reason();
    if !sent.is_right() {
        return show_with(&desk, id, sent).await;
    }
    let user = desk.user.clone();
    let moved = desk.write(move |conn| acts::lift(conn, &user, id, &reason)).await??;
    moved.tell(&live_tallies);
    let votes = count(moved.votes as u64, "vote counts", "votes count");
    desk.session.flash(format!("Suspension lifted; {votes} again."))?;
    Ok(back_to(id))
}

pub(super) async fn exclude(
    desk: Desk,
    PathId(id): PathId,
    live_tallies: web::Data<LiveTallies>,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    let mut sent = Sent::new("exclude-reason", form.0);
    let (kind, reason) = (sent.kind(), sent.reason());
    if !sent.is_right() {
        return show_with(&desk, id, sent).await;
    }
    let user = desk.user.clone();
    let moved = desk.write(move |conn| acts::exclude(conn, &user, id, kind, &reason)).await??;
    moved.tell(&live_tallies);
    desk.session.flash(format!("{} excluded.", count(moved.votes as u64, "vote", "votes")))?;
    Ok(page::see_other(&format!("/admin/votes/exclusions/{}", moved.exclusion_id)))
}

pub(super) async fn give_role(
    desk: Desk,
    PathId(id): PathId,
    form: SentForm,
) -> Result<HttpResponse, AppError> {
    desk.admins_only()?;
    let mut sent = Sent::new("role", form.0);
    let named = sent.typed.get("role");
    let role = [Role::Member, Role::Moderator, Role::Admin].into_iter().find(|role| role.as_str() == named);
    if role.is_none() {
        sent.errors.add("role", "Choose a role.");
    }
    if !door::is_password(desk.request(), &desk.user, sent.typed.get("password")).await? {
        sent.errors.add("password", "Incorrect password.");
    }
    let (true, Some(role)) = (sent.is_right(), role) else {
        return show_with(&desk, id, sent).await;
    };
    let user = desk.user.clone();
    let changed = desk.write(move |conn| acts::give_role(conn, &user, id, role)).await??;
    let what = if changed { "The role is now" } else { "The role was already" };
    desk.session.flash(format!("{what} {}.", role.as_str()))?;
    // Whoever has just given up their own place at the desk does not find it any more.
    let is_own = desk.user.id == id && role < Role::Moderator;
    Ok(if is_own { page::see_other("/account") } else { back_to(id) })
}

async fn show_with(desk: &Desk, id: i64, sent: Sent) -> Result<HttpResponse, AppError> {
    let number = wanted(&field(desk.request().query_string(), "page"));
    let sheet = desk.read(move |conn| load::sheet(conn, id, number)).await?;
    let again = !sent.is_right();
    let shell = desk.shell(sheet.page.title(&format!("@{}", sheet.account.handle)));
    let page = PersonPage::new(shell, &desk.user, sheet, &sent);
    if again { desk.show_again(&page) } else { desk.show(&page) }
}

fn back_to(id: i64) -> HttpResponse {
    page::see_other(&format!("/admin/people/{id}"))
}
