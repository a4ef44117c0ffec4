//! Which tools an address means, and what to offer when it means none.

use std::sync::Arc;

use super::several::{MOST_TOOLS, ToolGroup};
use crate::catalogue::{Directory, Tool, at_its_address, near_tools, tell_apart, told_apart};
use crate::slug::{self, Slug};
use crate::verdicts::pair::ToolPair;
use crate::web::error::{AppError, NotFound, Suggestion};
use crate::web::page::compute;

/// How many near names are offered.
const OFFERED: usize = 5;

/// Reads the last part of `/compare/A-vs-B`.
pub(super) fn find(directory: &Directory, text: &str) -> Result<Option<ToolPair>, AppError> {
    let known = slug::pairs(&lower(text)).into_iter().find_map(|pair| both(directory, &pair));
    let pair = known.and_then(|(a, b)| ToolPair::of(a, b));
    let path = pair.as_ref().map(ToolPair::path);
    at_its_address(text, pair.zip(path))
}

/// The same for an open page, which knows both tools by the slugs, and in the order, that it was opened with.
pub(super) fn find_as_asked(directory: &Directory, text: &str) -> Option<ToolPair> {
    slug::pairs(&lower(text)).into_iter().find_map(|(a, b)| {
        let mut tools = [directory.tool_as_asked(&a)?, directory.tool_as_asked(&b)?];
        tell_apart(&mut tools);
        (tools[0].id != tools[1].id).then_some(ToolPair { tools })
    })
}

/// Reads the last part of `/compare/A-vs-B-vs-C`, of three tools or more.
pub(super) fn find_group(directory: &Directory, text: &str) -> Result<Option<ToolGroup>, AppError> {
    let tools = |slugs: &Vec<Slug>| -> Option<Vec<_>> {
        slugs.iter().map(|slug| directory.tool_now_or_once(slug).map(Arc::clone)).collect()
    };
    let known = slug::groups(&text.to_lowercase(), MOST_TOOLS).iter().find_map(tools);
    let group = known.and_then(ToolGroup::of);
    let path = group.as_ref().map(ToolGroup::path);
    at_its_address(text, group.zip(path))
}

/// The same for an open page, as [`find_as_asked`].
pub(super) fn find_group_as_asked(directory: &Directory, text: &str) -> Option<ToolGroup> {
    let tools = |slugs: &Vec<Slug>| -> Option<Vec<_>> {
        slugs.iter().map(|slug| directory.tool_as_asked(slug)).collect()
    };
    let mut tools = slug::groups(&text.to_lowercase(), MOST_TOOLS).iter().find_map(tools)?;
    tell_apart(&mut tools);
    Some(ToolGroup { tools })
}

/// The error of an address that names no comparison, with what may have been meant. To look through all names takes a
/// moment, so it is done on the blocking pool.
pub(super) async fn no_such_pair(directory: Arc<Directory>, text: String) -> AppError {
    let offer = compute(move || {
        if let Some(slugs) = slug::groups(&text.to_lowercase(), MOST_TOOLS).first() {
            return Ok(no_group(&directory, slugs));
        }
        let lower = lower(&text);
        let readings = slug::pairs(&lower);
        let same = readings.iter().find_map(|pair| Some((both(&directory, pair)?.0, pair)));
        Ok(match (same, readings.first()) {
            (Some((tool, (a, b))), _) if a == b => {
                with_itself(&directory, tool, format!("{} cannot be compared with itself.", tool.name))
            }
            // Two addresses of one tool, or of two that became one.
            (Some((tool, _)), _) => {
                with_itself(&directory, tool, format!("Both addresses lead to {}.", tool.name))
            }
            (None, Some((a, b))) => unknown(&directory, a, b),
            (None, None) => no_pair(&directory, &lower),
        })
    });
    offer.await.map_or_else(|cause| cause, AppError::NotFound)
}

/// Longer than any two slugs is cut, so that looking for near names costs little.
fn lower(text: &str) -> String {
    text.chars().take(2 * Slug::MAX_CHARS + 10).collect::<String>().to_lowercase()
}

/// The two tools of these slugs, now or formerly.
fn both<'a>(directory: &'a Directory, (a, b): &(Slug, Slug)) -> Option<(&'a Arc<Tool>, &'a Arc<Tool>)> {
    Some((directory.tool_now_or_once(a)?, directory.tool_now_or_once(b)?))
}

/// The same tool twice: offer it, and others of its category beside it.
fn with_itself(directory: &Directory, tool: &Arc<Tool>, message: String) -> NotFound {
    let others = directory.tools().iter().filter(|other| other.category_id == tool.category_id);
    NotFound {
        message,
        suggestions: std::iter::once(tool_link(tool))
            .chain(others.filter_map(|other| ToolPair::of(tool, other)).map(|pair| pair_link(&pair)))
            .take(OFFERED)
            .collect(),
    }
}

fn unknown(directory: &Directory, a: &str, b: &str) -> NotFound {
    let missing = if directory.tool(a).is_none() { a } else { b };
    let candidates = |slug: &str| match directory.tool(slug) {
        Some(tool) => vec![tool],
        None => near_tools(directory, slug, OFFERED),
    };
    let (left, right) = (candidates(a), candidates(b));
    let mut suggestions: Vec<Suggestion> = left
        .iter()
        .flat_map(|a| right.iter().filter_map(move |b| ToolPair::of(a, b)))
        .take(OFFERED)
        .map(|pair| pair_link(&pair))
        .collect();
    if suggestions.is_empty() {
        let near = told_apart(left.into_iter().chain(right).take(OFFERED));
        suggestions = near.iter().map(|tool| tool_link(tool)).collect();
    }
    NotFound { message: format!("There is no tool called “{missing}”."), suggestions }
}

/// Three slugs or more of which some name no tool, or the same: offers those that there are, and names near the others.
fn no_group(directory: &Directory, slugs: &[Slug]) -> NotFound {
    let known: Vec<_> =
        slugs.iter().filter_map(|slug| directory.tool_now_or_once(slug)).map(Arc::clone).collect();
    let missing = slugs.iter().find(|slug| directory.tool_now_or_once(slug).is_none());
    let message = match missing {
        Some(slug) => format!("There is no tool called “{slug}”."),
        None => "An address of a comparison names each tool once.".to_owned(),
    };
    let mut distinct = known;
    distinct.sort_by(|a, b| a.slug.cmp(&b.slug));
    distinct.dedup_by_key(|tool| tool.id);
    let left = match distinct.as_slice() {
        [a, b] => ToolPair::of(a, b).map(|pair| pair_link(&pair)),
        _ => ToolGroup::of(distinct).map(|group| Suggestion { href: group.path(), label: group.title() }),
    };
    let near = missing.map(|slug| told_apart(near_tools(directory, slug, OFFERED))).unwrap_or_default();
    NotFound {
        message,
        suggestions: left.into_iter().chain(near.iter().map(|tool| tool_link(tool))).collect(),
    }
}

fn no_pair(directory: &Directory, text: &str) -> NotFound {
    let wanted: String = text.chars().take(100).collect();
    NotFound {
        message: format!("The address of a comparison names two to {MOST_TOOLS} tools: /compare/A-vs-B."),
        suggestions: told_apart(near_tools(directory, &wanted, OFFERED))
            .iter()
            .map(|tool| tool_link(tool))
            .collect(),
    }
}

fn pair_link(pair: &ToolPair) -> Suggestion {
    Suggestion { href: pair.path(), label: pair.title() }
}

fn tool_link(tool: &Tool) -> Suggestion {
    Suggestion { href: format!("/tools/{}", tool.slug), label: tool.name.clone() }
}
