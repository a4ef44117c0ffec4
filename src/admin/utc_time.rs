//! Times of day on the pages of the admin area.

use std::fmt;

use askama::filters::HtmlSafe;
use chrono::NaiveDateTime;

/// A time as `<time datetime="2026-11-01T14:05:00Z" title="2026-11-01 14:05:00 UTC">1 Nov 2026, 14:05</time>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UtcTime(pub NaiveDateTime);

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let machine = self.0.format("%Y-%m-%dT%H:%M:%SZ");
        let (full, words) = (self.0.format("%Y-%m-%d %H:%M:%S UTC"), self.0.format("%-d %b %Y, %H:%M"));
        write!(f, "<time datetime=\"{machine}\" title=\"{full}\">{words}</time>")
    }
}

impl HtmlSafe for UtcTime {}

impl From<&NaiveDateTime> for UtcTime {
    fn from(at: &NaiveDateTime) -> Self {
        Self(*at)
    }
}
