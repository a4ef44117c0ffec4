//! What may have been meant by a name that no tool or category has.

use std::sync::Arc;

use rapidfuzz::distance::jaro_winkler::{Args, BatchComparator};

use super::directory::{Category, Directory, Tool};
use super::names::told_apart;
use super::search_words::joined;
use crate::web::error::{AppError, NotFound, Suggestion};
use crate::web::page::compute;

/// How many near tools an error offers.
const MOST_OFFERED: usize = 5;

/// How alike two names must be to be offered, 0 to 1.
const NEAR_ENOUGH: f64 = 0.84;

/// How many of the letters of two names must be common, as shares of either, added up: a Jaro similarity is at most
/// `(m/a + m/b + 1) / 3`, and Winkler's bonus for the same beginning at most 0.4 of what is missing to 1. More bytes are
/// common than letters, so counting those hides nothing.
const LEAST_COMMON: f64 = 3.0 * NEAR_ENOUGH - 1.0;
const LEAST_COMMON_AFTER_SAME_BEGINNING: f64 = 3.0 * (NEAR_ENOUGH - 0.4) / 0.6 - 1.0;

/// The fewest characters of a name that the other may contain instead.
const LEAST_PART: usize = 3;

/// How many characters of what is wanted count: long input costs time and is near to nothing anyway.
const MOST_CHARS: usize = 100;

/// The published tools whose slug or name is near `wanted`, at most `most`, nearest first.
///
/// Near is a Jaro–Winkler similarity of 0.84 or more between names of which neither is twice as long, or that one
/// contains the other (three characters or more), both in the words of a search.
pub fn near_tools<'a>(directory: &'a Directory, wanted: &str, most: usize) -> Vec<&'a Arc<Tool>> {
    let near = nearest(directory.search_names(), wanted, most);
    near.into_iter().filter_map(|place| directory.tools().get(place)).collect()
}

/// The error of an address that names no tool, with what may have been meant. To look through all names takes a
/// moment, so it is done on the blocking pool.
pub async fn no_such_tool(directory: Arc<Directory>, wanted: String) -> AppError {
    let suggestions = compute(move || {
        let near = told_apart(near_tools(&directory, &wanted, MOST_OFFERED));
        let link =
            |tool: &Arc<Tool>| Suggestion { href: format!("/tools/{}", tool.slug), label: tool.name.clone() };
        Ok(near.iter().map(link).collect())
    });
    suggestions.await.map_or_else(|cause| cause, no_tool)
}

/// The error for an address at which there is no tool. Where a program asks, nobody would read what may have been meant.
pub fn no_tool(suggestions: Vec<Suggestion>) -> AppError {
    AppError::NotFound(NotFound { message: "There is no tool at this address.".into(), suggestions })
}

/// The same for categories.
pub fn near_categories<'a>(directory: &'a Directory, wanted: &str, most: usize) -> Vec<&'a Category> {
    let categories = directory.categories();
    let names: Vec<(usize, String)> = (0..)
        .zip(categories)
        .flat_map(|(place, category)| [(place, joined(&category.name)), (place, joined(&category.slug))])
        .collect();
    let names = names.iter().map(|(place, name)| (*place, name.as_str()));
    nearest(names, wanted, most).into_iter().filter_map(|place| categories.get(place)).collect()
}

/// The places of the names near `wanted`, nearest first; of equals the first.
fn nearest<'n>(names: impl Iterator<Item = (usize, &'n str)>, wanted: &str, most: usize) -> Vec<usize> {
    let wanted: String = wanted.chars().take(MOST_CHARS).collect();
    let wanted: String = joined(&wanted).chars().take(MOST_CHARS).collect();
    let likeness = likeness(&wanted);
    let mut near: Vec<(f64, usize)> =
        names.filter_map(|(place, name)| Some((likeness(name)?, place))).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut places: Vec<usize> = Vec::new();
    for (_, place) in near {
        if places.len() < most && !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// How alike a name and `wanted` are, if they are near.
fn likeness(wanted: &str) -> impl Fn(&str) -> Option<f64> {
    let (comparator, cutoff) =
        (BatchComparator::new(wanted.chars()), Args::default().score_cutoff(NEAR_ENOUGH));
    // Bytes that may be letters of `wanted`; of what is not ASCII, all.
    let mut letters = [false; 256];
    for byte in wanted.bytes().chain(128..=255) {
        letters[usize::from(byte)] = true;
    }
    let (length, first) = (wanted.chars().count(), wanted.bytes().next());
    move |name| {
        // Most names have too few of the letters to be near, and bytes are quickly counted.
        let common = name.bytes().filter(|byte| letters[usize::from(*byte)]).count();
        let common_shares = common as f64 / name.len() as f64 + common.min(length) as f64 / length as f64;
        let (short, long) = if name.len() < wanted.len() { (name, wanted) } else { (wanted, name) };
        // The larger the part, the nearer.
        let share = short.len() as f64 / long.len() as f64;
        let is_part =
            common >= name.len().min(length) && long.contains(short) && short.chars().count() >= LEAST_PART;
        let part = is_part.then_some(NEAR_ENOUGH + (1.0 - NEAR_ENOUGH) * share);
        let least =
            if name.bytes().next() == first { LEAST_COMMON_AFTER_SAME_BEGINNING } else { LEAST_COMMON };
        let may_be_alike = share >= 0.5 && common_shares >= least - 1e-9;
        let alike = may_be_alike.then(|| comparator.similarity_with_args(name.chars(), &cutoff)).flatten();
        part.into_iter().chain(alike).reduce(f64::max)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rapidfuzz::distance::jaro_winkler;

    use super::*;

    fn near(names: &[&str], wanted: &str) -> Vec<usize> {
        nearest(names.iter().copied().enumerate(), wanted, 2)
    }

    #[test]
    fn what_is_nearest_comes_first_and_the_rest_not_at_all() {
        let names = ["llama cpp", "ollama", "vector", "llama"];
        assert_eq!(near(&names, "Llama-CCP"), [0, 3]);
        assert_eq!(near(&names, "lama"), [3, 1]);
        assert_eq!(near(&names, "vektor"), [2]);
        assert_eq!(near(&names, "zzzz"), [0; 0]);
    }

    #[test]
    fn one_name_may_be_part_of_the_other_from_three_characters_on() {
        assert_eq!(near(&["a very long name of a tool"], "tool"), [0]);
        assert_eq!(near(&["tool"], "a very long name of a tool"), [0]);
        assert_eq!(near(&["a very long name of a tool"], "to"), [0; 0]);
        assert_eq!(near(&["", "x"], " "), [0; 0]);
    }
    proptest! {
        #[test]
        fn counting_letters_first_hides_no_name(wanted in "[a-dé ]{0,9}", name in "[a-eé ]{0,9}") {
            let shares = [wanted.len() as f64 / name.len() as f64, name.len() as f64 / wanted.len() as f64];
            let similarity = jaro_winkler::similarity(wanted.chars(), name.chars());
            let is_alike = shares.iter().all(|share| *share >= 0.5) && similarity >= NEAR_ENOUGH;
            let is_part = wanted.chars().count().min(name.chars().count()) >= LEAST_PART
                && (wanted.contains(&name) || name.contains(&wanted));
            prop_assert_eq!(likeness(&wanted)(&name).is_some(), is_alike || is_part);
        }
    }
}
