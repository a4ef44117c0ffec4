//! The form of the settings: values become fields, and what was typed becomes values or a complaint beside its field.

use super::setting::{self, REVIEWS_AT_ONCE, STALE_DAYS};
use super::store::{STALE_DAYS_RANGE, Values};
use crate::admin::form::{FieldErrors, FormData};
use crate::config;
use crate::site::{
    ACCENT_DARK, ACCENT_LIGHT, Color, FOOT_LINKS, FootLink, HEADLINE, INTRO, SITE_NAME, Scheme,
};
use crate::text::{composed, fault_within_a_line, grouped, legible};
use crate::web::page::local_path;

/// The most links of the foot.
pub(super) const MOST_LINKS: usize = 6;

/// The most characters of a headline, of a link's label, of an address, of the introduction and of a page.
const HEADLINE_MAX: usize = 120;
const LABEL_MAX: usize = 60;
const ADDRESS_MAX: usize = 2_000;
const INTRO_MAX: usize = 600;
const TEXT_MAX: usize = 10_000;

/// The name of a field of a link.
pub(super) fn link_field(at: usize, part: &str) -> String {
    format!("{FOOT_LINKS}[{at}].{part}")
}

/// The fields with these values in them.
pub(super) fn to_form(values: &Values) -> FormData {
    let mut form = FormData::default();
    for (name, value) in values {
        if *name == FOOT_LINKS {
            let links = FootLink::list(value);
            for at in 0..MOST_LINKS {
                let link = links.get(at);
                form.set(&link_field(at, "label"), link.map_or("", |link| &link.label));
                form.set(&link_field(at, "address"), link.map_or("", |link| &link.address));
            }
        } else {
            form.set(name, value);
        }
    }
    form
}

/// The values that were typed; what has no field in the form is not among them, except a box that is not ticked.
pub(super) fn to_values(form: &FormData) -> Result<Values, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut values = Values::new();
    for name in setting::ALL {
        let read = match name {
            FOOT_LINKS => {
                if !form.has(&link_field(0, "label")) {
                    continue;
                }
                links(form, &mut errors)
            }
            REVIEWS_AT_ONCE => Ok(if form.get(name) == "yes" { "yes" } else { "no" }.to_owned()),
            _ if !form.has(name) => continue,
            _ => value(name, &form.trimmed(name)),
        };
        match read {
            Ok(value) => {
                values.insert(name, value);
            }
            Err(fault) => errors.add(name, fault),
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

fn value(name: &str, typed: &str) -> Result<String, String> {
    let scheme = if name == ACCENT_DARK { Scheme::Dark } else { Scheme::Light };
    match name {
        STALE_DAYS => {
            let days = typed.parse::<i64>().ok().filter(|days| STALE_DAYS_RANGE.contains(days));
            let (least, most) = (STALE_DAYS_RANGE.start(), STALE_DAYS_RANGE.end());
            let days = days.ok_or_else(|| format!("Enter a whole number of days from {least} to {most}."))?;
            Ok(days.to_string())
        }
        _ if typed.is_empty() => Ok(String::new()),
        SITE_NAME => {
            let name = line(typed, config::SITE_NAME_MAX)?;
            config::site_name(&name).map_err(|_| "Must have at most 60 characters.".to_owned())
        }
        HEADLINE => line(typed, HEADLINE_MAX),
        ACCENT_LIGHT | ACCENT_DARK => {
            let color: Color = typed.parse().map_err(str::to_owned)?;
            Ok(color.legible_on(scheme)?.to_string())
        }
        INTRO => at_most(INTRO_MAX, legible(typed)),
        _ => at_most(TEXT_MAX, legible(typed)),
    }
}

/// The links as they are stored: those with anything in them.
fn links(form: &FormData, errors: &mut FieldErrors) -> Result<String, String> {
    let mut links = Vec::new();
    for at in 0..MOST_LINKS {
        let [label_field, address_field] = ["label", "address"].map(|part| link_field(at, part));
        let (label, address) = (form.trimmed(&label_field), form.trimmed(&address_field));
        if label.is_empty() && address.is_empty() {
            continue;
        }
        let mut take = |field: &str, read: Result<String, String>| {
            read.map_err(|fault| errors.add(field, fault)).unwrap_or_default()
        };
        let label = take(&label_field, line(&label, LABEL_MAX));
        links.push(FootLink { label, address: take(&address_field, link_address(&address)) });
    }
    if links.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(&links).map_err(|cause| cause.to_string())
}

/// A path on this site, or an http(s) address.
fn link_address(typed: &str) -> Result<String, String> {
    let typed = at_most(ADDRESS_MAX, typed.to_owned())?;
    let elsewhere = || {
        let url = url::Url::parse(&typed).ok()?;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.has_host();
        (matches!(url.scheme(), "http" | "https") && is_plain).then(|| url.to_string())
    };
    local_path(&typed).or_else(elsewhere).ok_or_else(|| {
        "Enter an address that begins with https:// or http://, or a path such as /tools.".to_owned()
    })
}

/// Text of one line, with something to see in it.
fn line(typed: &str, most: usize) -> Result<String, String> {
    if typed.is_empty() {
        return Err("This field is required.".to_owned());
    }
    let text = at_most(most, composed(typed))?;
    fault_within_a_line(&text).map_or(Ok(text), |fault| Err(format!("It {fault}.")))
}

fn at_most(most: usize, text: String) -> Result<String, String> {
    let chars = text.chars().count();
    if chars <= most {
        return Ok(text);
    }
    let [most, chars] = [most, chars].map(|count| grouped(count as u64));
    Err(format!("Has {chars} characters, at most {most} are allowed."))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> FormData {
        FormData(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn fault(name: &str, typed: &str) -> Option<String> {
        to_values(&form(&[(name, typed)])).err().and_then(|errors| errors.about(name).map(str::to_owned))
    }

    #[test]
    fn what_is_stored_comes_back_from_the_form_as_it_is() {
        let mut values = Values::new();
        for name in setting::ALL {
            values.insert(name, setting::usual(name).to_owned());
        }
        assert_eq!(to_values(&to_form(&values)), Ok(values.clone()));
        let links =
            r#"[{"label":"Tools","address":"/tools?sort=gap"},{"label":"A","address":"https://a.example/"}]"#;
        for (name, value) in [
            (SITE_NAME, "Ships & Co"),
            (INTRO, "One.\n\nTwo `x`."),
            (ACCENT_DARK, "#ffcc00"),
            (FOOT_LINKS, links),
            (STALE_DAYS, "7"),
            (REVIEWS_AT_ONCE, "yes"),
        ] {
            values.insert(name, value.to_owned());
        }
        assert_eq!(to_values(&to_form(&values)), Ok(values));
    }

    #[test]
    fn links_lead_to_the_site_itself_or_to_the_web() {
        let address = |typed| link_address(typed).ok();
        assert_eq!(address("/tools?sort=gap").as_deref(), Some("/tools?sort=gap"));
        assert_eq!(address("HTTPS://Example.org").as_deref(), Some("https://example.org/"));
        for bad in [
            "",
            "tools",
            "//evil.example",
            "javascript:alert(1)",
            "https://",
            "https://me:x@a.example",
            "ftp://a.b",
        ] {
            assert_eq!(address(bad), None, "{bad}");
        }
        let half = form(&[
            ("foot_links[0].label", ""),
            ("foot_links[0].address", "/tools"),
            ("foot_links[5].label", "x"),
        ]);
        let errors = to_values(&half).unwrap_err();
        assert_eq!(errors.about("foot_links[0].label"), Some("This field is required."));
        assert!(errors.about("foot_links[5].address").is_some_and(|text| text.contains("https://")));
        assert_eq!(errors.about("foot_links[1].label"), None, "a line without anything is none");
    }

    #[test]
    fn texts_are_bounded_and_names_have_something_to_see() {
        assert_eq!(fault("text_about", &"x".repeat(10_000)), None);
        let told = "Has 10,001 characters, at most 10,000 are allowed.";
        assert_eq!(fault("text_about", &"x".repeat(10_001)).as_deref(), Some(told));
        assert!(fault(SITE_NAME, &"x".repeat(61)).is_some() && fault(SITE_NAME, "\u{200b}").is_some());
        assert!(fault(HEADLINE, "left \u{202e}right").is_some_and(|text| text.contains("U+202E")));
        assert!(fault(ACCENT_LIGHT, "#ffee00").is_some_and(|text| text.contains(":1 on the light page")));
        assert!(fault(ACCENT_DARK, "#111111").is_some_and(|text| text.contains(":1 on the dark page")));
        assert_eq!(fault(ACCENT_DARK, "").or(fault(SITE_NAME, " ")), None, "nothing is the usual");
    }
}
