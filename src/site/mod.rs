//! What whoever runs the site says of it as a whole, kept in the database and held in memory: pages show it without a query.

mod accent;
mod live;
mod profile;

pub use self::accent::{Accent, Color, Scheme};
pub use self::live::LiveSite;
pub use self::profile::{
    ACCENT_DARK, ACCENT_LIGHT, FOOT_LINKS, FootLink, HEADLINE, INTRO, LOGO, SAMPLES, SITE_NAME, SitePage,
    SiteProfile,
};
