//! The variables of the environment that are settings, as clap knows them, and those that look like one.

use std::collections::BTreeMap;

use clap::Command;
use rapidfuzz::distance::jaro_winkler;

/// What the names of all settings begin with, but for that of the database.
const PREFIX: &str = "SHIPTALLY_";

/// The names of all settings, each by the flag that sets it, too: `--bind`.
pub fn settings(command: &Command) -> BTreeMap<String, String> {
    let own = command.get_arguments().filter_map(|argument| {
        let variable = argument.get_env()?.to_str()?.to_owned();
        Some((format!("--{}", argument.get_long()?), variable))
    });
    own.chain(command.get_subcommands().flat_map(settings)).collect()
}

/// A line for each of `variables` that has the name of a setting which does not exist.
pub fn warnings(settings: &BTreeMap<String, String>, variables: impl Iterator<Item = String>) -> Vec<String> {
    let is_known = |name: &String| settings.values().any(|known| known == name);
    let unknown = variables.filter(|name| name.starts_with(PREFIX) && !is_known(name));
    let told = |name: String| match nearest(settings, &name) {
        Some(known) => format!("{name} is not a setting and is ignored; the nearest one is {known}"),
        None => format!("{name} is not a setting and is ignored"),
    };
    unknown.map(told).collect()
}

fn nearest<'a>(settings: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    // What all have in common says nothing.
    let own = |name: &str| name.trim_start_matches(PREFIX).to_owned();
    let likeness = |known: &str| jaro_winkler::similarity(own(known).chars(), own(name).chars());
    settings.values().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_setting_is_named_with_the_nearest_one() {
        let settings =
            BTreeMap::from(["BIND", "BASE_URL", "SITE_NAME", "SECRET"].map(|name| {
                (format!("--{}", name.to_lowercase().replace('_', "-")), format!("{PREFIX}{name}"))
            }));
        let variables = ["SHIPTALLY_BASEURL", "SHIPTALLY_BIND", "SHIPTALLY_SITENAME", "PATH", "shiptally_x"];
        assert_eq!(
            warnings(&settings, variables.into_iter().map(str::to_owned)),
            [
                "SHIPTALLY_BASEURL is not a setting and is ignored; the nearest one is SHIPTALLY_BASE_URL",
                "SHIPTALLY_SITENAME is not a setting and is ignored; the nearest one is SHIPTALLY_SITE_NAME",
            ]
        );
    }
}
