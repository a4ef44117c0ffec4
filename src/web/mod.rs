//! What every request and page passes, of whatever feature.
//!
//! - [`error`] the one error of handlers; [`page`] how a page is framed, sent and cached, how forms come in, how routes are
//!   declared
//! - [`session`] sessions behind a typed wrapper; [`guard`] what every request passes; [`limits`] rate limits;
//!   [`network`] how wide networks are counted; [`security_event`] what the log says of attacks and of acts with power
//! - [`form_key`] tells one sending of a form from another, [`idempotency`] answers the second like the first, [`saved_forms`]
//!   gives back what was typed while a session ended
//! - [`cache`] pages in memory, served only while they are fresh; [`compressed`] their compressed forms; [`assets`] static files
//!   under fingerprinted addresses
//! - [`live`] the newest state per key, and frames made from it once for all readers; [`feed`] Atom
//! - [`ui`] small shared pieces of HTML; [`paging`] which page of a list an address means, and the links to its neighbours;
//!   [`path_id`] which record

pub mod assets;
pub mod cache;
mod client_address;
pub mod compressed;
pub mod error;
pub mod feed;
pub mod form_key;
pub mod guard;
pub mod idempotency;
pub mod limits;
pub mod live;
pub mod network;
pub mod page;
pub mod paging;
pub mod path_id;
pub mod saved_forms;
pub mod security_event;
pub mod session;
pub mod ui;
