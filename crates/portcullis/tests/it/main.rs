//! Tests that start the real binary: one executable, a module per command.

mod campaign;
mod copies;
mod crash;
mod disarm;
mod dwell;
mod evidence;
mod exercise;
mod hostile;
mod hunt;
mod lookup;
mod program;
mod register;
mod register_proof;
mod report;
mod scan;
mod serve;
mod server;
mod watch;
