//! The pages on people.

use askama::Template;

use super::acts::hindrance;
use super::load::{AccountSheet, People};
use crate::accounts::people::{Person, Show};
use crate::accounts::reviewer::LinkedReviewer;
use crate::accounts::{CurrentUser, Role};
use crate::admin::utc_time::UtcTime;
use crate::admin::votes::pieces::FilledForm;
use crate::text::count;
use crate::votes::ExclusionKind;
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
    people: Vec<Person>,
    pages: PageLinks,
}

impl PeoplePage {
    pub(super) fn new(shell: Shell, people: People) -> Self {
        let People { wanted, page, shown } = people;
        let fields = [("q", wanted.prefix.as_str()), ("show", wanted.show.as_str())];
        Self {
            shell,
            how_many: count(page.total as u64, "account", "accounts"),
            pages: page.links(|number| address(PATH, &fields, number)),
            people: shown,
            q: wanted.prefix.clone(),
            show: wanted.show,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/people/show.html")]
pub(super) struct PersonPage {
    shell: Shell,
    sheet: AccountSheet,
    how_many: String,
    pages: PageLinks,
    /// Why whoever looks may not suspend this account.
    hindrance: Option<&'static str>,
    is_admin: bool,
    pub sent: FilledForm,
}

impl PersonPage {
    /// Whether the account writes for this reviewer.
    fn is_linked(&self, reviewer: &LinkedReviewer) -> bool {
        self.sheet.reviewer.as_ref() == Some(reviewer)
    }

    pub(super) fn new(shell: Shell, viewer: &CurrentUser, sheet: AccountSheet, sent: FilledForm) -> Self {
        let path = format!("{PATH}/{}", sheet.account.id);
        Self {
            shell,
            how_many: count(sheet.page.total as u64, "vote", "votes"),
            pages: sheet.page.links(|number| address(&path, &[], number)),
            hindrance: hindrance(viewer, &sheet.account),
            is_admin: viewer.role >= Role::Admin,
            sheet,
            sent,
        }
    }
}
