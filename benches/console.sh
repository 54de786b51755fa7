#!/usr/bin/env bash
# Server time of each console page on a full store: console.sh [RECORDS] [CAMPAIGNS]
#
# Writes a data folder into the temporary folder (TMPDIR), about 2 GB for a million records, replays it, adds campaigns with
# 40 members each, and asks for every page 30 times. RECORDS=2000 CAMPAIGNS=20 is a form that takes seconds.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/need-rust
records="${1:-${RECORDS:-1000000}}"
campaigns="${2:-${CAMPAIGNS:-500}}"

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cargo run --quiet --release --locked -p runtime --example archive -- "$folder" "$records"
cargo run --quiet --release --locked -p console --example page_times -- "$folder" "$campaigns"
