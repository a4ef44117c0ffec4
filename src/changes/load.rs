//! Which changes are asked for, and those that are found.

use std::sync::Arc;

use crate::catalogue::changes::{self, Change, ChangeKind, ChangeQuery};
use crate::catalogue::{Directory, Tool};
use crate::db::Db;
use crate::web::error::AppError;
use crate::web::paging::{before, cut, field};

/// How many changes stand on one page, and in the feed.
const ON_A_PAGE: usize = 50;

/// What an address asks for; a kind that is none means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ChangeFilters {
    pub kind: Option<ChangeKind>,
    /// The slug of the only tool.
    pub tool: String,
    pub before: Option<i64>,
}

impl ChangeFilters {
    pub(super) fn parse(query: &str) -> Self {
        Self {
            kind: ChangeKind::from_word(&field(query, "kind")),
            tool: field(query, "tool").to_ascii_lowercase(),
            before: before(query),
        }
    }

    /// The fields of the filter, for addresses.
    pub(super) fn fields(&self) -> [(&'static str, &str); 2] {
        [("kind", self.kind.map_or("", ChangeKind::as_str)), ("tool", self.tool.as_str())]
    }
}

/// The changes of one page.
pub(super) struct ChangeLog {
    pub filters: ChangeFilters,
    pub directory: Arc<Directory>,
    /// The only tool.
    pub tool: Option<Arc<Tool>>,
    pub changes: Vec<Change>,
    /// Before which one the list goes on.
    pub next: Option<i64>,
}

/// Loads the changes that are asked for; 404 where they are those of a tool that is not there.
pub(super) fn change_log(
    conn: &mut Db,
    directory: Arc<Directory>,
    mut filters: ChangeFilters,
) -> Result<ChangeLog, AppError> {
    let tool = match filters.tool.as_str() {
        "" => None,
        slug => Some(Arc::clone(directory.tool_now_or_once(slug).ok_or_else(AppError::not_found)?)),
    };
    filters.tool = tool.as_ref().map(|tool| tool.slug.to_string()).unwrap_or_default();
    let tool_id = tool.as_ref().map(|tool| tool.id);
    let query = ChangeQuery { kind: filters.kind, tool_id, before: filters.before };
    let mut changes = changes::newest(conn, query, ON_A_PAGE + 1)?;
    let next = cut(&mut changes, ON_A_PAGE, |change| change.id);
    Ok(ChangeLog { filters, directory, tool, changes, next })
}
