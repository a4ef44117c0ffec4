//! Saved replies: answers that moderators give often, which they choose from when they decide on an item.

use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::prelude::*;

use crate::accounts::CurrentUser;
use crate::admin::AdminContext;
use crate::admin::form::{FieldErrors, Fields, FormData, SentForm};
use crate::db::Db;
use crate::db::schema::saved_replies;
use crate::db::sql::signed;
use crate::each;
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;
use crate::text::{fault_within_a_line, legible};
use crate::web::error::AppError;
use crate::web::page::{self, Shell, get, post, resource};
use crate::web::path_id::PathId;

/// How many there are at most, so that a list of them stays one to choose from.
const MOST: usize = 50;

/// The most characters of the name of one, and of its text, which has to leave room for a word of one's own.
const LONGEST: (usize, usize) = (80, 1_500);

const PATH: &str = "/admin/queue/replies";

/// An answer that is given often.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable)]
pub(super) struct SavedReply {
    pub id: i64,
    pub title: String,
    pub body: String,
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.service(
        resource("/queue/replies", "GET, HEAD, POST")
            .route(get().to(|admin| open(admin, None)))
            .route(post().to(|admin, form| send(admin, None, form))),
    )
    .service(
        resource("/queue/replies/{id}", "GET, HEAD, POST")
            .route(get().to(|admin, id: PathId| open(admin, Some(id.0))))
            .route(post().to(|admin, id: PathId, form| send(admin, Some(id.0), form))),
    );
}

#[derive(Template)]
#[template(path = "admin/queue/replies.html")]
struct RepliesPage {
    shell: Shell,
    replies: Vec<SavedReply>,
    /// The one that is changed; none where one is added.
    editing: Option<i64>,
    form: Fields,
}

impl RepliesPage {
    fn new(admin: &AdminContext, replies: Vec<SavedReply>, editing: Option<i64>, form: Fields) -> Self {
        Self { shell: admin.shell("Saved replies"), replies, editing, form }
    }

    fn action(&self) -> String {
        path(self.editing)
    }

    fn is_full(&self) -> bool {
        self.editing.is_none() && self.replies.len() >= MOST
    }
}

fn path(id: Option<i64>) -> String {
    id.map_or_else(|| PATH.to_owned(), |id| format!("{PATH}/{id}"))
}

/// All of them with a form: for one more, or for the one of this id.
async fn open(admin: AdminContext, id: Option<i64>) -> Result<HttpResponse, AppError> {
    let replies = admin.read(|conn| Ok(all(conn)?)).await?;
    let mut data = FormData::default();
    if let Some(id) = id {
        let reply = replies.iter().find(|reply| reply.id == id).ok_or_else(AppError::not_found)?;
        data.set("title", reply.title.as_str());
        data.set("body", reply.body.as_str());
    }
    admin.show(&RepliesPage::new(&admin, replies, id, Fields::new(data)))
}

async fn send(admin: AdminContext, id: Option<i64>, form: SentForm) -> Result<HttpResponse, AppError> {
    let (user, typed) = (admin.user.clone(), form.0.clone());
    let told = match admin.write(move |conn| store(conn, &user, id, &typed)).await? {
        Ok(told) => told,
        Err(StoreError::Wrong(errors)) => {
            let replies = admin.read(|conn| Ok(all(conn)?)).await?;
            let form = Fields { errors, ..Fields::new(form.0) };
            return admin.show_again(&RepliesPage::new(&admin, replies, id, form));
        }
        Err(StoreError::Failed(cause)) => return Err(cause),
    };
    admin.session.flash(told)?;
    Ok(page::see_other(PATH))
}

/// Why one was not stored.
enum StoreError {
    Wrong(FieldErrors),
    Failed(AppError),
}

impl From<diesel::result::Error> for StoreError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Failed(cause.into())
    }
}

/// Adds one, changes the one of this id, or deletes it, as the form says, and tells what was done.
fn store(
    conn: &mut Db,
    user: &CurrentUser,
    id: Option<i64>,
    form: &FormData,
) -> Result<&'static str, StoreError> {
    let stored = match id {
        Some(id) => Some(find(conn, id)?.ok_or_else(|| StoreError::Failed(AppError::not_found()))?),
        None => None,
    };
    let logged = |conn: &mut Db, act, id, title: &str, [old_value, new_value]: [&str; 2]| {
        let label = format!("Saved reply: {title}");
        let entry = Entry::new(act, Object::Setting, Some(id), &label);
        log::write(conn, user, &Entry { old_value, new_value, ..entry })
    };
    if let Some(reply) = stored.as_ref().filter(|_| form.get("do") == "delete") {
        diesel::delete(saved_replies::table.find(reply.id)).execute(conn)?;
        logged(conn, Verb::Deleted, reply.id, &reply.title, [&reply.body, ""])?;
        return Ok("Saved reply deleted.");
    }
    let (title, body) = checked(form).map_err(StoreError::Wrong)?;
    let values = (saved_replies::title.eq(&title), saved_replies::body.eq(&body));
    if let Some(reply) = stored {
        if (&reply.title, &reply.body) == (&title, &body) {
            return Ok("Nothing was changed.");
        }
        diesel::update(saved_replies::table.find(reply.id)).set(values).execute(conn)?;
        logged(conn, Verb::Edited, reply.id, &title, [&reply.body, &body])?;
        return Ok("Saved reply changed.");
    }
    if saved_replies::table.count().get_result::<i64>(conn)? >= signed(MOST) {
        let text = format!("There are {MOST} saved replies already. Delete one first.");
        return Err(StoreError::Wrong(FieldErrors::one("title", text)));
    }
    each!(conn, c => diesel::insert_into(saved_replies::table).values(values).execute(c))?;
    let id = saved_replies::table.order(saved_replies::id.desc()).select(saved_replies::id).first(conn)?;
    logged(conn, Verb::Created, id, &title, ["", &body])?;
    Ok("Saved reply added.")
}

/// Name and text as they were typed.
fn checked(form: &FormData) -> Result<(String, String), FieldErrors> {
    let (title, body) = (form.trimmed("title"), legible(&form.trimmed("body")));
    let mut errors = FieldErrors::default();
    for (name, text, most) in [("title", &title, LONGEST.0), ("body", &body, LONGEST.1)] {
        if text.trim().is_empty() {
            errors.add(name, "This field is required.");
        } else if text.chars().count() > most {
            errors.add(name, format!("Must have at most {} characters.", crate::text::grouped(most as u64)));
        }
    }
    if let Some(fault) = fault_within_a_line(&title) {
        errors.add("title", format!("It {fault}."));
    }
    if errors.is_empty() { Ok((title, body)) } else { Err(errors) }
}

/// All of them, by name.
pub(super) fn all(conn: &mut Db) -> QueryResult<Vec<SavedReply>> {
    saved_replies::table.order((saved_replies::title, saved_replies::id)).load(conn)
}

/// The one of this id.
pub(super) fn find(conn: &mut Db, id: i64) -> QueryResult<Option<SavedReply>> {
    saved_replies::table.find(id).first(conn).optional()
}
