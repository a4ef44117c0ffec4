//! What the figures on the pages mean: shares, ranges, ranks and contests, computed from counts alone.
//!
//! Every rule that the methodology page states is one function here, so that pages, the JSON interface and the live
//! updates cannot disagree. Nothing here knows a page, a request or a table; every function takes any counts at all.
//!
//! Shares are `f64` from 0 to 1; only names that end in `percent` are in percent.

#![expect(clippy::similar_names, reason = "ships and skips are what there is to count")]

mod chance;
mod choice;
mod flip;
mod lead;
mod panel;
mod ranking;
pub mod rules;
mod tails;
mod tally;

pub use chance::chance_ahead;
pub use choice::Choice;
pub use flip::{Flip, FlipBy, Side, votes_to_flip};
pub use lead::Lead;
pub use panel::{Panel, gap};
pub use ranking::{by_community, rank_with_ties};
pub use tails::{beta_binomial_tail, poisson_tail};
pub use tally::{Interval, State, Tally, Verdict};

/// A count as a float: exact up to 2^53, beyond that off by less than one part in 10^15.
#[expect(clippy::cast_precision_loss, reason = "no formula here needs more than 15 digits of a count")]
fn float(count: u64) -> f64 {
    count as f64
}
