//! The public part of the log: what it is about, and what readers see of it.

use chrono::NaiveDateTime;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::log::Object;
use crate::db::schema::log_entries;
use crate::db::{Db, sql};
use crate::web::paging::{before, cut, field};

/// How many acts stand on one page, and in the feed.
const ON_A_PAGE: usize = 50;

/// What an act that readers see is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct About {
    /// The word for it in addresses.
    pub word: &'static str,
    pub label: &'static str,
    /// The objects of such acts.
    objects: &'static [Object],
}

/// All that readers can ask for. Acts on other objects are never for them.
pub(super) static ABOUT: [About; 3] = [
    About {
        word: "entries",
        label: "Catalogue",
        objects: &[Object::Category, Object::Reviewer, Object::Tool, Object::Comparison, Object::Import],
    },
    About { word: "votes", label: "Votes", objects: &[Object::Votes] },
    About { word: "accounts", label: "Accounts", objects: &[Object::Account] },
];

/// What an address asks for; a kind that is none means all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LogQuery {
    pub about: Option<&'static About>,
    pub before: Option<i64>,
}

impl LogQuery {
    pub(super) fn parse(query: &str) -> Self {
        let word = field(query, "kind");
        Self { about: ABOUT.iter().find(|about| about.word == word), before: before(query) }
    }

    /// The field of the filter, for addresses.
    pub(super) fn fields(self) -> [(&'static str, &'static str); 1] {
        [("kind", self.about.map_or("", |about| about.word))]
    }
}

/// An act as readers see it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = log_entries)]
pub(super) struct PublicAct {
    pub id: i64,
    pub made_at: NaiveDateTime,
    /// The moderator's.
    pub handle: String,
    pub act: String,
    pub object: Object,
    #[diesel(column_name = public_label)]
    pub label: Option<String>,
    pub href: Option<String>,
    pub reason: String,
}

/// The acts of one page.
pub(super) struct PublicLog {
    pub query: LogQuery,
    pub acts: Vec<PublicAct>,
    /// Before which one the list goes on.
    pub next: Option<i64>,
}

/// The public acts that are asked for, newest first, without those whose revision was withdrawn.
pub(super) fn public_log(conn: &mut Db, query: LogQuery) -> QueryResult<PublicLog> {
    let kinds = ABOUT.iter().filter(|about| query.about.is_none_or(|only| only == *about));
    let mut acts = Vec::new();
    // One by one, as the index has them: acts of one kind may lie far apart.
    for object in kinds.flat_map(|about| about.objects) {
        acts.extend(of_object(conn, *object, query.before.unwrap_or(i64::MAX))?);
    }
    acts.sort_by_key(|act: &PublicAct| std::cmp::Reverse(act.id));
    let next = cut(&mut acts, ON_A_PAGE, |act| act.id);
    Ok(PublicLog { query, acts, next })
}

fn of_object(conn: &mut Db, object: Object, before: i64) -> QueryResult<Vec<PublicAct>> {
    let later = diesel::alias!(log_entries as later);
    let withdrawn = exists(later.filter(later.field(log_entries::withdraws).eq(log_entries::revision_id)));
    log_entries::table
        .filter(log_entries::object.eq(object.to_i16()))
        .filter(log_entries::public_label.is_not_null())
        .filter(log_entries::id.lt(before))
        .filter(not(withdrawn))
        .order(log_entries::id.desc())
        .limit(sql::signed(ON_A_PAGE + 1))
        .select(PublicAct::as_select())
        .load(conn)
}
