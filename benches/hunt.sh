#!/usr/bin/env bash
# The feature records behind `portcullis mail hunt`: cost of writing, bytes a record, time to answer: hunt.sh [RECORDS]
# Ten million records take about 6 GB in the temporary folder (TMPDIR).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
exec cargo run --quiet --release --locked -p store --example speed -- "${1:-${RECORDS:-10000000}}"
