//! What whoever runs the site says of it as a whole, kept in the database and held in memory: pages show it without a query.

mod live;
mod profile;

pub use self::live::LiveSite;
pub use self::profile::{SAMPLES, SiteProfile};
