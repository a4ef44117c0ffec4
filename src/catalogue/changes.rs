//! What readers see of the history: verdicts, prices and facts of tools that changed while they were published.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::deserialize::FromSqlRow;
use diesel::dsl::exists;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::SmallInt;

use super::file::record::{Record, State, ToolRecord};
use super::terms::Status;
use crate::db::Db;
use crate::db::schema::{changes, reviewers, tools};
use crate::db::sql;
use crate::each;
use crate::words;

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SmallInt)]
pub enum ChangeKind {
    /// A reviewer's word on a tool.
    Verdict,
    /// What a tool costs.
    Price,
    /// Something that is known of a tool.
    Fact,
}
words!(ChangeKind { Verdict = 0 "verdict", Price = 1 "price", Fact = 2 "fact" });

/// Something that changed, from one text to another; an empty one is none.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = changes)]
pub struct Difference {
    /// What kind of thing.
    pub kind: ChangeKind,
    /// Which one: a reviewer's name, `Entry price`, a plan's name, a fact's label.
    pub subject: String,
    /// What it was.
    #[diesel(column_name = old_value)]
    pub old: String,
    /// What it is from then on.
    #[diesel(column_name = new_value)]
    pub new: String,
}

/// A difference on a published tool, for readers.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = changes)]
pub struct Change {
    /// Its own id: the higher, the later.
    pub id: i64,
    /// The tool.
    pub tool_id: i64,
    /// What changed.
    #[diesel(embed)]
    pub difference: Difference,
    /// UTC.
    pub made_at: NaiveDateTime,
}

/// Notes what readers should know of a change of a record; only tools that were and are published have any.
pub(super) fn note(
    conn: &mut Db,
    tool_id: i64,
    revision_id: i64,
    before: &State,
    after: &State,
    at: NaiveDateTime,
) -> QueryResult<()> {
    let (Record::Tool(old), Record::Tool(new)) = (&before.record, &after.record) else { return Ok(()) };
    if before.status() != Status::Published || after.status() != Status::Published {
        return Ok(());
    }
    let names: HashMap<String, String> =
        reviewers::table.select((reviewers::slug, reviewers::name)).load(conn)?.into_iter().collect();
    for difference in differences(old, new, &names) {
        let row = (
            difference,
            changes::tool_id.eq(tool_id),
            changes::revision_id.eq(revision_id),
            changes::made_at.eq(at),
        );
        each!(conn, c => diesel::insert_into(changes::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Takes the changes of a revision away from readers; the revision itself stays.
pub fn withdraw(conn: &mut Db, revision_id: i64) -> QueryResult<usize> {
    diesel::delete(changes::table.filter(changes::revision_id.eq(revision_id))).execute(conn)
}

/// The newest changes of these tools, newest first.
pub fn of_tools(conn: &mut Db, tool_ids: &[i64], most: i64) -> QueryResult<Vec<Change>> {
    changes::table
        .filter(changes::tool_id.eq_any(tool_ids))
        .order((changes::made_at.desc(), changes::id.desc()))
        .limit(most)
        .select(Change::as_select())
        .load(conn)
}

/// Which changes are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Of one kind, or of all.
    pub kind: Option<ChangeKind>,
    /// Of one tool, or of all that are published.
    pub tool_id: Option<i64>,
    /// Only those before the one with this id.
    pub before: Option<i64>,
}

/// Changes of published tools, newest first. None are counted or skipped, so that the last page costs no more than
/// the first.
pub fn newest(conn: &mut Db, wanted: ChangeQuery, most: usize) -> QueryResult<Vec<Change>> {
    let published =
        tools::table.filter(tools::id.eq(changes::tool_id)).filter(tools::status.eq(Status::Published));
    let mut query = changes::table
        .filter(changes::id.lt(wanted.before.unwrap_or(i64::MAX)))
        .filter(exists(published))
        .order(changes::id.desc())
        .limit(sql::signed(most))
        .select(Change::as_select())
        .into_boxed();
    if let Some(kind) = wanted.kind {
        query = query.filter(changes::kind.eq(kind));
    }
    if let Some(tool_id) = wanted.tool_id {
        query = query.filter(changes::tool_id.eq(tool_id));
    }
    query.load(conn)
}

/// What differs between two states of a tool in what readers go by; `names` has the reviewers' names by slug.
pub fn differences(old: &ToolRecord, new: &ToolRecord, names: &HashMap<String, String>) -> Vec<Difference> {
    let mut found = Vec::new();
    // Of several plans of one name the first is compared with the first, the second with the second.
    let mut compare = |kind: ChangeKind, old: Vec<(String, String)>, mut new: Vec<(String, String)>| {
        for (subject, before) in old {
            let after = new.iter().position(|(name, _)| *name == subject);
            let after = after.map(|at| new.remove(at).1).unwrap_or_default();
            if !is_alike(&before, &after) {
                found.push(Difference { kind, subject, old: before, new: after });
            }
        }
        for (subject, after) in new.into_iter().filter(|(_, after)| !after.is_empty()) {
            found.push(Difference { kind, subject, old: String::new(), new: after });
        }
    };
    compare(ChangeKind::Verdict, verdicts(old), verdicts(new));
    compare(ChangeKind::Price, prices(old), prices(new));
    compare(ChangeKind::Fact, facts(old), facts(new));
    for verdict in found.iter_mut().filter(|difference| difference.kind == ChangeKind::Verdict) {
        if let Some(name) = names.get(&verdict.subject) {
            verdict.subject.clone_from(name);
        }
    }
    found
}

/// Whether readers would see no difference: other line breaks and blanks are none.
fn is_alike(old: &str, new: &str) -> bool {
    old.split_whitespace().eq(new.split_whitespace())
}

/// By the reviewers' slugs: two of them may have the same name.
fn verdicts(tool: &ToolRecord) -> Vec<(String, String)> {
    tool.reviews.iter().map(|review| (review.reviewer.to_string(), review.verdict.to_string())).collect()
}

fn prices(tool: &ToolRecord) -> Vec<(String, String)> {
    let Some(pricing) = &tool.pricing else { return Vec::new() };
    let mut all = vec![
        ("Starting price".to_owned(), pricing.entry.clone()),
        ("Pricing".to_owned(), pricing.text.clone()),
    ];
    for plan in &pricing.plans {
        all.push((format!("Plan {}", plan.name), plan.price_text().unwrap_or_default()));
    }
    all
}

fn facts(tool: &ToolRecord) -> Vec<(String, String)> {
    let facts = tool.facts.as_deref().unwrap_or_default();
    facts.iter().map(|fact| (fact.label.clone(), fact.value.clone())).collect()
}
