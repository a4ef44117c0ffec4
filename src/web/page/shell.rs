//! The frame around every page.

use std::sync::Arc;

use crate::config::Settings;
use crate::site::SiteProfile;
use crate::text::{count, isolated};
use crate::web::assets;
use crate::web::form_key::{FormKeys, Owner};
use crate::web::session::Flash;

/// What every page shows around its content.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// Name of the site.
    pub site_name: String,
    /// What is said of the site.
    pub site: Arc<SiteProfile>,
    /// What the page is about, without the site's name.
    pub title: String,
    /// One sentence for search engines and shared links.
    pub description: String,
    /// The page's one absolute address.
    pub canonical: String,
    /// Path and query as asked for, to come back to after signing in.
    pub here: String,
    /// The handle of whoever is signed in.
    pub viewer: Option<String>,
    /// Whose forms are on the page.
    pub owner: Option<Owner>,
    /// Makes the keys of the page's forms.
    pub form_keys: FormKeys,
    /// Whether they may go to the admin area.
    pub is_moderator: bool,
    /// Whether they may do there what is for admins alone.
    pub is_admin: bool,
    /// Where moderators keep right what the page shows, for whoever is one.
    pub moderation: Vec<(String, &'static str)>,
    /// How many submissions of theirs were answered since they last looked.
    pub new_answers: usize,
    /// A line to show once.
    pub flash: Option<Flash>,
    /// Address of the stream that moves this page's figures.
    pub live: Option<String>,
    /// What stands above a page that is previewed, as safe HTML.
    pub preview_bar: String,
    /// Whether search engines may list the page.
    pub listed: bool,
    /// The first field of the page's form with something wrong in it: the title says so, and the field has the focus.
    pub wrong: Option<&'static str>,
}

impl Shell {
    /// The frame for somebody who is not signed in, made without session or database.
    pub fn anonymous(
        settings: &Settings,
        title: impl Into<String>,
        description: impl Into<String>,
        path: &str,
        here: impl Into<String>,
    ) -> Self {
        Self {
            site: settings.site.profile(),
            site_name: isolated(&settings.site_name()),
            title: title.into(),
            description: description.into(),
            canonical: settings.absolute(path),
            here: here.into(),
            listed: true,
            form_keys: FormKeys::of_site(&settings.secret),
            ..Self::default()
        }
    }

    /// What the head says of new answers, if there are any.
    pub fn news(&self) -> Option<String> {
        (self.new_answers > 0).then(|| count(self.new_answers as u64, "new answer", "new answers"))
    }

    /// Whether `field` is the one that has the focus because it is the first with something wrong in it.
    pub fn is_first_wrong(&self, field: &str) -> bool {
        self.wrong == Some(field)
    }

    /// The address of a static file, for templates.
    pub fn asset(&self, name: &str) -> String {
        assets::href(name)
    }

    /// The style sheet with the accent of the site, if it has one of its own.
    pub fn accent(&self) -> Option<String> {
        self.site.accent.map(|accent| format!("/accent/{}", accent.name()))
    }

    /// A key for a form on this page, which must be made for this request alone.
    pub fn form_key(&self) -> String {
        self.form_keys.issue(self.owner.as_ref())
    }

    /// The path asked for, without its query.
    pub fn path(&self) -> &str {
        self.here.split('?').next().unwrap_or_default()
    }

    /// Whether `section` is the part of the site that the page belongs to.
    pub fn within(&self, section: &str) -> bool {
        self.path().strip_prefix(section).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Adds links to where moderators keep right what the page shows. Others get none of them.
    pub fn moderate(&mut self, links: impl IntoIterator<Item = (String, &'static str)>) {
        if self.is_moderator {
            self.moderation.extend(links);
        }
    }

    /// Makes it the frame of a page that nobody else sees yet, under a bar that says so, as safe HTML. Its figures stand still.
    pub fn preview(&mut self, bar: String) {
        self.title = format!("Preview: {}", self.title);
        self.preview_bar = bar;
        self.live = None;
        self.listed = false;
        self.moderation.clear();
    }
}
