#!/usr/bin/env bash
# The evidence log: entries appended, verified and proved a second: evidence.sh [ENTRIES]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
exec cargo run --quiet --release --locked -p evidence --example speed -- "${1:-${ENTRIES:-1000000}}"
