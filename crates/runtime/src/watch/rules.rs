//! Rules and pipelines from the user's folders, read into one set.

use crate::source;
use model::limit::{RULE_FILE_BYTES_MAX, RULE_FILES_MAX};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use watch::content;
use watch::pipeline::Pipeline;
use watch::rule_test::{self, RuleTest};
use watch::sigma::rule::Place;
use watch::sigma::rule_set::{Fault, RuleSet};

/// What rules to read.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Files and folders. Of a checkout of SigmaHQ, which has a folder `rules`, only folders named `rules*` are read: the others
    /// hold samples, and rules that their authors gave up.
    pub paths: Vec<PathBuf>,
    /// Pipelines of the user.
    pub pipelines: Vec<PathBuf>,
    /// Also the rules that are shipped.
    pub is_shipped: bool,
}

/// Why nothing could be read at all.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A named file or folder cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which one.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// There are too many files.
    #[error("{path}: more than {RULE_FILES_MAX} files of rules")]
    TooMany {
        /// Below which folder.
        path: String,
    },
}

/// Reads rules. What is wrong with single ones is among the faults of the set; a pipeline that is wrong is left out as a whole.
///
/// # Errors
/// When a named file or folder cannot be read.
pub fn load(wanted: &Wanted) -> Result<RuleSet, RulesError> {
    let mut faults = Vec::new();
    let mut pipelines = Vec::new();
    for path in &wanted.pipelines {
        let name = source::name_of(path);
        match Pipeline::read(&name, &text(path, &mut faults)?) {
            Ok(pipeline) => pipelines.push(pipeline),
            Err(found) => faults.extend(found),
        }
    }
    let mut set = RuleSet::new(pipelines);
    set.faults = faults;
    if wanted.is_shipped {
        for (name, text) in content::RULES {
            set.load(&format!("shipped:{name}"), text);
        }
    }
    for path in files(&wanted.paths, Kind::Rules)? {
        let mut faults = Vec::new();
        set.load(&source::name_of(&path), &text(&path, &mut faults)?);
        set.faults.append(&mut faults);
    }
    Ok(set.finish())
}

/// Reads the tests of the rules that are wanted: of each folder the files in its folder `tests`. Beside them what is wrong with others.
///
/// # Errors
/// When a named file or folder cannot be read.
pub fn load_tests(wanted: &Wanted) -> Result<(Vec<RuleTest>, Vec<Fault>), RulesError> {
    let (mut tests, mut faults) = (Vec::new(), Vec::new());
    let mut add = |name: &str, text: &str, faults: &mut Vec<Fault>| {
        let (read, wrong) = rule_test::read(name, text);
        tests.extend(read);
        faults.extend(wrong);
    };
    if wanted.is_shipped {
        for (name, text) in content::TESTS {
            add(&format!("shipped:tests/{name}"), text, &mut faults);
        }
    }
    for path in files(&wanted.paths, Kind::Tests)? {
        let text = text(&path, &mut faults)?;
        add(&source::name_of(&path), &text, &mut faults);
    }
    Ok((tests, faults))
}

/// What is wrong in a set, as lines of `FILE:LINE: WHY`. These rules are not in force.
pub fn told_errors(set: &RuleSet) -> Vec<String> {
    let errors = set.faults.iter().filter(|fault| fault.is_error);
    errors.map(|fault| format!("{}:{}: {}", fault.place.file, fault.place.line, fault.message)).collect()
}

/// What files hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rules,
    Tests,
}

/// Where the tests of the rules of a folder lie in it.
const TESTS: &str = "tests";

/// The files below `paths` of a kind, each once, in the order of their names.
fn files(paths: &[PathBuf], kind: Kind) -> Result<Vec<PathBuf>, RulesError> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for path in paths {
        let mut below = Vec::new();
        walk(path, kind, 0, &mut below)
            .map_err(|source| RulesError::Read { path: source_name(path), source })?;
        below.sort();
        for file in below {
            if seen.insert(fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                found.push(file);
            }
        }
        if found.len() > RULE_FILES_MAX {
            return Err(RulesError::TooMany { path: source_name(path) });
        }
    }
    Ok(found)
}

fn source_name(path: &Path) -> String {
    source::name_of(path)
}

/// Folders of folders of rules are walked so deep.
const DEPTH_MAX: usize = 32;

fn walk(path: &Path, kind: Kind, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        let is_test = path.parent().is_some_and(|folder| folder.ends_with(TESTS));
        if kind == Kind::Rules || is_test {
            found.push(path.to_owned());
        }
        return Ok(());
    }
    if depth > DEPTH_MAX || found.len() > RULE_FILES_MAX {
        return Ok(());
    }
    let is_checkout = path.join("rules").is_dir();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.path().is_dir();
        let is_rules = name.ends_with(".yml") || name.ends_with(".yaml");
        let is_wanted = if is_folder { !is_checkout || name.starts_with("rules") } else { is_rules };
        let is_of_kind = kind == Kind::Tests || !(is_folder && name == TESTS);
        if is_wanted && is_of_kind && !name.starts_with('.') {
            walk(&entry.path(), kind, depth.saturating_add(1), found)?;
        }
    }
    Ok(())
}

/// The text of a file; one that is too large or no text is a fault, and empty.
fn text(path: &Path, faults: &mut Vec<Fault>) -> Result<String, RulesError> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(RULE_FILE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|source| RulesError::Read { path: source_name(path), source })?;
    String::from_utf8(bytes).or_else(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        let place = Place {
            file: source_name(path).into(),
            line: u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1),
        };
        faults.push(Fault { place, is_error: true, message: "not UTF-8".to_owned() });
        Ok(String::new())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "title: t\nlogsource: {product: x}\ndetection:\n  s: {a: b}\n  condition: s\n";

    fn write(folder: &Path, name: &str, text: &[u8]) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(path, text).expect("it is written");
    }

    fn wanted(path: &Path) -> Wanted {
        Wanted { paths: vec![path.to_owned()], ..Wanted::default() }
    }

    #[test]
    fn of_a_checkout_only_the_rules_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), "rules/web/a.yml", RULE.as_bytes());
        write(folder.path(), "rules-extra/b.yml", RULE.replace("title: t", "title: u").as_bytes());
        write(folder.path(), "deprecated/c.yml", RULE.as_bytes());
        write(folder.path(), "regression_data/info.yml", b"id: x\n");
        write(folder.path(), "rules/readme.md", b"no rule");
        let set = load(&wanted(folder.path())).expect("it is read");
        assert_eq!(set.faults, []);
        assert_eq!(set.rules.iter().map(|rule| rule.title.as_str()).collect::<Vec<_>>(), ["t", "u"]);
    }

    #[test]
    fn a_file_is_read_once_however_often_it_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), "a.yml", RULE.as_bytes());
        let paths = vec![folder.path().to_owned(), folder.path().join("a.yml")];
        let set = load(&Wanted { paths, ..Wanted::default() }).expect("it is read");
        assert_eq!((set.rules.len(), set.faults.len()), (1, 0));
    }

    #[test]
    fn what_is_no_text_is_told_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), "a.yml", b"title: t\n\xff\n");
        let set = load(&wanted(folder.path())).expect("it is read");
        let told: Vec<_> =
            set.faults.iter().map(|fault| (fault.place.line, fault.message.as_str())).collect();
        assert_eq!(told, [(2, "not UTF-8")]);
        assert!(load(&wanted(&folder.path().join("absent"))).is_err());
    }

    #[test]
    fn tests_are_read_from_their_folders_and_rules_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), "web/a.yml", RULE.as_bytes());
        write(
            folder.path(),
            "web/tests/a.yml",
            b"title: b\nlogsource: {product: x}\nevents: [{event: {a: b}}]\nmatches: [t]\n",
        );
        let wanted = wanted(folder.path());
        let set = load(&wanted).expect("it is read");
        assert_eq!((set.rules.len(), set.faults.len()), (1, 0));
        let (tests, faults) = load_tests(&wanted).expect("it is read");
        assert_eq!((tests.len(), faults.len()), (1, 0));
        let rows = rule_test::Bench::new(&set).run(&tests[0]);
        assert!(rows.iter().all(rule_test::Row::is_passed), "{rows:?}");
    }

    #[test]
    fn the_shipped_rules_are_there_and_sound() {
        let set = load(&Wanted { is_shipped: true, ..Wanted::default() }).expect("it is read");
        assert_eq!(set.faults, []);
        assert!(!set.rules.is_empty());
    }
}
