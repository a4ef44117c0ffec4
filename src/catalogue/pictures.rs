//! Logos of tools: pictures under the hashes of their bytes, and which tool has which.

use std::collections::HashMap;

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::db::Db;
use crate::db::schema::{pictures, tool_logos, tools};
use crate::db::versions::{self, Of};
use crate::each;

/// The logos of a tool, by their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable)]
pub struct Logos {
    /// What readers see.
    pub now: Option<String>,
    /// What they saw before.
    pub former: Option<String>,
}

/// The address of the picture with this hash.
pub fn picture_path(hash: &str) -> String {
    format!("/pictures/{hash}.png")
}

/// The picture with this hash, as PNG.
pub fn picture(conn: &mut Db, hash: &str) -> QueryResult<Option<Vec<u8>>> {
    pictures::table.find(hash).select(pictures::png).first(conn).optional()
}

/// The name that a picture goes by.
pub fn hash_of(png: &[u8]) -> String {
    hex::encode(&Sha256::digest(png)[..16])
}

/// Keeps a picture under its hash.
pub fn keep_picture(conn: &mut Db, png: &[u8]) -> QueryResult<()> {
    let row = (pictures::hash.eq(hash_of(png)), pictures::png.eq(png));
    each!(conn, c => diesel::insert_into(pictures::table)
        .values(row)
        .on_conflict(pictures::hash)
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// The logos of a tool, if there is such a tool.
pub fn logos(conn: &mut Db, tool_id: i64) -> QueryResult<Option<Logos>> {
    if tools::table.find(tool_id).count().get_result::<i64>(conn)? == 0 {
        return Ok(None);
    }
    let kept = tool_logos::table.find(tool_id).select((tool_logos::logo, tool_logos::former));
    Ok(Some(kept.first(conn).optional()?.unwrap_or_default()))
}

/// The logo of every tool that has one.
pub(super) fn all_logos(conn: &mut Db) -> QueryResult<HashMap<i64, String>> {
    let rows: Vec<(i64, Option<String>)> =
        tool_logos::table.select((tool_logos::tool_id, tool_logos::logo)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(tool_id, logo)| Some((tool_id, logo?))).collect())
}

/// Gives a tool another logo, or none, in the write transaction of the caller.
pub fn set_logo(conn: &mut Db, tool_id: i64, logo: Option<&str>, former: Option<&str>) -> QueryResult<()> {
    let values = (tool_logos::logo.eq(logo), tool_logos::former.eq(former));
    each!(conn, c => diesel::insert_into(tool_logos::table)
        .values((tool_logos::tool_id.eq(tool_id), values))
        .on_conflict(tool_logos::tool_id)
        .do_update()
        .set(values)
        .execute(c))?;
    versions::raise(conn, Of::Catalogue)?;
    Ok(())
}
