//! The picture of everything published that lists, searches and comparisons need, kept in memory.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::facets::Facets;
use super::file::record::ReviewerRecord;
use super::search_words::joined;
use super::terms::{RecordKind, Status};
use crate::db::schema::{categories, comparisons};
use crate::slug::Slug;
use crate::stats::{Choice, Panel};
use crate::text::look;

/// Everything published, as of one version of the catalogue. It never changes; a newer one takes its place.
#[derive(Debug, Default)]
pub struct Directory {
    /// The version of the catalogue that this is a picture of.
    pub version: i64,
    tools: Vec<Arc<Tool>>,
    /// The names of `tools`, in their order and as the words that searches compare.
    search_names: Vec<String>,
    /// So are the slugs that say something else than the name, each with the place of its tool.
    search_slugs: Vec<(usize, String)>,
    /// By what the name looks like, and by the same with the slug behind it; of several tools the first.
    tools_by_name: HashMap<String, usize>,
    tools_by_slug: HashMap<String, usize>,
    tools_by_id: HashMap<i64, usize>,
    categories: Vec<Category>,
    reviewers: Vec<Reviewer>,
    comparisons: Vec<Comparison>,
    /// Their ids, in the same order.
    comparison_ids: Vec<i64>,
    comparisons_by_pair: HashMap<(i64, i64), usize>,
    former_addresses: FormerAddresses,
}

/// Addresses that records of a kind had, each with the ids of its records, the newest first.
pub(super) type FormerAddresses = HashMap<(RecordKind, String), Vec<i64>>;

/// A published tool, without its long texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// The key that votes and reviews refer to.
    pub id: i64,
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name as shown; see [`tell_apart`](super::tell_apart) for where others of that name stand beside it.
    pub name: String,
    /// The key of its category.
    pub category_id: i64,
    /// Its category as links need it, shared by all tools of that category.
    pub category: Arc<CategoryRef>,
    /// One line on what it is, possibly empty.
    pub tagline: String,
    /// An http(s) address.
    pub website: Option<String>,
    /// The lowest price in a word or two, possibly empty.
    pub entry_price: String,
    /// An http(s) address that states the price.
    pub price_source: Option<String>,
    /// When that address was last read.
    pub price_checked_on: Option<NaiveDate>,
    /// What lists filter it by.
    pub facets: Facets,
    /// What the panel says.
    pub panel: Panel,
    /// Whether AI reviewers wrote all of its reviews; false without any.
    pub only_ai_reviews: bool,
    /// When it was first published, UTC.
    pub published_at: NaiveDateTime,
    /// The date of the panel's newest review of it.
    pub newest_review_on: Option<NaiveDate>,
    /// The hash of its logo, if it has one.
    pub logo: Option<String>,
}

impl Tool {
    /// The name with the slug behind it.
    pub(super) fn name_with_slug(&self) -> String {
        format!("{} ({})", self.name_alone(), self.slug)
    }

    /// The name without a slug that was put behind it.
    pub(super) fn name_alone(&self) -> &str {
        let before = self.name.strip_suffix(')').and_then(|name| name.strip_suffix(self.slug.as_str()));
        before.and_then(|name| name.strip_suffix(" (")).filter(|name| !name.is_empty()).unwrap_or(&self.name)
    }
}

/// What a link to a category needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryRef {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name as shown.
    pub name: String,
}

/// A kind of tool.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = categories)]
pub struct Category {
    /// The key that tools refer to.
    pub id: i64,
    /// Its name in addresses.
    #[diesel(deserialize_as = String)]
    pub slug: Slug,
    /// Its name as shown.
    pub name: String,
    /// Catalogue text, possibly empty.
    pub description: String,
}

/// A member of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    /// The key that reviews refer to; the panel's order is by it.
    pub id: i64,
    /// What the catalogue says of them; its fields are read as those of the reviewer.
    pub record: ReviewerRecord,
    /// Published tools they say ship to.
    pub ships: u32,
    /// Published tools they reviewed.
    pub reviews: u32,
    /// Whether they review no more.
    pub former: bool,
    /// What they say of each of these, with the tool's id.
    pub verdicts: Arc<[(i64, Choice)]>,
}

impl Reviewer {
    /// What stands beside their name: what they are, and that they review no more.
    pub fn standing(&self) -> String {
        let former = if self.former { " · former reviewer" } else { "" };
        format!("{}{former}", self.badge())
    }
}

impl Deref for Reviewer {
    type Target = ReviewerRecord;

    fn deref(&self) -> &ReviewerRecord {
        &self.record
    }
}

/// The editorial part of the comparison of two tools, without its id.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = comparisons, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Comparison {
    /// The tool whose slug sorts first.
    #[diesel(column_name = first_tool_id)]
    pub first: i64,
    /// The other tool.
    #[diesel(column_name = second_tool_id)]
    pub second: i64,
    /// Catalogue text, possibly empty.
    pub summary: String,
    /// Ends the sentence "pick the first if …", possibly empty.
    pub pick_first_if: String,
    /// Ends the sentence "pick the second if …", possibly empty.
    pub pick_second_if: String,
    /// Who sees it: in a directory, everybody.
    pub status: Status,
    /// When it was published.
    pub published_on: Option<NaiveDate>,
}

impl Directory {
    /// Published tools by name without regard to case, then by slug.
    pub fn tools(&self) -> &[Arc<Tool>] {
        &self.tools
    }

    /// The name of the tool at this place in [`Self::tools`], in the words of a search.
    pub(super) fn search_name(&self, place: usize) -> Option<&str> {
        self.search_names.get(place).map(String::as_str)
    }

    /// The names and slugs of all tools in the words of a search, each with the place of its tool.
    pub(super) fn search_names(&self) -> impl Iterator<Item = (usize, &str)> {
        let slugs = self.search_slugs.iter().map(|(place, slug)| (*place, slug.as_str()));
        self.search_names.iter().map(String::as_str).enumerate().chain(slugs)
    }

    /// The published tool of this name, without regard to case and to what cannot be seen; of several the first. The name
    /// may have the slug behind it, as lists show it.
    pub fn tool_named(&self, name: &str) -> Option<&Arc<Tool>> {
        self.tools.get(*self.tools_by_name.get(&look(name))?)
    }

    /// The published tool of this slug.
    pub fn tool(&self, slug: &str) -> Option<&Arc<Tool>> {
        self.tools.get(*self.tools_by_slug.get(slug)?)
    }

    /// The published tool that has this slug, or else had it once.
    pub fn tool_now_or_once(&self, slug: &str) -> Option<&Arc<Tool>> {
        self.tool(slug).or_else(|| self.once(RecordKind::Tool, slug, |id| self.tool_by_id(id)))
    }

    /// The same under the slug that was asked for: an open page knows it by that one.
    pub fn tool_as_asked(&self, slug: &str) -> Option<Arc<Tool>> {
        let tool = self.tool_now_or_once(slug)?;
        Some(match slug.parse() {
            Ok(slug) if slug != tool.slug => Arc::new(Tool { slug, ..Tool::clone(tool) }),
            _ => Arc::clone(tool),
        })
    }

    /// The published tool of this id.
    pub fn tool_by_id(&self, id: i64) -> Option<&Arc<Tool>> {
        self.tools.get(*self.tools_by_id.get(&id)?)
    }

    /// The published categories, in the order in which they were first imported.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The category of this slug.
    pub fn category(&self, slug: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.slug.as_str() == slug)
    }

    /// The published category that has this slug, or else had it once.
    pub fn category_now_or_once(&self, slug: &str) -> Option<&Category> {
        let by_id = |id| self.categories.iter().find(|category| category.id == id);
        self.category(slug).or_else(|| self.once(RecordKind::Category, slug, by_id))
    }

    /// The panel in its order, with those who left it.
    pub fn reviewers(&self) -> &[Reviewer] {
        &self.reviewers
    }

    /// The reviewer of this slug.
    pub fn reviewer(&self, slug: &str) -> Option<&Reviewer> {
        self.reviewers.iter().find(|reviewer| reviewer.slug.as_str() == slug)
    }

    /// The reviewer who has this slug, or else had it once.
    pub fn reviewer_now_or_once(&self, slug: &str) -> Option<&Reviewer> {
        self.reviewer(slug).or_else(|| self.once(RecordKind::Reviewer, slug, |id| self.reviewer_by_id(id)))
    }

    /// The reviewer of this id.
    pub fn reviewer_by_id(&self, id: i64) -> Option<&Reviewer> {
        let index = self.reviewers.binary_search_by_key(&id, |reviewer| reviewer.id).ok()?;
        self.reviewers.get(index)
    }

    /// Published comparisons of published tools, newest first, undated last.
    pub fn comparisons(&self) -> &[Comparison] {
        &self.comparisons
    }

    /// The published comparison of these two tools, in the order of their slugs.
    pub fn comparison(&self, first_id: i64, second_id: i64) -> Option<&Comparison> {
        self.comparisons.get(*self.comparisons_by_pair.get(&(first_id, second_id))?)
    }

    /// Its id.
    pub fn comparison_id(&self, first_id: i64, second_id: i64) -> Option<i64> {
        self.comparison_ids.get(*self.comparisons_by_pair.get(&(first_id, second_id))?).copied()
    }

    /// A directory of these parts, put in order and indexed; `tools` and `comparisons` are published.
    pub(super) fn new(
        version: i64,
        mut tools: Vec<Arc<Tool>>,
        categories: Vec<Category>,
        reviewers: Vec<Reviewer>,
        mut comparisons: Vec<(i64, Comparison)>,
        former_addresses: FormerAddresses,
    ) -> Self {
        tools.sort_by_cached_key(|tool| (look(&tool.name), tool.slug.clone()));
        let search_names: Vec<String> = tools.iter().map(|tool| joined(&tool.name)).collect();
        let slugs = tools.iter().map(|tool| joined(&tool.slug)).enumerate();
        let search_slugs = slugs.filter(|(place, slug)| search_names[*place] != *slug).collect();
        let mut tools_by_name = index(&tools, |tool| look(&tool.name_with_slug()));
        for (place, tool) in tools.iter().enumerate().rev() {
            tools_by_name.insert(look(&tool.name), place);
        }
        let tools_by_slug = index(&tools, |tool| tool.slug.to_string());
        let tools_by_id = index(&tools, |tool| tool.id);
        comparisons.retain(|(_, pair)| {
            tools_by_id.contains_key(&pair.first) && tools_by_id.contains_key(&pair.second)
        });
        comparisons.sort_by_key(|(id, pair)| std::cmp::Reverse((pair.published_on, *id)));
        let (comparison_ids, comparisons): (Vec<i64>, Vec<_>) = comparisons.into_iter().unzip();
        let comparisons_by_pair = index(&comparisons, |pair| (pair.first, pair.second));
        Self {
            version,
            tools,
            search_names,
            search_slugs,
            tools_by_name,
            tools_by_slug,
            tools_by_id,
            categories,
            reviewers,
            comparisons,
            comparison_ids,
            comparisons_by_pair,
            former_addresses,
        }
    }

    /// Where the published tool of this id stands in [`Self::tools`].
    pub fn position(&self, id: i64) -> Option<usize> {
        self.tools_by_id.get(&id).copied()
    }

    /// The record that had this slug last, of those that `by_id` finds.
    fn once<T>(&self, kind: RecordKind, slug: &str, by_id: impl Fn(i64) -> Option<T>) -> Option<T> {
        self.former_addresses.get(&(kind, slug.to_owned()))?.iter().find_map(|id| by_id(*id))
    }
}

fn index<T, K: Eq + std::hash::Hash>(items: &[T], key: impl Fn(&T) -> K) -> HashMap<K, usize> {
    items.iter().enumerate().map(|(index, item)| (key(item), index)).collect()
}
