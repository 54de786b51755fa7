//! Rules and logs of others, where the shared test data are there: rules are in force, logs are read, and rules find what they should.

#![expect(clippy::print_stdout, reason = "a test says what it counted, and that it was skipped")]

mod data;
mod logs;
mod mutants;
mod oracle;
mod regression;
mod rules;
