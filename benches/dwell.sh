#!/usr/bin/env bash
# How long an intruder stays unseen: more than 400 days of invented logs, read in 21 pieces by 21 processes, with the shipped rules.
# Arguments: --seed N (first seed), --seeds N (for each way in), --quiet N (houses without an intruder), --staff N, --only WAY,
# --style other (columns, names and spellings that are not the usual ones), --rules DIR (instead of the shipped ones).
# docs/dwell.md says what is measured, and what is not. A house takes 200 MB in the temporary folder (TMPDIR) for half a minute.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
scripts/install-packages python3
target="${CARGO_TARGET_DIR:-$PWD/target}"
CARGO_TARGET_DIR="$target" cargo build --quiet --release --locked -p portcullis
CARGO_TARGET_DIR="$target" cargo build --quiet --release --locked -p exercise --example dwell
exec python3 benches/dwell "$target/release" "$@"
