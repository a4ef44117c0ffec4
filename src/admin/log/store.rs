//! Acts in the log by what was done, to what, by whom, or by a part of the name.

use diesel::prelude::*;

use crate::admin::searching::ids_with;
use crate::db::Db;
use crate::db::schema::log_entries;
use crate::db::sql::{lower, signed};
use crate::moderation::log::{Logged, Object};
use crate::moderation::verb::Verb;
use crate::web::paging::{before, cut, field};

/// How many acts stand on one page.
const ON_A_PAGE: usize = 50;

/// Through how many acts a page looks at most. What is older, the next page looks through, so that no search reads
/// the whole log at once.
const LOOKED_THROUGH: i64 = 10_000;

/// What is looked for; what is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LogQuery {
    pub act: Option<Verb>,
    pub object: Option<Object>,
    /// The handle of a moderator.
    pub by: String,
    /// A part of the name of what it was done to.
    pub q: String,
    pub before: Option<i64>,
}

impl LogQuery {
    pub(super) fn parse(query: &str) -> Self {
        let word = field(query, "object");
        // PostgreSQL refuses a query with this character in it, and SQLite a pattern of many thousand.
        let text =
            |name: &str| field(query, name).chars().filter(|c| *c != '\0').take(200).collect::<String>();
        Self {
            act: Verb::from_word(&field(query, "act")),
            object: Object::from_word(&word),
            by: text("by").trim_start_matches('@').to_owned(),
            q: text("q"),
            before: before(query),
        }
    }

    /// The fields of the filter, for addresses.
    pub(super) fn fields(&self) -> [(&'static str, &str); 4] {
        let object = self.object.map_or("", Object::as_str);
        [("act", self.act.map_or("", Verb::as_str)), ("object", object), ("by", &self.by), ("q", &self.q)]
    }
}

/// The acts of one page.
pub(super) struct LoggedPage {
    pub asked: LogQuery,
    pub acts: Vec<Logged>,
    /// Before which one the list goes on.
    pub next: Option<i64>,
}

/// The acts that are asked for, newest first.
pub(super) fn found(conn: &mut Db, asked: LogQuery) -> QueryResult<LoggedPage> {
    let newest: Option<i64> = log_entries::table
        .filter(log_entries::id.gt(0))
        .order(log_entries::id.desc())
        .select(log_entries::id)
        .first(conn)
        .optional()?;
    let before = asked.before.unwrap_or(i64::MAX).min(newest.unwrap_or(0) + 1);
    let from = (before - LOOKED_THROUGH).max(0);
    let mut query = log_entries::table
        .filter(log_entries::id.lt(before))
        .filter(log_entries::id.ge(from))
        .order(log_entries::id.desc())
        .into_boxed();
    if let Some(verb) = asked.act {
        query = query.filter(log_entries::act.eq_any(verb.meant().iter().map(|verb| verb.as_str())));
    }
    if let Some(object) = asked.object {
        query = query.filter(log_entries::object.eq(object.to_i16()));
    }
    if !asked.by.is_empty() {
        query = query.filter(lower(log_entries::handle).eq(asked.by.to_lowercase()));
    }
    let mut acts: Vec<Logged> = if asked.q.is_empty() {
        query.limit(signed(ON_A_PAGE + 1)).select(Logged::as_select()).load(conn)?
    } else {
        let labels: Vec<(i64, String)> = query.select((log_entries::id, log_entries::label)).load(conn)?;
        let ids = ids_with(&asked.q, labels.into_iter().map(|(id, label)| (id, [label]))).take(ON_A_PAGE + 1);
        log_entries::table
            .filter(log_entries::id.eq_any(ids))
            .order(log_entries::id.desc())
            .select(Logged::as_select())
            .load(conn)?
    };
    let next = cut(&mut acts, ON_A_PAGE, |act| act.id).or((from > 1).then_some(from));
    hide_withdrawn(conn, &mut acts)?;
    Ok(LoggedPage { asked, acts, next })
}

/// Takes from the acts whose revisions were withdrawn that they are for readers, who no longer see them.
fn hide_withdrawn(conn: &mut Db, acts: &mut [Logged]) -> QueryResult<()> {
    let made = acts.iter().filter_map(|act| act.revision_id);
    let withdrawn: Vec<Option<i64>> = log_entries::table
        .filter(log_entries::withdraws.eq_any(made))
        .select(log_entries::withdraws)
        .load(conn)?;
    for act in acts.iter_mut().filter(|act| act.revision_id.is_some() && withdrawn.contains(&act.revision_id))
    {
        act.public_label = None;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_does_not_matter() {
        let asked = LogQuery::parse("act=shouted&object=moon&by=@Ada&before=x&q=+amber+");
        let expected = LogQuery { by: "Ada".into(), q: "amber".into(), ..LogQuery::default() };
        assert_eq!(asked, expected);
    }
}
