#!/usr/bin/env bash
# Logs that are followed: how long from a written line to evidence, and how fast a house catches up with what was written while it
# was not running. Arguments: --lines N (how many lines are timed, 500), --staff N (how large the house is whose year is caught up with).
# Everything is on this machine; a house of 60 takes 200 MB in the temporary folder (TMPDIR).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
scripts/install-packages python3
target="${CARGO_TARGET_DIR:-$PWD/target}"
CARGO_TARGET_DIR="$target" cargo build --quiet --release --locked -p portcullis
CARGO_TARGET_DIR="$target" cargo build --quiet --release --locked -p exercise --example dwell
exec python3 benches/tail "$target/release" "$@"
