//! The part `watch` on real logs: rules from folders, events from files and from sources that grow, sightings as evidence, cases as
//! documents that persons answer and close.

pub mod answer;
pub mod cases;
pub mod document;
mod follower;
pub mod intake;
mod kept;
mod ledger_events;
pub mod live;
pub mod log_source;
pub mod memory;
mod reach;
pub mod row;
mod rule_book;
pub mod rules;
pub mod scan;
mod silence;
pub mod single;
pub mod standing;
mod tail;
pub mod watcher;

#[cfg(test)]
mod tests;
