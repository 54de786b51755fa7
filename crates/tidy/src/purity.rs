//! The parts are pure: bytes, records and the time come in, values go out; and only the binary prints.

use crate::source::Source;
use crate::{Finding, Tree};

/// Rooms that may not touch the world.
const PURE: &[&str] =
    &["evidence", "exercise", "intel", "mail", "milter", "model", "register", "screen", "watch"];

/// What touches the world, with the kind of touch for the message. Addresses as values (`std::net::IpAddr`) do not.
const WORLD: &[(&str, &str)] = &[
    ("std::fs", "the disk"),
    ("File::", "the disk"),
    ("OpenOptions", "the disk"),
    ("TcpStream", "the network"),
    ("TcpListener", "the network"),
    ("UdpSocket", "the network"),
    ("ToSocketAddrs", "the network"),
    ("os::unix::net", "the network"),
    ("tokio::", "the network"),
    ("std::env", "the environment"),
    ("std::process", "other processes"),
    ("std::thread", "threads"),
    ("SystemTime", "the clock"),
    ("Instant::now", "the clock"),
    ("Timestamp::now", "the clock"),
    ("Zoned::now", "the clock"),
    ("getrandom", "chance"),
    ("rusqlite", "SQL"),
];

const PRINTING: &[&str] = &["println!", "eprintln!", "print!", "eprint!"];

/// The only crate that prints.
const PRINTER: &str = "crates/portcullis/";

/// No pure room names what touches the world, and nobody but the binary prints.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.rust_files().filter(|(path, _)| path.starts_with("crates/")) {
        let source = Source::parse(path, text);
        let is_pure = PURE.iter().any(|room| path.starts_with(&format!("crates/{room}/")));
        for (at, line) in source.product.lines().enumerate() {
            if let Some((_, touched)) = WORLD.iter().find(|(word, _)| is_pure && line.contains(word)) {
                findings.push(Finding::at(
                    path,
                    at + 1,
                    format!("a pure room touches {touched}; `runtime` does that"),
                ));
            }
            if !path.starts_with(PRINTER) && PRINTING.iter().any(|word| line.contains(word)) {
                findings.push(Finding::at(path, at + 1, "only `portcullis` prints; return the text instead"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::check_reports;

    #[test]
    fn a_part_that_reads_the_disk_or_the_clock_is_found() {
        check_reports(
            check,
            &[("crates/mail/src/a.rs", "use std::fs;\nlet now = SystemTime::now();\n")],
            &[
                "crates/mail/src/a.rs:1: a pure room touches the disk; `runtime` does that",
                "crates/mail/src/a.rs:2: a pure room touches the clock; `runtime` does that",
            ],
        );
    }

    #[test]
    fn words_and_tests_do_not_touch_the_world() {
        let text = "// std::fs is for runtime\nlet name = \"std::fs\";\nuse std::net::IpAddr;\n#[cfg(test)]\nmod tests {\n use std::fs;\n}\n";
        check_reports(
            check,
            &[
                ("crates/mail/src/a.rs", text),
                ("crates/mail/tests/b.rs", "use std::fs;"),
                ("crates/runtime/src/c.rs", "use std::fs;"),
            ],
            &[],
        );
    }

    #[test]
    fn only_the_binary_prints() {
        check_reports(
            check,
            &[
                ("crates/portcullis/src/main.rs", "println!(\"done\");"),
                ("crates/runtime/src/c.rs", "\neprintln!(\"done\");"),
            ],
            &["crates/runtime/src/c.rs:2: only `portcullis` prints; return the text instead"],
        );
    }
}
