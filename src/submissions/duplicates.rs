//! What is there already: tools of a like name or with the same site, and open suggestions of the same tool.

use std::sync::Arc;

use diesel::prelude::*;
use url::Url;

use super::store::{SubmissionRow, with_names};
use super::submission::{Submission, SubmissionKind, SubmissionStatus};
use crate::catalogue::{Directory, Status, Tool, near_tools, status_rules};
use crate::db::Db;
use crate::db::schema::{submissions, tools};
use crate::db::sql::lower;
use crate::text::{folded, shown_name};

/// The most tools that are pointed out.
const MOST: usize = 5;

/// The published tools that a tool of this name and site may be: those with the same site first, then those whose
/// names are near.
pub fn tools<'a>(directory: &'a Directory, name: &str, website: &str) -> Vec<&'a Arc<Tool>> {
    let mut found = of_site(directory, website);
    for tool in near_tools(directory, name, MOST) {
        if !found.iter().any(|other| other.id == tool.id) {
            found.push(tool);
        }
    }
    found.truncate(MOST);
    found
}

/// The tools of any status that a new one of this name and site may be: those with the same site, or with the same name,
/// however that is written.
pub fn of_any_status(
    conn: &mut Db,
    directory: &Directory,
    name: &str,
    website: Option<&str>,
) -> QueryResult<Vec<(i64, String, Status)>> {
    let (name, site) = (folded(name.trim()), website.and_then(SiteAddress::of));
    let is_it = |other: &str, website: Option<&str>| {
        folded(other) == name || (site.is_some() && website.and_then(SiteAddress::of) == site)
    };
    let published = directory.tools().iter().filter(|tool| is_it(&tool.name, tool.website.as_deref()));
    let mut alike: Vec<(i64, String, Status)> =
        published.map(|tool| (tool.id, tool.name.clone(), Status::Published)).take(MOST).collect();
    // The others are few, and no directory knows of them.
    for ids in status_rules::hidden_tools(conn)?.chunks(500) {
        let hidden: Vec<(i64, String, Status, Option<String>)> = tools::table
            .filter(tools::id.eq_any(ids))
            .order(tools::id)
            .select((tools::id, tools::name, tools::status, tools::website))
            .load(conn)?;
        let hidden = hidden.into_iter().filter(|(_, other, _, website)| is_it(other, website.as_deref()));
        alike.extend(hidden.map(|(id, name, status, _)| (id, shown_name(&name), status)));
    }
    alike.truncate(MOST);
    Ok(alike)
}

fn of_site<'a>(directory: &'a Directory, website: &str) -> Vec<&'a Arc<Tool>> {
    let Some(wanted) = SiteAddress::of(website) else { return Vec::new() };
    let is_it = |tool: &&Arc<Tool>| {
        // To look for the host first saves taking every address apart.
        tool.website.as_deref().is_some_and(|site| {
            site.to_ascii_lowercase().contains(&wanted.host)
                && SiteAddress::of(site).as_ref() == Some(&wanted)
        })
    };
    directory.tools().iter().filter(is_it).take(MOST).collect()
}

/// What makes two addresses the same site: host and path, whatever stands before, between or after them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SiteAddress {
    /// In lower case, without `www.`.
    host: String,
    port: Option<u16>,
    /// Without a slash at the end.
    path: String,
}

impl SiteAddress {
    fn of(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        let host = url.host_str()?.to_lowercase();
        let host = host.strip_prefix("www.").unwrap_or(&host).trim_end_matches('.').to_owned();
        Some(Self { host, port: url.port(), path: url.path().trim_end_matches('/').to_owned() })
    }
}

/// Open suggestions of a tool of this name, without regard to case, oldest first.
pub fn waiting(conn: &mut Db, name: &str) -> QueryResult<Vec<Submission>> {
    let rows = open_suggestions(name)
        .order((submissions::made_at, submissions::id))
        .select(SubmissionRow::as_select())
        .limit(MOST as i64)
        .load(conn)?;
    with_names(conn, rows)
}

/// The accounts that have an open suggestion of a tool of this name, each once.
pub(super) fn senders(conn: &mut Db, name: &str) -> QueryResult<Vec<i64>> {
    open_suggestions(name).select(submissions::account_id).distinct().load(conn)
}

#[diesel::dsl::auto_type]
fn open_suggestions(name: &str) -> _ {
    let (open, of_tools): (i16, i16) = (SubmissionStatus::Open.to_i16(), SubmissionKind::Tool.to_i16());
    let (name, small): (String, String) = (name.trim().to_owned(), name.trim().to_lowercase());
    // SQLite knows lower case of a to z only; what was written the same is found all the same.
    let named = submissions::name.eq(name).or(lower(submissions::name).eq(small));
    submissions::table
        .filter(submissions::status.eq(open))
        .filter(submissions::kind.eq(of_tools))
        .filter(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_its_host_and_path() {
        let same = ["https://example.org/a", "http://www.example.org/a/", "https://EXAMPLE.org/a?utm=1#top"];
        for address in same {
            assert_eq!(SiteAddress::of(address), SiteAddress::of(same[0]), "{address}");
        }
        for other in [
            "https://example.org/b",
            "https://example.org",
            "https://a.example.org/a",
            "https://example.org:81/a",
        ] {
            assert_ne!(SiteAddress::of(other), SiteAddress::of(same[0]), "{other}");
        }
        assert_eq!(SiteAddress::of("https://example.org"), SiteAddress::of("http://www.example.org/"));
        assert_eq!(SiteAddress::of("mailto:a@example.org"), None);
        assert_eq!(SiteAddress::of("no address"), None);
    }
}
