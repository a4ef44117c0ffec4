//! Leaving votes out, bringing them back, and putting signals aside.

use actix_web::{HttpResponse, web};

use super::{
    super::Desk,
    acts,
    asked::Asked,
    handlers::{show_confirm, show_exclusion, show_signal, show_tool},
    load,
    pieces::{Sent, id},
};
use crate::{
    db::Database,
    error::AppError,
    page::{self, Form},
    text::count,
    voting::{Standings, exclusion::Moved, selection::Selection},
};

type Fields = Form<Vec<(String, String)>>;

/// Leaves the votes out that are ticked in a tool's list, as they were shown there.
pub(super) async fn exclude_selected(
    desk: Desk,
    path: web::Path<String>,
    standings: web::Data<Standings>,
    form: Fields,
) -> Result<HttpResponse, AppError> {
    let tool = id(&path)?;
    let mut sent = Sent::new("exclude-reason", form.0);
    let (kind, reason, accounts) = (sent.kind(), sent.reason(), sent.ticked());
    if accounts.is_empty() {
        sent.complaints.add("votes", "Tick the votes that are to be left out.");
    }
    let as_of = sent.as_of();
    if !sent.is_right() {
        return show_tool(&desk, tool, sent).await;
    }
    let (user, shown) = (desk.user.clone(), accounts.len());
    let which = Selection {
        accounts: Some(accounts.into_iter().collect()),
        as_of: Some(as_of),
        ..Selection::of_tool(tool)
    };
    let moved = desk.write(move |conn| acts::exclude(conn, &user, &which, kind, &reason)).await??;
    left_out(&desk, &moved, shown, &standings)
}

/// Leaves all votes out that the address asks for, as they were shown.
pub(super) async fn exclude_matching(
    desk: Desk,
    standings: web::Data<Standings>,
    form: Fields,
) -> Result<HttpResponse, AppError> {
    let mut sent = Sent::new("exclude-reason", form.0);
    let (kind, reason, as_of) = (sent.kind(), sent.reason(), sent.as_of());
    if !sent.is_right() {
        return show_confirm(&desk, sent).await;
    }
    let (user, asked) = (desk.user.clone(), Asked::parse(desk.request().query_string()));
    let (token, shown) =
        (sent.typed.get("signal_token"), sent.typed.get("shown").parse().unwrap_or_default());
    let moved = desk
        .write(move |conn| {
            let which = load::previewed(conn, &asked, as_of, &token)?;
            acts::exclude(conn, &user, &which, kind, &reason)
        })
        .await??;
    left_out(&desk, &moved, shown, &standings)
}

pub(super) async fn undo(
    desk: Desk,
    path: web::Path<String>,
    standings: web::Data<Standings>,
    form: Fields,
) -> Result<HttpResponse, AppError> {
    let id = id(&path)?;
    let mut sent = Sent::new("undo-reason", form.0);
    let reason = sent.reason();
    if !sent.is_right() {
        return show_exclusion(&desk, id, sent).await;
    }
    let user = desk.user.clone();
    let moved = desk.write(move |conn| acts::undo(conn, &user, id, &reason)).await??;
    moved.tell(&standings);
    desk.session.flash(format!("{} back.", count(moved.votes as u64, "vote is", "votes are")))?;
    Ok(page::see_other(&format!("/admin/votes/exclusions/{id}")))
}

pub(super) async fn dismiss(
    desk: Desk,
    path: web::Path<String>,
    form: Fields,
) -> Result<HttpResponse, AppError> {
    let id = id(&path)?;
    let mut sent = Sent::new("dismiss-reason", form.0);
    let note = sent.reason();
    if !sent.is_right() {
        return show_signal(&desk, id, sent).await;
    }
    let user = desk.user.clone();
    desk.write(move |conn| acts::dismiss(conn, &user, id, &note)).await??;
    desk.session.flash("The signal is dismissed. Should it grow, it comes back.")?;
    Ok(page::see_other("/admin/votes"))
}

pub(super) async fn reopen(desk: Desk, path: web::Path<String>) -> Result<HttpResponse, AppError> {
    let id = id(&path)?;
    let user = desk.user.clone();
    desk.write(move |conn| acts::reopen(conn, &user, id)).await??;
    desk.session.flash("The signal is open again.")?;
    Ok(page::see_other(&format!("/admin/votes/signals/{id}")))
}

/// Looks for signals now rather than at the next turn. The look itself holds no lock.
pub(super) async fn scan(desk: Desk, database: web::Data<Database>) -> Result<HttpResponse, AppError> {
    let found = database.run(|conn| Ok(load::scan(conn)?)).await?;
    desk.session.flash(match found {
        0 => "Nothing looks bought.".to_owned(),
        n => format!("{} the votes of the last days.", count(n as u64, "signal fires on", "signals fire on")),
    })?;
    Ok(page::see_other("/admin/votes"))
}

/// Tells of votes that were left out, of so many that were shown.
fn left_out(
    desk: &Desk,
    moved: &Moved,
    shown: usize,
    standings: &Standings,
) -> Result<HttpResponse, AppError> {
    moved.tell(standings);
    let mut told = format!("{} left out.", count(moved.votes as u64, "vote is", "votes are"));
    if let Some(others @ 1..) = shown.checked_sub(moved.votes) {
        let others = count(others as u64, "other was", "others were");
        told.push_str(&format!(" {others} no longer as you saw them, and stay as they are."));
    }
    desk.session.flash(told)?;
    Ok(page::see_other(&format!("/admin/votes/exclusions/{}", moved.exclusion_id)))
}
