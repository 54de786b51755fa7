//! A verifier that others wrote accepts our log and refuses an altered one: Go's `golang.org/x/mod/sumdb`, as packaged by Debian.

use crate::sample::{log, signer};
use evidence::MemoryTiles;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

#[test]
fn go_sumdb_accepts_our_log_and_no_altered_one() {
    let folder = tempfile::tempdir().unwrap();
    let Some(verifier) = build(folder.path()) else { return };
    // Three full tiles and partial ones on two levels, in several commits.
    let tiles = log(1_000, &[1, 300, 301, 768]);
    check(&verifier, &write(&tiles, &folder.path().join("good")), "accepted: 1000 entries, root ");

    for (path, byte, expected) in [
        ("tile/entries/001", 4, "refused: tile/entries/001: entry 257"),
        ("tile/0/003.p/232", 64, "refused: tile"),
        ("tile/1/000.p/3", 0, "refused: tile"),
        ("checkpoint", 25, "refused: checkpoint"),
    ] {
        let mut altered = tiles.clone();
        altered.files.get_mut(path).unwrap()[byte] ^= 1;
        check(&verifier, &write(&altered, &folder.path().join(path.replace('/', "_"))), expected);
    }
}

#[track_caller]
fn check(verifier: &Path, log: &Path, expected: &str) {
    let output = Command::new(verifier).arg(log).arg(signer().verifier().to_vkey()).output().unwrap();
    let printed = text(&output);
    assert!(printed.starts_with(expected), "{printed}");
    assert_eq!(output.status.success(), expected.starts_with("accepted"), "{printed}");
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

/// Builds the Go program. Without Go there is nothing to build, which only our continuous integration does not let pass.
fn build(folder: &Path) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/verifiers/verify_log.go");
    let program = folder.join("verify_log");
    let output = Command::new("go")
        .args(["build", "-o"])
        .args([&program, &source])
        .envs([("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOFLAGS", "")])
        .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache"))
        .output();
    match output {
        Ok(output) => {
            assert!(output.status.success(), "{}", text(&output));
            Some(program)
        }
        Err(error) if std::env::var_os("CI").is_none() => {
            println!("skipped: no go ({error})");
            None
        }
        Err(error) => panic!("go is needed, install golang-go and golang-golang-x-mod-dev: {error}"),
    }
}

fn write(tiles: &MemoryTiles, folder: &Path) -> PathBuf {
    for (path, bytes) in &tiles.files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder.to_owned()
}
