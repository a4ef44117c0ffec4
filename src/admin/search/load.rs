//! What is found, kind by kind.

use chrono::Utc;

use crate::accounts::people::{self, PeopleFilters, Show};
use crate::admin::form::capital;
use crate::admin::{editor, log, queue};
use crate::catalogue::RecordKind;
use crate::db::Db;
use crate::web::error::AppError;
use crate::web::paging::address;

/// The most of one kind.
const MOST: usize = 8;

/// What was found of one kind.
pub(super) struct Group {
    pub title: String,
    pub hits: Vec<Hit>,
    /// The list of all of them, where there are more.
    pub more: Option<String>,
}

/// Something that was found.
pub(super) struct Hit {
    pub href: String,
    pub name: String,
    /// What tells it from others of the same name.
    pub note: String,
}

/// All that is found, without the kinds of which nothing is.
pub(super) fn groups(conn: &mut Db, q: &str, moderator: i64) -> Result<Vec<Group>, AppError> {
    if q.is_empty() {
        return Ok(Vec::new());
    }
    let mut groups = Vec::new();
    for kind in [RecordKind::Tool, RecordKind::Comparison, RecordKind::Reviewer, RecordKind::Category] {
        let found = editor::search(conn, kind, q)?.into_iter();
        let hits = found.map(|record| Hit {
            href: record.href,
            note: format!("{} · {}", record.status, record.slug),
            name: record.name,
        });
        groups.push(Group::new(
            capital(kind.plural()),
            hits,
            address(&format!("/admin/{}", kind.plural()), &[("q", q)], 1),
        ));
    }
    groups.push(people(conn, q)?);
    let found = queue::search(conn, q, moderator, MOST + 1)?.into_iter();
    let hits = found.map(|item| Hit {
        href: format!("/admin/queue/{}", item.id),
        note: format!(
            "{} by @{} · {}",
            item.content.kind().label(),
            item.sender.handle,
            item.status.as_str()
        ),
        name: item.title(),
    });
    groups.push(Group::new("Submissions".to_owned(), hits, address("/admin/queue", &[("q", q)], 1)));
    let all = address("/admin/log", &[("q", q)], 1);
    let hits = log::search(conn, q)?.into_iter().map(|act| Hit {
        href: act.href.unwrap_or_else(|| all.clone()),
        name: act.words,
        note: format!("{} · {}", act.by, act.made_at.format("%-d %b %Y")),
    });
    groups.push(Group::new("Log".to_owned(), hits, all.clone()));
    groups.retain(|group| !group.hits.is_empty());
    Ok(groups)
}

/// Accounts whose usernames begin so.
fn people(conn: &mut Db, q: &str) -> Result<Group, AppError> {
    let prefix: String = q.trim_start_matches('@').chars().take(30).collect();
    let found = if prefix.is_empty() {
        Vec::new()
    } else {
        let wanted = PeopleFilters { prefix, show: Show::All };
        people::list(conn, &wanted, &(0..MOST + 1), Utc::now().naive_utc())?
    };
    let hits = found.into_iter().map(|person| Hit {
        href: format!("/admin/people/{}", person.id),
        name: format!("@{}", person.handle),
        note: if person.suspended_at.is_some() { "suspended".to_owned() } else { String::new() },
    });
    Ok(Group::new("People".to_owned(), hits, address("/admin/people", &[("q", q)], 1)))
}

impl Group {
    /// The first of these hits, with the list of all where there are others.
    fn new(title: String, hits: impl Iterator<Item = Hit>, all: String) -> Self {
        let mut hits: Vec<Hit> = hits.take(MOST + 1).collect();
        let more = (hits.len() > MOST).then_some(all);
        hits.truncate(MOST);
        Self { title, hits, more }
    }
}
