//! Exercise LANTERN, its mail part: half a year of invented mail to an invented house, with the reconnaissance
//! campaigns in it that a detector has to find, and the truth to measure it by. Beside it the dwell exercise: more than a year of
//! logs of an invented board, with an intruder in them who stays, and that board's register of electors.
//!
//! This crate must not know any detector: it writes the files that real sensors read, from what real mail looks like.
//! It opens no file itself; a [`Sink`] takes what it writes.

mod calendar;
mod dwell;
mod electors;
mod encoding;
mod hostile;
mod house;
mod lawful;
mod letter;
mod mailing;
mod names;
mod network;
mod operation;
mod output;
mod page;
mod prose;
mod proxy;
mod random;
mod service;
mod signins;
mod truth;
mod variant;
mod world;

pub use dwell::{DWELL_DAYS, DwellPlan, DwellSummary, Entry, Style, write_dwell};
pub use electors::{ELECTORS, write_register};
pub use house::{DOMAIN, MAIL_SERVER};
pub use letter::EXERCISE_HEADER;
pub use output::{ExerciseError, Plan, Scale, Shape, Sink, Summary, write};
pub use page::BeaconKind;
pub use proxy::ProxyFormat;
pub use variant::{Attack, Body, Hosts, Injection, Template, Tracker, Variant, VariantError};
