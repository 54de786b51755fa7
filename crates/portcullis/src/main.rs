//! The binary: arguments in, exit code out. The only crate that prints.

mod arguments;
mod command;
mod config;
mod log_words;
mod output;
mod progress;
mod serve;

use arguments::Arguments;
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match command::run(&arguments) {
        Ok(outcome) => outcome.into(),
        Err(error) => output::report(&error),
    }
}
