//! The template tells the truth, and wrong values are told with their place.

use super::*;
use expect_test::{Expect, expect};

#[track_caller]
fn check_error(text: &str, expected: Expect) {
    expected.assert_eq(&Config::parse(text).expect_err("it is refused"));
}

/// The template with its defaults taken out of their comments.
fn defaults() -> String {
    let uncommented = |line: &str| match line.strip_prefix('#') {
        Some(default) if !default.starts_with(' ') => default.to_owned(),
        _ => line.to_owned(),
    };
    TEMPLATE.lines().map(uncommented).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_template_changes_nothing_and_its_defaults_are_the_programs() {
    assert_eq!(Config::parse(TEMPLATE), Ok(Config::default()));
    assert_eq!(Config::parse(&defaults()), Ok(Config::default()));
}

#[test]
fn every_value_with_a_default_stands_in_the_template() {
    let missing: Vec<String> = shown(&Config::default(), &defaults())
        .into_iter()
        .filter(|row| row.origin == Origin::Default)
        .map(|row| row.key)
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_examples_of_the_template_are_taken() {
    let examples: String = TEMPLATE
        .lines()
        .filter_map(|line| {
            let example = line.strip_prefix("# ").unwrap_or(line);
            let is_toml = example.starts_with('[')
                || example.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
            is_toml.then(|| example.split("     or").next().unwrap_or(example).to_owned() + "\n")
        })
        .collect();
    let config = Config::parse(&examples).expect("the examples are right");
    assert_eq!(config.milter.listen, Some(Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 8891)))));
    assert_eq!(config.imap.len(), 1);
}

#[test]
fn a_wrong_value_is_told_with_its_line() {
    check_error(
        "[console]\nlisten = \"everywhere\"\n",
        expect![[r#"
        TOML parse error at line 2, column 10
          |
        2 | listen = "everywhere"
          |          ^^^^^^^^^^^^
        invalid socket address syntax"#]],
    );
    check_error(
        "[milter]\n\nlistne = \"127.0.0.1:8891\"\n",
        expect![[r#"
        TOML parse error at line 3, column 1
          |
        3 | listne = "127.0.0.1:8891"
          | ^^^^^^
        unknown field `listne`, expected one of `listen`, `authserv_id`, `disarm`, `quarantine`, `on_failure`, `fail_open_groups`, `fail_closed_groups`, `sessions_max`, `arc`"#]],
    );
    check_error(
        "[smtp]\npassword = \"hunter2\"\n",
        expect![[r#"
        TOML parse error at line 2, column 12
          |
        2 | password = "hunter2"
          |            ^^^^^^^^^
        a secret does not stand in this file: write file:PATH or env:NAME"#]],
    );
    check_error(
        "[judging]\ndns = \"maybe\"\n",
        expect![[r#"
        TOML parse error at line 2, column 7
          |
        2 | dns = "maybe"
          |       ^^^^^^^
        dns is "off", "system", or a list of addresses such as ["127.0.0.1:53"]"#]],
    );
}

#[track_caller]
fn check_together(text: &str, expected: &str) {
    let config = Config::parse(text).expect("each value is right by itself");
    assert_eq!(check::check(&config, text).expect_err("together they are not"), expected);
}

#[test]
fn what_cannot_work_together_is_told_with_its_line() {
    check_together(
        "[judging]\n\ndeadline_seconds = 0\n",
        "line 3: judging.deadline_seconds must be 1 or more",
    );
    check_together(
        "[milter.arc]\ndomain = \"house.example\"\nselector = \"a; d=other\"\nkey = \"env:ARC\"\n",
        "line 3: milter.arc.selector is not a name in DNS",
    );
    check_together(
        "\n[smtp]\nrelay = \"mx.house.example\"\n",
        "line 2: smtp.from is not set: warnings need a sender",
    );
    check_together(
        "[smtp]\nrelay = \"mx.house.example\"\nfrom = \"desk@house.example\"\ntls = \"none\"\n",
        "line 4: smtp.tls may be \"none\" only to a relay on this machine",
    );
    check_together(
        "[imap.clerk]\nhost = \"imap.house.example\"\nuser = \"clerk\"\n",
        "line 1: imap.clerk.password or its command, or an oauth_token or its command: give one of the four",
    );
    let defaults = defaults();
    let config = Config::parse(&defaults).expect("they are right");
    assert_eq!(check::check(&config, &defaults), Ok(()));
}

#[test]
fn each_value_is_shown_with_its_origin() {
    let text = "[house]\nname = \"Assembly\"\n\n[milter]\nlisten = \"unix:/run/p.sock\"\n";
    let config = Config::parse(text).expect("it is right");
    let rows: Vec<String> = shown(&config, text)
        .into_iter()
        .filter(|row| row.origin != Origin::Default)
        .map(|row| format!("{} = {} {:?}", row.key, row.value, row.origin))
        .collect();
    assert_eq!(rows, ["house.name = \"Assembly\" Line(2)", "milter.listen = \"unix:/run/p.sock\" Line(5)"]);
}

#[test]
fn paths_are_taken_from_the_folder_of_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(FILE);
    std::fs::write(&path, "[house]\ndata = \"state\"\n[smtp]\npassword = \"file:secret\"\n")
        .expect("written");
    std::fs::write(folder.path().join("secret"), "s3cret\n").expect("written");
    let config = Config::read(&path).expect("it is right");
    assert_eq!(config.house.data, folder.path().join("state"));
    assert_eq!(config.smtp.password.expect("it is set").read().expect("it is there"), "s3cret");
}
