//! The pages on people.

use askama::Template;

use super::super::votes::pieces::{FilledForm, KindField, ReasonField};
use super::acts::hindrance;
use super::load::{AccountSheet, People};
use crate::accounts::people::Show;
use crate::accounts::{CurrentUser, Role};
use crate::admin::utc_time::UtcTime;
use crate::text::count;
use crate::web::page::Shell;
use crate::web::paging::{PageLinks, address};
use crate::web::ui::{Day, VerdictMark};

const PATH: &str = "/admin/people";

#[derive(Template)]
#[template(path = "admin/people/index.html")]
pub(super) struct PeoplePage {
    shell: Shell,
    q: String,
    show: Show,
    how_many: String,
    people: Vec<PersonLine>,
    pages: PageLinks,
}

/// An account in the list.
struct PersonLine {
    id: i64,
    handle: String,
    role: &'static str,
    since: Day,
    suspended: Option<Day>,
}

impl PeoplePage {
    pub(super) fn new(shell: Shell, people: People) -> Self {
        let People { wanted, page, shown } = people;
        let fields = [("q", wanted.prefix.as_str()), ("show", wanted.show.as_str())];
        Self {
            shell,
            how_many: count(page.total as u64, "account", "accounts"),
            pages: page.links(|number| address(PATH, &fields, number)),
            people: shown
                .into_iter()
                .map(|person| PersonLine {
                    id: person.id,
                    handle: person.handle,
                    role: Role::from_i16(person.role).as_str(),
                    since: Day(person.created_at.date()),
                    suspended: person.suspended_at.map(|at| Day(at.date())),
                })
                .collect(),
            q: wanted.prefix.clone(),
            show: wanted.show,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/people/show.html")]
pub(super) struct PersonPage {
    shell: Shell,
    id: i64,
    handle: String,
    role: Role,
    since: UtcTime,
    suspended: Option<UtcTime>,
    why: String,
    votes: Vec<VoteLine>,
    how_many: String,
    excluded: i64,
    counted: bool,
    pages: PageLinks,
    sent: [i64; 4],
    acts: Vec<ActLine>,
    /// Why whoever looks may not suspend this account.
    hindrance: Option<&'static str>,
    is_admin: bool,
    wrong: Vec<(String, String)>,
    suspend: ReasonField,
    lift: ReasonField,
    exclude: ReasonField,
    kind: KindField,
    role_wrong: Option<String>,
    password_wrong: Option<String>,
}

/// A vote of the account.
struct VoteLine {
    tool_id: i64,
    tool: String,
    mark: VerdictMark,
    cast_at: UtcTime,
    exclusion_id: Option<i64>,
}

/// Something that was done to the account.
struct ActLine {
    at: UtcTime,
    who: String,
    act: String,
    old: String,
    new: String,
    reason: String,
}

impl PersonPage {
    pub(super) fn new(shell: Shell, viewer: &CurrentUser, sheet: AccountSheet, sent: &FilledForm) -> Self {
        let AccountSheet { account, why, page, votes, excluded, sent: submissions, acts } = sheet;
        let path = format!("{PATH}/{}", account.id);
        Self {
            shell,
            id: account.id,
            hindrance: hindrance(viewer, &account),
            is_admin: viewer.role >= Role::Admin,
            handle: account.handle,
            role: Role::from_i16(account.role),
            since: UtcTime(account.created_at),
            suspended: account.suspended_at.map(UtcTime),
            why,
            votes: votes
                .into_iter()
                .map(|vote| VoteLine {
                    tool_id: vote.tool_id,
                    tool: vote.tool,
                    mark: vote.choice.into(),
                    cast_at: UtcTime(vote.cast_at),
                    exclusion_id: vote.exclusion_id,
                })
                .collect(),
            how_many: count(page.total as u64, "vote", "votes"),
            excluded,
            counted: usize::try_from(excluded).unwrap_or_default() < page.total,
            pages: page.links(|number| address(&path, &[], number)),
            sent: submissions,
            acts: acts
                .into_iter()
                .map(|act| ActLine {
                    at: UtcTime(act.made_at),
                    who: act.handle,
                    act: act.act,
                    old: act.old_value,
                    new: act.new_value,
                    reason: act.reason,
                })
                .collect(),
            wrong: sent.summary(),
            suspend: ReasonField::new(
                "suspend-reason",
                "Shown at sign-in to this account and in the public moderation log. Don’t name anyone.",
                sent,
            ),
            lift: ReasonField::new(
                "lift-reason",
                "Shown in the public moderation log. Don’t name anyone.",
                sent,
            ),
            exclude: ReasonField::new(
                "exclude-reason",
                "Shown in the public moderation log. Don’t name anyone.",
                sent,
            ),
            kind: KindField::new(sent, None),
            role_wrong: sent.errors.about("role").map(str::to_owned),
            password_wrong: sent.errors.about("password").map(str::to_owned),
        }
    }
}
