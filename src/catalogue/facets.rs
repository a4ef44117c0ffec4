//! What lists are filtered by beside the category: whether a tool costs something, and whether it is open source. Both
//! follow from what the catalogue says by the rules here, which `/methodology` states; nobody ticks a box.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::db::Db;
use crate::db::schema::{facts, price_plans};
use crate::db::sql::lower;

/// The words of a price text that say that more can be bought.
pub const PAID_WORDS: [&str; 9] =
    ["plan", "plans", "tier", "tiers", "subscription", "subscriptions", "enterprise", "credits", "limits"];

/// The labels of the fact that names the licence.
pub const LICENCE_LABELS: [&str; 2] = ["licence", "license"];

/// The words by which open source licences are known.
pub const OPEN_LICENCES: [&str; 16] = [
    "0bsd",
    "agpl",
    "apache",
    "artistic",
    "bsd",
    "bsl-1.0",
    "eupl",
    "gpl",
    "isc",
    "lgpl",
    "mit",
    "mpl",
    "postgresql",
    "python",
    "unlicense",
    "zlib",
];

/// What stands in the way of it whatever else the fact says.
pub const CLOSED_WORDS: [&str; 2] = ["proprietary", "source available"];

/// What a tool costs, roughly. Where no starting price is stated, there is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceKind {
    /// The starting price is nothing, and nothing says that more can be bought.
    Free,
    /// The starting price is nothing, and a plan or the price text has more to sell.
    FreeToStart,
    /// The starting price is something.
    Paid,
}

impl PriceKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Free, Self::FreeToStart, Self::Paid];

    /// The word in addresses, and the words on the screen.
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::Free => ["free", "Free"],
            Self::FreeToStart => ["free-to-start", "Free to start"],
            Self::Paid => ["paid", "Paid"],
        }
    }

    /// The word that addresses use.
    pub fn word(self) -> &'static str {
        self.words()[0]
    }

    /// The words on the screen.
    pub fn label(self) -> &'static str {
        self.words()[1]
    }

    /// The kind of a word in an address.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn of(entry: &str, text: &str, has_paid_plan: bool) -> Option<Self> {
        let entry = entry.trim().to_lowercase();
        let says_more = || words(text).any(|word| PAID_WORDS.contains(&word.as_str()));
        match entry.as_str() {
            "" | "unknown" => None,
            _ if !is_nothing(&entry) => Some(Self::Paid),
            _ if has_paid_plan || says_more() => Some(Self::FreeToStart),
            _ => Some(Self::Free),
        }
    }
}

/// What lists are filtered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facets {
    pub price: Option<PriceKind>,
    pub is_open_source: bool,
}

impl Facets {
    /// Those of a tool with this starting price and price text and, where a fact names it, this licence.
    pub(super) fn of(entry: &str, text: &str, has_paid_plan: bool, licence: Option<&str>) -> Self {
        Self {
            price: PriceKind::of(entry, text, has_paid_plan),
            is_open_source: licence.is_some_and(is_open),
        }
    }
}

/// Whether a starting price is nothing: it begins with the word free, and not with a free trial, or is an amount of zero.
fn is_nothing(entry: &str) -> bool {
    let mut words = words(entry);
    let first = words.next().unwrap_or_default();
    let is_trial = words.next().is_some_and(|word| word == "trial");
    let mut digits = entry.chars().filter(char::is_ascii_digit).peekable();
    (first == "free" && !is_trial) || (digits.peek().is_some() && digits.all(|digit| digit == '0'))
}

fn is_paid(price: &str) -> bool {
    price.contains(|digit: char| matches!(digit, '1'..='9'))
}

fn is_open(licence: &str) -> bool {
    let licence = licence.to_lowercase();
    let is_closed = CLOSED_WORDS.iter().any(|word| licence.contains(word));
    let known = |part: &str| {
        // `gpl-3.0-or-later` begins with the name of a family, `bsl-1.0` is the whole of one.
        let family = part.split('-').next().unwrap_or_default();
        OPEN_LICENCES.contains(&part) || OPEN_LICENCES.contains(&family)
    };
    let parts = licence.split(|sign: char| !sign.is_alphanumeric() && !"-.".contains(sign));
    !is_closed && parts.map(|part| part.trim_matches(['-', '.'])).any(known)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// What of the catalogue the facets of tools follow from, beside what stands in their own rows.
pub(super) struct FacetSources {
    with_paid_plan: HashSet<i64>,
    licences: HashMap<i64, String>,
}

impl FacetSources {
    /// Loads it for all tools.
    pub(super) fn load(conn: &mut Db) -> QueryResult<Self> {
        let plans: Vec<(i64, String)> =
            price_plans::table.select((price_plans::tool_id, price_plans::price)).distinct().load(conn)?;
        let licences: Vec<(i64, String)> = facts::table
            .filter(lower(facts::label).eq_any(LICENCE_LABELS))
            .select((facts::tool_id, facts::value))
            .load(conn)?;
        let with_paid_plan = plans.into_iter().filter(|(_, price)| is_paid(price)).map(|(id, _)| id);
        Ok(Self { with_paid_plan: with_paid_plan.collect(), licences: licences.into_iter().collect() })
    }

    /// The facets of the tool of this id.
    pub(super) fn of(&self, id: i64, entry: &str, text: &str) -> Facets {
        let licence = self.licences.get(&id).map(String::as_str);
        Facets::of(entry, text, self.with_paid_plan.contains(&id), licence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_free_free_to_start_or_paid() {
        for (entry, text, has_paid_plan, kind) in [
            ("Free", "Free and open source; a hosted API exists", false, Some(PriceKind::Free)),
            ("Free (open weights)", "", false, Some(PriceKind::Free)),
            ("$0", "", false, Some(PriceKind::Free)),
            ("0.00 EUR", "", true, Some(PriceKind::FreeToStart)),
            ("Free", "", true, Some(PriceKind::FreeToStart)),
            ("Free", "Free plan; more for money", false, Some(PriceKind::FreeToStart)),
            ("Free", "Free below $1M; an Enterprise licence above", false, Some(PriceKind::FreeToStart)),
            ("Free", "No planning needed", false, Some(PriceKind::Free)),
            ("$20", "", false, Some(PriceKind::Paid)),
            ("From $10 per month", "Free plan", true, Some(PriceKind::Paid)),
            ("Paid", "", false, Some(PriceKind::Paid)),
            ("Free trial", "", false, Some(PriceKind::Paid)),
            ("", "Free plan", false, None),
            ("unknown", "", false, None),
        ] {
            assert_eq!(PriceKind::of(entry, text, has_paid_plan), kind, "{entry} {text}");
        }
    }

    #[test]
    fn a_licence_is_open_by_its_name() {
        for licence in [
            "MIT",
            "Apache-2.0",
            "GPL-3.0-or-later (earlier versions MIT)",
            "AGPLv3, commercial: MIT",
            "PostgreSQL License",
            "BSL-1.0",
            "Dual: LGPL-2.1/commercial",
        ] {
            assert!(is_open(licence), "{licence}");
        }
        for licence in [
            "",
            "Proprietary (its SDK is MIT)",
            "Llama Community License",
            "BSL-1.1",
            "Sustainable Use License (source available)",
            "Permit only",
            "Yes",
        ] {
            assert!(!is_open(licence), "{licence}");
        }
    }
}
