//! Campaigns: messages become *strands* by sender, strands become *operations* by common ground, and an operation
//! becomes a campaign of concern by the likelihood of what was counted of it.
//!
//! No transitive union: a strand joins the one operation with which it has most in common, and leaves it when a better
//! one is found. On real mail, union by shared URL skeletons chains half of everything into one cluster.

pub mod bond;
pub mod concentration;
pub mod correlator;
pub mod history;
pub mod key;
pub mod likelihood;
pub mod link;
pub mod observation;
pub mod operation;
mod placement;
pub mod tally;
pub mod weight;

pub use correlator::{Alert, Correlator};
pub use link::Linked;
pub use operation::Operation;
pub use tally::Forum;
