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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Entries,
    Votes,
    Accounts,
}

impl About {
    pub(super) const ALL: [Self; 3] = [Self::Entries, Self::Votes, Self::Accounts];

    /// The word for it in addresses.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Votes => "votes",
            Self::Accounts => "accounts",
        }
    }

    /// The objects of such acts. Those of no kind are never for readers.
    fn objects(self) -> &'static [Object] {
        match self {
            Self::Entries => {
                &[Object::Category, Object::Reviewer, Object::Tool, Object::Comparison, Object::Import]
            }
            Self::Votes => &[Object::Votes],
            Self::Accounts => &[Object::Account],
        }
    }
}

/// What an address asks for; a kind that is none means all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub about: Option<About>,
    pub before: Option<i64>,
}

impl Asked {
    pub(super) fn parse(query: &str) -> Self {
        let word = field(query, "kind");
        Self { about: About::ALL.into_iter().find(|about| about.as_str() == word), before: before(query) }
    }

    /// The field of the filter, for addresses.
    pub(super) fn fields(self) -> [(&'static str, &'static str); 1] {
        [("kind", self.about.map_or("", About::as_str))]
    }
}

/// An act as readers see it.
#[derive(Debug, Clone, Queryable)]
pub(super) struct PublicAct {
    pub id: i64,
    pub made_at: NaiveDateTime,
    /// The moderator's.
    pub handle: String,
    pub act: String,
    pub object: i16,
    pub label: Option<String>,
    pub href: Option<String>,
    pub reason: String,
}

/// The acts of one page.
pub(super) struct Found {
    pub asked: Asked,
    pub acts: Vec<PublicAct>,
    /// Before which one the list goes on.
    pub next: Option<i64>,
}

/// The public acts that are asked for, newest first, without those whose revision was withdrawn.
pub(super) fn found(conn: &mut Db, asked: Asked) -> QueryResult<Found> {
    let kinds = asked.about.map_or(About::ALL.to_vec(), |about| vec![about]);
    let mut acts = Vec::new();
    // One by one, as the index has them: acts of one kind may lie far apart.
    for object in kinds.into_iter().flat_map(About::objects) {
        acts.extend(of_object(conn, *object, asked.before.unwrap_or(i64::MAX))?);
    }
    acts.sort_by_key(|act: &PublicAct| std::cmp::Reverse(act.id));
    let next = cut(&mut acts, ON_A_PAGE, |act| act.id);
    Ok(Found { asked, acts, next })
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
        .select((
            log_entries::id,
            log_entries::made_at,
            log_entries::handle,
            log_entries::act,
            log_entries::object,
            log_entries::public_label,
            log_entries::href,
            log_entries::reason,
        ))
        .load(conn)
}
