//! Small values that a site keeps, each under a name.

use diesel::prelude::*;

use super::Db;
use super::schema::site_settings;
use crate::each;

/// The value under a name, if there is one.
pub fn value(conn: &mut Db, name: &str) -> QueryResult<Option<String>> {
    site_settings::table.find(name).select(site_settings::value).first(conn).optional()
}

/// Every name with its value.
pub fn all(conn: &mut Db) -> QueryResult<Vec<(String, String)>> {
    site_settings::table.load(conn)
}

/// Keeps a value under a name, in place of what was there.
pub fn set(conn: &mut Db, name: &str, value: &str) -> QueryResult<usize> {
    let row = (site_settings::name.eq(name), site_settings::value.eq(value));
    each!(conn, c => diesel::insert_into(site_settings::table)
        .values(row)
        .on_conflict(site_settings::name)
        .do_update()
        .set(site_settings::value.eq(value))
        .execute(c))
}
