//! The comparison that a search asks for: “aider vs cline”, “aider or cline”, “aider cline”.

use std::sync::Arc;

use crate::catalogue::{Directory, Tool, near_tools};
use crate::verdicts::pair::ToolPair;

/// Words between two names that say that they are to be compared, and others that may stand there.
const VERSUS: [&str; 5] = ["vs", "vs.", "versus", "v", "v."];
const BETWEEN: [&str; 4] = ["or", "and", "against", "with"];

/// The two tools that a query names, with a word between them or without one. Where that word leaves no doubt, a name may
/// also be misspelt; a query that is the name of a tool asks for that one.
pub(super) fn asked_pair(directory: &Directory, query: &str) -> Option<ToolPair> {
    if directory.tool_named(query).is_some() {
        return None;
    }
    let words: Vec<&str> = query.split_whitespace().collect();
    let is_one_of = |at: usize, signs: &[&str]| {
        words.get(at).is_some_and(|word| signs.contains(&word.to_lowercase().as_str()))
    };
    // The words before a place, and those behind it or behind what stands there.
    let ends = |at: usize, gap: usize| {
        let (before, behind) = (words.get(..at)?.join(" "), words.get(at + gap..)?.join(" "));
        (!behind.is_empty()).then_some((before, behind))
    };
    let told = |signs: &'static [&'static str]| {
        (1..words.len()).filter(move |at| is_one_of(*at, signs)).filter_map(move |at| ends(at, 1))
    };
    let untold = (1..words.len()).filter_map(|at| ends(at, 0));
    let exact = told(&VERSUS)
        .chain(told(&BETWEEN))
        .chain(untold)
        .find_map(|(first, second)| ToolPair::of(named(directory, &first)?, named(directory, &second)?));
    let nearest =
        |(first, second): (String, String)| ToolPair::of(near(directory, &first)?, near(directory, &second)?);
    exact.or_else(|| told(&VERSUS).find_map(nearest))
}

/// The tool of this name or slug.
fn named<'a>(directory: &'a Directory, name: &str) -> Option<&'a Arc<Tool>> {
    let slug = name.to_lowercase().replace(' ', "-");
    directory.tool_named(name).or_else(|| directory.tool_now_or_once(&slug))
}

/// The same, or the tool of the nearest name.
fn near<'a>(directory: &'a Directory, name: &str) -> Option<&'a Arc<Tool>> {
    named(directory, name).or_else(|| near_tools(directory, name, 1).first().copied())
}
