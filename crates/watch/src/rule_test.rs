//! Tests that rules carry with them: invented events, and which rules must match them and which must not.
//!
//! They lie in a folder `tests` beside the rules. Each document of a file is a test, which begins with nothing remembered:
//!
//! ```yaml
//! title: Ten accounts fail from one address
//! logsource: {product: azure, service: signinlogs}
//! events:
//!     - times: 10
//!       every: 30s
//!       event: {status.errorCode: 50126, ipAddress: 192.0.2.7, userPrincipalName: 'user{n}@house.example'}
//! matches: [signin_spray]
//! quiet: [signin_slow_spray]
//! ```

mod read;
mod run;

pub use read::read;
pub use run::Bench;

use crate::event::Value;
use crate::format::Format;
use crate::sigma::rule::{Logsource, Place};
use std::sync::Arc;

/// A test of rules.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTest {
    /// What it shows, in a line.
    pub title: String,
    /// Where it stands.
    pub place: Place,
    steps: Vec<Step>,
    expected: Vec<Expected>,
}

/// That a rule matches, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    /// Name, id or title of the rule.
    rule: String,
    is_match: bool,
    /// Where it is expected.
    line: u32,
}

/// What happens in a test, one after the other.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Events(Events),
    Log(RawLog),
    /// Nothing happens for so many milliseconds, and everybody knows it.
    Pass(i64),
}

/// Events that differ by a number.
#[derive(Debug, Clone, PartialEq)]
struct Events {
    logsource: Logsource,
    fields: Vec<(String, Value<'static>)>,
    times: u32,
    /// Milliseconds from the step before to the first of them.
    after: i64,
    /// Milliseconds from one to the next.
    every: i64,
}

/// Lines as a program wrote them, with their own times.
#[derive(Debug, Clone, PartialEq)]
struct RawLog {
    format: Format,
    text: String,
    /// What the lines do not tell.
    logsource: Logsource,
    /// Where it stands in the file of the test.
    line: u32,
}

/// What came of one expectation, or what was wrong with a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// The title of the test.
    pub test: Arc<str>,
    /// The rule as the test names it; empty where `found` is about the test itself.
    pub rule: String,
    /// Must it match?
    pub is_match_expected: bool,
    /// How often it matched, or why that cannot be said.
    pub found: Result<u64, String>,
}

impl Row {
    /// Is it as the test wants it?
    pub fn is_passed(&self) -> bool {
        self.found.as_ref().is_ok_and(|found| (*found > 0) == self.is_match_expected)
    }
}

#[cfg(test)]
mod tests;
