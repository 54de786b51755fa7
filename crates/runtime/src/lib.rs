//! The wiring: sensors to parts, parts to stores and evidence. The only crate below the binary that knows files and the clock.
//!
//! It must not print and not parse arguments: the binary does. Commands are functions here that take an open
//! [`data::Data`] and answer with values.

pub mod clock;
pub mod correlate;
pub mod data;
pub mod detect;
pub mod disarm;
pub mod erasure;
pub mod evidence_log;
pub mod http;
pub mod hunt;
pub mod intake;
mod known;
pub mod ledger;
pub mod live;
pub mod measure;
pub mod opening;
pub mod overview;
pub mod pipeline;
pub mod posture;
pub mod progress;
pub mod record;
pub mod register;
pub mod report;
pub mod reported;
pub mod resolver;
pub mod row;
pub mod scan;
pub mod source;
pub mod watch;
