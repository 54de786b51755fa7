#!/usr/bin/env bash
# What the watch remembers of very many groups in windows of 400 days: memory.sh [GROUPS], a million when not given. Three states a
# group: a window, a value seen first, a time of use. A million groups take about 1 GB in the temporary folder (TMPDIR).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
groups="${1:-${GROUPS_LIVE:-1000000}}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cargo run --quiet --release --locked -p runtime --example memory -- "$folder" "$groups"
