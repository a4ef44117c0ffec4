//! What goes without saying in the form of a record: the scheme of an address, the slug of a name, and today.

use chrono::{NaiveDate, Utc};
use url::Url;

use super::form_json::row_numbers;
use crate::admin::form::FormData;
use crate::catalogue::RecordKind;
use crate::slug::Slug;

/// The day of today in UTC, as the form says.
pub(super) fn today() -> NaiveDate {
    Utc::now().date_naive()
}

/// Completes what was typed for a record.
pub(super) fn complete(kind: RecordKind, data: &mut FormData, is_new: bool) {
    if is_new && kind != RecordKind::Comparison && data.trimmed("slug").is_empty() {
        let made = Slug::from_name(&data.get("name"));
        data.set("slug", made.map(String::from).unwrap_or_default());
    }
    if kind != RecordKind::Tool {
        return;
    }
    let facts = row_numbers(data, "facts").into_iter().map(|row| format!("facts[{row}].source"));
    for name in ["website".to_owned(), "pricing.source".to_owned()].into_iter().chain(facts) {
        if let Some(address) = with_scheme(&data.trimmed(&name)) {
            data.replace(&name, address);
        }
    }
    // The form of a new tool says that its price was checked today: without a price, nobody checked any.
    let plans = row_numbers(data, "pricing.plans").is_empty();
    let is_free_of = |name: &&str| data.trimmed(name).is_empty();
    if is_new && plans && ["pricing.entry", "pricing.text", "pricing.source"].iter().all(is_free_of) {
        data.replace("pricing.checked_on", "");
    }
}

/// `https://zed.dev/pricing` of `zed.dev/pricing`; nothing of what is an address already, or could be no other.
fn with_scheme(text: &str) -> Option<String> {
    if text.is_empty() || text.contains("://") || text.contains(char::is_whitespace) {
        return None;
    }
    let address = format!("https://{}", text.trim_start_matches('/'));
    let url = Url::parse(&address).ok()?;
    let is_site = url.host_str().is_some_and(|host| host.contains('.'))
        && url.username().is_empty()
        && url.password().is_none();
    is_site.then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_completed_where_it_can_only_be_one() {
        for (typed, address) in [
            ("zed.dev/pricing", Some("https://zed.dev/pricing")),
            ("//zed.dev", Some("https://zed.dev")),
            ("zed.dev:8080/a?b#c", Some("https://zed.dev:8080/a?b#c")),
            ("http://zed.dev", None),
            ("", None),
            ("zed", None),
            ("zed.dev is it", None),
            ("javascript:alert(1).x", None),
            ("mailto:me@zed.dev", None),
        ] {
            assert_eq!(with_scheme(typed).as_deref(), address, "{typed}");
        }
    }

    #[test]
    fn a_day_of_checking_needs_something_that_was_checked() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let checked = |price: &str, is_new: bool| {
            let mut data = FormData(vec![
                pair("pricing.checked_on", "2026-11-28"),
                pair("pricing.entry", price),
                pair("facts[3].source", "zed.dev/a"),
            ]);
            complete(RecordKind::Tool, &mut data, is_new);
            assert_eq!(data.get("facts[3].source"), "https://zed.dev/a");
            data.get("pricing.checked_on")
        };
        assert_eq!([checked("", true), checked("Free", true)], ["", "2026-11-28"]);
        assert_eq!(checked("", false), "2026-11-28");
    }
}
