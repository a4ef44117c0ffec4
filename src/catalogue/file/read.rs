//! Takes a catalogue file apart and gathers everything that is wrong with it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::Value;

use super::fields::{Fields, Path, Problems, expected, quoted};
use super::record::{
    CategoryRecord, ComparisonRecord, File, Pricing, ReviewRecord, ReviewerRecord, ToolRecord,
};
use super::{FORMAT, Problem, json};
use crate::catalogue::detail::{Fact, Plan};
use crate::catalogue::terms::{Basis, Kind, Status};
use crate::slug::Slug;
use crate::stats::Choice;
use crate::text::join_and;

/// The file that `text` holds. Whether the categories, reviewers and tools that it refers to exist is not asked
/// here: the database may have them.
///
/// # Errors
/// Every problem of the file, in the order of the file's parts.
pub fn parse(text: &str) -> Result<File, Vec<Problem>> {
    // Some editors begin a file with this mark, which JSON does not know.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let problems = Problems::default();
    let value = json::read(&problems, text).map_err(|cause| vec![not_json(&cause)])?;
    let file = read_file(&problems, &value);
    match (file, problems.into_vec()) {
        (Some(file), problems) if problems.is_empty() => Ok(file),
        (_, problems) => Err(problems),
    }
}

fn not_json(cause: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", cause.line(), cause.column());
    let message = cause.to_string();
    let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    Problem { path: place, message: format!("not JSON: {what}") }
}

/// Each reader takes its record apart in the order of the keys; `None` means that the record cannot be built, which
/// never happens without a problem.
fn read_file(problems: &Problems, value: &Value) -> Option<File> {
    let keys = ["format", "categories", "reviewers", "tools", "comparisons"];
    let file = Fields::open(problems, &Path::Top, value, &keys)?;
    read_format(&file);
    let read = File {
        categories: read_all(problems, &file, "categories", read_category),
        reviewers: read_all(problems, &file, "reviewers", read_reviewer),
        tools: read_all(problems, &file, "tools", read_tool),
        comparisons: read_all(problems, &file, "comparisons", read_comparison),
    };
    for key in ["categories", "reviewers", "tools"] {
        refuse_repeats(problems, &file, key, "slug", |record| one(record, "slug"));
    }
    refuse_repeats(problems, &file, "comparisons", "tools", both);
    Some(read)
}

fn read_format(file: &Fields<'_>) {
    match file.get("format") {
        None => file.problem("format", format!("is required and must be \"{FORMAT}\"")),
        Some(Value::String(format)) if format == FORMAT => {}
        Some(Value::String(format)) => {
            file.problem("format", format!("{} is not \"{FORMAT}\"", quoted(format)));
        }
        Some(other) => file.problem("format", expected("text", other)),
    }
}

type Reader<T> = fn(&Problems, &Path<'_>, &Value) -> Option<T>;

/// The records of an array; those that cannot be built are left out.
fn read_all<T>(problems: &Problems, parent: &Fields<'_>, key: &str, read: Reader<T>) -> Vec<T> {
    let path = parent.path().key(key);
    let values = parent.array(key).unwrap_or_default().iter().enumerate();
    values.filter_map(|(index, value)| read(problems, &path.index(index), value)).collect()
}

/// Notes each record of an array that names the same thing as one before it, in its key `inner`. It looks at the
/// values as they are: a record that cannot be built counts too.
fn refuse_repeats<'a>(
    problems: &Problems,
    parent: &Fields<'a>,
    key: &str,
    inner: &str,
    names: impl Fn(&'a Value) -> Option<Vec<&'a str>>,
) {
    let path = parent.path().key(key);
    let mut seen: HashMap<Vec<&str>, usize> = HashMap::new();
    for (index, value) in parent.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Some(names) = names(value).filter(|names| !names.contains(&"")) else { continue };
        match seen.entry(names) {
            Entry::Vacant(entry) => drop(entry.insert(index)),
            Entry::Occupied(entry) => {
                let names: Vec<String> = entry.key().iter().map(|name| quoted(name)).collect();
                let are = if names.len() == 1 { "is" } else { "are" };
                let message = format!("{} {are} already {path}[{}]", join_and(&names), entry.get());
                problems.add(&path.index(index).key(inner), message);
            }
        }
    }
}

/// The text in one key of a record.
fn one<'a>(record: &'a Value, key: &str) -> Option<Vec<&'a str>> {
    Some(vec![record.get(key)?.as_str()?])
}

/// The two tools of a comparison, in one order whichever way round they stand.
fn both(comparison: &Value) -> Option<Vec<&str>> {
    let mut tools: Vec<&str> = comparison.get("tools")?.as_array()?.iter().map_while(Value::as_str).collect();
    tools.sort_unstable();
    (tools.len() == 2).then_some(tools)
}

fn read_category(problems: &Problems, path: &Path<'_>, value: &Value) -> Option<CategoryRecord> {
    let fields = Fields::open(problems, path, value, &["slug", "name", "description"])?;
    let (slug, name, description) = (fields.slug("slug"), fields.name("name"), fields.text("description"));
    Some(CategoryRecord { slug: slug?, name, description })
}

fn read_reviewer(problems: &Problems, path: &Path<'_>, value: &Value) -> Option<ReviewerRecord> {
    let keys = ["slug", "name", "role", "motto", "bio", "likes", "tired_of", "kind", "model"];
    let fields = Fields::open(problems, path, value, &keys)?;
    let slug = fields.slug("slug");
    let name = fields.name("name");
    let (role, motto, bio) = (fields.text("role"), fields.text("motto"), fields.text("bio"));
    let (likes, tired_of) = (fields.texts("likes"), fields.texts("tired_of"));
    let has_kind = fields.get("kind").is_some();
    let kind = fields.word("kind", Kind::from_word, "human or ai");
    let model = fields.some_text("model");
    // A kind that is not known says nothing about the model.
    match (kind.or((!has_kind).then_some(Kind::Human)), &model) {
        (Some(Kind::Ai), None) => {
            let is_wrong_type =
                fields.get("model").is_some_and(|value| !value.is_null() && !value.is_string());
            if !is_wrong_type {
                fields.problem("model", "is required for kind ai");
            }
        }
        (Some(Kind::Human), Some(_)) => fields.problem("model", "is only for kind ai"),
        _ => {}
    }
    let kind = kind.unwrap_or(Kind::Human);
    Some(ReviewerRecord { slug: slug?, name, role, motto, bio, likes, tired_of, kind, model })
}

fn read_tool(problems: &Problems, path: &Path<'_>, value: &Value) -> Option<ToolRecord> {
    let keys = [
        "slug",
        "name",
        "category",
        "tagline",
        "description",
        "website",
        "status",
        "pricing",
        "facts",
        "reviews",
    ];
    let fields = Fields::open(problems, path, value, &keys)?;
    let slug = fields.slug("slug");
    let name = fields.name("name");
    let category = fields.slug("category");
    let (tagline, description) = (fields.tagline("tagline"), fields.text("description"));
    let website = fields.link("website");
    let status = read_status(&fields);
    let pricing = fields
        .get("pricing")
        .map(|value| read_pricing(problems, &path.key("pricing"), value).unwrap_or_default());
    let facts = fields.get("facts").map(|_| read_all(problems, &fields, "facts", read_fact));
    refuse_repeats(problems, &fields, "facts", "label", |fact| one(fact, "label"));
    let reviews = read_all(problems, &fields, "reviews", read_review);
    refuse_repeats(problems, &fields, "reviews", "reviewer", |review| one(review, "reviewer"));
    Some(ToolRecord {
        slug: slug?,
        name,
        category: category?,
        tagline,
        description,
        website,
        status,
        pricing,
        facts,
        reviews,
    })
}

fn read_status(fields: &Fields<'_>) -> Status {
    fields.word("status", Status::from_word, "draft, published or archived").unwrap_or(Status::Published)
}

fn read_pricing(problems: &Problems, path: &Path<'_>, value: &Value) -> Option<Pricing> {
    let fields = Fields::open(problems, path, value, &["entry", "text", "source", "checked_on", "plans"])?;
    Some(Pricing {
        entry: fields.text("entry"),
        text: fields.text("text"),
        source: fields.link("source"),
        checked_on: fields.date("checked_on"),
        plans: read_all(problems, &fields, "plans", read_plan),
    })
}

fn read_plan(problems: &Problems, path: &Path<'_>, value: &Value) -> Option<Plan> {
    let fields = Fields::open(problems, path, value, &["name", "price", "currency", "per", "note"])?;
    Some(Plan {
        name: fields.name("name"),
        price: fields.price("price"),
        currency: fields.currency("currency"),
        per: fields.text("per"),
        note: fields.text("note"),
    })
}

fn read_fact(problems: &Problems, path: &Path<'_>, value: &Value) -> Option<Fact> {
    let fields = Fields::open(problems, path, value, &["label", "value", "source", "checked_on"])?;
    Some(Fact {
        label: fields.name("label"),
        value: fields.text("value"),
        source: fields.link("source"),
        checked_on: fields.date("checked_on"),
    })
}

fn read_review(problems: &Problems, path: &Path<'_>, value: &Value) -> Option<ReviewRecord> {
    let keys = ["reviewer", "verdict", "score", "take", "reviewed_on", "basis"];
    let fields = Fields::open(problems, path, value, &keys)?;
    let reviewer = fields.slug("reviewer");
    fields.require("verdict");
    let verdict = fields.word("verdict", |word| word.parse::<Choice>().ok(), "ship or skip");
    let score = fields.score("score");
    let take = fields.text("take");
    let reviewed_on = fields.date("reviewed_on");
    let basis = match fields.get("basis") {
        Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        _ => fields.word("basis", Basis::from_word, "hands-on or documents"),
    };
    Some(ReviewRecord { reviewer: reviewer?, verdict: verdict?, score, take, reviewed_on, basis })
}

fn read_comparison(problems: &Problems, path: &Path<'_>, value: &Value) -> Option<ComparisonRecord> {
    let keys = ["tools", "summary", "pick_first_if", "pick_second_if", "status", "published_on"];
    let fields = Fields::open(problems, path, value, &keys)?;
    let tools = read_pair(problems, &fields);
    let (summary, pick_first_if) = (fields.text("summary"), fields.text("pick_first_if"));
    let pick_second_if = fields.text("pick_second_if");
    let (status, published_on) = (read_status(&fields), fields.date("published_on"));
    Some(ComparisonRecord { tools: tools?, summary, pick_first_if, pick_second_if, status, published_on })
}

fn read_pair(problems: &Problems, comparison: &Fields<'_>) -> Option<[Slug; 2]> {
    comparison.require("tools");
    let path = comparison.path().key("tools");
    let values = comparison.array("tools")?;
    let mut slugs = Vec::with_capacity(2);
    for (index, value) in values.iter().enumerate() {
        match value {
            Value::String(text) => match text.parse::<Slug>() {
                Ok(slug) => slugs.push(slug),
                Err(fault) => problems.add(&path.index(index), fault.to_string()),
            },
            other => problems.add(&path.index(index), expected("text", other)),
        }
    }
    if values.len() != 2 {
        problems.add(&path, format!("expected two tools, found {}", values.len()));
        return None;
    }
    let pair: [Slug; 2] = slugs.try_into().ok()?;
    if pair[0] == pair[1] {
        problems.add(&path, format!("{} cannot be compared with itself", quoted(&pair[0])));
        return None;
    }
    Some(pair)
}
