//! The logo of a tool as it is stored, and changing it.

use diesel::prelude::*;

use crate::accounts::CurrentUser;
use crate::catalogue::pictures::{self, Logos, picture_path};
use crate::db::Db;
use crate::db::schema::tools;
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;
use crate::text::shown_name;

/// A tool and its logos.
#[derive(Clone)]
pub(super) struct LogoOf {
    pub id: i64,
    pub name: String,
    pub slug: String,
    /// The hash of what readers see, and of what they saw before.
    pub logo: Option<String>,
    pub former: Option<String>,
}

/// What shall become of a logo.
pub(super) enum Change {
    /// Another picture, as PNG.
    To(Vec<u8>),
    Remove,
    /// The picture with this hash, which was its logo before.
    PutBack(String),
}

/// The tool with this id.
pub(super) fn find(conn: &mut Db, id: i64) -> QueryResult<Option<LogoOf>> {
    let Some(logos) = pictures::logos(conn, id)? else { return Ok(None) };
    let (name, slug): (String, String) =
        tools::table.find(id).select((tools::name, tools::slug)).first(conn)?;
    let Logos { now: logo, former } = logos;
    Ok(Some(LogoOf { id, name: shown_name(&name), slug, logo, former }))
}

/// Changes the logo of a tool, with its entry in the log; `seen` is the one that whoever changes it has seen. False, where
/// somebody else has changed it meanwhile to anything else; none, where there is no such tool any more.
pub(super) fn change(
    conn: &mut Db,
    by: &CurrentUser,
    id: i64,
    change: &Change,
    seen: Option<&str>,
) -> QueryResult<Option<bool>> {
    let Some(tool) = find(conn, id)? else { return Ok(None) };
    let now = Logos { now: tool.logo.clone(), former: tool.former.clone() };
    let new = match change {
        Change::To(png) => Some(pictures::hash_of(png)),
        Change::Remove => None,
        Change::PutBack(hash) => Some(hash.clone()),
    };
    if new == now.now {
        return Ok(Some(true));
    }
    let is_known = !matches!(change, Change::PutBack(_)) || new == now.former;
    if now.now.as_deref() != seen || !is_known {
        return Ok(Some(false));
    }
    if let Change::To(png) = change {
        pictures::keep_picture(conn, png)?;
    }
    let former = now.now.clone().or(now.former);
    pictures::set_logo(conn, tool.id, new.as_deref(), former.as_deref())?;
    let [old_value, new_value] =
        [&now.now, &new].map(|hash| hash.as_deref().map(picture_path).unwrap_or_default());
    // Not for the public log: it belongs to no revision, so nothing would take it back with a publication that is undone.
    let entry = Entry {
        old_value: &old_value,
        new_value: &new_value,
        ..Entry::new(Verb::ChangedLogo, Object::Tool, None, &tool.name)
    };
    log::write(conn, by, &entry)?;
    Ok(Some(true))
}
