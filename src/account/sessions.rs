//! Ending one's other sessions.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::accounts::CurrentUser;
use crate::db::versions;
use crate::votes::App;
use crate::web::error::AppError;
use crate::web::page::{self, Form};
use crate::web::session::{self, TypedSession};

/// What the form sends in place of a session to end all but this one.
pub(super) const OTHERS: &str = "others";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct EndSession {
    session: String,
}

pub(super) async fn end(
    request: HttpRequest,
    user: CurrentUser,
    session: TypedSession,
    app: web::Data<App>,
    form: Form<EndSession>,
) -> Result<HttpResponse, AppError> {
    let Form(EndSession { session: named }) = form;
    let (id, this) = (user.id, session::id_of(&request, &app.settings));
    if named == this {
        return Err(AppError::BadRequest("This is the session that you are using. Sign out instead.".into()));
    }
    let (told, versions) = app
        .database
        .run(move |conn| {
            if named == OTHERS {
                let versions = conn.write(|conn| {
                    session::end_others(conn, id, &this)?;
                    versions::all(conn)
                })?;
                return Ok(("You are signed out everywhere else.", versions));
            }
            let (ended, versions) = session::end_one(conn, id, &named)?;
            let told = if ended { "Session ended." } else { "That session had ended already." };
            Ok((told, versions))
        })
        .await?;
    app.freshness.notice(versions);
    session.flash(told)?;
    Ok(page::see_other("/account#sessions"))
}
