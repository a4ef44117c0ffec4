//! The page of the first screen.

use askama::Template;

use super::figures::Sight;
use crate::admin::AdminContext;
use crate::admin::chart::DailyChart;
use crate::admin::overdue::REVIEWS_WANTED;
use crate::text::grouped;
use crate::web::page::Shell;

#[derive(Template)]
#[template(path = "admin/front.html")]
pub(super) struct FrontPage {
    shell: Shell,
    waiting: Vec<Matter>,
    /// What needs nobody.
    settled: Vec<Matter>,
    /// Whether nobody has looked at votes yet.
    unchecked: bool,
    charts: [DailyChart; 4],
}

/// One kind of thing that may need attention.
struct Matter {
    count: u64,
    number: String,
    words: String,
    /// Below `/admin`.
    href: &'static str,
}

impl FrontPage {
    pub(super) fn new(admin: &AdminContext, sight: &Sight) -> Self {
        let (waiting, mut settled): (Vec<_>, Vec<_>) =
            matters(sight).into_iter().partition(|matter| matter.count > 0);
        let unchecked = !sight.incoming.checked;
        settled.retain(|matter| !(unchecked && matter.href == "votes"));
        let week = &sight.week;
        Self {
            shell: admin.shell("To do"),
            waiting,
            settled,
            unchecked,
            charts: [
                DailyChart::new("Votes", ["vote", "votes"], &week.votes),
                DailyChart::new("Sign-ups", ["sign-up", "sign-ups"], &week.sign_ups),
                DailyChart::new("Changes", ["change", "changes"], &week.changes),
                DailyChart::new("Moderator actions", ["action", "actions"], &week.acts),
            ],
        }
    }
}

fn matters(sight: &Sight) -> [Matter; 8] {
    let (incoming, due) = (sight.incoming, sight.due);
    let of = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let stored = |n: i64| u64::try_from(n).unwrap_or_default();
    let overdue = format!(" last checked over {} days ago", due.stale_days);
    let few = format!(" with fewer than {REVIEWS_WANTED} reviews");
    [
        (stored(incoming.queue), "queue", ["open submission", "open submissions"], ""),
        (stored(incoming.reviews), "reviews", ["review to publish", "reviews to publish"], ""),
        (stored(incoming.signals), "votes", ["suspicious pattern", "suspicious patterns"], ""),
        (
            of(due.overdue),
            "tools?attention=overdue",
            ["tool with a price or fact", "tools with a price or fact"],
            &overdue,
        ),
        (
            of(due.undated),
            "tools?attention=undated",
            ["tool with a price or fact", "tools with a price or fact"],
            " never checked",
        ),
        (stored(due.drafts), "tools?attention=draft", ["draft", "drafts"], " not edited for two weeks"),
        (of(due.few_reviews), "tools?attention=few-reviews", ["published tool", "published tools"], &few),
        (
            of(due.sides),
            "comparisons?attention=side",
            ["published comparison", "published comparisons"],
            " with an unpublished tool",
        ),
    ]
    .map(|(count, href, [one, many], rest)| Matter {
        count,
        number: grouped(count),
        words: format!("{}{rest}", if count == 1 { one } else { many }),
        href,
    })
}
