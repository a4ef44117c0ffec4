//! A form of the admin area: what was typed, name by name, and what is wrong with it, so that it can be shown again as it
//! was, each error beside its field.

use serde::Deserialize;

use crate::catalogue::file::Problem;
pub(super) use crate::web::page::FieldErrors;
use crate::web::page::Form;

/// What was typed, in the order of the form. A name may stand there more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct FormData(pub Vec<(String, String)>);

impl FormData {
    /// The first value under a name, or nothing. Browsers send line breaks as two characters; here they are one. A zero,
    /// which PostgreSQL cannot store and nobody types, is left out.
    pub(super) fn get(&self, name: &str) -> String {
        let value = self.0.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value);
        value.replace("\r\n", "\n").replace('\0', "")
    }

    /// The same without space around it.
    pub(super) fn trimmed(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }

    /// Whether there is anything under a name, be it empty.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// Puts a value under a name in its place among the others.
    pub(super) fn replace(&mut self, name: &str, value: impl Into<String>) {
        match self.0.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = value.into(),
            None => self.0.push((name.to_owned(), value.into())),
        }
    }

    /// Puts a value under a name, instead of what is there.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), value.into()));
    }
}

/// A form of the admin area as a handler's argument.
pub(super) type SentForm = Form<FormData>;

impl From<Vec<Problem>> for FieldErrors {
    fn from(problems: Vec<Problem>) -> Self {
        let mut errors = Self::default();
        for problem in problems {
            errors.add(&problem.path, beside_field(&problem.message));
        }
        errors
    }
}

/// A problem of a catalogue file in the words for somebody who sees the field: `"" is not a slug: …` is about a field
/// that was left empty.
fn beside_field(message: &str) -> String {
    if message == "is empty" || message == "is required" || message.starts_with("\"\" is not") {
        return "This field is required.".to_owned();
    }
    let end = if message.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{end}", capital(message))
}

/// A form as it is shown. `templates/admin/_fields.html` draws its fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    /// What stands in them.
    pub data: FormData,
    /// What is wrong with it.
    pub errors: FieldErrors,
    /// The name of the field to go on with, if it is not the first.
    pub focus: Option<String>,
}

impl Fields {
    /// What was typed, with nothing wrong.
    pub(super) fn new(data: FormData) -> Self {
        Self { data, ..Self::default() }
    }

    /// What stands in a field.
    pub(super) fn value(&self, name: &str) -> String {
        self.data.get(name)
    }

    /// Whether this is the value of a field, for a select.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.data.get(name) == value
    }

    /// Whether a field of dates can show what was typed; browsers show nothing of what is no date.
    pub(super) fn is_date(&self, name: &str) -> bool {
        let text = self.data.get(name);
        text.is_empty() || (text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok())
    }

    /// What is wrong with a field.
    pub(super) fn error(&self, name: &str) -> Option<&str> {
        self.errors.about(name)
    }

    /// Whether the cursor goes there first.
    pub(super) fn is_focus(&self, name: &str) -> bool {
        self.focus.as_deref() == Some(name)
    }

    /// The id of a field in the page.
    pub(super) fn id(&self, name: &str) -> String {
        id(name)
    }

    /// A field in words, for the summary above the form.
    pub(super) fn words(&self, name: &str) -> String {
        words(name)
    }
}

/// What is said beside the reason of an act: who reads it.
pub(super) fn reason_hint(is_public: bool) -> &'static str {
    if is_public { "Shown in the public moderation log." } else { "Seen by moderators only." }
}

/// A value of a select and its words.
pub(super) type Pick = (String, String);

/// `f-pricing-plans-1-price` of `pricing.plans[1].price`.
fn id(name: &str) -> String {
    let plain = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-");
    format!("f-{}", plain.replace("--", "-"))
}

/// The name of a field in words, the form's own where that has others: `Pricing, plans 2, price` of
/// `pricing.plans[1].price`, `URL slug` of `slug`.
pub(super) fn words(name: &str) -> String {
    match name {
        "slug" => return "URL slug".to_owned(),
        "pricing.entry" => return "Starting price".to_owned(),
        "tools[0]" => return "First tool".to_owned(),
        "tools[1]" => return "Second tool".to_owned(),
        _ => {}
    }
    let part = |part: &str| {
        let (key, number) = part.split_once('[').unwrap_or((part, ""));
        let number = number.trim_end_matches(']').parse::<usize>().ok().and_then(|at| at.checked_add(1));
        let key = key.replace('_', " ");
        number.map_or(key.clone(), |number| format!("{key} {number}"))
    };
    let text = name.split('.').map(part).collect::<Vec<_>>().join(", ");
    capital(&text)
}

/// A word at the beginning of a line.
pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), chars.as_str()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use askama::Template;
    use scraper::{ElementRef, Html, Selector};

    use super::*;

    #[derive(Template)]
    #[template(
        ext = "html",
        source = r#"{% import "admin/_fields.html" as fields %}{% call fields::summary(form) %}{% endcall %}
{% call fields::line(form, "name", "Name", "As it is sold.") %}{% endcall %}{% call fields::area(form, "take", "Take", "", 3) %}{% endcall %}
{% call fields::date(form, "day", "Day", "") %}{% endcall %}{% call fields::select(form, "basis", "Basis", "", picks) %}{% endcall %}{% call fields::code(form, "slug", "Slug", "") %}{% endcall %}"#
    )]
    struct Sample {
        form: Fields,
        picks: Vec<Pick>,
    }

    #[test]
    fn a_field_shows_what_was_typed_and_what_is_wrong_with_it() -> Result<(), askama::Error> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let typed =
            FormData(vec![pair("name", "<A>"), pair("take", "\nx"), pair("day", "soon"), pair("basis", "b")]);
        let mut form = Fields { focus: Some("day".into()), ..Fields::new(typed) };
        form.errors.add("name", "Too odd.");
        form.errors.add("facts[0].label", "Gone.");
        let html = Sample { form, picks: vec![pair("a", "A"), pair("b", "B")] }.render()?;
        let page = Html::parse_fragment(&html);
        let one = |selector: &str| -> ElementRef<'_> {
            let selector = Selector::parse(selector).unwrap();
            let found: Vec<_> = page.select(&selector).collect();
            assert_eq!(found.len(), 1, "{selector:?}: {html}");
            found[0]
        };
        let text = |selector: &str| one(selector).text().collect::<String>().trim().to_owned();
        assert_eq!(text(r##"a[href="#f-name"]"##), "Name");
        assert_eq!(text("li:first-child"), "Facts 1, label: Gone.");
        assert_eq!(text("li:last-child"), "Name: Too odd.");
        assert_eq!(text("p.error#f-name-error"), "Too odd.");
        let name = one("input[name=name]");
        for (attribute, value) in [
            ("value", "<A>"),
            ("autocomplete", "off"),
            ("aria-invalid", "true"),
            ("aria-describedby", "f-name-hint f-name-error"),
        ] {
            assert_eq!(name.attr(attribute), Some(value), "{html}");
        }
        assert_eq!(one("textarea[name=take]").attr("rows"), Some("3"));
        let take: String = one("textarea[name=take]").text().collect();
        assert_eq!(take, "\nx", "an empty first line is kept");
        assert_eq!(one("input[name=day][type=text][autofocus]").attr("value"), Some("soon"));
        assert_eq!(text("option[value=b][selected]"), "B");
        Ok(())
    }

    #[test]
    fn fields_are_named_in_words() {
        assert_eq!(words("pricing.plans[1].price"), "Pricing, plans 2, price");
        assert_eq!(words("pricing.checked_on"), "Pricing, checked on");
        assert_eq!((words("name"), words("")), ("Name".to_owned(), String::new()));
        assert_eq!(words("a[18446744073709551615].[x"), "A, ");
        assert_eq!(id("pricing.plans[1].price"), "f-pricing-plans-1-price");
    }

    #[test]
    fn problems_read_well_beside_a_field() {
        for (problem, words) in [
            ("is required", "This field is required."),
            ("is empty", "This field is required."),
            ("\"\" is not ship or skip", "This field is required."),
            ("has 301 characters, at most 300 are allowed", "Has 301 characters, at most 300 are allowed."),
            ("\"x y\" is not an http(s) address", "\"x y\" is not an http(s) address."),
        ] {
            assert_eq!(beside_field(problem), words);
        }
    }
}
